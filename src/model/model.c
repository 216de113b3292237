#include "model/model.h"

#include <stdlib.h>

bool array_grow(void **array, uint32_t *cap, uint32_t n, size_t size)
{
	const uint32_t wanted = *cap ? *cap * 2 : 64;
	void *more;

	if (n < *cap)
		return true;
	if (wanted <= n)
		return false;
	more = realloc(*array, (size_t)wanted * size);
	if (!more)
		return false;
	*array = more;
	*cap = wanted;
	return true;
}

enum sluice_status model_unknown(struct model *m, int64_t lo, int64_t hi, uint32_t *id,
                                 struct sluice_error *err)
{
	if (!array_grow((void **)&m->unknowns, &m->cap_unknowns, m->n_unknowns,
	                sizeof(*m->unknowns)))
		return fail_memory(err);
	*id = m->n_unknowns++;
	m->unknowns[*id] = (struct unknown){ lo, hi, 1, 0 };
	return SLUICE_OK;
}

enum sluice_status model_row(struct model *m, int64_t lo, int64_t hi, struct sluice_error *err)
{
	if (!array_grow((void **)&m->rows, &m->cap_rows, m->n_rows, sizeof(*m->rows)))
		return fail_memory(err);
	m->rows[m->n_rows++] = (struct row){ m->n_terms, 0, lo, hi };
	return SLUICE_OK;
}

enum sluice_status model_term(struct model *m, uint32_t unknown, int64_t factor,
                              struct sluice_error *err)
{
	if (!array_grow((void **)&m->terms, &m->cap_terms, m->n_terms, sizeof(*m->terms)))
		return fail_memory(err);
	m->terms[m->n_terms++] = (struct term){ unknown, factor };
	m->rows[m->n_rows - 1].n++;
	return SLUICE_OK;
}

enum sluice_status model_finish(struct model *m, struct sluice_error *err)
{
	uint32_t *next = calloc((size_t)m->n_unknowns + 1, sizeof(*next));

	m->at = calloc((size_t)m->n_unknowns + 2, sizeof(*m->at));
	m->of = calloc((size_t)m->n_terms + 1, sizeof(*m->of));
	m->times = calloc((size_t)m->n_terms + 1, sizeof(*m->times));
	if (!next || !m->at || !m->of || !m->times) {
		free(next);
		return fail_memory(err);
	}
	for (uint32_t t = 0; t < m->n_terms; t++)
		m->at[m->terms[t].unknown + 1]++;
	for (uint32_t u = 0; u < m->n_unknowns; u++) {
		m->at[u + 1] += m->at[u];
		next[u] = m->at[u];
	}
	for (uint32_t r = 0; r < m->n_rows; r++)
		for (uint32_t t = 0; t < m->rows[r].n; t++) {
			const struct term *term = &m->terms[m->rows[r].first + t];

			m->times[next[term->unknown]] = term->factor;
			m->of[next[term->unknown]++] = r;
		}
	free(next);
	return SLUICE_OK;
}

wide row_sum(const struct model *m, const struct row *r, const int64_t *values)
{
	wide sum = 0;

	for (uint32_t t = 0; t < r->n; t++)
		sum += (wide)m->terms[r->first + t].factor *
		       values[m->terms[r->first + t].unknown];
	return sum;
}

bool row_allows(const struct row *r, wide sum)
{
	return (r->lo <= -BOUND_NONE || sum >= r->lo) && (r->hi >= BOUND_NONE || sum <= r->hi);
}

bool row_holds(const struct model *m, const struct row *r, const int64_t *values)
{
	return row_allows(r, row_sum(m, r, values));
}

bool unknown_allows(const struct unknown *u, int64_t value)
{
	return value >= u->lo && value <= u->hi && !(value >= u->gap_lo && value <= u->gap_hi);
}

void model_free(struct model *m)
{
	free(m->unknowns);
	free(m->terms);
	free(m->rows);
	free(m->at);
	free(m->of);
	free(m->times);
	*m = (struct model){ 0 };
}
