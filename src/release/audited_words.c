/*
 * audited_words.c - what a plan says of a table, as the audit's words
 *
 * What it says at its top, it says for all outputs: so a word on a column is for those that have it.
 * A column that none of them has is misspelt.
 */
#include "release/audited.h"

#include "plan/protecting.h"

#include <stdlib.h>
#include <string.h>

bool audited_one_code(const struct condition *c)
{
	return c->column.kind == SELECT_NAME && !c->negated && c->n_values == 1;
}

static enum sluice_status say_code(struct audited *p, const struct condition *c,
                                   struct sluice_error *err)
{
	struct buf left = { 0 };
	enum sluice_status status =
		buf_addf(&left, err, "%s:%s", p->table->below, c->column.text);

	if (status == SLUICE_OK)
		status =
			declaration_say(&p->said, "cell", (char *)left.data, c->values[0], err);
	buf_free(&left);
	return status;
}

static bool has_column(const struct table *t, const char *name, size_t len)
{
	for (uint32_t i = 0; t->report && i < t->report->n_columns; i++) {
		const struct report_column *c = &t->report->columns[i];

		if (c->out && strlen(c->name) == len && !memcmp(c->name, name, len))
			return true;
	}
	return false;
}

/* Whether the table has all columns that the word ties together. */
static bool has_columns(const struct table *t, const struct audit_said *s)
{
	const bool pair = !strcmp(s->word, "at-most");

	if (pair || !strcmp(s->word, "parents"))
		return has_column(t, s->left, strlen(s->left)) &&
		       (!pair || has_column(t, s->right, strlen(s->right)));
	for (const char *at = s->right; !strcmp(s->word, "nested");) {
		const size_t len = strcspn(at, "/");

		if (!has_column(t, at, len))
			return false;
		if (!at[len])
			break;
		at += len + 1;
	}
	return true;
}

static bool is_for_others(const struct release *r, const struct table *t,
                          const struct audit_said *s)
{
	if (has_columns(t, s))
		return false;
	for (size_t i = 0; i < r->n_tables; i++)
		if (has_columns(&r->tables[i], s))
			return true;
	return false;
}

/* ---- names that are not there --------------------------------------------------------------- */

static bool any_has(const struct release *r, const char *name, size_t len)
{
	for (size_t i = 0; i < r->n_tables; i++)
		if (has_column(&r->tables[i], name, len))
			return true;
	return false;
}

/* Each name once, by the first table that has it. */
static enum sluice_status list_columns(const struct release *r, struct buf *list,
                                       struct sluice_error *err)
{
	char shown[72];

	for (size_t i = 0; i < r->n_tables; i++)
		for (uint32_t k = 0; k < r->tables[i].report->n_columns; k++) {
			const struct report_column *c = &r->tables[i].report->columns[k];
			bool before = !c->out;

			for (size_t b = 0; b < i && !before; b++)
				before = has_column(&r->tables[b], c->name, strlen(c->name));
			if (!before)
				TRY(buf_addf(list, err, "%s%s", list->len ? ", " : "",
				             printable(shown, c->name, strlen(c->name))));
		}
	return SLUICE_OK;
}

static enum sluice_status check_name(const struct release *r, const struct audit_said *s,
                                     const char *name, size_t len, struct sluice_error *err)
{
	struct buf list = { 0 };
	enum sluice_status status;
	char shown[72];

	if (any_has(r, name, len))
		return SLUICE_OK;
	status = list_columns(r, &list, err);
	if (status == SLUICE_OK)
		status = plan_fail(r->plan, err, s->at,
		                   "'%s' of 'audit': no table has a column '%s'; there are: "
		                   "%.*s",
		                   strcmp(s->word, "at-most") ? s->word : "at_most",
		                   printable(shown, name, len), (int)list.len,
		                   list.len ? (char *)list.data : "");
	buf_free(&list);
	return status;
}

static enum sluice_status check_said(const struct release *r, const struct audit_said *s,
                                     struct sluice_error *err)
{
	const bool total = !strcmp(s->word, "total"), parents = !strcmp(s->word, "parents");
	const bool nested = !strcmp(s->word, "nested");
	const char *at = s->right;

	if (s->left)
		TRY(check_name(r, s, s->left, strlen(s->left), err));
	for (bool more = !total && !parents; more;) {
		const size_t len = nested ? strcspn(at, "/") : strlen(at);

		TRY(check_name(r, s, at, len, err));
		more = at[len];
		at += len + 1;
	}
	return SLUICE_OK;
}

enum sluice_status audited_names(const struct release *r, struct sluice_error *err)
{
	/* Of a table that was not made, nobody knows; it is not released either. */
	for (size_t i = 0; i < r->n_tables; i++)
		if (!r->tables[i].report)
			return SLUICE_OK;
	for (size_t i = 0; i < r->n_tables; i++)
		for (size_t k = 0; k < r->tables[i].said->audit.n_said; k++)
			TRY(check_said(r, &r->tables[i].said->audit.said[k], err));
	return SLUICE_OK;
}

/* ---- */

enum sluice_status audited_words(const struct release *r, struct audited *p,
                                 struct sluice_error *err)
{
	const struct output *o = p->table->said;

	for (size_t i = 0; i < o->audit.n_said; i++) {
		const struct audit_said *s = &o->audit.said[i];

		if (strcmp(s->word, "dimensions") != 0 && !is_for_others(r, p->table, s))
			TRY(declaration_say(&p->said, s->word, s->left, s->right, err));
	}
	for (size_t i = 0; i < o->protect.n_said; i++) {
		const struct protect_said *s = &o->protect.said[i];

		if (strcmp(s->word->audit, "dimensions") != 0)
			TRY(declaration_say(&p->said, s->word->audit, s->left, s->right, err));
	}
	for (size_t i = 0; i < o->group.n_totals; i++)
		TRY(declaration_say(
			&p->said, "total",
			o->group.totals[i].kind == SELECT_NAME ? o->group.totals[i].text : NULL,
			TOTAL_LABEL, err));
	for (size_t i = 0; i < o->n_where; i++)
		if (audited_one_code(&o->where[i]))
			TRY(say_code(p, &o->where[i], err));
	return SLUICE_OK;
}
