/*
 * parse_group.c - the value of 'group' in a plan
 */
#include "plan/parse.h"
#include "plan/suggest.h"

#include <string.h>

/* The grouping that is read. */
struct reading {
	const struct sluice_plan *plan;
	struct output *output;
	struct sluice_error *err;
};

/* A selector, or a list of them. */
static enum sluice_status read_selectors(const struct reading *r, const struct node *n,
                                         struct selector **list, size_t *n_list)
{
	const struct node *items = n->kind == NODE_LIST ? n->items : n;
	const size_t n_items = n->kind == NODE_LIST ? n->n_items : 1;
	const char *text;

	if (n->kind != NODE_SCALAR)
		TRY(node_filled(r->plan, n, NODE_LIST, n->key, r->err));
	for (size_t i = 0; i < n_items; i++) {
		TRY(node_text(r->plan, &items[i], n->key, &text, r->err));
		TRY(selectors_add(list, n_list, text, strlen(text), r->plan, items[i].at,
		                  r->err));
	}
	return SLUICE_OK;
}

static enum sluice_status read_by(const struct reading *r, const struct node *n)
{
	return read_selectors(r, n, &r->output->group.by, &r->output->group.n_by);
}

static enum sluice_status read_totals(const struct reading *r, const struct node *n)
{
	return read_selectors(r, n, &r->output->group.totals, &r->output->group.n_totals);
}

static enum sluice_status read_totals_from(const struct reading *r, const struct node *n)
{
	const char *text;

	TRY(node_text(r->plan, n, n->key, &text, r->err));
	return group_totals_from(r->plan, r->output, text, n->at, r->err);
}

static enum sluice_status read_rows(const struct reading *r, const struct node *n)
{
	const char *text;

	TRY(node_text(r->plan, n, n->key, &text, r->err));
	return group_aggregate(r->plan, r->output, AGGREGATE_ROWS, text, strlen(text), n->at,
	                       NULL, r->err);
}

/* ---- columns made of columns --------------------------------------------------------- */

/* Whether the key is a setting that an aggregate of the kind takes. */
static bool is_setting(enum aggregate_kind kind, const char *key)
{
	return kind == AGGREGATE_MEAN && !strcmp(key, "digits");
}

static enum sluice_status read_digits(const struct reading *r, const struct node *n,
                                      int *digits)
{
	struct given given = { 0 };

	TRY(read_setting(r->plan, setting_by_key("digits"), &given, n, r->err));
	*digits = given.values.digits;
	return SLUICE_OK;
}

/* {n: 1, k: 85} */
static enum sluice_status read_dominance(const struct reading *r, struct aggregate *a,
                                         const struct node *map)
{
	const struct node *n = map->kind == NODE_MAP ? node_find(map, "n") : NULL;
	const struct node *k = map->kind == NODE_MAP ? node_find(map, "k") : NULL;
	const char *number, *share;

	if (!n || !k || map->n_items != 2)
		return plan_fail(r->plan, r->err, map->at,
		                 "a rule of 'dominance' is n and k, as in {n: 1, k: 85}: "
		                 "unsafe when the n largest have over k %% of the sum");
	TRY(node_text(r->plan, n, n->key, &number, r->err));
	TRY(node_text(r->plan, k, k->key, &share, r->err)); /* quoted in a dump */
	return sum_dominance(r->plan, a, number, share, map->at, r->err);
}

static enum sluice_status read_dominances(const struct reading *r, struct aggregate *a,
                                          const struct node *n)
{
	if (n->kind != NODE_LIST)
		return read_dominance(r, a, n);
	TRY(node_filled(r->plan, n, NODE_LIST, n->key, r->err));
	for (size_t i = 0; i < n->n_items; i++)
		TRY(read_dominance(r, a, &n->items[i]));
	return SLUICE_OK;
}

/* A key that is only a sum's; *known = false when it is none. */
static enum sluice_status read_sum_key(const struct reading *r, struct aggregate *a,
                                       const struct node *n, bool *known)
{
	const char *text;

	*known = true;
	if (!strcmp(n->key, "dominance"))
		return read_dominances(r, a, n);
	if (!strcmp(n->key, "contributor")) {
		TRY(node_text(r->plan, n, n->key, &text, r->err));
		return sum_contributor(r->plan, a, text, n->at, r->err);
	}
	if (!strcmp(n->key, "p_percent")) {
		TRY(node_text(r->plan, n, n->key, &text, r->err));
		return sum_p_percent(r->plan, a, text, n->at, r->err);
	}
	*known = false;
	return SLUICE_OK;
}

/* {column: bmi, digits: 1}; *column becomes the node of the column. */
static enum sluice_status read_details(const struct reading *r, struct aggregate *a,
                                       const struct node *map, const struct node **column)
{
	char shown[72];

	for (size_t i = 0; i < map->n_items; i++) {
		const struct node *n = &map->items[i];
		bool known = false;

		if (a->kind == AGGREGATE_SUM)
			TRY(read_sum_key(r, a, n, &known));
		if (known)
			continue;
		if (is_setting(a->kind, n->key))
			TRY(read_digits(r, n, &a->digits));
		else if (!strcmp(n->key, "column"))
			*column = n;
		else
			return plan_fail(r->plan, r->err, n->key_at,
			                 setting_by_key(n->key) ? "'%s' means nothing to '%s'"
			                                        : "no '%s' in a '%s'",
			                 printable(shown, n->key, strlen(n->key)),
			                 aggregate_name(a->kind));
	}
	if (*column)
		return SLUICE_OK;
	return plan_fail(r->plan, r->err, map->at, "'%s' lacks 'column' in this map",
	                 aggregate_name(a->kind));
}

/* NAME: COLUMN, or NAME: a map of it and settings. */
static enum sluice_status read_aggregate(const struct reading *r, enum aggregate_kind kind,
                                         const struct node *n, int digits)
{
	const struct node *column = n->kind == NODE_MAP ? NULL : n;
	struct aggregate *a = NULL;
	const char *text;

	TRY(group_aggregate(r->plan, r->output, kind, n->key, strlen(n->key), n->key_at, &a,
	                    r->err));
	a->digits = digits;
	if (!column)
		TRY(read_details(r, a, n, &column));
	TRY(node_text(r->plan, column, column->key, &text, r->err));
	return selector_single(&a->column, text, strlen(text), r->plan, column->at, r->err);
}

/* A map of names; in a list of such maps, settings may stand beside them. */
static enum sluice_status read_names(const struct reading *r, enum aggregate_kind kind,
                                     const struct node *map, bool listed)
{
	int digits = MEAN_USUAL;

	TRY(node_filled(r->plan, map, NODE_MAP, aggregate_name(kind), r->err));
	for (size_t i = 0; i < map->n_items && listed; i++)
		if (is_setting(kind, map->items[i].key))
			TRY(read_digits(r, &map->items[i], &digits));
	for (size_t i = 0; i < map->n_items; i++)
		if (!listed || !is_setting(kind, map->items[i].key))
			TRY(read_aggregate(r, kind, &map->items[i], digits));
	return SLUICE_OK;
}

static enum sluice_status read_aggregates(const struct reading *r, enum aggregate_kind kind,
                                          const struct node *n)
{
	if (n->kind != NODE_LIST)
		return read_names(r, kind, n, false);
	TRY(node_filled(r->plan, n, NODE_LIST, n->key, r->err));
	for (size_t i = 0; i < n->n_items; i++)
		TRY(read_names(r, kind, &n->items[i], true));
	return SLUICE_OK;
}

static enum sluice_status read_persons(const struct reading *r, const struct node *n)
{
	return read_aggregates(r, AGGREGATE_PERSONS, n);
}

static enum sluice_status read_sum(const struct reading *r, const struct node *n)
{
	return read_aggregates(r, AGGREGATE_SUM, n);
}

static enum sluice_status read_mean(const struct reading *r, const struct node *n)
{
	return read_aggregates(r, AGGREGATE_MEAN, n);
}

/* ---- bands --------------------------------------------------------------------------- */

static enum sluice_status read_banding(const struct reading *r, const struct node *n)
{
	struct banding *b = NULL;
	const char *text;

	TRY(group_banding(r->plan, r->output, n->key, strlen(n->key), n->key_at, &b, r->err));
	if (n->kind == NODE_SCALAR) {
		TRY(node_text(r->plan, n, n->key, &text, r->err));
		return bins_word(r->plan, &b->bins, text, n->at, r->err);
	}
	TRY(node_filled(r->plan, n, NODE_LIST, n->key, r->err));
	for (size_t i = 0; i < n->n_items; i++) {
		const struct node *edge = &n->items[i];

		TRY(node_text(r->plan, edge, n->key, &text, r->err));
		if (edge->quoted)
			return plan_fail(r->plan, r->err, edge->at,
			                 "a band begins at a whole number: without quotes");
		TRY(bins_edge(r->plan, &b->bins, text, edge->at, r->err));
	}
	return SLUICE_OK;
}

static enum sluice_status read_bins(const struct reading *r, const struct node *n)
{
	TRY(node_filled(r->plan, n, NODE_MAP, n->key, r->err));
	for (size_t i = 0; i < n->n_items; i++)
		TRY(read_banding(r, &n->items[i]));
	return SLUICE_OK;
}

static enum sluice_status read_noise(const struct reading *r, const struct node *n)
{
	return read_perturb(r->plan, r->output, n, r->err);
}

/* ---- the map ------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum sluice_status (*read)(const struct reading *r, const struct node *n);
} keys[] = {
	{ "by", read_by },         { "bins", read_bins },
	{ "rows", read_rows },     { "persons", read_persons },
	{ "sum", read_sum },       { "mean", read_mean },
	{ "totals", read_totals }, { "totals_from", read_totals_from },
	{ "perturb", read_noise },
};

#define N_KEYS (sizeof(keys) / sizeof(*keys))

/* What others offer, and what would hand out the value of one patient. */
static bool describes_one(const char *key)
{
	static const char *const words[] = { "min",  "max",      "minimum",    "maximum",
		                             "mode", "median",   "quantile",   "quantiles",
		                             "any",  "quartile", "percentile", "percentiles",
		                             "last", "first",    "quartiles",  "range",
		                             "list", "values",   "nth",        "any_value" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(key, words[i]))
			return true;
	return false;
}

static enum sluice_status unknown_key(const struct reading *r, const struct node *n)
{
	struct suggestion near = { 0 };
	char shown[72], hint[SUGGESTION_TEXT];

	printable(shown, n->key, strlen(n->key));
	if (describes_one(n->key))
		return plan_fail(
			r->plan, r->err, n->key_at,
			"'group' has no '%s', on purpose: it is the value of one patient or of "
			"a few, which no threshold on counts protects",
			shown);
	for (size_t i = 0; i < N_KEYS; i++)
		suggest(&near, n->key, keys[i].name);
	return plan_fail(r->plan, r->err, n->key_at, "'group' has no '%s'%s", shown,
	                 suggestion_text(&near, hint));
}

enum sluice_status read_grouping(const struct sluice_plan *plan, struct output *o,
                                 const struct node *map, struct sluice_error *err)
{
	const struct reading r = { plan, o, err };

	TRY(node_filled(plan, map, NODE_MAP, map->key, err));
	o->group.at = map->key_at;
	for (size_t i = 0; i < map->n_items; i++) {
		const struct node *n = &map->items[i];
		size_t k = 0;

		while (k < N_KEYS && strcmp(keys[k].name, n->key) != 0)
			k++;
		if (k == N_KEYS)
			return unknown_key(&r, n);
		TRY(keys[k].read(&r, n));
	}
	if (o->group.n_by)
		return SLUICE_OK;
	return plan_fail(plan, err, map->key_at,
	                 "'group' lacks 'by', the columns whose values make a group");
}
