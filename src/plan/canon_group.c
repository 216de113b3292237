#include "plan/build.h"
#include "plan/canon.h"

#include <stdlib.h>

static json_t *texts_of(const struct selector *list, size_t n)
{
	json_t *texts = json_array();

	for (size_t i = 0; texts && i < n; i++) {
		if (!canon_append(texts, &list[i])) {
			json_decref(texts);
			return NULL;
		}
	}
	return texts;
}

static json_t *text_of(const struct selector *s)
{
	char *text = selector_text(s);
	json_t *value = text ? json_string(text) : NULL;

	free(text);
	return value;
}

static json_t *percent_value(uint32_t parts)
{
	char text[PERCENT_TEXT];

	return json_string(percent_print(text, parts));
}

/* {"k": "85", "n": 1}: percentages as texts, which no reader of JSON rounds. */
static json_t *dominance_value(const struct dominance *d)
{
	json_t *rules = json_array();

	for (uint32_t n = 1; rules && n <= DOMINANCE_LARGEST; n++) {
		for (uint32_t i = 0; i < d->n_rules; i++) {
			if (d->rules[i].n != n)
				continue;
			if (!json_array_append_new(rules,
			                           json_pack("{s:i,s:o}", "n", (int)n, "k",
			                                     percent_value(d->rules[i].k))))
				continue;
			json_decref(rules);
			return NULL;
		}
	}
	return rules;
}

static json_t *contributed_value(const struct aggregate *a)
{
	json_t *map = json_pack("{s:o,s:o}", "column", text_of(&a->column), "contributor",
	                        text_of(&a->contributor));
	const struct dominance *d = &a->dominance;

	if (map && (!d->n_rules || canon_put(map, "dominance", dominance_value(d))) &&
	    (!d->p || canon_put(map, "p_percent", percent_value(d->p))))
		return map;
	json_decref(map);
	return NULL;
}

static json_t *aggregate_value(const struct aggregate *a)
{
	if (a->contributed)
		return contributed_value(a);
	if (a->digits == MEAN_USUAL)
		return text_of(&a->column);
	return json_pack("{s:o,s:i}", "column", text_of(&a->column), "digits", a->digits);
}

/* In the order said: it is that of the columns. */
static bool put_aggregates(json_t *map, const struct grouping *g, enum aggregate_kind kind)
{
	json_t *columns = json_object();
	bool ok = columns != NULL;

	for (size_t i = 0; ok && i < g->n_aggregates; i++)
		if (g->aggregates[i].kind == kind)
			ok = canon_put(columns, g->aggregates[i].name,
			               aggregate_value(&g->aggregates[i]));
	if (ok && json_object_size(columns))
		return canon_put(map, aggregate_name(kind), columns);
	json_decref(columns);
	return ok;
}

static bool put_rows(json_t *map, const struct grouping *g)
{
	for (size_t i = 0; i < g->n_aggregates; i++)
		if (g->aggregates[i].kind == AGGREGATE_ROWS)
			return canon_put(map, "rows", json_string(g->aggregates[i].name));
	return true;
}

static json_t *bins_value(const struct bins *b)
{
	json_t *edges;

	if (b->kind != BINS_NUMBERS)
		return json_string(bins_name(b->kind));
	edges = json_array();
	for (size_t i = 0; edges && i < b->n_edges; i++) {
		if (json_array_append_new(edges, json_integer(b->edges[i]))) {
			json_decref(edges);
			return NULL;
		}
	}
	return edges;
}

static bool put_bandings(json_t *map, const struct grouping *g)
{
	json_t *bins = json_object();
	bool ok = bins != NULL;

	for (size_t i = 0; ok && i < g->n_bandings; i++) {
		char *column = selector_text(&g->bandings[i].column);

		ok = column && canon_put(bins, column, bins_value(&g->bandings[i].bins));
		free(column);
	}
	ok = ok && (!g->n_bandings || canon_put(map, "bins", canon_sorted(bins)));
	json_decref(bins);
	return ok;
}

static bool put_totals(json_t *map, const struct grouping *g)
{
	json_t *texts = texts_of(g->totals, g->n_totals);
	const bool ok = texts && (!g->n_totals || canon_put(map, "totals", canon_list(texts)));

	json_decref(texts);
	return ok && (!g->totals_raw || canon_put(map, "totals_from", json_string("raw")));
}

/* Files by their names: what is in them is not the plan's, and what is in the key nobody's. */
static bool put_perturb(json_t *map, const struct perturbing *p)
{
	json_t *perturb;

	if (!p->table)
		return true;
	perturb = json_object();
	return canon_put(map, "perturb", perturb) &&
	       canon_put(perturb, "table", json_string(p->table)) &&
	       (!p->key || canon_put(perturb, "key", json_string(p->key))) &&
	       (!p->has_by || canon_put(perturb, "by", text_of(&p->by))) &&
	       (!p->has_record_key ||
	        canon_put(perturb, "record_key", text_of(&p->record_key)));
}

bool canon_group(json_t *map, const struct output *o)
{
	const struct grouping *g = &o->group;
	json_t *group;

	if (!g->n_by)
		return true;
	group = json_object();
	return canon_put(map, "group", group) &&
	       canon_put(group, "by", texts_of(g->by, g->n_by)) && put_bandings(group, g) &&
	       put_rows(group, g) && put_aggregates(group, g, AGGREGATE_PERSONS) &&
	       put_aggregates(group, g, AGGREGATE_SUM) &&
	       put_aggregates(group, g, AGGREGATE_MEAN) && put_totals(group, g) &&
	       put_perturb(group, &g->perturb);
}
