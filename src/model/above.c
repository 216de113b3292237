#include "model/above.h"

#include <stdlib.h>

static bool parents_make(struct parents *p, const struct dimension *d)
{
	p->at = calloc((size_t)d->codes.n + 2, sizeof(*p->at));
	p->families = calloc((size_t)d->n_children + 1, sizeof(*p->families));
	if (!p->at || !p->families)
		return false;
	for (uint32_t i = 0; i < d->n_children; i++)
		p->at[d->children[i] + 2]++;
	for (uint32_t k = 2; k < d->codes.n + 2; k++)
		p->at[k] += p->at[k - 1];
	for (uint32_t f = 0; f < d->n_families; f++)
		for (uint32_t c = 0; c < d->families[f].n; c++)
			p->families[p->at[d->children[d->families[f].first + c] + 1]++] = f;
	return true;
}

static enum sluice_status add_above(struct above *a, uint32_t code, struct sluice_error *err)
{
	for (uint32_t k = 0; k < a->n; k++)
		if (a->codes[k] == code)
			return SLUICE_OK;
	if (!array_grow((void **)&a->codes, &a->cap, a->n, sizeof(*a->codes)))
		return fail_memory(err);
	a->codes[a->n++] = code;
	return SLUICE_OK;
}

static enum sluice_status find_above(const struct dimension *d, const struct parents *p,
                                     uint32_t code, struct above *a, struct sluice_error *err)
{
	TRY(add_above(a, code, err));
	for (uint32_t i = 0; i < a->n; i++)
		for (uint32_t k = p->at[a->codes[i]]; k < p->at[a->codes[i] + 1]; k++)
			TRY(add_above(a, d->families[p->families[k]].parent, err));
	return SLUICE_OK;
}

static bool is_below_shown(const struct above *all, const bool *shown, uint32_t code)
{
	for (uint32_t i = 0; i < all[code].n; i++)
		if (shown[all[code].codes[i]])
			return true;
	return false;
}

/* By code, the codes above it; then without those that tell nothing. */
static enum sluice_status find_all_above(const struct audit_input *in, uint32_t dimension,
                                         const struct parents *parents, struct above *all,
                                         struct sluice_error *err)
{
	const struct cells *c = &in->cells;
	const struct dimension *d = &c->dimensions[dimension];
	bool *shown = calloc((size_t)d->codes.n + 1, sizeof(*shown));
	bool *keep = calloc((size_t)d->codes.n + 1, sizeof(*keep));
	enum sluice_status status = shown && keep ? SLUICE_OK : fail_memory(err);

	for (uint32_t i = 0; status == SLUICE_OK && i < c->n; i++)
		shown[cell_key(c, i)[2 + dimension]] = true;
	for (uint32_t k = 0; status == SLUICE_OK && k < d->codes.n; k++)
		status = find_above(d, parents, k, &all[k], err);
	for (uint32_t k = 0; status == SLUICE_OK && k < d->codes.n; k++)
		keep[k] = is_below_shown(all, shown, k);
	for (uint32_t k = 0; status == SLUICE_OK && k < d->codes.n; k++) {
		uint32_t n = 1;

		for (uint32_t i = 1; i < all[k].n; i++)
			if (keep[all[k].codes[i]])
				all[k].codes[n++] = all[k].codes[i];
		all[k].n = n;
	}
	free(shown);
	free(keep);
	return status;
}

enum sluice_status above_make(struct above_all *a, const struct audit_input *in,
                              struct sluice_error *err)
{
	const struct cells *c = &in->cells;

	a->above = calloc((size_t)c->n_dimensions + 1, sizeof(*a->above));
	a->parents = calloc((size_t)c->n_dimensions + 1, sizeof(*a->parents));
	if (!a->above || !a->parents)
		return fail_memory(err);
	for (uint32_t d = 0; d < c->n_dimensions; d++) {
		a->above[d] = calloc(c->dimensions[d].codes.n, sizeof(**a->above));
		if (!a->above[d] || !parents_make(&a->parents[d], &c->dimensions[d]))
			return fail_memory(err);
		TRY(find_all_above(in, d, &a->parents[d], a->above[d], err));
	}
	return SLUICE_OK;
}

void above_free(struct above_all *a, const struct audit_input *in)
{
	const struct cells *c = &in->cells;

	for (uint32_t d = 0; a->above && d < c->n_dimensions; d++) {
		for (uint32_t k = 0; a->above[d] && k < c->dimensions[d].codes.n; k++)
			free(a->above[d][k].codes);
		free(a->above[d]);
	}
	for (uint32_t d = 0; a->parents && d < c->n_dimensions; d++) {
		free(a->parents[d].at);
		free(a->parents[d].families);
	}
	free(a->above);
	free(a->parents);
}
