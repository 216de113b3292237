#include "io/stored.h"

#include <string.h>

#define BLOCK  65535 /* the most that a stored block holds */
#define HEADER 5

size_t stored_bound(size_t len)
{
	return len + (len / BLOCK + 1) * HEADER;
}

size_t stored_blocks(const uint8_t *data, size_t len, bool last, uint8_t *out)
{
	uint8_t *const begin = out;

	do {
		const unsigned n = len < BLOCK ? (unsigned)len : BLOCK;

		*out++ = last && n == len;
		*out++ = (uint8_t)n;
		*out++ = (uint8_t)(n >> 8);
		*out++ = (uint8_t)~n;
		*out++ = (uint8_t)(~n >> 8);
		if (n)
			memcpy(out, data, n);
		out += n;
		data += n;
		len -= n;
	} while (len);
	return (size_t)(out - begin);
}
