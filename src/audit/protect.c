#include "audit/protect.h"

#include "audit/eliminate.h"

#include <stdlib.h>
#include <string.h>

/* The cells as columns over the innermost ones; more columns for what must be zero. */
struct matrix {
	struct columns c;
	uint32_t cap, cap_terms;
	uint32_t n_terms;
	int32_t *sum;      /* by cell: the factors of the column in the making */
	uint32_t *touched; /* cells with one                                */
	uint32_t n_touched;
	uint32_t *first; /* by cell: the row that it is the whole of, or UINT32_MAX */
	uint32_t n_extra;
};

static const struct term *whole_of(const struct model *m, const struct row *r)
{
	const struct term *t = &m->terms[r->first];

	return r->n > 1 && !r->lo && !r->hi && t->factor == 1 ? t : NULL;
}

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

static bool matrix_make(struct matrix *x, const struct model *m, const bool *shown)
{
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
		const struct term *t = whole_of(m, &m->rows[r]);

		if (t && x->first[t->unknown] == UINT32_MAX)
			x->first[t->unknown] = r;
	}
	for (uint32_t u = 0; u < m->n_unknowns; u++) {
		if (shown[u])
			add_cell(x, m, u, 1);
		if (!end_column(x))
			return false;
	}
	/* A whole with other parts besides: both sums are the same, and everybody knows. */
	for (uint32_t r = 0; r < m->n_rows; r++) {
		const struct term *t = whole_of(m, &m->rows[r]);

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

static void matrix_free(struct matrix *x)
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

static bool make_order(const struct protection *p, const struct matrix *x, uint32_t *order,
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

/* ---- audit and repair -------------------------------------------------------------------------- */

/* The smallest count that is shown in the row, zeros last; UINT32_MAX = none. */
static uint32_t cheapest(const struct protection *p, const struct row *r, const bool *hidden,
                         bool parts_only)
{
	uint32_t best = UINT32_MAX;

	for (uint32_t i = parts_only; i < r->n; i++) {
		const uint32_t u = p->model->terms[r->first + i].unknown;

		if (!p->shown[u] || hidden[u])
			continue;
		if (best == UINT32_MAX || !p->values[best] ||
		    (p->values[u] && p->values[u] < p->values[best]))
			best = u;
	}
	return best;
}

/* Hidden parts that are a small count together get one more. */
static bool widen_sums(const struct protection *p, const bool *hidden, bool *primary)
{
	bool changed = false;

	for (uint32_t r = 0; r < p->model->n_rows && p->together; r++) {
		const struct row *row = &p->model->rows[r];
		const struct term *whole = whole_of(p->model, row);
		int64_t sum = 0;
		bool known = whole && p->shown[whole->unknown] && !hidden[whole->unknown];
		uint32_t u;

		for (uint32_t i = 1; i < row->n && known; i++) {
			u = p->model->terms[row->first + i].unknown;
			known = p->shown[u];
			if (hidden[u])
				sum += p->values[u];
		}
		if (!known || sum < 1 || sum > p->together)
			continue;
		u = cheapest(p, row, hidden, true);
		if (u != UINT32_MAX) {
			primary[u] = true;
			changed = true;
		}
	}
	return changed;
}

/*
 * What falls, proven, gets the cheapest neighbour that is still shown: in its own rows, else in others'.
 * What is undecided stays so: the result is then not called safe.
 */
static bool repair(const struct protection *p, const struct attack *a, const bool *hidden,
                   bool *primary)
{
	const struct model *m = p->model;
	bool changed = false;

	for (uint32_t u = 0; u < m->n_unknowns; u++) {
		uint32_t best = UINT32_MAX;

		if (!primary[u] || attack_verdict(a, u) == VERDICT_SAFE ||
		    attack_verdict(a, u) == VERDICT_UNDECIDED)
			continue;
		for (uint32_t i = m->at[u]; i < m->at[u + 1]; i++) {
			const uint32_t c = cheapest(p, &m->rows[m->of[i]], hidden, false);

			if (c != UINT32_MAX &&
			    (best == UINT32_MAX || p->values[c] < p->values[best]))
				best = c;
		}
		for (uint32_t r = 0; r < m->n_rows && best == UINT32_MAX; r++)
			best = cheapest(p, &m->rows[r], hidden, false);
		if (best != UINT32_MAX) {
			primary[best] = true;
			changed = true;
		}
	}
	return changed;
}

/* The attack by one who knows only what would be shown. */
static enum sluice_status attack_result(const struct protection *p, const bool *hidden,
                                        const bool *primary, struct attack *a,
                                        struct model *seen, double until,
                                        struct sluice_error *err)
{
	struct effort effort = p->effort;

	*seen = *p->model;
	seen->unknowns = calloc((size_t)seen->n_unknowns + 1, sizeof(*seen->unknowns));
	if (!seen->unknowns)
		return fail_memory(err);
	for (uint32_t u = 0; u < seen->n_unknowns; u++) {
		const bool open = hidden[u] || !p->shown[u];

		seen->unknowns[u] = (struct unknown){ open ? 0 : p->values[u],
			                              open ? BOUND_NONE : p->values[u], 1, 0 };
	}
	effort.table = p->values;
	effort.seconds = until - clock_seconds();
	return attack_run(a, seen, &effort, primary, err);
}

/* One round: eliminate, audit; *done when nothing falls, or nothing more can be hidden. */
static enum sluice_status round_of(const struct protection *p, const struct matrix *x,
                                   const uint32_t *order, uint32_t n_order, bool *primary,
                                   const bool *known, double until, struct protected *result,
                                   bool *done, struct sluice_error *err)
{
	const struct elimination e = { &x->c, order, n_order, primary, known };
	struct attack a = { 0 };
	struct model seen = { 0 };
	enum sluice_status status;
	bool impossible;

	result->rounds++;
	TRY(eliminate(&e, result->hidden, &impossible, err));
	*done = false;
	if (widen_sums(p, result->hidden, primary))
		return SLUICE_OK;
	status = attack_result(p, result->hidden, primary, &a, &seen, until, err);
	if (status == SLUICE_OK) {
		result->safe = !a.impossible;
		for (uint32_t u = 0; u < seen.n_unknowns && result->safe; u++)
			if (primary[u] && attack_verdict(&a, u) != VERDICT_SAFE)
				result->safe = false;
		*done = result->safe || a.impossible || clock_seconds() > until ||
		        !repair(p, &a, result->hidden, primary);
	}
	attack_free(&a);
	free(seen.unknowns);
	return status;
}

static enum sluice_status run_rounds(const struct protection *p, struct matrix *x,
                                     struct protected *result, struct sluice_error *err)
{
	const uint32_t n = p->model->n_unknowns;
	uint32_t *order = malloc(((size_t)n + 1) * sizeof(*order)), n_order = 0;
	bool *primary = calloc((size_t)x->c.n + 1, sizeof(*primary));
	bool *known = calloc((size_t)x->c.n + 1, sizeof(*known));
	enum sluice_status status = SLUICE_OK;
	const double until = clock_seconds() + p->effort.seconds;
	bool done = false;

	result->hidden = calloc((size_t)x->c.n + 1, sizeof(*result->hidden));
	if (!order || !primary || !known || !result->hidden ||
	    !make_order(p, x, order, &n_order)) {
		status = fail_memory(err);
		done = true;
	} else {
		memcpy(primary, p->primary, n * sizeof(*primary));
		memset(known + n, true, x->n_extra);
	}
	while (!done && status == SLUICE_OK)
		status = round_of(p, x, order, n_order, primary, known, until, result, &done,
		                  err);
	free(order);
	free(primary);
	free(known);
	return status;
}

enum sluice_status protect(const struct protection *p, struct protected *result,
                           struct sluice_error *err)
{
	struct matrix x = { 0 };
	enum sluice_status status;

	*result = (struct protected){ 0 };
	for (uint32_t r = 0; r < p->model->n_rows; r++)
		if (!row_holds(p->model, &p->model->rows[r], p->values))
			return fail(err, SLUICE_E_DATA,
			            "a total is not the sum of its parts: what would be "
			            "protected is not additive");
	status = matrix_make(&x, p->model, p->shown) ? run_rounds(p, &x, result, err)
	                                             : fail_memory(err);
	matrix_free(&x);
	for (uint32_t u = 0; status == SLUICE_OK && u < p->model->n_unknowns; u++)
		if (result->hidden[u] && !p->primary[u]) {
			result->n_added++;
			result->added += p->values[u];
		}
	return status;
}
