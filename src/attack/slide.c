#include "attack/slide.h"

#include "base/random.h"

#include <stdlib.h>
#include <string.h>

#define TABU       4  /* steps for which a direction is not followed again      */
#define NOISE      16 /* one of so many steps takes any direction that there is */
#define SAMPLE     64 /* directions weighed for one step */
#define SLIDES     10 /* so much more effort goes into slides than into their directions */
#define FAR        ((int64_t)1 << 30) /* no farther at once                            */
#define WEIGHT_MAX 1000 /* of a column that is hard to get within its bounds         */
#define CENTRINGS  8    /* times through all directions */
#define CENTRE     64   /* nor to the middle                             */
#define HUGE_VALUE ((int64_t)1 << 40) /* so that no sum leaves what an int64_t holds */

enum sluice_status slide_init(struct slide *s, const struct domain *d, const struct parts *all,
                              const struct part *p, uint64_t work, struct sluice_error *err)
{
	size_t n;

	*s = (struct slide){ .d = d, .p = p, .random = UINT64_C(0x9E3779B97F4A7C15) };
	s->work = work;
	TRY(directions_make(&s->directions, d, all, p, work, err));
	n = (size_t)s->directions.n_columns + 1;
	s->lo = calloc(n, sizeof(*s->lo));
	s->hi = calloc(n, sizeof(*s->hi));
	s->base = calloc(n, sizeof(*s->base));
	s->values = calloc(n, sizeof(*s->values));
	s->broken.list = calloc(n, sizeof(*s->broken.list));
	s->broken.where = calloc(n, sizeof(*s->broken.where));
	s->moved = calloc((size_t)s->directions.n + 1, sizeof(*s->moved));
	s->followed = calloc((size_t)s->directions.n + 1, sizeof(*s->followed));
	s->changed = calloc(n, sizeof(*s->changed));
	s->weight = calloc(n, sizeof(*s->weight));
	for (size_t c = 0; s->weight && c < n; c++)
		s->weight[c] = 1;
	s->listed = calloc(n, sizeof(*s->listed));
	s->changes = calloc(n, sizeof(*s->changes));
	return s->lo && s->hi && s->base && s->values && s->broken.list && s->broken.where &&
	                       s->moved && s->followed && s->changed && s->weight &&
	                       s->listed && s->changes
	               ? SLUICE_OK
	               : fail_memory(err);
}

void slide_free(struct slide *s)
{
	directions_free(&s->directions);
	free(s->lo);
	free(s->hi);
	free(s->base);
	free(s->values);
	free(s->broken.list);
	free(s->broken.where);
	free(s->moved);
	free(s->followed);
	free(s->changed);
	free(s->weight);
	free(s->listed);
	free(s->changes);
	*s = (struct slide){ 0 };
}

static bool is_huge(wide value)
{
	return value > HUGE_VALUE || value < -HUGE_VALUE;
}

static void set_column(struct slide *s, uint32_t column, int64_t lo, int64_t hi, wide value)
{
	s->lo[column] = lo;
	s->hi[column] = hi;
	s->huge = s->huge || is_huge(value) || (lo > -BOUND_NONE && is_huge(lo)) ||
	          (hi < BOUND_NONE && is_huge(hi));
	s->base[column] = s->values[column] = s->huge ? 0 : (int64_t)value;
}

void slide_begin(struct slide *s, struct witness *w)
{
	const struct model *m = s->d->model;
	const uint32_t n = s->p->n_unknowns;

	witness_begin(w, s->d);
	s->left = SLIDES * s->work;
	s->huge = false;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t u = s->p->unknowns[i];

		set_column(s, i, s->d->lo[u], s->d->hi[u], w->values[u]);
	}
	for (uint32_t i = 0; i < s->p->n_rows; i++) {
		const struct row *r = &m->rows[s->p->rows[i]];

		set_column(s, n + i, r->lo, r->hi,
		           r->lo == r->hi ? r->lo : row_sum(m, r, w->values));
	}
}

/* ---- changes -------------------------------------------------------------------------------- */

static int64_t miss(const struct slide *s, uint32_t column, int64_t value)
{
	if (value < s->lo[column])
		return s->lo[column] - value;
	return value > s->hi[column] ? value - s->hi[column] : 0;
}

static void note(struct slide *s, uint32_t column)
{
	if (!s->listed[column]) {
		s->listed[column] = true;
		s->changed[s->n_changed++] = column;
	}
	broken_note(&s->broken, column, miss(s, column, s->values[column]));
}

static void follow(struct slide *s, uint32_t direction, int64_t times)
{
	const struct directions *k = &s->directions;

	for (uint32_t i = k->start[direction]; i < k->start[direction + 1]; i++) {
		s->values[k->entries[i].column] += times * k->entries[i].factor;
		note(s, k->entries[i].column);
	}
	if (!s->moved[direction])
		s->followed[s->n_followed++] = direction;
	s->moved[direction] = s->step;
}

/* The table that one is at is the base from now on, or all goes back. */
static void settle(struct slide *s, bool stay)
{
	while (s->n_changed) {
		const uint32_t c = s->changed[--s->n_changed];

		if (stay)
			s->base[c] = s->values[c];
		else
			s->values[c] = s->base[c];
		s->listed[c] = false;
		s->weight[c] = 1;
	}
	broken_clear(&s->broken);
	while (s->n_followed)
		s->moved[s->followed[--s->n_followed]] = 0;
}

/* What has changed is offered as a table; true: it is one. */
static bool offer(struct slide *s, struct witness *w, bool stay)
{
	uint32_t n = 0;
	bool taken;

	for (uint32_t i = 0; i < s->n_changed; i++) {
		const uint32_t c = s->changed[i];

		if (c >= s->p->n_unknowns || s->values[c] == s->base[c])
			continue;
		s->changes[n] = (struct change){ s->p->unknowns[c], s->base[c] };
		w->values[s->changes[n++].unknown] = s->values[c];
	}
	taken = witness_step(w, s->d, w->values, s->changes, n, stay);
	stay = stay && taken;
	for (uint32_t i = 0; i < n && !stay; i++)
		w->values[s->changes[i].unknown] = s->changes[i].from;
	settle(s, stay);
	return taken;
}

/* ---- one direction -------------------------------------------------------------------------- */

/* How often the direction can be followed from where one is, forwards or back. */
static int64_t room(const struct slide *s, uint32_t direction, bool forwards)
{
	const struct directions *k = &s->directions;
	int64_t least = FAR;

	for (uint32_t i = k->start[direction]; i < k->start[direction + 1]; i++) {
		const struct entry *e = &k->entries[i];
		const bool up = (e->factor > 0) == forwards;
		const int64_t factor = e->factor > 0 ? e->factor : -(int64_t)e->factor;
		const int64_t left = up ? s->hi[e->column] - s->values[e->column]
		                        : s->values[e->column] - s->lo[e->column];

		if (left / factor < least)
			least = left / factor;
	}
	return least > 0 ? least : 0;
}

/* Whether the direction changes an unknown of which more is to be seen. */
static bool serves(const struct slide *s, const struct witness *w, const bool *wanted,
                   int64_t most, uint32_t direction)
{
	const struct directions *k = &s->directions;

	for (uint32_t i = k->start[direction]; i < k->start[direction + 1]; i++) {
		const uint32_t c = k->entries[i].column;
		const uint32_t u = c < s->p->n_unknowns ? s->p->unknowns[c] : UINT32_MAX;

		if (u != UINT32_MAX && (!wanted || wanted[u]) && w->hi[u] - w->lo[u] < most &&
		    (w->lo[u] > s->d->lo[u] || w->hi[u] < s->d->hi[u]))
			return true;
	}
	return false;
}

void slide_spread(struct slide *s, struct witness *w, const bool *wanted, int64_t most)
{
	for (uint32_t v = 0; v < s->directions.n && !s->huge; v++)
		for (int forwards = 1; forwards >= 0; forwards--) {
			int64_t times;

			if (!serves(s, w, wanted, most, v))
				break;
			times = room(s, v, forwards);
			if (times > most)
				times = most;
			if (!times)
				continue;
			s->step = 1;
			follow(s, v, forwards ? times : -times);
			offer(s, w, false);
		}
}

/* True: some direction had more room one way than the other. */
static bool centre(struct slide *s)
{
	bool moved = false;

	for (uint32_t v = 0; v < s->directions.n; v++) {
		int64_t middle = (room(s, v, true) - room(s, v, false)) / 2;

		if (!middle)
			continue;
		middle = middle > CENTRE ? CENTRE : middle < -CENTRE ? -CENTRE : middle;
		s->step = 1;
		follow(s, v, middle);
		moved = true;
	}
	return moved;
}

void slide_centre(struct slide *s, struct witness *w)
{
	for (int pass = 0; pass < CENTRINGS && !s->huge && centre(s); pass++)
		;
	offer(s, w, true);
}

/* ---- several ------------------------------------------------------------------------------- */

/* How much more is out of bounds afterwards; 'keep' must not change. */
static int64_t cost(struct slide *s, uint32_t direction, int64_t times, uint32_t keep)
{
	const struct directions *k = &s->directions;
	int64_t sum = 0;

	for (uint32_t i = k->start[direction]; i < k->start[direction + 1]; i++) {
		const struct entry *e = &k->entries[i];
		const int64_t v = s->values[e->column];

		if (e->column == keep)
			return INT64_MAX;
		s->left -= s->left > 0;
		sum += s->weight[e->column] *
		       (miss(s, e->column, v + times * e->factor) - miss(s, e->column, v));
	}
	return sum;
}

/* Move the column by the direction that breaks least elsewhere, if there is one. */
static bool push(struct slide *s, uint32_t column, bool up, uint32_t keep)
{
	const struct directions *k = &s->directions;
	const uint32_t n = k->at[column + 1] - k->at[column];
	const uint32_t first = n ? (uint32_t)(random_next(&s->random) % n) : 0;
	const bool noise = random_next(&s->random) % NOISE == 0;
	uint32_t best = UINT32_MAX, weighed = 0;
	int64_t best_cost = INT64_MAX, best_times = 0;

	for (uint32_t i = 0; i < n && weighed < SAMPLE; i++) {
		const uint32_t v = k->in[k->at[column] + (first + i) % n];
		int64_t times = 1, c;

		if (s->moved[v] && s->moved[v] + TABU > s->step)
			continue;
		for (uint32_t e = k->start[v]; e < k->start[v + 1]; e++)
			if (k->entries[e].column == column && (k->entries[e].factor > 0) != up)
				times = -1;
		weighed++;
		c = cost(s, v, times, keep);
		if (c < best_cost) {
			best = v;
			best_cost = c;
			best_times = times;
			if (noise)
				break;
		}
	}
	if (best == UINT32_MAX)
		return false;
	/* Where every way out makes it no better, being in there costs more from now on. */
	if (best_cost >= 0 && s->broken.where[column] && s->weight[column] < WEIGHT_MAX)
		s->weight[column]++;
	follow(s, best, best_times);
	return true;
}

/* Step by step until the column has the value, or is beyond it, and none is out of bounds. */
static bool push_all(struct slide *s, uint32_t column, bool up, int64_t wanted, uint32_t steps)
{
	for (s->step = 2; s->step < steps + 2 && s->left; s->step++) {
		const bool there =
			up ? s->values[column] >= wanted : s->values[column] <= wanted;

		if (there && !s->broken.n)
			return true;
		if ((!there && push(s, column, up, UINT32_MAX)) || !s->broken.n)
			continue; /* where no direction may be followed now, one may later */
		const uint32_t c = s->broken.list[random_next(&s->random) % s->broken.n];

		push(s, c, s->values[c] < s->lo[c], c == column ? UINT32_MAX : column);
	}
	return false;
}

bool slide_to(struct slide *s, struct witness *w, uint32_t local, int64_t value, uint32_t steps)
{
	const bool up = value > s->base[local];

	if (s->huge || s->directions.at[local] == s->directions.at[local + 1] ||
	    value < s->lo[local] || value > s->hi[local])
		return false;
	if (push_all(s, local, up, value, steps))
		return offer(s, w, false);
	settle(s, false);
	return false;
}

bool slide_first(struct slide *s, struct witness *w, uint64_t steps)
{
	const uint32_t n = s->p->n_unknowns;
	bool taken;

	if (!s->directions.has_point)
		return false;
	for (uint32_t i = 0; i < n; i++)
		w->values[s->p->unknowns[i]] = s->directions.point[i];
	slide_begin(s, w);
	for (uint32_t c = 0; c < s->directions.n_columns && !s->huge; c++)
		note(s, c);
	for (s->step = 2; s->step < steps + 2 && s->broken.n && s->left; s->step++) {
		const uint32_t c = s->broken.list[random_next(&s->random) % s->broken.n];

		push(s, c, s->values[c] < s->lo[c], UINT32_MAX);
	}
	taken = !s->broken.n && !s->huge;
	for (uint32_t i = 0; i < n && taken; i++)
		w->values[s->p->unknowns[i]] = s->values[i];
	taken = taken && witness_take(w, s->d, s->p);
	settle(s, taken);
	return taken;
}
