#include "audit/repair.h"

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

/* The same by what the attack leaves of the whole and of the parts that are shown, as an audit sees it. */
bool repair_proven_sums(const struct protection *p, const struct attack *a, const bool *hidden,
                        bool *primary)
{
	bool changed = false;

	for (uint32_t r = 0; r < p->model->n_rows && p->together; r++) {
		const struct row *row = &p->model->rows[r];
		const struct term *whole = repair_whole(p->model, row);
		uint32_t n_hidden = 0, u;
		wide lo, hi;

		if (!whole || a->d.hi[whole->unknown] >= BOUND_NONE)
			continue;
		lo = a->d.lo[whole->unknown];
		hi = a->d.hi[whole->unknown];
		for (uint32_t i = 1; i < row->n; i++) {
			u = p->model->terms[row->first + i].unknown;
			n_hidden += hidden[u] && p->shown[u];
			if (hidden[u] && p->shown[u])
				continue;
			lo -= a->d.hi[u];
			hi -= a->d.lo[u];
		}
		if (n_hidden < 2 || n_hidden + 1 == row->n || lo < 1 || hi > p->together)
			continue;
		changed |= hide_part(p, row, hidden, primary);
	}
	return changed;
}

/* Whether nobody may get the count: it is hidden, or shown as a rounded one. */
bool repair_wants(const struct protection *p, const bool *hidden, uint32_t u)
{
	return hidden[u] || (p->seen && p->shown[u] && p->seen[u].lo < p->seen[u].hi);
}

/*
 * What falls, proven, gets the cheapest neighbour that is still shown: in its own rows, else in others'.
 * What is undecided stays so: the result is then not called safe.
 */
bool repair_fallen(const struct protection *p, const struct attack *a, const bool *hidden,
                   bool *primary)
{
	const struct model *m = p->model;
	bool changed = false;

	for (uint32_t u = 0; u < m->n_unknowns; u++) {
		uint32_t best = UINT32_MAX;

		if (!repair_wants(p, hidden, u) || attack_verdict(a, u) == VERDICT_SAFE ||
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
