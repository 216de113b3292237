/*
 * families.c - which codes of a dimension are the sum of which others
 */
#include "model/hierarchy.h"
#include "model/input.h"

#include <stdlib.h>
#include <string.h>

static bool is_total(const struct audit_input *in, const char *dimension, const char *text)
{
	const struct said_word *s;

	for (uint32_t at = 0; (s = declaration_next(&in->said, "total", &at));)
		if (!strcmp(s->right, text) && (!s->left || !strcmp(s->left, dimension)))
			return true;
	return false;
}

enum sluice_status input_code(struct audit_input *in, uint32_t dimension, const char *text,
                              uint32_t *code, struct sluice_error *err)
{
	struct dimension *d = &in->cells.dimensions[dimension];

	*code = CODE_TOTAL;
	return is_total(in, d->name, text) ? SLUICE_OK : names_add(&d->codes, text, code, err);
}

bool key_settle(const struct audit_input *in, uint32_t *key)
{
	for (uint32_t i = in->cells.n_dimensions; i-- > 0;) {
		const struct dimension *d = &in->cells.dimensions[i];
		const uint32_t code = key[2 + i];

		if (d->inside < 0 || code <= CODE_REST || code >= d->n_outer ||
		    d->outer[code] == CELL_NONE)
			continue;
		if (key[2 + d->inside] == CODE_TOTAL)
			key[2 + d->inside] = d->outer[code];
		else if (key[2 + d->inside] != d->outer[code])
			return false;
	}
	return true;
}

/* ---- families ------------------------------------------------------------------------------ */

static enum sluice_status begin_family(struct dimension *d, uint32_t parent,
                                       struct sluice_error *err)
{
	if (!array_grow((void **)&d->families, &d->cap_families, d->n_families,
	                sizeof(*d->families)))
		return fail_memory(err);
	d->families[d->n_families++] = (struct family){ parent, d->n_children, 0 };
	return SLUICE_OK;
}

static enum sluice_status add_child(struct dimension *d, uint32_t child,
                                    struct sluice_error *err)
{
	if (!array_grow((void **)&d->children, &d->cap_children, d->n_children,
	                sizeof(*d->children)))
		return fail_memory(err);
	d->children[d->n_children++] = child;
	d->families[d->n_families - 1].n++;
	return SLUICE_OK;
}

/*
 * The families of one hierarchy.  What it doesn't mention lies directly below the total,
 * unless another hierarchy has it as a group: then it is a sum across this one.
 */
static enum sluice_status add_families(struct dimension *d, const struct hierarchy *t,
                                       const bool *groups, struct sluice_error *err)
{
	for (uint32_t p = 0; p < d->codes.n; p++) {
		bool begun = false;

		for (uint32_t c = CODE_REST; c < d->codes.n; c++) {
			bool child = t->parent[c] == p;

			if (p == CODE_TOTAL && t->parent[c] == CELL_NONE)
				child = c == CODE_REST ? d->open
				                       : t->is_parent[c] || !groups[c];
			if (!child)
				continue;
			if (!begun)
				TRY(begin_family(d, p, err));
			begun = true;
			TRY(add_child(d, c, err));
		}
	}
	return SLUICE_OK;
}

#define HIERARCHIES_MAX 16

/* All hierarchies of a dimension: read them all, for groups of one are none of another's codes. */
static enum sluice_status add_hierarchies(struct audit_input *in, uint32_t dimension,
                                          struct sluice_error *err)
{
	struct dimension *d = &in->cells.dimensions[dimension];
	struct hierarchy trees[HIERARCHIES_MAX] = { { 0 } };
	enum sluice_status status = SLUICE_OK;
	const struct said_word *s;
	bool *groups = NULL;
	uint32_t n = 0;

	for (uint32_t at = 0;
	     status == SLUICE_OK && (s = declaration_next(&in->said, "parents", &at));)
		if (!strcmp(s->left, d->name))
			status = n < HIERARCHIES_MAX ? hierarchy_read(in, dimension, s->right,
			                                              &trees[n++], err)
			                             : fail(err, SLUICE_E_PLAN,
			                                    "'parents': a dimension has up to "
			                                    "%d hierarchies",
			                                    HIERARCHIES_MAX);
	if (status == SLUICE_OK)
		status = hierarchies_check(trees, n, d->codes.n, err);
	if (status == SLUICE_OK && !(groups = calloc(d->codes.n + 1, sizeof(*groups))))
		status = fail_memory(err);
	for (uint32_t i = 0; status == SLUICE_OK && i < n; i++)
		for (uint32_t c = 0; c < d->codes.n; c++)
			groups[c] = groups[c] || (c < trees[i].n && trees[i].is_parent[c]);
	for (uint32_t i = 0; status == SLUICE_OK && i < n; i++) {
		const uint32_t size = (d->codes.n > trees[i].n ? d->codes.n : trees[i].n) + 1;
		uint32_t *parent = realloc(trees[i].parent, size * sizeof(*parent));
		bool *is_parent = realloc(trees[i].is_parent, size * sizeof(*is_parent));

		if (parent)
			trees[i].parent = parent;
		if (is_parent)
			trees[i].is_parent = is_parent;
		if (!parent || !is_parent) {
			status = fail_memory(err);
			break;
		}
		/* Codes that only a later hierarchy named. */
		for (uint32_t c = trees[i].n; c < size; c++) {
			parent[c] = CELL_NONE;
			is_parent[c] = false;
		}
		status = add_families(d, &trees[i], groups, err);
	}
	for (uint32_t i = 0; i < n; i++)
		hierarchy_free(&trees[i]);
	free(groups);
	return status;
}

/* ---- nested columns ------------------------------------------------------------------------ */

/* Each code of the inner column lies in one code of the outer; learnt from the rows. */
static enum sluice_status learn_nested(struct audit_input *in, uint32_t sheet, uint32_t inner,
                                       uint32_t inner_col, uint32_t outer_col,
                                       struct sluice_error *err)
{
	const struct sheet *s = &in->sheets[sheet];
	struct dimension *d = &in->cells.dimensions[inner];

	for (uint32_t row = 0; row < s->n_rows; row++) {
		uint32_t code, outer;

		TRY(input_code(in, inner, sheet_text(s, row, inner_col), &code, err));
		TRY(input_code(in, (uint32_t)d->inside, sheet_text(s, row, outer_col), &outer,
		               err));
		if (code == CODE_TOTAL || outer == CODE_TOTAL)
			continue;
		if (d->outer[code] != CELL_NONE && d->outer[code] != outer) {
			fail_at(err, SLUICE_E_DATA, s->lines[row], inner_col + 1,
			        "a code that an earlier row has in another group, and 'nested' "
			        "says that it can't be in two");
			fail_source(err, s->name);
			return SLUICE_E_DATA;
		}
		d->outer[code] = outer;
	}
	return SLUICE_OK;
}

static uint32_t dimension_column(const struct audit_input *in, uint32_t sheet,
                                 uint32_t dimension)
{
	for (uint32_t c = 0; c < in->sheets[sheet].header.n_cols; c++)
		if (in->about[sheet].roles[c].role == ROLE_DIMENSION &&
		    in->about[sheet].roles[c].dimension == dimension)
			return c;
	return CELL_NONE;
}

static enum sluice_status add_nested(struct audit_input *in, const struct said_word *s,
                                     const char *outer_name, const char *inner_name,
                                     struct sluice_error *err)
{
	const uint32_t outer = input_dimension(in, outer_name);
	const uint32_t inner = input_dimension(in, inner_name);
	struct dimension *d;

	if (outer == CELL_NONE || inner == CELL_NONE)
		return input_no_dimension(in, s, outer == CELL_NONE ? outer_name : inner_name,
		                          err);
	if (outer >= inner)
		return fail(err, SLUICE_E_PLAN,
		            "'nested' must be OUTER/INNER, two dimensions in the files' order");
	d = &in->cells.dimensions[inner];
	d->inside = outer;
	d->n_outer = d->codes.n;
	d->outer = malloc(((size_t)d->n_outer + 1) * sizeof(*d->outer));
	if (!d->outer)
		return fail_memory(err);
	for (uint32_t i = 0; i < d->n_outer; i++)
		d->outer[i] = CELL_NONE;
	for (uint32_t i = 0; i < in->n_sheets; i++) {
		const uint32_t a = dimension_column(in, i, outer);
		const uint32_t b = dimension_column(in, i, inner);

		if (a != CELL_NONE && b != CELL_NONE)
			TRY(learn_nested(in, i, inner, b, a, err));
	}
	return SLUICE_OK;
}

/* "A/B/C": B in A, C in B. */
static enum sluice_status read_nested(struct audit_input *in, const struct said_word *s,
                                      struct sluice_error *err)
{
	char *list = strdup(s->right), *rest = list, *outer = NULL, *name;
	enum sluice_status status = SLUICE_OK;

	if (!list)
		return fail_memory(err);
	while (status == SLUICE_OK && (name = strsep(&rest, "/"))) {
		if (outer)
			status = add_nested(in, s, outer, name, err);
		outer = name;
	}
	free(list);
	return status;
}

/* The codes of all rows, so that everything that exists has a number. */
static enum sluice_status learn_codes(struct audit_input *in, struct sluice_error *err)
{
	for (uint32_t i = 0; i < in->n_sheets; i++)
		for (uint32_t col = 0; col < in->sheets[i].header.n_cols; col++) {
			const struct column_role *r = &in->about[i].roles[col];
			uint32_t code;

			if (r->role != ROLE_DIMENSION)
				continue;
			for (uint32_t row = 0; row < in->sheets[i].n_rows; row++)
				TRY(input_code(in, r->dimension,
				               sheet_text(&in->sheets[i], row, col), &code,
				               err));
		}
	return SLUICE_OK;
}

enum sluice_status input_families(struct audit_input *in, struct sluice_error *err)
{
	const struct said_word *s;

	TRY(learn_codes(in, err));
	for (uint32_t at = 0; (s = declaration_next(&in->said, "nested", &at));)
		TRY(read_nested(in, s, err));
	for (uint32_t at = 0; (s = declaration_next(&in->said, "parents", &at));)
		if (input_dimension(in, s->left) == CELL_NONE)
			return input_no_dimension(in, s, s->left, err);
	for (uint32_t i = 0; i < in->cells.n_dimensions; i++) {
		struct dimension *d = &in->cells.dimensions[i];

		TRY(add_hierarchies(in, i, err));
		if (d->n_families)
			continue;
		TRY(begin_family(d, CODE_TOTAL, err));
		for (uint32_t c = d->open ? CODE_REST : CODE_REST + 1; c < d->codes.n; c++)
			TRY(add_child(d, c, err));
	}
	return SLUICE_OK;
}
