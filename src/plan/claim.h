/*
 * claim.h - which rule each column of a table belongs to
 */
#ifndef PLAN_CLAIM_H
#define PLAN_CLAIM_H

#include "plan/line.h"

/*
 * Fill line.columns (their rules and names) from the header and the plan's rules; no
 * column is claimed twice, no rule is without a column.
 */
enum sluice_status claim_columns(struct line *l, const struct sluice_plan *plan,
                                 struct sluice_error *err);

/* Columns of a grouped table that no rule claims get the grouping's own. */
void claim_grouped(struct line *l);

/* The one column that a selector means, for 'what' ("the numerator of 'x'"). */
enum sluice_status claim_one(const struct header *h, const struct sluice_plan *plan,
                             const struct selector *s, const char *what, uint32_t *col,
                             struct sluice_error *err);

/* The column of a condition, and its values. */
enum sluice_status claim_where(const struct header *h, const struct sluice_plan *plan,
                               const struct condition *c, struct bound_where *where,
                               struct sluice_error *err);

#endif
