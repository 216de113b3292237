/*
 * audit.c - the tables of a release as the audit takes them, and what it makes of them
 *
 * The plan knows what every column is and what was done to it.  Two tables count the same
 * people when they are made of one input by the same rows; a 'where' that leaves one code of
 * a column makes a table of that code.  Otherwise it has to be said, or to show.
 */
#include "release/audit.h"

#include "release/audited.h"

#include "plan/auditing.h"
#include "plan/protecting.h"
#include "release/digest.h"
#include "run/linked.h"
#include "run/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the effort ---------------------------------------------------------------------------- */

enum sluice_status release_audit_mode(const struct release *r, enum sluice_audit_mode *mode,
                                      struct sluice_error *err)
{
	static const char *const names[] = { [SLUICE_AUDIT_FAST] = "fast",
		                             [SLUICE_AUDIT_FULL] = "full",
		                             [SLUICE_AUDIT_OFF] = "off" };

	*mode = SLUICE_AUDIT_FAST;
	for (size_t i = 0; r->o.audit && i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(r->o.audit, names[i])) {
			*mode = (enum sluice_audit_mode)i;
			return SLUICE_OK;
		}
	if (r->o.audit)
		return fail(err, SLUICE_E_PLAN, "'audit' must be off, fast or full");
	for (size_t i = 0; i < r->plan->n_outputs; i++)
		if (r->plan->outputs[i].audit.mode_given &&
		    r->plan->outputs[i].audit.mode == SLUICE_AUDIT_FULL)
			*mode = SLUICE_AUDIT_FULL;
	return SLUICE_OK;
}

enum sluice_status release_audit_files(struct release *r, struct table_memory *m,
                                       struct sluice_error *err)
{
	enum sluice_status status = SLUICE_OK;
	enum sluice_audit_mode mode;
	struct buf b = { 0 };
	struct digest d;
	const char *path;

	TRY(release_audit_mode(r, &mode, err));
	for (size_t k = 0; k < r->plan->n_outputs && mode != SLUICE_AUDIT_OFF; k++)
		for (size_t i = 0; status == SLUICE_OK &&
		                   (path = auditing_file(&r->plan->outputs[k].audit, i));
		     i++) {
			status = digest_file(path, false, 0, &m->piece, &d, NULL, err);
			if (status == SLUICE_OK)
				status = buf_addf(&b, err, "%s\n%s\n", path, d.xxh3);
		}
	if (status == SLUICE_OK && b.len)
		status = digest_bytes(b.data, b.len, &d, err);
	if (status == SLUICE_OK && b.len)
		memcpy(r->heard, d.xxh3, sizeof(r->heard));
	buf_free(&b);
	return status;
}

static bool is_audited(const struct release *r, const struct table *t)
{
	const struct auditing *a = &t->said->audit;

	if (!t->verdict || t->outcome >= SLUICE_REFUSED)
		return false;
	/* No count of it is what it seems. */
	if (t->said->group.perturb.table || protect_changes(&t->said->protect))
		return false;
	return r->o.audit || !a->mode_given || a->mode != SLUICE_AUDIT_OFF;
}

/* ---- columns -------------------------------------------------------------------------------- */

/* As the audit was told, else as what was protected was. */
static bool is_dimension(const struct output *o, const char *name)
{
	bool any = false, audit;

	for (size_t i = 0; i < o->audit.n_said; i++) {
		if (strcmp(o->audit.said[i].word, "dimensions") != 0)
			continue;
		if (!strcmp(o->audit.said[i].right, name))
			return true;
		any = true;
	}
	audit = any;
	for (size_t i = 0; i < o->protect.n_said && !audit; i++) {
		if (strcmp(o->protect.said[i].word->audit, "dimensions") != 0)
			continue;
		if (!strcmp(o->protect.said[i].right, name))
			return true;
		any = true;
	}
	return !any;
}

/* Totals that were added up from what is released, so that they say nothing. */
static bool has_sums(const struct output *o, const char *name)
{
	for (size_t i = 0; i < o->group.n_totals && !o->group.totals_raw; i++)
		if (o->group.totals[i].kind != SELECT_NAME ||
		    !strcmp(o->group.totals[i].text, name))
			return true;
	return false;
}

/* What was done to the column, and nothing that its rule doesn't do. */
static struct settings settings_of(const struct report_column *c)
{
	struct settings s = c->settings;

	if (!(c->takes & SET_THRESHOLD))
		s.threshold = NO_THRESHOLD;
	if (!(c->takes & SET_ROUND_TO))
		s.round_to = 1;
	return s;
}

static enum sluice_status take_columns(struct audited *p, struct audit_table *a,
                                       struct sluice_error *err)
{
	const struct sluice_report *report = p->table->report;
	uint32_t n = 0;

	p->columns = calloc((size_t)report->n_columns + 1, sizeof(*p->columns));
	p->settings = calloc((size_t)report->n_columns + 1, sizeof(*p->settings));
	if (!p->columns || !p->settings)
		return fail_memory(err);
	for (uint32_t i = 0; i < report->n_columns; i++) {
		const struct report_column *c = &report->columns[i];
		struct known_column *k = &p->columns[n];
		bool zeros;

		if (!c->out)
			continue;
		if (c->takes & (SET_THRESHOLD | SET_ROUND_TO)) {
			p->settings[n] = settings_of(c);
			k->role = ROLE_MEASURE;
			k->settings = &p->settings[n];
			k->secondary = p->table->said->protect.given;
		} else if (!strcmp(c->rule, "keep") && is_dimension(p->table->said, c->name) &&
		           verdict_column(p->table->verdict, n, &zeros) != COLUMN_OTHER) {
			k->role = ROLE_DIMENSION;
			k->sums = has_sums(p->table->said, c->name);
		}
		n++;
	}
	a->columns = p->columns;
	a->n_columns = n;
	return SLUICE_OK;
}

/* ---- people ------------------------------------------------------------------------------------- */

static int by_input(const void *left, const void *right)
{
	const struct table *const *a = left, *const *b = right;

	return strcmp((*a)->input, (*b)->input);
}

/* Tables in the order of their inputs, so that those of one input are neighbours. */
static const struct table **sort_by_input(const struct release *r)
{
	const struct table **sorted = malloc((r->n_tables + 1) * sizeof(*sorted));

	for (size_t i = 0; sorted && i < r->n_tables; i++)
		sorted[i] = &r->tables[i];
	if (sorted)
		qsort(sorted, r->n_tables, sizeof(*sorted), by_input);
	return sorted;
}

static bool shares_input(const struct release *r, const struct table **sorted,
                         const struct table *t)
{
	const struct table **at = bsearch(&t, sorted, r->n_tables, sizeof(*sorted), by_input);

	return (at > sorted && !by_input(at - 1, at)) ||
	       (at + 1 < sorted + r->n_tables && !by_input(at + 1, at));
}

static enum sluice_status add_condition(struct buf *b, const struct condition *c,
                                        struct sluice_error *err)
{
	TRY(buf_addf(b, err, "\n%d%u%s%s", (int)c->column.kind, c->column.position,
	             c->column.text ? c->column.text : "", c->negated ? "!" : ""));
	for (size_t i = 0; i < c->n_values; i++)
		TRY(buf_addf(b, err, "\n=%s", c->values[i]));
	return SLUICE_OK;
}

/* The same text for the same people; none where nothing is known of them. */
static enum sluice_status take_people(const struct release *r, const struct table **sorted,
                                      struct audited *p, struct sluice_error *err)
{
	const struct output *o = p->table->said;
	const char *said = o->audit.population ? o->audit.population : o->protect.population;
	struct buf b = { 0 };
	enum sluice_status status = SLUICE_OK;

	if (!said && !o->group.n_by && !r->o.ledger && !shares_input(r, sorted, p->table))
		return SLUICE_OK;
	if (said)
		status = buf_addf(&b, err, "said\n%s", said);
	else
		status = buf_addf(&b, err, "input\n%s", p->table->input);
	for (size_t i = 0; status == SLUICE_OK && i < o->n_where && !said; i++)
		if (!audited_one_code(&o->where[i]))
			status = add_condition(&b, &o->where[i], err);
	p->people = (char *)b.data;
	return status;
}

/* ---- all ------------------------------------------------------------------------------------------ */

static enum sluice_status take_part(const struct release *r, const struct table **sorted,
                                    struct audited *p, struct audit_table *a, struct table *t,
                                    struct sluice_error *err)
{
	p->table = t;
	TRY(audited_words(r, p, err));
	TRY(take_people(r, sorted, p, err));
	*a = (struct audit_table){ .path = t->outcome == SLUICE_WRITTEN ? t->staged : t->output,
		                   .name = t->below,
		                   .people = p->people,
		                   .delimiter = t->said->dialect.delimiter,
		                   .said = &p->said };
	return take_columns(p, a, err);
}

static enum sluice_status take_parts(const struct release *r, struct all_audited *all,
                                     struct sluice_error *err)
{
	all->parts = calloc(r->n_tables + 1, sizeof(*all->parts));
	all->tables = calloc(r->n_tables + 1, sizeof(*all->tables));
	all->sorted = sort_by_input(r);
	if (!all->parts || !all->tables || !all->sorted)
		return fail_memory(err);
	for (size_t i = 0; i < r->n_tables; i++) {
		if (!is_audited(r, &r->tables[i]))
			continue;
		all->n++; /* freed whatever comes of it */
		TRY(take_part(r, all->sorted, &all->parts[all->n - 1], &all->tables[all->n - 1],
		              &r->tables[i], err));
	}
	return SLUICE_OK;
}

static void all_free(struct all_audited *all)
{
	for (uint32_t i = 0; i < all->n; i++) {
		struct audited *p = &all->parts[i];

		free(p->columns);
		free(p->settings);
		free(p->people);
		declaration_free(&p->said);
		audit_table_free(&all->tables[i]);
	}
	for (uint32_t i = 0; i < all->n_earlier; i++)
		audit_table_free(&all->tables[all->n + i]);
	free(all->parts);
	free(all->tables);
	free(all->sorted);
}

/* ---- the whole ------------------------------------------------------------------------------------ */

static enum sluice_status settle(struct release *r, struct audited *p, struct audit_table *a,
                                 struct table_memory *m, struct sluice_error *err)
{
	struct table *t = p->table;

	t->grid = a->html;
	a->html = (struct buf){ 0 };
	if (!a->n_marks)
		return SLUICE_OK;
	TRY(verdict_mark(t->verdict, a, err));
	return table_judged(r, t, a->path, m, err);
}

enum sluice_status release_audit(struct release *r, struct table_memory *m,
                                 struct sluice_error *err)
{
	struct tables_effort effort = { .html = true };
	struct all_audited all = { 0 };
	enum sluice_status status;

	TRY(release_audit_mode(r, &effort.mode, err));
	if (effort.mode == SLUICE_AUDIT_OFF && !r->o.ledger)
		return SLUICE_OK;
	TRY(audited_names(r, err));
	status = take_parts(r, &all, err);
	if (status == SLUICE_OK)
		status = audited_earlier(r, &all, err);
	if (status == SLUICE_OK)
		status = tables_attack(all.tables, all.n + all.n_earlier, &effort, err);
	for (uint32_t i = 0; status == SLUICE_OK && i < all.n; i++)
		status = settle(r, &all.parts[i], &all.tables[i], m, err);
	if (status == SLUICE_OK && r->o.ledger)
		status = audited_record(r, &all, err);
	all_free(&all);
	return status;
}
