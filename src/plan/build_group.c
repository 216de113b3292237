/*
 * build_group.c - putting a grouping together, piece by piece
 */
#include "plan/build.h"
#include "plan/setting.h"

#include <string.h>

static const char *const aggregate_names[] = {
	[AGGREGATE_ROWS] = "rows",
	[AGGREGATE_PERSONS] = "persons",
	[AGGREGATE_SUM] = "sum",
	[AGGREGATE_MEAN] = "mean",
};

const char *aggregate_name(enum aggregate_kind kind)
{
	return aggregate_names[kind];
}

enum sluice_status group_aggregate(const struct sluice_plan *plan, struct output *o,
                                   enum aggregate_kind kind, const char *name, size_t len,
                                   struct place at, struct aggregate **made,
                                   struct sluice_error *err)
{
	struct grouping *g = &o->group;
	struct aggregate *a = array_room(g->aggregates, g->n_aggregates, sizeof(*a));

	if (!a)
		return fail_memory(err);
	g->aggregates = a;
	a += g->n_aggregates++;
	*a = (struct aggregate){ .kind = kind, .digits = MEAN_USUAL, .at = at };
	if (!len || !text_is_plain(name, len))
		return plan_fail(plan, err, at, "'%s' makes a column, which needs a name%s",
		                 aggregate_names[kind], len ? " without control bytes" : "");
	a->name = text_copy(name, len);
	if (made)
		*made = a;
	return a->name ? SLUICE_OK : fail_memory(err);
}

/* ---- sums that one may dominate ------------------------------------------------------ */

enum sluice_status sum_contributor(const struct sluice_plan *plan, struct aggregate *a,
                                   const char *text, struct place at, struct sluice_error *err)
{
	if (a->contributed)
		return plan_fail(plan, err, at, "a sum has one column of contributors");
	a->contributed = true;
	return selector_single(&a->contributor, text, strlen(text), plan, at, err);
}

enum sluice_status sum_dominance(const struct sluice_plan *plan, struct aggregate *a,
                                 const char *n, const char *k, struct place at,
                                 struct sluice_error *err)
{
	struct dominance *d = &a->dominance;
	int64_t number;
	uint32_t parts;

	if (!integer_read(n, DOMINANCE_LARGEST, &number) || !number)
		return plan_fail(plan, err, at,
		                 "n of 'dominance' is a number of contributors, from 1 to %d",
		                 DOMINANCE_LARGEST);
	if (!percent_read(k, &parts))
		return plan_fail(plan, err, at,
		                 "k of 'dominance' is a percentage up to 100, as in 85");
	if (d->n_rules == DOMINANCE_RULES)
		return plan_fail(plan, err, at, "more than %d rules of dominance",
		                 DOMINANCE_RULES);
	for (uint32_t i = 0; i < d->n_rules; i++)
		if (d->rules[i].n == number)
			return plan_fail(plan, err, at, "'dominance' has two rules for n %lld",
			                 (long long)number);
	d->rules[d->n_rules++] = (struct dominance_rule){ (uint32_t)number, parts };
	return SLUICE_OK;
}

enum sluice_status sum_p_percent(const struct sluice_plan *plan, struct aggregate *a,
                                 const char *text, struct place at, struct sluice_error *err)
{
	if (!percent_read(text, &a->dominance.p))
		return plan_fail(plan, err, at,
		                 "'p_percent' is a percentage up to 100, as in 10");
	return SLUICE_OK;
}

/* ---- bands --------------------------------------------------------------------------- */

enum sluice_status group_banding(const struct sluice_plan *plan, struct output *o,
                                 const char *column, size_t len, struct place at,
                                 struct banding **made, struct sluice_error *err)
{
	struct grouping *g = &o->group;
	struct banding *b = array_room(g->bandings, g->n_bandings, sizeof(*b));

	if (!b)
		return fail_memory(err);
	g->bandings = b;
	*made = b + g->n_bandings++;
	(*made)->at = at;
	return selector_single(&(*made)->column, column, len, plan, at, err);
}

static const char *const spans[] = {
	[BINS_MONTH] = "month",
	[BINS_QUARTER] = "quarter",
	[BINS_YEAR] = "year",
};

const char *bins_name(enum bins_kind kind)
{
	return spans[kind];
}

enum sluice_status bins_word(const struct sluice_plan *plan, struct bins *b, const char *word,
                             struct place at, struct sluice_error *err)
{
	for (size_t i = BINS_MONTH; i < sizeof(spans) / sizeof(*spans); i++) {
		if (!strcmp(word, spans[i])) {
			b->kind = (enum bins_kind)i;
			return SLUICE_OK;
		}
	}
	return plan_fail(plan, err, at,
	                 "'bins' are month, quarter, year, or the whole numbers at which bands "
	                 "begin, as in 0, 18, 65");
}

enum sluice_status bins_edge(const struct sluice_plan *plan, struct bins *b, const char *text,
                             struct place at, struct sluice_error *err)
{
	int64_t *edges, value;

	if (!integer_read(text, NUMBER_MAX, &value))
		return plan_fail(plan, err, at,
		                 "a band begins at a whole number from 0 to %lld, in digits",
		                 (long long)NUMBER_MAX);
	if (b->n_edges == BINS_EDGES)
		return plan_fail(plan, err, at, "more than %d bands", BINS_EDGES);
	if (b->n_edges && value <= b->edges[b->n_edges - 1])
		return plan_fail(
			plan, err, at,
			"bands must begin at ascending numbers: %lld stands after %lld",
			(long long)value, (long long)b->edges[b->n_edges - 1]);
	edges = array_room(b->edges, b->n_edges, sizeof(*edges));
	if (!edges)
		return fail_memory(err);
	b->edges = edges;
	b->edges[b->n_edges++] = value;
	return SLUICE_OK;
}

enum sluice_status group_totals_from(const struct sluice_plan *plan, struct output *o,
                                     const char *text, struct place at,
                                     struct sluice_error *err)
{
	o->group.totals_raw = !strcmp(text, "raw");
	o->said.totals_from = true;
	if (o->group.totals_raw || !strcmp(text, "released"))
		return SLUICE_OK;
	return plan_fail(plan, err, at, "'totals_from' must be released or raw");
}
