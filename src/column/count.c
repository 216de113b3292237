/*
 * count.c - a column of counts: redact the low ones, then round the rest
 */
#include "column/protect.h"

const struct column_rule column_count = {
	.name = "count",
	.flag = 'c',
	.argument = "COLS",
	.help = "counts: redact the low ones, then round the rest",
	.shape = SHAPE_COLUMNS,
	.stage = STAGE_COUNT,
	.takes = SET_THRESHOLD | SET_ZEROS | SET_TOKEN | SET_ROUND_TO | SET_ROUNDING,
	.touches = true,
	.releases = true,
	.apply = protect_apply,
};
