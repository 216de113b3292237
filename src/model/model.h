/*
 * model.h - what is not known, and what is known of it
 *
 * A model is whole numbers that an attacker does not know (one for each population cell and
 * measure, however many files show it), each with the interval that its published texts
 * leave, and rows: sums of them with whole factors that lie between two numbers.  Totals,
 * "no more than" and percentages are all rows.  It is built once, then never changed;
 * what is worked out of it lives in a struct domain (domain.h).
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/fail.h"

/* No bound.  Larger than any count, small enough that a few can be added. */
#define BOUND_NONE ((int64_t)1 << 60)

/* Sums of products of counts and factors; exact. */
__extension__ typedef __int128 wide;

struct unknown {
	int64_t lo, hi; /* what its published texts leave; 0 and BOUND_NONE at most    */
	int64_t gap_lo, gap_hi; /* values in between that they exclude; none where lo > hi    */
};

struct term {
	uint32_t unknown;
	int64_t factor; /* not 0 */
};

struct row {
	uint32_t first, n; /* its terms                                          */
	int64_t lo,
		hi; /* lo <= sum of factor * unknown <= hi; -BOUND_NONE, BOUND_NONE = open */
};

struct model {
	struct unknown *unknowns;
	struct term *terms;
	struct row *rows;
	uint32_t n_unknowns, n_terms, n_rows;
	uint32_t cap_unknowns, cap_terms, cap_rows;
	/* by unknown: the rows that it is in are of[at[u]] to of[at[u + 1] - 1] */
	uint32_t *at, *of;
	int64_t *times; /* beside of[]: its factor there */
};

/* A new unknown; its number goes to *id. */
enum sluice_status model_unknown(struct model *m, int64_t lo, int64_t hi, uint32_t *id,
                                 struct sluice_error *err);

/* A row is begun, given its terms, and ended; terms of one unknown must not repeat. */
enum sluice_status model_row(struct model *m, int64_t lo, int64_t hi, struct sluice_error *err);
enum sluice_status model_term(struct model *m, uint32_t unknown, int64_t factor,
                              struct sluice_error *err);

/* All is there: make the index. */
enum sluice_status model_finish(struct model *m, struct sluice_error *err);

/* What the row's terms add up to, and whether it allows that; exact. */
wide row_sum(const struct model *m, const struct row *r, const int64_t *values);
bool row_allows(const struct row *r, wide sum);

/* Whether the values of all of the row's unknowns (by number) fit it; exact. */
bool row_holds(const struct model *m, const struct row *r, const int64_t *values);

/* Whether the value is one that the unknown's texts allow. */
bool unknown_allows(const struct unknown *u, int64_t value);

void model_free(struct model *m);

/* Room for one more in a growing array; false when memory ran out. */
bool array_grow(void **array, uint32_t *cap, uint32_t n, size_t size);

#endif
