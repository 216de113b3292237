/*
 * relate.c - the sums that hold between cells
 *
 * Every cell that a file shows makes all the totals that it is part of, along every
 * dimension, cells as well, shown or not: a total that nobody prints may still tie two
 * tables together.  Then each cell that is a total is the sum of its parts.
 */
#include "model/above.h"

#include <stdlib.h>
#include <string.h>

struct relating {
	struct audit_input *in;
	struct above_all above;
	uint32_t *key, *settled;
	uint32_t from;     /* the cell that leads there */
	uint64_t *columns; /* by sheet                  */
};

/*
 * By sheet, the dimensions that it breaks down: its columns, and what those are nested in,
 * unless all of it has one code there.
 */
static uint64_t *find_columns(const struct audit_input *in)
{
	uint64_t *columns = calloc((size_t)in->n_sheets + 1, sizeof(*columns));

	for (uint32_t s = 0; columns && s < in->n_sheets; s++)
		for (uint32_t c = 0; c < in->sheets[s].header.n_cols; c++) {
			const struct column_role *r = &in->about[s].roles[c];
			int64_t d = r->role == ROLE_DIMENSION || r->role == ROLE_WIDE
			                    ? (int64_t)r->dimension
			                    : -1;

			for (; d >= 0; d = in->cells.dimensions[d].inside)
				if (d < 64 && in->about[s].fixed[d] == CODE_TOTAL)
					columns[s] |= UINT64_C(1) << d;
		}
	return columns;
}

/* The dimensions in which two cells have other codes, of the first 64. */
static uint64_t between(const struct audit_input *in, const uint32_t *a, const uint32_t *b)
{
	uint64_t dimensions = 0;

	for (uint32_t d = 0; d < in->cells.n_dimensions && d < 64; d++)
		if (a[2 + d] != b[2 + d])
			dimensions |= UINT64_C(1) << d;
	return dimensions;
}

/*
 * Those dimensions, if a sheet that shows the cell breaks down all of them: what it shows of
 * a total is then all that there is.  A sheet about one code tells that of no total beyond its code.
 */
static uint64_t broken_down(const struct relating *r, uint32_t cell, uint64_t dimensions)
{
	const struct cells *c = &r->in->cells;
	uint32_t at = c->cells[cell].place;

	if (at == CELL_NONE)
		return dimensions;
	for (; at != CELL_NONE; at = c->places[at].next)
		if (!(dimensions & ~r->columns[c->places[at].sheet]))
			return dimensions;
	return 0;
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
static enum sluice_status touch(struct relating *r, uint32_t d, struct sluice_error *err)
{
	struct cells *c = &r->in->cells;
	const uint32_t code = d < c->n_dimensions ? r->key[2 + d] : 0;
	const struct above *a;
	uint32_t cell;

	if (d == c->n_dimensions) {
		memcpy(r->settled, r->key, cells_width(c) * sizeof(*r->key));
		if (!key_settle(r->in, r->settled))
			return SLUICE_OK;
		TRY(cells_add(c, &r->in->model, r->settled, &cell, err));
		c->cells[cell].along |= broken_down(
			r, r->from, between(r->in, r->settled, cell_key(c, r->from)));
		return SLUICE_OK;
	}
	a = &r->above.above[d][code];
	for (uint32_t i = 0; i < a->n; i++) {
		r->key[2 + d] = a->codes[i];
		TRY(touch(r, d + 1, err));
	}
	r->key[2 + d] = code;
	return SLUICE_OK;
}

static enum sluice_status touch_all(struct relating *r, struct sluice_error *err)
{
	struct cells *c = &r->in->cells;
	const uint32_t shown = c->n;

	for (uint32_t i = 0; i < shown; i++) {
		memcpy(r->key, cell_key(c, i), cells_width(c) * sizeof(*r->key));
		r->from = i;
		TRY(touch(r, 0, err));
	}
	return SLUICE_OK;
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

/* Whether that total's own parts say that nobody has the code, or one above it, in the dimension. */
static bool lacks(const struct relating *r, uint32_t total, uint32_t dimension, uint32_t code,
                  uint32_t *key)
{
	const struct audit_input *in = r->in;
	const struct above *a = &r->above.above[dimension][code];
	const struct parents *p = &r->above.parents[dimension];
	const struct dimension *d = &in->cells.dimensions[dimension];
	const uint32_t parent = cell_key(&in->cells, total)[2 + dimension];
	bool possible;

	for (uint32_t i = 0; i < a->n && is_broken_down(in, total, dimension); i++)
		for (uint32_t k = p->at[a->codes[i]];
		     k < p->at[a->codes[i] + 1] && a->codes[i] != CODE_REST; k++) {
			const struct family *f = &d->families[p->families[k]];

			if (f->parent == parent &&
			    sibling(in, key, total, dimension, a->codes[i], &possible) ==
			            CELL_NONE &&
			    possible && has_part(in, key, total, dimension, f))
				return true;
		}
	return false;
}

/*
 * Whether a cell without a row is known to count nobody: it is part of a total, along whatever
 * dimensions, that some file breaks down, where it would have a row.  part[] has its codes, and from
 * dimension 'd' on r->key is led through the totals above them.
 */
static bool is_nobody(struct relating *r, const uint32_t *part, uint32_t d)
{
	const struct cells *c = &r->in->cells;
	const uint32_t width = cells_width(c);
	uint32_t *settled = r->settled, *key = r->settled + width, total;

	if (d < c->n_dimensions) {
		const struct above *a = &r->above.above[d][part[2 + d]];

		for (uint32_t i = 0; i < a->n; i++) {
			r->key[2 + d] = a->codes[i];
			if (is_nobody(r, part, d + 1))
				return true;
		}
		return false;
	}
	memcpy(settled, r->key, width * sizeof(*settled));
	if (!key_settle(r->in, settled) || (total = cells_find(c, settled)) == CELL_NONE)
		return false;
	for (uint32_t i = 0; i < c->n_dimensions; i++)
		if (settled[2 + i] != part[2 + i] && lacks(r, total, i, part[2 + i], key))
			return true;
	return false;
}

/* Cells that no file shows although their total has parts: made where they may be more than 0. */
static enum sluice_status make_parts(struct relating *r, uint32_t *key, uint32_t cell,
                                     uint32_t dimension, const struct family *f,
                                     struct sluice_error *err)
{
	struct audit_input *in = r->in;
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
		memcpy(r->key, key, 2 * sizeof(*key));
		if (!in->unknown_absent && is_nobody(r, key, 0))
			continue;
		TRY(cells_add(&in->cells, &in->model, key, &part, err));
		/* Reported where it is few people for sure. */
		in->cells.cells[part].wanted = true;
	}
	return SLUICE_OK;
}

static enum sluice_status add_total(struct relating *r, uint32_t *key, uint32_t cell,
                                    uint32_t dimension, const struct family *f,
                                    struct sluice_error *err)
{
	struct audit_input *in = r->in;
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

typedef enum sluice_status (*total_fn)(struct relating *r, uint32_t *key, uint32_t cell,
                                       uint32_t dimension, const struct family *f,
                                       struct sluice_error *err);

/* For each cell and family of which it is the parent, if some part of it is a cell. */
static enum sluice_status each_total(struct relating *r, uint32_t *key, total_fn fn,
                                     struct sluice_error *err)
{
	struct cells *c = &r->in->cells;

	for (uint32_t i = 0; i < c->n; i++)
		for (uint32_t d = 0; d < c->n_dimensions; d++)
			for (uint32_t f = 0; f < c->dimensions[d].n_families; f++) {
				const struct family *family = &c->dimensions[d].families[f];

				if (family->parent == cell_key(c, i)[2 + d] &&
				    has_part(r->in, key, i, d, family))
					TRY(fn(r, key, i, d, family, err));
			}
	return SLUICE_OK;
}

static enum sluice_status relate(struct relating *r, uint32_t *key, struct sluice_error *err)
{
	uint32_t before;

	TRY(above_make(&r->above, r->in, err));
	TRY(touch_all(r, err));
	/* What is made may itself be a total, or a part that another total lacks. */
	do {
		before = r->in->cells.n;
		TRY(each_total(r, key, make_parts, err));
	} while (r->in->cells.n > before);
	return each_total(r, key, add_total, err);
}

enum sluice_status input_relate(struct audit_input *in, struct sluice_error *err)
{
	const size_t width = cells_width(&in->cells);
	uint32_t *keys = calloc(4 * width, sizeof(*keys));
	struct relating r = { .in = in, .key = keys, .columns = find_columns(in) };
	enum sluice_status status = SLUICE_OK;

	if (keys && r.columns) {
		r.settled = keys + width; /* and one more */
		status = relate(&r, keys + 3 * width, err);
	} else {
		status = fail_memory(err);
	}
	above_free(&r.above, in);
	free(r.columns);
	free(keys);
	return status;
}
