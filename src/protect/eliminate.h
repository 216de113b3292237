/*
 * eliminate.h - which cells can be published so that none of some others follows
 *
 * Cells are columns over what they are sums of.  In the order in which one wants to publish
 * them, each is published unless it, with those before it, would give away a primary cell.
 * Kept true all the time: no primary column is a combination of the published ones.
 *
 * Reckoned modulo a prime: columns that depend on one another over the fractions do so there,
 * too, so nothing unsafe is published for it; the reverse fails about once in 2^31 tests and costs
 * one cell that need not have been hidden.
 */
#ifndef PROTECT_ELIMINATE_H
#define PROTECT_ELIMINATE_H

#include "base/fail.h"

struct columns {
	uint32_t n_rows, n;
	uint32_t *start; /* n + 1 */
	uint32_t *row;   /* rising within a column */
	int32_t *factor; /* not 0 */
};

struct elimination {
	const struct columns *columns;
	const uint32_t *order; /* columns to decide, the most wanted first */
	uint32_t n_order;
	const bool *primary; /* by column: never published, and must not follow */
	const bool *known;   /* by column, or NULL: published before all, whatever follows */
};

/* hidden[] by column: true for primary ones and for those that stay behind. */
enum sluice_status eliminate(const struct elimination *e, bool *hidden, bool *impossible,
                             struct sluice_error *err);

#endif
