/*
 * relate.c - the sums that hold between cells
 *
 * Every cell that a file shows makes all the totals that it is part of, along every
 * dimension, cells as well, shown or not: a total that nobody prints may still tie two
 * tables together.  Then each cell that is a total is the sum of its parts.
 */
#include "model/input.h"

#include <stdlib.h>
#include <string.h>

/* The codes above a code, itself first. */
struct above {
	uint32_t *codes, n, cap;
};

/* By code, the parents of the families that it is a child of: parents[at[k]] to parents[at[k + 1] - 1]. */
struct parents {
	uint32_t *at, *parents;
};

static bool parents_make(struct parents *p, const struct dimension *d)
{
	p->at = calloc((size_t)d->codes.n + 2, sizeof(*p->at));
	p->parents = calloc((size_t)d->n_children + 1, sizeof(*p->parents));
	if (!p->at || !p->parents)
		return false;
	for (uint32_t i = 0; i < d->n_children; i++)
		p->at[d->children[i] + 2]++;
	for (uint32_t k = 2; k < d->codes.n + 2; k++)
		p->at[k] += p->at[k - 1];
	for (uint32_t f = 0; f < d->n_families; f++)
		for (uint32_t c = 0; c < d->families[f].n; c++)
			p->parents[p->at[d->children[d->families[f].first + c] + 1]++] =
				d->families[f].parent;
	return true;
}

static void parents_free(struct parents *p)
{
	free(p->at);
	free(p->parents);
}

static enum sluice_status add_above(struct above *a, uint32_t code, struct sluice_error *err)
{
	for (uint32_t k = 0; k < a->n; k++)
		if (a->codes[k] == code)
			return SLUICE_OK;
	if (!array_grow((void **)&a->codes, &a->cap, a->n, sizeof(*a->codes)))
		return fail_memory(err);
	a->codes[a->n++] = code;
	return SLUICE_OK;
}

static enum sluice_status find_above(const struct parents *p, uint32_t code, struct above *a,
                                     struct sluice_error *err)
{
	TRY(add_above(a, code, err));
	for (uint32_t i = 0; i < a->n; i++)
		for (uint32_t k = p->at[a->codes[i]]; k < p->at[a->codes[i] + 1]; k++)
			TRY(add_above(a, p->parents[k], err));
	return SLUICE_OK;
}

/*
 * Only totals at or below one that is shown: those above all that is shown are sums of what is
 * below them, whatever that is, and tie nothing together.
 */
static bool is_below_shown(const struct above *all, const bool *shown, uint32_t code)
{
	for (uint32_t i = 0; i < all[code].n; i++)
		if (shown[all[code].codes[i]])
			return true;
	return false;
}

/* By code, the codes above it; then without those that tell nothing. */
static enum sluice_status find_all_above(const struct audit_input *in, uint32_t dimension,
                                         struct above *all, struct sluice_error *err)
{
	const struct cells *c = &in->cells;
	const struct dimension *d = &c->dimensions[dimension];
	bool *shown = calloc((size_t)d->codes.n + 1, sizeof(*shown));
	bool *keep = calloc((size_t)d->codes.n + 1, sizeof(*keep));
	struct parents parents = { 0 };
	enum sluice_status status =
		parents_make(&parents, d) && shown && keep ? SLUICE_OK : fail_memory(err);

	for (uint32_t i = 0; status == SLUICE_OK && i < c->n; i++)
		shown[cell_key(c, i)[2 + dimension]] = true;
	for (uint32_t k = 0; status == SLUICE_OK && k < d->codes.n; k++)
		status = find_above(&parents, k, &all[k], err);
	for (uint32_t k = 0; status == SLUICE_OK && k < d->codes.n; k++)
		keep[k] = is_below_shown(all, shown, k);
	for (uint32_t k = 0; status == SLUICE_OK && k < d->codes.n; k++) {
		uint32_t n = 1;

		for (uint32_t i = 1; i < all[k].n; i++)
			if (keep[all[k].codes[i]])
				all[k].codes[n++] = all[k].codes[i];
		all[k].n = n;
	}
	parents_free(&parents);
	free(shown);
	free(keep);
	return status;
}

struct touching {
	struct audit_input *in;
	struct above **above; /* by dimension, by code */
	uint32_t *key, *settled;
	uint64_t along;    /* of the cell that leads there */
	uint64_t *columns; /* by sheet                     */
};

/* By sheet, the dimensions that are columns of it. */
static uint64_t *find_columns(const struct audit_input *in)
{
	uint64_t *columns = calloc((size_t)in->n_sheets + 1, sizeof(*columns));

	for (uint32_t s = 0; columns && s < in->n_sheets; s++)
		for (uint32_t c = 0; c < in->sheets[s].header.n_cols; c++) {
			const struct column_role *r = &in->about[s].roles[c];

			if ((r->role == ROLE_DIMENSION || r->role == ROLE_WIDE) &&
			    r->dimension < 64)
				columns[s] |= UINT64_C(1) << r->dimension;
		}
	return columns;
}

/* Those of all sheets that show the cell; all, where none does. */
static uint64_t columns_of(const struct audit_input *in, const uint64_t *columns, uint32_t cell)
{
	uint32_t at = in->cells.cells[cell].place;
	uint64_t along = at == CELL_NONE ? UINT64_MAX : 0;

	for (; at != CELL_NONE; at = in->cells.places[at].next)
		along |= columns[in->cells.places[at].sheet];
	return along;
}

/*
 * Whether a code of the total that has no row is known to count nobody.  In a file about one
 * code others were never looked for.
 */
static bool is_broken_down(const struct audit_input *in, uint32_t cell, uint32_t dimension)
{
	return dimension >= 64 || in->cells.cells[cell].along >> dimension & 1;
}

/* All the totals of the key from dimension 'd' on. */
static enum sluice_status touch(struct touching *t, uint32_t d, struct sluice_error *err)
{
	struct cells *c = &t->in->cells;
	const uint32_t code = d < c->n_dimensions ? t->key[2 + d] : 0;
	struct above *a;
	uint32_t cell;

	if (d == c->n_dimensions) {
		memcpy(t->settled, t->key, cells_width(c) * sizeof(*t->key));
		if (!key_settle(t->in, t->settled))
			return SLUICE_OK;
		TRY(cells_add(c, &t->in->model, t->settled, &cell, err));
		c->cells[cell].along |= t->along;
		return SLUICE_OK;
	}
	a = &t->above[d][code];
	for (uint32_t i = 0; i < a->n; i++) {
		t->key[2 + d] = a->codes[i];
		TRY(touch(t, d + 1, err));
	}
	t->key[2 + d] = code;
	return SLUICE_OK;
}

static enum sluice_status touch_all(struct audit_input *in, struct sluice_error *err)
{
	struct cells *c = &in->cells;
	struct touching t = { .in = in };
	enum sluice_status status = SLUICE_OK;
	const uint32_t shown = c->n;

	t.key = calloc(2 * (size_t)cells_width(c), sizeof(*t.key));
	if (!t.key)
		return fail_memory(err);
	t.above = calloc((size_t)c->n_dimensions + 1, sizeof(*t.above));
	t.columns = find_columns(in);
	if (!t.above || !t.columns)
		status = fail_memory(err);
	t.settled = t.key + cells_width(c);
	for (uint32_t d = 0; status == SLUICE_OK && d < c->n_dimensions; d++)
		if (!(t.above[d] = calloc(c->dimensions[d].codes.n, sizeof(**t.above))))
			status = fail_memory(err);
		else
			status = find_all_above(in, d, t.above[d], err);
	for (uint32_t i = 0; status == SLUICE_OK && i < shown; i++) {
		memcpy(t.key, cell_key(c, i), cells_width(c) * sizeof(*t.key));
		t.along = columns_of(in, t.columns, i);
		status = touch(&t, 0, err);
	}
	for (uint32_t d = 0; t.above && d < c->n_dimensions; d++) {
		for (uint32_t k = 0; t.above[d] && k < c->dimensions[d].codes.n; k++)
			free(t.above[d][k].codes);
		free(t.above[d]);
	}
	free(t.above);
	free(t.columns);
	free(t.key);
	return status;
}

/* The cell with another code in one dimension; CELL_NONE when there is none. */
static uint32_t sibling(const struct audit_input *in, uint32_t *key, uint32_t cell,
                        uint32_t dimension, uint32_t code, bool *possible)
{
	memcpy(key, cell_key(&in->cells, cell), cells_width(&in->cells) * sizeof(*key));
	key[2 + dimension] = code;
	*possible = key_settle(in, key);
	return *possible ? cells_find(&in->cells, key) : CELL_NONE;
}

static bool has_part(const struct audit_input *in, uint32_t *key, uint32_t cell,
                     uint32_t dimension, const struct family *f)
{
	const struct dimension *d = &in->cells.dimensions[dimension];
	bool possible;

	for (uint32_t c = 0; c < f->n; c++)
		if (sibling(in, key, cell, dimension, d->children[f->first + c], &possible) !=
		    CELL_NONE)
			return true;
	return false;
}

/* Cells that no file shows although their total has parts: made where they may be more than 0. */
static enum sluice_status make_parts(struct audit_input *in, uint32_t *key, uint32_t cell,
                                     uint32_t dimension, const struct family *f,
                                     struct sluice_error *err)
{
	const struct dimension *d = &in->cells.dimensions[dimension];
	const bool all = in->unknown_absent || !is_broken_down(in, cell, dimension);

	for (uint32_t c = 0; c < f->n; c++) {
		const uint32_t code = d->children[f->first + c];
		bool possible;
		uint32_t part;

		if (code != CODE_REST && !all)
			continue;
		if (sibling(in, key, cell, dimension, code, &possible) != CELL_NONE ||
		    !possible)
			continue;
		TRY(cells_add(&in->cells, &in->model, key, &part, err));
		/* Reported where it is few people for sure. */
		in->cells.cells[part].wanted = true;
	}
	return SLUICE_OK;
}

static enum sluice_status add_total(struct audit_input *in, uint32_t *key, uint32_t cell,
                                    uint32_t dimension, const struct family *f,
                                    struct sluice_error *err)
{
	const struct dimension *d = &in->cells.dimensions[dimension];
	struct row_note *note = input_note(in);
	bool possible;

	if (!note)
		return fail_memory(err);
	*note = (struct row_note){ ROW_TOTAL, CELL_NONE, 0, dimension };
	TRY(model_row(&in->model, 0, 0, err));
	TRY(model_term(&in->model, cell, 1, err));
	for (uint32_t c = 0; c < f->n; c++) {
		const uint32_t part =
			sibling(in, key, cell, dimension, d->children[f->first + c], &possible);

		if (part != CELL_NONE)
			TRY(model_term(&in->model, part, -1, err));
	}
	return SLUICE_OK;
}

typedef enum sluice_status (*total_fn)(struct audit_input *in, uint32_t *key, uint32_t cell,
                                       uint32_t dimension, const struct family *f,
                                       struct sluice_error *err);

/* For each cell and family of which it is the parent, if some part of it is a cell. */
static enum sluice_status each_total(struct audit_input *in, uint32_t *key, total_fn fn,
                                     struct sluice_error *err)
{
	struct cells *c = &in->cells;

	for (uint32_t i = 0; i < c->n; i++)
		for (uint32_t d = 0; d < c->n_dimensions; d++)
			for (uint32_t f = 0; f < c->dimensions[d].n_families; f++) {
				const struct family *family = &c->dimensions[d].families[f];

				if (family->parent == cell_key(c, i)[2 + d] &&
				    has_part(in, key, i, d, family))
					TRY(fn(in, key, i, d, family, err));
			}
	return SLUICE_OK;
}

enum sluice_status input_relate(struct audit_input *in, struct sluice_error *err)
{
	uint32_t *key = calloc(cells_width(&in->cells), sizeof(*key));
	enum sluice_status status;
	uint32_t before;

	if (!key)
		return fail_memory(err);
	status = touch_all(in, err);
	/* What is made may itself be a total, or a part that another total lacks. */
	do {
		before = in->cells.n;
		if (status == SLUICE_OK)
			status = each_total(in, key, make_parts, err);
	} while (status == SLUICE_OK && in->cells.n > before);
	if (status == SLUICE_OK)
		status = each_total(in, key, add_total, err);
	free(key);
	return status;
}
