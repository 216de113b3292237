#include "release/known.h"

#include "plan/policy.h"
#include "plan/protecting.h"
#include "release/audit.h"

#include <stdlib.h>
#include <string.h>

static void known_settings(struct known *k, const struct table *t)
{
	static const char *const keys[] = { "threshold", "round_to", "rounding" };

	for (size_t i = 0; i < 3; i++)
		setting_by_key(keys[i])->print(&t->said->settings, k->settings[i]);
	k->o.policy = t->said->policy->name;
	k->o.threshold = k->settings[0];
	k->o.round_to = k->settings[1];
	k->o.rounding = k->settings[2];
}

static void known_counts(struct known *k, const struct peek *p)
{
	const char *name = (const char *)p->names.data;

	for (uint32_t i = 0; i < p->n_columns; i++, name += strlen(name) + 1)
		if (p->is_count[i])
			k->counts[k->o.n_counts++] = name;
	k->o.counts = k->counts;
}

static bool is_known_ratio(const struct rule *r)
{
	return r->type->shape == SHAPE_FRACTION && r->columns[0].kind == SELECT_NAME &&
	       r->columns[1].kind == SELECT_NAME;
}

static void known_ratios(struct known *k, const struct output *o)
{
	const char *suffix = o->suffix ? o->suffix : "", *part;

	for (size_t i = 0; i < o->n_rules; i++)
		for (size_t side = 0; side < 2 && is_known_ratio(&o->rules[i]); side++) {
			put_f(&k->parts, "%s%s", o->rules[i].columns[side].text, suffix);
			put_bytes(&k->parts, "", 1);
		}
	part = (const char *)k->parts.b.data; /* which does not move any more */
	for (size_t i = 0; i < o->n_rules && k->parts.status == SLUICE_OK; i++) {
		struct sluice_ratio *ratio = &k->ratios[k->o.n_ratios];

		if (!is_known_ratio(&o->rules[i]))
			continue;
		ratio->ratio = o->rules[i].name;
		ratio->numerator = part;
		ratio->denominator = part += strlen(part) + 1;
		part += strlen(part) + 1;
		ratio->scale = strcmp(o->rules[i].type->name, "percent") ? 1 : 100;
		k->o.n_ratios++;
	}
	k->o.ratios = k->ratios;
}

static void add_total(struct known *k, const char *column, const char *code)
{
	put_f(&k->total_texts, "%s%s%s", column ? column : "", column ? "=" : "", code);
	put_bytes(&k->total_texts, "", 1);
	k->o.n_totals++;
}

/* The totals that the plan declares, and those that it makes. */
static void known_totals(struct known *k, const struct output *o)
{
	const char *at;

	for (size_t i = 0; i < o->audit.n_said; i++)
		if (!strcmp(o->audit.said[i].word, "total"))
			add_total(k, o->audit.said[i].left, o->audit.said[i].right);
	for (size_t i = 0; i < o->protect.n_said; i++)
		if (!strcmp(o->protect.said[i].word->audit, "total"))
			add_total(k, o->protect.said[i].left, o->protect.said[i].right);
	if (o->group.n_totals)
		add_total(k, NULL, TOTAL_LABEL);
	at = (const char *)k->total_texts.b.data; /* which does not move any more */
	for (size_t i = 0; k->total_texts.status == SLUICE_OK && i < k->o.n_totals; i++) {
		k->totals[i] = at;
		at += strlen(at) + 1;
	}
	k->o.totals = k->totals;
}

enum sluice_status known_make(struct known *k, const struct release *r, const struct table *t,
                              const struct peek *p, struct sluice_error *err)
{
	*k = (struct known){ .o = SLUICE_CHECK_OPTIONS_INIT };
	k->counts = calloc((size_t)p->n_columns + 1, sizeof(*k->counts));
	k->ratios = calloc(t->said->n_rules + 1, sizeof(*k->ratios));
	k->totals =
		calloc(t->said->audit.n_said + t->said->protect.n_said + 2, sizeof(*k->totals));
	if (!k->counts || !k->ratios || !k->totals)
		return fail_memory(err);
	TRY(release_audit_mode(r, &k->o.audit_mode, err));
	known_settings(k, t);
	known_counts(k, p);
	known_ratios(k, t->said);
	known_totals(k, t->said);
	k->o.name = t->output;
	k->o.allow = r->o.allow;
	k->o.n_allow = r->o.n_allow;
	return k->parts.status == SLUICE_OK && k->total_texts.status == SLUICE_OK
	               ? SLUICE_OK
	               : fail_memory(err);
}

void known_free(struct known *k)
{
	buf_free(&k->total_texts.b);
	free(k->totals);
	free(k->counts);
	free(k->ratios);
	buf_free(&k->parts.b);
}
