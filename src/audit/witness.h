/*
 * witness.h - whole tables that the published texts allow
 *
 * A table is taken only after every row and every text was checked in whole numbers, so
 * what is said to be possible is possible.  One table serves all of a part's unknowns.
 */
#ifndef AUDIT_WITNESS_H
#define AUDIT_WITNESS_H

#include "audit/part.h"

struct witness {
	int64_t *values;   /* by unknown: the table last offered; fixed ones are filled in */
	int64_t *lo, *hi;  /* by unknown: the smallest and the largest seen; lo > hi = none */
	uint64_t n_tables; /* taken                                                         */
	uint32_t *checked; /* by row: the offer for which it was looked at last              */
	uint32_t n_offers;
};

enum sluice_status witness_init(struct witness *w, const struct domain *d,
                                struct sluice_error *err);

/* values[] of the part's unknowns are set: take them if they are a table. */
bool witness_take(struct witness *w, const struct domain *d, const struct part *p);

/*
 * The same for values[] that are a table which was taken but for n unknowns: only their texts and
 * rows need be checked.
 */
bool witness_step(struct witness *w, const struct domain *d, const int64_t *values,
                  const uint32_t *changed, uint32_t n);

void witness_free(struct witness *w);

#endif
