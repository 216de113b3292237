/*
 * broken.h - which of many are out of bounds now: taken in, left out and picked without a search
 */
#ifndef ATTACK_BROKEN_H
#define ATTACK_BROKEN_H

#include <stdbool.h>
#include <stdint.h>

struct broken {
	uint32_t *list, n; /* room for all of them */
	uint32_t *where;   /* by number: its place there + 1; 0 = it is not */
};

static inline void broken_note(struct broken *b, uint32_t number, bool out)
{
	if (out && !b->where[number]) {
		b->list[b->n++] = number;
		b->where[number] = b->n;
	} else if (!out && b->where[number]) {
		const uint32_t last = b->list[--b->n];

		b->list[b->where[number] - 1] = last;
		b->where[last] = b->where[number];
		b->where[number] = 0;
	}
}

static inline void broken_clear(struct broken *b)
{
	while (b->n)
		b->where[b->list[--b->n]] = 0;
}

#endif
