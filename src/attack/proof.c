#include "attack/proof.h"

#include <math.h>
#include <stdlib.h>

enum sluice_status prover_init(struct prover *p, const struct model *m,
                               struct sluice_error *err)
{
	p->left = calloc((size_t)m->n_unknowns + 1, sizeof(*p->left));
	p->listed = calloc((size_t)m->n_unknowns + 1, sizeof(*p->listed));
	p->touched = malloc(((size_t)m->n_unknowns + 1) * sizeof(*p->touched));
	p->factors = malloc(((size_t)m->n_rows + 1) * sizeof(*p->factors));
	return p->left && p->listed && p->touched && p->factors ? SLUICE_OK : fail_memory(err);
}

void prover_free(struct prover *p)
{
	free(p->left);
	free(p->listed);
	free(p->touched);
	free(p->factors);
	*p = (struct prover){ 0 };
}

/* The solver's factors as whole multiples of 1 / den; false when they are none. */
static bool make_fractions(struct prover *p, const double *factors, uint32_t n, int64_t den,
                           double slack)
{
	for (uint32_t i = 0; i < n; i++) {
		const double exact = factors[i] * (double)den;

		if (!(fabs(exact) < 1e12)) /* NaN, too */
			return false;
		p->factors[i] = llround(exact);
		if (fabs(exact - (double)p->factors[i]) > slack)
			return false;
	}
	return true;
}

static bool add_product(wide *sum, wide a, wide b)
{
	wide product;

	return !__builtin_mul_overflow(a, b, &product) &&
	       !__builtin_add_overflow(*sum, product, sum);
}

static bool touch(struct prover *p, uint32_t unknown, wide a, wide b)
{
	if (!p->listed[unknown]) {
		p->listed[unknown] = true;
		p->left[unknown] = 0;
		p->touched[p->n_touched++] = unknown;
	}
	return add_product(&p->left[unknown], a, b);
}

/* What is left over of den * unknown when factor * row is taken off for each row. */
static bool take_rows(struct prover *p, const struct model *m, const struct part *part,
                      uint32_t unknown, int64_t den)
{
	bool fits = touch(p, unknown, den, 1);

	for (uint32_t i = 0; i < part->n_rows; i++) {
		const struct row *r = &m->rows[part->rows[i]];

		for (uint32_t t = 0; p->factors[i] && t < r->n; t++)
			fits = touch(p, m->terms[r->first + t].unknown,
			             -m->terms[r->first + t].factor, p->factors[i]) &&
			       fits;
	}
	return fits;
}

/*
 * den * unknown = sum of factor * row + sum of left * unknown, each at its smallest (largest,
 * when 'upper').  False: not bounded.
 */
static bool reckon(const struct prover *p, const struct domain *d, const struct part *part,
                   bool upper, wide *sum)
{
	const struct model *m = d->model;

	*sum = 0;
	for (uint32_t i = 0; i < part->n_rows; i++) {
		const struct row *r = &m->rows[part->rows[i]];
		const int64_t end = (p->factors[i] > 0) == upper ? r->hi : r->lo;

		if (!p->factors[i])
			continue;
		if (end >= BOUND_NONE || end <= -BOUND_NONE ||
		    !add_product(sum, p->factors[i], end))
			return false;
	}
	for (uint32_t i = 0; i < p->n_touched; i++) {
		const uint32_t u = p->touched[i];
		const int64_t end = (p->left[u] > 0) == upper ? d->hi[u] : d->lo[u];

		if (p->left[u] && (end >= BOUND_NONE || !add_product(sum, p->left[u], end)))
			return false;
	}
	return true;
}

static bool add_sum(struct domain *d, const struct prover *p, const struct part *part,
                    int64_t den, uint32_t *id)
{
	struct sum s = { d->n_sum_terms, 0, den };

	for (uint32_t i = 0; i < part->n_rows; i++) {
		if (!p->factors[i])
			continue;
		if (!array_grow((void **)&d->sum_terms, &d->cap_sum_terms, d->n_sum_terms,
		                sizeof(*d->sum_terms)))
			return false;
		d->sum_terms[d->n_sum_terms++] =
			(struct sum_term){ part->rows[i], p->factors[i] };
		s.n++;
	}
	if (!array_grow((void **)&d->sums, &d->cap_sums, d->n_sums, sizeof(*d->sums)))
		return false;
	*id = d->n_sums;
	d->sums[d->n_sums++] = s;
	return true;
}

static wide divide_up(wide a, int64_t b)
{
	return a / b + (a % b > 0);
}

/* With the fractions in p->factors: the bound that follows, if it is a better one. */
static bool try_fractions(struct prover *p, struct domain *d, const struct part *part,
                          uint32_t unknown, bool upper, int64_t den, bool *better)
{
	wide sum = 0, v;
	const bool fits = take_rows(p, d->model, part, unknown, den);
	const bool bounded = fits && reckon(p, d, part, upper, &sum);
	uint32_t id;

	while (p->n_touched)
		p->listed[p->touched[--p->n_touched]] = false;
	*better = false;
	if (!bounded)
		return true;
	v = upper ? -divide_up(-sum, den) : divide_up(sum, den);
	if (upper ? v >= d->hi[unknown] : v <= d->lo[unknown])
		return true;
	if (v < -BOUND_NONE || v > BOUND_NONE)
		return true;
	*better = true;
	if (!add_sum(d, p, part, den, &id)) {
		d->no_memory = true;
		return false;
	}
	return domain_set(d, unknown, upper, (int64_t)v, REASON_SUM, id);
}

bool prove_bound(struct prover *p, struct domain *d, const struct part *part, uint32_t unknown,
                 bool upper, const double *factors)
{
	/* Small denominators first, for proofs that can be read; the last takes any factors. */
	static const int64_t dens[] = { 1,  2,  3,  4,  5,  6,  7,  8,   9,   10,  12,     14,
		                        15, 16, 18, 20, 24, 30, 60, 120, 420, 840, 1 << 30 };
	bool better = false;

	for (size_t i = 0; i < sizeof(dens) / sizeof(*dens) && !better; i++) {
		const bool last = dens[i] == 1 << 30;

		if (!make_fractions(p, factors, part->n_rows, dens[i],
		                    last ? 1 : 1e-6 * (double)dens[i]))
			continue;
		if (!try_fractions(p, d, part, unknown, upper, dens[i], &better))
			return false;
		if (!last && !better)
			i = sizeof(dens) / sizeof(*dens) - 2; /* exact: only rounding is left */
	}
	return true;
}
