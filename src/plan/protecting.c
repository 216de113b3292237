#include "plan/protecting.h"

#include "plan/build.h"
#include "plan/setting.h"

#include <stdlib.h>
#include <string.h>

const struct protect_word protect_words[] = {
	{ "dimensions", "protect", "dimensions", "columns that name groups", PROTECT_NAMES },
	{ "total", "protect-total", "total", "[COL=]CODE", PROTECT_CODES },
	{ "parents", "protect-parents", "parents", "COL=FILE", PROTECT_FILES },
	{ "nested", "protect-nested", "nested", "OUTER/INNER", PROTECT_NAMES },
	{ "open", "protect-open", "open", "columns", PROTECT_NAMES },
	{ "at_most", "protect-at-most", "at-most", "COL<=COL", PROTECT_PAIRS },
	{ 0 },
};

const char *const protect_methods[] = { "suppress", "small-counts", "controlled", NULL };

const struct protect_word *protect_word_find(const char *key)
{
	for (const struct protect_word *w = protect_words; w->key; w++)
		if (!strcmp(w->key, key))
			return w;
	return NULL;
}

enum sluice_status protect_say(const struct sluice_plan *plan, struct output *o,
                               const struct protect_word *word, const char *left,
                               size_t left_len, const char *right, struct place at,
                               struct sluice_error *err)
{
	struct protecting *p = &o->protect;
	struct protect_said *said = array_room(p->said, p->n_said, sizeof(*said));

	if (!said)
		return fail_memory(err);
	p->said = said;
	if (!p->given)
		p->at = at;
	p->given = true;
	said += p->n_said++;
	*said = (struct protect_said){ .word = word, .at = at };
	if (!text_is_plain(right, strlen(right)) || (!*right && word->shape != PROTECT_CODES) ||
	    (left && (!left_len || !text_is_plain(left, left_len))))
		return plan_fail(plan, err, at,
		                 "'%s' wants names and codes that are plain text", word->key);
	if (left && !(said->left = text_copy(left, left_len)))
		return fail_memory(err);
	said->right = text_copy(right, strlen(right));
	return said->right ? SLUICE_OK : fail_memory(err);
}

enum sluice_status protect_method(const struct sluice_plan *plan, struct output *o,
                                  const char *text, struct place at, struct sluice_error *err)
{
	for (const char *const *m = protect_methods; *m; m++)
		if (!strcmp(*m, text)) {
			o->protect.method = *m;
			return SLUICE_OK;
		}
	return plan_fail(plan, err, at,
	                 "'method' must be suppress, small-counts or controlled");
}

enum sluice_status protect_seconds(const struct sluice_plan *plan, struct output *o,
                                   const char *text, struct place at, struct sluice_error *err)
{
	if (integer_read(text, PROTECT_SECONDS_MAX, &o->protect.seconds) && o->protect.seconds)
		return SLUICE_OK;
	return plan_fail(plan, err, at, "'seconds' must be a whole number from 1 to %d",
	                 PROTECT_SECONDS_MAX);
}

enum sluice_status protect_singletons(const struct sluice_plan *plan, struct output *o,
                                      const char *text, struct place at,
                                      struct sluice_error *err)
{
	o->protect.singletons = !strcmp(text, "true");
	if (o->protect.singletons || !strcmp(text, "false"))
		return SLUICE_OK;
	return plan_fail(plan, err, at, "'singletons' must be true or false");
}

enum sluice_status protect_group(const struct sluice_plan *plan, struct output *o,
                                 const char *text, struct place at, struct sluice_error *err)
{
	int64_t few;

	if (!integer_read(text, PROTECT_GROUP_MAX, &few))
		return plan_fail(plan, err, at, "'group' must be a whole number from 0 to %d",
		                 PROTECT_GROUP_MAX);
	o->protect.one_part = few + 1;
	return SLUICE_OK;
}

enum sluice_status protect_population(const struct sluice_plan *plan, struct output *o,
                                      const char *text, struct place at,
                                      struct sluice_error *err)
{
	if (!*text || !text_is_plain(text, strlen(text)))
		return plan_fail(plan, err, at, "'population' wants a name");
	free(o->protect.population);
	o->protect.population = text_copy(text, strlen(text));
	return o->protect.population ? SLUICE_OK : fail_memory(err);
}

const char *protect_file(const struct protecting *p, size_t i)
{
	for (size_t w = 0; w < p->n_said; w++)
		if (p->said[w].word->shape == PROTECT_FILES && i-- == 0)
			return p->said[w].right;
	return NULL;
}

bool protect_changes(const struct protecting *p)
{
	return p->method && strcmp(p->method, protect_methods[0]) != 0;
}

static bool copy_text(char **dst, const char *src)
{
	*dst = src ? text_copy(src, strlen(src)) : NULL;
	return *dst || !src;
}

bool protecting_copy(struct protecting *dst, const struct protecting *src)
{
	*dst = *src;
	dst->said = NULL;
	dst->n_said = 0;
	if (!copy_text(&dst->population, src->population))
		return false;
	if (!src->n_said)
		return true;
	dst->said = array_new(src->n_said, sizeof(*dst->said));
	if (!dst->said)
		return false;
	for (size_t i = 0; i < src->n_said; i++) {
		struct protect_said *s = &dst->said[dst->n_said++];

		*s = (struct protect_said){ .word = src->said[i].word, .at = src->said[i].at };
		if (!copy_text(&s->left, src->said[i].left) ||
		    !copy_text(&s->right, src->said[i].right))
			return false;
	}
	return true;
}

void protecting_free(struct protecting *p)
{
	for (size_t i = 0; i < p->n_said; i++) {
		free(p->said[i].left);
		free(p->said[i].right);
	}
	free(p->said);
	free(p->population);
	*p = (struct protecting){ 0 };
}
