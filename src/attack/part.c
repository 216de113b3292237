#include "attack/part.h"

#include <stdlib.h>

static uint32_t root_of(uint32_t *up, uint32_t u)
{
	while (up[u] != u) {
		up[u] = up[up[u]];
		u = up[u];
	}
	return u;
}

/* The first unknown of the row that is not fixed, or UINT32_MAX. */
static uint32_t first_free(const struct domain *d, const struct row *r)
{
	for (uint32_t i = 0; i < r->n; i++)
		if (!domain_fixed(d, d->model->terms[r->first + i].unknown))
			return d->model->terms[r->first + i].unknown;
	return UINT32_MAX;
}

/* Unknowns of one row get one root; roots are the smallest of their part. */
static void join_rows(const struct domain *d, uint32_t *up)
{
	const struct model *m = d->model;

	for (uint32_t r = 0; r < m->n_rows; r++) {
		const uint32_t first = first_free(d, &m->rows[r]);

		for (uint32_t i = 0; first != UINT32_MAX && i < m->rows[r].n; i++) {
			const uint32_t u = m->terms[m->rows[r].first + i].unknown;
			const uint32_t a = root_of(up, first), b = root_of(up, u);

			if (!domain_fixed(d, u) && a != b)
				up[a > b ? a : b] = a > b ? b : a;
		}
	}
}

/* Deal unknowns and rows out to their parts; count[] and rows[] are by part, both zero. */
static void deal(struct parts *p, const struct domain *d, uint32_t *up, const uint32_t *part_of)
{
	const struct model *m = d->model;
	uint32_t at = 0;

	for (uint32_t u = 0; u < m->n_unknowns; u++)
		if (!domain_fixed(d, u))
			p->parts[part_of[root_of(up, u)]].n_unknowns++;
	for (uint32_t r = 0; r < m->n_rows; r++)
		if (first_free(d, &m->rows[r]) != UINT32_MAX)
			p->parts[part_of[root_of(up, first_free(d, &m->rows[r]))]].n_rows++;
	for (uint32_t i = 0, row_at = 0; i < p->n_parts; i++) {
		p->parts[i].unknowns = p->all + at;
		p->parts[i].rows = p->all_rows + row_at;
		at += p->parts[i].n_unknowns;
		row_at += p->parts[i].n_rows;
		p->parts[i].n_unknowns = p->parts[i].n_rows = 0;
	}
	for (uint32_t u = 0; u < m->n_unknowns; u++) {
		if (domain_fixed(d, u))
			continue;
		struct part *mine = &p->parts[part_of[root_of(up, u)]];

		p->local[u] = mine->n_unknowns;
		mine->unknowns[mine->n_unknowns++] = u;
	}
	for (uint32_t r = 0; r < m->n_rows; r++) {
		const uint32_t first = first_free(d, &m->rows[r]);

		if (first == UINT32_MAX)
			continue;
		struct part *mine = &p->parts[part_of[root_of(up, first)]];

		mine->rows[mine->n_rows++] = r;
	}
}

enum sluice_status parts_make(struct parts *p, const struct domain *d, struct sluice_error *err)
{
	const struct model *m = d->model;
	const size_t n = (size_t)m->n_unknowns + 1;
	uint32_t *up = malloc(n * sizeof(*up)), *part_of = malloc(n * sizeof(*part_of));
	enum sluice_status status = SLUICE_OK;

	*p = (struct parts){ 0 };
	p->local = malloc(n * sizeof(*p->local));
	p->all = malloc(n * sizeof(*p->all));
	p->all_rows = malloc(((size_t)m->n_rows + 1) * sizeof(*p->all_rows));
	if (!up || !part_of || !p->local || !p->all || !p->all_rows) {
		status = fail_memory(err);
		goto out;
	}
	for (uint32_t u = 0; u < m->n_unknowns; u++) {
		up[u] = u;
		p->local[u] = UINT32_MAX;
	}
	join_rows(d, up);
	for (uint32_t u = 0; u < m->n_unknowns; u++)
		if (up[u] == u && !domain_fixed(d, u))
			part_of[u] = p->n_parts++;
	p->parts = calloc((size_t)p->n_parts + 1, sizeof(*p->parts));
	if (!p->parts)
		status = fail_memory(err);
	else
		deal(p, d, up, part_of);
out:
	free(up);
	free(part_of);
	return status;
}

void parts_free(struct parts *p)
{
	free(p->parts);
	free(p->local);
	free(p->all);
	free(p->all_rows);
	*p = (struct parts){ 0 };
}
