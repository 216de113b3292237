#include "protect/moves.h"

#include "base/random.h"

#include <stdlib.h>
#include <string.h>

#define STEPS 40 /* cells of a move                       */
#define TRIES 24 /* moves looked for, up and down by turns */

/* Costs, in sixteenths; whole numbers, so that they are the same on every machine. */
#define HIDE   48    /* a count, and as much again for 8 times as many people  */
#define BROKEN 48    /* a row more that doesn't hold                           */
#define DEAR   16000 /* a zero that is to stay                                 */
#define NEVER  (INT64_C(1) << 40)

enum sluice_status moves_init(struct moves *m, const struct protection *p,
                              struct sluice_error *err)
{
	const size_t n = (size_t)p->model->n_unknowns + 1, rows = (size_t)p->model->n_rows + 1;

	*m = (struct moves){ .p = p, .random = UINT64_C(0x9E3779B97F4A7C15), .usable = true };
	m->sums = calloc(rows, sizeof(*m->sums));
	m->shift = calloc(rows, sizeof(*m->shift));
	m->touched = calloc(rows, sizeof(*m->touched));
	m->rows = calloc(rows, sizeof(*m->rows));
	m->change = calloc(n, sizeof(*m->change));
	m->proven = calloc(n, sizeof(*m->proven));
	m->cells = calloc(n, sizeof(*m->cells));
	m->best = calloc(n, sizeof(*m->best));
	if (!m->sums || !m->shift || !m->touched || !m->rows || !m->change || !m->proven ||
	    !m->cells || !m->best)
		return fail_memory(err);
	for (uint32_t u = 0; u < p->model->n_unknowns; u++)
		m->usable = m->usable && p->values[u] >= 0;
	for (uint32_t r = 0; r < p->model->n_rows; r++)
		m->sums[r] = row_sum(p->model, &p->model->rows[r], p->values);
	return SLUICE_OK;
}

void moves_destroy(struct moves *m)
{
	free(m->sums);
	free(m->shift);
	free(m->touched);
	free(m->rows);
	free(m->change);
	free(m->proven);
	free(m->cells);
	free(m->best);
}

static void clear(struct moves *m)
{
	for (uint32_t i = 0; i < m->n_cells; i++)
		m->change[m->cells[i]] = 0;
	for (uint32_t i = 0; i < m->n_rows; i++) {
		m->shift[m->rows[i]] = 0;
		m->touched[m->rows[i]] = false;
	}
	m->n_cells = m->n_rows = 0;
}

/* How far the row is from holding with 'more': below 0, above 0, or 0. */
static wide off(const struct moves *m, uint32_t row, wide more)
{
	const struct row *r = &m->p->model->rows[row];
	const wide sum = m->sums[row] + m->shift[row] + more;

	if (r->hi < BOUND_NONE && sum > r->hi)
		return sum - r->hi;
	return r->lo > -BOUND_NONE && sum < r->lo ? sum - r->lo : 0;
}

static void apply(struct moves *m, uint32_t u, int by)
{
	const struct model *model = m->p->model;

	m->change[u] = (int8_t)by;
	m->cells[m->n_cells++] = u;
	for (uint32_t i = model->at[u]; i < model->at[u + 1]; i++) {
		const uint32_t row = model->of[i];

		m->shift[row] += (wide)model->times[i] * by;
		if (!m->touched[row])
			m->rows[m->n_rows++] = row;
		m->touched[row] = true;
	}
}

/* What it costs that nobody may know the count any more: 0 where its text doesn't tell. */
static int64_t cost_of(const struct moves *m, const bool *hidden, uint32_t u, int by)
{
	const struct protection *p = m->p;
	const int64_t value = p->values[u] + by;

	if (value < 0)
		return NEVER;
	if (hidden[u] || !p->shown[u] || (p->seen && unknown_allows(&p->seen[u], value)))
		return 0;
	if (!p->values[u] && p->zeros_stay)
		return DEAR;
	return HIDE + 16 * (64 - __builtin_clzll((uint64_t)p->values[u] + 1));
}

static int64_t noise(struct moves *m)
{
	return (int64_t)(random_next(&m->random) >> 60);
}

/* Rows that the change would break, less those that it would mend. */
static int breaks(const struct moves *m, uint32_t u, int by)
{
	const struct model *model = m->p->model;
	int n = 0;

	for (uint32_t i = model->at[u]; i < model->at[u + 1]; i++)
		n += (off(m, model->of[i], (wide)model->times[i] * by) != 0) -
		     (off(m, model->of[i], 0) != 0);
	return n;
}

/* The best cell to mend the row with; false = there is none. */
static bool mend(struct moves *m, const bool *hidden, uint32_t row, int64_t most, int64_t *cost)
{
	const struct row *r = &m->p->model->rows[row];
	const bool lower = off(m, row, 0) > 0;
	int64_t best = NEVER, best_cost = 0;
	uint32_t cell = UINT32_MAX;
	int way = 0;

	for (uint32_t t = 0; t < r->n; t++) {
		const struct term *term = &m->p->model->terms[r->first + t];
		const int by = (term->factor > 0) == lower ? -1 : 1;
		int64_t c, score;

		if (m->change[term->unknown])
			continue;
		c = cost_of(m, hidden, term->unknown, by);
		if (*cost + c >= most)
			continue;
		score = c + BROKEN * breaks(m, term->unknown, by) + noise(m);
		if (score < best) {
			best = score;
			best_cost = c;
			cell = term->unknown;
			way = by;
		}
	}
	if (cell == UINT32_MAX)
		return false;
	apply(m, cell, way);
	*cost += best_cost;
	return true;
}

static uint32_t broken_row(const struct moves *m)
{
	for (uint32_t i = 0; i < m->n_rows; i++)
		if (off(m, m->rows[i], 0))
			return m->rows[i];
	return UINT32_MAX;
}

/* One move that costs less than 'most'; its cells are then in m->cells. */
static bool try_move(struct moves *m, const bool *hidden, uint32_t u, int by, int64_t most,
                     int64_t *cost)
{
	uint32_t row;

	clear(m);
	*cost = cost_of(m, hidden, u, by);
	if (*cost >= most)
		return false;
	apply(m, u, by);
	while ((row = broken_row(m)) != UINT32_MAX)
		if (m->n_cells >= STEPS || !mend(m, hidden, row, most, cost))
			return false;
	return true;
}

static void note_proven(struct moves *m)
{
	for (uint32_t i = 0; i < m->n_cells; i++)
		m->proven[m->cells[i]] = true;
}

void moves_forget(struct moves *m)
{
	memset(m->proven, 0, m->p->model->n_unknowns * sizeof(*m->proven));
}

void moves_prove(struct moves *m, const bool *hidden, const bool *wanted)
{
	int64_t cost;

	for (uint32_t u = 0; m->usable && u < m->p->model->n_unknowns; u++)
		for (int i = 0; i < TRIES && wanted[u] && !m->proven[u]; i++)
			if (try_move(m, hidden, u, i % 2 ? -1 : 1, 1, &cost))
				note_proven(m);
	clear(m);
}

bool moves_free(struct moves *m, bool *hidden, bool *primary, uint32_t u)
{
	int64_t most = DEAR, cost;

	m->n_best = 0;
	for (int i = 0; m->usable && i < TRIES; i++) {
		if (!try_move(m, hidden, u, i % 2 ? -1 : 1, most, &cost))
			continue;
		most = cost;
		m->n_best = m->n_cells;
		for (uint32_t k = 0; k < m->n_cells; k++)
			m->best[k] = m->change[m->cells[k]] < 0 ? ~m->cells[k] : m->cells[k];
	}
	for (uint32_t k = 0; k < m->n_best; k++) {
		const bool down = m->best[k] & UINT32_C(1) << 31;
		const uint32_t cell = down ? ~m->best[k] : m->best[k];

		if (cost_of(m, hidden, cell, down ? -1 : 1) > 0)
			hidden[cell] = true;
		/* All of them stay hidden from now on, and with them the proof. */
		primary[cell] = primary[cell] || (hidden[cell] && m->p->shown[cell]);
		m->proven[cell] = true;
	}
	clear(m);
	return m->n_best;
}
