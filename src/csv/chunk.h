/*
 * chunk.h - cutting a stream of bytes into spans of whole records
 *
 * Whether a line end stands inside quotes is settled by counting the quotes since
 * the last record's start; or it is guessed, and the worker, who finds out on its way, has
 * the chunk taken back where that was wrong.  A chunk is the longest run of whole records within
 * chunk_bytes (or the one record that is longer), whatever the source, so that chunks, and with them the
 * pieces of compressed output, do not depend on how the bytes arrived.
 */
#ifndef CSV_CHUNK_H
#define CSV_CHUNK_H

#include "csv/header.h"
#include "simd/kernels.h"

/* Where the bytes come from: a map, or calls that fill a buffer. */
struct feed {
	const uint8_t *map; /* NULL = read() is used                            */
	uint64_t map_len;
	bool partial; /* more will be mapped: what is there is not the end */
	/* Fills dst unless the input ends; *got counts what came before a failure, too. */
	enum sluice_status (*read)(void *ctx, uint8_t *dst, size_t cap, size_t *got,
	                           struct sluice_error *err);
	void *ctx;
};

/* How the end of a chunk is found, from dear to cheap; each wrong guess leads to a dearer one. */
enum cut_by {
	CUT_BY_COUNT, /* by the quotes since its start: never wrong                     */
	CUT_BY_PROBE, /* by those since a line end near by that two records seem to follow */
	CUT_BY_LAST,  /* at the last line end                                           */
};

/* Owned by a ring slot, which reuses it. */
struct chunk {
	const uint8_t *text; /* in the map, or in own                    */
	uint32_t len;        /* whole records                            */
	uint64_t end;        /* offset in the map after it, for release  */
	bool cut;            /* the final LF was added: the input had none */
	bool guessed;        /* it ends in an LF that may stand inside quotes */
	struct buf own;
};

struct chunker {
	struct feed feed;
	const struct kernels *kernels;
	uint8_t delimiter;
	uint32_t chunk_bytes;
	enum cut_by by;            /* more than CUT_BY_COUNT: be ready to rewind */
	uint32_t n_cols;           /* the header's                               */
	uint32_t wrong;            /* probes that were                           */
	uint64_t at;               /* mapped: next byte                        */
	uint64_t wanted;           /* partial: no chunk before so many bytes follow 'at' */
	struct buf carry;          /* read: bytes that belong to the next chunk */
	bool ended;                /* read: the feed has no more               */
	enum sluice_status status; /* read: the feed's failure, told again */
	struct sluice_error err;
};

void chunker_init(struct chunker *c, const struct feed *feed, const struct kernels *k,
                  uint8_t delimiter, uint32_t chunk_bytes);

/*
 * The header, byte order marks and encodings seen to.  After a refusal of its names only (one
 * twice, say) h->lines is not 0 and the records can be read all the same.
 */
enum sluice_status chunker_header(struct chunker *c, struct header *h,
                                  struct sluice_error *err);

/* The next chunk; *more = false at the end, or where a partial map has no whole chunk yet.  Errors give a line counted from the chunk's start. */
enum sluice_status chunker_next(struct chunker *c, struct chunk *chunk, bool *more,
                                struct sluice_error *err);

/*
 * The guess was wrong for the first of these chunks, which are all that were handed out
 * from there on, in order: take them back, and guess better or count from now on.
 */
enum sluice_status chunker_rewind(struct chunker *c, struct chunk *const *chunks, uint32_t n,
                                  struct sluice_error *err);

void chunker_free(struct chunker *c);

/* Length of the whole records at text[0..len), which begins with a record; 0 = none. */
uint32_t cut_records(const struct kernels *k, const uint8_t *text, uint32_t len);

#endif
