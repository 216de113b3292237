/*
 * chance.h - numbers that are the same on every run, and texts made of them
 */
#ifndef TESTS_CHANCE_H
#define TESTS_CHANCE_H

#include <stdint.h>
#include <string.h>

struct chance {
	uint64_t state;
};

/* SplitMix64. */
static inline uint64_t chance_next(struct chance *c)
{
	uint64_t z = c->state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

/* 0 to n - 1. */
static inline uint32_t chance_below(struct chance *c, uint32_t n)
{
	return (uint32_t)(chance_next(c) % n);
}

/* Bytes of an alphabet. */
static inline void chance_text(struct chance *c, uint8_t *text, size_t len,
                               const char *alphabet, size_t n)
{
	for (size_t i = 0; i < len; i++)
		text[i] = (uint8_t)alphabet[chance_below(c, (uint32_t)n)];
}

#endif
