/*
 * parse_perturb.c - the value of 'perturb' in a grouping
 */
#include "plan/parse.h"

#include <string.h>

struct reading {
	const struct sluice_plan *plan;
	struct sluice_error *err;
};

static enum sluice_status read_column(const struct reading *r, const struct node *n, bool *has,
                                      struct selector *s)
{
	const char *text;

	TRY(node_text(r->plan, n, n->key, &text, r->err));
	*has = true;
	return selector_single(s, text, strlen(text), r->plan, n->at, r->err);
}

static enum sluice_status read_file(const struct reading *r, const struct node *n, char **name)
{
	const char *text;

	TRY(node_text(r->plan, n, n->key, &text, r->err));
	if (!*text || !text_is_plain(text, strlen(text)))
		return plan_fail(r->plan, r->err, n->at, "'%s' is the name of a file", n->key);
	*name = text_copy(text, strlen(text));
	return *name ? SLUICE_OK : fail_memory(r->err);
}

static enum sluice_status read_key(const struct reading *r, struct perturbing *p,
                                   const struct node *n)
{
	char shown[72];

	if (!strcmp(n->key, "table"))
		return read_file(r, n, &p->table);
	if (!strcmp(n->key, "key"))
		return read_file(r, n, &p->key);
	if (!strcmp(n->key, "by"))
		return read_column(r, n, &p->has_by, &p->by);
	if (!strcmp(n->key, "record_key"))
		return read_column(r, n, &p->has_record_key, &p->record_key);
	return plan_fail(r->plan, r->err, n->key_at, "no '%s' in a 'perturb'",
	                 printable(shown, n->key, strlen(n->key)));
}

enum sluice_status read_perturb(const struct sluice_plan *plan, struct output *o,
                                const struct node *map, struct sluice_error *err)
{
	const struct reading r = { plan, err };
	struct perturbing *p = &o->group.perturb;

	TRY(node_filled(plan, map, NODE_MAP, map->key, err));
	p->at = map->key_at;
	for (size_t i = 0; i < map->n_items; i++)
		TRY(read_key(&r, p, &map->items[i]));
	if (p->table)
		return SLUICE_OK;
	return plan_fail(
		plan, err, map->at,
		"'perturb' lacks 'table', the file that says which noise a count gets");
}
