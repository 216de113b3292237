/*
 * birth.c - columns that look like dates of birth
 *
 * By name, or because the dates go back over many different years, which days of events in a
 * study do not.
 */
#include "check/inquiry.h"

#define YEAR_FIRST 1880u
#define YEARS      192u
#define MANY       30u /* different years */

struct days {
	struct seen any;
	uint64_t years[YEARS / 64]; /* one bit each */
};

static void cell(struct inquiry *q, void *state, const struct cell_view *c)
{
	struct days *s = state;
	uint32_t year;

	(void)q;
	if (!text_is_date(c->text, c->len, &year))
		return;
	seen_cell(&s->any, c);
	if (year - YEAR_FIRST < YEARS)
		s->years[(year - YEAR_FIRST) / 64] |= UINT64_C(1) << (year - YEAR_FIRST) % 64;
}

static uint32_t n_years(const struct days *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < YEARS / 64; i++)
		n += (uint32_t)__builtin_popcountll(s->years[i]);
	return n;
}

static void judge(struct inquiry *q)
{
	static const char *const names[] = { "birth", "dob", "born", "birthday", NULL };

	for (uint32_t col = 0; col < q->n_cols; col++) {
		const struct days *s = state_of(q, col);
		const struct facts *f = &q->facts[col];
		const struct seen all = { f->whole, q->skipped + 2 };
		const bool named = words_have(&f->words, names);

		if (s->any.places && named)
			finding_add(q, SLUICE_REFUSAL, &s->any, col,
			            "dates of birth: drop the column, or give ages in bands");
		else if (s->any.places && n_years(s) >= MANY)
			finding_add(q, SLUICE_WARNING, &s->any, col,
			            "dates over %u different years, as dates of birth have",
			            n_years(s));
		else if (named && f->whole && f->least >= YEAR_FIRST && f->most <= 2100)
			finding_add(q, SLUICE_WARNING, &all, col,
			            "years of birth: ages in bands tell less");
	}
}

const struct check check_birth = {
	.name = "birth-date",
	.help = "columns that look like dates of birth",
	.severity = SLUICE_REFUSAL,
	.kinds = KIND(TEXT),
	.state = sizeof(struct days),
	.cell = cell,
	.judge = judge,
};
