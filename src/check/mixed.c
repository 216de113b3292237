/*
 * mixed.c - columns that output checkers are shown no numbers of
 *
 * Airlock sums a column up only if all that is neither missing nor redacted is a number, and
 * it knows few words for redacted.  One '<8' among counts, and every automatic check of the
 * column is gone.
 */
#include "check/inquiry.h"

struct odd {
	struct seen marks, thousands, other;
};

static void cell(struct inquiry *q, void *state, const struct cell_view *c)
{
	struct odd *s = state;
	uint64_t value;

	(void)q;
	if (text_is_mark(c->text, c->len))
		seen_cell(&s->marks, c);
	else if (text_is_thousands(c->text, c->len, &value))
		seen_cell(&s->thousands, c);
	else
		seen_cell(&s->other, c);
}

static void judge_column(struct inquiry *q, uint32_t col, const struct odd *s)
{
	const struct facts *f = &q->facts[col];
	const uint64_t numbers = f->whole + f->decimal + f->thousands;

	if (s->marks.places && numbers > s->other.places)
		finding_add(q, SLUICE_WARNING, &s->marks, col,
		            "texts that Airlock does not take for redacted, so that it checks "
		            "nothing "
		            "in this column: write [REDACTED]");
	if (s->thousands.places)
		finding_add(
			q, SLUICE_WARNING, &s->thousands, col,
			"numbers with marks between the thousands, which Airlock does not take "
			"for numbers, so that it checks nothing in this column: write digits "
			"only");
	if (!s->other.places || f->whole + f->decimal == 0 || f->combined == f->text)
		return;
	/* Names of groups, some of which are numbers, are as they should be. */
	if (f->counting != COUNTS_NO || numbers > s->other.places)
		finding_add(
			q, SLUICE_WARNING, &s->other, col,
			"numbers and texts in one column: Airlock calls it mixed and checks "
			"nothing in it%s",
			s->other.line <= q->skipped + 3 && s->other.places <= 2
				? "; is this a second line of column names?"
				: "");
}

static void judge(struct inquiry *q)
{
	struct seen na = { 0 };
	uint32_t columns = 0;

	for (uint32_t col = 0; col < q->n_cols; col++) {
		const struct facts *f = &q->facts[col];

		judge_column(q, col, state_of(q, col));
		if (f->na && f->whole + f->decimal) {
			na.places += f->na;
			columns++;
		}
	}
	if (columns)
		finding_add(q, SLUICE_NOTE, &na, NO_COLUMN,
		            "NA counts as redacted in Airlock, not as missing (%u column%s): "
		            "say in "
		            "the controls which it is",
		            columns, columns == 1 ? "" : "s");
}

const struct check check_mixed = {
	.name = "mixed",
	.help = "columns of numbers and texts, in which Airlock checks nothing",
	.severity = SLUICE_WARNING,
	.kinds = KIND(TEXT),
	.state = sizeof(struct odd),
	.cell = cell,
	.judge = judge,
};
