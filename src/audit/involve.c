/*
 * involve.c - the files that a cell's interval follows from
 */
#include "audit/audit.h"

#include <stdlib.h>

struct involving {
	const struct sluice_audit *a;
	bool *needed; /* by step  */
	bool *sheets; /* by sheet */
};

static void involve_places(struct involving *v, uint32_t cell)
{
	const struct cells *c = &v->a->in.cells;

	for (uint32_t at = c->cells[cell].place; at != CELL_NONE; at = c->places[at].next)
		v->sheets[c->places[at].sheet] = true;
}

/* The step that had set the bound before this one. */
static void need_bound(struct involving *v, uint32_t unknown, bool upper, uint32_t step)
{
	const struct domain *d = &v->a->attack.d;
	uint32_t why = upper ? d->why_hi[unknown] : d->why_lo[unknown];

	while (why != STEP_NONE && why >= step)
		why = d->steps[why].prev;
	if (why != STEP_NONE)
		v->needed[why] = true;
}

static void involve_row(struct involving *v, uint32_t row, uint32_t step)
{
	const struct model *m = &v->a->in.model;
	const struct step *s = &v->a->attack.d.steps[step];
	const struct row_note *note = &v->a->in.notes[row];
	const struct row *r = &m->rows[row];
	int64_t own = 0;

	if (note->kind == ROW_PERCENT)
		v->sheets[note->sheet] = true;
	for (uint32_t t = 0; t < r->n; t++)
		if (m->terms[r->first + t].unknown == s->unknown)
			own = m->terms[r->first + t].factor;
	for (uint32_t t = 0; t < r->n; t++) {
		const struct term *term = &m->terms[r->first + t];

		involve_places(v, term->unknown);
		/* Of one row it is known which bound was used; of a sum of rows both are taken. */
		if (s->reason != REASON_ROW || ((own > 0) != (term->factor > 0)) == s->upper)
			need_bound(v, term->unknown, true, step);
		if (s->reason != REASON_ROW || ((own > 0) != (term->factor > 0)) != s->upper)
			need_bound(v, term->unknown, false, step);
	}
}

static void involve_step(struct involving *v, uint32_t step)
{
	const struct domain *d = &v->a->attack.d;
	const struct step *s = &d->steps[step];

	if (s->prev != STEP_NONE)
		v->needed[s->prev] = true;
	if (s->reason == REASON_ROW)
		involve_row(v, s->of, step);
	else if (s->reason == REASON_SUM)
		for (uint32_t i = 0; i < d->sums[s->of].n; i++)
			involve_row(v, d->sum_terms[d->sums[s->of].first + i].row, step);
	else if (s->reason == REASON_SEARCH) /* all tables were tried: any file may matter */
		for (uint32_t i = 0; i < v->a->in.n_sheets; i++)
			v->sheets[i] = true;
}

enum sluice_status audit_involved(const struct sluice_audit *a, uint32_t cell, bool *sheets,
                                  struct sluice_error *err)
{
	const struct domain *d = &a->attack.d;
	struct involving v = { .a = a, .sheets = sheets };

	v.needed = calloc((size_t)d->n_steps + 1, sizeof(*v.needed));
	if (!v.needed)
		return fail_memory(err);
	involve_places(&v, cell);
	need_bound(&v, cell, false, d->n_steps);
	need_bound(&v, cell, true, d->n_steps);
	for (uint32_t i = d->n_steps; i-- > 0;)
		if (v.needed[i])
			involve_step(&v, i);
	free(v.needed);
	return SLUICE_OK;
}
