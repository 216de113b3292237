/*
 * resolve.c - from what was said to what is meant, and whether it may be
 *
 * The last step of both ways to make a plan: settings are settled (policy, then the
 * plan's changes to it, then a rule's own words), and what no single word could show
 * to be wrong is refused.
 */
#include "plan/resolve.h"
#include "column/protect.h"
#include "plan/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By type in the order of the table, so that a plan and its dump are in the same order. */
static enum sluice_status sort_rules(struct output *o, struct sluice_error *err)
{
	struct rule *sorted;
	size_t n = 0;

	if (!o->n_rules)
		return SLUICE_OK;
	sorted = array_new(o->n_rules, sizeof(*sorted));
	if (!sorted)
		return fail_memory(err);
	for (size_t t = 0; column_rules[t]; t++)
		for (size_t i = 0; i < o->n_rules; i++)
			if (o->rules[i].type == column_rules[t])
				sorted[n++] = o->rules[i];
	free(o->rules);
	o->rules = sorted;
	return SLUICE_OK;
}

/* The smallest larger threshold that goes with the rounding. */
static int64_t safe_threshold(const struct settings *s)
{
	int64_t t = s->threshold;

	while (round_count(t + 1, s) <= t)
		t++;
	return t;
}

/*
 * A count above the threshold that is printed as a number at or below it can only be
 * one of the few between: threshold 5 and rounding to 5 print 6 and 7 as 5.  Rounding
 * is monotone, so the count just above the threshold shows it.
 */
static enum sluice_status refuse_leak(const struct sluice_plan *plan, const struct settings *s,
                                      struct place at, struct sluice_error *err)
{
	int64_t shown;

	if (s->threshold == NO_THRESHOLD || s->round_to == 1)
		return SLUICE_OK;
	shown = round_count(s->threshold + 1, s);
	if (shown > s->threshold)
		return SLUICE_OK;
	return plan_fail(
		plan, err, at,
		"threshold %lld and rounding to %s %u print %lld as %lld, which can only "
		"be a count just above the threshold: take threshold %lld, or round in "
		"another way",
		(long long)s->threshold, rounding_name(s->rounding), s->round_to,
		(long long)s->threshold + 1, (long long)shown, (long long)safe_threshold(s));
}

/* Fail closed: who says 'round' and gets the column as it is, has lost a word somewhere. */
static enum sluice_status refuse_void(const struct sluice_plan *plan, const struct rule *r,
                                      struct sluice_error *err)
{
	if (!(r->type->takes & (SET_THRESHOLD | SET_ROUND_TO)) ||
	    r->settings.threshold != NO_THRESHOLD || r->settings.round_to != 1)
		return SLUICE_OK;
	return plan_fail(
		plan, err, r->at,
		"'%s' would change nothing: there is no %s; to pass a column unchanged, "
		"say 'keep'",
		r->type->name,
		!(r->type->takes & SET_THRESHOLD)  ? "rounding"
		: !(r->type->takes & SET_ROUND_TO) ? "threshold"
						   : "threshold and no rounding");
}

enum sluice_status resolve_rule(const struct sluice_plan *plan, const struct output *o,
                                struct rule *r, struct sluice_error *err)
{
	const unsigned of_policy = SET_THRESHOLD | SET_ROUND_TO | SET_ROUNDING;

	r->settings = o->settings;
	settings_apply(&r->settings, &r->given);
	if (!(r->type->takes & SET_THRESHOLD))
		r->settings.threshold = NO_THRESHOLD;
	if (!(r->type->takes & SET_ROUND_TO))
		r->settings.round_to = 1;
	/* What has noise may be released as it is, unless a rule says otherwise. */
	if (!o->group.perturb.table || r != &o->group.sum_rule)
		TRY(refuse_void(plan, r, err));
	return refuse_leak(plan, &r->settings,
	                   r->given.set & of_policy ? r->at : o->said.policy, err);
}

static enum sluice_status resolve_settings(const struct sluice_plan *plan, struct output *o,
                                           struct sluice_error *err)
{
	const unsigned set = o->given.set;

	o->settings = o->policy->settings;
	settings_apply(&o->settings, &o->given);
	if (!o->crlf_given)
		o->dialect.crlf = o->policy->crlf;
	if ((set & SET_ROUNDING) && !(set & SET_ROUND_TO) && o->settings.round_to == 1)
		return plan_fail(
			plan, err, o->said.policy,
			"'rounding' says how, but policy %s does not round: say 'round_to', "
			"too",
			o->policy->name);
	return SLUICE_OK;
}

static enum sluice_status resolve_suffix(const struct sluice_plan *plan, struct output *o,
                                         struct sluice_error *err)
{
	if (!o->said.own_suffix)
		return SLUICE_OK;
	if (!o->policy->suffix)
		return plan_fail(plan, err, o->said.policy,
		                 "policy %s has no suffix of its own: say which",
		                 o->policy->name);
	free(o->suffix);
	o->suffix = text_copy(o->policy->suffix, strlen(o->policy->suffix));
	return o->suffix ? SLUICE_OK : fail_memory(err);
}

/* A column as a rule names it. */
struct mention {
	enum select_kind kind;
	const char *text; /* "" for a position */
	uint32_t position;
	const struct rule *rule;
	struct place at;
};

static int by_column(const void *left, const void *right)
{
	const struct mention *a = left, *b = right;
	const int order = strcmp(a->text, b->text);

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->position != b->position)
		return a->position < b->position ? -1 : 1;
	if (order)
		return order;
	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	return (a->at.column > b->at.column) - (a->at.column < b->at.column);
}

static size_t list_mentions(const struct output *o, struct mention *list)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_rules; i++) {
		const struct rule *r = &o->rules[i];

		if (r->name) { /* makes this one; its columns are only read */
			list[n++] = (struct mention){ SELECT_NAME, r->name, 0, r, r->at };
			continue;
		}
		for (size_t j = 0; j < r->n_columns; j++) {
			const struct selector *s = &r->columns[j];

			list[n++] = (struct mention){ s->kind, s->text ? s->text : "",
				                      s->position, r, s->at };
		}
	}
	return n;
}

/* Both name the same column, and it makes a difference which of them holds. */
static bool quarrel(const struct mention *a, const struct mention *b)
{
	const struct column_rule *type = a->rule->type;

	if (a->kind != b->kind || a->position != b->position || strcmp(a->text, b->text) != 0)
		return false;
	if (a->rule == b->rule)
		return false;
	return type != b->rule->type || type->shape != SHAPE_COLUMNS || type->takes;
}

/* Two rules that name a column in the same words; what globs meet is found with the header. */
static enum sluice_status refuse_double(const struct sluice_plan *plan, const struct output *o,
                                        struct sluice_error *err)
{
	size_t n = 1;
	struct mention *list;
	enum sluice_status status = SLUICE_OK;
	char shown[72], position[16];

	for (size_t i = 0; i < o->n_rules; i++)
		n += o->rules[i].n_columns + 1;
	list = malloc(n * sizeof(*list));
	if (!list)
		return fail_memory(err);
	n = list_mentions(o, list);
	qsort(list, n, sizeof(*list), by_column);
	for (size_t i = 1; i < n && status == SLUICE_OK; i++) {
		const struct mention *m = &list[i];

		if (!quarrel(m - 1, m))
			continue;
		snprintf(position, sizeof(position), "#%u", m->position);
		status = plan_fail(
			plan, err, m->at, "'%s' is named by two rules: '%s' and '%s'",
			m->position ? position : printable(shown, m->text, strlen(m->text)),
			m[-1].rule->type->name, m->rule->type->name);
	}
	free(list);
	return status;
}

/* Fail closed: a plan that says nothing is a slip, and "keep all" must be said. */
static enum sluice_status refuse_silence(const struct sluice_plan *plan, const struct output *o,
                                         struct sluice_error *err)
{
	if (o->n_rules || o->group.n_by || o->group.n_aggregates ||
	    (o->said.other && o->other != OTHER_REFUSE) ||
	    (o->n_where && o->other != OTHER_REFUSE))
		return SLUICE_OK;
	return plan_fail(plan, err, o->at,
	                 o->at.line ? "no rule: say what happens to the columns, as in 'drop', "
	                              "'keep' or 'count'"
	                            : "no rule: say what happens to the columns, as in --drop, "
	                              "--keep or --count");
}

enum sluice_status plan_resolve(struct sluice_plan *plan, struct sluice_error *err)
{
	for (size_t i = 0; i < plan->n_outputs; i++) {
		struct output *o = &plan->outputs[i];

		TRY(refuse_silence(plan, o, err));
		TRY(resolve_settings(plan, o, err));
		TRY(resolve_suffix(plan, o, err));
		TRY(sort_rules(o, err));
		for (size_t r = 0; r < o->n_rules; r++)
			TRY(resolve_rule(plan, o, &o->rules[r], err));
		TRY(resolve_protect(plan, o, err));
		TRY(resolve_group(plan, o, err));
		TRY(refuse_double(plan, o, err));
	}
	TRY(plan_digest(plan, plan->hash, err));
	plan->finished = true;
	return SLUICE_OK;
}
