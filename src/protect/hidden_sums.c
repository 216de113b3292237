#include "protect/hidden_sums.h"

#include <stdlib.h>
#include <string.h>

static bool grow(struct hidden_sums *s)
{
	const uint32_t cap = s->cap;
	void **const arrays[] = { (void **)&s->values, (void **)&s->shown, (void **)&s->primary,
		                  (void **)&s->last, (void **)&s->below };
	static const size_t sizes[] = { sizeof(*s->values), sizeof(*s->shown),
		                        sizeof(*s->primary), sizeof(*s->last),
		                        sizeof(*s->below) };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		s->cap = cap;
		if (!array_grow(arrays[i], &s->cap, s->model.n_unknowns, sizes[i]))
			return false;
	}
	return true;
}

static enum sluice_status add_unknown(struct hidden_sums *s, int64_t value, bool shown,
                                      bool primary, struct sluice_error *err)
{
	uint32_t id;

	if (!grow(s))
		return fail_memory(err);
	TRY(model_unknown(&s->model, 0, BOUND_NONE, &id, err));
	s->values[id] = value;
	s->shown[id] = shown;
	s->primary[id] = primary;
	s->last[id] = s->below[id] = UINT32_MAX;
	return SLUICE_OK;
}

static enum sluice_status copy_model(struct hidden_sums *s, const struct protection *p,
                                     struct sluice_error *err)
{
	const struct model *m = p->model;

	for (uint32_t u = 0; u < m->n_unknowns; u++) {
		TRY(add_unknown(s, p->values[u], p->shown[u], p->primary[u], err));
		s->model.unknowns[u] = m->unknowns[u];
	}
	for (uint32_t r = 0; r < m->n_rows; r++) {
		TRY(model_row(&s->model, m->rows[r].lo, m->rows[r].hi, err));
		for (uint32_t t = 0; t < m->rows[r].n; t++) {
			const struct term *term = &m->terms[m->rows[r].first + t];

			TRY(model_term(&s->model, term->unknown, term->factor, err));
		}
	}
	s->n_cells = m->n_unknowns;
	return SLUICE_OK;
}

static int compare_cells(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Rows of sums follow those of the model, in the order of the sums. */
static bool is_sum_of(const struct hidden_sums *s, uint32_t sum, const uint32_t *cells,
                      uint32_t n)
{
	const uint32_t n_sums = s->model.n_unknowns - s->n_cells;
	const struct row *r = &s->model.rows[s->model.n_rows - n_sums + (sum - s->n_cells)];

	for (uint32_t i = 0; i < n && r->n == n + 1; i++)
		if (s->model.terms[r->first + 1 + i].unknown != cells[i])
			return false;
	return r->n == n + 1;
}

enum sluice_status hidden_sum_add(struct hidden_sums *s, uint32_t *cells, uint32_t n,
                                  struct sluice_error *err)
{
	const uint32_t id = s->model.n_unknowns;
	int64_t value = 0;

	qsort(cells, n, sizeof(*cells), compare_cells);
	for (uint32_t i = s->last[cells[0]]; i != UINT32_MAX; i = s->below[i])
		if (is_sum_of(s, i, cells, n))
			return SLUICE_OK;
	for (uint32_t i = 0; i < n; i++)
		value += s->values[cells[i]];
	TRY(add_unknown(s, value, false, true, err));
	s->below[id] = s->last[cells[0]];
	s->last[cells[0]] = id;
	TRY(model_row(&s->model, 0, 0, err));
	TRY(model_term(&s->model, id, 1, err));
	for (uint32_t i = 0; i < n; i++)
		TRY(model_term(&s->model, cells[i], -1, err));
	return SLUICE_OK;
}

enum sluice_status hidden_sums_make(struct hidden_sums *s, const struct protection *p,
                                    bool singletons, struct sluice_error *err)
{
	*s = (struct hidden_sums){ .p = *p };
	if (!singletons && !p->one_part)
		return SLUICE_OK;
	TRY(copy_model(s, p, err));
	if (p->one_part)
		TRY(one_part_add(s, p, err));
	if (singletons)
		TRY(singletons_add(s, p, err));
	TRY(model_finish(&s->model, err));
	s->p.model = &s->model;
	s->p.values = s->values;
	s->p.shown = s->shown;
	s->p.primary = s->primary;
	return SLUICE_OK;
}

void hidden_sums_free(struct hidden_sums *s)
{
	model_free(&s->model);
	free(s->values);
	free(s->shown);
	free(s->primary);
	free(s->last);
	free(s->below);
}
