/*
 * matrix.h - the cells of a protection as columns over the innermost ones, for its elimination
 */
#ifndef PROTECT_MATRIX_H
#define PROTECT_MATRIX_H

#include "protect/eliminate.h"
#include "protect/protect.h"

/* More columns for what must be zero: wholes that have other parts besides. */
struct matrix {
	struct columns c;
	uint32_t cap, cap_terms;
	uint32_t n_terms;
	int32_t *sum;      /* by cell: the factors of the column in the making */
	uint32_t *touched; /* cells with one                                */
	uint32_t n_touched;
	uint32_t *first; /* by cell: the row that it is the whole of, or UINT32_MAX */
	uint32_t n_extra;
};

/* False: no memory.  To be freed in any case. */
bool matrix_make(struct matrix *x, const struct protection *p);
void matrix_free(struct matrix *x);

/* The shown cells in the order in which one wants to show them; order[] has room for all. */
bool matrix_order(const struct protection *p, const struct matrix *x, uint32_t *order,
                  uint32_t *n_order);

#endif
