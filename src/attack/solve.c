#include "attack/solve.h"

#include <stdlib.h>
#include <string.h>

#define FACTOR_MAX (1 << 20) /* of an entry; a row that would need more is given up */

void solving_spend(struct solving *s, uint64_t n)
{
	s->left -= n < s->left ? n : s->left;
}

/* ---- lines by length ------------------------------------------------------------------------ */

static void unlist(struct solving *s, uint32_t id)
{
	struct line *l = &s->lines[id];

	if (!l->listed)
		return;
	l->listed = false;
	if (l->prev == LINE_NONE)
		s->first[l->n] = l->next;
	else
		s->lines[l->prev].next = l->next;
	if (l->next != LINE_NONE)
		s->lines[l->next].prev = l->prev;
}

static void list(struct solving *s, uint32_t id)
{
	struct line *l = &s->lines[id];

	l->listed = true;
	l->prev = LINE_NONE;
	l->next = s->first[l->n];
	if (l->next != LINE_NONE)
		s->lines[l->next].prev = id;
	s->first[l->n] = id;
	if (l->n < s->least)
		s->least = l->n;
}

static uint32_t shortest(struct solving *s)
{
	while (s->least <= s->p->n_unknowns && s->first[s->least] == LINE_NONE)
		s->least++;
	return s->least <= s->p->n_unknowns ? s->first[s->least] : LINE_NONE;
}

/* ---- solving -------------------------------------------------------------------------------- */

static bool hold(struct solving *s, uint32_t column, uint32_t line)
{
	struct holders *h = &s->columns[column];

	if (!array_grow((void **)&h->lines, &h->cap, h->n, sizeof(*h->lines)))
		return false;
	h->lines[h->n++] = line;
	s->count[column]++;
	return true;
}

int32_t line_factor(const struct line *l, uint32_t column)
{
	uint32_t lo = 0, hi = l->n;

	while (lo < hi) {
		const uint32_t mid = lo + (hi - lo) / 2;

		if (l->entries[mid].column < column)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < l->n && l->entries[lo].column == column ? l->entries[lo].factor : 0;
}

/* What is in sum[] becomes the line. */
static bool put_line(struct solving *s, struct line *l, uint32_t n)
{
	if (n > l->cap) {
		struct entry *more = realloc(l->entries, ((size_t)n * 2 + 1) * sizeof(*more));

		if (!more)
			return false;
		l->entries = more;
		l->cap = n * 2;
	}
	if (n)
		memcpy(l->entries, s->sum, n * sizeof(*s->sum));
	l->n = n;
	return true;
}

/* A line whose factors grow too large is dropped: what breaks its row is found when it is tried. */
static bool drop(struct solving *s, struct line *l)
{
	l->n = 0;
	s->dropped = true;
	return true;
}

/* line += times * a, which is solved for the column. */
static bool add_times(struct solving *s, uint32_t id, const struct line *a, int64_t times)
{
	struct line *l = &s->lines[id];
	uint32_t n = 0, i = 0, k = 0;
	int64_t more;

	unlist(s, id);
	while (i < l->n || k < a->n) {
		if (k == a->n || (i < l->n && l->entries[i].column < a->entries[k].column)) {
			s->sum[n++] = l->entries[i++];
			continue;
		}
		const uint32_t column = a->entries[k].column;
		const bool both = i < l->n && l->entries[i].column == column;
		const int64_t factor =
			(both ? l->entries[i].factor : 0) + times * a->entries[k].factor;

		if (factor > FACTOR_MAX || factor < -FACTOR_MAX)
			return drop(s, l);
		if (!both && !hold(s, column, id))
			return false;
		if (factor)
			s->sum[n++] = (struct entry){ column, (int32_t)factor };
		else
			s->count[column]--;
		i += both;
		k++;
	}
	solving_spend(s, n + k);
	s->dropped |= __builtin_mul_overflow(times, a->sum, &more) ||
	              __builtin_add_overflow(l->sum, more, &l->sum);
	if (!put_line(s, l, n))
		return false;
	if (n && l->pivot == LINE_NONE)
		list(s, id);
	return true;
}

/* The unknown with factor 1 or -1 that fewest other lines have, or LINE_NONE. */
static uint32_t pivot_of(const struct solving *s, const struct line *l)
{
	uint32_t best = LINE_NONE;

	for (uint32_t i = 0; i < l->n; i++) {
		const struct entry *e = &l->entries[i];

		if ((e->factor == 1 || e->factor == -1) &&
		    (best == LINE_NONE || s->count[e->column] < s->count[best]))
			best = e->column;
	}
	return best;
}

/* The shortest line is solved, and its unknown taken out of all others. */
static bool solve(struct solving *s, uint32_t id)
{
	struct line *l = &s->lines[id];
	const uint32_t pivot = pivot_of(s, l);
	struct holders *h;

	unlist(s, id);
	if (pivot == LINE_NONE)
		return drop(s, l);
	l->pivot = pivot;
	s->solved[pivot] = true;
	h = &s->columns[pivot];
	for (uint32_t i = 0; i < h->n; i++) {
		const uint32_t other = h->lines[i];
		const int32_t factor = other == id ? 0 : line_factor(&s->lines[other], pivot);

		if (factor && !add_times(s, other, l, -(int64_t)factor * line_factor(l, pivot)))
			return false;
	}
	return true;
}

static bool solve_all(struct solving *s)
{
	uint32_t id;

	while (s->left && (id = shortest(s)) != LINE_NONE)
		if (!solve(s, id))
			return false;
	return true;
}

/* ---- beginning ---------------------------------------------------------------------------- */

static int by_column(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->column < y->column ? -1 : x->column > y->column;
}

/* The column that takes what a row is moved by, or LINE_NONE: the row is a fixed sum of what others have. */
static uint32_t open_of(struct solving *s, uint32_t local)
{
	const struct model *m = s->d->model;
	const struct row *r = &m->rows[s->p->rows[local]];

	if (r->lo != r->hi)
		return s->p->n_unknowns + local;
	for (uint32_t t = 0; t < r->n; t++) {
		const struct term *term = &m->terms[r->first + t];
		const uint32_t c = s->all->local[term->unknown];

		if (c != UINT32_MAX && m->at[term->unknown + 1] - m->at[term->unknown] == 1 &&
		    (term->factor == 1 || term->factor == -1))
			return c;
	}
	return LINE_NONE;
}

static bool load(struct solving *s, uint32_t local)
{
	const struct model *m = s->d->model;
	const struct row *r = &m->rows[s->p->rows[local]];
	wide sum = r->lo;
	uint32_t n = 0;
	bool large = false;

	for (uint32_t t = 0; t < r->n; t++) {
		const struct term *term = &m->terms[r->first + t];
		const uint32_t c = s->all->local[term->unknown];

		if (c == UINT32_MAX) {
			sum -= (wide)term->factor * s->d->lo[term->unknown];
			continue;
		}
		large = large || term->factor > FACTOR_MAX || term->factor < -FACTOR_MAX;
		s->sum[n++] = (struct entry){ c, (int32_t)term->factor };
	}
	s->dropped = s->dropped || large || sum > BOUND_NONE || sum < -BOUND_NONE;
	if (large)
		return true;
	s->lines[local].sum = (int64_t)sum;
	qsort(s->sum, n, sizeof(*s->sum), by_column);
	for (uint32_t i = 0; i < n; i++)
		if (!hold(s, s->sum[i].column, local))
			return false;
	if (!put_line(s, &s->lines[local], n))
		return false;
	list(s, local);
	return true;
}

static bool begin(struct solving *s)
{
	const size_t n = (size_t)s->p->n_unknowns + 2, n_rows = (size_t)s->p->n_rows + 1;

	s->lines = calloc(n_rows, sizeof(*s->lines));
	s->columns = calloc(n, sizeof(*s->columns));
	s->count = calloc(n, sizeof(*s->count));
	s->first = malloc(n * sizeof(*s->first));
	s->open = malloc(n_rows * sizeof(*s->open));
	s->solved = calloc(n, sizeof(*s->solved));
	s->sum = calloc(n, sizeof(*s->sum));
	if (!s->lines || !s->columns || !s->count || !s->first || !s->open || !s->solved ||
	    !s->sum)
		return false;
	memset(s->first, 0xFF, n * sizeof(*s->first));
	for (uint32_t i = 0; i < s->p->n_rows; i++) {
		s->lines[i].pivot = LINE_NONE;
		s->open[i] = open_of(s, i);
		if (s->open[i] < s->p->n_unknowns)
			s->solved[s->open[i]] = true;
		if (s->open[i] == LINE_NONE && !load(s, i))
			return false;
	}
	return true;
}

void solving_free(struct solving *s)
{
	for (uint32_t i = 0; s->lines && i < s->p->n_rows; i++)
		free(s->lines[i].entries);
	for (uint32_t i = 0; s->columns && i < s->p->n_unknowns; i++)
		free(s->columns[i].lines);
	free(s->lines);
	free(s->columns);
	free(s->count);
	free(s->first);
	free(s->open);
	free(s->solved);
	free(s->sum);
}

bool solving_run(struct solving *s)
{
	return begin(s) && solve_all(s);
}
