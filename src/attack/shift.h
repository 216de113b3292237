/*
 * shift.h - from a table that is known to one that differs in a given cell, by few others
 *
 * The differences are the unknowns of a linear program: each goes up or down, within the room
 * that the table leaves, the rows must hold, and as little as possible is to change.  What
 * it finds are mostly whole steps round a cycle or over the corners of cubes, in however many
 * dimensions; where it finds halves, twice as much is tried, then one of them is rounded
 * and the program asked again.  It is asked of the cell's surroundings first, then of wider ones.
 */
#ifndef ATTACK_SHIFT_H
#define ATTACK_SHIFT_H

#include "attack/lp.h"
#include "attack/near.h"
#include "attack/witness.h"

/* How far around the cell is looked. */
enum shift_reach { SHIFT_NEAR, SHIFT_AROUND, SHIFT_FAR, SHIFT_ALL, SHIFT_REACHES };

struct shift {
	const struct domain *d;
	const struct parts *all;
	struct near near;
	struct lp *lp;
	int64_t *base;          /* by unknown: the table                       */
	struct change *changes; /* unknowns, for a table that is offered       */
	double *cost;           /* by unknown, of a change                      */
	uint64_t n_programs;
	uint32_t n_large; /* of them, those with many unknowns */
};

enum sluice_status shift_init(struct shift *s, const struct domain *d, const struct parts *all,
                              struct sluice_error *err);

/* Start from the table that the witness holds.  All changes cost 1 then; those that one wants may cost less. */
void shift_begin(struct shift *s, struct witness *w);

/*
 * Tables that are otherwise like the first where they can be, until the values of the unknown that
 * were seen differ by width - 1; true: they do, and the witness has taken them.
 */
bool shift_apart(struct shift *s, struct witness *w, uint32_t unknown, int64_t width,
                 enum shift_reach reach, double until);

void shift_free(struct shift *s);

#endif
