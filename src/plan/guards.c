/*
 * guards.c - what protects the groups beyond thresholds: contributors, noise
 */
#include "plan/resolve.h"

#include <string.h>

enum sluice_status check_contributors(const struct sluice_plan *plan, const struct output *o,
                                      struct sluice_error *err)
{
	char shown[72];

	for (size_t i = 0; i < o->group.n_aggregates; i++) {
		const struct aggregate *a = &o->group.aggregates[i];
		const bool ruled = a->dominance.n_rules || a->dominance.p;

		printable(shown, a->name, strlen(a->name));
		if (ruled && !a->contributed)
			return plan_fail(
				plan, err, a->at,
				"'%s' has rules on dominance, but no 'contributor': the "
				"column that tells whose a row is",
				shown);
		if (a->contributed && !ruled && o->settings.threshold == NO_THRESHOLD)
			return plan_fail(plan, err, a->at,
			                 "'%s' has a 'contributor', but there is neither a "
			                 "threshold nor 'dominance' nor 'p_percent'",
			                 shown);
	}
	return SLUICE_OK;
}

/* ---- noise --------------------------------------------------------------------------- */

static bool makes(const struct grouping *g, enum aggregate_kind kind)
{
	for (size_t i = 0; i < g->n_aggregates; i++)
		if (g->aggregates[i].kind == kind)
			return true;
	return false;
}

/* A number without noise beside counts, or a total that is the sum of some, would take it off again. */
static enum sluice_status check_beside(const struct sluice_plan *plan, const struct grouping *g,
                                       struct sluice_error *err)
{
	for (size_t i = 0; i < g->n_aggregates; i++) {
		const enum aggregate_kind kind = g->aggregates[i].kind;

		if (kind == AGGREGATE_SUM || kind == AGGREGATE_MEAN)
			return plan_fail(plan, err, g->aggregates[i].at,
			                 "'perturb' is for 'rows' and 'persons': a '%s' beside "
			                 "them would have no noise",
			                 aggregate_name(kind));
	}
	if (g->n_totals && !g->totals_raw)
		return plan_fail(
			plan, err, g->totals[0].at,
			"totals of counts with noise are cells of their own, with noise "
			"of their own: say 'totals_from: raw'");
	return SLUICE_OK;
}

enum sluice_status check_perturb(const struct sluice_plan *plan, const struct grouping *g,
                                 struct sluice_error *err)
{
	const struct perturbing *p = &g->perturb;
	const bool rows = makes(g, AGGREGATE_ROWS), persons = makes(g, AGGREGATE_PERSONS);
	const char *what = NULL;

	if (!p->table)
		return SLUICE_OK;
	if (p->has_by && p->has_record_key)
		what = "record keys are made of the column in 'by', or stand in 'record_key': "
		       "not "
		       "both";
	else if (p->key && p->has_record_key)
		what = "'key' makes record keys, and 'record_key' has them already: one of the "
		       "two";
	else if (p->has_by && !p->key)
		what = "'by' without 'key', the file with the secret: identifiers can be tried "
		       "out";
	else if (persons && !p->key)
		what = "'persons' get noise by a 'key', the file with the secret";
	else if (rows && !p->has_by && !p->has_record_key)
		what = "'rows' get noise by the people in them: say 'by', the column with "
		       "their "
		       "identifiers, or 'record_key', one with record keys";
	else if (!rows && (p->has_by || p->has_record_key))
		what = "'by' and 'record_key' are for 'rows', and there are none";
	if (what)
		return plan_fail(plan, err, p->at, "%s", what);
	return check_beside(plan, g, err);
}
