/*
 * singletons.c - counts that their sum would tell
 *
 * Hidden counts of 1 where true zeros are shown, hidden zeros where they are not: each is the
 * least that it can be, so who can work out the sum of several knows each of them.  Of every
 * whole the sum of such cells in it stays hidden: of the innermost ones, and of its parts where
 * some are wholes themselves.
 */
#include "protect/hidden_sums.h"
#include "protect/repair.h"

#include <stdlib.h>

struct collecting {
	const struct protection *p;
	uint32_t *first; /* by cell: the row that it is the whole of, or UINT32_MAX */
	uint32_t *cells, n;
};

static void take(struct collecting *c, uint32_t cell)
{
	if (c->p->primary[cell] && c->p->values[cell] == (c->p->zeros_stay ? 1 : 0))
		c->cells[c->n++] = cell;
}

static void take_inner(struct collecting *c, uint32_t cell)
{
	const struct model *m = c->p->model;
	const struct row *r = c->first[cell] == UINT32_MAX ? NULL : &m->rows[c->first[cell]];

	if (!r)
		take(c, cell);
	for (uint32_t i = 1; r && i < r->n; i++)
		take_inner(c, m->terms[r->first + i].unknown);
}

/* Returns whether a part is a whole itself. */
static bool take_parts(struct collecting *c, const struct row *r)
{
	bool deep = false;

	for (uint32_t i = 1; i < r->n; i++) {
		const uint32_t cell = c->p->model->terms[r->first + i].unknown;

		take(c, cell);
		deep = deep || c->first[cell] != UINT32_MAX;
	}
	return deep;
}

static enum sluice_status add_row(struct collecting *c, struct hidden_sums *s, uint32_t row,
                                  struct sluice_error *err)
{
	const struct row *r = &c->p->model->rows[row];
	const struct term *whole = repair_whole(c->p->model, r);

	if (!whole)
		return SLUICE_OK;
	c->n = 0;
	if (c->first[whole->unknown] == row) {
		take_inner(c, whole->unknown);
		if (c->n > 1)
			TRY(hidden_sum_add(s, c->cells, c->n, err));
	}
	c->n = 0;
	return take_parts(c, r) && c->n > 1 ? hidden_sum_add(s, c->cells, c->n, err)
	                                    : SLUICE_OK;
}

enum sluice_status singletons_add(struct hidden_sums *s, const struct protection *p,
                                  struct sluice_error *err)
{
	const struct model *m = p->model;
	struct collecting c = { .p = p };
	enum sluice_status status = SLUICE_OK;

	c.first = malloc(((size_t)m->n_unknowns + 1) * sizeof(*c.first));
	c.cells = malloc(((size_t)m->n_unknowns + 1) * sizeof(*c.cells));
	if (!c.first || !c.cells)
		status = fail_memory(err);
	for (uint32_t u = 0; status == SLUICE_OK && u < m->n_unknowns; u++)
		c.first[u] = UINT32_MAX;
	for (uint32_t r = m->n_rows; status == SLUICE_OK && r-- > 0;) {
		const struct term *whole = repair_whole(m, &m->rows[r]);

		if (whole)
			c.first[whole->unknown] = r;
	}
	for (uint32_t r = 0; status == SLUICE_OK && r < m->n_rows; r++)
		status = add_row(&c, s, r, err);
	free(c.first);
	free(c.cells);
	return status;
}
