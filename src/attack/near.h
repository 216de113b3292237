/*
 * near.h - what lies around an unknown
 *
 * The unknowns of a part that are tied to one by the fewest and shortest rows, and all their rows.
 * Those that could not change while all farther ones stay, since a row has no other, are
 * left out again.
 */
#ifndef ATTACK_NEAR_H
#define ATTACK_NEAR_H

#include "attack/part.h"

struct near_row {
	uint64_t far;
	uint32_t row;
};

struct near {
	const struct domain *d;
	const struct parts *all;
	struct part part;       /* what was found                                        */
	struct parts parts;     /* local numbers in it                                  */
	uint32_t *length;       /* by row: unknowns that are not fixed                  */
	uint32_t *left;         /* by row: those that are near                          */
	bool *seen;             /* by row                                              */
	struct near_row *queue; /* rows to go along, a heap: the nearest first          */
	uint32_t n_queue;
};

enum sluice_status near_init(struct near *n, const struct domain *d, const struct parts *all,
                             struct sluice_error *err);

/*
 * Around the unknown (n->part), 'most' of them and the rest of the last row; false: it could not
 * change.  *whole: nothing lies farther away.
 */
bool near_find(struct near *n, uint32_t unknown, uint32_t most, bool *whole);

void near_free(struct near *n);

#endif
