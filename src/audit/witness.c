#include "audit/witness.h"

#include <stdlib.h>

enum sluice_status witness_init(struct witness *w, const struct domain *d,
                                struct sluice_error *err)
{
	const uint32_t n = d->model->n_unknowns;

	*w = (struct witness){ 0 };
	w->values = malloc(((size_t)n + 1) * sizeof(*w->values));
	w->lo = malloc(((size_t)n + 1) * sizeof(*w->lo));
	w->hi = malloc(((size_t)n + 1) * sizeof(*w->hi));
	if (!w->values || !w->lo || !w->hi)
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

bool witness_step(struct witness *w, const struct domain *d, const int64_t *values,
                  const uint32_t *changed, uint32_t n)
{
	const struct model *m = d->model;

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t u = changed[i];

		if (!unknown_allows(&m->unknowns[u], values[u]))
			return false;
		for (uint32_t k = m->at[u]; k < m->at[u + 1]; k++)
			if (!row_holds(m, &m->rows[m->of[k]], values))
				return false;
	}
	for (uint32_t i = 0; i < n; i++) {
		w->values[changed[i]] = values[changed[i]];
		note_value(w, changed[i], values[changed[i]]);
	}
	w->n_tables++;
	return true;
}

void witness_free(struct witness *w)
{
	free(w->values);
	free(w->lo);
	free(w->hi);
	*w = (struct witness){ 0 };
}
