#include "attack/walk.h"

#include "base/random.h"

#include <stdlib.h>
#include <string.h>

#define TABU  6  /* steps for which a count stays as it was set         */
#define NOISE 16 /* one of so many steps takes any change that is allowed */

#define SAMPLE 4000

/* So that no sum of a walk leaves what an int64_t holds. */
#define SUM_MAX    ((int64_t)1 << 62)
#define FACTOR_MAX ((int64_t)1 << 31)

static void list_free(struct walk *k, const struct domain *d)
{
	const struct model *m = d->model;
	uint32_t n = 0;

	for (uint32_t r = 0; r < m->n_rows; r++) {
		k->from[r] = n;
		for (uint32_t t = 0; t < m->rows[r].n; t++)
			if (!domain_fixed(d, m->terms[m->rows[r].first + t].unknown))
				k->free[n++] = m->terms[m->rows[r].first + t];
	}
	k->from[m->n_rows] = n;
}

enum sluice_status walk_init(struct walk *k, const struct domain *d, struct sluice_error *err)
{
	const struct model *m = d->model;
	const size_t n = (size_t)m->n_unknowns + 1, rows = (size_t)m->n_rows + 1;

	*k = (struct walk){ .random = UINT64_C(0x2545F4914F6CDD1D) };
	k->base = calloc(n, sizeof(*k->base));
	k->values = calloc(n, sizeof(*k->values));
	k->moved = calloc(n, sizeof(*k->moved));
	k->changed = calloc(n, sizeof(*k->changed));
	k->changes = calloc(n, sizeof(*k->changes));
	k->sums = calloc(rows, sizeof(*k->sums));
	k->broken.list = calloc(rows, sizeof(*k->broken.list));
	k->broken.where = calloc(rows, sizeof(*k->broken.where));
	k->worse = calloc(2 * rows, sizeof(*k->worse));
	k->free = calloc((size_t)m->n_terms + 1, sizeof(*k->free));
	k->from = calloc(rows, sizeof(*k->from));
	if (!k->base || !k->values || !k->moved || !k->changed || !k->changes || !k->sums ||
	    !k->broken.list || !k->broken.where || !k->worse || !k->free || !k->from)
		return fail_memory(err);
	list_free(k, d);
	return SLUICE_OK;
}

void walk_free(struct walk *k)
{
	free(k->base);
	free(k->values);
	free(k->moved);
	free(k->changed);
	free(k->changes);
	free(k->sums);
	free(k->broken.list);
	free(k->broken.where);
	free(k->worse);
	free(k->free);
	free(k->from);
	*k = (struct walk){ 0 };
}

/* By how much a sum misses its row. */
static int64_t miss(const struct row *r, int64_t sum)
{
	if (r->hi < BOUND_NONE && sum > r->hi)
		return sum - r->hi;
	return r->lo > -BOUND_NONE && sum < r->lo ? r->lo - sum : 0;
}

/* Note whether the row holds now, and what one more or one less would make of it. */
static void note_row(struct walk *k, const struct model *m, uint32_t row)
{
	const struct row *r = &m->rows[row];
	const int64_t now = miss(r, k->sums[row]);

	k->worse[2 * row] = (int8_t)(miss(r, k->sums[row] - 1) - now);
	k->worse[2 * row + 1] = (int8_t)(miss(r, k->sums[row] + 1) - now);
	broken_note(&k->broken, row, now);
}

void walk_begin(struct walk *k, const struct domain *d, const struct part *p, struct witness *w)
{
	const struct model *m = d->model;

	witness_begin(w, d);
	memcpy(k->base, w->values, (size_t)m->n_unknowns * sizeof(*k->base));
	k->huge = false;
	for (uint32_t i = 0; i < p->n_rows; i++) {
		const struct row *r = &m->rows[p->rows[i]];
		wide sum = 0;

		for (uint32_t t = 0; t < r->n; t++) {
			const struct term *term = &m->terms[r->first + t];

			k->huge = k->huge || term->factor > FACTOR_MAX ||
			          term->factor < -FACTOR_MAX;
			sum += (wide)term->factor * k->base[term->unknown];
		}
		k->huge = k->huge || sum > SUM_MAX || sum < -SUM_MAX;
		k->sums[p->rows[i]] = k->huge ? 0 : (int64_t)sum;
	}
	memcpy(k->values, k->base, (size_t)m->n_unknowns * sizeof(*k->base));
	for (uint32_t i = 0; i < p->n_rows && !k->huge; i++)
		note_row(k, m, p->rows[i]);
}

static void shift_sums(struct walk *k, const struct model *m, uint32_t unknown, int64_t by)
{
	for (uint32_t i = m->at[unknown]; i < m->at[unknown + 1]; i++) {
		k->sums[m->of[i]] += by * m->times[i];
		note_row(k, m, m->of[i]);
	}
}

static void put_back(struct walk *k, const struct model *m, uint32_t unknown)
{
	shift_sums(k, m, unknown, k->base[unknown] - k->values[unknown]);
	k->values[unknown] = k->base[unknown];
}

static void change(struct walk *k, const struct model *m, uint32_t unknown, int64_t by)
{
	if (!k->moved[unknown])
		k->changed[k->n_changed++] = unknown;
	k->values[unknown] += by;
	k->moved[unknown] = k->step;
	shift_sums(k, m, unknown, by);
}

/* How much worse all rows get by the change. */
static int64_t cost(const struct walk *k, const struct model *m, uint32_t unknown, int64_t by)
{
	int64_t sum = 0;

	for (uint32_t i = m->at[unknown]; i < m->at[unknown + 1]; i++) {
		const uint32_t row = m->of[i];
		const int64_t more = by * m->times[i];

		if (more == 1 || more == -1)
			sum += k->worse[2 * row + (more > 0)];
		else
			sum += miss(&m->rows[row], k->sums[row] + more) -
			       miss(&m->rows[row], k->sums[row]);
	}
	return sum;
}

/* Mend a broken row by the change that breaks least elsewhere, if one is allowed. */
static void mend(struct walk *k, const struct domain *d, uint32_t row, uint32_t keep)
{
	const struct model *m = d->model;
	const struct row *r = &m->rows[row];
	const bool noise = random_next(&k->random) % NOISE == 0;
	const bool more = r->lo > -BOUND_NONE && k->sums[row] < r->lo;
	const uint32_t n = k->from[row + 1] - k->from[row];
	const uint32_t first = n ? (uint32_t)(random_next(&k->random) % n) : 0;
	uint32_t best = UINT32_MAX, ties = 0, weighed = 0;
	int64_t best_by = 0;
	int64_t best_cost = 0;

	for (uint32_t i = 0; i < n && weighed < SAMPLE; i++) {
		const struct term *term = &k->free[k->from[row] + (first + i) % n];
		const uint32_t u = term->unknown;
		const int64_t by = (term->factor > 0) == more ? 1 : -1;
		const int64_t v = k->values[u] + by;
		int64_t c;

		if (u == keep || v < d->lo[u] || v > d->hi[u] ||
		    !unknown_allows(&m->unknowns[u], v) ||
		    (k->moved[u] && k->moved[u] + TABU > k->step))
			continue;
		weighed++;
		c = noise ? 0 : cost(k, m, u, by);
		ties = best == UINT32_MAX || c < best_cost ? 1 : ties + (c == best_cost);
		if (ties == 1 ? best == UINT32_MAX || c < best_cost
		              : c == best_cost && random_next(&k->random) % ties == 0) {
			best = u;
			best_by = by;
			best_cost = c;
		}
	}
	if (best != UINT32_MAX)
		change(k, m, best, best_by);
}

/* What was changed goes back to the base, or is the base from now on. */
static void settle(struct walk *k, const struct model *m, bool taken)
{
	while (k->n_changed) {
		const uint32_t u = k->changed[--k->n_changed];

		if (taken)
			k->base[u] = k->values[u];
		else if (k->values[u] != k->base[u])
			put_back(k, m, u);
		k->moved[u] = 0;
	}
}

/* One broken row after the other; true: none is left. */
static bool mend_all(struct walk *k, const struct domain *d, uint32_t keep, uint32_t steps)
{
	for (k->step = 2; k->broken.n && k->step < steps + 2; k->step++)
		/* Where nothing may be changed now, it may later. */
		mend(k, d, k->broken.list[random_next(&k->random) % k->broken.n], keep);
	return !k->broken.n;
}

bool walk_from(struct walk *k, const struct domain *d, struct witness *w, uint32_t unknown,
               bool up, uint32_t steps)
{
	const struct model *m = d->model;
	const int64_t v = k->base[unknown] + (up ? 1 : -1);
	bool taken;

	if (k->huge || v < d->lo[unknown] || v > d->hi[unknown] ||
	    !unknown_allows(&m->unknowns[unknown], v))
		return false;
	k->step = 1;
	change(k, m, unknown, up ? 1 : -1);
	taken = mend_all(k, d, unknown, steps);
	for (uint32_t i = 0; i < k->n_changed && taken; i++)
		k->changes[i] = (struct change){ k->changed[i], k->base[k->changed[i]] };
	taken = taken && witness_step(w, d, k->values, k->changes, k->n_changed, true);
	settle(k, m, taken);
	return taken;
}

bool walk_mend(struct walk *k, const struct domain *d, const struct part *p, struct witness *w,
               uint32_t steps)
{
	bool taken;

	for (uint32_t i = 0; i < p->n_unknowns; i++) {
		int64_t *v = &w->values[p->unknowns[i]];

		if (*v < d->lo[p->unknowns[i]])
			*v = d->lo[p->unknowns[i]];
		if (*v > d->hi[p->unknowns[i]])
			*v = d->hi[p->unknowns[i]];
	}
	walk_begin(k, d, p, w);
	if (k->huge)
		return false;
	taken = mend_all(k, d, UINT32_MAX, steps);
	for (uint32_t i = 0; i < p->n_unknowns && taken; i++)
		w->values[p->unknowns[i]] = k->values[p->unknowns[i]];
	broken_clear(&k->broken);
	while (k->n_changed)
		k->moved[k->changed[--k->n_changed]] = 0;
	return taken && witness_take(w, d, p);
}
