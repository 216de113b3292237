/*
 * protect.h - which further cells to hide so that the hidden ones stay hidden
 *
 * For whoever has the true counts.  Cells are the unknowns of a model, totals are rows of it (the
 * whole with factor 1, its parts with -1): so tables of any number of dimensions,
 * hierarchies and tables that share cells are all one model, and a cell has one fate wherever it
 * is shown.  First an elimination (eliminate.h) in the order of what one wants to show; then the
 * attack of an audit, by one who knows nothing but what would be shown, and what it finds is
 * hidden, too; until it finds nothing.
 *
 * Where texts are rounded, an elimination would hide far too much: there the attack alone decides,
 * from the cells that are hidden anyway on.  A rounded count must not be told exactly, either:
 * what the attack finds of it is dealt with in the same way.
 */
#ifndef PROTECT_PROTECT_H
#define PROTECT_PROTECT_H

#include "attack/attack.h"

struct protection {
	const struct model *model;
	const int64_t *values;      /* by unknown: the true counts; every row must hold, as
	                        * far as they are known: those that are not are -1     */
	const bool *shown;          /* by unknown: would be published                        */
	const struct unknown *seen; /* by unknown: what its text leaves when it is shown, as
	                             * a rounded one does; NULL = each count as it is  */
	const bool *primary;        /* by unknown: is hidden whatever happens                */
	bool zeros_stay;            /* zeros are shown before all else                        */
	bool singletons; /* sums of hidden counts of one person stay hidden; see singletons.c  */
	int64_t one_part; /* of a whole with fewer than this outside one part, that stays hidden;
	                   * 0 = it may be known.  See one_part.c                               */
	int64_t together; /* hidden parts of a shown whole must be more than this, together; 0 = may be anything */
	struct effort effort;
};

struct protected
{
	bool *hidden; /* by unknown: primary ones, and what was added; the caller's to free */
	uint32_t n_added;
	int64_t added; /* the counts of those, summed                                  */
	uint32_t rounds;
	bool repaired; /* the attack found what the elimination had left        */
	bool late;     /* the time was over                                                */
	bool safe; /* audited, within the time: each cell that must be hidden keeps its width */
};

enum sluice_status protect(const struct protection *p, struct protected *result,
                           struct sluice_error *err);

#endif
