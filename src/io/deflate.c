/*
 * deflate.c - pieces and the frame around them
 *
 * SLUICE_GZIP joins raw deflate pieces, each ending at a byte border, under one
 * header and one trailer; the CRCs are combined by arithmetic.  SLUICE_BGZF makes
 * every piece a row of complete small members, so that the frame is only the empty
 * block at the end.  SLUICE_PLAIN passes the bytes on.
 */
#include "io/deflate.h"

#include "io/codec.h"
#include "io/stored.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define GZIP_LEVEL 1 /* defaults: most of the gain in a fraction of the time */
#define BGZF_LEVEL 6 /* what bgzip takes                                     */

#define BGZF_DATA    ((size_t)65280) /* bytes in a block: stored, they still fit */
#define BGZF_HEADER  18
#define BGZF_TRAILER 8
#define BGZF_MOST    65536 /* a block's size minus one is a 16-bit number */

struct deflate {
	enum sluice_container container;
	struct deflater *gzip;
	struct libdeflate_compressor *bgzf;
};

const char *deflate_library(void)
{
	return "libdeflate " LIBDEFLATE_VERSION_STRING;
}

enum sluice_status deflate_new(enum sluice_container container, int level, struct deflate **out,
                               struct sluice_error *err)
{
	struct deflate *d;

	*out = NULL;
	if (level < 0 || level > 9)
		return fail(err, SLUICE_E_PLAN, "the gzip level must be 1 to 9");
	d = calloc(1, sizeof(*d));
	if (!d)
		return fail_memory(err);
	d->container = container;
	if (container == SLUICE_GZIP)
		d->gzip = deflater_new(level ? level : GZIP_LEVEL);
	else if (container == SLUICE_BGZF)
		d->bgzf = libdeflate_alloc_compressor(level ? level : BGZF_LEVEL);
	if ((container == SLUICE_GZIP && !d->gzip) || (container == SLUICE_BGZF && !d->bgzf)) {
		deflate_free(d);
		return fail_memory(err);
	}
	*out = d;
	return SLUICE_OK;
}

void deflate_free(struct deflate *d)
{
	if (!d)
		return;
	deflater_free(d->gzip);
	if (d->bgzf)
		libdeflate_free_compressor(d->bgzf);
	free(d);
}

static uint8_t *put(uint8_t *p, uint32_t value, size_t n)
{
	for (size_t i = 0; i < n; i++, value >>= 8)
		*p++ = (uint8_t)value;
	return p;
}

/* ---- BGZF ---------------------------------------------------------------------- */

/* One block (a member that says its own length); len is at most BGZF_DATA. */
static size_t bgzf_block(struct deflate *d, const uint8_t *data, size_t len, uint8_t *out)
{
	static const uint8_t header[16] = { 0x1F, 0x8B, 8, 4, 0,   0,   0, 0,
		                            0,    0xFF, 6, 0, 'B', 'C', 2, 0 };
	const size_t cap = BGZF_MOST - BGZF_HEADER - BGZF_TRAILER;
	uint8_t *const body = out + BGZF_HEADER;
	size_t n = libdeflate_deflate_compress(d->bgzf, data, len, body, cap);

	if (!n)
		n = stored_blocks(data, len, true, body);
	memcpy(out, header, sizeof(header));
	put(out + sizeof(header), (uint32_t)(BGZF_HEADER + n + BGZF_TRAILER - 1), 2);
	put(put(body + n, codec_crc32(0, data, len), 4), (uint32_t)len, 4);
	return BGZF_HEADER + n + BGZF_TRAILER;
}

static enum sluice_status bgzf_piece(struct deflate *d, const uint8_t *data, size_t len,
                                     struct buf *out, struct sluice_error *err)
{
	while (len) {
		const size_t n = len < BGZF_DATA ? len : BGZF_DATA;

		TRY(buf_reserve(out, BGZF_MOST, err));
		out->len += bgzf_block(d, data, n, out->data + out->len);
		data += n;
		len -= n;
	}
	return SLUICE_OK;
}

/* ---- pieces -------------------------------------------------------------------- */

enum sluice_status deflate_piece(struct deflate *d, const uint8_t *data, size_t len,
                                 struct buf *out, struct piece *piece, struct sluice_error *err)
{
	*piece = (struct piece){ .len = len };
	if (!len)
		return SLUICE_OK;
	switch (d->container) {
	case SLUICE_GZIP:
		TRY(buf_reserve(out, stored_bound(len), err));
		out->len += deflater_piece(d->gzip, data, len, out->data + out->len);
		piece->crc = codec_crc32(0, data, len);
		return SLUICE_OK;
	case SLUICE_BGZF: return bgzf_piece(d, data, len, out, err);
	default: return buf_add(out, data, len, err);
	}
}

/* ---- frame --------------------------------------------------------------------- */

enum sluice_status frame_begin(struct frame *f, enum sluice_container container,
                               struct buf *out, struct sluice_error *err)
{
	/* No time, no name, no hint about the system: the same bytes everywhere. */
	static const uint8_t header[10] = { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF };

	*f = (struct frame){ .container = container };
	return container == SLUICE_GZIP ? buf_add(out, header, sizeof(header), err) : SLUICE_OK;
}

void frame_count(struct frame *f, const struct piece *piece)
{
	if (f->container == SLUICE_GZIP && piece->len)
		f->crc = (uint32_t)crc32_combine(f->crc, piece->crc, (z_off_t)piece->len);
	f->len += piece->len;
}

enum sluice_status frame_end(struct frame *f, struct buf *out, struct sluice_error *err)
{
	/* What the BGZF specification makes the mark of a complete file: a block of nothing. */
	static const uint8_t last_bgzf[28] = { 0x1F, 0x8B, 8,   4,   0, 0, 0,    0, 0, 0xFF,
		                               6,    0,    'B', 'C', 2, 0, 0x1B, 0, 3, 0 };
	uint8_t last_gzip[10] = { 3, 0 }; /* an empty last block, then the trailer */

	if (f->container == SLUICE_BGZF)
		return buf_add(out, last_bgzf, sizeof(last_bgzf), err);
	if (f->container != SLUICE_GZIP)
		return SLUICE_OK;
	put(put(last_gzip + 2, f->crc, 4), (uint32_t)f->len, 4);
	return buf_add(out, last_gzip, sizeof(last_gzip), err);
}
