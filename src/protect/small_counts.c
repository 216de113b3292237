/*
 * small_counts.c - small counts to 0 or the base, so that the rest still adds up
 *
 * In rounds: each shown cell that is small names the innermost cells that it is made of. As many
 * of these go up to the base as keep their sum, one after the other, each time the one that
 * leaves the shown cells nearest to the truth (least squares); the others become 0.  Then the
 * cell is 0 or a multiple of the base for good, and only cells that some of these are in can have
 * become small: so there are never more rounds than innermost cells.
 */
#include "protect/additive.h"
#include "protect/decide.h"

#include <stdlib.h>
#include <string.h>

#define SWAPS 4096u /* that are tried in a round besides, for each of its cells */

struct rounding_work {
	const struct additive *a;
	struct inner_sums sums;
	uint32_t *at, *of; /* by innermost cell: the shown cells that it is in */
	int64_t *values;   /* by unknown                                     */
	uint32_t *chosen;  /* innermost cells of this round                     */
	uint32_t n_chosen;
	bool *is_chosen;
	struct sluice_error *err;
};

static bool is_shown(const struct additive *a, uint32_t u)
{
	return !a->shown || a->shown[u];
}

/* ---- life ------------------------------------------------------------------------------ */

/* The sums the other way round, of shown cells only. */
static enum sluice_status index_shown(struct rounding_work *w)
{
	const uint32_t n = w->a->model->n_unknowns;
	const struct inner_sums *s = &w->sums;
	uint32_t *next = calloc((size_t)n + 1, sizeof(*next));

	w->of = malloc(((size_t)s->at[n] + 1) * sizeof(*w->of));
	if (!w->of || !next) {
		free(next);
		return fail_memory(w->err);
	}
	for (uint32_t u = 0; u < n; u++)
		for (uint32_t i = s->at[u]; is_shown(w->a, u) && i < s->at[u + 1]; i++)
			w->at[s->of[i] + 1]++;
	for (uint32_t u = 0; u < n; u++) {
		w->at[u + 1] += w->at[u];
		next[u] = w->at[u];
	}
	for (uint32_t u = 0; u < n; u++)
		for (uint32_t i = s->at[u]; is_shown(w->a, u) && i < s->at[u + 1]; i++)
			w->of[next[s->of[i]]++] = u;
	free(next);
	return SLUICE_OK;
}

static enum sluice_status work_make(struct rounding_work *w)
{
	const size_t n = (size_t)w->a->model->n_unknowns + 1;

	TRY(inner_sums_make(&w->sums, w->a->model, w->err));
	w->at = calloc(n + 1, sizeof(*w->at));
	w->chosen = malloc(n * sizeof(*w->chosen));
	w->is_chosen = calloc(n, sizeof(*w->is_chosen));
	if (!w->at || !w->chosen || !w->is_chosen)
		return fail_memory(w->err);
	memcpy(w->values, w->a->values, (n - 1) * sizeof(*w->values));
	return index_shown(w);
}

static void work_free(struct rounding_work *w)
{
	inner_sums_free(&w->sums);
	free(w->at);
	free(w->of);
	free(w->chosen);
	free(w->is_chosen);
}

/* ---- a round --------------------------------------------------------------------------- */

static bool is_small(const struct rounding_work *w, uint32_t u)
{
	return w->values[u] > 0 && w->values[u] < w->a->base;
}

/* The small innermost cells of small shown cells. */
static void choose(struct rounding_work *w)
{
	w->n_chosen = 0;
	for (uint32_t u = 0; u < w->a->model->n_unknowns; u++) {
		if (!is_shown(w->a, u) || !is_small(w, u))
			continue;
		for (uint32_t i = w->sums.at[u]; i < w->sums.at[u + 1]; i++) {
			const uint32_t c = w->sums.of[i];

			if (!is_small(w, c) || w->is_chosen[c])
				continue;
			w->is_chosen[c] = true;
			w->chosen[w->n_chosen++] = c;
		}
	}
}

/* An innermost cell changes, and with it the shown cells that it is in (among them itself). */
static void change(struct rounding_work *w, uint32_t c, int64_t by)
{
	const int64_t own = w->values[c];

	for (uint32_t i = w->at[c]; i < w->at[c + 1]; i++)
		w->values[w->of[i]] += by;
	w->values[c] = own + by;
}

/* By how much the sum of squares grows when the cell changes. */
static wide cost(const struct rounding_work *w, uint32_t c, int64_t by)
{
	wide sum = 0;

	for (uint32_t i = w->at[c]; i < w->at[c + 1]; i++) {
		const wide off = (wide)w->values[w->of[i]] - w->a->values[w->of[i]];

		sum += by * (2 * off + by);
	}
	return sum;
}

/* One that is up changes places with one that is down, where that is nearer to the truth. */
static bool swap_one(struct rounding_work *w, uint64_t *left)
{
	const int64_t base = w->a->base;

	for (uint32_t i = 0; i < w->n_chosen; i++) {
		const uint32_t up = w->chosen[i];
		wide gain;

		if (!w->values[up])
			continue;
		gain = cost(w, up, -base);
		change(w, up, -base);
		for (uint32_t k = 0; k < w->n_chosen && *left; k++) {
			const uint32_t down = w->chosen[k];

			--*left;
			if (w->values[down] || gain + cost(w, down, base) >= 0)
				continue;
			change(w, down, base);
			return true;
		}
		change(w, up, base);
	}
	return false;
}

static void round_chosen(struct rounding_work *w)
{
	const int64_t base = w->a->base;
	uint64_t left;
	int64_t sum = 0;

	for (uint32_t i = 0; i < w->n_chosen; i++) {
		sum += w->values[w->chosen[i]];
		change(w, w->chosen[i], -w->values[w->chosen[i]]);
	}
	for (int64_t ups = (2 * sum + base) / (2 * base); ups > 0; ups--) {
		uint32_t best = UINT32_MAX;
		wide least = 0;

		for (uint32_t i = 0; i < w->n_chosen; i++) {
			const uint32_t c = w->chosen[i];
			const wide one = w->values[c] ? 0 : cost(w, c, base);

			if (w->values[c] || (best != UINT32_MAX && one >= least))
				continue;
			best = c;
			least = one;
		}
		change(w, best, base);
	}
	left = (uint64_t)SWAPS * w->n_chosen;
	while (swap_one(w, &left))
		;
	for (uint32_t i = 0; i < w->n_chosen; i++)
		w->is_chosen[w->chosen[i]] = false;
}

/* What isn't shown is the sum of its innermost cells, too. */
static void add_up(struct rounding_work *w)
{
	for (uint32_t u = 0; u < w->a->model->n_unknowns; u++) {
		int64_t sum = 0;

		for (uint32_t i = w->sums.at[u]; i < w->sums.at[u + 1]; i++)
			sum += w->values[w->sums.of[i]];
		w->values[u] = sum;
	}
}

enum sluice_status small_counts(const struct additive *a, int64_t *values,
                                struct sluice_error *err)
{
	struct rounding_work w = { .a = a, .values = values, .err = err };
	enum sluice_status status = additive_check(a, err);

	if (status == SLUICE_OK)
		status = work_make(&w);
	while (status == SLUICE_OK) {
		choose(&w);
		if (!w.n_chosen)
			break;
		round_chosen(&w);
	}
	if (status == SLUICE_OK)
		add_up(&w);
	work_free(&w);
	return status;
}

/* ---- 'method: small-counts' ---------------------------------------------------------------- */

static uint32_t base_of(const struct settings *s)
{
	return s->threshold > 0 && s->threshold < ROUND_MAX ? (uint32_t)s->threshold + 1 : 0;
}

static bool fits(const struct settings *s, uint32_t base)
{
	return base && base_of(s) == base && s->keep_zeros && s->round_to == 1;
}

static enum sluice_status decide_small(struct decision *d, struct sluice_error *err)
{
	struct changing c = {
		.base_of = base_of,
		.fits = fits,
		.wants = "'small-counts' leaves no count from 1 to the threshold, and most "
			 "others "
			 "as they are: it needs a threshold of at least 1, zeros: keep, and "
			 "round_to: 1",
		.change = small_counts,
	};

	return decide_changing(d, &c, err);
}

const struct decide_method decide_small_counts = { "small-counts", decide_small };
