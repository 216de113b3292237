#include "attack/shift.h"

#include "attack/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TIMES_MAX       6  /* so many times a change in fractions may be whole */
#define ROUNDINGS       12 /* halves rounded, one by one, before it is given up */
#define ROUNDINGS_LARGE 2
#define LARGE           1000 /* programs with more unknowns are solved only so often */
#define LARGE_MAX       64
#define WHOLE           1e-6

/* Unknowns around the cell that are looked at: few first, then all. */
static const uint32_t nears[SHIFT_REACHES] = { 192, 640, 1600, UINT32_MAX };

enum sluice_status shift_init(struct shift *s, const struct domain *d, const struct parts *all,
                              struct sluice_error *err)
{
	const size_t n = (size_t)d->model->n_unknowns + 1;

	*s = (struct shift){ .d = d, .all = all };
	s->base = calloc(n, sizeof(*s->base));
	s->changes = calloc(n, sizeof(*s->changes));
	s->cost = calloc(n, sizeof(*s->cost));
	return s->base && s->changes && s->cost ? near_init(&s->near, d, all, err)
	                                        : fail_memory(err);
}

void shift_begin(struct shift *s, struct witness *w)
{
	witness_begin(w, s->d);
	memcpy(s->base, w->values, s->d->model->n_unknowns * sizeof(*s->base));
	for (uint32_t u = 0; u < s->d->model->n_unknowns; u++)
		s->cost[u] = 1;
}

void shift_free(struct shift *s)
{
	near_free(&s->near);
	free(s->base);
	free(s->changes);
	free(s->cost);
	*s = (struct shift){ 0 };
}

/* How far the unknown may go. */
static int64_t room(const struct shift *s, uint32_t unknown, bool up)
{
	return up ? s->d->hi[unknown] - s->base[unknown] : s->base[unknown] - s->d->lo[unknown];
}

static void set_change(struct shift *s, uint32_t local, bool up, int64_t least, int64_t most)
{
	lp_bounds(s->lp, up ? local : s->near.part.n_unknowns + local, least, most);
}

/* The changes, so many times over, as a table; true: it was one. */
static bool offer(struct shift *s, struct witness *w, const double *values, int times)
{
	const uint32_t n = s->near.part.n_unknowns, *unknowns = s->near.part.unknowns;
	uint32_t n_changed = 0;
	bool whole = true, taken;

	for (uint32_t i = 0; i < n && whole; i++) {
		const double by = (values[i] - values[n + i]) * times;

		if (fabs(by) < WHOLE)
			continue;
		whole = fabs(by - nearbyint(by)) < WHOLE;
		w->values[unknowns[i]] = s->base[unknowns[i]] + (int64_t)nearbyint(by);
		s->changes[n_changed++] = (struct change){ unknowns[i], s->base[unknowns[i]] };
	}
	taken = whole && witness_step(w, s->d, w->values, s->changes, n_changed, false);
	for (uint32_t i = 0; i < n_changed; i++)
		w->values[s->changes[i].unknown] = s->changes[i].from;
	return taken;
}

/* The change that is farthest from whole, as a column of the program; or UINT32_MAX. */
static uint32_t least_whole(const struct shift *s, const double *values)
{
	uint32_t most = UINT32_MAX;
	double far = WHOLE;

	for (uint32_t i = 0; i < 2 * s->near.part.n_unknowns; i++) {
		const double miss = fabs(values[i] - nearbyint(values[i]));

		if (miss > far) {
			far = miss;
			most = i;
		}
	}
	return most;
}

/* Ask, and where the answer is not whole, round and ask again. */
static bool ask(struct shift *s, struct witness *w, double until)
{
	const uint32_t n = s->near.part.n_unknowns;
	const double *values, *factors;

	const int roundings = n > LARGE ? ROUNDINGS_LARGE : ROUNDINGS;

	for (int rounding = 0; rounding <= roundings && clock_seconds() < until; rounding++) {
		uint32_t c;

		s->n_programs++;
		if (lp_minimise(s->lp, until - clock_seconds() + 0.01, &values, &factors) !=
		    LP_SOLVED)
			return false;
		for (int times = 1; times <= TIMES_MAX; times++)
			if (offer(s, w, values, times))
				return true;
		c = least_whole(s, values);
		if (c == UINT32_MAX)
			return false;
		/* A half goes up: there is room for it. */
		lp_bounds(s->lp, c, (int64_t)ceil(values[c]),
		          room(s, s->near.part.unknowns[c % n], c < n));
	}
	return false;
}

/* In the program at hand: a table with the unknown at least (up) or at most the value. */
static bool shift_to(struct shift *s, struct witness *w, uint32_t unknown, bool up,
                     int64_t value, double until)
{
	const struct part *p = &s->near.part;
	const uint32_t local = s->near.parts.local[unknown];
	const int64_t least = up ? value - s->base[unknown] : s->base[unknown] - value;

	if (least > room(s, unknown, up))
		return false;
	for (uint32_t i = 0; i < p->n_unknowns; i++)
		for (int side = 0; side < 2; side++)
			set_change(s, i, side, 0, room(s, p->unknowns[i], side));
	set_change(s, local, up, least, room(s, unknown, up));
	set_change(s, local, !up, 0, 0);
	return ask(s, w, until);
}

static struct lp *program(const struct shift *s)
{
	const struct part *p = &s->near.part;
	struct lp *lp = lp_new_changes(s->d, &s->near.parts, p, s->base);

	for (uint32_t i = 0; lp && i < p->n_unknowns; i++) {
		lp_goal(lp, i, s->cost[p->unknowns[i]]);
		lp_goal(lp, p->n_unknowns + i, s->cost[p->unknowns[i]]);
	}
	return lp;
}

static bool is_wide(const struct witness *w, uint32_t unknown, int64_t width)
{
	return w->hi[unknown] - w->lo[unknown] + 1 >= width;
}

bool shift_apart(struct shift *s, struct witness *w, uint32_t unknown, int64_t width,
                 enum shift_reach reach, double until)
{
	bool whole;

	if (!near_find(&s->near, unknown, nears[reach], &whole))
		return false;
	if (s->near.part.n_unknowns > LARGE && ++s->n_large > LARGE_MAX)
		return false;
	s->lp = program(s);
	if (!s->lp)
		return false;
	if (!shift_to(s, w, unknown, true, w->lo[unknown] + width - 1, until) &&
	    !is_wide(w, unknown, width))
		shift_to(s, w, unknown, false, w->hi[unknown] - width + 1, until);
	lp_free(s->lp);
	return is_wide(w, unknown, width);
}
