/*
 * rounding.c - are counts multiples of the base?
 *
 * Counts up to the threshold are small.c's.  Midpoint 6 is a rounding that the policy knows
 * as well: a column that follows it is told of, not refused.
 */
#include "check/inquiry.h"

struct uneven {
	struct seen plain, hidden;
};

static bool is_even(const struct settings *s, uint64_t value)
{
	const uint64_t off = s->rounding == ROUND_MIDPOINT ? s->round_to / 2 : 0;

	return !value || (value != CELL_HUGE && (value + off) % s->round_to == 0);
}

static bool is_small(const struct settings *s, uint64_t value)
{
	return s->threshold != NO_THRESHOLD && value <= (uint64_t)s->threshold;
}

static void cell(struct inquiry *q, void *state, const struct cell_view *c)
{
	const struct settings *t = &q->terms->settings;
	struct uneven *s = state;
	uint64_t value;

	if (c->kind == CELL_WHOLE) {
		if (!is_even(t, c->whole) && !is_small(t, c->whole))
			seen_cell(&s->plain, c);
	} else if (facts_hidden(c, &value) && !is_even(t, value) && !is_small(t, value)) {
		seen_cell(&s->hidden, c);
	}
}

static void numbers(struct inquiry *q, void *state, const struct numbers *n)
{
	const struct settings *t = &q->terms->settings;
	const uint32_t off = t->rounding == ROUND_MIDPOINT ? t->round_to / 2 : 0;
	uint32_t uneven = 0;

	for (uint32_t i = 0; i < n->n; i++)
		uneven += n->value[i] && (n->value[i] + off) % t->round_to != 0;
	for (uint32_t i = 0; uneven && i < n->n; i++) {
		const struct cell_view view = numbers_view(n, i);

		cell(q, state, &view);
	}
}

static void say(struct inquiry *q, uint32_t col, const struct uneven *s)
{
	const struct settings *t = &q->terms->settings;
	const char *grid = t->rounding == ROUND_MIDPOINT ? "midpoints" : "multiples";
	const struct facts *f = &q->facts[col];

	if (s->plain.places)
		finding_add(
			q, f->group ? SLUICE_WARNING : SLUICE_REFUSAL, &s->plain, col,
			f->counting == COUNTS_YES && !f->group
				? "counts that are no %s of %u: round them, and compute again "
				  "what is made from them"
				: "whole numbers that are no %s of %u: if they are counts, "
				  "round "
				  "them; if not, say so with --allow rounding=COLUMN",
			grid, t->round_to);
	if (s->hidden.places)
		finding_add(q, SLUICE_REFUSAL, &s->hidden, col,
		            "counts in texts such as 'n (%%)' that are no %s of %u: round "
		            "them, and "
		            "compute the share again",
		            grid, t->round_to);
}

static void judge(struct inquiry *q)
{
	const struct settings *t = &q->terms->settings;

	for (uint32_t col = 0; col < q->n_cols; col++) {
		const struct uneven *s = state_of(q, col);
		const struct facts *f = &q->facts[col];
		const struct seen all = { f->whole, q->skipped + 2 };

		if (f->counting == COUNTS_NO || t->round_to == 1)
			continue;
		if (!f->midpoint || t->rounding == ROUND_MIDPOINT)
			say(q, col, s);
		else if (s->plain.places || f->small)
			finding_add(
				q, SLUICE_NOTE, &all, col,
				"rounded to midpoint 6, not to multiples of %u: name it in the "
				"controls",
				t->round_to);
	}
}

const struct check check_rounding = {
	.name = "rounding",
	.help = "counts that are no multiples of the base",
	.severity = SLUICE_REFUSAL,
	.kinds = KIND(WHOLE) | KIND(TEXT),
	.state = sizeof(struct uneven),
	.cell = cell,
	.numbers = numbers,
	.judge = judge,
};
