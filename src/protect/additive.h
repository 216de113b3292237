/*
 * additive.h - other counts in place of the true ones, that still add up
 *
 * The cells of a model whose rows are totals (the whole with factor 1, its parts with -1) get
 * new values: every row still holds, so a table adds up, and so do tables that share cells. What
 * can't be had is refused with SLUICE_E_DATA; 'values' of the result is then without meaning.
 */
#ifndef PROTECT_ADDITIVE_H
#define PROTECT_ADDITIVE_H

#include "model/model.h"

struct additive {
	const struct model *model;
	const int64_t *values; /* by unknown: the true counts, 0 and more; every row holds */
	const bool *shown;     /* by unknown: is published; NULL = all are                 */
	uint32_t base;         /* over 1                                                   */
};

/*
 * Small counts are rounded to 0 or the base, by way of the innermost cells: no shown cell is left in
 * 1..base - 1, and what isn't concerned stays as it is.  (PLS rounding: Langsrud and Heldal, An
 * Algorithm for Small Count Rounding of Tabular Data, Privacy in Statistical Databases 2018.)  That the
 * sum of what is rounded stays nearly the same, and few totals change much, is sought and not
 * proved.  For totals of any number of dimensions and hierarchies.
 */
enum sluice_status small_counts(const struct additive *a, int64_t *values,
                                struct sluice_error *err);

/*
 * Zero-restricted controlled rounding: every cell becomes the multiple of the base next below or
 * above it, and one that is a multiple stays; of all ways to do so that add up, one with the least
 * sum of changes (Cox and Ernst 1982), as a flow of least cost.  For what is a network: tables of one
 * dimension, with hierarchies, and of two without; there it always can be done.
 */
enum sluice_status controlled_rounding(const struct additive *a, int64_t *values,
                                       struct sluice_error *err);

/* ---- as methods of a plan ---------------------------------------------------------------- */

struct decision;
struct settings;

/* A method that changes counts: for which rules it is meant, and with which base. */
struct changing {
	uint32_t (*base_of)(const struct settings *s);
	bool (*fits)(const struct settings *s, uint32_t base);
	const char *wants; /* why a rule doesn't fit, and what would */
	enum sluice_status (*change)(const struct additive *a, int64_t *values,
	                             struct sluice_error *err);
	uint32_t base;
};

/* The fate of every shown cell is its new count. */
enum sluice_status decide_changing(struct decision *d, struct changing *c,
                                   struct sluice_error *err);

/* ---- what both are made of ------------------------------------------------------------- */

/* Every unknown as a sum of innermost ones, which are no wholes. */
struct inner_sums {
	uint32_t *at; /* n_unknowns + 1: of[at[u]] to of[at[u + 1] - 1] are u's, ascending */
	uint32_t *of;
};

enum sluice_status inner_sums_make(struct inner_sums *s, const struct model *m,
                                   struct sluice_error *err);
void inner_sums_free(struct inner_sums *s);

/* That every row is a total. */
enum sluice_status additive_check(const struct additive *a, struct sluice_error *err);

#endif
