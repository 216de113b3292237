/*
 * parse_rule.c - a column rule's value in a plan, by its shape
 */
#include "plan/parse.h"
#include "plan/suggest.h"

#include <string.h>

/* The rule that is read. */
struct reading {
	const struct sluice_plan *plan;
	struct output *output;
	const struct column_rule *type;
	const struct node *count; /* STATISTICS: the node whose key is the count */
	struct sluice_error *err;
};

static enum sluice_status new_rule(const struct reading *r, struct place at, struct rule **rule)
{
	TRY(output_rule(r->output, r->type, at, rule, r->err));
	if (!r->count)
		return SLUICE_OK;
	return selector_single(&(*rule)->count, r->count->key, strlen(r->count->key), r->plan,
	                       r->count->key_at, r->err);
}

static enum sluice_status add_names(const struct reading *r, struct rule *rule,
                                    const struct node *nodes, size_t n_nodes)
{
	const char *text;

	for (size_t i = 0; i < n_nodes; i++) {
		TRY(node_text(r->plan, &nodes[i], r->type->name, &text, r->err));
		TRY(rule_column(r->plan, rule, text, strlen(text), nodes[i].at, r->err));
	}
	return SLUICE_OK;
}

/* A key of a rule's map that is neither its columns nor a setting that it takes. */
static enum sluice_status stray_key(const struct reading *r, const struct node *n,
                                    const char *const *others)
{
	struct suggestion near = { 0 };
	char shown[72], hint[SUGGESTION_TEXT];

	if (setting_by_key(n->key))
		return plan_fail(r->plan, r->err, n->key_at, "'%s' means nothing to '%s'",
		                 n->key, r->type->name);
	for (size_t i = 0; others[i]; i++)
		suggest(&near, n->key, others[i]);
	for (size_t i = 0; setting_at(i); i++)
		if (setting_at(i)->bit & r->type->takes)
			suggest(&near, n->key, setting_at(i)->key);
	return plan_fail(r->plan, r->err, n->key_at, "'%s' has no '%s'%s", r->type->name,
	                 printable(shown, n->key, strlen(n->key)),
	                 suggestion_text(&near, hint));
}

/* The settings among a rule's map; its other keys were read. */
static enum sluice_status add_settings(const struct reading *r, struct rule *rule,
                                       const struct node *map, const char *const *others)
{
	for (size_t i = 0; i < map->n_items; i++) {
		const struct node *n = &map->items[i];
		const struct setting *t = setting_by_key(n->key);
		bool known = false;

		for (size_t j = 0; others[j]; j++)
			known = known || !strcmp(n->key, others[j]);
		if (known)
			continue;
		if (!t || !(t->bit & r->type->takes))
			return stray_key(r, n, others);
		TRY(read_setting(r->plan, t, &rule->given, n, r->err));
	}
	return SLUICE_OK;
}

/* {columns: [...], threshold: 10, ...} */
static enum sluice_status read_group(const struct reading *r, const struct node *map)
{
	static const char *const others[] = { "columns", NULL };
	const struct node *columns = node_find(map, "columns");
	struct rule *rule;

	TRY(new_rule(r, map->at, &rule));
	TRY(add_settings(r, rule, map, others));
	if (!columns)
		return plan_fail(r->plan, r->err, map->at, "'%s' lacks 'columns' in this map",
		                 r->type->name);
	if (columns->kind == NODE_SCALAR)
		return add_names(r, rule, columns, 1);
	TRY(node_filled(r->plan, columns, NODE_LIST, "columns", r->err));
	return add_names(r, rule, columns->items, columns->n_items);
}

/* A name, a list of names, a map with names and settings, or a list of such maps. */
static enum sluice_status read_columns(const struct reading *r, const struct node *n)
{
	struct rule *rule;

	if (n->kind == NODE_MAP)
		return read_group(r, n);
	if (n->kind == NODE_SCALAR) {
		TRY(new_rule(r, n->at, &rule));
		return add_names(r, rule, n, 1);
	}
	TRY(node_filled(r->plan, n, NODE_LIST, r->type->name, r->err));
	for (size_t i = 1; i < n->n_items; i++)
		if (n->items[i].kind != n->items[0].kind)
			return plan_fail(
				r->plan, r->err, n->items[i].at,
				"'%s' is a list of names or a list of maps, not of both",
				r->type->name);
	if (n->items[0].kind != NODE_MAP) {
		TRY(new_rule(r, n->at, &rule));
		return add_names(r, rule, n->items, n->n_items);
	}
	for (size_t i = 0; i < n->n_items; i++)
		TRY(read_group(r, &n->items[i]));
	return SLUICE_OK;
}

static enum sluice_status add_part(const struct reading *r, struct rule *rule,
                                   const struct node *n)
{
	const char *text;

	TRY(node_text(r->plan, n, rule->name, &text, r->err));
	return rule_part(r->plan, rule, text, strlen(text), n->at, r->err);
}

/* NAME: [numerator, denominator], or a map of them and settings. */
static enum sluice_status read_fraction(const struct reading *r, const struct node *n,
                                        const struct given *given)
{
	static const char *const parts[] = { "numerator", "denominator", NULL };
	struct rule *rule;

	TRY(new_rule(r, n->key_at, &rule));
	rule->given = *given;
	TRY(rule_name(r->plan, rule, n->key, strlen(n->key), n->key_at, r->err));
	if (n->kind == NODE_LIST && n->n_items == 2) {
		TRY(add_part(r, rule, &n->items[0]));
		return add_part(r, rule, &n->items[1]);
	}
	if (n->kind != NODE_MAP)
		return plan_fail(r->plan, r->err, n->at,
		                 "'%s' wants NAME: [numerator, denominator]", r->type->name);
	TRY(add_settings(r, rule, n, parts));
	for (size_t i = 0; parts[i]; i++) {
		const struct node *part = node_find(n, parts[i]);

		if (!part)
			return plan_fail(r->plan, r->err, n->at, "'%s' lacks '%s' in this map",
			                 r->type->name, parts[i]);
		TRY(add_part(r, rule, part));
	}
	return SLUICE_OK;
}

/* One of a list of maps: its settings are for all that it names. */
static enum sluice_status read_fraction_map(const struct reading *r, const struct node *map)
{
	struct given given = { 0 };

	TRY(node_filled(r->plan, map, NODE_MAP, r->type->name, r->err));
	for (size_t i = 0; i < map->n_items; i++) {
		const struct setting *t = setting_by_key(map->items[i].key);

		if (t && (t->bit & r->type->takes))
			TRY(read_setting(r->plan, t, &given, &map->items[i], r->err));
	}
	for (size_t i = 0; i < map->n_items; i++) {
		const struct setting *t = setting_by_key(map->items[i].key);

		if (!t || !(t->bit & r->type->takes))
			TRY(read_fraction(r, &map->items[i], &given));
	}
	return SLUICE_OK;
}

/* A map of names, or a list of such maps that carry settings, too. */
static enum sluice_status read_fractions(const struct reading *r, const struct node *n)
{
	const struct given nothing = { 0 };

	if (n->kind == NODE_LIST) {
		TRY(node_filled(r->plan, n, NODE_LIST, r->type->name, r->err));
		for (size_t i = 0; i < n->n_items; i++)
			TRY(read_fraction_map(r, &n->items[i]));
		return SLUICE_OK;
	}
	TRY(node_filled(r->plan, n, NODE_MAP, r->type->name, r->err));
	for (size_t i = 0; i < n->n_items; i++)
		TRY(read_fraction(r, &n->items[i], &nothing));
	return SLUICE_OK;
}

/* COUNT: what read_columns() takes. */
static enum sluice_status read_statistics(const struct reading *r, const struct node *n)
{
	struct reading one = *r;

	TRY(node_filled(r->plan, n, NODE_MAP, r->type->name, r->err));
	for (size_t i = 0; i < n->n_items; i++) {
		one.count = &n->items[i];
		TRY(read_columns(&one, &n->items[i]));
	}
	return SLUICE_OK;
}

enum sluice_status read_rule(const struct sluice_plan *plan, struct output *o,
                             const struct column_rule *type, const struct node *n,
                             struct sluice_error *err)
{
	static enum sluice_status (*const shapes[])(const struct reading *r,
	                                            const struct node *n) = {
		[SHAPE_COLUMNS] = read_columns,
		[SHAPE_FRACTION] = read_fractions,
		[SHAPE_STATISTICS] = read_statistics,
	};
	const struct reading r = { .plan = plan, .output = o, .type = type, .err = err };

	return shapes[type->shape](&r, n);
}
