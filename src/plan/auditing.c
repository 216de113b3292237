#include "plan/auditing.h"

#include "plan/build.h"
#include "plan/parse.h"
#include "plan/suggest.h"

#include <stdlib.h>
#include <string.h>

enum shape { SAYS_MODE, SAYS_LIST, SAYS_PAIRS, SAYS_PEOPLE };

static const struct key {
	const char *name, *word; /* in a plan, and as the audit knows it */
	enum shape shape;
} keys[] = {
	{ "mode", NULL, SAYS_MODE },
	{ "total", "total", SAYS_PAIRS },
	{ "dimensions", "dimensions", SAYS_LIST },
	{ "parents", "parents", SAYS_PAIRS },
	{ "nested", "nested", SAYS_LIST },
	{ "at_most", "at-most", SAYS_LIST },
	{ "population", NULL, SAYS_PEOPLE },
};

static const char *const modes[] = {
	[SLUICE_AUDIT_FAST] = "fast", [SLUICE_AUDIT_FULL] = "full", [SLUICE_AUDIT_OFF] = "off"
};

static bool take_copy(char **dst, const char *src)
{
	*dst = src ? text_copy(src, strlen(src)) : NULL;
	return *dst || !src;
}

static bool add(struct auditing *a, const char *word, const char *left, const char *right,
                struct place at)
{
	struct audit_said *more = realloc(a->said, (a->n_said + 1) * sizeof(*more)), *s;

	if (!more)
		return false;
	a->said = more;
	s = &more[a->n_said++];
	*s = (struct audit_said){ .word = word, .at = at };
	return take_copy(&s->left, left) && take_copy(&s->right, right);
}

static enum sluice_status read_mode(const struct sluice_plan *plan, struct auditing *a,
                                    const struct node *n, struct sluice_error *err)
{
	const char *text;

	TRY(node_text(plan, n, "mode", &text, err));
	a->mode_given = true;
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (!strcmp(text, modes[i])) {
			a->mode = (enum sluice_audit_mode)i;
			return SLUICE_OK;
		}
	return plan_fail(plan, err, n->at, "'mode' must be off, fast or full");
}

static enum sluice_status read_people(const struct sluice_plan *plan, struct auditing *a,
                                      const struct node *n, struct sluice_error *err)
{
	const char *text;

	TRY(node_text(plan, n, "population", &text, err));
	free(a->population);
	a->population = NULL;
	return take_copy(&a->population, text) ? SLUICE_OK : fail_memory(err);
}

/* One text of a list; in pairs "LEFT=RIGHT" may be said in one. */
static enum sluice_status read_text(const struct sluice_plan *plan, struct auditing *a,
                                    const struct key *key, const struct node *n,
                                    struct sluice_error *err)
{
	const bool less = !strcmp(key->name, "at_most");
	const char *text, *between = NULL;
	char *left = NULL;
	bool ok;

	TRY(node_text(plan, n, key->name, &text, err));
	if (n->key) /* of a map */
		return add(a, key->word, n->key, text, n->key_at) ? SLUICE_OK
		                                                  : fail_memory(err);
	if (less || key->shape == SAYS_PAIRS)
		between = strstr(text, less ? "<=" : "=");
	if ((less || !strcmp(key->name, "parents")) && (!between || between == text))
		return plan_fail(plan, err, n->at, "'%s' must be %s", key->name,
		                 less ? "A<=B" : "COLUMN: FILE");
	if (!strcmp(key->name, "nested") && !strchr(text, '/'))
		return plan_fail(plan, err, n->at, "'nested' must be OUTER/INNER, two columns");
	if (between && between > text) {
		left = text_copy(text, (size_t)(between - text));
		ok = left && add(a, key->word, left, between + (less ? 2 : 1), n->at);
		free(left);
	} else {
		ok = add(a, key->word, NULL, text, n->at);
	}
	return ok ? SLUICE_OK : fail_memory(err);
}

static enum sluice_status read_texts(const struct sluice_plan *plan, struct auditing *a,
                                     const struct key *key, const struct node *n,
                                     struct sluice_error *err)
{
	if (n->kind == NODE_SCALAR) {
		struct node one = *n;

		one.key = NULL;
		return read_text(plan, a, key, &one, err);
	}
	if (n->kind == NODE_MAP && key->shape != SAYS_PAIRS)
		return plan_fail(plan, err, n->at, "'%s' must be a text or a list", key->name);
	for (size_t i = 0; i < n->n_items; i++) {
		const struct node *item = &n->items[i];

		if (item->kind != NODE_LIST) {
			TRY(read_text(plan, a, key, item, err));
			continue;
		}
		for (size_t k = 0; k < item->n_items; k++) { /* total: {sex: [All, Both]} */
			struct node one = item->items[k];

			one.key = item->key;
			one.key_at = item->key_at;
			TRY(read_text(plan, a, key, &one, err));
		}
	}
	return SLUICE_OK;
}

static enum sluice_status read_key(const struct sluice_plan *plan, struct auditing *a,
                                   const struct node *n, struct sluice_error *err)
{
	struct suggestion near = { 0 };
	char shown[72], hint[SUGGESTION_TEXT];

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (strcmp(n->key, keys[i].name) != 0) {
			suggest(&near, n->key, keys[i].name);
			continue;
		}
		if (keys[i].shape == SAYS_MODE)
			return read_mode(plan, a, n, err);
		if (keys[i].shape == SAYS_PEOPLE)
			return read_people(plan, a, n, err);
		return read_texts(plan, a, &keys[i], n, err);
	}
	return plan_fail(plan, err, n->key_at, "unknown key '%s' of 'audit'%s",
	                 printable(shown, n->key, strlen(n->key)),
	                 suggestion_text(&near, hint));
}

enum sluice_status read_auditing(const struct sluice_plan *plan, struct output *o,
                                 const struct node *map, struct sluice_error *err)
{
	TRY(node_filled(plan, map, NODE_MAP, "audit", err));
	for (size_t i = 0; i < map->n_items; i++)
		TRY(read_key(plan, &o->audit, &map->items[i], err));
	return SLUICE_OK;
}

const char *auditing_file(const struct auditing *a, size_t i)
{
	for (size_t w = 0; w < a->n_said; w++)
		if (!strcmp(a->said[w].word, "parents") && i-- == 0)
			return a->said[w].right;
	return NULL;
}

/* ---- copied, printed, freed ---------------------------------------------------------------- */

bool auditing_copy(struct auditing *dst, const struct auditing *src)
{
	dst->mode = src->mode;
	dst->mode_given = src->mode_given;
	if (!take_copy(&dst->population, src->population))
		return false;
	for (size_t i = 0; i < src->n_said; i++)
		if (!add(dst, src->said[i].word, src->said[i].left, src->said[i].right,
		         src->said[i].at))
			return false;
	return true;
}

/* "LEFT=RIGHT", sorted: the order says nothing. */
static bool put_texts(json_t *map, const struct auditing *a, const struct key *key)
{
	const char *between = !strcmp(key->name, "at_most") ? "<=" : "=";
	json_t *list = json_array();
	bool ok = list != NULL, any;

	for (size_t i = 0; ok && i < a->n_said; i++) {
		const struct audit_said *s = &a->said[i];

		if (!key->word || strcmp(s->word, key->word) != 0)
			continue;
		ok = !json_array_append_new(
			list, s->left ? json_sprintf("%s%s%s", s->left, between, s->right)
				      : json_string(s->right));
	}
	any = json_array_size(list) > 0;
	ok = ok && (!any || canon_put(map, key->name, canon_list(list)));
	json_decref(list);
	return ok;
}

bool canon_auditing(json_t *map, const struct output *o)
{
	const struct auditing *a = &o->audit;
	json_t *audit;

	if (!a->mode_given && !a->population && !a->n_said)
		return true;
	audit = json_object();
	if (!canon_put(map, "audit", audit))
		return false;
	if (a->mode_given && !canon_put(audit, "mode", json_string(modes[a->mode])))
		return false;
	if (a->population && !canon_put(audit, "population", json_string(a->population)))
		return false;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (!put_texts(audit, a, &keys[i]))
			return false;
	return true;
}

void auditing_free(struct auditing *a)
{
	for (size_t i = 0; i < a->n_said; i++) {
		free(a->said[i].left);
		free(a->said[i].right);
	}
	free(a->said);
	free(a->population);
	*a = (struct auditing){ 0 };
}
