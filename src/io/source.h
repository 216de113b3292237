/*
 * source.h - where a table's bytes come from
 *
 * A source is a named file or an open descriptor; plain or gzip is told by its
 * first bytes, and both read the same.  A plain regular file may be mapped
 * instead of read.  Owned by the job; used by one thread at a time.
 */
#ifndef IO_SOURCE_H
#define IO_SOURCE_H

#include "base/fail.h"

struct source;

/*
 * Open 'path', or take 'fd' when path is NULL.  Folders are refused; so are, by
 * name, the compressed formats that are not gzip (zlib, zip, zstd, xz, bzip2) and a
 * name in .gz whose content is not, be it empty.  'map' allows mapping.
 */
enum sluice_status source_open(const char *path, int fd, bool map, struct source **out,
                               struct sluice_error *err);

/* That the name is a regular file's, and its bytes; nothing is opened, so nothing waits. */
enum sluice_status source_regular(const char *path, uint64_t *bytes, struct sluice_error *err);

/*
 * The whole input when it is mapped, or NULL.  BUF_PAD zero bytes are readable after it; pages
 * that somebody cuts off read as zeros, too, so ask source_finish() before blaming the data.
 */
const uint8_t *source_map(const struct source *s, uint64_t *len);

/*
 * Where the source is gzip it may turn out to be BGZF, whose parts several threads can inflate
 * (bgzf.h): 'parts' of them at a time, 0 = no.  Before anything is read.
 */
enum sluice_status source_spread(struct source *s, uint32_t parts, struct sluice_error *err);

/* How many parts so many threads need; 0 = none, one reads it in sequence. */
uint32_t source_parts(uint32_t threads);

/* What bgzf.h has for it; NULL = nothing to do in parallel. */
struct bgzf *source_bgzf(const struct source *s);

/* These mapped bytes will be looked at now.  By any thread. */
void source_want(const struct source *s, uint64_t offset, uint64_t len);

/* The mapped pages before 'offset' will not be looked at again; this is source_taken(), too. */
void source_release(struct source *s, uint64_t offset);

/*
 * Fill dst[0..cap) with the next bytes of the table, decompressed; *got < cap only
 * at the end; cap > 0.  Not for mapped sources.  Gzip: every member is checked (CRC, size,
 * header) and nothing but zeros may follow the last.
 */
enum sluice_status source_read(struct source *s, uint8_t *dst, size_t cap, size_t *got,
                               struct sluice_error *err);

/*
 * After the last byte was used: fails if the input was cut short, or is not the file that
 * was opened (size, modification time).  A source that is read must have been read to the
 * end, that is until *got < cap.
 */
enum sluice_status source_finish(struct source *s, struct sluice_error *err);

/* Whether the same bytes can be had again: a mapped file, or a named one. */
bool source_again(const struct source *s);

/* For progress: raw bytes taken so far, and in all (0 = not known). */
uint64_t source_taken(const struct source *s);
uint64_t source_size(const struct source *s);

/* "csv" or "csv.gz", for the report. */
const char *source_container(const struct source *s);

/* The descriptor, to compare with an output's. */
int source_fd(const struct source *s);

void source_close(struct source *s);

/* See sluice_sigbus(); async-signal-safe. */
bool source_sigbus(void *address);

#endif
