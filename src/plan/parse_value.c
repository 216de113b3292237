/*
 * parse_value.c - the values of a plan that are not rules: texts, settings,
 * policies, conditions, descriptions
 */
#include "plan/parse.h"
#include "plan/suggest.h"

#include <string.h>

/* What YAML readers take for nothing when it is not quoted. */
static bool is_null(const struct node *n)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; i < sizeof(nulls) / sizeof(*nulls); i++)
		if (!n->quoted && !strcmp(n->text, nulls[i]))
			return true;
	return false;
}

enum sluice_status node_text(const struct sluice_plan *plan, const struct node *n,
                             const char *what, const char **text, struct sluice_error *err)
{
	char shown[72];

	printable(shown, what, strlen(what));
	if (n->kind != NODE_SCALAR)
		return plan_fail(plan, err, n->at, "'%s' must be a text, not %s", shown,
		                 node_kind_name(n));
	if (is_null(n))
		return plan_fail(
			plan, err, n->at,
			"nothing is given for '%s'; quote a text that is empty or 'null', "
			"or that begins with '#'",
			shown);
	*text = n->text;
	return SLUICE_OK;
}

enum sluice_status node_filled(const struct sluice_plan *plan, const struct node *n,
                               enum node_kind kind, const char *what, struct sluice_error *err)
{
	const struct node wanted = { .kind = kind };
	char shown[72];

	printable(shown, what, strlen(what));
	if (n->kind != kind)
		return plan_fail(plan, err, n->at, "'%s' must be %s, not %s", shown,
		                 node_kind_name(&wanted), node_kind_name(n));
	if (!n->n_items)
		return plan_fail(plan, err, n->at, "'%s' holds nothing: leave it out", shown);
	return SLUICE_OK;
}

enum sluice_status read_setting(const struct sluice_plan *plan, const struct setting *t,
                                struct given *g, const struct node *n, struct sluice_error *err)
{
	const char *text;

	if (t->bit == SET_TOKEN && n->kind == NODE_LIST)
		return plan_fail(plan, err, n->at,
		                 "'token' is a list here; quote a token in brackets: "
		                 "\"[REDACTED]\"");
	TRY(node_text(plan, n, t->key, &text, err));
	if (t->number && n->quoted && strcmp(text, "none") != 0)
		return plan_fail(plan, err, n->at, "'%s' must be %s: without quotes", t->key,
		                 t->expects);
	if (!setting_give(t, g, text))
		return plan_fail(plan, err, n->at, "'%s' must be %s", t->key, t->expects);
	return SLUICE_OK;
}

static enum sluice_status unknown_in_policy(const struct sluice_plan *plan,
                                            const struct node *n, struct sluice_error *err)
{
	struct suggestion near = { 0 };
	char shown[72], hint[SUGGESTION_TEXT];

	suggest(&near, n->key, "base");
	for (size_t i = 0; setting_at(i); i++)
		if (setting_at(i)->policy)
			suggest(&near, n->key, setting_at(i)->key);
	return plan_fail(plan, err, n->key_at, "a policy has no '%s'%s",
	                 printable(shown, n->key, strlen(n->key)),
	                 suggestion_text(&near, hint));
}

enum sluice_status read_policy(const struct sluice_plan *plan, struct output *o,
                               const struct node *n, struct sluice_error *err)
{
	const char *text;

	if (n->kind != NODE_MAP) {
		TRY(node_text(plan, n, "policy", &text, err));
		return output_policy(plan, o, text, n->at, err);
	}
	TRY(node_filled(plan, n, NODE_MAP, "policy", err));
	for (size_t i = 0; i < n->n_items; i++) {
		const struct node *item = &n->items[i];
		const struct setting *t = setting_by_key(item->key);

		if (!strcmp(item->key, "base")) {
			TRY(node_text(plan, item, "base", &text, err));
			TRY(output_policy(plan, o, text, item->at, err));
		} else if (t && t->policy) {
			TRY(read_setting(plan, t, &o->given, item, err));
		} else {
			return unknown_in_policy(plan, item, err);
		}
	}
	o->said.policy = n->key_at; /* what is wrong with it as a whole */
	return SLUICE_OK;
}

static enum sluice_status read_values(const struct sluice_plan *plan, struct condition *c,
                                      const struct node *n, const char *what,
                                      struct sluice_error *err)
{
	const struct node *items = n->kind == NODE_LIST ? n->items : n;
	const size_t n_items = n->kind == NODE_LIST ? n->n_items : 1;
	const char *text;

	if (n->kind != NODE_SCALAR)
		TRY(node_filled(plan, n, NODE_LIST, what, err));
	for (size_t i = 0; i < n_items; i++) {
		TRY(node_text(plan, &items[i], what, &text, err));
		TRY(condition_value(c, text, strlen(text), err));
	}
	return SLUICE_OK;
}

static enum sluice_status read_condition(const struct sluice_plan *plan, struct output *o,
                                         const struct node *n, struct sluice_error *err)
{
	struct condition *c;

	TRY(output_condition(plan, o, n->key, strlen(n->key), n->key_at, &c, err));
	if (n->kind != NODE_MAP)
		return read_values(plan, c, n, n->key, err);
	if (n->n_items != 1 || strcmp(n->items[0].key, "not") != 0)
		return plan_fail(plan, err, n->at,
		                 "a condition is a value, a list of values, or {not: ...}");
	c->negated = true;
	return read_values(plan, c, &n->items[0], n->key, err);
}

/* A map, or a list of maps where one column has two conditions. */
enum sluice_status read_where(const struct sluice_plan *plan, struct output *o,
                              const struct node *n, struct sluice_error *err)
{
	if (n->kind == NODE_LIST) {
		TRY(node_filled(plan, n, NODE_LIST, "where", err));
		for (size_t i = 0; i < n->n_items; i++) {
			TRY(node_filled(plan, &n->items[i], NODE_MAP, "where", err));
			TRY(read_where(plan, o, &n->items[i], err));
		}
		return SLUICE_OK;
	}
	TRY(node_filled(plan, n, NODE_MAP, "where", err));
	for (size_t i = 0; i < n->n_items; i++)
		TRY(read_condition(plan, o, &n->items[i], err));
	return SLUICE_OK;
}

static enum sluice_status read_notes(const struct sluice_plan *plan, struct describe *d,
                                     const struct node *map, struct sluice_error *err)
{
	TRY(node_filled(plan, map, NODE_MAP, "columns", err));
	for (size_t i = 0; i < map->n_items; i++) {
		const struct node *n = &map->items[i];
		struct column_note *notes =
			array_room(d->columns, d->n_columns, sizeof(*notes));
		const char *text;

		if (!notes)
			return fail_memory(err);
		d->columns = notes;
		TRY(node_text(plan, n, n->key, &text, err));
		notes += d->n_columns++;
		notes->column = text_copy(n->key, strlen(n->key));
		notes->text = text_copy(text, strlen(text));
		if (!notes->column || !notes->text)
			return fail_memory(err);
	}
	return SLUICE_OK;
}

enum sluice_status read_describe(const struct sluice_plan *plan, struct output *o,
                                 const struct node *n, struct sluice_error *err)
{
	struct describe *d = &o->describe;

	TRY(node_filled(plan, n, NODE_MAP, "describe", err));
	for (size_t i = 0; i < n->n_items; i++) {
		const struct node *item = &n->items[i];
		const bool context = !strcmp(item->key, "context");
		struct suggestion near = { 0 };
		char shown[72], hint[SUGGESTION_TEXT];
		const char *text;

		if (context || !strcmp(item->key, "population")) {
			char **to = context ? &d->context : &d->population;

			TRY(node_text(plan, item, item->key, &text, err));
			*to = text_copy(text, strlen(text));
			if (!*to)
				return fail_memory(err);
		} else if (!strcmp(item->key, "columns")) {
			TRY(read_notes(plan, d, item, err));
		} else {
			suggest(&near, item->key, "context");
			suggest(&near, item->key, "population");
			suggest(&near, item->key, "columns");
			return plan_fail(plan, err, item->key_at, "'describe' has no '%s'%s",
			                 printable(shown, item->key, strlen(item->key)),
			                 suggestion_text(&near, hint));
		}
	}
	return SLUICE_OK;
}
