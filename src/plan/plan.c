#include "plan/plan.h"

#include "plan/auditing.h"
#include "plan/build.h"
#include "plan/protecting.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum sluice_status plan_fail(const struct sluice_plan *plan, struct sluice_error *err,
                             struct place at, const char *fmt, ...)
{
	char text[sizeof(err->text)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fail_at(err, SLUICE_E_PLAN, at.line, at.column, "%s", text);
	if (at.line)
		fail_source(err, plan->source);
	return SLUICE_E_PLAN;
}

enum sluice_status plan_new(const char *source, struct sluice_plan **plan,
                            struct sluice_error *err)
{
	struct sluice_plan *p = calloc(1, sizeof(*p));

	*plan = NULL;
	if (!p)
		return fail_memory(err);
	p->source = text_copy(source, strlen(source));
	if (!p->source) {
		free(p);
		return fail_memory(err);
	}
	*plan = p;
	return SLUICE_OK;
}

bool sluice_plan_groups(const struct sluice_plan *plan)
{
	for (size_t i = 0; i < plan->n_outputs; i++)
		if (plan->outputs[i].group.n_by)
			return true;
	return false;
}

/* Of one output; *i is what is left to pass over. */
static const char *output_file(const struct output *o, size_t *i)
{
	const struct perturbing *p = &o->group.perturb;
	const char *name;

	if (p->table && (*i)-- == 0)
		return p->table;
	if (p->key && (*i)-- == 0)
		return p->key;
	for (size_t k = 0; (name = protect_file(&o->protect, k)); k++)
		if ((*i)-- == 0)
			return name;
	for (size_t k = 0; (name = auditing_file(&o->audit, k)); k++)
		if ((*i)-- == 0)
			return name;
	return NULL;
}

const char *sluice_plan_file(const struct sluice_plan *plan, size_t i)
{
	const char *name = NULL;

	for (size_t k = 0; k < plan->n_outputs && !name; k++)
		name = output_file(&plan->outputs[k], &i);
	return name;
}

size_t sluice_plan_outputs(const struct sluice_plan *plan)
{
	return plan->n_outputs;
}

static void selectors_free(struct selector *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		selector_free(&list[i]);
	free(list);
}

static void rule_free(struct rule *r)
{
	selectors_free(r->columns, r->n_columns);
	selector_free(&r->count);
	free(r->name);
}

static void condition_free(struct condition *c)
{
	for (size_t i = 0; i < c->n_values; i++)
		free(c->values[i]);
	free(c->values);
	selector_free(&c->column);
}

static void group_free(struct grouping *g)
{
	for (size_t i = 0; i < g->n_aggregates; i++) {
		selector_free(&g->aggregates[i].column);
		selector_free(&g->aggregates[i].contributor);
		free(g->aggregates[i].name);
	}
	free(g->aggregates);
	free(g->perturb.table);
	free(g->perturb.key);
	selector_free(&g->perturb.by);
	selector_free(&g->perturb.record_key);
	for (size_t i = 0; i < g->n_bandings; i++) {
		selector_free(&g->bandings[i].column);
		free(g->bandings[i].bins.edges);
	}
	free(g->bandings);
	selectors_free(g->by, g->n_by);
	selectors_free(g->totals, g->n_totals);
}

static void describe_free(struct describe *d)
{
	for (size_t i = 0; i < d->n_columns; i++) {
		free(d->columns[i].column);
		free(d->columns[i].text);
	}
	free(d->columns);
	free(d->context);
	free(d->population);
}

void output_free(struct output *o)
{
	for (size_t i = 0; i < o->n_rules; i++)
		rule_free(&o->rules[i]);
	free(o->rules);
	for (size_t i = 0; i < o->n_where; i++)
		condition_free(&o->where[i]);
	free(o->where);
	group_free(&o->group);
	protecting_free(&o->protect);
	auditing_free(&o->audit);
	for (size_t i = 0; i < o->dialect.n_missing; i++)
		free(o->dialect.missing[i]);
	free(o->dialect.missing);
	describe_free(&o->describe);
	free(o->name);
	free(o->input);
	free(o->output);
	free(o->suffix);
	*o = (struct output){ 0 };
}

void sluice_plan_free(struct sluice_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->n_outputs; i++)
		output_free(&plan->outputs[i]);
	free(plan->outputs);
	flags_free(plan->flags);
	free(plan->source);
	free(plan);
}
