#include "plan/auditing.h"
#include "plan/build.h"
#include "plan/protecting.h"

#include <stdlib.h>
#include <string.h>

/* NULL stays NULL; false without memory. */
static bool copy_text(char **dst, const char *src)
{
	*dst = src ? text_copy(src, strlen(src)) : NULL;
	return *dst || !src;
}

static bool copy_selector(struct selector *dst, const struct selector *src)
{
	*dst = *src;
	return copy_text(&dst->text, src->text);
}

static bool copy_selectors(struct selector **dst, size_t *n, const struct selector *src,
                           size_t n_src)
{
	if (!n_src)
		return true;
	*dst = array_new(n_src, sizeof(**dst));
	if (!*dst)
		return false;
	for (size_t i = 0; i < n_src; i++) {
		++*n;
		if (!copy_selector(&(*dst)[i], &src[i]))
			return false;
	}
	return true;
}

static bool copy_rule(struct rule *dst, const struct rule *src)
{
	*dst = *src;
	dst->name = NULL;
	dst->columns = NULL;
	dst->n_columns = 0;
	dst->count.text = NULL;
	if (!copy_text(&dst->name, src->name) || !copy_selector(&dst->count, &src->count))
		return false;
	return copy_selectors(&dst->columns, &dst->n_columns, src->columns, src->n_columns);
}

static bool copy_rules(struct output *dst, const struct output *src)
{
	if (!src->n_rules)
		return true;
	dst->rules = array_new(src->n_rules, sizeof(*dst->rules));
	if (!dst->rules)
		return false;
	for (size_t i = 0; i < src->n_rules; i++) {
		dst->n_rules++;
		if (!copy_rule(&dst->rules[i], &src->rules[i]))
			return false;
	}
	return true;
}

static bool copy_texts(char ***dst, size_t *n, char *const *src, size_t n_src)
{
	if (!n_src)
		return true;
	*dst = array_new(n_src, sizeof(**dst));
	if (!*dst)
		return false;
	for (; *n < n_src; ++*n)
		if (!copy_text(&(*dst)[*n], src[*n]))
			return false;
	return true;
}

static bool copy_where(struct output *dst, const struct output *src)
{
	if (!src->n_where)
		return true;
	dst->where = array_new(src->n_where, sizeof(*dst->where));
	if (!dst->where)
		return false;
	for (size_t i = 0; i < src->n_where; i++) {
		const struct condition *from = &src->where[i];
		struct condition *to = &dst->where[dst->n_where++];

		to->negated = from->negated;
		to->at = from->at;
		if (!copy_selector(&to->column, &from->column) ||
		    !copy_texts(&to->values, &to->n_values, from->values, from->n_values))
			return false;
	}
	return true;
}

static bool copy_aggregates(struct grouping *dst, const struct grouping *src)
{
	if (!src->n_aggregates)
		return true;
	dst->aggregates = array_new(src->n_aggregates, sizeof(*dst->aggregates));
	if (!dst->aggregates)
		return false;
	for (size_t i = 0; i < src->n_aggregates; i++) {
		struct aggregate *to = &dst->aggregates[dst->n_aggregates++];

		*to = src->aggregates[i];
		to->column.text = to->contributor.text = NULL;
		if (!copy_text(&to->name, src->aggregates[i].name) ||
		    !copy_selector(&to->column, &src->aggregates[i].column) ||
		    !copy_selector(&to->contributor, &src->aggregates[i].contributor))
			return false;
	}
	return true;
}

static bool copy_bandings(struct grouping *dst, const struct grouping *src)
{
	if (!src->n_bandings)
		return true;
	dst->bandings = array_new(src->n_bandings, sizeof(*dst->bandings));
	if (!dst->bandings)
		return false;
	for (size_t i = 0; i < src->n_bandings; i++) {
		const struct banding *from = &src->bandings[i];
		struct banding *to = &dst->bandings[dst->n_bandings++];
		const size_t n = from->bins.n_edges;

		to->at = from->at;
		to->bins.kind = from->bins.kind;
		if (!copy_selector(&to->column, &from->column))
			return false;
		if (!n)
			continue;
		to->bins.edges = array_new(n, sizeof(*to->bins.edges));
		if (!to->bins.edges)
			return false;
		memcpy(to->bins.edges, from->bins.edges, n * sizeof(*to->bins.edges));
		to->bins.n_edges = n;
	}
	return true;
}

static bool copy_perturb(struct perturbing *dst, const struct perturbing *src)
{
	dst->has_by = src->has_by;
	dst->has_record_key = src->has_record_key;
	dst->at = src->at;
	return copy_text(&dst->table, src->table) && copy_text(&dst->key, src->key) &&
	       copy_selector(&dst->by, &src->by) &&
	       copy_selector(&dst->record_key, &src->record_key);
}

/* Its rules own nothing. */
static bool copy_group(struct grouping *dst, const struct grouping *src)
{
	dst->totals_raw = src->totals_raw;
	dst->at = src->at;
	dst->by_rule = src->by_rule;
	dst->sum_rule = src->sum_rule;
	dst->mean_rule = src->mean_rule;
	return copy_selectors(&dst->by, &dst->n_by, src->by, src->n_by) &&
	       copy_aggregates(dst, src) && copy_bandings(dst, src) &&
	       copy_perturb(&dst->perturb, &src->perturb) &&
	       copy_selectors(&dst->totals, &dst->n_totals, src->totals, src->n_totals);
}

static bool copy_describe(struct describe *dst, const struct describe *src)
{
	if (!copy_text(&dst->context, src->context) ||
	    !copy_text(&dst->population, src->population))
		return false;
	if (!src->n_columns)
		return true;
	dst->columns = array_new(src->n_columns, sizeof(*dst->columns));
	if (!dst->columns)
		return false;
	for (size_t i = 0; i < src->n_columns; i++) {
		dst->n_columns++;
		if (!copy_text(&dst->columns[i].column, src->columns[i].column) ||
		    !copy_text(&dst->columns[i].text, src->columns[i].text))
			return false;
	}
	return true;
}

enum sluice_status output_copy(struct output *dst, const struct output *src,
                               struct sluice_error *err)
{
	*dst = (struct output){
		.other = src->other,
		.policy = src->policy,
		.given = src->given,
		.settings = src->settings,
		.dialect = { .delimiter = src->dialect.delimiter, .crlf = src->dialect.crlf },
		.crlf_given = src->crlf_given,
		.said = src->said,
		.at = src->at,
	};
	if (protecting_copy(&dst->protect, &src->protect) && copy_text(&dst->name, src->name) &&
	    copy_text(&dst->input, src->input) && copy_text(&dst->output, src->output) &&
	    copy_text(&dst->suffix, src->suffix) && copy_where(dst, src) &&
	    copy_group(&dst->group, &src->group) && copy_rules(dst, src) &&
	    copy_texts(&dst->dialect.missing, &dst->dialect.n_missing, src->dialect.missing,
	               src->dialect.n_missing) &&
	    copy_describe(&dst->describe, &src->describe) &&
	    auditing_copy(&dst->audit, &src->audit))
		return SLUICE_OK;
	return fail_memory(err);
}
