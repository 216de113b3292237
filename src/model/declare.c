#include "model/declare.h"

#include "model/model.h"
#include "plan/build.h"
#include "plan/parse.h"
#include "plan/policy.h"
#include "plan/setting.h"
#include "plan/tree.h"

#include <stdlib.h>
#include <string.h>

static const struct audit_word audit_words[] = {
	{ .name = "dimensions", .shape = WORD_LIST },
	{ .name = "measures", .shape = WORD_LIST },
	{ .name = "total", .shape = WORD_MAYBE },
	{ .name = "parents", .shape = WORD_PAIR },
	{ .name = "nested", .shape = WORD_LIST },
	{ .name = "open", .shape = WORD_LIST },
	{ .name = "absent", .shape = WORD_CHOICE, .choices = { "zero", "unknown" } },
	{ .name = "at-most", .shape = WORD_AT_MOST },
	{ .name = "percent", .shape = WORD_PAIR },
	{ .name = "ratio", .shape = WORD_PAIR },
	{ .name = "cell", .shape = WORD_PAIR },
	{ .name = "population", .shape = WORD_PAIR },
	{ .name = "wide", .shape = WORD_PAIR },
	{ .name = "hidden", .shape = WORD_LIST },
	{ .name = "secondary", .shape = WORD_YES },
	{ .name = "policy", .shape = WORD_SETTING },
	{ .name = "threshold", .shape = WORD_SETTING },
	{ .name = "zeros", .shape = WORD_SETTING },
	{ .name = "round-to", .shape = WORD_SETTING },
	{ .name = "rounding", .shape = WORD_SETTING },
	{ .name = "token", .shape = WORD_SETTING },
	{ .name = "digits", .shape = WORD_SETTING },
	{ .name = "width", .shape = WORD_NUMBER, .min = 2, .max = 1000000 },
	{ .name = "group", .shape = WORD_NUMBER, .min = 0, .max = 1000000 },
	{ .name = "seconds", .shape = WORD_NUMBER, .min = 1, .max = 86400 },
	{ .name = "nodes", .shape = WORD_NUMBER, .min = 0, .max = 1000000000 },
	{ .name = "intervals", .shape = WORD_YES },
};

const struct audit_word *audit_word_find(const char *name)
{
	for (size_t i = 0; i < sizeof(audit_words) / sizeof(*audit_words); i++)
		if (!strcmp(audit_words[i].name, name))
			return &audit_words[i];
	return NULL;
}

static enum sluice_status add_said(struct declaration *d, const struct audit_word *word,
                                   const char *left, size_t left_len, const char *right,
                                   size_t right_len, struct sluice_error *err)
{
	struct said_word *s;

	if (!array_grow((void **)&d->said, &d->cap_said, d->n_said, sizeof(*d->said)))
		return fail_memory(err);
	s = &d->said[d->n_said++];
	*s = (struct said_word){ .word = word };
	if (left && !(s->left = text_copy(left, left_len)))
		return fail_memory(err);
	s->right = text_copy(right, right_len);
	return s->right ? SLUICE_OK : fail_memory(err);
}

enum sluice_status declaration_say(struct declaration *d, const char *name, const char *left,
                                   const char *right, struct sluice_error *err)
{
	for (uint32_t i = 0; i < d->n_said; i++) {
		const struct said_word *s = &d->said[i];

		if (!strcmp(s->word->name, name) && !strcmp(s->right, right) &&
		    !strcmp(s->left ? s->left : "", left ? left : ""))
			return SLUICE_OK;
	}
	return add_said(d, audit_word_find(name), left, left ? strlen(left) : 0, right,
	                strlen(right), err);
}

/* Names with commas between; spaces around them don't count, empty ones are refused. */
/* One of a list.  Columns inside one another are two at the least: one alone would say nothing. */
static enum sluice_status add_name(struct declaration *d, const struct audit_word *word,
                                   const char *text, size_t len, struct sluice_error *err)
{
	if (!strcmp(word->name, "nested") && !memchr(text, '/', len))
		return fail(err, SLUICE_E_PLAN, "'nested' must be OUTER/INNER, two columns");
	return add_said(d, word, NULL, 0, text, len, err);
}

static enum sluice_status add_list(struct declaration *d, const struct audit_word *word,
                                   const char *text, struct sluice_error *err)
{
	for (;;) {
		const size_t len = strcspn(text, ",");
		size_t from = strspn(text, " "), to = len;

		while (to > from && text[to - 1] == ' ')
			to--;
		if (to <= from)
			return fail(err, SLUICE_E_PLAN, "'%s' has an empty name in its list",
			            word->name);
		TRY(add_name(d, word, text + from, to - from, err));
		if (!text[len])
			return SLUICE_OK;
		text += len + 1;
	}
}

static enum sluice_status add_pair(struct declaration *d, const struct audit_word *word,
                                   const char *text, struct sluice_error *err)
{
	const char *between = word->shape == WORD_AT_MOST ? "<=" : "=";
	const char *at = strstr(text, between);

	if (!at && word->shape == WORD_MAYBE)
		return add_said(d, word, NULL, 0, text, strlen(text), err);
	if (!at || at == text)
		return fail(err, SLUICE_E_PLAN, "'%s' must be LEFT%sRIGHT", word->name,
		            between);
	at += strlen(between);
	return add_said(d, word, text, (size_t)(at - text) - strlen(between), at, strlen(at),
	                err);
}

static enum sluice_status add_number(struct declaration *d, const struct audit_word *word,
                                     const char *text, struct sluice_error *err)
{
	int64_t v = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9' && v <= word->max; p++)
		v = v * 10 + (*p - '0');
	if (*p || p == text || v < word->min || v > word->max)
		return fail(err, SLUICE_E_PLAN, "'%s' must be a number from %lld to %lld",
		            word->name, (long long)word->min, (long long)word->max);
	TRY(add_said(d, word, NULL, 0, text, strlen(text), err));
	d->said[d->n_said - 1].number = v;
	return SLUICE_OK;
}

static enum sluice_status add_setting(struct declaration *d, const char *name, const char *text,
                                      struct sluice_error *err)
{
	const struct setting *s = setting_by_flag(name);
	char shown[72];

	if (!strcmp(name, "policy")) {
		d->policy = policy_find(text);
		return d->policy ? SLUICE_OK
		                 : fail(err, SLUICE_E_PLAN,
		                        "no policy '%s'; 'sluice policies' lists them",
		                        printable(shown, text, strlen(text)));
	}
	if (!s || !setting_give(s, &d->given, text))
		return fail(err, SLUICE_E_PLAN, "'%s' must be %s", name,
		            s ? s->expects : "something else");
	return SLUICE_OK;
}

enum sluice_status declaration_add(struct declaration *d, const char *name,
                                   const char *argument, struct sluice_error *err)
{
	const struct audit_word *word = audit_word_find(name);
	char shown[72];

	if (!word)
		return fail(err, SLUICE_E_PLAN, "an audit knows no '%s'",
		            printable(shown, name, strlen(name)));
	if (!argument && word->shape != WORD_YES)
		return fail(err, SLUICE_E_PLAN, "'%s' needs a value", name);
	switch (word->shape) {
	case WORD_LIST: return add_list(d, word, argument, err);
	case WORD_PAIR:
	case WORD_MAYBE:
	case WORD_AT_MOST: return add_pair(d, word, argument, err);
	case WORD_NUMBER: return add_number(d, word, argument, err);
	case WORD_SETTING: return add_setting(d, name, argument, err);
	case WORD_YES: return add_said(d, word, NULL, 0, "", 0, err);
	case WORD_CHOICE: break;
	}
	for (size_t i = 0; word->choices[i]; i++)
		if (!strcmp(word->choices[i], argument))
			return add_said(d, word, NULL, 0, argument, strlen(argument), err);
	return fail(err, SLUICE_E_PLAN, "'%s' must be '%s' or '%s'", name, word->choices[0],
	            word->choices[1]);
}

/* ---- a declaration file ------------------------------------------------------------------- */

/* One value of a key: as the flag's argument, or the right side of a pair. */
static enum sluice_status read_value(struct declaration *d, const struct sluice_plan *names,
                                     const struct audit_word *word, const char *left,
                                     const struct node *n, struct sluice_error *err)
{
	const uint32_t before = d->n_said;
	const char *text;
	enum sluice_status status;

	TRY(node_text(names, n, word->name, &text, err));
	if (left)
		status = add_said(d, word, left, strlen(left), text, strlen(text), err);
	else if (word->shape == WORD_LIST)
		status = add_name(d, word, text, strlen(text), err);
	else if (word->shape != WORD_YES)
		status = declaration_add(d, word->name, text, err);
	else if (!strcmp(text, "true"))
		status = declaration_add(d, word->name, NULL, err);
	else
		status = strcmp(text, "false") != 0
		                 ? fail(err, SLUICE_E_PLAN, "'%s' must be true or false",
		                        word->name)
		                 : SLUICE_OK;
	if (status == SLUICE_E_PLAN && err && !err->line) {
		err->line = n->at.line;
		err->column = n->at.column;
	}
	for (uint32_t i = before; status == SLUICE_OK && i < d->n_said; i++) {
		d->said[i].at = left ? n->key_at : n->at;
		d->said[i].source = text_copy(names->source, strlen(names->source));
		if (!d->said[i].source)
			status = fail_memory(err);
	}
	return status;
}

static bool takes_pairs(const struct audit_word *word)
{
	return word->shape == WORD_PAIR || word->shape == WORD_MAYBE ||
	       word->shape == WORD_AT_MOST;
}

static enum sluice_status read_key(struct declaration *d, const struct sluice_plan *names,
                                   const struct node *n, struct sluice_error *err)
{
	const struct audit_word *word = audit_word_find(n->key);
	char shown[72];

	if (!word)
		return plan_fail(names, err, n->key_at, "an audit knows no '%s'",
		                 printable(shown, n->key, strlen(n->key)));
	if (n->kind == NODE_SCALAR)
		return read_value(d, names, word, NULL, n, err);
	if (n->kind == NODE_MAP && !takes_pairs(word))
		return plan_fail(names, err, n->at, "'%s' takes no map", word->name);
	for (size_t i = 0; i < n->n_items; i++)
		TRY(read_value(d, names, word, n->kind == NODE_MAP ? n->items[i].key : NULL,
		               &n->items[i], err));
	return SLUICE_OK;
}

enum sluice_status declaration_parse(struct declaration *d, const char *text, size_t len,
                                     const char *source, struct sluice_error *err)
{
	struct sluice_plan names = { .source = text_copy(source, strlen(source)) };
	struct node root = { 0 };
	enum sluice_status status = SLUICE_OK;

	if (!names.source)
		return fail_memory(err);
	status = tree_parse(&root, text, len, &names, err);
	if (status == SLUICE_OK && root.kind != NODE_MAP)
		status = plan_fail(&names, err, root.at, "a declaration is a map");
	for (size_t i = 0; status == SLUICE_OK && i < root.n_items; i++)
		status = read_key(d, &names, &root.items[i], err);
	if (status != SLUICE_OK)
		fail_source(err, source);
	node_free(&root);
	free(names.source);
	return status;
}

/* ---- asked ---------------------------------------------------------------------------------- */

void declaration_finish(struct declaration *d)
{
	static const struct settings plain = { NO_THRESHOLD,  true,         1,
		                               ROUND_NEAREST, "[REDACTED]", SHORTEST };

	d->settings = d->policy ? d->policy->settings : plain;
	settings_apply(&d->settings, &d->given);
}

const struct said_word *declaration_next(const struct declaration *d, const char *name,
                                         uint32_t *at)
{
	while (*at < d->n_said) {
		const struct said_word *s = &d->said[(*at)++];

		if (!strcmp(s->word->name, name))
			return s;
	}
	return NULL;
}

bool declaration_has(const struct declaration *d, const char *name)
{
	uint32_t at = 0;

	return declaration_next(d, name, &at) != NULL;
}

int64_t declaration_number(const struct declaration *d, const char *name, int64_t otherwise)
{
	const struct said_word *s;

	for (uint32_t at = 0; (s = declaration_next(d, name, &at));)
		otherwise = s->number;
	return otherwise;
}

enum sluice_status declaration_refuse(const struct said_word *s, struct sluice_error *err,
                                      const char *text)
{
	if (!s->source)
		return fail(err, SLUICE_E_PLAN, "%s", text);
	fail_at(err, SLUICE_E_PLAN, s->at.line, s->at.column, "%s", text);
	fail_source(err, s->source);
	return SLUICE_E_PLAN;
}

void declaration_free(struct declaration *d)
{
	for (uint32_t i = 0; i < d->n_said; i++) {
		free(d->said[i].left);
		free(d->said[i].right);
		free(d->said[i].source);
	}
	free(d->said);
	*d = (struct declaration){ 0 };
}
