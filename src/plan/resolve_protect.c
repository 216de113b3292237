/*
 * resolve_protect.c - whether totals can be protected as the plan says
 */
#include "plan/protecting.h"
#include "plan/resolve.h"
#include "plan/setting.h"

#include <string.h>

static bool has_word(const struct protecting *p, const char *key)
{
	for (size_t i = 0; i < p->n_said; i++)
		if (!strcmp(p->said[i].word->key, key))
			return true;
	return false;
}

/* The token will stand for large counts, too: it must not say that they are small, or 0. */
static enum sluice_status check_token(const struct sluice_plan *plan, const struct rule *r,
                                      struct sluice_error *err)
{
	const char *token = r->settings.token;

	if (!r->type || !r->type->releases ||
	    (*token != '<' && *token != '>' && strncmp(token, "\xE2\x89\xA4", 3) != 0 &&
	     !reads_as_number(token)))
		return SLUICE_OK;
	return plan_fail(plan, err, r->at,
	                 "the token '%s' says how large a count is, but with 'protect' it "
	                 "stands for counts of any size: take another 'token'",
	                 token);
}

/* What is asked of sums of counts can be proven of counts as they are. */
static enum sluice_status check_sums(const struct sluice_plan *plan, const struct output *o,
                                     const struct rule *r, struct sluice_error *err)
{
	const struct protecting *p = &o->protect;
	const char *word = p->singletons ? "singletons" : "group";

	if (!p->singletons && !p->one_part)
		return SLUICE_OK;
	if (protect_changes(p))
		return plan_fail(plan, err, p->at,
		                 "'%s' is for the method 'suppress', which redacts", word);
	if (!r->type || !r->type->releases || r->settings.round_to == 1)
		return SLUICE_OK;
	return plan_fail(plan, err, r->at,
	                 "'%s' is for counts that are not rounded: say round_to: 1, or leave "
	                 "'%s' out of 'protect'",
	                 word, word);
}

static enum sluice_status check_rule(const struct sluice_plan *plan, const struct output *o,
                                     const struct rule *r, struct sluice_error *err)
{
	TRY(check_token(plan, r, err));
	return check_sums(plan, o, r, err);
}

/* Totals have a name: as said, and that which a grouping gives them. */
static enum sluice_status name_totals(const struct sluice_plan *plan, struct output *o,
                                      struct sluice_error *err)
{
	const struct protecting *p = &o->protect;
	bool named = false;

	for (size_t i = 0; i < p->n_said; i++)
		named = named || (!strcmp(p->said[i].word->key, "total") && !p->said[i].left &&
		                  !strcmp(p->said[i].right, TOTAL_LABEL));
	if (named || (has_word(p, "total") && !o->group.n_totals))
		return SLUICE_OK;
	return protect_say(plan, o, protect_word_find("total"), NULL, 0, TOTAL_LABEL, p->at,
	                   err);
}

/* A total of released counts would be a sum that only some of the tables' cells have. */
static enum sluice_status check_totals(const struct sluice_plan *plan, struct output *o,
                                       struct sluice_error *err)
{
	struct grouping *g = &o->group;

	if (!g->n_totals || g->totals_raw)
		return SLUICE_OK;
	if (o->said.totals_from)
		return plan_fail(
			plan, err, o->protect.at,
			"'protect' needs totals that are cells of their own: the sum of "
			"released counts is redacted when any part is, and can't be "
			"chosen to stay; say totals_from: raw");
	g->totals_raw = true;
	return SLUICE_OK;
}

enum sluice_status resolve_protect(const struct sluice_plan *plan, struct output *o,
                                   struct sluice_error *err)
{
	struct protecting *p = &o->protect;
	bool releases = o->group.n_by;

	if (!p->given && (p->method || p->seconds || p->singletons || p->one_part))
		return plan_fail(plan, err, p->at,
		                 "--protect-... without --protect, the columns");
	if (!p->given)
		return SLUICE_OK;
	if (!has_word(p, "dimensions"))
		return plan_fail(plan, err, p->at,
		                 p->at.line ? "'protect' lacks 'dimensions', the columns that "
		                              "name groups"
		                            : "--protect-... without --protect, the columns "
		                              "that name groups");
	for (size_t i = 0; i < o->n_rules; i++)
		releases = releases || o->rules[i].type->releases;
	if (!releases)
		return plan_fail(plan, err, p->at,
		                 "'protect' finds no counts: say which columns 'count' is for");
	if (o->group.perturb.table)
		return plan_fail(
			plan, err, p->at,
			"counts with noise don't add up, so 'protect' has nothing to ask "
			"of them: it or 'perturb'");
	if (!p->method)
		p->method = protect_methods[0];
	if (!p->seconds)
		p->seconds = PROTECT_SECONDS;
	for (size_t i = 0; i < o->n_rules; i++)
		TRY(check_rule(plan, o, &o->rules[i], err));
	if (o->group.n_by) {
		struct rule made = { .type = column_rule_find("count"), .at = p->at };

		made.settings = o->settings;
		TRY(check_rule(plan, o, &made, err));
	}
	TRY(name_totals(plan, o, err));
	return check_totals(plan, o, err);
}
