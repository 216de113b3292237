#include "attack/search.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#define PROPAGATE_LIMIT 1000000
#define TERMS_PER_NODE  1000 /* that a search looks at, on average */
#define MEND_STEPS      1000
#define MEND_EVERY      16 /* nodes of a dive */

/* An open choice: the other half is still to be tried. */
struct choice {
	uint32_t n_steps, unknown;
	bool upper; /* the half that was taken set the upper bound */
	int64_t value;
};

struct choices {
	struct choice *all;
	uint32_t n, cap;
};

double clock_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The unknown with the narrowest interval; UINT32_MAX when all are fixed. */
static uint32_t narrowest(const struct domain *d, const struct part *p)
{
	uint32_t best = UINT32_MAX;

	for (uint32_t i = 0; i < p->n_unknowns; i++) {
		const uint32_t u = p->unknowns[i];
		const int64_t width = d->hi[u] - d->lo[u];

		if (!width)
			continue;
		if (width == 1)
			return u;
		if (best == UINT32_MAX || width < d->hi[best] - d->lo[best])
			best = u;
	}
	return best;
}

/* Take one half of an interval, keeping the other for later. */
static bool choose(struct domain *d, struct choices *c, uint32_t unknown, bool upper,
                   int64_t value)
{
	if (!array_grow((void **)&c->all, &c->cap, c->n, sizeof(*c->all))) {
		d->no_memory = true;
		return false;
	}
	c->all[c->n++] = (struct choice){ d->n_steps, unknown, upper, value };
	return domain_set(d, unknown, upper, value, REASON_GUESS, 0);
}

/* Back to the last choice with another half, and take that; false = none is left. */
static bool turn_back(struct domain *d, struct choices *c)
{
	while (c->n && !d->no_memory) {
		const struct choice *last = &c->all[--c->n];

		domain_undo(d, last->n_steps);
		if (domain_set(d, last->unknown, !last->upper,
		               last->upper ? last->value + 1 : last->value - 1, REASON_GUESS,
		               0))
			return true;
		domain_forget(d);
	}
	return false;
}

static bool take_fixed(const struct domain *d, const struct part *p, struct witness *w)
{
	for (uint32_t i = 0; i < p->n_unknowns; i++)
		w->values[p->unknowns[i]] = d->lo[p->unknowns[i]];
	return witness_take(w, d, p);
}

/* Where to halve: near the last value seen when there is one, else in the middle. */
static bool halve(struct domain *d, struct choices *c, uint32_t u, const struct witness *w)
{
	const int64_t lo = d->lo[u], hi = d->hi[u], hint = w->values[u];
	const int64_t mid = hi >= BOUND_NONE ? lo * 2 + 16 : lo + (hi - lo) / 2;

	if (hint >= lo && hint <= hi && hint > mid)
		return choose(d, c, u, false, mid + 1);
	return choose(d, c, u, true, mid);
}

enum found search_table(struct domain *d, const struct part *p, struct witness *w,
                        uint64_t *nodes)
{
	const uint32_t n_steps = d->n_steps;
	struct choices c = { 0 };
	enum found found = GAVE_UP;
	const uint64_t most = d->work + *nodes * TERMS_PER_NODE;
	bool holds = domain_propagate(d, PROPAGATE_LIMIT);

	/* In wide intervals a node may follow rows for long, so what it looks at is counted, too. */
	while (*nodes && d->work < most && !d->no_memory) {
		const uint32_t u = holds ? narrowest(d, p) : UINT32_MAX;

		--*nodes;
		/* All fixed, but the rows may not have been followed to the end. */
		if (holds && u == UINT32_MAX && take_fixed(d, p, w)) {
			found = FOUND;
			break;
		}
		if (u == UINT32_MAX && !turn_back(d, &c)) {
			found = d->no_memory ? GAVE_UP : FOUND_NONE;
			break;
		}
		if (u != UINT32_MAX && !halve(d, &c, u, w)) {
			domain_forget(d);
			holds = false;
			continue;
		}
		holds = domain_propagate(d, PROPAGATE_LIMIT);
	}
	domain_undo(d, n_steps);
	domain_forget(d);
	free(c.all);
	return found;
}

/* ---- led by a linear program ----------------------------------------------------------- */

static void give_bounds(const struct domain *d, const struct part *p, struct lp *lp)
{
	for (uint32_t i = 0; i < p->n_unknowns; i++)
		lp_bounds(lp, i, d->lo[p->unknowns[i]], d->hi[p->unknowns[i]]);
}

/* Round the program's table; the local number of its most fractional value, or UINT32_MAX. */
static uint32_t round_values(const struct domain *d, const struct part *p, const double *values,
                             struct witness *w)
{
	uint32_t most = UINT32_MAX;
	double far = 1e-6;

	for (uint32_t i = 0; i < p->n_unknowns; i++) {
		const double nearest = nearbyint(values[i]);

		w->values[p->unknowns[i]] = (int64_t)nearest;
		if (!domain_fixed(d, p->unknowns[i]) && fabs(values[i] - nearest) > far) {
			far = fabs(values[i] - nearest);
			most = i;
		}
	}
	return most;
}

enum found search_dive(struct domain *d, const struct part *p, struct witness *w,
                       struct walk *walk, struct lp *lp, uint64_t *nodes, double until)
{
	const uint32_t n_steps = d->n_steps;
	struct choices c = { 0 };
	enum found found = GAVE_UP;
	bool holds = domain_propagate(d, PROPAGATE_LIMIT), mends = true;

	while (*nodes && !d->no_memory && clock_seconds() < until) {
		const double *values, *factors;
		uint32_t split = UINT32_MAX;

		--*nodes;
		if (holds) {
			give_bounds(d, p, lp);
			holds = lp_minimise(lp, until - clock_seconds() + 0.01, &values,
			                    &factors) == LP_SOLVED;
		}
		if (holds) {
			split = round_values(d, p, values, w);
			if (witness_take(w, d, p) ||
			    (mends && split != UINT32_MAX &&
			     walk_mend(walk, d, p, w, MEND_STEPS + 16 * p->n_unknowns))) {
				found = FOUND;
				break;
			}
			mends = *nodes % MEND_EVERY == 0;
		}
		if (split == UINT32_MAX && !turn_back(d, &c))
			break;
		if (split != UINT32_MAX) {
			const int64_t floor_v = (int64_t)floor(values[split]);
			const bool up = values[split] - (double)floor_v > 0.5;

			holds = choose(d, &c, p->unknowns[split], !up,
			               up ? floor_v + 1 : floor_v);
		} else {
			holds = true;
		}
		if (holds)
			holds = domain_propagate(d, PROPAGATE_LIMIT);
		else
			domain_forget(d);
	}
	domain_undo(d, n_steps);
	domain_forget(d);
	free(c.all);
	return found;
}
