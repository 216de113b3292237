/*
 * additive.c - what methods that change counts have in common
 */
#include "protect/decide.h"

#include "protect/additive.h"

#include <stdlib.h>

/* The first shown cell for which the method isn't meant, or whose count nobody knows. */
static enum sluice_status check_cells(const struct decision *d, const struct changing *c,
                                      struct sluice_error *err)
{
	for (uint32_t i = 0; i < d->in.cells.n; i++) {
		if (d->settings[i] && !c->fits(d->settings[i], c->base))
			return decide_refuse(d, i, SLUICE_E_PLAN, err, c->wants);
		if (d->values[i] < 0)
			return decide_refuse(d, i, SLUICE_E_DATA, err,
			                     "a count that the tables don't have: only counts "
			                     "that are all there can be changed so that they "
			                     "add up");
	}
	return SLUICE_OK;
}

static uint32_t find_base(const struct decision *d, const struct changing *c)
{
	uint32_t base = 0;

	for (uint32_t i = 0; i < d->in.cells.n && !base; i++)
		if (d->settings[i])
			base = c->base_of(d->settings[i]);
	return base;
}

enum sluice_status decide_changing(struct decision *d, struct changing *c,
                                   struct sluice_error *err)
{
	struct additive a = { .model = &d->in.model, .values = d->values, .shown = d->shown };
	int64_t *values;
	enum sluice_status status;

	a.base = c->base = find_base(d, c);
	TRY(check_cells(d, c, err));
	values = calloc((size_t)d->in.cells.n + 1, sizeof(*values));
	status = values ? c->change(&a, values, err) : fail_memory(err);
	for (uint32_t i = 0; status == SLUICE_OK && i < d->in.cells.n; i++)
		if (d->shown[i])
			d->fates[i] = values[i];
	free(values);
	return status;
}
