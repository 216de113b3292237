/*
 * total.c - rows that look like totals, and were not said to be
 *
 * From a total and its parts hidden counts may follow.  Which rows are totals nobody can tell from
 * their names alone, so what only looks so is no finding of the audit, but has to be said.
 */
#include "check/total.h"

#include "check/inquiry.h"

#include <string.h>
#include <strings.h>

bool text_is_total(const char *text, size_t len)
{
	static const char *const words[] = { "total", "all",        "overall",  "both",
		                             "_t",    "persons",    "everyone", "everybody",
		                             "any",   "grand total" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == len && !strncasecmp(text, words[i], len))
			return true;
	return len > 4 && !strncasecmp(text, "all ", 4);
}

bool total_is_said(const char *said, const char *column, const char *text, size_t len)
{
	const size_t name = column ? strlen(column) : 0;

	if (strlen(said) == len && !memcmp(said, text, len))
		return true;
	return column && strlen(said) == name + 1 + len && !memcmp(said, column, name) &&
	       said[name] == '=' && !memcmp(said + name + 1, text, len);
}

static void cell(struct inquiry *q, void *state, const struct cell_view *c)
{
	const struct sluice_check_options *o = &q->terms->o;
	const char *text = (const char *)c->text;

	if (!text_is_total(text, c->len))
		return;
	for (size_t i = 0; i < o->n_totals; i++)
		if (total_is_said(o->totals[i], column_name(q, c->col), text, c->len))
			return;
	seen_cell(state, c);
}

/* Some count is redacted or rounded. */
static bool hides_counts(const struct inquiry *q)
{
	for (uint32_t col = 0; col < q->n_cols; col++)
		if (q->facts[col].counting != COUNTS_NO && !q->facts[col].group &&
		    (q->facts[col].redacted || q->facts[col].marks ||
		     (q->facts[col].missing && !*q->terms->settings.token) ||
		     q->terms->settings.round_to > 1))
			return true;
	return false;
}

static void judge(struct inquiry *q)
{
	for (uint32_t col = 0; col < q->n_cols; col++) {
		const struct seen *s = state_of(q, col);

		if (s->places && q->terms->o.audit_mode != SLUICE_AUDIT_OFF && hides_counts(q))
			finding_add(q, SLUICE_WARNING, s, col,
			            "what looks like a total was not said to be one, so nobody "
			            "has looked at what follows from it: say --total "
			            "COLUMN=CODE, in a plan 'audit: {total: CODE}', or "
			            "--allow total=COLUMN");
	}
}

const struct check check_total = {
	.name = "total",
	.help = "rows that look like totals, but were not said to be (--total)",
	.severity = SLUICE_WARNING,
	.kinds = KIND(TEXT),
	.state = sizeof(struct seen),
	.cell = cell,
	.judge = judge,
};
