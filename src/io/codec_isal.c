/*
 * codec_isal.c - the codec on ISA-L, several times as fast as zlib
 *
 * Level 1 is ISA-L's one-pass level 0 with Huffman codes of the piece's own, made from
 * a sample of it: as small and nearly as fast as ISA-L's level 1.  That one is not used,
 * nor is its level 2: in 2.30 their output depends, about once in ten thousand pieces,
 * on the address that the input lies at, and equal input must give equal bytes.  Levels
 * 2 and 3 are ISA-L's level 3; zlib makes the smaller ones.
 *
 * isal_inflate() reads ahead: up to 8 bytes wait in a bit buffer, and at the end of a
 * stream they belong to the gzip trailer.  inflater_run() hands whole bytes back
 * wherever they could lie behind the stream's end, that is when the stream has ended
 * or when the room ran out first.  In between, a call that stops for want of input
 * needs all that it took.
 *
 * ISA-L is lenient in one point: a set of Huffman codes with unused code words is read
 * (zlib refuses it) as long as none of them occurs.  What it decodes to is still unambiguous,
 * and the member's checksum is compared.
 */
#include "io/codec.h"

#include "io/stored.h"
#include "io/zpiece.h"

#include <isa-l.h>
#include <stdlib.h>
#include <string.h>

#define MOST       ((size_t)1 << 30) /* ISA-L counts in 32 bits */
#define ISAL_LEVEL 3                 /* the highest that it has */
#define SAMPLE     65536u            /* bytes that the codes are made from */
#define SHORT      4096u             /* pieces below it are not worth codes of their own */

#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)

const char *codec_name(void)
{
	return "ISA-L " TEXT(ISAL_MAJOR_VERSION) "." TEXT(ISAL_MINOR_VERSION) "." TEXT(
		ISAL_PATCH_VERSION);
}

uint32_t codec_crc32(uint32_t crc, const uint8_t *data, size_t len)
{
	return crc32_gzip_refl(crc, data, len);
}

/* ISA-L's pointers to input are not const; it does not write there. */
static uint8_t *unconst(const uint8_t *data)
{
	return (uint8_t *)(uintptr_t)data;
}

/* ---- inflate ---------------------------------------------------------------- */

struct inflater {
	struct inflate_state s;
};

struct inflater *inflater_new(void)
{
	struct inflater *z = calloc(1, sizeof(*z));

	if (z)
		isal_inflate_init(&z->s);
	return z;
}

void inflater_reset(struct inflater *z)
{
	isal_inflate_reset(&z->s);
}

void inflater_free(struct inflater *z)
{
	free(z);
}

size_t inflater_memory(void)
{
	return sizeof(struct inflater);
}

/* Empty the bit buffer but for the bits of the byte that was begun. */
static void give_back(struct inflate_state *s)
{
	const int32_t bytes = s->read_in_length / 8;

	if (bytes <= 0)
		return;
	s->next_in -= bytes;
	s->read_in_length -= bytes * 8;
	s->read_in &= (UINT64_C(1) << s->read_in_length) - 1;
}

enum inflated inflater_run(struct inflater *z, const uint8_t *in, size_t *in_len, uint8_t *out,
                           size_t *out_len)
{
	struct inflate_state *s = &z->s;
	bool ended;
	int ret;

	s->next_in = unconst(in);
	s->avail_in = (uint32_t)(*in_len < MOST ? *in_len : MOST);
	s->next_out = out;
	s->avail_out = (uint32_t)(*out_len < MOST ? *out_len : MOST);
	ret = isal_inflate(s);
	ended = s->block_state == ISAL_BLOCK_FINISH;
	/* While a header is incomplete the bit buffer comes before tmp_in: both are needed. */
	if (ended || (s->avail_out == 0 && s->block_state != ISAL_BLOCK_HDR))
		give_back(s);
	*out_len = (size_t)(s->next_out - out);
	if (ret != ISAL_DECOMP_OK || s->next_in < in) {
		*in_len = 0;
		return INFLATE_BAD;
	}
	*in_len = (size_t)(s->next_in - in);
	return ended ? INFLATE_END : INFLATE_MORE;
}

/* ---- deflate ---------------------------------------------------------------- */

struct deflater {
	struct zpiece *z; /* levels above ISA-L's, else NULL */
	uint8_t *work;    /* level 3's                       */
	struct isal_zstream s;
	struct isal_huff_histogram seen; /* level 1's */
	struct isal_hufftables codes;
};

struct deflater *deflater_new(int level)
{
	struct deflater *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	if (level > ISAL_LEVEL) {
		d->z = zpiece_new(level);
		if (!d->z)
			goto no_memory;
		return d;
	}
	isal_deflate_init(&d->s);
	if (level > 1) {
		d->work = calloc(1, ISAL_DEF_LVL3_DEFAULT);
		if (!d->work)
			goto no_memory;
		d->s.level = 3;
		d->s.level_buf = d->work;
		d->s.level_buf_size = ISAL_DEF_LVL3_DEFAULT;
	}
	d->s.flush = FULL_FLUSH;
	return d;
no_memory:
	free(d);
	return NULL;
}

void deflater_free(struct deflater *d)
{
	if (!d)
		return;
	zpiece_free(d->z);
	free(d->work);
	free(d);
}

/* Codes for the piece, from how its beginning compresses. */
static bool make_codes(struct deflater *d, const uint8_t *data, size_t len)
{
	memset(&d->seen, 0, sizeof(d->seen));
	isal_update_histogram(unconst(data), (int)(len < SAMPLE ? len : SAMPLE), &d->seen);
	return !isal_create_hufftables(&d->codes, &d->seen);
}

/* 0 where it would not fit. */
static size_t isal_piece(struct deflater *d, const uint8_t *data, size_t len, uint8_t *out,
                         size_t cap)
{
	struct isal_zstream *s = &d->s;

	if (len > MOST)
		return 0;
	isal_deflate_reset(s);
	if (!d->work) {
		const bool own = len >= SHORT && make_codes(d, data, len);

		isal_deflate_set_hufftables(s, own ? &d->codes : NULL,
		                            own ? IGZIP_HUFFTABLE_CUSTOM
		                                : IGZIP_HUFFTABLE_DEFAULT);
	}
	s->next_in = unconst(data);
	s->avail_in = (uint32_t)len;
	s->next_out = out;
	s->avail_out = (uint32_t)cap;
	if (isal_deflate(s) != COMP_OK || s->avail_in || !s->avail_out)
		return 0;
	return cap - s->avail_out;
}

size_t deflater_piece(struct deflater *d, const uint8_t *data, size_t len, uint8_t *out)
{
	const size_t cap = stored_bound(len);
	const size_t n = d->z ? zpiece_run(d->z, data, len, out, cap)
	                      : isal_piece(d, data, len, out, cap);

	return n ? n : stored_blocks(data, len, false, out);
}
