/*
 * ratio.c - numerator over denominator, recomputed from what is released of both
 */
#include "column/fraction.h"

static enum sluice_status apply(const struct bound_rule *r, struct rule_state *s,
                                struct batch *b, struct sluice_error *err)
{
	return fraction_apply(r, s, b, 1, err);
}

const struct column_rule column_ratio = {
	.name = "ratio",
	.argument = "NAME=NUM/DEN",
	.help = "the ratio of two released counts",
	.shape = SHAPE_FRACTION,
	.stage = STAGE_DERIVED,
	.takes = SET_DIGITS,
	.touches = true,
	.state = FRACTION_STATE,
	.apply = apply,
};
