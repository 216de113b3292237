#include "protect/repair.h"

const struct term *repair_whole(const struct model *m, const struct row *r)
{
	const struct term *t = &m->terms[r->first];

	return r->n > 1 && !r->lo && !r->hi && t->factor == 1 ? t : NULL;
}

bool repair_knows(const struct protection *p, const struct row *r)
{
	for (uint32_t t = 0; t < r->n; t++)
		if (p->values[p->model->terms[r->first + t].unknown] < 0)
			return false;
	return true;
}

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

/* The cheapest part that is shown is to be hidden, too; false = none is. */
static bool hide_part(const struct protection *p, const struct row *r, const bool *hidden,
                      bool *primary)
{
	const uint32_t u = cheapest(p, r, hidden, true);

	if (u == UINT32_MAX)
		return false;
	primary[u] = true;
	return true;
}

/* Hidden parts that are a small count together get one more. */
bool repair_sums(const struct protection *p, const bool *hidden, bool *primary)
{
	bool changed = false;

	for (uint32_t r = 0; r < p->model->n_rows && p->together; r++) {
		const struct row *row = &p->model->rows[r];
		const struct term *whole = repair_whole(p->model, row);
		int64_t sum = whole ? p->values[whole->unknown] : 0;
		bool known = whole && p->shown[whole->unknown] && !hidden[whole->unknown];
		uint32_t u;

		for (uint32_t i = 1; i < row->n && known; i++) {
			u = p->model->terms[row->first + i].unknown;
			known = p->shown[u];
			if (!hidden[u])
				sum -= p->values[u];
		}
		if (!known || sum < 1 || sum > p->together)
			continue;
		changed |= hide_part(p, row, hidden, primary);
	}
	return changed;
}

/* ---- sums that are not told exactly ------------------------------------------------------------ */

/* Some parts are hidden, but not all, and for all that is known they are a small count together. */
static bool is_open(const struct protection *p, const bool *hidden, const struct row *r)
{
	uint32_t n_hidden = 0;
	bool known = true;
	int64_t sum = 0;

	for (uint32_t i = 1; i < r->n; i++) {
		const uint32_t u = p->model->terms[r->first + i].unknown;

		if (!hidden[u] || !p->shown[u])
			continue;
		n_hidden++;
		known = known && p->values[u] >= 0;
		sum += p->values[u];
	}
	return n_hidden > 1 && n_hidden + 1 < r->n &&
	       (!known || (sum >= 1 && sum <= p->together));
}

bool repair_open_sums(const struct protection *p, const bool *hidden, bool *open, bool *asked)
{
	bool any = false;

	for (uint32_t r = 0; r < p->model->n_rows; r++) {
		const struct row *row = &p->model->rows[r];

		open[r] = p->together && repair_whole(p->model, row) && is_open(p, hidden, row);
		any = any || open[r];
		for (uint32_t i = 0; i < row->n && open[r]; i++) {
			const uint32_t u = p->model->terms[row->first + i].unknown;

			asked[u] = asked[u] || !hidden[u] || !i;
		}
	}
	return any;
}

/* The least or the most of the unknown in a table that was seen: no proof can go beyond it. */
static int64_t seen_end(const struct protection *p, const struct attack *a, uint32_t u,
                        bool upper)
{
	const int64_t seen = upper ? a->w.hi[u] : a->w.lo[u], true_one = p->values[u];

	if (domain_fixed(&a->d, u))
		return a->d.lo[u];
	if (a->w.lo[u] > a->w.hi[u])
		return true_one >= 0 ? true_one : upper ? a->d.lo[u] : a->d.hi[u];
	if (true_one < 0)
		return seen;
	return (upper ? seen > true_one : seen < true_one) ? seen : true_one;
}

/*
 * Whether the hidden parts could be found to be a small count: by the bounds that are proven, or,
 * where the attack found all ends, by those that tables reach.
 */
static bool is_small(const struct protection *p, const struct attack *a, const bool *hidden,
                     const struct row *r, bool seen)
{
	wide lo = 0, hi = 0;

	for (uint32_t i = 0; i < r->n; i++) {
		const uint32_t u = p->model->terms[r->first + i].unknown;
		const int64_t least = seen ? seen_end(p, a, u, false) : a->d.lo[u];
		const int64_t most = seen ? seen_end(p, a, u, true) : a->d.hi[u];

		if (i && hidden[u] && p->shown[u])
			continue;
		lo += i ? -(wide)most : least;
		hi += i ? -(wide)least : most;
	}
	return lo >= 1 && hi <= p->together;
}

bool repair_proven_sums(const struct protection *p, const struct attack *a, const bool *hidden,
                        const bool *open, bool *primary, bool *stuck)
{
	bool changed = false;

	*stuck = false;
	for (uint32_t r = 0; r < p->model->n_rows; r++) {
		const struct row *row = &p->model->rows[r];
		const uint32_t whole = p->model->terms[row->first].unknown;

		if (!open[r] || a->d.hi[whole] >= BOUND_NONE ||
		    !is_small(p, a, hidden, row, p->model->n_unknowns <= REPAIR_SMALL))
			continue;
		if (hide_part(p, row, hidden, primary)) {
			changed = true;
		} else if (p->shown[whole] && !hidden[whole]) {
			primary[whole] = true;
			changed = true;
		} else {
			*stuck = true;
		}
	}
	return changed;
}

/* Whether nobody may get the count: it is hidden, or shown as a rounded one. */
bool repair_wants(const struct protection *p, const bool *hidden, uint32_t u)
{
	return hidden[u] || (p->seen && p->shown[u] && p->seen[u].lo < p->seen[u].hi);
}

static void take_cheaper(const struct protection *p, const struct row *r, const bool *hidden,
                         uint32_t *best)
{
	const uint32_t c = cheapest(p, r, hidden, false);

	if (c != UINT32_MAX && (*best == UINT32_MAX || p->values[c] < p->values[*best]))
		*best = c;
}

/* The cheapest count that is still shown, in the cell's own rows, else in others'. */
static uint32_t neighbour(const struct protection *p, const bool *hidden, uint32_t u)
{
	const struct model *m = p->model;
	uint32_t best = UINT32_MAX;

	for (uint32_t i = m->at[u]; i < m->at[u + 1]; i++)
		take_cheaper(p, &m->rows[m->of[i]], hidden, &best);
	for (uint32_t r = 0; r < m->n_rows && best == UINT32_MAX; r++)
		best = cheapest(p, &m->rows[r], hidden, false);
	return best;
}

/* The cheapest in a row that the cell's bounds follow from; else any neighbour. */
static uint32_t culprit(const struct protection *p, const struct attack *a, const bool *hidden,
                        uint32_t u)
{
	const struct domain *d = &a->d;
	uint32_t best = UINT32_MAX;

	for (int upper = 0; upper < 2; upper++) {
		const uint32_t at = upper ? d->why_hi[u] : d->why_lo[u];
		const struct step *s = at == STEP_NONE ? NULL : &d->steps[at];
		const struct sum *sum = s && s->reason == REASON_SUM ? &d->sums[s->of] : NULL;

		if (s && s->reason == REASON_ROW)
			take_cheaper(p, &p->model->rows[s->of], hidden, &best);
		for (uint32_t i = 0; sum && i < sum->n; i++)
			take_cheaper(p, &p->model->rows[d->sum_terms[sum->first + i].row],
			             hidden, &best);
	}
	return best == UINT32_MAX ? neighbour(p, hidden, u) : best;
}

/*
 * What falls, proven, gets a neighbour; or, one by one, the cell that has the fewest counts left gets one
 * of those that tell it: it may do for others, too.  What is undecided stays so: the result is then not
 * called safe.
 */
bool repair_fallen(const struct protection *p, const struct attack *a, const bool *hidden,
                   bool one, bool *primary)
{
	uint32_t worst = UINT32_MAX, c;
	bool changed = false;

	for (uint32_t u = 0; u < p->model->n_unknowns; u++) {
		const enum verdict v = attack_verdict(a, u);

		if (!repair_wants(p, hidden, u) || v == VERDICT_SAFE || v == VERDICT_UNDECIDED)
			continue;
		if (one) {
			if (worst == UINT32_MAX ||
			    a->d.hi[u] - a->d.lo[u] < a->d.hi[worst] - a->d.lo[worst])
				worst = u;
			continue;
		}
		c = neighbour(p, hidden, u);
		if (c != UINT32_MAX)
			changed = primary[c] = true;
	}
	c = worst == UINT32_MAX ? worst : culprit(p, a, hidden, worst);
	if (c != UINT32_MAX)
		changed = primary[c] = true;
	return changed;
}
