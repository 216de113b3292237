/*
 * jj.c - an audit's cells and sums in the JJ format of tau-ARGUS and its solvers
 *
 * First a 0 and the number of cells; a line for each cell: its number, value, weight, status (s
 * shown, u hidden), the least and the most that it may be, and its protection below, above and
 * both ways; then the number of sums, and a line for each: 0, how many cells, a colon, and
 * "cell (factor)" for each.
 *
 * Hidden values are not known, so all values are those of one whole-number table that fits what
 * is shown: as good as the true one to test a pattern with.
 */
#include "attack/search.h"
#include "audit/audit.h"

#include <stdlib.h>
#include <string.h>

#define NODES 200000

/* One table that fits, by unknown. */
static enum sluice_status find_table(struct sluice_audit *a, int64_t *values,
                                     struct sluice_error *err)
{
	struct attack *t = &a->attack;

	for (uint32_t i = 0; i < a->in.cells.n; i++)
		values[i] = t->d.lo[i];
	for (uint32_t p = 0; p < t->parts.n_parts; p++) {
		const struct part *part = &t->parts.parts[p];
		uint64_t nodes = NODES;

		for (uint32_t r = 0; r < part->n_rows; r++)
			domain_queue(&t->d, part->rows[r]);
		if (search_table(&t->d, part, &t->w, &nodes) != FOUND)
			return fail(err, SLUICE_E_CHECK,
			            "no whole table was found that fits, within the effort: "
			            "none can be written");
		for (uint32_t i = 0; i < part->n_unknowns; i++)
			values[part->unknowns[i]] = t->w.values[part->unknowns[i]];
	}
	return SLUICE_OK;
}

/* No count is more than twice the largest. */
static int64_t find_most(const struct sluice_audit *a, const int64_t *values)
{
	int64_t most = 1;

	for (uint32_t i = 0; i < a->in.cells.n; i++)
		most = values[i] > most ? values[i] : most;
	return 2 * most;
}

static enum sluice_status put_cell(const struct sluice_audit *a, uint32_t cell, int64_t value,
                                   int64_t most, struct buf *out, struct sluice_error *err)
{
	const struct unknown *u = &a->in.model.unknowns[cell];
	const bool shown = a->in.cells.cells[cell].place != CELL_NONE;
	const bool hidden = audit_hides(a, cell);
	const int64_t keep = hidden ? declaration_number(&a->in.said, "width", 2) - 1 : 0;

	/* What nobody shows is as good as hidden, and needs no protection of its own. */
	return buf_addf(out, err, "%u %lld 1 %c %lld %lld 0 %lld 0\n", cell, (long long)value,
	                shown && !hidden ? 's' : 'u', (long long)u->lo,
	                (long long)(u->hi < BOUND_NONE ? u->hi : most), (long long)keep);
}

static enum sluice_status put_sums(const struct sluice_audit *a, struct buf *out,
                                   struct sluice_error *err)
{
	const struct model *m = &a->in.model;
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n_rows; i++)
		n += a->in.notes[i].kind == ROW_TOTAL;
	TRY(buf_addf(out, err, "%u\n", n));
	for (uint32_t i = 0; i < m->n_rows; i++) {
		if (a->in.notes[i].kind != ROW_TOTAL)
			continue;
		TRY(buf_addf(out, err, "0 %u :", m->rows[i].n));
		for (uint32_t t = 0; t < m->rows[i].n; t++) {
			const struct term *term = &m->terms[m->rows[i].first + t];

			TRY(buf_addf(out, err, " %u (%lld)", term->unknown,
			             (long long)-term->factor));
		}
		TRY(buf_addf(out, err, "\n"));
	}
	return SLUICE_OK;
}

enum sluice_status sluice_audit_jj(struct sluice_audit *a, char **text,
                                   struct sluice_error *err)
{
	int64_t *values = malloc(((size_t)a->in.cells.n + 1) * sizeof(*values)), most;
	struct buf out = { 0 };
	enum sluice_status status = values ? find_table(a, values, err) : fail_memory(err);

	*text = NULL;
	if (status == SLUICE_OK)
		status = buf_addf(&out, err, "0\n%u\n", a->in.cells.n);
	most = status == SLUICE_OK ? find_most(a, values) : 0;
	for (uint32_t i = 0; status == SLUICE_OK && i < a->in.cells.n; i++)
		status = put_cell(a, i, values[i], most, &out, err);
	if (status == SLUICE_OK)
		status = put_sums(a, &out, err);
	if (status == SLUICE_OK)
		status = buf_add(&out, "", 1, err);
	free(values);
	if (status == SLUICE_OK)
		*text = (char *)out.data;
	else
		buf_free(&out);
	return status;
}
