/*
 * hidden_sums.h - sums of cells that must not follow either, as cells of a protection's model
 *
 * A sum is one more unknown that no table shows and that must be hidden, with a row that
 * says what it is the sum of: so whatever keeps cells hidden keeps sums so, and proves it.  Two
 * rules make some:
 *
 *   singletons.c   counts of one person each: who is one of them knows that count, and where
 *                  true zeros are shown their sum tells all of them
 *   one_part.c     a group of which all, or all but a few, are in one part
 */
#ifndef PROTECT_HIDDEN_SUMS_H
#define PROTECT_HIDDEN_SUMS_H

#include "protect/protect.h"

struct hidden_sums {
	struct protection p; /* the same protection, with the sums */
	struct model model;
	int64_t *values;
	bool *shown, *primary;
	uint32_t n_cells;       /* without the sums                                 */
	uint32_t cap;           /* of unknowns that the arrays have room for        */
	uint32_t *last, *below; /* sums by their first cell: the latest, the one before */
};

/*
 * s->p is what to protect: with the sums of wholes in one part, if p asks for that rule, and
 * after them those of singletons.  Refers to p's arrays; to be freed in any case.
 */
enum sluice_status hidden_sums_make(struct hidden_sums *s, const struct protection *p,
                                    bool singletons, struct sluice_error *err);
void hidden_sums_free(struct hidden_sums *s);

/* The sum of those cells, which are then in rising order, unless it is there already. */
enum sluice_status hidden_sum_add(struct hidden_sums *s, uint32_t *cells, uint32_t n,
                                  struct sluice_error *err);

/* The rules. */
enum sluice_status singletons_add(struct hidden_sums *s, const struct protection *p,
                                  struct sluice_error *err);
enum sluice_status one_part_add(struct hidden_sums *s, const struct protection *p,
                                struct sluice_error *err);

#endif
