/*
 * keep.c - pass a column unchanged, said on purpose
 */
#include "column/rule.h"

const struct column_rule column_keep = {
	.name = "keep",
	.flag = 'k',
	.argument = "COLS",
	.help = "pass the columns unchanged",
	.shape = SHAPE_COLUMNS,
	.stage = STAGE_KEEP,
};
