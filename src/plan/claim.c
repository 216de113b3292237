/*
 * claim.c - from selectors to columns
 *
 * The rule that fails is the plan's business, the column that is not there is the
 * input's: these messages name what the plan says, since the first line of a file
 * without a header is data.
 */
#include "plan/claim.h"

#include "plan/select.h"
#include "plan/setting.h"

#include <stdlib.h>
#include <string.h>

/* "no column 'x'", as a matter of the input, with the plan's place in words. */
static enum sluice_status no_column(const struct selector *s, const char *what,
                                    const char *table, struct sluice_error *err)
{
	char *said = selector_text(s);
	char shown[72];

	if (!said)
		return fail_memory(err);
	printable(shown, said, strlen(said));
	free(said);
	if (s->at.line)
		return fail_at(err, SLUICE_E_DATA, 1, 0,
		               "no column '%s' in the %s (%s, line %u of the plan); "
		               "a trailing '?' makes a column optional",
		               shown, table, what, s->at.line);
	return fail_at(err, SLUICE_E_DATA, 1, 0,
	               "no column '%s' in the %s (%s); a trailing '?' makes a column "
	               "optional",
	               shown, table, what);
}

/* The same rule said twice is no quarrel, unless its settings differ. */
static bool may_share(const struct rule *a, const struct rule *b)
{
	if (a == b)
		return true;
	if (a->type != b->type || a->type->shape != SHAPE_COLUMNS)
		return false;
	for (size_t i = 0; setting_at(i); i++)
		if ((a->type->takes & setting_at(i)->bit) &&
		    !setting_equal(setting_at(i), &a->settings, &b->settings))
			return false;
	return true;
}

static enum sluice_status claim(struct line *l, const struct sluice_plan *plan,
                                const struct rule *rule, uint32_t col, struct sluice_error *err)
{
	struct line_column *c = &l->columns[col];
	char shown[72];

	if (c->rule && !may_share(c->rule, rule))
		return plan_fail(plan, err, rule->at,
		                 "column '%s' is claimed by two rules, %s and %s",
		                 printable(shown, c->name, c->name_len), c->rule->type->name,
		                 rule->type->name);
	c->rule = rule;
	return SLUICE_OK;
}

static enum sluice_status claim_selected(struct line *l, const struct sluice_plan *plan,
                                         const struct rule *rule, const struct selector *s,
                                         struct sluice_error *err)
{
	bool found = false;

	for (uint32_t col = 0; col < l->header->n_cols; col++) {
		if (!selector_matches(s, l->header, col))
			continue;
		found = true;
		TRY(claim(l, plan, rule, col, err));
	}
	if (found || s->optional)
		return SLUICE_OK;
	return no_column(s, rule->type->name,
	                 l->grouped ? "grouped table, where this rule applies" : "header", err);
}

/* A ratio takes the place of the column of its name, or is a new one at the end. */
static enum sluice_status claim_name(struct line *l, const struct sluice_plan *plan,
                                     const struct rule *rule, struct sluice_error *err)
{
	const size_t len = strlen(rule->name);
	const int32_t col = header_find(l->header, rule->name, len);

	if (col >= 0)
		return claim(l, plan, rule, (uint32_t)col, err);
	l->columns[l->n_columns++] = (struct line_column){
		.rule = rule, .bound = -1, .name = rule->name, .name_len = (uint32_t)len
	};
	return SLUICE_OK;
}

enum sluice_status claim_columns(struct line *l, const struct sluice_plan *plan,
                                 struct sluice_error *err)
{
	const struct header *h = l->header;
	const struct output *o = l->output;

	l->columns = calloc(h->n_cols + o->n_rules, sizeof(*l->columns));
	if (!l->columns)
		return fail_memory(err);
	l->n_columns = h->n_cols;
	for (uint32_t col = 0; col < h->n_cols; col++)
		l->columns[col] = (struct line_column){ .bound = -1,
			                                .name = header_name(h, col),
			                                .name_len = h->columns[col].name_len };
	for (size_t i = 0; i < o->n_rules; i++) {
		const struct rule *rule = &o->rules[i];

		if (rule->type->shape == SHAPE_FRACTION) {
			TRY(claim_name(l, plan, rule, err));
			continue;
		}
		for (size_t k = 0; k < rule->n_columns; k++)
			TRY(claim_selected(l, plan, rule, &rule->columns[k], err));
	}
	return SLUICE_OK;
}

void claim_grouped(struct line *l)
{
	const struct grouping *g = &l->output->group;
	const struct rule *const rules[] = {
		[GROUPED_KEY] = &g->by_rule,
		[GROUPED_COUNT] = &g->sum_rule,
		[GROUPED_MEAN] = &g->mean_rule,
	};

	for (uint32_t col = 0; col < l->header->n_cols; col++)
		if (!l->columns[col].rule)
			l->columns[col].rule = rules[l->grouped->spec.columns[col].kind];
}

enum sluice_status claim_one(const struct header *h, const struct sluice_plan *plan,
                             const struct selector *s, const char *what, uint32_t *col,
                             struct sluice_error *err)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < h->n_cols; i++) {
		if (!selector_matches(s, h, i))
			continue;
		*col = i;
		found++;
	}
	if (!found)
		return no_column(s, what, "header", err);
	if (found > 1)
		return plan_fail(plan, err, s->at, "%u columns match %s, where one is meant",
		                 found, what);
	return SLUICE_OK;
}

enum sluice_status claim_where(const struct header *h, const struct sluice_plan *plan,
                               const struct condition *c, struct bound_where *where,
                               struct sluice_error *err)
{
	*where = (struct bound_where){ .negated = c->negated,
		                       .values = c->values,
		                       .n_values = c->n_values };
	return claim_one(h, plan, &c->column, "where", &where->col, err);
}
