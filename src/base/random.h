/*
 * random.h - numbers that look like chance and are the same on every machine: xorshift
 *
 * For searches that must not go in circles; never for anything that is to stay secret.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

/* The state is begun with any number but 0. */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif
