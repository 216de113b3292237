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

/* The one column that a selector means, for 'what' ("the numerator of 'x'"). */
enum sluice_status claim_one(const struct line *l, const struct sluice_plan *plan,
                             const struct selector *s, const char *what, uint32_t *col,
                             struct sluice_error *err);

#endif
