/*
 * hierarchy.c - a file of parents is read, and what several of them say together is checked
 */
#include "model/hierarchy.h"

#include <stdlib.h>
#include <string.h>

static enum sluice_status read_parents(struct audit_input *in, uint32_t dimension,
                                       const struct sheet *s, struct hierarchy *t,
                                       struct sluice_error *err)
{
	struct dimension *d = &in->cells.dimensions[dimension];

	if (s->header.n_cols != 2)
		return fail(err, SLUICE_E_DATA,
		            "a file of parents has two columns: code, parent");
	for (uint32_t row = 0; row < s->n_rows; row++) {
		uint32_t child = names_find(&d->codes, sheet_text(s, row, 0)), parent;

		TRY(input_code(in, dimension, sheet_text(s, row, 1), &parent, err));
		/* Codes that no file has, nor any parent that one has, are left out later. */
		if (child == CELL_NONE)
			TRY(input_code(in, dimension, sheet_text(s, row, 0), &child, err));
		if (child == parent || child >= t->n || parent >= t->n)
			return fail_at(err, SLUICE_E_DATA, s->lines[row], 1,
			               "a code that is its own parent");
		if (child == CODE_TOTAL)
			return fail_at(err, SLUICE_E_DATA, s->lines[row], 1,
			               "a total can't be part of a group: is 'total' right?");
		if (t->parent[child] != CELL_NONE && t->parent[child] != parent)
			return fail_at(
				err, SLUICE_E_DATA, s->lines[row], 1,
				"a code with a second parent; say the other hierarchy in "
				"a file of its own");
		t->parent[child] = parent;
		t->line[child] = s->lines[row];
		t->is_parent[parent] = true;
	}
	return SLUICE_OK;
}

void hierarchy_free(struct hierarchy *t)
{
	free(t->parent);
	free(t->line);
	free(t->is_parent);
}

enum sluice_status hierarchy_read(struct audit_input *in, uint32_t dimension, const char *path,
                                  struct hierarchy *t, struct sluice_error *err)
{
	struct sheet s = { 0 };
	enum sluice_status status = sheet_read(&s, path, ',', err);

	t->n = in->cells.dimensions[dimension].codes.n + 2 * s.n_rows + 2;
	t->path = path;
	t->parent = malloc(t->n * sizeof(*t->parent));
	t->line = calloc(t->n, sizeof(*t->line));
	t->is_parent = calloc(t->n, sizeof(*t->is_parent));
	if (!t->parent || !t->line || !t->is_parent)
		status = fail_memory(err);
	for (uint32_t i = 0; t->parent && i < t->n; i++)
		t->parent[i] = CELL_NONE;
	if (status == SLUICE_OK)
		status = read_parents(in, dimension, &s, t, err);
	if (status != SLUICE_OK)
		fail_source(err, path);
	sheet_free(&s);
	return status;
}

#define LEVELS_MAX 64 /* what follows goes from level to level */

static uint32_t parent_in(const struct hierarchy *t, uint32_t code)
{
	return code < t->n ? t->parent[code] : CELL_NONE;
}

/* The first place, over all hierarchies, where a code of that kind has its parent. */
static enum sluice_status refuse_parent(const struct hierarchy *trees, uint32_t n,
                                        const uint32_t *kind, uint32_t n_codes,
                                        const char *text, struct sluice_error *err)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t c = 0; c < trees[i].n && c < n_codes; c++)
			if (kind[c] && trees[i].parent[c] != CELL_NONE) {
				fail_at(err, SLUICE_E_DATA, trees[i].line[c], 1, "%s", text);
				fail_source(err, trees[i].path);
				return SLUICE_E_DATA;
			}
	return SLUICE_OK;
}

/*
 * What has no parts is taken away, level by level: what is left in the end are circles, and what
 * they are in.  All hierarchies count, since one can close the circle that another begins.
 */
enum sluice_status hierarchies_check(const struct hierarchy *trees, uint32_t n,
                                     uint32_t n_codes, struct sluice_error *err)
{
	uint32_t *parts = calloc((size_t)n_codes + 1, sizeof(*parts));
	uint32_t *order = malloc(((size_t)n_codes + 1) * sizeof(*order));
	uint32_t n_order = 0, from = 0, levels = 0, parent;
	enum sluice_status status = parts && order ? SLUICE_OK : fail_memory(err);

	for (uint32_t i = 0; status == SLUICE_OK && i < n; i++)
		for (uint32_t c = 0; c < n_codes; c++)
			if ((parent = parent_in(&trees[i], c)) != CELL_NONE)
				parts[parent]++;
	for (uint32_t c = 0; status == SLUICE_OK && c < n_codes; c++)
		if (!parts[c])
			order[n_order++] = c;
	for (uint32_t to = n_order; from < to && ++levels <= LEVELS_MAX; to = n_order)
		for (; from < to; from++)
			for (uint32_t i = 0; i < n; i++)
				if ((parent = parent_in(&trees[i], order[from])) != CELL_NONE &&
				    !--parts[parent])
					order[n_order++] = parent;
	if (status == SLUICE_OK)
		status = refuse_parent(
			trees, n, parts, n_codes,
			levels > LEVELS_MAX
				? "groups of groups of more than 64 levels"
				: "a group that is part of itself, by way of others",
			err);
	free(parts);
	free(order);
	return status;
}
