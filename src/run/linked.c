/*
 * linked.c - files that were checked one by one, looked at together
 *
 * Nothing is known of the files but what was said and what the checks have found out: which
 * columns are counts, by check/facts.h, and that texts and codes of groups are groups.
 */
#include "run/linked.h"

#include "run/verdict.h"

#include <stdlib.h>
#include <string.h>

/* ---- marks to findings ---------------------------------------------------------------------- */

static const struct meaning {
	const char *check;
	enum sluice_severity severity;
	const char *text;
} meanings[MARKS] = {
	[MARK_DISCLOSED] = { "disclosed", SLUICE_REFUSAL,
	                     "a hidden count follows from what is shown ('sluice audit' says "
	                     "how): "
	                     "hide another count of its total, or the total" },
	[MARK_TOGETHER] = { "disclosed", SLUICE_REFUSAL,
	                    "hidden counts whose sum follows, and is a small count itself: "
	                    "hide "
	                    "another count of their total, or the total" },
	[MARK_INVOLVED] = { "disclosed", SLUICE_REFUSAL,
	                    "from this table, with others, a count follows that is hidden in "
	                    "one of "
	                    "them or must not be known" },
	[MARK_NARROW] = { "narrow", SLUICE_REFUSAL,
	                  "a hidden count is left with too few values by what is shown" },
	[MARK_BASES] = { "narrow", SLUICE_REFUSAL,
	                 "the same count is shown rounded to another base elsewhere: both "
	                 "together "
	                 "leave fewer values; round all to one base" },
	[MARK_UNDECIDED] = { "undecided", SLUICE_WARNING,
	                     "neither a proof that a hidden count follows nor one that it does "
	                     "not: "
	                     "try --audit=full, or 'sluice audit'" },
	[MARK_DIFFERS] = { "undecided", SLUICE_WARNING,
	                   "the same count is shown with another text elsewhere: what is "
	                   "hidden in "
	                   "one place should be hidden in all" },
	[MARK_EARLIER] = { "undecided", SLUICE_WARNING,
	                   "what the ledger has of earlier releases can't be true at once with "
	                   "this: if it counted other people, say so with 'audit: {population: "
	                   "NAME}'; it was left aside" },
	[MARK_CONFLICT] = { "undecided", SLUICE_WARNING,
	                    "no counts fit what is shown, so what follows from it is not "
	                    "known: are "
	                    "these the totals, and were all counts of the same people rounded "
	                    "and "
	                    "redacted by the same rules?" },
	[MARK_BEYOND] = { "undecided", SLUICE_WARNING,
	                  "too many cells to be audited by default: try --audit=full, or "
	                  "'sluice "
	                  "audit'" },
	[MARK_TOO_LARGE] = { "undecided", SLUICE_WARNING,
	                     "not audited: it has more text than an audit reads (256 MiB), so "
	                     "what "
	                     "follows from it, alone or with others, is not known" },
	[MARK_UNREAD] = { "undecided", SLUICE_NOTE,
	                  "not audited: not a table with one row for each group and counts "
	                  "that "
	                  "were redacted and rounded as was said" },
};

enum sluice_status verdict_mark(struct sluice_verdict *v, const struct audit_table *t,
                                struct sluice_error *err)
{
	for (int kind = 0; kind < MARKS; kind++)
		for (uint32_t i = 0; i < t->n_marks; i++) {
			const struct mark *m = &t->marks[i];
			const struct meaning *is = &meanings[m->kind];
			const struct late_finding f = { is->check, is->severity, m->col,
				                        m->line,   m->places,    is->text };

			if ((int)m->kind == kind)
				TRY(verdict_add(v, &f, err));
		}
	verdict_sort(v);
	return SLUICE_OK;
}

/* ---- what is known of a file ------------------------------------------------------------------ */

struct linked {
	struct audit_table *tables;
	struct settings *settings; /* by table */
	struct declaration said;
};

static enum sluice_status describe(struct linked *l, uint32_t i, const struct sluice_verdict *v,
                                   const struct found_table *found, struct sluice_error *err)
{
	static const enum role roles[] = { [COLUMN_COUNTS] = ROLE_MEASURE,
		                           [COLUMN_GROUPS] = ROLE_DIMENSION,
		                           [COLUMN_OTHER] = ROLE_NONE };
	struct known_column *columns = calloc((size_t)found->n_columns + 1, sizeof(*columns));
	bool zeros;

	l->tables[i] = (struct audit_table){ .path = found->path,
		                             .name = found->path,
		                             .delimiter = found->delimiter,
		                             .columns = columns,
		                             .n_columns = found->n_columns,
		                             .said = &l->said };
	if (!columns)
		return fail_memory(err);
	l->settings[i] = *found->settings;
	for (uint32_t c = 0; c < found->n_columns; c++) {
		columns[c].role = roles[verdict_column(v, c, &zeros)];
		columns[c].settings = &l->settings[i];
		/* Nobody refuses zeros, so where some are shown they are kept. */
		if (columns[c].role == ROLE_MEASURE && zeros)
			l->settings[i].keep_zeros = true;
	}
	return SLUICE_OK;
}

static enum sluice_status say_totals(struct linked *l, const struct sluice_check_options *o,
                                     struct sluice_error *err)
{
	for (size_t i = 0; i < o->n_totals; i++)
		TRY(declaration_add(&l->said, "total", o->totals[i], err));
	return SLUICE_OK;
}

static enum sluice_status judge_together(struct linked *l, struct sluice_verdict *const *v,
                                         size_t n, const struct sluice_check_options *o,
                                         struct sluice_error *err)
{
	const struct tables_effort effort = { .mode = o->audit_mode };
	struct found_table found;
	uint32_t n_tables = 0;

	TRY(say_totals(l, o, err));
	for (size_t i = 0; i < n; i++)
		if (verdict_table(v[i], &found))
			TRY(describe(l, n_tables++, v[i], &found, err));
	TRY(tables_attack(l->tables, n_tables, &effort, err));
	n_tables = 0;
	for (size_t i = 0; i < n; i++)
		if (verdict_table(v[i], &found))
			TRY(verdict_mark(v[i], &l->tables[n_tables++], err));
	return SLUICE_OK;
}

enum sluice_status sluice_check_together(struct sluice_verdict *const *verdicts, size_t n,
                                         const struct sluice_check_options *options,
                                         struct sluice_error *err)
{
	struct sluice_check_options o;
	struct linked l = { 0 };
	enum sluice_status status;

	TRY(check_options(&o, options, err));
	if (o.audit_mode == SLUICE_AUDIT_OFF || !o.n_totals)
		return SLUICE_OK;
	l.tables = calloc(n + 1, sizeof(*l.tables));
	l.settings = calloc(n + 1, sizeof(*l.settings));
	status = l.tables && l.settings ? judge_together(&l, verdicts, n, &o, err)
	                                : fail_memory(err);
	for (size_t i = 0; l.tables && i < n; i++) {
		free(l.tables[i].columns);
		audit_table_free(&l.tables[i]);
	}
	declaration_free(&l.said);
	free(l.tables);
	free(l.settings);
	return status;
}
