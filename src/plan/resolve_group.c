/*
 * resolve_group.c - whether a grouping may be, and the rules of the columns it makes
 */
#include "plan/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By kind, and within each as said: the order of the columns. */
static enum sluice_status sort_aggregates(struct grouping *g, struct sluice_error *err)
{
	struct aggregate *sorted = array_new(g->n_aggregates, sizeof(*sorted));
	size_t n = 0;

	if (!sorted)
		return fail_memory(err);
	for (int kind = AGGREGATE_ROWS; kind <= AGGREGATE_MEAN; kind++)
		for (size_t i = 0; i < g->n_aggregates; i++)
			if ((int)g->aggregates[i].kind == kind)
				sorted[n++] = g->aggregates[i];
	free(g->aggregates);
	g->aggregates = sorted;
	return SLUICE_OK;
}

/* Flags that speak of a grouping where there is none; a plan's map always has 'by'. */
static enum sluice_status refuse_loose(const struct sluice_plan *plan, const struct output *o,
                                       struct sluice_error *err)
{
	const struct grouping *g = &o->group;
	const char *what = g->n_aggregates       ? aggregate_name(g->aggregates[0].kind)
	                   : g->n_bandings       ? "bins"
	                   : g->n_totals         ? "totals"
	                   : o->said.totals_from ? "totals-from"
	                                         : NULL;

	if (!what)
		return SLUICE_OK;
	return plan_fail(plan, err, (struct place){ 0, 0 },
	                 "--%s is for groups: say --group-by, too", what);
}

/* ---- names --------------------------------------------------------------------------- */

/* A name in the grouped table. */
struct made {
	const char *text;
	const char *after; /* "_n", the number of a mean's values, or "" */
	struct place at;
};

static int by_name(const void *left, const void *right)
{
	const struct made *a = left, *b = right;
	const char *x = a->text, *y = b->text;
	bool x_after = false, y_after = false;

	for (;; x++, y++) { /* text and what is after it, as one */
		if (!*x && !x_after) {
			x = a->after;
			x_after = true;
		}
		if (!*y && !y_after) {
			y = b->after;
			y_after = true;
		}
		if (*x != *y)
			return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
		if (!*x)
			break;
	}
	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	return (a->at.column > b->at.column) - (a->at.column < b->at.column);
}

static bool same_name(const struct made *a, const struct made *b)
{
	struct made x = *a, y = *b;

	x.at = y.at;
	return by_name(&x, &y) == 0;
}

static size_t list_names(const struct grouping *g, struct made *list)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n_by; i++)
		if (g->by[i].kind == SELECT_NAME)
			list[n++] = (struct made){ g->by[i].text, "", g->by[i].at };
	for (size_t i = 0; i < g->n_aggregates; i++) {
		const struct aggregate *a = &g->aggregates[i];

		list[n++] = (struct made){ a->name, "", a->at };
		if (a->kind == AGGREGATE_MEAN)
			list[n++] = (struct made){ a->name, "_n", a->at };
	}
	return n;
}

/* What globs and positions in 'by' come to is found with the header. */
static enum sluice_status refuse_twice(const struct sluice_plan *plan, const struct grouping *g,
                                       struct sluice_error *err)
{
	struct made *list = malloc((g->n_by + 2 * g->n_aggregates + 1) * sizeof(*list));
	enum sluice_status status = SLUICE_OK;
	char shown[72];
	size_t n;

	if (!list)
		return fail_memory(err);
	n = list_names(g, list);
	qsort(list, n, sizeof(*list), by_name);
	for (size_t i = 1; i < n && status == SLUICE_OK; i++)
		if (same_name(&list[i - 1], &list[i]))
			status = plan_fail(
				plan, err, list[i].at,
				"the grouped table would have two columns '%s%s'%s",
				printable(shown, list[i].text, strlen(list[i].text)),
				list[i].after,
				*list[i].after || *list[i - 1].after
					? ": a mean makes NAME_n, too, the number of its values"
					: "");
	free(list);
	return status;
}

/* ---- bins and totals ----------------------------------------------------------------- */

/* A column that nothing in 'by' can mean; what can't be known yet is left to the header. */
static enum sluice_status refuse_stray(const struct sluice_plan *plan, const struct grouping *g,
                                       const struct selector *s, const char *what,
                                       struct sluice_error *err)
{
	char shown[72], *said;

	for (size_t i = 0; i < g->n_by; i++)
		if (selectors_may_meet(&g->by[i], s))
			return SLUICE_OK;
	said = selector_text(s);
	if (!said)
		return fail_memory(err);
	printable(shown, said, strlen(said));
	free(said);
	return plan_fail(plan, err, s->at,
	                 "'%s' of '%s', which is not among the columns in 'by'", what, shown);
}

static enum sluice_status check_bandings(const struct sluice_plan *plan,
                                         const struct grouping *g, struct sluice_error *err)
{
	for (size_t i = 0; i < g->n_bandings; i++) {
		const struct selector *s = &g->bandings[i].column;

		TRY(refuse_stray(plan, g, s, "bins", err));
		for (size_t j = 0; j < i; j++)
			if (g->bandings[j].column.kind == s->kind &&
			    selectors_may_meet(&g->bandings[j].column, s))
				return plan_fail(plan, err, s->at,
				                 "a column has two 'bins', where it can have "
				                 "one");
	}
	return SLUICE_OK;
}

/* How raw totals are asked for, where the plan speaks or the command line. */
static const char *raw_words(struct place at)
{
	return at.line ? "totals_from: raw" : "--totals-from raw";
}

static bool rounds_to_midpoints(const struct rule *r)
{
	return (r->type->takes & SET_ROUND_TO) && r->settings.round_to != 1 &&
	       r->settings.rounding == ROUND_MIDPOINT;
}

static enum sluice_status check_midpoints(const struct sluice_plan *plan,
                                          const struct output *o, struct place at,
                                          struct sluice_error *err)
{
	bool any = rounds_to_midpoints(&o->group.sum_rule);

	for (size_t i = 0; i < o->n_rules; i++)
		any = any || rounds_to_midpoints(&o->rules[i]);
	if (!any)
		return SLUICE_OK;
	return plan_fail(
		plan, err, at,
		"no total can be the sum of midpoints: it would be none itself, and be "
		"off by ever more; leave 'totals' out, or say '%s', which counts and "
		"rounds each total as a cell of its own",
		raw_words(at));
}

/* Released counts can be added; not persons, who may be in several groups, nor means. */
static enum sluice_status check_totals(const struct sluice_plan *plan, const struct output *o,
                                       struct sluice_error *err)
{
	const struct grouping *g = &o->group;
	struct place at;
	char shown[72];

	if (!g->n_totals && o->said.totals_from)
		return plan_fail(plan, err, g->at,
		                 g->at.line ? "'totals_from' without 'totals', the columns"
		                            : "--totals-from without --totals, the columns");
	for (size_t i = 0; i < g->n_totals; i++)
		TRY(refuse_stray(plan, g, &g->totals[i], "totals", err));
	if (!g->n_totals || g->totals_raw)
		return SLUICE_OK;
	at = g->totals[0].at;
	for (size_t i = 0; i < g->n_aggregates; i++) {
		const struct aggregate *a = &g->aggregates[i];

		printable(shown, a->name, strlen(a->name));
		if (a->kind == AGGREGATE_PERSONS)
			return plan_fail(plan, err, at,
			                 "no total of '%s' can be made of released counts: a "
			                 "person in two "
			                 "groups would count twice; leave 'totals' out, or say "
			                 "'%s', which "
			                 "counts the persons of each total",
			                 shown, raw_words(at));
		if (a->kind == AGGREGATE_MEAN)
			return plan_fail(plan, err, at,
			                 "no total of '%s' can be made of released means; "
			                 "leave 'totals' "
			                 "out, or say '%s', which takes the mean of each total",
			                 shown, raw_words(at));
	}
	return check_midpoints(plan, o, at, err);
}

/* ---- rules --------------------------------------------------------------------------- */

static enum sluice_status settle_rule(const struct sluice_plan *plan, const struct output *o,
                                      struct rule *r, const char *type,
                                      struct sluice_error *err)
{
	*r = (struct rule){ .type = column_rule_find(type), .at = o->group.at };
	return resolve_rule(plan, o, r, err);
}

/* As for a rule that would change nothing, but nobody wrote 'count' here. */
static enum sluice_status check_policy(const struct sluice_plan *plan, const struct output *o,
                                       struct sluice_error *err)
{
	if (o->settings.threshold != NO_THRESHOLD || o->settings.round_to != 1 ||
	    o->group.perturb.table)
		return SLUICE_OK;
	return plan_fail(plan, err, o->group.at,
	                 "the counts of groups would be released as they are: there is no "
	                 "threshold and no rounding");
}

/* A mean of a few is theirs: only a count that may be redacted can hide it. */
static enum sluice_status check_means(const struct sluice_plan *plan, const struct output *o,
                                      struct sluice_error *err)
{
	const struct grouping *g = &o->group;
	char shown[72];

	if (g->sum_rule.settings.threshold != NO_THRESHOLD)
		return SLUICE_OK;
	for (size_t i = 0; i < g->n_aggregates; i++)
		if (g->aggregates[i].kind == AGGREGATE_MEAN)
			return plan_fail(
				plan, err, g->aggregates[i].at,
				"policy %s redacts no count, so nothing would hide '%s' "
				"of a few patients: take a policy with a threshold",
				o->policy->name,
				printable(shown, g->aggregates[i].name,
			                  strlen(g->aggregates[i].name)));
	return SLUICE_OK;
}

enum sluice_status resolve_group(const struct sluice_plan *plan, struct output *o,
                                 struct sluice_error *err)
{
	struct grouping *g = &o->group;

	if (!g->n_by)
		return refuse_loose(plan, o, err);
	if (!g->n_aggregates)
		return plan_fail(plan, err, g->at,
		                 g->at.line ? "the groups are not counted: say 'rows', "
		                              "'persons', 'sum' or 'mean'"
		                            : "the groups are not counted: say --rows, "
		                              "--persons, --sum or --mean");
	TRY(sort_aggregates(g, err));
	TRY(refuse_twice(plan, g, err));
	TRY(check_contributors(plan, o, err));
	TRY(check_perturb(plan, g, err));
	TRY(check_bandings(plan, g, err));
	TRY(settle_rule(plan, o, &g->by_rule, "keep", err));
	TRY(check_policy(plan, o, err));
	TRY(settle_rule(plan, o, &g->sum_rule, "count", err));
	TRY(settle_rule(plan, o, &g->mean_rule, "blank", err));
	TRY(check_means(plan, o, err));
	return check_totals(plan, o, err);
}
