#include "attack/directions.h"

#include <stdlib.h>

struct work {
	struct directions *k;
	struct solving s;
	bool *listed;           /* by local unknown: is in the direction in the making */
	wide *moved;            /* by local row: by how much that moves it             */
	bool *touched;          /* by local row                                      */
	uint32_t *rows, n_rows; /* that are touched                                    */
};

/* ---- directions ------------------------------------------------------------------------------- */

static bool add_entry(struct work *x, uint32_t column, wide factor)
{
	struct directions *k = x->k;
	const uint32_t n = k->start[k->n + 1];

	if (factor > INT32_MAX || factor < -INT32_MAX)
		factor = INT32_MAX; /* too far for any table */
	if (!array_grow((void **)&k->entries, &k->cap_entries, n, sizeof(*k->entries)))
		return false;
	k->entries[n] = (struct entry){ column, (int32_t)factor };
	k->start[k->n + 1]++;
	solving_spend(&x->s, 1);
	return true;
}

/* The part's rows are in the order of the model. */
static uint32_t local_row(const struct work *x, uint32_t row)
{
	uint32_t lo = 0, hi = x->s.p->n_rows;

	while (lo < hi) {
		const uint32_t mid = lo + (hi - lo) / 2;

		if (x->s.p->rows[mid] < row)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Note by how much the rows with room are moved by the change of one unknown. */
static void move_rows(struct work *x, uint32_t unknown, int32_t factor)
{
	const struct model *m = x->s.d->model;

	for (uint32_t i = m->at[unknown]; i < m->at[unknown + 1]; i++) {
		const uint32_t row = local_row(x, m->of[i]);

		if (x->s.open[row] == LINE_NONE)
			continue;
		if (!x->touched[row])
			x->rows[x->n_rows++] = row;
		x->touched[row] = true;
		x->moved[row] += (wide)m->times[i] * factor;
	}
	solving_spend(&x->s, m->at[unknown + 1] - m->at[unknown]);
}

/* What takes that. */
static bool add_open(struct work *x)
{
	const struct model *m = x->s.d->model;
	const uint32_t first = x->k->start[x->k->n], last = x->k->start[x->k->n + 1];
	bool fits = true;

	for (uint32_t i = first; i < last; i++)
		move_rows(x, x->s.p->unknowns[x->k->entries[i].column],
		          x->k->entries[i].factor);
	for (uint32_t i = 0; i < x->n_rows; i++) {
		const uint32_t row = x->rows[i], c = x->s.open[row];
		const wide by = x->moved[row];

		x->moved[row] = 0;
		x->touched[row] = false;
		if (by && c < x->s.p->n_unknowns)
			fits = fits &&
			       add_entry(x, c, -by * m->times[m->at[x->s.p->unknowns[c]]]);
		else if (by)
			fits = fits && add_entry(x, c, by);
	}
	x->n_rows = 0;
	return fits;
}

static bool add_direction(struct work *x, uint32_t column)
{
	struct directions *k = x->k;
	const struct holders *h = &x->s.columns[column];
	uint32_t cap = k->cap_start;

	if (!array_grow((void **)&k->start, &cap, k->n + 1, sizeof(*k->start)))
		return false;
	k->cap_start = cap;
	k->start[k->n + 1] = k->start[k->n];
	if (!add_entry(x, column, 1))
		return false;
	for (uint32_t i = 0; i < h->n; i++) {
		struct line *l = &x->s.lines[h->lines[i]];
		const int32_t factor = l->pivot == LINE_NONE ? 0 : line_factor(l, column);

		/* A line may be among the holders twice. */
		if (!factor || x->listed[l->pivot])
			continue;
		x->listed[l->pivot] = true;
		if (!add_entry(x, l->pivot, -(int64_t)factor * line_factor(l, l->pivot)))
			return false;
	}
	for (uint32_t i = k->start[k->n]; i < k->start[k->n + 1]; i++)
		x->listed[k->entries[i].column] = false;
	if (!add_open(x))
		return false;
	k->n++;
	return true;
}

/* By column, the directions that change it. */
static bool index_columns(struct directions *k)
{
	k->at = calloc((size_t)k->n_columns + 2, sizeof(*k->at));
	k->in = calloc((size_t)k->start[k->n] + 1, sizeof(*k->in));
	if (!k->at || !k->in)
		return false;
	for (uint32_t i = 0; i < k->start[k->n]; i++)
		k->at[k->entries[i].column + 2]++;
	for (uint32_t c = 2; c <= k->n_columns + 1; c++)
		k->at[c] += k->at[c - 1];
	for (uint32_t v = 0; v < k->n; v++)
		for (uint32_t i = k->start[v]; i < k->start[v + 1]; i++)
			k->in[k->at[k->entries[i].column + 1]++] = v;
	return true;
}

static bool directions(struct work *x)
{
	struct directions *k = x->k;

	for (uint32_t c = 0; c < x->s.p->n_unknowns && x->s.left; c++)
		if (!x->s.solved[c] && !add_direction(x, c))
			return false;
	k->known = x->s.left;
	if (!k->known)
		k->n = k->start[0] = 0;
	return index_columns(k);
}

/* ---- a point ---------------------------------------------------------------------------------- */

/* The row's sum, with what is known of it but for the column. */
static wide sum_without(const struct work *x, const struct row *r, uint32_t column)
{
	const struct model *m = x->s.d->model;
	wide sum = 0;

	for (uint32_t t = 0; t < r->n; t++) {
		const struct term *term = &m->terms[r->first + t];
		const uint32_t c = x->s.all->local[term->unknown];

		if (c == LINE_NONE || c != column)
			sum += (wide)term->factor *
			       (c == LINE_NONE ? x->s.d->lo[term->unknown] : x->k->point[c]);
	}
	return sum;
}

/* What nothing follows from is as small as it can be; all else follows. */
static void find_point(struct work *x)
{
	const struct model *m = x->s.d->model;
	struct directions *k = x->k;
	bool fits = k->known && !x->s.dropped;

	for (uint32_t c = 0; c < x->s.p->n_unknowns; c++)
		k->point[c] = x->s.solved[c] ? 0 : x->s.d->lo[x->s.p->unknowns[c]];
	for (uint32_t i = 0; i < x->s.p->n_rows && fits; i++) {
		const struct line *l = &x->s.lines[i];
		wide sum = l->sum;

		if (x->s.open[i] != LINE_NONE || l->pivot == LINE_NONE)
			continue;
		for (uint32_t e = 0; e < l->n; e++)
			if (l->entries[e].column != l->pivot)
				sum -= (wide)l->entries[e].factor *
				       k->point[l->entries[e].column];
		fits = sum < BOUND_NONE && sum > -BOUND_NONE;
		k->point[l->pivot] = fits ? (int64_t)sum * line_factor(l, l->pivot) : 0;
	}
	for (uint32_t i = 0; i < x->s.p->n_rows && fits; i++) {
		const struct row *r = &m->rows[x->s.p->rows[i]];
		const uint32_t c = x->s.open[i];
		wide sum;

		if (c == LINE_NONE)
			continue;
		sum = sum_without(x, r, c);
		if (c < x->s.p->n_unknowns)
			sum = (r->lo - sum) * m->times[m->at[x->s.p->unknowns[c]]];
		fits = sum < BOUND_NONE && sum > -BOUND_NONE;
		k->point[c] = fits ? (int64_t)sum : 0;
	}
	k->has_point = fits;
}

static bool work_begin(struct work *x)
{
	const size_t n = (size_t)x->s.p->n_unknowns + 1, n_rows = (size_t)x->s.p->n_rows + 1;
	struct directions *k = x->k;

	k->n_columns = x->s.p->n_unknowns + x->s.p->n_rows;
	k->point = calloc((size_t)k->n_columns + 1, sizeof(*k->point));
	x->listed = calloc(n, sizeof(*x->listed));
	x->moved = calloc(n_rows, sizeof(*x->moved));
	x->touched = calloc(n_rows, sizeof(*x->touched));
	x->rows = calloc(n_rows, sizeof(*x->rows));
	if (!k->point || !x->listed || !x->moved || !x->touched || !x->rows ||
	    !array_grow((void **)&k->start, &k->cap_start, 0, sizeof(*k->start)))
		return false;
	k->start[0] = 0;
	return true;
}

static void work_end(struct work *x)
{
	solving_free(&x->s);
	free(x->listed);
	free(x->moved);
	free(x->touched);
	free(x->rows);
}

enum sluice_status directions_make(struct directions *k, const struct domain *d,
                                   const struct parts *all, const struct part *p, uint64_t work,
                                   struct sluice_error *err)
{
	struct work x = { .k = k, .s = { .d = d, .all = all, .p = p, .left = work } };
	bool fits;

	*k = (struct directions){ 0 };
	fits = work_begin(&x) && solving_run(&x.s) && directions(&x);
	if (fits)
		find_point(&x);
	work_end(&x);
	return fits ? SLUICE_OK : fail_memory(err);
}

void directions_free(struct directions *k)
{
	free(k->start);
	free(k->entries);
	free(k->at);
	free(k->in);
	free(k->point);
	*k = (struct directions){ 0 };
}
