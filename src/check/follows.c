/*
 * follows.c - what follows from the table, or from it and others: the checks' tables only
 *
 * One file alone does not show it: run/linked.c attacks all tables that belong together, and tells
 * here what it finds.
 */
#include "check/inquiry.h"

const struct check check_disclosed = {
	.name = "disclosed",
	.help = "hidden counts that follow from what is shown, in this table or others",
	.severity = SLUICE_REFUSAL,
};

const struct check check_narrow = {
	.name = "narrow",
	.help = "hidden counts that are left with too few values; two rounding bases for one",
	.severity = SLUICE_REFUSAL,
};

const struct check check_undecided = {
	.name = "undecided",
	.help = "what could not be settled about hidden counts: look at it with 'sluice audit'",
	.severity = SLUICE_WARNING,
};
