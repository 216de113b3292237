#include "attack/spread.h"

#include "attack/shift.h"
#include "base/random.h"

#define SHARED_ROUNDS    12 /* tables looked for with mixed goals    */
#define NO_GAIN_ROUNDS   3
#define SHARED_OPEN      64 /* open cells that are worth tables with mixed goals */
#define WALK_STEPS       16
#define WALK_STEPS_LARGE 64
#define WALK_STEPS_MAX   1024
#define SLIDE_STEPS      64
#define SLIDE_ROUNDS     3
#define COST_OPEN        0.7 /* of a change, where 1 is that of what is settled */

/* Both sides agree, or nothing more is asked for. */
bool attack_settled(const struct attack *a, const struct part *p, uint32_t u)
{
	const bool whole =
		a->effort.intervals || (!a->effort.verdicts && p->n_unknowns <= SMALL_PART);

	if (a->d.lo[u] == a->d.hi[u])
		return true;
	if (a->w.lo[u] == a->d.lo[u] && a->w.hi[u] == a->d.hi[u])
		return true;
	return (!whole || a->d.hi[u] >= BOUND_NONE) &&
	       a->w.hi[u] - a->w.lo[u] + 1 >= a->effort.width;
}

static bool is_wide(const struct attack *a, uint32_t u)
{
	return a->d.lo[u] == a->d.hi[u] || a->w.hi[u] - a->w.lo[u] + 1 >= a->effort.width;
}

bool attack_wants(const bool *wanted, uint32_t u)
{
	return !wanted || wanted[u];
}

uint32_t attack_open(const struct attack *a, const struct part *p, const bool *wanted)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n_unknowns; i++)
		if (attack_wants(wanted, p->unknowns[i]) &&
		    !attack_settled(a, p, p->unknowns[i]))
			n++;
	return n;
}

static double next_weight(uint64_t *state)
{
	return 0.5 + (double)(random_next(state) >> 40) / (double)(1 << 24);
}

/* Open cells pushed up or down by turns, with weights, so that one table settles many. */
static void mix_goal(const struct attack *a, const struct part *p, const bool *wanted,
                     struct lp *lp, unsigned round, uint64_t *state)
{
	lp_goal_clear(lp);
	for (uint32_t i = 0; i < p->n_unknowns; i++) {
		const double weight = next_weight(state);
		const bool flip = round > 1 && (*state & 1);

		if (attack_wants(wanted, p->unknowns[i]) &&
		    !attack_settled(a, p, p->unknowns[i]))
			lp_goal(lp, i, (round & 1) != flip ? -weight : weight);
	}
}

/* Tables that serve all cells of the part at once. */
void share_tables(struct attack *a, const struct part *p, const bool *wanted, struct lp *lp)
{
	uint64_t state = UINT64_C(0x9E3779B97F4A7C15);
	const uint32_t least = p->n_unknowns > SMALL_PART ? SHARED_OPEN : 0;
	uint32_t open = attack_open(a, p, wanted);
	unsigned idle = 0;

	for (unsigned round = 0; round < SHARED_ROUNDS && open > least && idle < NO_GAIN_ROUNDS;
	     round++) {
		uint64_t nodes = DIVE_NODES;
		uint32_t now;

		if (clock_seconds() > a->until)
			break;
		mix_goal(a, p, wanted, lp, round, &state);
		search_dive(&a->d, p, &a->w, &a->walk, lp, &nodes, a->until);
		a->n_programs++;
		now = attack_open(a, p, wanted);
		idle = now < open ? 0 : idle + 1;
		open = now;
	}
}

/* Walks from a table that is known: quick, and all that a build without a solver has. */
static void walk_tables(struct attack *a, const struct part *p, const bool *wanted)
{
	const uint32_t most = p->n_unknowns > SMALL_PART ? WALK_STEPS_LARGE : WALK_STEPS_MAX;

	walk_begin(&a->walk, &a->d, p, &a->w);
	for (uint32_t steps = WALK_STEPS; steps <= most; steps *= 4)
		for (uint32_t i = 0; i < p->n_unknowns; i++) {
			const uint32_t u = p->unknowns[i];

			for (int up = 0; up < 2 && clock_seconds() < a->until; up++)
				while (attack_wants(wanted, u) && !attack_settled(a, p, u) &&
				       walk_from(&a->walk, &a->d, &a->w, u, up, steps))
					;
		}
}

/* To each open cell's next value that is wanted; the middle of the directions first, for more room. */
static void slide_open(struct attack *a, const struct part *p, const bool *wanted,
                       struct slide *s, uint32_t steps)
{
	for (uint32_t i = 0; i < p->n_unknowns; i++) {
		const uint32_t u = p->unknowns[i];

		for (int up = 0; up < 2; up++) {
			const int64_t to = up ? a->w.lo[u] + a->effort.width - 1
			                      : a->w.hi[u] - a->effort.width + 1;

			if (attack_wants(wanted, u) && !is_wide(a, u))
				slide_to(s, &a->w, i, to, steps);
		}
	}
}

/* Along the directions in which all rows hold: nearly everything, in large parts. */
static void slide_tables(struct attack *a, const struct part *p, const bool *wanted,
                         struct slide *s)
{
	const bool whole = p->n_unknowns <= SMALL_PART && !a->effort.verdicts;
	uint32_t steps = SLIDE_STEPS;

	slide_begin(s, &a->w);
	for (unsigned round = 0; round < SLIDE_ROUNDS && attack_open(a, p, wanted); round++) {
		slide_centre(s, &a->w);
		slide_spread(s, &a->w, wanted,
		             whole || a->effort.intervals ? BOUND_NONE : a->effort.width - 1);
		slide_open(a, p, wanted, s, steps);
		steps *= 4;
	}
}

/* What walks have left over of a large part: changes of the table that a program finds. */
static void shift_tables(struct attack *a, const struct part *p, const bool *wanted)
{
	struct shift s;

	if (shift_init(&s, &a->d, &a->parts, NULL) != SLUICE_OK) {
		a->d.no_memory = true;
		shift_free(&s);
		return;
	}
	shift_begin(&s, &a->w);
	for (uint32_t i = 0; i < p->n_unknowns; i++)
		if (attack_wants(wanted, p->unknowns[i]) && !is_wide(a, p->unknowns[i]))
			s.cost[p->unknowns[i]] = COST_OPEN;
	/* What is found near one cell may settle another before it is sought for far away. */
	for (enum shift_reach reach = SHIFT_NEAR; reach < SHIFT_REACHES; reach++)
		for (uint32_t i = 0; i < p->n_unknowns && clock_seconds() < a->until; i++) {
			const uint32_t u = p->unknowns[i];

			if (attack_wants(wanted, u) && !is_wide(a, u))
				shift_apart(&s, &a->w, u, a->effort.width, reach, a->until);
			s.cost[u] = attack_wants(wanted, u) && !is_wide(a, u) ? COST_OPEN : 1;
		}
	a->n_programs += s.n_programs;
	shift_free(&s);
}

void spread_tables(struct attack *a, const struct part *p, const bool *wanted,
                   struct slide *slide)
{
	if (p->n_unknowns <= TINY_PART)
		return;
	slide_tables(a, p, wanted, slide);
	walk_tables(a, p, wanted);
	if (p->n_unknowns > SMALL_PART && !a->d.no_memory)
		shift_tables(a, p, wanted);
}
