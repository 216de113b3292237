#include "io/zpiece.h"

#define ZLIB_CONST
#include <stdlib.h>
#include <zlib.h>

#define MOST ((size_t)1 << 30) /* zlib counts in unsigned int */

struct zpiece {
	z_stream s;
};

struct zpiece *zpiece_new(int level)
{
	struct zpiece *z = calloc(1, sizeof(*z));

	if (!z)
		return NULL;
	if (deflateInit2(&z->s, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

void zpiece_free(struct zpiece *z)
{
	if (!z)
		return;
	deflateEnd(&z->s);
	free(z);
}

size_t zpiece_run(struct zpiece *z, const uint8_t *data, size_t len, uint8_t *out, size_t cap)
{
	size_t left = len;
	size_t room = cap;

	if (deflateReset(&z->s) != Z_OK)
		return 0;
	z->s.next_in = data;
	z->s.next_out = out;
	do {
		z->s.avail_in = (uInt)(left < MOST ? left : MOST);
		z->s.avail_out = (uInt)(room < MOST ? room : MOST);
		left -= z->s.avail_in;
		room -= z->s.avail_out;
		if (deflate(&z->s, left ? Z_NO_FLUSH : Z_FULL_FLUSH) != Z_OK)
			return 0;
		left += z->s.avail_in;
		room += z->s.avail_out;
		if (!room) /* a flush that just fits cannot be told from one cut short */
			return 0;
	} while (left || z->s.avail_out == 0);
	return cap - room;
}
