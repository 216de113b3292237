/*
 * small.c - are there small counts left?
 *
 * The strictest of the checks, and the one that a table is refused for most: so it looks at
 * every column of whole numbers that is not certainly something else (facts.c), and also
 * into "1,750" and "3 (1.2%)".
 */
#include "check/inquiry.h"

struct low {
	struct seen plain;  /* whole numbers                                    */
	struct seen hidden; /* in texts                                         */
	struct seen broken; /* decimals below the threshold: weighted counts    */
};

static void cell(struct inquiry *q, void *state, const struct cell_view *c)
{
	const int64_t threshold = q->terms->settings.threshold;
	struct low *s = state;
	uint64_t value;

	if (threshold == NO_THRESHOLD)
		return;
	if (c->kind == CELL_WHOLE && c->whole && !c->negative &&
	    c->whole <= (uint64_t)threshold)
		seen_cell(&s->plain, c);
	else if (c->kind == CELL_DECIMAL && c->exact && !c->negative &&
	         cell_number(c) <= (long double)threshold)
		seen_cell(&s->broken, c);
	else if (facts_hidden(c, &value) && value && value <= (uint64_t)threshold)
		seen_cell(&s->hidden, c);
}

static void numbers(struct inquiry *q, void *state, const struct numbers *n)
{
	const int64_t threshold = q->terms->settings.threshold;
	const bool whole = n->kind == CELL_WHOLE;
	struct low *s = state;

	if (threshold == NO_THRESHOLD)
		return;
	for (uint32_t i = 0; i < n->n; i++) {
		const uint32_t v = n->value[i];
		struct cell_view view = { .line = n->line + n->row[i], .times = 1 };

		if (v > threshold || (whole && !v))
			continue;
		if (!whole && v < threshold) { /* whatever is behind the point */
			seen_cell(&s->broken, &view);
			continue;
		}
		view = numbers_view(n, i);
		cell(q, state, &view);
	}
}

static void say(struct inquiry *q, uint32_t col, const struct low *s)
{
	const struct facts *f = &q->facts[col];
	const long long t = (long long)q->terms->settings.threshold;

	if (s->plain.places && f->group)
		finding_add(
			q, SLUICE_WARNING, &s->plain, col,
			"numbers from 1 to %lld, each about as often: taken for a group's; if "
			"they are counts, redact them",
			t);
	else if (s->plain.places)
		finding_add(
			q, SLUICE_REFUSAL, &s->plain, col,
			f->counting == COUNTS_YES
				? "counts from 1 to %lld are left: redact them, then round"
				: "whole numbers from 1 to %lld: if they are counts, redact "
				  "them; if not, say so with --allow small-count=COLUMN",
			t);
	if (s->hidden.places)
		finding_add(q, SLUICE_REFUSAL, &s->hidden, col,
		            "counts from 1 to %lld are left in texts such as 'n (%%)': redact "
		            "them, "
		            "the share too",
		            t);
	if (s->broken.places && f->counting == COUNTS_YES)
		finding_add(q, SLUICE_WARNING, &s->broken, col,
		            "numbers with decimals up to %lld in a column of counts: weighted "
		            "counts "
		            "are redacted by the counts of people behind them",
		            t);
}

static void judge(struct inquiry *q)
{
	for (uint32_t col = 0; col < q->n_cols; col++)
		if (q->facts[col].counting != COUNTS_NO && !q->facts[col].midpoint)
			say(q, col, state_of(q, col));
}

const struct check check_small = {
	.name = "small-count",
	.help = "counts from 1 to the threshold, in any column of whole numbers",
	.severity = SLUICE_REFUSAL,
	.kinds = KIND_NUMBERS | KIND(TEXT),
	.state = sizeof(struct low),
	.cell = cell,
	.numbers = numbers,
	.judge = judge,
};
