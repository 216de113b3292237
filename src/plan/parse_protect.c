/*
 * parse_protect.c - the value of 'protect' in a plan
 */
#include "plan/parse.h"
#include "plan/protecting.h"
#include "plan/suggest.h"

#include <string.h>

struct reading {
	const struct sluice_plan *plan;
	struct output *output;
	const struct protect_word *word;
	struct sluice_error *err;
};

/* A text, or a list of them, each said with the same left side. */
static enum sluice_status read_texts(const struct reading *r, const struct node *n,
                                     const char *left)
{
	const struct node *items = n->kind == NODE_LIST ? n->items : n;
	const size_t n_items = n->kind == NODE_LIST ? n->n_items : 1;
	const char *text;

	if (n->kind != NODE_SCALAR)
		TRY(node_filled(r->plan, n, NODE_LIST, r->word->key, r->err));
	for (size_t i = 0; i < n_items; i++) {
		TRY(node_text(r->plan, &items[i], r->word->key, &text, r->err));
		TRY(protect_say(r->plan, r->output, r->word, left, left ? strlen(left) : 0,
		                text, items[i].at, r->err));
	}
	return SLUICE_OK;
}

/* COLUMN: a text, or a list of them; "*" is every column. */
static enum sluice_status read_map(const struct reading *r, const struct node *n)
{
	TRY(node_filled(r->plan, n, NODE_MAP, r->word->key, r->err));
	for (size_t i = 0; i < n->n_items; i++)
		TRY(read_texts(r, &n->items[i],
		               strcmp(n->items[i].key, "*") ? n->items[i].key : NULL));
	return SLUICE_OK;
}

/* [[numerator, denominator], ...] */
static enum sluice_status read_pairs(const struct reading *r, const struct node *n)
{
	const char *small, *large;

	TRY(node_filled(r->plan, n, NODE_LIST, r->word->key, r->err));
	for (size_t i = 0; i < n->n_items; i++) {
		const struct node *pair = &n->items[i];

		if (pair->kind != NODE_LIST || pair->n_items != 2)
			return plan_fail(r->plan, r->err, pair->at,
			                 "'%s' is a list of pairs, as in [[numerator, "
			                 "denominator]]",
			                 r->word->key);
		TRY(node_text(r->plan, &pair->items[0], r->word->key, &small, r->err));
		TRY(node_text(r->plan, &pair->items[1], r->word->key, &large, r->err));
		TRY(protect_say(r->plan, r->output, r->word, small, strlen(small), large,
		                pair->at, r->err));
	}
	return SLUICE_OK;
}

static enum sluice_status read_word(const struct reading *r, const struct node *n)
{
	switch (r->word->shape) {
	case PROTECT_NAMES: break;
	case PROTECT_CODES:
		if (n->kind == NODE_MAP)
			return read_map(r, n);
		break;
	case PROTECT_FILES: return read_map(r, n);
	case PROTECT_PAIRS: return read_pairs(r, n);
	}
	return read_texts(r, n, NULL);
}

/* What is said once. */
static const struct {
	const char *name;
	enum sluice_status (*read)(const struct sluice_plan *plan, struct output *o,
	                           const char *text, struct place at, struct sluice_error *err);
} once[] = {
	{ "group", protect_group },           { "method", protect_method },
	{ "population", protect_population }, { "seconds", protect_seconds },
	{ "singletons", protect_singletons },
};

#define N_ONCE (sizeof(once) / sizeof(*once))

static enum sluice_status unknown_key(const struct sluice_plan *plan, const struct node *n,
                                      struct sluice_error *err)
{
	struct suggestion near = { 0 };
	char shown[72], hint[SUGGESTION_TEXT];

	for (const struct protect_word *w = protect_words; w->key; w++)
		suggest(&near, n->key, w->key);
	for (size_t i = 0; i < N_ONCE; i++)
		suggest(&near, n->key, once[i].name);
	return plan_fail(plan, err, n->key_at, "'protect' has no '%s'%s",
	                 printable(shown, n->key, strlen(n->key)),
	                 suggestion_text(&near, hint));
}

enum sluice_status read_protect(const struct sluice_plan *plan, struct output *o,
                                const struct node *map, struct sluice_error *err)
{
	const char *text;

	TRY(node_filled(plan, map, NODE_MAP, map->key, err));
	o->protect.given = true;
	o->protect.at = map->key_at;
	for (size_t i = 0; i < map->n_items; i++) {
		const struct node *n = &map->items[i];
		const struct reading r = { plan, o, protect_word_find(n->key), err };
		size_t k = 0;

		if (r.word) {
			TRY(read_word(&r, n));
			continue;
		}
		while (k < N_ONCE && strcmp(once[k].name, n->key) != 0)
			k++;
		if (k == N_ONCE)
			return unknown_key(plan, n, err);
		TRY(node_text(plan, n, n->key, &text, err));
		TRY(once[k].read(plan, o, text, n->at, err));
	}
	return SLUICE_OK;
}
