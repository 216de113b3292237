#include "plan/build.h"

#include "csv/strict.h"
#include "plan/setting.h"
#include "plan/suggest.h"

#include <stdlib.h>
#include <string.h>

/* Grows at every power of two, which needs no record of the capacity. */
void *array_room(void *array, size_t n, size_t size)
{
	if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4, ... are full */
		if (n > SIZE_MAX / 2 / size)
			return NULL;
		array = realloc(array, (n ? 2 * n : 1) * size);
		if (!array)
			return NULL;
	}
	memset((char *)array + n * size, 0, size);
	return array;
}

void *array_new(size_t n, size_t size)
{
	size_t cap = 1;

	while (cap < n)
		cap *= 2;
	return calloc(cap, size);
}

char *text_copy(const char *text, size_t len)
{
	char *copy = text ? malloc(len + 1) : NULL;

	if (copy) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	return copy;
}

bool text_is_plain(const char *text, size_t len)
{
	const uint8_t *s = (const uint8_t *)text;

	for (size_t i = 0; i < len; i++)
		if (s[i] < 0x20 || s[i] == 0x7F ||
		    (s[i] == 0xC2 && i + 1 < len && s[i + 1] < 0xA0))
			return false;
	return utf8_prefix(s, len) == len;
}

enum sluice_status plan_output(struct sluice_plan *plan, const char *name, struct place at,
                               struct output **output, struct sluice_error *err)
{
	struct output *outputs = array_room(plan->outputs, plan->n_outputs, sizeof(*outputs));

	if (!outputs)
		return fail_memory(err);
	plan->outputs = outputs;
	*output = &outputs[plan->n_outputs++];
	(*output)->name = text_copy(name, strlen(name));
	(*output)->policy = policy_default();
	(*output)->dialect.delimiter = ',';
	(*output)->at = at;
	return (*output)->name ? SLUICE_OK : fail_memory(err);
}

enum sluice_status output_rule(struct output *o, const struct column_rule *type,
                               struct place at, struct rule **rule, struct sluice_error *err)
{
	struct rule *rules = array_room(o->rules, o->n_rules, sizeof(*rules));

	if (!rules)
		return fail_memory(err);
	o->rules = rules;
	*rule = &rules[o->n_rules++];
	(*rule)->type = type;
	(*rule)->at = at;
	return SLUICE_OK;
}

static enum sluice_status next_selector(struct selector **list, size_t *n, struct selector **s,
                                        struct sluice_error *err)
{
	struct selector *room = array_room(*list, *n, sizeof(*room));

	if (!room)
		return fail_memory(err);
	*list = room;
	*s = &room[(*n)++];
	return SLUICE_OK;
}

enum sluice_status selectors_add(struct selector **list, size_t *n, const char *text,
                                 size_t len, const struct sluice_plan *plan, struct place at,
                                 struct sluice_error *err)
{
	struct selector *s = NULL;

	TRY(next_selector(list, n, &s, err));
	return selector_parse(s, text, len, plan, at, err);
}

enum sluice_status rule_column(const struct sluice_plan *plan, struct rule *r, const char *text,
                               size_t len, struct place at, struct sluice_error *err)
{
	return selectors_add(&r->columns, &r->n_columns, text, len, plan, at, err);
}

enum sluice_status rule_part(const struct sluice_plan *plan, struct rule *r, const char *text,
                             size_t len, struct place at, struct sluice_error *err)
{
	struct selector *s = NULL;

	TRY(next_selector(&r->columns, &r->n_columns, &s, err));
	return selector_single(s, text, len, plan, at, err);
}

enum sluice_status rule_name(const struct sluice_plan *plan, struct rule *r, const char *text,
                             size_t len, struct place at, struct sluice_error *err)
{
	if (!len || !text_is_plain(text, len))
		return plan_fail(plan, err, at, "'%s' makes a column, which needs a name%s",
		                 r->type->name, len ? " without control bytes" : "");
	r->name = text_copy(text, len);
	return r->name ? SLUICE_OK : fail_memory(err);
}

enum sluice_status selector_single(struct selector *s, const char *text, size_t len,
                                   const struct sluice_plan *plan, struct place at,
                                   struct sluice_error *err)
{
	char shown[72];

	TRY(selector_parse(s, text, len, plan, at, err));
	if (s->kind != SELECT_GLOB && !s->optional)
		return SLUICE_OK;
	return plan_fail(
		plan, err, at,
		"'%s' must be one column here: a name or #N, without '*' or '?' (with '=' "
		"before it a name is taken as it stands)",
		printable(shown, text, len));
}

enum sluice_status output_condition(const struct sluice_plan *plan, struct output *o,
                                    const char *column, size_t len, struct place at,
                                    struct condition **condition, struct sluice_error *err)
{
	struct condition *where = array_room(o->where, o->n_where, sizeof(*where));

	if (!where)
		return fail_memory(err);
	o->where = where;
	*condition = &where[o->n_where++];
	(*condition)->at = at;
	return selector_single(&(*condition)->column, column, len, plan, at, err);
}

/* Append a copy of the text to an array of them. */
static enum sluice_status add_text(char ***texts, size_t *n, const char *text, size_t len,
                                   struct sluice_error *err)
{
	char **room = array_room(*texts, *n, sizeof(*room));

	if (!room)
		return fail_memory(err);
	*texts = room;
	room[*n] = text_copy(text, len);
	if (!room[*n])
		return fail_memory(err);
	++*n;
	return SLUICE_OK;
}

enum sluice_status condition_value(struct condition *c, const char *text, size_t len,
                                   struct sluice_error *err)
{
	return add_text(&c->values, &c->n_values, text, len, err);
}

enum sluice_status output_missing(const struct sluice_plan *plan, struct output *o,
                                  const char *text, struct place at, struct sluice_error *err)
{
	if (reads_as_number(text))
		return plan_fail(
			plan, err, at,
			"a text for 'missing' reads as a number: such counts would pass "
			"unprotected");
	return add_text(&o->dialect.missing, &o->dialect.n_missing, text, strlen(text), err);
}

enum sluice_status output_delimiter(const struct sluice_plan *plan, struct output *o,
                                    const char *text, struct place at, struct sluice_error *err)
{
	const bool named = !strcmp(text, "tab") || !strcmp(text, "\\t");
	const unsigned char c = named ? '\t' : (unsigned char)text[0];
	const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

	if (!c || (!named && text[1]) || c >= 0x80 || c == '"' || c == '\n' || c == '\r' ||
	    letter || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+')
		return plan_fail(
			plan, err, at,
			"the delimiter must be one ASCII character or 'tab', and none that "
			"names, quotes, lines or numbers are made of");
	o->dialect.delimiter = c;
	return SLUICE_OK;
}

static const char *const others[] = {
	[OTHER_REFUSE] = "refuse",
	[OTHER_KEEP] = "keep",
	[OTHER_DROP] = "drop",
};

const char *other_name(enum other other)
{
	return others[other];
}

enum sluice_status output_other(const struct sluice_plan *plan, struct output *o,
                                const char *text, struct place at, struct sluice_error *err)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (!strcmp(text, others[i])) {
			o->other = (enum other)i;
			o->said.other = true;
			return SLUICE_OK;
		}
	}
	return plan_fail(plan, err, at, "'other' must be refuse, keep or drop");
}

enum sluice_status output_policy(const struct sluice_plan *plan, struct output *o,
                                 const char *text, struct place at, struct sluice_error *err)
{
	const struct policy *policy = policy_find(text);
	struct suggestion near = { 0 };
	char shown[72], hint[SUGGESTION_TEXT];

	if (!policy) {
		for (size_t i = 0; policy_at(i); i++)
			suggest(&near, text, policy_at(i)->name);
		return plan_fail(plan, err, at,
		                 "no policy is named '%s'%s ('sluice policies' lists them)",
		                 printable(shown, text, strlen(text)),
		                 suggestion_text(&near, hint));
	}
	o->policy = policy;
	o->said.policy = at;
	return SLUICE_OK;
}

enum sluice_status output_suffix(const struct sluice_plan *plan, struct output *o,
                                 const char *text, struct place at, struct sluice_error *err)
{
	char *copy = NULL;

	if (text) {
		if (!*text || !text_is_plain(text, strlen(text)))
			return plan_fail(
				plan, err, at,
				"the suffix must be a text without control bytes, or true "
				"for the policy's own");
		copy = text_copy(text, strlen(text));
		if (!copy)
			return fail_memory(err);
	}
	free(o->suffix);
	o->suffix = copy;
	o->said.own_suffix = !text;
	return SLUICE_OK;
}
