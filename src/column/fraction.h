/*
 * fraction.h - what ratio and percent share
 */
#ifndef COLUMN_FRACTION_H
#define COLUMN_FRACTION_H

#include "column/rule.h"

#define FRACTION_STATE (80u << 10) /* no more than this, for each rule and worker */

/*
 * scale * numerator / denominator of each row, from the released values: the token when a part is
 * redacted, empty when the denominator is 0 or a part is missing.
 */
enum sluice_status fraction_apply(const struct bound_rule *r, struct rule_state *s,
                                  struct batch *b, uint32_t scale, struct sluice_error *err);

#endif
