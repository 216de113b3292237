/*
 * controls.c - what output checkers ask for: context, variables, population, controls
 *
 * The same words go into CONTROLS.md, a section for each group of alike tables, and into
 * the request that Airlock makes by itself.
 */
#include "release/documents.h"
#include "release/groups.h"

#include "plan/protecting.h"
#include "plan/setting.h"

#include <stdlib.h>
#include <string.h>

/* How each text is spelt where it goes. */
typedef void (*spell_fn)(struct text *t, const char *text);

static void put_percent(struct text *t, uint64_t part, uint64_t all)
{
	put_f(t, "%.1f %%", all ? 100.0 * (double)part / (double)all : 0.0);
}

/* ---- sentences --------------------------------------------------------------------------- */

static void threshold_sentence(struct text *t, const struct report_column *c, spell_fn spell)
{
	if (!c || !(c->takes & SET_THRESHOLD) || c->settings.threshold == NO_THRESHOLD) {
		put(t, "No count is redacted by a threshold.");
		return;
	}
	put_f(t, "Counts of %lld and below are redacted (%s) and shown as ",
	      (long long)c->settings.threshold,
	      c->settings.keep_zeros ? "zeros are kept" : "zeros with them");
	if (spell == put_markdown && c->settings.token[0] && !strchr(c->settings.token, '`'))
		put_f(t, "`%s`", c->settings.token);
	else if (c->settings.token[0])
		spell(t, c->settings.token);
	else
		put(t, "an empty cell");
	put(t, ".");
}

static void rounding_sentence(struct text *t, const struct report_column *c)
{
	if (!c || !(c->takes & SET_ROUND_TO) || c->settings.round_to <= 1) {
		put(t, "Counts are not rounded.");
		return;
	}
	put(t, "What is left is ");
	switch (c->settings.rounding) {
	case ROUND_NEAREST: put(t, "rounded to the nearest "); break;
	case ROUND_HALF_UP: put(t, "rounded, halves up, to the nearest "); break;
	case ROUND_MIDPOINT: put(t, "midpoint rounded (0 stays 0) to "); break;
	case ROUND_UP: put(t, "rounded up to a multiple of "); break;
	case ROUND_DOWN: put(t, "rounded down to a multiple of "); break;
	}
	put_f(t, "%u, after redaction.", c->settings.round_to);
}

static void cells_sentence(struct text *t, const struct group *g)
{
	put_number(t, g->cells.redacted);
	put(t, " of ");
	put_number(t, g->cells.cells);
	put(t, " protected cells redacted (");
	put_percent(t, g->cells.redacted, g->cells.cells);
	put(t, "), ");
	put_number(t, g->cells.rounded);
	put(t, " rounded, ");
	put_number(t, g->cells.missing);
	put(t, " missing.");
}

static bool has_rule(const struct group *g, const char *a, const char *b)
{
	const struct sluice_report *r = g->tables[0]->report;

	for (uint32_t i = 0; i < r->n_columns; i++)
		if (!strcmp(r->columns[i].rule, a) || !strcmp(r->columns[i].rule, b))
			return true;
	return false;
}

/* Columns whose numbers are not the first's: they are told apart in the table of variables. */
static bool differs(const struct group *g, const struct report_column *first)
{
	const struct sluice_report *r = g->tables[0]->report;

	for (uint32_t i = 0; first && i < r->n_columns; i++) {
		const struct report_column *c = &r->columns[i];

		if (c->out && c->takes == first->takes &&
		    (c->settings.threshold != first->settings.threshold ||
		     c->settings.round_to != first->settings.round_to))
			return true;
	}
	return false;
}

/* What is not redacted and rounded count by count. */
static void changed_sentence(struct text *t, const struct report_column *c)
{
	if (c && (c->takes & SET_ROUND_TO) && c->settings.round_to > 1)
		put_f(t,
		      "No count is redacted: in the place of each stands the multiple of %u "
		      "below or above it, the same wherever a group is counted, so that all "
		      "totals are the sums of their parts.",
		      c->settings.round_to);
	else
		put_f(t,
		      "No count is redacted: counts from 1 to %lld are changed to 0 or to more "
		      "than that, the same wherever a group is counted, and totals with them, "
		      "so that they are the sums of their parts.",
		      c ? (long long)c->settings.threshold : 0);
}

static void further_sentences(struct text *t, const struct group *g, const char *between,
                              spell_fn spell)
{
	const struct output *o = g->tables[0]->said;

	if (o->group.perturb.table)
		put_f(t,
		      "%sEvery count has noise by the cell-key method, the same for the same "
		      "people wherever they are counted, so counts don't add up.",
		      between);
	for (size_t i = 0; i < o->group.n_aggregates; i++) {
		const char *name = o->group.aggregates[i].name;

		if (!o->group.aggregates[i].contributed)
			continue;
		put_f(t, "%sSums of ", between);
		spell(t, name);
		put(t, " of which too few contributors have too much are redacted, too.");
	}
	if (o->protect.given && !protect_changes(&o->protect))
		put_f(t,
		      "%sFurther counts are redacted and shown in the same way, so that no "
		      "redacted count follows from totals or from other tables here; which, "
		      "and "
		      "how many, is not told.",
		      between);
}

static void controls_sentences(struct text *t, const struct group *g, const char *between,
                               spell_fn spell)
{
	const struct report_column *c = group_count(g);

	if (protect_changes(&g->tables[0]->said->protect)) {
		changed_sentence(t, c);
	} else {
		threshold_sentence(t, c, spell);
		put(t, between);
		rounding_sentence(t, c);
	}
	if (differs(g, c))
		put_f(t, "%sSome columns have numbers of their own: see the variables.",
		      between);
	if (has_rule(g, "ratio", "percent"))
		put_f(t,
		      "%sRatios and percentages are computed again from the released counts.",
		      between);
	further_sentences(t, g, between, spell);
	put(t, between);
	cells_sentence(t, g);
	if (g->tables[0]->said->n_where)
		put_f(t, "%sThe plan's 'where' chooses the rows.", between);
}

static void context_sentences(struct text *t, const struct group *g, const char *between,
                              spell_fn spell)
{
	const struct describe *d = &g->tables[0]->said->describe;

	spell(t, d->context ? d->context : "Not described in the plan.");
	put(t, between);
	put(t, "Population: ");
	spell(t, d->population ? d->population : "not described in the plan.");
}

/* ---- CONTROLS.md ----------------------------------------------------------------------------- */

static void variables(struct text *t, const struct group *g)
{
	const struct table *first = g->tables[0];
	const char *between = "";

	put(t, "\n| variable | what it is | what was done to it |\n|---|---|---|\n");
	for (uint32_t i = 0; i < first->report->n_columns; i++) {
		const struct report_column *c = &first->report->columns[i];
		const char *note = column_note(first->said, c->name);

		if (!c->out)
			continue;
		put(t, "| ");
		put_markdown(t, *c->name ? c->name : "(no name)");
		put_markdown(t, c->takes & SET_ROUND_TO && first->said->suffix
		                        ? first->said->suffix
		                        : "");
		put(t, " | ");
		put_markdown(t, note ? note : "");
		put(t, " | ");
		column_words(t, first->said, c);
		put(t, " |\n");
	}
	for (uint32_t i = 0; i < first->report->n_columns; i++) {
		const struct report_column *c = &first->report->columns[i];

		if (c->out)
			continue;
		put(t, *between ? between : "\nLeft out: ");
		put_markdown(t, *c->name ? c->name : "(no name)");
		between = ", ";
	}
	put(t, *between ? ".\n" : "");
}

static void checks(struct text *t, const struct group *g)
{
	bool any = false;

	put(t, "\n### Checks\n\n");
	for (size_t i = 0; i < g->n; i++) {
		const struct buf *remarks = &g->tables[i]->remarks;

		if (!remarks->len)
			continue;
		put(t, any ? "" : "Fit for release; to be looked at:\n\n");
		put_bytes(t, remarks->data, remarks->len);
		any = true;
	}
	put(t, any ? "" : "Fit for release, without remarks.\n");
}

static void section(struct text *t, const struct release *r, const struct group *g)
{
	put(t, "\n## ");
	group_files(t, r, g, "`", "`");
	put(t, "\n\n");
	put_number(t, g->n);
	put(t, g->n == 1 ? " file" : " files");
	put(t, g->wildcard ? ", all that the wildcard captures; " : "; ");
	put_number(t, g->rows);
	put_f(t, " row%s, %u columns.\n\n### Context\n\n", g->rows == 1 ? "" : "s",
	      g->tables[0]->columns_out);
	context_sentences(t, g, "\n\n", put_markdown);
	put(t, "\n");
	variables(t, g);
	put(t, "\n### Controls\n\n- ");
	controls_sentences(t, g, "\n- ", put_markdown);
	put(t, "\n");
	checks(t, g);
}

static void absent(struct text *t, const struct release *r)
{
	bool any = false;

	for (size_t i = 0; i < r->n_tables; i++) {
		const struct table *table = &r->tables[i];

		if (table->outcome < SLUICE_REFUSED)
			continue;
		put(t, any ? "" : "\n## Not released\n\n");
		any = true;
		put(t, "- ");
		put_markdown(t, table->output);
		put(t, ": ");
		put_markdown(t, table->err.text);
		put(t, "\n");
	}
}

void controls_text(struct text *t, const struct release *r)
{
	struct groups g;
	char hash[33];

	t->status = groups_make(&g, r);
	sluice_plan_hash(r->plan, hash);
	put(t, "# Disclosure controls\n\nEvery table here was made by sluice " SLUICE_VERSION
	       " from the plan `");
	put(t, r->plan->source);
	put_f(t,
	      "` (hash `%s`). `%s` has the size and the SHA-256 of each file, `%s` shows "
	      "them.\n",
	      hash, MANIFEST_NAME, REPORT_NAME);
	for (size_t i = 0; i < g.n; i++)
		section(t, r, &g.group[i]);
	absent(t, r);
	groups_free(&g);
}

/* ---- Airlock ---------------------------------------------------------------------------------- */

static void put_plain(struct text *t, const char *text)
{
	put(t, text);
}

/* Bytes of a name's folder; 0 = none. */
static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

static bool seen_before(const struct release *r, size_t i)
{
	const size_t len = folder_length(r->tables[i].output);

	for (size_t k = 0; k < i; k++)
		if (r->tables[k].outcome < SLUICE_REFUSED &&
		    folder_length(r->tables[k].output) == len &&
		    !strncmp(r->tables[k].output, r->tables[i].output, len))
			return true;
	return false;
}

static void folders(struct text *t, const struct release *r)
{
	bool any = false;

	for (size_t i = 0; i < r->n_tables; i++) {
		const char *output = r->tables[i].output;
		struct text name = { 0 };

		if (r->tables[i].outcome >= SLUICE_REFUSED || seen_before(r, i))
			continue;
		put_bytes(&name, output, folder_length(output));
		put_bytes(&name, "", 1);
		put(t, any ? ", " : "");
		if (name.status == SLUICE_OK)
			put_json(t, (char *)name.b.data);
		else
			t->status = name.status;
		buf_free(&name.b);
		any = true;
	}
}

static void put_texts(struct text *t, const struct release *r, const struct groups *g,
                      void (*sentences)(struct text *t, const struct group *g,
                                        const char *between, spell_fn spell))
{
	struct text all = { 0 };

	for (size_t i = 0; i < g->n; i++) {
		put(&all, i ? "\n\n" : "");
		group_files(&all, r, &g->group[i], "", "");
		put_f(&all, " (%zu file%s)\n", g->group[i].n, g->group[i].n == 1 ? "" : "s");
		sentences(&all, &g->group[i], "\n", put_plain);
	}
	put_bytes(&all, "", 1);
	if (all.status != SLUICE_OK)
		t->status = all.status;
	else
		put_json(t, (char *)all.b.data);
	buf_free(&all.b);
}

void airlock_text(struct text *t, const struct release *r)
{
	struct groups g;

	t->status = groups_make(&g, r);
	put(t, "[\n  {\n    \"username\": ");
	if (r->o.username)
		put_json(t, r->o.username);
	else
		put(t, "null");
	put(t, ",\n    \"workspace_name\": ");
	put_json(t, r->o.workspace);
	put(t, ",\n    \"dirs\": [");
	folders(t, r);
	put(t, "],\n    \"context\": ");
	put_texts(t, r, &g, context_sentences);
	put(t, ",\n    \"controls\": ");
	put_texts(t, r, &g, controls_sentences);
	put(t, ",\n    \"supporting_files\": [],\n    \"submit\": false\n  }\n]\n");
	groups_free(&g);
}
