/*
 * guard.h - memory that ends where an inaccessible page begins
 *
 * Whoever reads or writes one byte past it is killed, so that a test need not guess how
 * far a vector may look.
 */
#ifndef TESTS_GUARD_H
#define TESTS_GUARD_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard {
	uint8_t *base;
	uint8_t *end; /* the first byte that may not be touched */
	size_t size;
};

static inline struct guard guard_new(size_t len)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct guard g = { .size = (len / page + 2) * page };

	g.base = mmap(NULL, g.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if ((void *)g.base == MAP_FAILED)
		abort();
	g.end = g.base + g.size - page;
	if (mprotect(g.end, page, PROT_NONE))
		abort();
	return g;
}

static inline void guard_free(struct guard *g)
{
	munmap(g->base, g->size);
}

#endif
