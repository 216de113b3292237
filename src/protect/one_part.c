/*
 * one_part.c - wholes that lie in one part, but for a few: what is true of it is true of all
 *
 * What tells it is the rest, the whole less that part: it stays hidden, and for all that is shown
 * it could be more than a few.
 */
#include "protect/hidden_sums.h"
#include "protect/repair.h"

#include <stdlib.h>

/* The sum of all parts but one; of a single one that is the part itself. */
static enum sluice_status hide_rest(struct hidden_sums *s, const struct model *m,
                                    const struct row *r, uint32_t part, uint32_t *cells,
                                    struct sluice_error *err)
{
	uint32_t n = 0;

	for (uint32_t i = 1; i < r->n; i++)
		if (i != part)
			cells[n++] = m->terms[r->first + i].unknown;
	if (n > 1)
		return hidden_sum_add(s, cells, n, err);
	s->primary[cells[0]] = true;
	return SLUICE_OK;
}

static enum sluice_status look_at(struct hidden_sums *s, const struct protection *p,
                                  const struct row *r, uint32_t *cells,
                                  struct sluice_error *err)
{
	const struct term *whole = repair_whole(p->model, r);

	if (!whole || r->n < 3 || !repair_knows(p, r))
		return SLUICE_OK;
	for (uint32_t i = 1; i < r->n; i++) {
		const int64_t part = p->values[p->model->terms[r->first + i].unknown];

		if (part < 1 || p->values[whole->unknown] - part > p->one_part - 1)
			continue;
		TRY(hide_rest(s, p->model, r, i, cells, err));
		/* As many values and one more: from 0 on, one of them is over the few. */
		if (s->p.effort.width < p->one_part + 1)
			s->p.effort.width = p->one_part + 1;
	}
	return SLUICE_OK;
}

enum sluice_status one_part_add(struct hidden_sums *s, const struct protection *p,
                                struct sluice_error *err)
{
	uint32_t *cells = malloc(((size_t)p->model->n_unknowns + 1) * sizeof(*cells));
	enum sluice_status status = cells ? SLUICE_OK : fail_memory(err);

	for (uint32_t r = 0; status == SLUICE_OK && r < p->model->n_rows; r++)
		status = look_at(s, p, &p->model->rows[r], cells, err);
	free(cells);
	return status;
}
