/*
 * part.h - unknowns that depend on one another
 *
 * After what propagation fixes, a model falls apart into parts that share no row: each is
 * attacked by itself.  Rows and unknowns of a part also have local numbers, for solvers.
 */
#ifndef ATTACK_PART_H
#define ATTACK_PART_H

#include "attack/domain.h"

struct part {
	uint32_t *unknowns, n_unknowns; /* not fixed; in the order of the model */
	uint32_t *rows, n_rows;
};

struct parts {
	struct part *parts;
	uint32_t n_parts;
	uint32_t *local; /* by unknown: its number in its part; UINT32_MAX = fixed */
	uint32_t *all;   /* owns what the parts point to                           */
	uint32_t *all_rows;
};

enum sluice_status parts_make(struct parts *p, const struct domain *d,
                              struct sluice_error *err);
void parts_free(struct parts *p);

#endif
