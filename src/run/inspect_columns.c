/*
 * inspect_columns.c - a batch column by column, to the checks
 *
 * Down a column most cells are like the one above, or plain numbers: neither is looked at more
 * closely than needed.  Whatever else there is goes the way of inspect_rows.c, cell by cell; the
 * checks can't tell.
 */
#include "run/inspect_pass.h"

/* ---- first: what the cells are -------------------------------------------------------------- */

static void tell_each(struct inquiry *q, const struct numbers *n)
{
	for (uint32_t i = 0; i < n->n; i++) {
		const struct cell_view view = numbers_view(n, i);

		checks[q->at]->cell(q, state_of(q, n->col), &view);
	}
}

static void tell_numbers(struct pass *p, struct numbers *n)
{
	struct inquiry *q = &p->s->q;

	if (!n->n)
		return;
	facts_add_numbers(&q->facts[n->col], n, q->terms->settings.threshold);
	for (const uint32_t *i = p->asked[n->kind]; *i != UINT32_MAX; i++) {
		q->at = *i;
		if (checks[q->at]->numbers)
			checks[q->at]->numbers(q, state_of(q, n->col), n);
		else
			tell_each(q, n);
	}
	n->n = 0;
}

static inline void numbers_put(struct numbers *n, struct field f, uint32_t row, uint32_t value)
{
	n->value[n->n] = value;
	n->row[n->n] = row;
	n->len[n->n] = f.len;
	n->text[n->n++] = f.text;
}

/* Short ones are few, and among the texts that are at hand. */
static inline bool may_be_plain(struct field f)
{
	return f.len > 2 && f.text[0] >= '0' && f.text[0] <= '9';
}

static enum sluice_status one_column(struct pass *p, const struct batch *b, uint32_t col,
                                     struct numbers *whole, struct numbers *decimal)
{
	struct facts *facts = &p->s->q.facts[col];
	struct met none = { 0 }, *above = &none;
	uint32_t value, point;

	whole->col = decimal->col = col;
	for (uint32_t row = 0; row < b->n_rows; row++) {
		const struct field f = batch_field(b, row, col);

		if (met_equal(above, f)) {
			above->times++;
			met_step(above, facts);
		} else if (may_be_plain(f) && plain_whole(f.text, f.len, &value)) {
			facts_step(facts, value);
			numbers_put(whole, f, row, value);
			if (whole->n == NUMBERS_MAX)
				tell_numbers(p, whole);
		} else if (may_be_plain(f) && plain_decimal(f.text, f.len, &value, &point)) {
			numbers_put(decimal, f, row, value);
			if (decimal->n == NUMBERS_MAX)
				tell_numbers(p, decimal);
		} else {
			TRY(pass_meet(p, f, col, p->line + row, &above));
			if (above)
				met_step(above, facts);
			else
				above = &none;
		}
	}
	tell_numbers(p, whole);
	tell_numbers(p, decimal);
	return p->s->q.status;
}

static enum sluice_status each_row(struct pass *p, const struct batch *b)
{
	struct inquiry *q = &p->s->q;

	for (const uint32_t *i = p->rows; *i != UINT32_MAX; i++) {
		q->at = *i;
		for (uint32_t row = 0; row < b->n_rows; row++) {
			const uint32_t *ends = b->ends + (ptrdiff_t)row * b->n_cols;
			const uint32_t begin = ends[-1] + 1;

			checks[q->at]->row(q, b->text + begin, ends[b->n_cols - 1] - begin,
			                   p->line + row);
		}
	}
	return q->status;
}

enum sluice_status pass_columns(struct pass *p, const struct batch *b)
{
	struct numbers whole = { .kind = CELL_WHOLE, .line = p->line };
	struct numbers decimal = { .kind = CELL_DECIMAL, .line = p->line };

	for (uint32_t col = 0; col < b->n_cols; col++)
		TRY(one_column(p, b, col, &whole, &decimal));
	TRY(each_row(p, b));
	p->line += b->n_rows;
	p->s->q.rows += b->n_rows;
	return SLUICE_OK;
}

/* ---- second: which rows something is to be said of --------------------------------------------- */

/* Tokens stand in column after column: the last odd text of each is remembered. */
static void glance_at(struct pass *p, struct field f, uint32_t col)
{
	struct glance *g = &p->glances[col];
	struct met *last = &p->met[col];
	struct cell_view view;

	if (f.len && f.text[0] >= '0' && f.text[0] <= '9' && glance_number(g, f.text, f.len))
		return;
	if (!met_equal(last, f)) {
		cell_read(&view, f.text, f.len);
		met_set(last, f,
		        view.kind == CELL_WHOLE || view.kind == CELL_DECIMAL ||
		                (f.len && f.text[0] == '"'),
		        0);
	}
	g->is = last->is_whole ? GLANCE_OTHER : GLANCE_NONE;
}

static bool skim(struct pass *p)
{
	struct inquiry *q = &p->s->q;

	for (const uint32_t *i = p->rows; *i != UINT32_MAX; i++) {
		q->at = *i;
		if (!checks[q->at]->skim || !checks[q->at]->skim(q, p->glances))
			return false;
	}
	return true;
}

enum sluice_status pass_glances(struct pass *p, const struct batch *b)
{
	for (uint32_t row = 0; row < b->n_rows; row++) {
		for (const uint32_t *col = p->wanted; *col < b->n_cols; col++)
			glance_at(p, batch_field(b, row, *col), *col);
		if (skim(p))
			p->line++;
		else
			TRY(pass_row(p, b, row));
	}
	return SLUICE_OK;
}
