/*
 * codec.h - raw deflate, both ways, behind one small interface
 *
 * codec_isal.c (ISA-L) or codec_zlib.c, chosen by the Makefile, provides it.
 * Framing (gzip headers, members, checksums) is not its business.
 */
#ifndef IO_CODEC_H
#define IO_CODEC_H

#include "base/fail.h"

/* "ISA-L 2.30.0" and the like, for `sluice version`. */
const char *codec_name(void);

/* CRC-32 as gzip has it; begin with 0. */
uint32_t codec_crc32(uint32_t crc, const uint8_t *data, size_t len);

/* ---- inflate: one raw stream at a time -------------------------------------- */

struct inflater;

enum inflated {
	INFLATE_MORE,   /* used all input, or filled all room: wants more of it  */
	INFLATE_END,    /* the stream's last block was read whole                */
	INFLATE_BAD,    /* the bytes are not deflate                             */
	INFLATE_MEMORY, /* an allocation failed                                  */
};

struct inflater *inflater_new(void);
void inflater_reset(struct inflater *z);
void inflater_free(struct inflater *z);
size_t inflater_memory(void); /* what one takes */

/*
 * Decompress from in[0..*in_len) to out[0..*out_len); both lengths become what was
 * used.  Takes nothing past the stream's end.  Output may be waiting inside, so that
 * a call without input can make some.
 */
enum inflated inflater_run(struct inflater *z, const uint8_t *in, size_t *in_len, uint8_t *out,
                           size_t *out_len);

/* ---- deflate: independent pieces of one raw stream --------------------------- */

struct deflater;

/* Level 1 (fast) to 9 (small).  NULL: no memory. */
struct deflater *deflater_new(int level);
void deflater_free(struct deflater *z);

/*
 * Compress data[0..len) without looking at earlier pieces, ending at a byte border with
 * no last block (full flush), so that pieces can be joined.  'out' has
 * stored_bound(len) bytes of room; what would not fit there is stored.  The same bytes
 * for the same data, whatever came before.  Returns the length.
 */
size_t deflater_piece(struct deflater *z, const uint8_t *data, size_t len, uint8_t *out);

#endif
