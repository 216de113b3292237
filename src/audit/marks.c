/*
 * marks.c - from what was found of cells to what is said of each table
 */
#include "audit/marks.h"

#include <stdlib.h>
#include <string.h>

enum sluice_status mark_add(struct audit_table *t, enum mark_kind kind, uint32_t col,
                            uint64_t line, uint64_t places, struct sluice_error *err)
{
	if (t->earlier)
		return SLUICE_OK;
	for (uint32_t i = 0; i < t->n_marks; i++) {
		struct mark *m = &t->marks[i];

		if (m->kind != kind || m->col != col)
			continue;
		m->places += places;
		if (line && (!m->line || line < m->line))
			m->line = line;
		return SLUICE_OK;
	}
	if (!array_grow((void **)&t->marks, &t->cap_marks, t->n_marks, sizeof(*t->marks)))
		return fail_memory(err);
	t->marks[t->n_marks++] = (struct mark){ kind, col, line, places };
	return SLUICE_OK;
}

enum sluice_status mark_all(const struct group_of *g, enum mark_kind kind,
                            struct sluice_error *err)
{
	for (uint32_t i = 0; i < g->n; i++)
		TRY(mark_add(&g->tables[g->members[i]], kind, CELL_NONE, 0, 1, err));
	return SLUICE_OK;
}

static enum sluice_status mark_place(const struct group_of *g, const struct sluice_audit *a,
                                     enum mark_kind kind, const struct place_at *p,
                                     struct sluice_error *err)
{
	return mark_add(&g->tables[g->members[p->sheet]], kind, p->col,
	                a->in.sheets[p->sheet].lines[p->row], 1, err);
}

static enum sluice_status mark_cell(const struct group_of *g, const struct sluice_audit *a,
                                    enum mark_kind kind, uint32_t cell,
                                    struct sluice_error *err)
{
	for (uint32_t at = a->in.cells.cells[cell].place; at != CELL_NONE;
	     at = a->in.cells.places[at].next)
		TRY(mark_place(g, a, kind, &a->in.cells.places[at], err));
	return SLUICE_OK;
}

/* Tables that don't show the cell, and yet it follows from them. */
static enum sluice_status mark_involved(const struct group_of *g, const struct sluice_audit *a,
                                        uint32_t cell, bool *sheets, struct sluice_error *err)
{
	memset(sheets, 0, g->n * sizeof(*sheets));
	TRY(audit_involved(a, cell, sheets, err));
	for (uint32_t at = a->in.cells.cells[cell].place; at != CELL_NONE;
	     at = a->in.cells.places[at].next)
		sheets[a->in.cells.places[at].sheet] = false;
	for (uint32_t i = 0; i < g->n; i++)
		if (sheets[i])
			TRY(mark_add(&g->tables[g->members[i]], MARK_INVOLVED, CELL_NONE, 0, 1,
			             err));
	return SLUICE_OK;
}

static void add_sheets(const struct sluice_audit *a, uint32_t cell, bool *sheets)
{
	for (uint32_t at = a->in.cells.cells[cell].place; at != CELL_NONE;
	     at = a->in.cells.places[at].next)
		sheets[a->in.cells.places[at].sheet] = true;
}

/* The hidden parts; and the whole and the other parts, where they are in other tables. */
static enum sluice_status mark_together(const struct group_of *g, const struct sluice_audit *a,
                                        uint32_t row, bool *sheets, struct sluice_error *err)
{
	const struct row *r = &a->in.model.rows[row];
	const struct term *terms = &a->in.model.terms[r->first];

	memset(sheets, 0, 2 * g->n * sizeof(*sheets)); /* all, and those with hidden parts */
	for (uint32_t t = 0; t < r->n; t++) {
		add_sheets(a, terms[t].unknown, sheets);
		if (!audit_hides(a, terms[t].unknown))
			continue;
		add_sheets(a, terms[t].unknown, sheets + g->n);
		TRY(mark_cell(g, a, MARK_TOGETHER, terms[t].unknown, err));
	}
	for (uint32_t i = 0; i < g->n; i++)
		if (sheets[i] && !sheets[g->n + i])
			TRY(mark_add(&g->tables[g->members[i]], MARK_INVOLVED, CELL_NONE, 0, 1,
			             err));
	return SLUICE_OK;
}

static enum sluice_status mark_findings(const struct group_of *g, const struct sluice_audit *a,
                                        bool *sheets, struct sluice_error *err)
{
	static const enum mark_kind kinds[] = { [VERDICT_DISCLOSED] = MARK_DISCLOSED,
		                                [VERDICT_NARROW] = MARK_NARROW,
		                                [VERDICT_UNDECIDED] = MARK_UNDECIDED };

	for (uint32_t i = 0; i < a->in.cells.n; i++) {
		const enum verdict v = attack_verdict(&a->attack, i);

		if (!audit_reports(a, i))
			continue;
		TRY(mark_cell(g, a, kinds[v], i, err));
		if (v != VERDICT_UNDECIDED)
			TRY(mark_involved(g, a, i, sheets, err));
	}
	for (uint32_t i = 0; i < a->n_together; i++)
		TRY(mark_together(g, a, a->together[i].row, sheets, err));
	for (int i = 0; i < 2 && a->in.n_bases; i++)
		TRY(mark_place(g, a, MARK_BASES, &a->in.bases[i], err));
	for (int i = 0; i < 2 && a->in.n_differ; i++)
		TRY(mark_place(g, a, MARK_DIFFERS, &a->in.differ[i], err));
	return SLUICE_OK;
}

enum sluice_status marks_of(const struct group_of *g, const struct sluice_audit *a,
                            struct sluice_error *err)
{
	bool *sheets = calloc(2 * (size_t)g->n + 1, sizeof(*sheets));
	enum sluice_status status =
		sheets ? mark_findings(g, a, sheets, err) : fail_memory(err);

	free(sheets);
	return status;
}
