/*
 * rows.h - the benchmark's tables, row by row
 *
 * The same kind and seed give the same bytes on every machine.
 */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include "chance.h"

#include <stdbool.h>

#define ROW_ROOM 2048 /* no row is longer */

struct kind {
	const char *name;
	const char *header; /* with its line end */

	/* Write row number 'i', the first is 0, at 'p' and return its end. */
	char *(*row)(char *p, struct chance *c, uint64_t i);
};

/* NULL if there is none of that name. */
const struct kind *kind_find(const char *name);

/* All kinds, ended by one without a name. */
extern const struct kind kinds[];

#endif
