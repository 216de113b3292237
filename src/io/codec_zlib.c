/* codec_zlib.c - the codec on zlib alone, for machines without ISA-L */
#include "io/codec.h"

#include "io/stored.h"
#include "io/zpiece.h"

#define ZLIB_CONST
#include <stdlib.h>
#include <zlib.h>

#define MOST ((size_t)1 << 30) /* zlib counts in unsigned int */

const char *codec_name(void)
{
	return "zlib " ZLIB_VERSION;
}

uint32_t codec_crc32(uint32_t crc, const uint8_t *data, size_t len)
{
	while (len) {
		const size_t n = len < MOST ? len : MOST;

		crc = (uint32_t)crc32(crc, data, (uInt)n);
		data += n;
		len -= n;
	}
	return crc;
}

/* ---- inflate ---------------------------------------------------------------- */

struct inflater {
	z_stream s;
};

struct inflater *inflater_new(void)
{
	struct inflater *z = calloc(1, sizeof(*z));

	if (!z)
		return NULL;
	if (inflateInit2(&z->s, -15) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

void inflater_reset(struct inflater *z)
{
	inflateReset(&z->s);
}

void inflater_free(struct inflater *z)
{
	if (!z)
		return;
	inflateEnd(&z->s);
	free(z);
}

size_t inflater_memory(void)
{
	return sizeof(struct inflater) + ((size_t)48 << 10); /* zlib.h: a window and tables */
}

enum inflated inflater_run(struct inflater *z, const uint8_t *in, size_t *in_len, uint8_t *out,
                           size_t *out_len)
{
	int ret;

	z->s.next_in = in;
	z->s.avail_in = (uInt)(*in_len < MOST ? *in_len : MOST);
	z->s.next_out = out;
	z->s.avail_out = (uInt)(*out_len < MOST ? *out_len : MOST);
	ret = inflate(&z->s, Z_NO_FLUSH);
	*in_len = (size_t)(z->s.next_in - in);
	*out_len = (size_t)(z->s.next_out - out);

	switch (ret) {
	case Z_OK:
	case Z_BUF_ERROR: return INFLATE_MORE;
	case Z_STREAM_END: return INFLATE_END;
	case Z_MEM_ERROR: return INFLATE_MEMORY;
	default: return INFLATE_BAD;
	}
}

/* ---- deflate ---------------------------------------------------------------- */

struct deflater {
	struct zpiece *z;
};

struct deflater *deflater_new(int level)
{
	struct deflater *d = calloc(1, sizeof(*d));

	if (d)
		d->z = zpiece_new(level);
	if (d && !d->z) {
		free(d);
		d = NULL;
	}
	return d;
}

void deflater_free(struct deflater *d)
{
	if (!d)
		return;
	zpiece_free(d->z);
	free(d);
}

size_t deflater_piece(struct deflater *d, const uint8_t *data, size_t len, uint8_t *out)
{
	const size_t n = zpiece_run(d->z, data, len, out, stored_bound(len));

	return n ? n : stored_blocks(data, len, false, out);
}
