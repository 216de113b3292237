/*
 * round.c - a column of counts: round all of them and redact nothing
 */
#include "column/protect.h"

const struct column_rule column_round = {
	.name = "round",
	.argument = "COLS",
	.help = "counts: round all of them, redact nothing",
	.shape = SHAPE_COLUMNS,
	.stage = STAGE_COUNT,
	.takes = SET_TOKEN | SET_ROUND_TO | SET_ROUNDING,
	.touches = true,
	.releases = true,
	.apply = protect_apply,
};
