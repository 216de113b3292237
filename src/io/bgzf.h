/*
 * bgzf.h - gzip whose members say how long they are, inflated by several threads
 *
 * BGZF is a row of small members.  They are loaded in bunches, in sequence; bunches are
 * inflated in any order by whoever has time, and read in sequence.  Only blocks that are right to
 * the last bit are taken from bunches: at the first that isn't, or is no BGZF, or at the end, the reader of
 * ordinary gzip goes on from there for good.  So it alone says what is refused, and the
 * bytes and refusals are the same as if it had read all of it.
 */
#ifndef IO_BGZF_H
#define IO_BGZF_H

#include "io/gzip.h"

struct bgzf;

enum sluice_status bgzf_new(gzip_read_fn read, void *ctx, uint32_t bunches, struct bgzf **out,
                            struct sluice_error *err);
void bgzf_free(struct bgzf *g);

/* As source_read.  What is not ready it makes ready itself. */
enum sluice_status bgzf_read(struct bgzf *g, uint8_t *dst, size_t cap, size_t *got,
                             struct sluice_error *err);

/*
 * Told of each block that is taken from a bunch and holds bytes, in sequence, before they are
 * read: where it begins in the raw bytes, and how many it holds.  What the reader of ordinary gzip
 * brings is in none of them.  Before anything is read.
 */
typedef enum sluice_status (*bgzf_block_fn)(void *ctx, uint64_t raw, uint32_t len,
                                            struct sluice_error *err);
void bgzf_tell(struct bgzf *g, bgzf_block_fn block, void *ctx);

/* Whether bgzf_read() of so many bytes would find them ready.  Not while it runs. */
bool bgzf_is_ready(const struct bgzf *g, size_t bytes);

/* Whether there is room for a bunch; load one.  By any thread, one at a time. */
bool bgzf_has_room(const struct bgzf *g);
void bgzf_load(struct bgzf *g);

/* Take a bunch that nobody has inflated, if there is one; inflate it.  By any thread. */
bool bgzf_take(struct bgzf *g, uint32_t *bunch);
void bgzf_inflate(struct bgzf *g, uint32_t bunch);

/* The most bytes that a bunch takes. */
size_t bgzf_bunch_memory(void);

#endif
