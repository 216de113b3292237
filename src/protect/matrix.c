#include "protect/matrix.h"

#include "protect/repair.h"

#include <stdlib.h>
#include <string.h>

/* Add the cell, as innermost ones, to the column in the making. */
static void add_cell(struct matrix *x, const struct model *m, uint32_t cell, int32_t times)
{
	const struct row *r = x->first[cell] == UINT32_MAX ? NULL : &m->rows[x->first[cell]];

	for (uint32_t i = 1; r && i < r->n; i++)
		add_cell(x, m, m->terms[r->first + i].unknown, times);
	if (r)
		return;
	if (!x->sum[cell])
		x->touched[x->n_touched++] = cell;
	x->sum[cell] += times;
	/* A factor that came back to zero may be listed twice; see end_column(). */
	if (!x->sum[cell] && x->n_touched)
		for (uint32_t i = x->n_touched; i-- > 0;)
			if (x->touched[i] == cell) {
				x->touched[i] = x->touched[--x->n_touched];
				break;
			}
}

static int compare_cells(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static bool end_column(struct matrix *x)
{
	struct columns *c = &x->c;
	uint32_t cap = x->cap_terms;

	qsort(x->touched, x->n_touched, sizeof(*x->touched), compare_cells);
	for (uint32_t i = 0; i < x->n_touched; i++) {
		cap = x->cap_terms;
		if (!array_grow((void **)&c->row, &x->cap_terms, x->n_terms, sizeof(*c->row)) ||
		    !array_grow((void **)&c->factor, &cap, x->n_terms, sizeof(*c->factor)))
			return false;
		c->row[x->n_terms] = x->touched[i];
		c->factor[x->n_terms++] = x->sum[x->touched[i]];
		x->sum[x->touched[i]] = 0;
	}
	x->n_touched = 0;
	if (!array_grow((void **)&c->start, &x->cap, c->n + 1, sizeof(*c->start)))
		return false;
	c->start[++c->n] = x->n_terms;
	return true;
}

bool matrix_make(struct matrix *x, const struct protection *p)
{
	const struct model *m = p->model;
	const size_t n = (size_t)m->n_unknowns + 1;

	x->sum = calloc(n, sizeof(*x->sum));
	x->touched = calloc(n, sizeof(*x->touched));
	x->first = malloc(n * sizeof(*x->first));
	if (!x->sum || !x->touched || !x->first ||
	    !array_grow((void **)&x->c.start, &x->cap, 0, sizeof(*x->c.start)))
		return false;
	x->c.start[0] = 0;
	x->c.n_rows = m->n_unknowns;
	for (uint32_t u = 0; u < m->n_unknowns; u++)
		x->first[u] = UINT32_MAX;
	for (uint32_t r = 0; r < m->n_rows; r++) {
		const struct term *t = repair_whole(m, &m->rows[r]);

		if (t && x->first[t->unknown] == UINT32_MAX)
			x->first[t->unknown] = r;
	}
	for (uint32_t u = 0; u < m->n_unknowns; u++) {
		if (p->shown[u] || p->primary[u])
			add_cell(x, m, u, 1);
		if (!end_column(x))
			return false;
	}
	/* A whole with other parts besides: both sums are the same, and everybody knows. */
	for (uint32_t r = 0; r < m->n_rows; r++) {
		const struct term *t = repair_whole(m, &m->rows[r]);

		if (!t || x->first[t->unknown] == r)
			continue;
		for (uint32_t i = 0; i < m->rows[r].n; i++)
			add_cell(x, m, m->terms[m->rows[r].first + i].unknown, i ? -1 : 1);
		if (!x->n_touched)
			continue;
		if (!end_column(x))
			return false;
		x->n_extra++;
	}
	return true;
}

void matrix_free(struct matrix *x)
{
	free(x->c.start);
	free(x->c.row);
	free(x->c.factor);
	free(x->sum);
	free(x->touched);
	free(x->first);
}

/* ---- the order -------------------------------------------------------------------------------- */

/* What one wants to show: large counts, and among equals what much depends on. */
struct wanted {
	uint32_t cell;
	int64_t value;
	double weight;
};

static int compare_wanted(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	if (x->weight > y->weight || x->weight < y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->cell < y->cell ? -1 : 1;
}

bool matrix_order(const struct protection *p, const struct matrix *x, uint32_t *order,
                  uint32_t *n_order)
{
	const struct columns *c = &x->c;
	const uint32_t n = p->model->n_unknowns;
	struct wanted *all = calloc((size_t)n + 1, sizeof(*all));
	double *weight = calloc((size_t)c->n_rows + 1, sizeof(*weight));

	*n_order = 0;
	for (uint32_t u = 0; all && weight && u < n; u++)
		for (uint32_t i = c->start[u]; i < c->start[u + 1]; i++)
			weight[c->row[i]] += (double)(p->values[u] + 1);
	for (uint32_t u = 0; all && weight && u < n; u++) {
		struct wanted *w = &all[*n_order];

		if (!p->shown[u])
			continue;
		*w = (struct wanted){ u, p->values[u], 0 };
		if (!w->value && p->zeros_stay)
			w->value = INT64_MAX;
		for (uint32_t i = c->start[u]; i < c->start[u + 1]; i++)
			w->weight += weight[c->row[i]];
		++*n_order;
	}
	if (all && weight)
		qsort(all, *n_order, sizeof(*all), compare_wanted);
	for (uint32_t i = 0; all && i < *n_order; i++)
		order[i] = all[i].cell;
	free(weight);
	free(all);
	return all && weight;
}
