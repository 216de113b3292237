/*
 * drop.c - leave a column out
 *
 * Nothing is done to its cells: the emitter never looks at them.
 */
#include "column/rule.h"

const struct column_rule column_drop = {
	.name = "drop",
	.flag = 'd',
	.argument = "COLS",
	.help = "leave the columns out",
	.shape = SHAPE_COLUMNS,
	.stage = STAGE_DROP,
	.leaves = true,
};
