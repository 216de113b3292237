#include "plan/build.h"

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

static bool copy_rule(struct rule *dst, const struct rule *src)
{
	*dst = *src;
	dst->name = NULL;
	dst->columns = NULL;
	dst->n_columns = 0;
	dst->count.text = NULL;
	if (!copy_text(&dst->name, src->name) || !copy_selector(&dst->count, &src->count))
		return false;
	if (!src->n_columns)
		return true;
	dst->columns = array_new(src->n_columns, sizeof(*dst->columns));
	if (!dst->columns)
		return false;
	for (; dst->n_columns < src->n_columns; dst->n_columns++)
		if (!copy_selector(&dst->columns[dst->n_columns],
		                   &src->columns[dst->n_columns]))
			return false;
	return true;
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
	if (copy_text(&dst->name, src->name) && copy_text(&dst->input, src->input) &&
	    copy_text(&dst->output, src->output) && copy_text(&dst->suffix, src->suffix) &&
	    copy_where(dst, src) && copy_rules(dst, src) &&
	    copy_texts(&dst->dialect.missing, &dst->dialect.n_missing, src->dialect.missing,
	               src->dialect.n_missing) &&
	    copy_describe(&dst->describe, &src->describe))
		return SLUICE_OK;
	return fail_memory(err);
}
