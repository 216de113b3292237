/*
 * rows.c - no table with more rows than the gate counts up to
 */
#include "check/inquiry.h"

static void judge(struct inquiry *q)
{
	const uint64_t max = q->terms->o.max_rows;

	if (q->rows > max)
		finding_add(
			q, SLUICE_REFUSAL, NULL, NO_COLUMN,
			"%s%llu rows where at most %llu may leave; aggregate further, or write "
			"several files",
			q->whole && q->unread.status == SLUICE_OK ? "" : "more than ",
			(unsigned long long)q->rows, (unsigned long long)max);
	else if (!q->rows && q->header && q->unread.status == SLUICE_OK && q->whole)
		finding_add(
			q, SLUICE_NOTE, NULL, NO_COLUMN,
			"the table has no rows: output checkers are shown no summary of it");
}

const struct check check_rows = {
	.name = "rows",
	.help = "a table with more rows than the gate lets pass",
	.severity = SLUICE_REFUSAL,
	.firm = true,
	.judge = judge,
};
