/*
 * percent.c - a hundred times numerator over denominator, from what is released of both
 */
#include "column/fraction.h"

static enum sluice_status apply(const struct bound_rule *r, struct rule_state *s,
                                struct batch *b, struct sluice_error *err)
{
	return fraction_apply(r, s, b, 100, err);
}

const struct column_rule column_percent = {
	.name = "percent",
	.argument = "NAME=NUM/DEN",
	.help = "the percentage that one released count is of another",
	.shape = SHAPE_FRACTION,
	.stage = STAGE_DERIVED,
	.takes = SET_DIGITS,
	.touches = true,
	.state = FRACTION_STATE,
	.apply = apply,
};
