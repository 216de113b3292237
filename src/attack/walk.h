/*
 * walk.h - from one table to another, near by
 *
 * A count is changed by one, and then others of the rows that no longer hold, by one each, until all
 * rows hold again: in a table of two dimensions that goes round a cycle, in more over the
 * corners of cubes.  Cheap, and blind: not to get anywhere proves nothing.
 */
#ifndef ATTACK_WALK_H
#define ATTACK_WALK_H

#include "attack/broken.h"
#include "attack/witness.h"

struct walk {
	int64_t *base, *values; /* by unknown: the last table, and the one under way */
	int64_t *sums;          /* by row                                            */
	struct term *free;      /* terms of all rows that are not fixed              */
	uint32_t *from;         /* by row: its first of those; one more at the end   */
	bool huge;              /* sums too large to be reckoned here: no walks */
	struct broken broken;   /* rows that don't hold                            */
	int8_t *worse;   /* by row: by how much it misses more when it loses one, gets one */
	uint32_t *moved; /* by unknown: the step in which it was changed last; 0 = not */
	uint32_t *changed, n_changed; /* those that were                                */
	struct change *changes;       /* room for those                               */
	uint32_t step;
	uint64_t random;
};

enum sluice_status walk_init(struct walk *k, const struct domain *d, struct sluice_error *err);

/* Start from the table that the witness holds for the part. */
void walk_begin(struct walk *k, const struct domain *d, const struct part *p,
                struct witness *w);

/* Change the unknown by one, up or down, within 'steps' steps; true: w has taken a new table. */
bool walk_from(struct walk *k, const struct domain *d, struct witness *w, uint32_t unknown,
               bool up, uint32_t steps);

/* From what is not quite a table, in w->values: mend it; true: w has taken it. */
bool walk_mend(struct walk *k, const struct domain *d, const struct part *p, struct witness *w,
               uint32_t steps);

void walk_free(struct walk *k);

#endif
