/*
 * redact.c - a column of counts: redact the low ones and round nothing
 */
#include "column/protect.h"

const struct column_rule column_redact = {
	.name = "redact",
	.argument = "COLS",
	.help = "counts: redact the low ones, round nothing",
	.shape = SHAPE_COLUMNS,
	.stage = STAGE_COUNT,
	.takes = SET_THRESHOLD | SET_ZEROS | SET_TOKEN,
	.touches = true,
	.releases = true,
	.apply = protect_apply,
};
