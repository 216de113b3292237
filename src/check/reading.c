/*
 * reading.c - what two readers would read differently
 *
 * The gate lets a file pass that it can't read.  Here it is refused: nobody can say what is
 * in it.
 */
#include "check/inquiry.h"

static void judge(struct inquiry *q)
{
	const struct sluice_error *e = &q->unread;
	struct seen seen = { 1, e->line };

	if (e->status == SLUICE_OK)
		return;
	finding_add(q, SLUICE_REFUSAL, &seen, e->column ? e->column - 1 : NO_COLUMN, "%s; %s",
	            e->text,
	            q->rows ? "what follows was not judged" : "the table was not judged");
}

const struct check check_reading = {
	.name = "reading",
	.help = "a table that readers disagree about: quotes, fields, line ends, encoding",
	.severity = SLUICE_REFUSAL,
	.firm = true,
	.judge = judge,
};
