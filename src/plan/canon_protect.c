#include "plan/canon.h"
#include "plan/protecting.h"

#include <string.h>

/* One word: a list of texts, or with 'by_left' a map of such lists. */
static bool append(json_t *list, const struct protect_said *s)
{
	json_t *text = s->word->shape == PROTECT_PAIRS ? json_pack("[s,s]", s->left, s->right)
	                                               : json_string(s->right);

	return !json_array_append_new(list, text);
}

/* What was said of the word with that left side ("" = none) as a list; empty when nothing was. */
static json_t *texts_of(const struct protecting *p, const struct protect_word *word,
                        const char *left)
{
	json_t *list = json_array(), *sorted;
	bool ok = list;

	for (size_t i = 0; ok && i < p->n_said; i++) {
		const struct protect_said *s = &p->said[i];
		const bool same =
			word->shape == PROTECT_PAIRS || !strcmp(s->left ? s->left : "", left);

		if (s->word == word && same)
			ok = append(list, s);
	}
	/* The order of pairs, and of the files of a column, is of no matter, but it is kept. */
	sorted = !ok                            ? NULL
	         : word->shape == PROTECT_PAIRS ? json_incref(list)
	                                        : canon_list(list);
	json_decref(list);
	return sorted;
}

static bool put_map(json_t *map, const struct protecting *p, const struct protect_word *word)
{
	json_t *by_left = json_object(), *plain = texts_of(p, word, "");
	bool ok = by_left && plain;

	for (size_t i = 0; ok && i < p->n_said; i++)
		if (p->said[i].word == word && p->said[i].left)
			ok = canon_put(by_left, p->said[i].left,
			               texts_of(p, word, p->said[i].left));
	/* Codes of every dimension beside those of one: as the plan can say it, in the map of "*". */
	if (ok && json_object_size(by_left) && json_array_size(plain))
		ok = canon_put(by_left, "*", json_incref(plain));
	if (ok && json_object_size(by_left))
		ok = canon_put(map, word->key, canon_sorted(by_left));
	else if (ok && json_array_size(plain))
		ok = canon_put(map, word->key, json_incref(plain));
	json_decref(by_left);
	json_decref(plain);
	return ok;
}

static bool put_list(json_t *map, const struct protecting *p, const struct protect_word *word)
{
	json_t *list = texts_of(p, word, "");
	const bool ok = list && (!json_array_size(list) ||
	                         canon_put(map, word->key, json_incref(list)));

	json_decref(list);
	return ok;
}

bool canon_protect(json_t *map, const struct output *o)
{
	const struct protecting *p = &o->protect;
	json_t *protect;
	bool ok;

	if (!p->given)
		return true;
	protect = json_object();
	ok = canon_put(map, "protect", protect);
	for (const struct protect_word *w = protect_words; ok && w->key; w++) {
		const bool is_map = w->shape == PROTECT_CODES || w->shape == PROTECT_FILES;

		ok = is_map ? put_map(protect, p, w) : put_list(protect, p, w);
	}
	if (ok && p->population)
		ok = canon_put(protect, "population", json_string(p->population));
	if (ok && p->singletons)
		ok = canon_put(protect, "singletons", json_true());
	if (ok && p->one_part)
		ok = canon_put(protect, "group", json_integer(p->one_part - 1));
	return ok && canon_put(protect, "method", json_string(p->method)) &&
	       canon_put(protect, "seconds", json_integer(p->seconds));
}
