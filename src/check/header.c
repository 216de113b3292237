/*
 * header.c - a header that the gate can see: commas, on line 1, without a byte order mark
 */
#include "check/inquiry.h"

static void judge(struct inquiry *q)
{
	const struct seen first = { 1, 1 };

	if (q->skipped)
		finding_add(
			q, SLUICE_REFUSAL, &first, NO_COLUMN,
			"the column names stand on line %u: the gate reads line 1 for them; "
			"take what is before them away",
			q->skipped + 1);
	if (!q->header)
		return;
	if (q->delimiter != ',')
		finding_add(
			q, SLUICE_REFUSAL, &first, NO_COLUMN,
			"the fields stand between %s where the gate reads commas: write commas",
			q->delimiter == ';'    ? "semicolons"
			: q->delimiter == '\t' ? "tabs"
					       : "bars");
	if (q->header->bom)
		finding_add(
			q, SLUICE_WARNING, &first, NO_COLUMN,
			"a byte order mark, which others read as part of the first column's "
			"name: write UTF-8 without it");
}

const struct check check_header = {
	.name = "header",
	.help = "column names that the gate overlooks: not on line 1, not between commas, "
		"after "
		"a byte order mark",
	.severity = SLUICE_REFUSAL,
	.judge = judge,
};
