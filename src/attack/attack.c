#include "attack/attack.h"

#include "attack/spread.h"

#include <stdlib.h>

#define PROPAGATE_LIMIT 20000000 /* terms looked at, at the root                 */
#define KERNEL_WORK     20000000 /* entries looked at, to find a part's directions */
#define FIRST_STEPS     64       /* of a slide to a first table, for each unknown   */

/* The part has a table, and a->w.values holds one. */
static bool first_table(struct attack *a, const struct part *p, struct slide *slide)
{
	uint64_t nodes = 2 * (uint64_t)p->n_unknowns + 200;
	enum found found = GAVE_UP;
	struct lp *lp;

	if (p->n_unknowns <= TINY_PART)
		return false;
	if (slide_first(slide, &a->w, FIRST_STEPS * (uint64_t)p->n_unknowns))
		return true;
	lp = lp_new(&a->d, &a->parts, p, 1 << 30);
	if (lp)
		found = search_dive(&a->d, p, &a->w, &a->walk, lp, &nodes, a->until);
	lp_free(lp);
	return found == FOUND;
}

/* A proven bound may tighten others. */
static bool follow(struct attack *a)
{
	return domain_propagate(&a->d, PROPAGATE_LIMIT);
}

/* The program's bound of one side, proven; and the table where it is reached, if it is whole. */
static bool ask_program(struct attack *a, const struct part *p, struct lp *lp, uint32_t u,
                        bool upper)
{
	const double *values, *factors;

	lp_goal_clear(lp);
	lp_goal(lp, a->parts.local[u], upper ? -1 : 1);
	for (uint32_t i = 0; i < p->n_unknowns; i++)
		lp_bounds(lp, i, a->d.lo[p->unknowns[i]], a->d.hi[p->unknowns[i]]);
	a->n_programs++;
	if (lp_minimise(lp, a->until - clock_seconds(), &values, &factors) != LP_SOLVED)
		return true;
	for (uint32_t i = 0; i < p->n_unknowns; i++)
		a->w.values[p->unknowns[i]] = (int64_t)(values[i] + 0.5);
	witness_take(&a->w, &a->d, p);
	if (upper) {
		double *negated = malloc(((size_t)p->n_rows + 1) * sizeof(*negated));
		bool holds = false;

		a->d.no_memory = !negated;
		for (uint32_t i = 0; negated && i < p->n_rows; i++)
			negated[i] = -factors[i];
		if (negated)
			holds = prove_bound(&a->prover, &a->d, p, u, true, negated);
		free(negated);
		return holds && follow(a);
	}
	return prove_bound(&a->prover, &a->d, p, u, false, factors) && follow(a);
}

/* Is there a table with the value or beyond?  Led by the program first, then all are tried. */
static enum found look_beyond(struct attack *a, const struct part *p, struct lp *lp, uint32_t u,
                              bool upper, int64_t value)
{
	const uint32_t n_steps = a->d.n_steps;
	uint64_t nodes = lp ? DIVE_NODES : 0;
	enum found found = GAVE_UP;

	if (!domain_set(&a->d, u, !upper, value, REASON_GUESS, 0)) {
		domain_undo(&a->d, n_steps);
		domain_forget(&a->d);
		return FOUND_NONE;
	}
	if (lp) {
		lp_goal_clear(lp);
		lp_goal(lp, a->parts.local[u], upper ? -1 : 1);
		found = search_dive(&a->d, p, &a->w, &a->walk, lp, &nodes, a->until);
		a->n_programs += DIVE_NODES - nodes;
	}
	nodes = p->n_unknowns > SMALL_PART ? a->effort.nodes / 64 : a->effort.nodes;
	if (found != FOUND && clock_seconds() < a->until) {
		/* The dive has emptied the queue that the guess had filled. */
		for (uint32_t i = 0; i < p->n_rows; i++)
			domain_queue(&a->d, p->rows[i]);
		found = search_table(&a->d, p, &a->w, &nodes);
	}
	domain_undo(&a->d, n_steps);
	domain_forget(&a->d);
	return found;
}

static bool side_is_open(const struct attack *a, const struct part *p, uint32_t u, bool upper)
{
	return !attack_settled(a, p, u) && clock_seconds() < a->until &&
	       (upper ? a->w.hi[u] < a->d.hi[u] : a->w.lo[u] > a->d.lo[u]);
}

/* Between what was seen and what is proven: the end first, then always the middle. */
static int64_t between(const struct attack *a, uint32_t u, bool upper, bool first)
{
	const int64_t seen = upper ? a->w.hi[u] + 1 : a->w.lo[u] - 1;

	if (upper && a->d.hi[u] >= BOUND_NONE)
		return a->w.hi[u] + a->effort.width;
	if (first)
		return upper ? a->d.hi[u] : a->d.lo[u];
	return upper ? seen + (a->d.hi[u] - seen) / 2 : seen - (seen - a->d.lo[u]) / 2;
}

/* One side of one cell, until both sides agree or the effort is spent; false = impossible. */
static bool settle_side(struct attack *a, const struct part *p, struct lp *lp, uint32_t u,
                        bool upper)
{
	bool first = true, holds = true;
	struct lp *proof;

	if (lp && side_is_open(a, p, u, upper) && !ask_program(a, p, lp, u, upper))
		return false;
	while (side_is_open(a, p, u, upper)) {
		const bool any = a->w.hi[u] >= a->w.lo[u];
		const int64_t value = any     ? between(a, u, upper, first)
		                      : upper ? a->d.lo[u]
		                              : a->d.hi[u];
		const enum found found = look_beyond(a, p, lp, u, upper, value);

		first = false;
		if (found == GAVE_UP || a->d.no_memory)
			break;
		if (found == FOUND)
			continue;
		/* Proven, but a sum of cells tells more than "all were tried". */
		proof = !lp && any ? lp_new(&a->d, &a->parts, p, 1 << 30) : NULL;
		if (proof)
			holds = ask_program(a, p, proof, u, upper);
		lp_free(proof);
		if (!holds || !any ||
		    !domain_set(&a->d, u, upper, upper ? value - 1 : value + 1, REASON_SEARCH,
		                0) ||
		    !follow(a))
			return false;
	}
	return true;
}

/* Tables for the whole part; false = it has none at all. */
static bool find_tables(struct attack *a, const struct part *p, const bool *wanted)
{
	uint64_t nodes = p->n_unknowns <= SMALL_PART ? 2000 : 200;
	struct slide slide = { 0 };
	enum found found;

	for (uint32_t i = 0; a->effort.table && i < p->n_unknowns; i++)
		a->w.values[p->unknowns[i]] = a->effort.table[p->unknowns[i]];
	/* Easy tables first; a part without any table at all is impossible. */
	for (uint32_t i = 0; i < p->n_rows; i++)
		domain_queue(&a->d, p->rows[i]);
	if (a->effort.table && witness_take(&a->w, &a->d, p))
		found = FOUND;
	else
		found = search_table(&a->d, p, &a->w, &nodes);
	if (p->n_unknowns > TINY_PART && found != FOUND_NONE &&
	    slide_init(&slide, &a->d, &a->parts, p, KERNEL_WORK, NULL) != SLUICE_OK)
		a->d.no_memory = true;
	else if (found == FOUND || (found == GAVE_UP && first_table(a, p, &slide)))
		spread_tables(a, p, wanted, &slide);
	slide_free(&slide);
	return found != FOUND_NONE;
}

static bool attack_part(struct attack *a, const struct part *p, const bool *wanted)
{
	struct lp *lp = NULL;
	bool holds = true;

	if (!attack_open(a, p, wanted))
		return true;
	if (!find_tables(a, p, wanted))
		return false;
	if (p->n_unknowns > TINY_PART && attack_open(a, p, wanted))
		lp = lp_new(&a->d, &a->parts, p, 1 << 30);
	if (lp)
		share_tables(a, p, wanted, lp);
	for (uint32_t i = 0; i < p->n_unknowns && holds; i++) {
		const uint32_t u = p->unknowns[i];

		if (!attack_wants(wanted, u))
			continue;
		if (clock_seconds() > a->until) {
			a->out_of_time = a->out_of_time || !attack_settled(a, p, u);
			continue;
		}
		holds = settle_side(a, p, lp, u, false) && settle_side(a, p, lp, u, true);
	}
	lp_free(lp);
	return holds;
}

enum sluice_status attack_run(struct attack *a, const struct model *m,
                              const struct effort *effort, const bool *wanted,
                              struct sluice_error *err)
{
	*a = (struct attack){ .model = m, .effort = *effort };
	a->until = clock_seconds() + effort->seconds;
	TRY(domain_init(&a->d, m, err));
	TRY(prover_init(&a->prover, m, err));
	if (m->n_rows)
		domain_queue_all(&a->d);
	a->impossible = !follow(a);
	if (!a->impossible && !a->d.no_memory) {
		TRY(parts_make(&a->parts, &a->d, err));
		TRY(walk_init(&a->walk, &a->d, err));
		TRY(witness_init(&a->w, &a->d, err));
		for (uint32_t i = 0; i < a->parts.n_parts && !a->impossible; i++)
			a->impossible = !attack_part(a, &a->parts.parts[i], wanted);
	}
	return a->d.no_memory ? fail_memory(err) : SLUICE_OK;
}

enum verdict attack_verdict(const struct attack *a, uint32_t u)
{
	const int64_t left = a->d.hi[u] - a->d.lo[u] + 1;

	if (left == 1)
		return VERDICT_DISCLOSED;
	if (left < a->effort.width && a->w.lo[u] == a->d.lo[u] && a->w.hi[u] == a->d.hi[u])
		return VERDICT_NARROW;
	if (a->w.hi[u] - a->w.lo[u] + 1 >= a->effort.width)
		return VERDICT_SAFE;
	return left < a->effort.width ? VERDICT_NARROW : VERDICT_UNDECIDED;
}

void attack_free(struct attack *a)
{
	domain_free(&a->d);
	witness_free(&a->w);
	prover_free(&a->prover);
	walk_free(&a->walk);
	parts_free(&a->parts);
}
