/*
 * controlled.c - every count to a multiple of the base beside it, so that all still adds up
 *
 * In units of the base a cell is its floor and 0 or 1 more. Where every cell is in two rows at
 * most, and the rows can be given signs so that it comes out of one and goes into the other, the cells
 * are the arcs of a network and the rows its nodes; a cell in one row comes from the outside, which
 * is a node, too.  Then a flow of least cost is whole by itself: first each cell takes the nearer
 * multiple, whatever that does to the rows; then surplus is carried to where something is
 * missing, each time by the cheapest way (Bellman and Ford: ways back have negative costs until
 * then, but there is no circle of them).
 */
#include "protect/additive.h"
#include "protect/decide.h"

#include <stdlib.h>

#define FAR ((int64_t)1 << 60)

struct arc {
	uint32_t from, to;
	bool free;    /* may be 0 or 1: no multiple        */
	bool up;      /* is 1                               */
	int64_t cost; /* of 1 instead of 0, per cell        */
};

struct network {
	const struct additive *a;
	struct arc *arcs;  /* by unknown                                          */
	int8_t *sign;      /* by row: 1 or -1; 0 = not known yet                  */
	uint32_t n_nodes;  /* rows, and the outside                               */
	int64_t *surplus;  /* by node: what comes in beyond what goes out         */
	int64_t *distance; /* by node, from where there is surplus                */
	uint32_t *by;      /* by node: the arc that it was reached by             */
	struct sluice_error *err;
};

/* ---- the network ------------------------------------------------------------------------- */

static enum sluice_status refuse_shape(const struct network *k)
{
	return fail(
		k->err, SLUICE_E_DATA,
		"controlled rounding is for tables of two dimensions without hierarchies, or "
		"of one: in others there may be no way to round that adds up");
}

/* The row gets its sign, and its cells pass theirs on to their other rows. */
static enum sluice_status spread_signs(struct network *k, uint32_t first, uint32_t *stack)
{
	const struct model *m = k->a->model;
	uint32_t n = 0;

	k->sign[first] = 1;
	stack[n++] = first;
	while (n) {
		const struct row *r = &m->rows[stack[--n]];
		const int8_t own = k->sign[r - m->rows];

		for (uint32_t t = r->first; t < r->first + r->n; t++) {
			const uint32_t u = m->terms[t].unknown;

			for (uint32_t i = m->at[u]; i < m->at[u + 1]; i++) {
				const uint32_t other = m->of[i];
				/* factor * sign must differ between the two */
				const int8_t want =
					(int8_t)(-own * m->terms[t].factor * m->times[i]);

				if (other == (uint32_t)(r - m->rows))
					continue;
				if (!k->sign[other]) {
					k->sign[other] = want;
					stack[n++] = other;
				} else if (k->sign[other] != want) {
					return refuse_shape(k);
				}
			}
		}
	}
	return SLUICE_OK;
}

static enum sluice_status give_signs(struct network *k)
{
	const struct model *m = k->a->model;
	uint32_t *stack = malloc(((size_t)m->n_rows + 1) * sizeof(*stack));
	enum sluice_status status = stack ? SLUICE_OK : fail_memory(k->err);

	for (uint32_t u = 0; status == SLUICE_OK && u < m->n_unknowns; u++)
		if (m->at[u + 1] - m->at[u] > 2)
			status = refuse_shape(k);
	for (uint32_t r = 0; status == SLUICE_OK && r < m->n_rows; r++)
		if (!k->sign[r])
			status = spread_signs(k, r, stack);
	free(stack);
	return status;
}

/* A cell goes from the row where its factor is -1, by the row's sign, to that where it is 1. */
static void make_arc(struct network *k, uint32_t u)
{
	const struct model *m = k->a->model;
	const int64_t base = k->a->base, rest = k->a->values[u] % base;
	const bool shown = !k->a->shown || k->a->shown[u];
	struct arc *arc = &k->arcs[u];

	*arc = (struct arc){ .from = m->n_rows, .to = m->n_rows, .free = rest != 0 };
	for (uint32_t i = m->at[u]; i < m->at[u + 1]; i++)
		*(m->times[i] * k->sign[m->of[i]] > 0 ? &arc->to : &arc->from) = m->of[i];
	arc->cost = shown ? base - 2 * rest : 0;
	arc->up = arc->free && arc->cost < 0;
}

/* What each row has too much, when every cell is its floor and 1 where it is up. */
static void find_surplus(struct network *k)
{
	const struct model *m = k->a->model;

	for (uint32_t u = 0; u < m->n_unknowns; u++) {
		const int64_t flow = k->a->values[u] / k->a->base + k->arcs[u].up;

		k->surplus[k->arcs[u].to] += flow;
		k->surplus[k->arcs[u].from] -= flow;
	}
}

/* ---- the flow ---------------------------------------------------------------------------- */

/* The end that one unit more would be carried to over the arc from its other end; or no way. */
static bool carries(const struct arc *arc, uint32_t node, uint32_t *to, int64_t *cost)
{
	if (!arc->free || arc->from == arc->to || node != (arc->up ? arc->to : arc->from))
		return false;
	*to = arc->up ? arc->from : arc->to;
	*cost = arc->up ? -arc->cost : arc->cost;
	return true;
}

/* Distances from all nodes with surplus. */
static void find_ways(struct network *k)
{
	const uint32_t n = k->a->model->n_unknowns;
	bool shorter = true;

	for (uint32_t i = 0; i < k->n_nodes; i++) {
		k->distance[i] = k->surplus[i] > 0 ? 0 : FAR;
		k->by[i] = UINT32_MAX;
	}
	while (shorter) {
		shorter = false;
		for (uint32_t u = 0; u < n; u++) {
			const struct arc *arc = &k->arcs[u];
			const uint32_t node = arc->up ? arc->to : arc->from;
			int64_t cost;
			uint32_t to;

			if (k->distance[node] == FAR || !carries(arc, node, &to, &cost) ||
			    k->distance[node] + cost >= k->distance[to])
				continue;
			k->distance[to] = k->distance[node] + cost;
			k->by[to] = u;
			shorter = true;
		}
	}
}

/* The nearest node where something is missing; n_nodes = none can be reached. */
static uint32_t nearest(const struct network *k)
{
	uint32_t best = k->n_nodes;

	for (uint32_t i = 0; i < k->n_nodes; i++)
		if (k->surplus[i] < 0 && k->distance[i] < FAR &&
		    (best == k->n_nodes || k->distance[i] < k->distance[best]))
			best = i;
	return best;
}

/* Carry one unit there; every cell on the way is turned over. */
static void carry(struct network *k, uint32_t node)
{
	k->surplus[node]++;
	while (k->by[node] != UINT32_MAX) {
		struct arc *arc = &k->arcs[k->by[node]];

		node = node == arc->to ? arc->from : arc->to;
		arc->up = !arc->up;
	}
	k->surplus[node]--;
}

static enum sluice_status balance(struct network *k)
{
	for (;;) {
		uint32_t node;
		bool any = false;

		for (uint32_t i = 0; i < k->n_nodes; i++)
			any = any || k->surplus[i] > 0;
		if (!any)
			return SLUICE_OK;
		find_ways(k);
		node = nearest(k);
		if (node == k->n_nodes)
			return fail(k->err, SLUICE_E_DATA,
			            "there is no way to round these counts that adds up");
		carry(k, node);
	}
}

/* ---- the whole --------------------------------------------------------------------------- */

static enum sluice_status solve(struct network *k)
{
	const struct model *m = k->a->model;

	k->n_nodes = m->n_rows + 1;
	k->arcs = calloc((size_t)m->n_unknowns + 1, sizeof(*k->arcs));
	k->sign = calloc(k->n_nodes, sizeof(*k->sign));
	k->surplus = calloc(k->n_nodes, sizeof(*k->surplus));
	k->distance = calloc(k->n_nodes, sizeof(*k->distance));
	k->by = calloc(k->n_nodes, sizeof(*k->by));
	if (!k->arcs || !k->sign || !k->surplus || !k->distance || !k->by)
		return fail_memory(k->err);
	TRY(give_signs(k));
	for (uint32_t u = 0; u < m->n_unknowns; u++)
		make_arc(k, u);
	find_surplus(k);
	return balance(k);
}

enum sluice_status controlled_rounding(const struct additive *a, int64_t *values,
                                       struct sluice_error *err)
{
	struct network k = { .a = a, .err = err };
	enum sluice_status status = additive_check(a, err);

	if (status == SLUICE_OK)
		status = solve(&k);
	for (uint32_t u = 0; status == SLUICE_OK && u < a->model->n_unknowns; u++)
		values[u] = (a->values[u] / a->base + k.arcs[u].up) * a->base;
	for (uint32_t r = 0; status == SLUICE_OK && r < a->model->n_rows; r++)
		if (!row_holds(a->model, &a->model->rows[r], values))
			status = fail(err, SLUICE_E_BUG, "what was rounded doesn't add up");
	free(k.arcs);
	free(k.sign);
	free(k.surplus);
	free(k.distance);
	free(k.by);
	return status;
}

/* ---- 'method: controlled' ------------------------------------------------------------------ */

static uint32_t base_of(const struct settings *s)
{
	return s->round_to;
}

static bool fits(const struct settings *s, uint32_t base)
{
	return base > 1 && s->round_to == base && s->threshold == NO_THRESHOLD &&
	       s->rounding != ROUND_MIDPOINT;
}

static enum sluice_status decide_rounded(struct decision *d, struct sluice_error *err)
{
	struct changing c = {
		.base_of = base_of,
		.fits = fits,
		.wants = "'controlled' rounds every count, and redacts none: it needs a "
			 "round_to "
			 "over 1, not to midpoints, and threshold: none",
		.change = controlled_rounding,
	};

	return decide_changing(d, &c, err);
}

const struct decide_method decide_controlled = { "controlled", decide_rounded };
