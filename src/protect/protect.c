#include "protect/protect.h"

#include "protect/attacked.h"
#include "protect/hidden_sums.h"
#include "protect/matrix.h"
#include "protect/moves.h"
#include "protect/regain.h"
#include "protect/repair.h"

#include <stdlib.h>
#include <string.h>

#define PASSES 16 /* over cells that no move was found for, each time looking elsewhere */

/* ---- rounds ----------------------------------------------------------------------------------- */

/* All rounds of one protection. */
struct rounds {
	const struct protection *p;
	const struct protection *chosen; /* p, and sums that only the elimination looks at */
	const struct columns *columns;
	uint32_t *order, n_order;
	bool *primary, *known, *wanted, *asked, *open;
	struct moves *moves;
	bool rounded;
	bool one;      /* repairs are made one by one */
	bool *settled; /* what is hidden stays so, and is no longer chosen: cells were freed */
	double until;
};

static enum sluice_status choose(const struct rounds *r, bool *hidden, struct sluice_error *err)
{
	const struct elimination e = { r->columns, r->order, r->n_order, r->primary, r->known };
	bool impossible;

	if (!*r->settled)
		moves_forget(r->moves);
	if (!r->rounded && !*r->settled)
		return eliminate(&e, hidden, &impossible, err);
	/* An elimination would hide further cells for those that were only hidden to let others move. */
	for (uint32_t i = 0; i < r->columns->n; i++)
		hidden[i] = r->primary[i] || (*r->settled && hidden[i]);
	return SLUICE_OK;
}

/* By the attack, or by a move. */
static bool is_safe(const struct rounds *r, const struct attack *a, uint32_t u)
{
	return r->moves->proven[u] || attack_verdict(a, u) == VERDICT_SAFE;
}

/* What could not be shown to be safe is made so: others are hidden until it can move. */
static bool free_undecided(const struct rounds *r, const struct attack *a, bool *hidden)
{
	bool changed = false, all = r->p->effort.width > 2;

	/* From here on nothing that is hidden is shown again, so what is safe now stays so. */
	for (uint32_t u = 0; u < r->p->model->n_unknowns && !all; u++)
		r->moves->proven[u] = is_safe(r, a, u);
	for (uint32_t pass = 0; pass < PASSES && !all; pass++) {
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
	*r->settled = *r->settled || changed;
	return changed;
}

/* What the attack found is hidden, too; *done when that is nothing, or nothing more can be hidden. */
static void judge(const struct rounds *r, const struct attack *a, struct protected *result,
                  bool *done)
{
	const struct protection *p = r->p;
	bool changed, stuck = false;

	result->safe = !a->impossible;
	*done = a->impossible;
	for (uint32_t u = 0; u < p->model->n_unknowns; u++)
		if (r->wanted[u] && !is_safe(r, a, u))
			result->safe = false;
	changed =
		!*done && repair_proven_sums(p, a, result->hidden, r->open, r->primary, &stuck);
	*done = *done || stuck;
	if (changed || stuck)
		result->safe = false;
	else if (!*done && !result->safe && clock_seconds() <= r->until)
		changed = repair_fallen(p, a, result->hidden, r->one, r->primary) ||
		          free_undecided(r, a, result->hidden);
	*done = !changed || clock_seconds() > r->until;
}

/*
 * Who is seen to move needs no attack; of few that are rounded, it is to find all bounds.
 * Returns how many are hidden, or rounded.
 */
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

static void choose_wanted(const struct rounds *r, const bool *hidden, bool *bounds)
{
	const uint32_t n = ask_rest(r, hidden);

	if (r->rounded && n > REPAIR_SMALL && r->p->effort.width <= 2) {
		moves_prove(r->moves, hidden, r->wanted);
		ask_rest(r, hidden);
	}
	*bounds = repair_open_sums(r->p, hidden, r->open, r->asked);
}

/* One round: choose, audit. */
static enum sluice_status round_of(const struct rounds *r, struct protected *result, bool *done,
                                   struct sluice_error *err)
{
	const struct protection *p = r->p;
	struct attack a = { 0 };
	struct model seen = { 0 };
	enum sluice_status status;
	bool bounds;

	result->rounds++;
	TRY(choose(r, result->hidden, err));
	*done = false;
	if (!r->rounded && repair_sums(p, result->hidden, r->primary))
		return SLUICE_OK;
	choose_wanted(r, result->hidden, &bounds);
	status = protect_attack(p, result->hidden, r->asked, bounds, r->until - clock_seconds(),
	                        &a, &seen, err);
	if (status == SLUICE_OK)
		judge(r, &a, result, done);
	attack_free(&a);
	free(seen.unknowns);
	return status;
}

static bool rounds_make(struct rounds *r, struct matrix *x, struct protected *result)
{
	const struct protection *p = r->p;
	const uint32_t n = r->chosen->model->n_unknowns;
	const size_t all = (size_t)x->c.n + 1;

	r->order = malloc(((size_t)n + 1) * sizeof(*r->order));
	r->primary = calloc(all, sizeof(*r->primary));
	r->known = calloc(all, sizeof(*r->known));
	r->wanted = calloc(all, sizeof(*r->wanted));
	r->asked = calloc(all, sizeof(*r->asked));
	r->open = calloc((size_t)p->model->n_rows + 1, sizeof(*r->open));
	result->hidden = calloc(all, sizeof(*result->hidden));
	if (!r->order || !r->primary || !r->known || !r->wanted || !r->asked || !r->open ||
	    !result->hidden || !matrix_order(r->chosen, x, r->order, &r->n_order))
		return false;
	memcpy(r->primary, r->chosen->primary, n * sizeof(*r->primary));
	memset(r->known + n, true, x->n_extra);
	for (uint32_t u = 0; u < p->model->n_unknowns && p->seen; u++)
		r->rounded = r->rounded || repair_wants(p, result->hidden, u);
	return true;
}

/* What was added besides. */
static void count_added(const struct protection *p, struct protected *result)
{
	result->n_added = 0;
	result->added = 0;
	for (uint32_t u = 0; u < p->model->n_unknowns; u++)
		if (result->hidden[u] && !p->primary[u]) {
			result->n_added++;
			result->added += p->values[u] > 0 ? p->values[u] : 0;
		}
}

/* An elimination hides nothing that could be shown; a repair may. */
static enum sluice_status show_again(const struct rounds *r, struct protected *result,
                                     struct sluice_error *err)
{
	const struct elimination e = { r->columns, r->order, r->n_order, NULL, r->known };
	const struct regaining again = { r->p, &e, r->rounded };
	const uint32_t n = r->chosen->model->n_unknowns;

	result->repaired = r->rounded;
	for (uint32_t u = 0; u < n; u++)
		result->repaired = result->repaired || r->primary[u] != r->chosen->primary[u];
	/* Sums that only the elimination minds, the attack would not miss. */
	if (!result->repaired || r->p->model->n_unknowns != n)
		return SLUICE_OK;
	return regain(&again, result, err);
}

static enum sluice_status run_rounds(const struct protection *p,
                                     const struct protection *chosen, struct matrix *x,
                                     bool one, struct protected *result,
                                     struct sluice_error *err)
{
	struct moves moves;
	bool settled = false;
	struct rounds r = { .p = p,
		            .chosen = chosen,
		            .columns = &x->c,
		            .moves = &moves,
		            .one = one,
		            .settled = &settled,
		            .until = clock_seconds() + p->effort.seconds };
	enum sluice_status status = moves_init(&moves, p, err);
	bool done = false;

	if (status == SLUICE_OK && !rounds_make(&r, x, result))
		status = fail_memory(err);
	while (!done && status == SLUICE_OK)
		status = round_of(&r, result, &done, err);
	result->late = clock_seconds() > r.until;
	if (status == SLUICE_OK && result->safe)
		status = show_again(&r, result, err);
	if (status == SLUICE_OK)
		count_added(p, result);
	free(r.order);
	free(r.primary);
	free(r.known);
	free(r.wanted);
	free(r.asked);
	free(r.open);
	moves_destroy(&moves);
	return status;
}

/* The same with repairs one by one; taken where it hides less. */
static enum sluice_status run_again(const struct protection *p, const struct protection *chosen,
                                    struct matrix *x, struct protected *result,
                                    struct sluice_error *err)
{
	struct protected other = { 0 };
	const enum sluice_status status = run_rounds(p, chosen, x, true, &other, err);

	if (status == SLUICE_OK && other.safe && other.n_added <= result->n_added &&
	    other.added <= result->added) {
		const struct protected was = *result;

		*result = other;
		other = was;
	}
	result->rounds += other.rounds;
	free(other.hidden);
	return status;
}

/*
 * The elimination minds all sums.  Those of singletons are of many cells, and would keep the
 * attack of a large table from an end.
 */
static enum sluice_status protect_sums(const struct protection *p, struct protected *result,
                                       struct sluice_error *err)
{
	const bool small = p->model->n_unknowns <= REPAIR_SMALL;
	struct hidden_sums chosen = { 0 }, attacked = { 0 };
	struct matrix x = { 0 };
	enum sluice_status status = hidden_sums_make(&chosen, p, p->singletons, err);

	if (status == SLUICE_OK)
		status = hidden_sums_make(&attacked, p, p->singletons && small, err);
	if (status == SLUICE_OK)
		status = matrix_make(&x, &chosen.p)
		                 ? run_rounds(&attacked.p, &chosen.p, &x, false, result, err)
		                 : fail_memory(err);
	if (status == SLUICE_OK && result->safe && result->repaired && small)
		status = run_again(&attacked.p, &chosen.p, &x, result, err);
	matrix_free(&x);
	hidden_sums_free(&chosen);
	hidden_sums_free(&attacked);
	return status;
}

enum sluice_status protect(const struct protection *p, struct protected *result,
                           struct sluice_error *err)
{
	enum sluice_status status;

	*result = (struct protected){ 0 };
	for (uint32_t r = 0; r < p->model->n_rows; r++)
		if (repair_knows(p, &p->model->rows[r]) &&
		    !row_holds(p->model, &p->model->rows[r], p->values))
			return fail(err, SLUICE_E_DATA,
			            "a total is not the sum of its parts: what would be "
			            "protected is not additive");
	status = protect_sums(p, result, err);
	if (status == SLUICE_OK)
		count_added(p, result);
	return status;
}
