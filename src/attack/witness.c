#include "attack/witness.h"

#include <stdlib.h>
#include <string.h>

enum sluice_status witness_init(struct witness *w, const struct domain *d,
                                struct sluice_error *err)
{
	const uint32_t n = d->model->n_unknowns;
	const size_t n_rows = (size_t)d->model->n_rows + 1;

	*w = (struct witness){ 0 };
	w->values = malloc(((size_t)n + 1) * sizeof(*w->values));
	w->lo = malloc(((size_t)n + 1) * sizeof(*w->lo));
	w->hi = malloc(((size_t)n + 1) * sizeof(*w->hi));
	w->sums = calloc(n_rows, sizeof(*w->sums));
	w->moved = calloc(n_rows, sizeof(*w->moved));
	w->known = calloc(n_rows, sizeof(*w->known));
	w->touched = calloc(n_rows, sizeof(*w->touched));
	w->rows = calloc(n_rows, sizeof(*w->rows));
	if (!w->values || !w->lo || !w->hi || !w->sums || !w->moved || !w->known ||
	    !w->touched || !w->rows)
		return fail_memory(err);
	for (uint32_t u = 0; u < n; u++) {
		w->values[u] = d->lo[u];
		w->lo[u] = BOUND_NONE;
		w->hi[u] = -1;
	}
	return SLUICE_OK;
}

static void note_value(struct witness *w, uint32_t u, int64_t value)
{
	if (value < w->lo[u])
		w->lo[u] = value;
	if (value > w->hi[u])
		w->hi[u] = value;
}

bool witness_take(struct witness *w, const struct domain *d, const struct part *p)
{
	const struct model *m = d->model;

	for (uint32_t i = 0; i < p->n_unknowns; i++)
		if (!unknown_allows(&m->unknowns[p->unknowns[i]], w->values[p->unknowns[i]]))
			return false;
	for (uint32_t i = 0; i < p->n_rows; i++)
		if (!row_holds(m, &m->rows[p->rows[i]], w->values))
			return false;
	for (uint32_t i = 0; i < p->n_unknowns; i++)
		note_value(w, p->unknowns[i], w->values[p->unknowns[i]]);
	w->n_tables++;
	return true;
}

/* The next number, where 0 means none; the rows forget theirs when all were used. */
static void count_on(uint32_t *number, uint32_t *by_row, const struct model *m)
{
	if (!++*number) {
		memset(by_row, 0, (size_t)m->n_rows * sizeof(*by_row));
		*number = 1;
	}
}

void witness_begin(struct witness *w, const struct domain *d)
{
	count_on(&w->base, w->known, d->model);
}

/* By how much each row is moved. */
static void move_rows(struct witness *w, const struct model *m, const int64_t *values,
                      const struct change *c)
{
	for (uint32_t k = m->at[c->unknown]; k < m->at[c->unknown + 1]; k++) {
		const uint32_t row = m->of[k];

		if (w->touched[row] != w->offer) {
			w->touched[row] = w->offer;
			w->moved[row] = 0;
			w->rows[w->n_rows++] = row;
		}
		w->moved[row] += (wide)m->times[k] * (values[c->unknown] - c->from);
	}
}

static bool holds(struct witness *w, const struct model *m, uint32_t row, const int64_t *values)
{
	const struct row *r = &m->rows[row];

	if (w->known[row] != w->base) {
		w->sums[row] = row_sum(m, r, values) - w->moved[row];
		w->known[row] = w->base;
	}
	return row_allows(r, w->sums[row] + w->moved[row]);
}

bool witness_step(struct witness *w, const struct domain *d, const int64_t *values,
                  const struct change *changes, uint32_t n, bool stay)
{
	const struct model *m = d->model;

	count_on(&w->offer, w->touched, m);
	w->n_rows = 0;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t u = changes[i].unknown;

		if (!unknown_allows(&m->unknowns[u], values[u]))
			return false;
		move_rows(w, m, values, &changes[i]);
	}
	for (uint32_t i = 0; i < w->n_rows; i++)
		if (!holds(w, m, w->rows[i], values))
			return false;
	for (uint32_t i = 0; i < w->n_rows && stay; i++)
		w->sums[w->rows[i]] += w->moved[w->rows[i]];
	for (uint32_t i = 0; i < n; i++) {
		w->values[changes[i].unknown] = values[changes[i].unknown];
		note_value(w, changes[i].unknown, values[changes[i].unknown]);
	}
	w->n_tables++;
	return true;
}

void witness_free(struct witness *w)
{
	free(w->values);
	free(w->lo);
	free(w->hi);
	free(w->sums);
	free(w->moved);
	free(w->known);
	free(w->touched);
	free(w->rows);
	*w = (struct witness){ 0 };
}
