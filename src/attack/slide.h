/*
 * slide.h - from table to table along directions in which every row holds
 *
 * A direction is followed as far as the counts leave room, or several at once until
 * none is left below nothing.  Where walk.h has to find its way back to a table, here only the bounds
 * are to be minded.  As blind as that: not to get anywhere proves nothing.
 */
#ifndef ATTACK_SLIDE_H
#define ATTACK_SLIDE_H

#include "attack/broken.h"
#include "attack/directions.h"
#include "attack/witness.h"

struct slide {
	const struct domain *d;
	const struct part *p;
	struct directions directions;
	int64_t *lo, *hi;       /* by column                                  */
	int64_t *base, *values; /* by column: the last table, and the one under way  */
	struct broken broken;   /* columns out of their bounds                      */
	uint32_t *moved; /* by direction: the step in which it was followed last; 0 = not */
	uint32_t *followed, n_followed; /* directions that were                               */
	uint32_t *changed, n_changed;   /* columns                                          */
	int64_t *weight;        /* by column: what it costs to be out of its bounds by one */
	bool *listed;           /* by column: it is among those                      */
	struct change *changes; /* room for those that are unknowns                */
	bool huge;              /* values too large to be reckoned here: nothing is found */
	uint32_t step;
	uint64_t work,
		left; /* of the effort, in entries looked at; 0 = nothing more is sought */
	uint64_t random;
};

/* Without directions where there would be too many; see directions.h. */
enum sluice_status slide_init(struct slide *s, const struct domain *d, const struct parts *all,
                              const struct part *p, uint64_t work, struct sluice_error *err);

/* Start from the table that the witness holds. */
void slide_begin(struct slide *s, struct witness *w);

/*
 * Along each direction that changes what is not settled: tables in which the wanted (by unknown; NULL =
 * all) differ by 'most', or as far as there is room, for the witness to take.
 */
void slide_spread(struct slide *s, struct witness *w, const bool *wanted, int64_t most);

/* To the middle of each direction in turn, so that the others have more room from there. */
void slide_centre(struct slide *s, struct witness *w);

/*
 * Change the unknown, by its local number, so that it has the value, or one beyond, and mend what leaves
 * its bounds; true: w has taken the table.
 */
bool slide_to(struct slide *s, struct witness *w, uint32_t local, int64_t value,
              uint32_t steps);

/* From a point where the rows hold: a first table, which the witness takes and holds. */
bool slide_first(struct slide *s, struct witness *w, uint64_t steps);

void slide_free(struct slide *s);

#endif
