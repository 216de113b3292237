/*
 * flags.c - a plan from flags, one by one, as a command line gives them
 *
 * Rules and conditions go straight into the plan's one output.  Settings wait until
 * the end, since the order of the flags must not matter and a --policy among them
 * takes the place of the base's.
 */
#include "plan/flags.h"

#include "csv/strict.h"
#include "plan/suggest.h"

#include <stdlib.h>
#include <string.h>

static enum sluice_status add_where(const struct adding *a)
{
	const char *equals = strchr(a->argument, '=');
	const bool negated = equals && equals > a->argument && equals[-1] == '!';
	size_t len = equals ? (size_t)(equals - a->argument) : 0;
	struct condition *c;

	len -= negated;
	if (!len)
		return plan_fail(
			a->plan, a->err, nowhere,
			"--where wants COL=V[,V...] or COL!=V[,V...]; what it cannot say "
			"can be said in a plan");
	TRY(output_condition(a->plan, a->output, a->argument, len, nowhere, &c, a->err));
	c->negated = negated;
	for (const char *value = equals + 1;; value++) {
		const size_t n = strcspn(value, ",");

		TRY(condition_value(c, value, n, a->err));
		value += n;
		if (!*value)
			return SLUICE_OK;
	}
}

static enum sluice_status add_policy(const struct adding *a)
{
	a->plan->flags->policy = true;
	return output_policy(a->plan, a->output, a->argument, nowhere, a->err);
}

static enum sluice_status add_other(const struct adding *a)
{
	return output_other(a->plan, a->output, a->argument, nowhere, a->err);
}

static enum sluice_status add_delimiter(const struct adding *a)
{
	return output_delimiter(a->plan, a->output, a->argument, nowhere, a->err);
}

static enum sluice_status add_missing(const struct adding *a)
{
	return output_missing(a->plan, a->output, a->argument, nowhere, a->err);
}

static enum sluice_status add_suffix(const struct adding *a)
{
	return output_suffix(a->plan, a->output, *a->argument ? a->argument : NULL, nowhere,
	                     a->err);
}

static enum sluice_status add_crlf(const struct adding *a)
{
	if (*a->argument)
		return plan_fail(a->plan, a->err, nowhere, "--crlf takes no argument");
	a->output->dialect.crlf = true;
	a->output->crlf_given = true;
	return SLUICE_OK;
}

static const struct flag table[] = {
	{ .name = "where", .repeats = true, .add = add_where },
	{ .name = "policy", .add = add_policy },
	{ .name = "other", .add = add_other },
	{ .name = "delimiter", .add = add_delimiter },
	{ .name = "missing", .repeats = true, .add = add_missing },
	{ .name = "suffix", .bare = true, .add = add_suffix },
	{ .name = "crlf", .repeats = true, .bare = true, .add = add_crlf },
	{ 0 },
};

/* The i-th flag that is no rule and no setting; NULL past the last. */
static const struct flag *other_at(size_t i)
{
	const struct flag *const tables[] = { table, group_flags, protect_flags };

	for (size_t k = 0; k < 3; k++)
		for (const struct flag *f = tables[k]; f->name; f++)
			if (i-- == 0)
				return f;
	return NULL;
}

enum sluice_status flag_names(const struct adding *a, struct selector **names, size_t *n_names,
                              const char *list, size_t len)
{
	size_t n;

	if (len && *list == '=')
		return selectors_add(names, n_names, list, len, a->plan, nowhere, a->err);
	for (size_t at = 0; at <= len; at += n + 1) {
		const char *comma = memchr(list + at, ',', len - at);

		n = comma ? (size_t)(comma - (list + at)) : len - at;
		TRY(selectors_add(names, n_names, list + at, n, a->plan, nowhere, a->err));
	}
	return SLUICE_OK;
}

static enum sluice_status add_columns(const struct adding *a, struct rule *r)
{
	return flag_names(a, &r->columns, &r->n_columns, a->argument, strlen(a->argument));
}

static enum sluice_status refuse_form(const struct adding *a, const struct rule *r,
                                      const char *why)
{
	return plan_fail(a->plan, a->err, nowhere, "--%s wants %s%s", a->flag,
	                 r->type->argument, why);
}

static enum sluice_status add_fraction(const struct adding *a, struct rule *r)
{
	const char *equals = strchr(a->argument, '=');
	const char *parts = equals ? equals + 1 : NULL;
	const char *slash = parts ? strchr(parts, '/') : NULL;

	if (!slash || equals == a->argument)
		return refuse_form(a, r, "");
	if (strchr(slash + 1, '/'))
		return refuse_form(a, r, "; names with '/' in them can be said in a plan");
	TRY(rule_name(a->plan, r, a->argument, (size_t)(equals - a->argument), nowhere,
	              a->err));
	TRY(rule_part(a->plan, r, parts, (size_t)(slash - parts), nowhere, a->err));
	return rule_part(a->plan, r, slash + 1, strlen(slash + 1), nowhere, a->err);
}

static enum sluice_status add_statistics(const struct adding *a, struct rule *r)
{
	const char *equals = strrchr(a->argument, '=');

	if (!equals || equals == a->argument || !equals[1])
		return refuse_form(a, r, "");
	TRY(selector_single(&r->count, equals + 1, strlen(equals + 1), a->plan, nowhere,
	                    a->err));
	return flag_names(a, &r->columns, &r->n_columns, a->argument,
	                  (size_t)(equals - a->argument));
}

static enum sluice_status add_rule(const struct adding *a, const struct column_rule *type)
{
	static enum sluice_status (*const shapes[])(const struct adding *a, struct rule *r) = {
		[SHAPE_COLUMNS] = add_columns,
		[SHAPE_FRACTION] = add_fraction,
		[SHAPE_STATISTICS] = add_statistics,
	};
	struct rule *r;

	TRY(output_rule(a->output, type, nowhere, &r, a->err));
	return shapes[type->shape](a, r);
}

static enum sluice_status add_setting(const struct adding *a, const struct setting *t)
{
	if (setting_give(t, &a->plan->flags->given, a->argument))
		return SLUICE_OK;
	return plan_fail(a->plan, a->err, nowhere, "--%s must be %s", t->flag, t->expects);
}

/* Once only, or again with the same words. */
static enum sluice_status note_once(const struct adding *a, bool *again)
{
	struct flags *f = a->plan->flags;
	const size_t len = strlen(a->flag);
	struct buf text = { 0 };
	char **said;

	*again = false;
	for (size_t i = 0; i < f->n_said; i++) {
		if (strncmp(f->said[i], a->flag, len) != 0 || f->said[i][len] != '=')
			continue;
		*again = true;
		if (!strcmp(f->said[i] + len + 1, a->argument))
			return SLUICE_OK;
		return plan_fail(a->plan, a->err, nowhere, "--%s is given twice", a->flag);
	}
	said = array_room(f->said, f->n_said, sizeof(*said));
	if (!said)
		return fail_memory(a->err);
	f->said = said;
	TRY(buf_addf(&text, a->err, "%s=%s", a->flag, a->argument));
	said[f->n_said++] = (char *)text.data; /* buf_addf() ends it with a NUL */
	return SLUICE_OK;
}

static enum sluice_status unknown_flag(const struct adding *a)
{
	struct suggestion near = { 0 };
	char shown[72], hint[SUGGESTION_TEXT];

	for (size_t i = 0; column_rules[i]; i++)
		suggest(&near, a->flag, column_rules[i]->name);
	for (size_t i = 0; setting_at(i); i++)
		suggest(&near, a->flag, setting_at(i)->flag);
	for (size_t i = 0; other_at(i); i++)
		suggest(&near, a->flag, other_at(i)->name);
	return plan_fail(a->plan, a->err, nowhere, "no rule is named '%s'%s",
	                 printable(shown, a->flag, strlen(a->flag)),
	                 suggestion_text(&near, hint));
}

static enum sluice_status add_flag(struct sluice_plan *plan, const char *flag,
                                   const char *argument, struct sluice_error *err)
{
	const struct column_rule *rule = column_rule_find(flag);
	const struct setting *setting = setting_by_flag(flag);
	const struct flag *other;
	struct adding a = { plan, plan->outputs, flag, argument ? argument : "", err };
	bool again;

	for (size_t i = 0; (other = other_at(i)) && strcmp(other->name, flag) != 0; i++)
		;
	if (!rule && !setting && !other)
		return unknown_flag(&a);
	if (!argument && !(other && other->bare))
		return plan_fail(plan, err, nowhere, "--%s wants an argument", flag);
	if (utf8_prefix((const uint8_t *)a.argument, strlen(a.argument)) != strlen(a.argument))
		return plan_fail(plan, err, nowhere, "the argument of --%s is not UTF-8", flag);
	if (rule)
		return add_rule(&a, rule);
	if (setting || !other->repeats) {
		TRY(note_once(&a, &again));
		if (again)
			return SLUICE_OK;
	}
	if (setting)
		return add_setting(&a, setting);
	return other->late ? flag_late(&a, other) : other->add(&a);
}

enum sluice_status sluice_plan_add(struct sluice_plan *plan, const char *flag,
                                   const char *argument, struct sluice_error *err)
{
	if (plan->finished || !plan->flags)
		return fail(err, SLUICE_E_PLAN, "the plan is finished: nothing can be added");
	if (plan->flags->failed)
		return fail(err, SLUICE_E_PLAN, "the plan failed before: begin another");
	/* Until it went well: a rule may be left half made. */
	plan->flags->failed = true;
	TRY(add_flag(plan, flag, argument, err));
	plan->flags->failed = false;
	return SLUICE_OK;
}

enum sluice_status sluice_plan_begin(const struct sluice_plan *base, struct sluice_plan **plan,
                                     struct sluice_error *err)
{
	struct sluice_plan *p = NULL;
	struct output *o;
	enum sluice_status status;

	*plan = NULL;
	if (base && !base->finished)
		return fail(err, SLUICE_E_PLAN, "the base is not finished");
	if (base && base->n_outputs != 1)
		return plan_fail(base, err, nowhere,
		                 "the plan names %zu outputs; run takes one", base->n_outputs);
	TRY(plan_new(base ? base->source : "", &p, err));
	status = plan_output(p, "", nowhere, &o, err);
	if (status == SLUICE_OK && base) {
		output_free(o);
		status = output_copy(o, base->outputs, err);
	} else if (status == SLUICE_OK) {
		o->other = OTHER_KEEP;
	}
	p->flags = calloc(1, sizeof(*p->flags));
	if (status == SLUICE_OK && !p->flags)
		status = fail_memory(err);
	if (status != SLUICE_OK) {
		sluice_plan_free(p);
		return status;
	}
	p->flags->n_base_rules = o->n_rules;
	p->flags->n_base_aggregates = o->group.n_aggregates;
	p->flags->base_groups = o->group.n_by > 0;
	*plan = p;
	return SLUICE_OK;
}

/* What only a rule has, goes to the rules that flags added and that take it. */
static enum sluice_status give_rules(struct sluice_plan *plan, const struct setting *t,
                                     struct sluice_error *err)
{
	const struct flags *f = plan->flags;
	struct output *o = plan->outputs;
	bool any = false;

	for (size_t i = f->n_base_rules; i < o->n_rules; i++) {
		struct rule *r = &o->rules[i];
		const struct given one = { t->bit, f->given.values };

		if (!(r->type->takes & t->bit))
			continue;
		settings_apply(&r->given.values, &one);
		r->given.set |= t->bit;
		any = true;
	}
	for (size_t i = f->n_base_aggregates; i < o->group.n_aggregates; i++) {
		struct aggregate *a = &o->group.aggregates[i];

		if (a->kind != AGGREGATE_MEAN || t->bit != SET_DIGITS)
			continue;
		a->digits = f->given.values.digits;
		any = true;
	}
	if (any)
		return SLUICE_OK;
	return plan_fail(plan, err, nowhere, "--%s, but no flag adds a rule that has it",
	                 t->flag);
}

enum sluice_status sluice_plan_finish(struct sluice_plan *plan, struct sluice_error *err)
{
	struct flags *f = plan->flags;
	struct output *o = plan->outputs;

	if (!f)
		return fail(err, SLUICE_E_PLAN, "the plan is finished already");
	if (f->failed)
		return fail(err, SLUICE_E_PLAN, "the plan failed before: begin another");
	f->failed = true; /* until it went well */
	if (f->policy)
		o->given = (struct given){ 0 };
	for (size_t i = 0; setting_at(i); i++) {
		const struct setting *t = setting_at(i);
		const struct given one = { t->bit, f->given.values };

		if (!(f->given.set & t->bit))
			continue;
		if (!t->policy) {
			TRY(give_rules(plan, t, err));
			continue;
		}
		settings_apply(&o->given.values, &one);
		o->given.set |= t->bit;
		o->said.policy = nowhere; /* what is wrong with it now is the command line's */
	}
	TRY(flags_add_late(plan, err));
	TRY(plan_resolve(plan, err));
	flags_free(f);
	plan->flags = NULL;
	return SLUICE_OK;
}

void flags_free(struct flags *flags)
{
	if (!flags)
		return;
	for (size_t i = 0; i < flags->n_said; i++)
		free(flags->said[i]);
	for (size_t i = 0; i < flags->n_late; i++)
		free(flags->late[i].argument);
	free(flags->said);
	free(flags->late);
	free(flags);
}
