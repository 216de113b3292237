/*
 * deflate.h - making gzip from pieces that were compressed apart
 *
 * Workers turn each chunk's output into a piece (deflate_piece), the writer puts the
 * frame around them in order: one member, whatever the number of pieces, without
 * time or name; or BGZF blocks.  The bytes depend on the pieces and the level only.
 */
#ifndef IO_DEFLATE_H
#define IO_DEFLATE_H

#include "base/buf.h"

/* "libdeflate 1.14": what makes BGZF blocks. */
const char *deflate_library(void);

/* One worker's compressor. */
struct deflate;

/* Level 0 is the container's default.  SLUICE_PLAIN is allowed: its pieces are the bytes. */
enum sluice_status deflate_new(enum sluice_container container, int level, struct deflate **out,
                               struct sluice_error *err);
void deflate_free(struct deflate *d);

/* What the writer must know of a piece besides its bytes. */
struct piece {
	uint32_t crc; /* SLUICE_GZIP only   */
	uint64_t len; /* before compression */
};

/* Append the compressed form of data[0..len) to 'out' and describe it. */
enum sluice_status deflate_piece(struct deflate *d, const uint8_t *data, size_t len,
                                 struct buf *out, struct piece *piece,
                                 struct sluice_error *err);

/* The frame: begin once, count each piece in order, end once. */
struct frame {
	enum sluice_container container;
	uint32_t crc;
	uint64_t len;
};

enum sluice_status frame_begin(struct frame *f, enum sluice_container container,
                               struct buf *out, struct sluice_error *err);
void frame_count(struct frame *f, const struct piece *piece);
enum sluice_status frame_end(struct frame *f, struct buf *out, struct sluice_error *err);

#endif
