/*
 * flags_group.c - the flags of grouping
 */
#include "plan/flags.h"

#include <stdio.h>
#include <string.h>

static enum sluice_status refuse_form(const struct adding *a, const char *form)
{
	return plan_fail(a->plan, a->err, nowhere, "--%s wants %s", a->flag, form);
}

/* Groups other than those of the plan below would be other tables than it was read for. */
static enum sluice_status add_by(const struct adding *a)
{
	struct grouping *g = &a->output->group;

	if (a->plan->flags->base_groups)
		return plan_fail(a->plan, a->err, nowhere,
		                 "the plan says what it groups by: --group-by can't change it");
	return flag_names(a, &g->by, &g->n_by, a->argument, strlen(a->argument));
}

static enum sluice_status add_rows(const struct adding *a)
{
	const struct grouping *g = &a->output->group;

	for (size_t i = 0; i < g->n_aggregates; i++)
		if (g->aggregates[i].kind == AGGREGATE_ROWS)
			return plan_fail(
				a->plan, a->err, nowhere,
				"the plan counts rows already: --rows would do so twice");
	return group_aggregate(a->plan, a->output, AGGREGATE_ROWS, a->argument,
	                       strlen(a->argument), nowhere, NULL, a->err);
}

/* NAME=COL; in NAME there is no '=', COL is a selector and may begin with one. */
static enum sluice_status add_aggregate(const struct adding *a, enum aggregate_kind kind)
{
	const char *equals = strchr(a->argument, '=');
	struct aggregate *made = NULL;

	if (!equals || equals == a->argument || !equals[1])
		return refuse_form(a, "NAME=COL");
	TRY(group_aggregate(a->plan, a->output, kind, a->argument,
	                    (size_t)(equals - a->argument), nowhere, &made, a->err));
	return selector_single(&made->column, equals + 1, strlen(equals + 1), a->plan, nowhere,
	                       a->err);
}

static enum sluice_status add_persons(const struct adding *a)
{
	return add_aggregate(a, AGGREGATE_PERSONS);
}

static enum sluice_status add_sum(const struct adding *a)
{
	return add_aggregate(a, AGGREGATE_SUM);
}

static enum sluice_status add_mean(const struct adding *a)
{
	return add_aggregate(a, AGGREGATE_MEAN);
}

static enum sluice_status add_edges(const struct adding *a, struct bins *b, const char *list)
{
	char text[NUMBER_TEXT]; /* longer is no number below 10^15 */

	for (;; list++) {
		const size_t n = strcspn(list, ",");

		snprintf(text, sizeof(text), "%.*s", (int)(n < sizeof(text) ? n : 0), list);
		TRY(bins_edge(a->plan, b, text, nowhere, a->err));
		list += n;
		if (!*list)
			return SLUICE_OK;
	}
}

static enum sluice_status add_bins(const struct adding *a)
{
	const char *equals = strrchr(a->argument, '=');
	struct banding *b = NULL;

	if (!equals || equals == a->argument || !equals[1])
		return refuse_form(a, "COL=0,18,65 or COL=month|quarter|year");
	TRY(group_banding(a->plan, a->output, a->argument, (size_t)(equals - a->argument),
	                  nowhere, &b, a->err));
	if (equals[1] >= '0' && equals[1] <= '9')
		return add_edges(a, &b->bins, equals + 1);
	return bins_word(a->plan, &b->bins, equals + 1, nowhere, a->err);
}

static enum sluice_status add_totals(const struct adding *a)
{
	struct grouping *g = &a->output->group;

	return flag_names(a, &g->totals, &g->n_totals, a->argument, strlen(a->argument));
}

static enum sluice_status add_totals_from(const struct adding *a)
{
	return group_totals_from(a->plan, a->output, a->argument, nowhere, a->err);
}

const struct flag group_flags[] = {
	{ "group-by", false, false, add_by },
	{ "rows", false, false, add_rows },
	{ "persons", true, false, add_persons },
	{ "sum", true, false, add_sum },
	{ "mean", true, false, add_mean },
	{ "bins", true, false, add_bins },
	{ "totals", false, false, add_totals },
	{ "totals-from", false, false, add_totals_from },
	{ 0 },
};
