/*
 * word.h - words in memory, whatever this machine's byte order
 */
#ifndef BASE_WORD_H
#define BASE_WORD_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define WORD_LITTLE(v) __builtin_bswap64(v)
#define WORD_BIG(v)    (v)
#else
#define WORD_LITTLE(v) (v)
#define WORD_BIG(v)    __builtin_bswap64(v)
#endif

/* Eight bytes as a number, the first of them lowest (or highest). */
static inline uint64_t load_little(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return WORD_LITTLE(v);
}

static inline uint64_t load_big(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return WORD_BIG(v);
}

static inline void store_little(uint8_t *p, uint64_t v)
{
	v = WORD_LITTLE(v);
	memcpy(p, &v, 8);
}

#endif
