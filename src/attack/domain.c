#include "attack/domain.h"

#include <stdlib.h>

enum sluice_status domain_init(struct domain *d, const struct model *m,
                               struct sluice_error *err)
{
	const size_t n = (size_t)m->n_unknowns + 1;

	*d = (struct domain){ .model = m };
	d->lo = malloc(n * sizeof(*d->lo));
	d->hi = malloc(n * sizeof(*d->hi));
	d->why_lo = malloc(n * sizeof(*d->why_lo));
	d->why_hi = malloc(n * sizeof(*d->why_hi));
	d->queue = malloc(((size_t)m->n_rows + 1) * sizeof(*d->queue));
	d->queued = calloc((size_t)m->n_rows + 1, sizeof(*d->queued));
	if (!d->lo || !d->hi || !d->why_lo || !d->why_hi || !d->queue || !d->queued)
		return fail_memory(err);
	for (uint32_t u = 0; u < m->n_unknowns; u++) {
		d->lo[u] = m->unknowns[u].lo;
		d->hi[u] = m->unknowns[u].hi;
		d->why_lo[u] = d->why_hi[u] = STEP_NONE;
	}
	return SLUICE_OK;
}

void domain_queue(struct domain *d, uint32_t row)
{
	if (d->queued[row])
		return;
	d->queued[row] = true;
	d->queue[(d->head + d->n_queue++) % d->model->n_rows] = row;
}

void domain_queue_all(struct domain *d)
{
	for (uint32_t r = 0; r < d->model->n_rows; r++)
		domain_queue(d, r);
}

static bool note_step(struct domain *d, uint32_t unknown, bool upper, int64_t value,
                      enum reason reason, uint32_t of)
{
	uint32_t *why = upper ? &d->why_hi[unknown] : &d->why_lo[unknown];

	if (!array_grow((void **)&d->steps, &d->cap_steps, d->n_steps, sizeof(*d->steps))) {
		d->no_memory = true;
		return false;
	}
	d->steps[d->n_steps] = (struct step){ unknown, of, *why, upper, reason, value };
	*why = d->n_steps++;
	*(upper ? &d->hi[unknown] : &d->lo[unknown]) = value;
	return true;
}

bool domain_set(struct domain *d, uint32_t unknown, bool upper, int64_t value,
                enum reason reason, uint32_t of)
{
	const struct unknown *u = &d->model->unknowns[unknown];

	if (upper ? value >= d->hi[unknown] : value <= d->lo[unknown])
		return true;
	if (!note_step(d, unknown, upper, value, reason, of))
		return false;
	if (value >= u->gap_lo && value <= u->gap_hi &&
	    !note_step(d, unknown, upper, upper ? u->gap_lo - 1 : u->gap_hi + 1, REASON_GAP, 0))
		return false;
	if (d->lo[unknown] > d->hi[unknown]) {
		d->conflict = reason == REASON_ROW ? of : d->model->n_rows + unknown;
		return false;
	}
	for (uint32_t i = d->model->at[unknown]; i < d->model->at[unknown + 1]; i++)
		domain_queue(d, d->model->of[i]);
	return true;
}

/* The smallest or largest that the term can be, or not bounded. */
static bool term_bound(const struct domain *d, const struct term *t, bool upper, wide *bound)
{
	const int64_t v = (t->factor > 0) == upper ? d->hi[t->unknown] : d->lo[t->unknown];

	*bound = (wide)t->factor * v;
	return v < BOUND_NONE;
}

/* The sum of all terms' bounds that there are, and how many are missing. */
static wide row_bound(const struct domain *d, const struct row *r, bool upper,
                      uint32_t *missing)
{
	wide sum = 0, bound;

	*missing = 0;
	for (uint32_t i = 0; i < r->n; i++) {
		if (term_bound(d, &d->model->terms[r->first + i], upper, &bound))
			sum += bound;
		else
			++*missing;
	}
	return sum;
}

static wide divide_down(wide a, wide b)
{
	const wide q = a / b;

	return q - (a % b != 0 && (a < 0) != (b < 0));
}

/* factor * x <= room (or >= it, when 'least'): the bound that this is for x. */
static bool tighten(struct domain *d, const struct term *t, wide room, bool least, uint32_t row)
{
	const bool upper = (t->factor > 0) != least;
	const wide v = upper ? divide_down(room, t->factor) : -divide_down(-room, t->factor);

	/* Bounds never leave the range of counts: beyond it they say nothing. */
	if (upper ? v >= BOUND_NONE : v <= 0 && d->lo[t->unknown] >= 0)
		return true;
	if (upper ? v < d->lo[t->unknown] : v > d->hi[t->unknown]) {
		d->conflict = row;
		return false;
	}
	return domain_set(d, t->unknown, upper, (int64_t)v, REASON_ROW, row);
}

/* One side of a row: the sum is at most hi ('least' false), or at least lo. */
static bool follow_side(struct domain *d, uint32_t row, bool least)
{
	const struct row *r = &d->model->rows[row];
	const int64_t end = least ? r->lo : r->hi;
	uint32_t missing;
	wide others, bound;

	if (least ? end <= -BOUND_NONE : end >= BOUND_NONE)
		return true;
	others = row_bound(d, r, least, &missing);
	if (!missing && (least ? others < end : others > end)) {
		d->conflict = row;
		return false;
	}
	for (uint32_t i = 0; i < r->n && missing < 2; i++) {
		const struct term *t = &d->model->terms[r->first + i];
		const bool bounded = term_bound(d, t, least, &bound);

		if (domain_fixed(d, t->unknown) || (missing && bounded))
			continue;
		/* What is left of the row for this term, the others at their best. */
		if (!tighten(d, t, end - (bounded ? others - bound : others), least, row))
			return false;
	}
	return true;
}

void domain_forget(struct domain *d)
{
	while (d->n_queue) {
		d->queued[d->queue[d->head]] = false;
		d->head = (d->head + 1) % d->model->n_rows;
		d->n_queue--;
	}
}

bool domain_propagate(struct domain *d, uint64_t limit)
{
	const uint64_t end = d->work + limit;
	bool holds = true;

	while (d->n_queue && holds && d->work < end) {
		const uint32_t row = d->queue[d->head];

		d->head = (d->head + 1) % d->model->n_rows;
		d->n_queue--;
		d->queued[row] = false;
		d->work += d->model->rows[row].n + 1;
		holds = follow_side(d, row, false) && follow_side(d, row, true);
	}
	if (!holds)
		domain_forget(d);
	return holds;
}

void domain_undo(struct domain *d, uint32_t n_steps)
{
	while (d->n_steps > n_steps) {
		const struct step *s = &d->steps[--d->n_steps];
		const struct unknown *u = &d->model->unknowns[s->unknown];
		const bool first = s->prev == STEP_NONE;

		if (s->upper) {
			d->hi[s->unknown] = first ? u->hi : d->steps[s->prev].value;
			d->why_hi[s->unknown] = s->prev;
		} else {
			d->lo[s->unknown] = first ? u->lo : d->steps[s->prev].value;
			d->why_lo[s->unknown] = s->prev;
		}
	}
}

void domain_free(struct domain *d)
{
	free(d->lo);
	free(d->hi);
	free(d->why_lo);
	free(d->why_hi);
	free(d->steps);
	free(d->sums);
	free(d->sum_terms);
	free(d->queue);
	free(d->queued);
	*d = (struct domain){ 0 };
}
