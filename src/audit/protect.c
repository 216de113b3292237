#include "audit/protect.h"

#include "audit/eliminate.h"
#include "audit/moves.h"
#include "audit/repair.h"

#include <stdlib.h>
#include <string.h>

/* The cells as columns over the innermost ones; more columns for what must be zero. */
struct matrix {
	struct columns c;
	uint32_t cap, cap_terms;
	uint32_t n_terms;
	int32_t *sum;      /* by cell: the factors of the column in the making */
	uint32_t *touched; /* cells with one                                */
	uint32_t n_touched;
	uint32_t *first; /* by cell: the row that it is the whole of, or UINT32_MAX */
	uint32_t n_extra;
};

/* Add the cell, as innermost ones, to the column in the making. */
static void add_cell(struct matrix *x, const struct model *m, uint32_t cell, int32_t times)
{
	const struct row *r = x->first[cell] == UINT32_MAX ? NULL : &m->rows[x->first[cell]];

	for (uint32_t i = 1; r && i < r->n; i++)
		add_cell(x, m, m->terms[r->first + i].unknown, times);
	if (r)
		return;
	if (!x->sum[cell])
		x->touched[x->n_touched++] = cell;
	x->sum[cell] += times;
	/* A factor that came back to zero may be listed twice; see end_column(). */
	if (!x->sum[cell] && x->n_touched)
		for (uint32_t i = x->n_touched; i-- > 0;)
			if (x->touched[i] == cell) {
				x->touched[i] = x->touched[--x->n_touched];
				break;
			}
}

static int compare_cells(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static bool end_column(struct matrix *x)
{
	struct columns *c = &x->c;
	uint32_t cap = x->cap_terms;

	qsort(x->touched, x->n_touched, sizeof(*x->touched), compare_cells);
	for (uint32_t i = 0; i < x->n_touched; i++) {
		cap = x->cap_terms;
		if (!array_grow((void **)&c->row, &x->cap_terms, x->n_terms, sizeof(*c->row)) ||
		    !array_grow((void **)&c->factor, &cap, x->n_terms, sizeof(*c->factor)))
			return false;
		c->row[x->n_terms] = x->touched[i];
		c->factor[x->n_terms++] = x->sum[x->touched[i]];
		x->sum[x->touched[i]] = 0;
	}
	x->n_touched = 0;
	if (!array_grow((void **)&c->start, &x->cap, c->n + 1, sizeof(*c->start)))
		return false;
	c->start[++c->n] = x->n_terms;
	return true;
}

static bool matrix_make(struct matrix *x, const struct protection *p)
{
	const struct model *m = p->model;
	const size_t n = (size_t)m->n_unknowns + 1;

	x->sum = calloc(n, sizeof(*x->sum));
	x->touched = calloc(n, sizeof(*x->touched));
	x->first = malloc(n * sizeof(*x->first));
	if (!x->sum || !x->touched || !x->first ||
	    !array_grow((void **)&x->c.start, &x->cap, 0, sizeof(*x->c.start)))
		return false;
	x->c.start[0] = 0;
	x->c.n_rows = m->n_unknowns;
	for (uint32_t u = 0; u < m->n_unknowns; u++)
		x->first[u] = UINT32_MAX;
	for (uint32_t r = 0; r < m->n_rows; r++) {
		const struct term *t = repair_whole(m, &m->rows[r]);

		if (t && x->first[t->unknown] == UINT32_MAX)
			x->first[t->unknown] = r;
	}
	for (uint32_t u = 0; u < m->n_unknowns; u++) {
		if (p->shown[u] || p->primary[u])
			add_cell(x, m, u, 1);
		if (!end_column(x))
			return false;
	}
	/* A whole with other parts besides: both sums are the same, and everybody knows. */
	for (uint32_t r = 0; r < m->n_rows; r++) {
		const struct term *t = repair_whole(m, &m->rows[r]);

		if (!t || x->first[t->unknown] == r)
			continue;
		for (uint32_t i = 0; i < m->rows[r].n; i++)
			add_cell(x, m, m->terms[m->rows[r].first + i].unknown, i ? -1 : 1);
		if (!x->n_touched)
			continue;
		if (!end_column(x))
			return false;
		x->n_extra++;
	}
	return true;
}

static void matrix_free(struct matrix *x)
{
	free(x->c.start);
	free(x->c.row);
	free(x->c.factor);
	free(x->sum);
	free(x->touched);
	free(x->first);
}

/* ---- the order -------------------------------------------------------------------------------- */

/* What one wants to show: large counts, and among equals what much depends on. */
struct wanted {
	uint32_t cell;
	int64_t value;
	double weight;
};

static int compare_wanted(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	if (x->weight > y->weight || x->weight < y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->cell < y->cell ? -1 : 1;
}

static bool make_order(const struct protection *p, const struct matrix *x, uint32_t *order,
                       uint32_t *n_order)
{
	const struct columns *c = &x->c;
	const uint32_t n = p->model->n_unknowns;
	struct wanted *all = calloc((size_t)n + 1, sizeof(*all));
	double *weight = calloc((size_t)c->n_rows + 1, sizeof(*weight));

	*n_order = 0;
	for (uint32_t u = 0; all && weight && u < n; u++)
		for (uint32_t i = c->start[u]; i < c->start[u + 1]; i++)
			weight[c->row[i]] += (double)(p->values[u] + 1);
	for (uint32_t u = 0; all && weight && u < n; u++) {
		struct wanted *w = &all[*n_order];

		if (!p->shown[u])
			continue;
		*w = (struct wanted){ u, p->values[u], 0 };
		if (!w->value && p->zeros_stay)
			w->value = INT64_MAX;
		for (uint32_t i = c->start[u]; i < c->start[u + 1]; i++)
			w->weight += weight[c->row[i]];
		++*n_order;
	}
	if (all && weight)
		qsort(all, *n_order, sizeof(*all), compare_wanted);
	for (uint32_t i = 0; all && i < *n_order; i++)
		order[i] = all[i].cell;
	free(weight);
	free(all);
	return all && weight;
}

#define PASSES 16 /* over cells that no move was found for, each time looking elsewhere */
#define LARGE \
	200 /* hidden cells: the attack on so many takes longer than to hide some others */

/* ---- rounds ----------------------------------------------------------------------------------- */

/* The attack by one who knows only what would be shown. */
static enum sluice_status attack_result(const struct protection *p, const bool *hidden,
                                        const bool *wanted, struct attack *a,
                                        struct model *seen, double until,
                                        struct sluice_error *err)
{
	struct effort effort = p->effort;

	*seen = *p->model;
	seen->unknowns = calloc((size_t)seen->n_unknowns + 1, sizeof(*seen->unknowns));
	if (!seen->unknowns)
		return fail_memory(err);
	for (uint32_t u = 0; u < seen->n_unknowns; u++) {
		const bool open = hidden[u] || !p->shown[u];

		if (open)
			seen->unknowns[u] = (struct unknown){ 0, BOUND_NONE, 1, 0 };
		else if (p->seen)
			seen->unknowns[u] = p->seen[u];
		else
			seen->unknowns[u] =
				(struct unknown){ p->values[u], p->values[u], 1, 0 };
	}
	effort.table = p->values;
	effort.verdicts = true;
	effort.seconds = until - clock_seconds();
	return attack_run(a, seen, &effort, wanted, err);
}

/* All rounds of one protection. */
struct rounds {
	const struct protection *p;
	const struct columns *columns;
	uint32_t *order, n_order;
	bool *primary, *known, *wanted, *asked;
	struct moves *moves;
	bool rounded;
	double until;
};

static enum sluice_status choose(const struct rounds *r, bool *hidden, struct sluice_error *err)
{
	const struct elimination e = { r->columns, r->order, r->n_order, r->primary, r->known };
	bool impossible;

	if (!r->rounded)
		return eliminate(&e, hidden, &impossible, err);
	memcpy(hidden, r->primary, r->columns->n * sizeof(*hidden));
	return SLUICE_OK;
}

/* Without an attack, by moves alone. */
static bool is_safe(const struct rounds *r, const struct attack *a, uint32_t u)
{
	return r->moves->proven[u] || (a && attack_verdict(a, u) == VERDICT_SAFE);
}

/* What could not be shown to be safe is made so: others are hidden until it can move. */
static bool free_undecided(const struct rounds *r, const struct attack *a, bool *hidden)
{
	bool changed = false, all = false;

	for (uint32_t pass = 0; pass < PASSES && !all && r->p->effort.width <= 2; pass++) {
		all = true;
		for (uint32_t u = 0; u < r->p->model->n_unknowns; u++) {
			if (!r->wanted[u] || is_safe(r, a, u))
				continue;
			if (moves_free(r->moves, hidden, r->primary, u))
				changed = true;
			else
				all = false;
		}
	}
	return changed;
}

/* What the attack found is hidden, too; *done when that is nothing, or nothing more can be hidden. */
static void judge(const struct rounds *r, const struct attack *a, struct protected *result,
                  bool *done)
{
	const struct protection *p = r->p;
	bool changed;

	result->safe = !a->impossible;
	*done = a->impossible;
	for (uint32_t u = 0; u < p->model->n_unknowns; u++)
		if (r->wanted[u] && !is_safe(r, a, u))
			result->safe = false;
	changed = !*done && repair_proven_sums(p, a, result->hidden, r->primary);
	if (changed)
		result->safe = false;
	else if (!*done && !result->safe && clock_seconds() <= r->until)
		changed = repair_fallen(p, a, result->hidden, r->primary) ||
		          free_undecided(r, a, result->hidden);
	*done = !changed || clock_seconds() > r->until;
}

/* Who is seen to move needs no attack; of few that are rounded, it is to find all bounds. */
static uint32_t ask_rest(const struct rounds *r, const bool *hidden)
{
	const struct protection *p = r->p;
	uint32_t n = 0;

	for (uint32_t u = 0; u < p->model->n_unknowns; u++) {
		r->wanted[u] = repair_wants(p, hidden, u);
		r->asked[u] = r->wanted[u] && !r->moves->proven[u];
		n += r->wanted[u];
	}
	return n;
}

/* Returns how many are hidden, or rounded. */
static uint32_t choose_wanted(const struct rounds *r, const bool *hidden)
{
	const uint32_t n = ask_rest(r, hidden);

	if ((!r->rounded || n > LARGE) && r->p->effort.width <= 2)
		moves_prove(r->moves, hidden, r->wanted);
	return ask_rest(r, hidden);
}

/* One round: choose, audit. */
static enum sluice_status round_of(const struct rounds *r, struct protected *result, bool *done,
                                   struct sluice_error *err)
{
	const struct protection *p = r->p;
	struct attack a = { 0 };
	struct model seen = { 0 };
	enum sluice_status status;

	result->rounds++;
	TRY(choose(r, result->hidden, err));
	*done = false;
	if (!r->rounded && repair_sums(p, result->hidden, r->primary))
		return SLUICE_OK;
	if (choose_wanted(r, result->hidden) > LARGE && !r->rounded) {
		free_undecided(r, NULL, result->hidden);
		ask_rest(r, result->hidden);
	}
	status = attack_result(p, result->hidden, r->asked, &a, &seen, r->until, err);
	if (status == SLUICE_OK)
		judge(r, &a, result, done);
	attack_free(&a);
	free(seen.unknowns);
	return status;
}

static bool rounds_make(struct rounds *r, struct matrix *x, struct protected *result)
{
	const struct protection *p = r->p;
	const uint32_t n = p->model->n_unknowns;
	const size_t all = (size_t)x->c.n + 1;

	r->order = malloc(((size_t)n + 1) * sizeof(*r->order));
	r->primary = calloc(all, sizeof(*r->primary));
	r->known = calloc(all, sizeof(*r->known));
	r->wanted = calloc(all, sizeof(*r->wanted));
	r->asked = calloc(all, sizeof(*r->asked));
	result->hidden = calloc(all, sizeof(*result->hidden));
	if (!r->order || !r->primary || !r->known || !r->wanted || !r->asked ||
	    !result->hidden || !make_order(p, x, r->order, &r->n_order))
		return false;
	memcpy(r->primary, p->primary, n * sizeof(*r->primary));
	memset(r->known + n, true, x->n_extra);
	for (uint32_t u = 0; u < n && p->seen; u++)
		r->rounded = r->rounded || repair_wants(p, result->hidden, u);
	return true;
}

static enum sluice_status run_rounds(const struct protection *p, struct matrix *x,
                                     struct protected *result, struct sluice_error *err)
{
	struct moves moves;
	struct rounds r = { .p = p,
		            .columns = &x->c,
		            .moves = &moves,
		            .until = clock_seconds() + p->effort.seconds };
	enum sluice_status status = moves_init(&moves, p, err);
	bool done = false;

	if (status == SLUICE_OK && !rounds_make(&r, x, result))
		status = fail_memory(err);
	while (!done && status == SLUICE_OK)
		status = round_of(&r, result, &done, err);
	result->late = clock_seconds() > r.until;
	free(r.order);
	free(r.primary);
	free(r.known);
	free(r.wanted);
	free(r.asked);
	moves_destroy(&moves);
	return status;
}

enum sluice_status protect(const struct protection *p, struct protected *result,
                           struct sluice_error *err)
{
	struct matrix x = { 0 };
	enum sluice_status status;

	*result = (struct protected){ 0 };
	for (uint32_t r = 0; r < p->model->n_rows; r++)
		if (repair_knows(p, &p->model->rows[r]) &&
		    !row_holds(p->model, &p->model->rows[r], p->values))
			return fail(err, SLUICE_E_DATA,
			            "a total is not the sum of its parts: what would be "
			            "protected is not additive");
	status = matrix_make(&x, p) ? run_rounds(p, &x, result, err) : fail_memory(err);
	matrix_free(&x);
	for (uint32_t u = 0; status == SLUICE_OK && u < p->model->n_unknowns; u++)
		if (result->hidden[u] && !p->primary[u]) {
			result->n_added++;
			result->added += p->values[u] > 0 ? p->values[u] : 0;
		}
	return status;
}
