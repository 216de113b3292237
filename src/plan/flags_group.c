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

/* NAME=what: the sum of that name, and what is said of it. */
static enum sluice_status find_sum(const struct adding *a, const char *form,
                                   struct aggregate **sum, const char **what)
{
	const struct grouping *g = &a->output->group;
	const char *equals = strchr(a->argument, '=');
	char shown[72];
	size_t len;

	if (!equals || equals == a->argument || !equals[1])
		return refuse_form(a, form);
	len = (size_t)(equals - a->argument);
	*what = equals + 1;
	for (size_t i = 0; i < g->n_aggregates; i++) {
		*sum = &g->aggregates[i];
		if ((*sum)->kind == AGGREGATE_SUM && strlen((*sum)->name) == len &&
		    !memcmp((*sum)->name, a->argument, len))
			return SLUICE_OK;
	}
	return plan_fail(a->plan, a->err, nowhere,
	                 "--%s speaks of '%s', and there is no sum of that name", a->flag,
	                 printable(shown, a->argument, len));
}

static enum sluice_status add_contributor(const struct adding *a)
{
	struct aggregate *sum = NULL;
	const char *column = NULL;

	TRY(find_sum(a, "NAME=COL", &sum, &column));
	return sum_contributor(a->plan, sum, column, nowhere, a->err);
}

static enum sluice_status add_dominance(const struct adding *a)
{
	struct aggregate *sum = NULL;
	const char *what = NULL, *comma;
	char n[8];

	TRY(find_sum(a, "NAME=N,K", &sum, &what));
	comma = strchr(what, ',');
	if (!comma || (size_t)(comma - what) >= sizeof(n))
		return refuse_form(a, "NAME=N,K");
	snprintf(n, sizeof(n), "%.*s", (int)(comma - what), what);
	return sum_dominance(a->plan, sum, n, comma + 1, nowhere, a->err);
}

static enum sluice_status add_p_percent(const struct adding *a)
{
	struct aggregate *sum = NULL;
	const char *p = NULL;

	TRY(find_sum(a, "NAME=P", &sum, &p));
	if (sum->dominance.p)
		return plan_fail(a->plan, a->err, nowhere, "a sum has one 'p_percent'");
	return sum_p_percent(a->plan, sum, p, nowhere, a->err);
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
	{ .name = "group-by", .add = add_by },
	{ .name = "rows", .add = add_rows },
	{ .name = "persons", .repeats = true, .add = add_persons },
	{ .name = "sum", .repeats = true, .add = add_sum },
	{ .name = "mean", .repeats = true, .add = add_mean },
	{ .name = "bins", .repeats = true, .add = add_bins },
	{ .name = "totals", .add = add_totals },
	{ .name = "totals-from", .add = add_totals_from },
	{ .name = "contributor", .repeats = true, .add = add_contributor, .late = true },
	{ .name = "dominance", .repeats = true, .add = add_dominance, .late = true },
	{ .name = "p-percent", .repeats = true, .add = add_p_percent, .late = true },
	{ 0 },
};
