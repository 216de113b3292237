#include "audit/walk.h"

#include <stdlib.h>
#include <string.h>

#define TABU  6  /* steps for which a count stays as it was set         */
#define NOISE 16 /* one of so many steps takes any change that is allowed */

enum sluice_status walk_init(struct walk *k, const struct model *m, struct sluice_error *err)
{
	const size_t n = (size_t)m->n_unknowns + 1, rows = (size_t)m->n_rows + 1;

	*k = (struct walk){ .random = UINT64_C(0x2545F4914F6CDD1D) };
	k->base = calloc(n, sizeof(*k->base));
	k->values = calloc(n, sizeof(*k->values));
	k->moved = calloc(n, sizeof(*k->moved));
	k->sums = calloc(rows, sizeof(*k->sums));
	k->broken = calloc(rows, sizeof(*k->broken));
	k->where = calloc(rows, sizeof(*k->where));
	return k->base && k->values && k->moved && k->sums && k->broken && k->where
	               ? SLUICE_OK
	               : fail_memory(err);
}

void walk_free(struct walk *k)
{
	free(k->base);
	free(k->values);
	free(k->moved);
	free(k->sums);
	free(k->broken);
	free(k->where);
	*k = (struct walk){ 0 };
}

static uint64_t next_random(struct walk *k)
{
	k->random ^= k->random << 13;
	k->random ^= k->random >> 7;
	k->random ^= k->random << 17;
	return k->random;
}

/* By how much a sum misses its row. */
static wide miss(const struct row *r, wide sum)
{
	if (r->hi < BOUND_NONE && sum > r->hi)
		return sum - r->hi;
	return r->lo > -BOUND_NONE && sum < r->lo ? r->lo - sum : 0;
}

void walk_begin(struct walk *k, const struct domain *d, const struct part *p,
                const struct witness *w)
{
	const struct model *m = d->model;

	memcpy(k->base, w->values, (size_t)m->n_unknowns * sizeof(*k->base));
	for (uint32_t i = 0; i < p->n_rows; i++) {
		const struct row *r = &m->rows[p->rows[i]];
		wide sum = 0;

		for (uint32_t t = 0; t < r->n; t++)
			sum += (wide)m->terms[r->first + t].factor *
			       k->base[m->terms[r->first + t].unknown];
		k->sums[p->rows[i]] = sum;
	}
	memcpy(k->values, k->base, (size_t)m->n_unknowns * sizeof(*k->base));
}

/* Note whether the row holds now. */
static void note_row(struct walk *k, const struct model *m, uint32_t row)
{
	const bool broken = miss(&m->rows[row], k->sums[row]) != 0;

	if (broken && !k->where[row]) {
		k->broken[k->n_broken++] = row;
		k->where[row] = k->n_broken;
	} else if (!broken && k->where[row]) {
		const uint32_t last = k->broken[--k->n_broken];

		k->broken[k->where[row] - 1] = last;
		k->where[last] = k->where[row];
		k->where[row] = 0;
	}
}

static void change(struct walk *k, const struct model *m, uint32_t unknown, int64_t by)
{
	k->values[unknown] += by;
	k->moved[unknown] = k->step;
	for (uint32_t i = m->at[unknown]; i < m->at[unknown + 1]; i++) {
		k->sums[m->of[i]] += (wide)by * m->times[i];
		note_row(k, m, m->of[i]);
	}
}

/* How much worse all rows get by the change. */
static wide cost(const struct walk *k, const struct model *m, uint32_t unknown, int64_t by)
{
	wide sum = 0;

	for (uint32_t i = m->at[unknown]; i < m->at[unknown + 1]; i++) {
		const uint32_t row = m->of[i];
		const wide now = k->sums[row];

		sum += miss(&m->rows[row], now + (wide)by * m->times[i]) -
		       miss(&m->rows[row], now);
	}
	return sum;
}

/* Mend a broken row by the change that breaks least elsewhere, if one is allowed. */
static void mend(struct walk *k, const struct domain *d, uint32_t row, uint32_t keep)
{
	const struct model *m = d->model;
	const struct row *r = &m->rows[row];
	const bool noise = next_random(k) % NOISE == 0;
	const bool more = r->lo > -BOUND_NONE && k->sums[row] < r->lo;
	uint32_t best = UINT32_MAX, ties = 0;
	int64_t best_by = 0;
	wide best_cost = 0;

	for (uint32_t t = 0; t < r->n; t++) {
		const uint32_t u = m->terms[r->first + t].unknown;
		const int64_t by = (m->terms[r->first + t].factor > 0) == more ? 1 : -1;
		const int64_t v = k->values[u] + by;
		wide c;

		if (u == keep || v < d->lo[u] || v > d->hi[u] ||
		    !unknown_allows(&m->unknowns[u], v) ||
		    (k->moved[u] && k->moved[u] + TABU > k->step))
			continue;
		c = noise ? 0 : cost(k, m, u, by);
		ties = best == UINT32_MAX || c < best_cost ? 1 : ties + (c == best_cost);
		if (ties == 1 ? best == UINT32_MAX || c < best_cost
		              : c == best_cost && next_random(k) % ties == 0) {
			best = u;
			best_by = by;
			best_cost = c;
		}
	}
	if (best != UINT32_MAX)
		change(k, m, best, best_by);
}

/* Back to the base, for those that were changed. */
static void go_back(struct walk *k, const struct model *m, const struct part *p)
{
	for (uint32_t i = 0; i < p->n_unknowns; i++) {
		const uint32_t u = p->unknowns[i];

		if (k->values[u] != k->base[u])
			change(k, m, u, k->base[u] - k->values[u]);
		k->moved[u] = 0;
	}
}

static bool mend_all(struct walk *k, const struct domain *d, const struct part *p,
                     struct witness *w, uint32_t keep, uint32_t steps)
{
	while (k->n_broken && k->step < steps) {
		const uint32_t row = k->broken[next_random(k) % k->n_broken];

		k->step++;
		mend(k, d, row, keep); /* where nothing may be changed now, it may later */
	}
	if (k->n_broken)
		return false;
	for (uint32_t i = 0; i < p->n_unknowns; i++)
		w->values[p->unknowns[i]] = k->values[p->unknowns[i]];
	return witness_take(w, d, p);
}

bool walk_from(struct walk *k, const struct domain *d, const struct part *p, struct witness *w,
               uint32_t unknown, bool up, uint32_t steps)
{
	const struct model *m = d->model;
	const int64_t v = k->base[unknown] + (up ? 1 : -1);
	bool taken = false;

	if (v < d->lo[unknown] || v > d->hi[unknown] ||
	    !unknown_allows(&m->unknowns[unknown], v))
		return false;
	k->step = 1;
	change(k, m, unknown, up ? 1 : -1);
	taken = mend_all(k, d, p, w, unknown, steps);
	if (taken) {
		for (uint32_t i = 0; i < p->n_unknowns; i++) {
			k->base[p->unknowns[i]] = k->values[p->unknowns[i]];
			k->moved[p->unknowns[i]] = 0;
		}
	} else {
		go_back(k, m, p);
	}
	return taken;
}

bool walk_mend(struct walk *k, const struct domain *d, const struct part *p, struct witness *w,
               uint32_t steps)
{
	const struct model *m = d->model;
	bool taken;

	for (uint32_t i = 0; i < p->n_unknowns; i++) {
		int64_t *v = &w->values[p->unknowns[i]];

		if (*v < d->lo[p->unknowns[i]])
			*v = d->lo[p->unknowns[i]];
		if (*v > d->hi[p->unknowns[i]])
			*v = d->hi[p->unknowns[i]];
		k->moved[p->unknowns[i]] = 0;
	}
	walk_begin(k, d, p, w);
	for (uint32_t i = 0; i < p->n_rows; i++)
		note_row(k, m, p->rows[i]);
	k->step = 1;
	taken = mend_all(k, d, p, w, UINT32_MAX, steps);
	while (k->n_broken)
		k->where[k->broken[--k->n_broken]] = 0;
	return taken;
}
