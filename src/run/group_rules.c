/*
 * group_rules.c - how each column that a grouping makes is released
 */
#include "run/job.h"

#include <stdlib.h>

/* A sum that must go can only go where something is put in its place. */
static enum sluice_status refuse_bare(const struct group_job *g, const struct job *j,
                                      uint32_t col, const struct line_column *c,
                                      struct sluice_error *err)
{
	const struct grouped_column *made = &g->line.spec.columns[col];

	if (!made->people || !g->line.spec.persons[made->people - 1].dominance ||
	    g->released[col] || !c->out)
		return SLUICE_OK;
	return plan_fail(
		j->chain.plan, err, j->chain.output->group.at,
		"'%s' has contributors, so it may have to be redacted: its rule can be "
		"'count', 'redact' or 'round'",
		made->name);
}

enum sluice_status group_job_rules(struct group_job *g, const struct job *j,
                                   struct sluice_error *err)
{
	const struct output *o = j->chain.output;
	const uint32_t n = g->line.spec.n_columns;

	g->released = calloc(n, sizeof(*g->released));
	g->thresholds = calloc(n, sizeof(*g->thresholds));
	if (!g->released || !g->thresholds)
		return fail_memory(err);
	for (uint32_t col = 0; col < n; col++) {
		const struct line_column *c = &j->chain.line.columns[col];
		const struct rule *rule = c->rule;

		if (rule && rule->type->releases)
			g->released[col] = &rule->settings;
		/* Rounding alone has no threshold for counts; contributors are counted all the same. */
		g->thresholds[col] = rule && rule->type->takes & SET_THRESHOLD
		                             ? rule->settings.threshold
		                             : o->settings.threshold;
		TRY(refuse_bare(g, j, col, c, err));
	}
	return noise_open(&g->noise, &o->group.perturb, &g->line.spec.noise, err);
}
