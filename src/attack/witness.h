/*
 * witness.h - whole tables that the published texts allow
 *
 * A table is taken only after every row and every text was checked in whole numbers, so
 * what is said to be possible is possible.  One table serves all of a part's unknowns.
 */
#ifndef ATTACK_WITNESS_H
#define ATTACK_WITNESS_H

#include "attack/part.h"

struct witness {
	int64_t *values;   /* by unknown: the table last offered; fixed ones are filled in */
	int64_t *lo, *hi;  /* by unknown: the smallest and the largest seen; lo > hi = none */
	uint64_t n_tables; /* taken                                                         */
	/* by row: what the base sums to, reckoned for the base of that number */
	wide *sums, *moved;
	uint32_t *known, base;
	uint32_t *touched; /* by row: the offer that changed it last */
	uint32_t *rows, n_rows, offer;
};

/* An unknown that differs from the base, and its value there. */
struct change {
	uint32_t unknown;
	int64_t from;
};

enum sluice_status witness_init(struct witness *w, const struct domain *d,
                                struct sluice_error *err);

/* values[] of the part's unknowns are set: take them if they are a table. */
bool witness_take(struct witness *w, const struct domain *d, const struct part *p);

/* A table that was taken is the base of what is offered from now on. */
void witness_begin(struct witness *w, const struct domain *d);

/*
 * The same for values[] that differ from the base by the changes alone, each unknown once: only their
 * texts and rows need be looked at, each row in full the first time, then by what is added to it.
 * 'stay': if they are taken, they are the base from now on.
 */
bool witness_step(struct witness *w, const struct domain *d, const int64_t *values,
                  const struct change *changes, uint32_t n, bool stay);

void witness_free(struct witness *w);

#endif
