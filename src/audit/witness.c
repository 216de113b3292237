#include "audit/witness.h"

#include <stdlib.h>
#include <string.h>

enum sluice_status witness_init(struct witness *w, const struct domain *d,
                                struct sluice_error *err)
{
	const uint32_t n = d->model->n_unknowns;

	*w = (struct witness){ 0 };
	w->values = malloc(((size_t)n + 1) * sizeof(*w->values));
	w->lo = malloc(((size_t)n + 1) * sizeof(*w->lo));
	w->hi = malloc(((size_t)n + 1) * sizeof(*w->hi));
	w->checked = calloc((size_t)d->model->n_rows + 1, sizeof(*w->checked));
	if (!w->values || !w->lo || !w->hi || !w->checked)
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

/* Each row once, however many of its unknowns have changed. */
static bool rows_hold(struct witness *w, const struct model *m, uint32_t unknown,
                      const int64_t *values)
{
	for (uint32_t k = m->at[unknown]; k < m->at[unknown + 1]; k++) {
		const uint32_t row = m->of[k];

		if (w->checked[row] == w->n_offers)
			continue;
		if (!row_holds(m, &m->rows[row], values))
			return false;
		w->checked[row] = w->n_offers;
	}
	return true;
}

bool witness_step(struct witness *w, const struct domain *d, const int64_t *values,
                  const uint32_t *changed, uint32_t n)
{
	const struct model *m = d->model;

	if (!++w->n_offers) { /* all numbers were used */
		memset(w->checked, 0, (size_t)m->n_rows * sizeof(*w->checked));
		w->n_offers = 1;
	}
	for (uint32_t i = 0; i < n; i++)
		if (!unknown_allows(&m->unknowns[changed[i]], values[changed[i]]) ||
		    !rows_hold(w, m, changed[i], values))
			return false;
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
	free(w->checked);
	*w = (struct witness){ 0 };
}
