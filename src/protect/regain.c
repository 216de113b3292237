#include "protect/regain.h"

#include "protect/attacked.h"
#include "protect/repair.h"

#include <stdlib.h>
#include <string.h>

#define WORK \
	400000 /* hidden cells of all attacks, times the cells that each of them asks for */

struct trying {
	const struct regaining *r;
	const struct protection *p;
	uint32_t *order; /* of all that is shown now */
	bool *hidden, *left, *primary, *scratch, *wanted, *asked, *open;
	uint64_t work;
};

/* Whether a count that must be hidden is a combination of the shown ones. */
static enum sluice_status follows(struct trying *t, bool *does, struct sluice_error *err)
{
	struct elimination e = *t->r->plain;
	uint32_t n = 0;

	*does = false;
	if (t->r->rounded)
		return SLUICE_OK;
	for (uint32_t i = 0; i < e.n_order; i++)
		if (!t->hidden[e.order[i]])
			t->order[n++] = e.order[i];
	e.order = t->order;
	e.n_order = n;
	e.primary = t->primary;
	TRY(eliminate(&e, t->left, does, err));
	for (uint32_t i = 0; i < n; i++)
		*does = *does || t->left[t->order[i]];
	return SLUICE_OK;
}

enum outcome { CLEAN, SPOILT, AGAIN };

/* Who falls is shown as well, if it may be: then there are others to look at. */
static enum outcome judge(struct trying *t, const struct attack *a)
{
	const struct protection *p = t->p;
	enum outcome outcome = CLEAN;
	bool stuck;

	if (a->impossible || repair_proven_sums(p, a, t->hidden, t->open, t->scratch, &stuck) ||
	    stuck)
		return SPOILT;
	for (uint32_t u = 0; u < p->model->n_unknowns; u++) {
		const enum verdict v = attack_verdict(a, u);

		if (!t->wanted[u] || v == VERDICT_SAFE)
			continue;
		if (v == VERDICT_UNDECIDED || !t->hidden[u] || p->primary[u])
			return SPOILT;
		t->hidden[u] = false;
		outcome = AGAIN;
	}
	return outcome;
}

static enum sluice_status look(struct trying *t, enum outcome *outcome,
                               struct sluice_error *err)
{
	const struct protection *p = t->p;
	struct model seen = { 0 };
	struct attack a = { 0 };
	enum sluice_status status;
	bool bounds, falls;

	*outcome = SPOILT;
	TRY(follows(t, &falls, err));
	if (falls || (!t->r->rounded && repair_sums(p, t->hidden, t->scratch)))
		return SLUICE_OK;
	for (uint32_t u = 0; u < p->model->n_unknowns; u++)
		t->wanted[u] = t->asked[u] = repair_wants(p, t->hidden, u);
	bounds = repair_open_sums(p, t->hidden, t->open, t->asked);
	/* All of the time: how much is tried must not depend on the machine. */
	status = protect_attack(p, t->hidden, t->asked, bounds, p->effort.seconds, &a, &seen,
	                        err);
	if (status == SLUICE_OK)
		*outcome = judge(t, &a);
	attack_free(&a);
	free(seen.unknowns);
	return status;
}

/* What an attack costs: all that is not known, for each that it asks for. */
static uint64_t cost(const struct trying *t)
{
	uint64_t n_open = 0, n_wanted = 0;

	for (uint32_t u = 0; u < t->p->model->n_unknowns; u++) {
		const bool wanted = repair_wants(t->p, t->hidden, u);

		n_wanted += wanted;
		n_open += wanted || !t->p->shown[u];
	}
	return n_open * n_wanted;
}

/* One count, and those that then need not be hidden either; all as it was if that can't be. */
static enum sluice_status try_one(struct trying *t, uint32_t u, bool *hidden,
                                  struct sluice_error *err)
{
	const size_t size = t->p->model->n_unknowns * sizeof(*hidden);
	enum outcome outcome = AGAIN;

	memcpy(t->hidden, hidden, size);
	t->hidden[u] = false;
	while (outcome == AGAIN) {
		t->work += cost(t);
		if (t->work > WORK)
			return SLUICE_OK;
		TRY(look(t, &outcome, err));
	}
	if (outcome == CLEAN)
		memcpy(hidden, t->hidden, size);
	return SLUICE_OK;
}

enum sluice_status regain(const struct regaining *r, struct protected *result,
                          struct sluice_error *err)
{
	const size_t n = (size_t)r->plain->columns->n + 1;
	struct trying t = { .r = r, .p = r->p };
	enum sluice_status status = SLUICE_OK;

	t.order = calloc(n, sizeof(*t.order));
	t.hidden = calloc(n, sizeof(*t.hidden));
	t.left = calloc(n, sizeof(*t.left));
	t.primary = calloc(n, sizeof(*t.primary));
	t.scratch = calloc(n, sizeof(*t.scratch));
	t.wanted = calloc(n, sizeof(*t.wanted));
	t.asked = calloc(n, sizeof(*t.asked));
	t.open = calloc((size_t)r->p->model->n_rows + 1, sizeof(*t.open));
	if (!t.order || !t.hidden || !t.left || !t.primary || !t.scratch || !t.wanted ||
	    !t.asked || !t.open)
		status = fail_memory(err);
	else
		memcpy(t.primary, r->p->primary, r->p->model->n_unknowns * sizeof(*t.primary));
	for (uint32_t i = 0; t.hidden && status == SLUICE_OK && i < r->plain->n_order; i++) {
		const uint32_t u = r->plain->order[i];

		if (result->hidden[u] && !r->p->primary[u])
			status = try_one(&t, u, result->hidden, err);
	}
	free(t.order);
	free(t.hidden);
	free(t.left);
	free(t.primary);
	free(t.scratch);
	free(t.wanted);
	free(t.asked);
	free(t.open);
	return status;
}
