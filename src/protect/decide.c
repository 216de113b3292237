#include "protect/decide.h"

#include "attack/domain.h"
#include "check/total.h"
#include "plan/protecting.h"

#include <stdlib.h>
#include <string.h>

#define FOLLOW_LIMIT 100000000 /* terms looked at to find the counts that no table has */

static const struct decide_method *const methods[] = { &decide_suppress, &decide_small_counts,
	                                               &decide_controlled };

/* ---- what was said ------------------------------------------------------------------------ */

static bool names_column(const struct decide_table *t, const struct sheet *s, uint32_t col)
{
	for (size_t i = 0; i < t->said->protect.n_said; i++) {
		const struct protect_said *said = &t->said->protect.said[i];

		if (!strcmp(said->word->key, "dimensions") &&
		    !strcmp(said->right, header_name(&s->header, col)))
			return true;
	}
	return false;
}

static bool is_count(const struct decide_table *t, uint32_t col)
{
	for (uint32_t i = 0; i < t->n_columns; i++)
		if (t->columns[i].col == col)
			return true;
	return false;
}

/* The words of all tables are those of one audit. */
static enum sluice_status declare(struct decision *d, struct sluice_error *err)
{
	struct declaration *said = &d->in.said;

	for (uint32_t i = 0; i < d->n_tables; i++) {
		const struct decide_table *t = &d->tables[i];
		const struct protecting *p = &t->said->protect;

		for (size_t k = 0; k < p->n_said; k++)
			TRY(declaration_say(said, p->said[k].word->audit, p->said[k].left,
			                    p->said[k].right, err));
		for (uint32_t k = 0; k < t->n_columns; k++)
			TRY(declaration_say(
				said, "measures", NULL,
				header_name(&d->in.sheets[i].header, t->columns[k].col), err));
		if (p->seconds > d->seconds)
			d->seconds = p->seconds;
		if (p->one_part > d->one_part)
			d->one_part = p->one_part;
		d->singletons = d->singletons || p->singletons;
	}
	declaration_finish(said);
	return SLUICE_OK;
}

/* A column is what its own table says, whatever others of that name are. */
static void settle_roles(struct decision *d)
{
	for (uint32_t i = 0; i < d->n_tables; i++)
		for (uint32_t c = 0; c < d->in.sheets[i].header.n_cols; c++) {
			struct column_role *r = &d->in.about[i].roles[c];

			if ((r->role == ROLE_DIMENSION &&
			     !names_column(&d->tables[i], &d->in.sheets[i], c)) ||
			    (r->role == ROLE_MEASURE && !is_count(&d->tables[i], c)))
				r->role = ROLE_NONE;
		}
}

/* A total that is taken for one more part would make everything else safe in appearance. */
static enum sluice_status check_code(struct decision *d, uint32_t table, uint32_t col,
                                     uint32_t row, struct sluice_error *err)
{
	const struct sheet *s = &d->in.sheets[table];
	const char *name = header_name(&s->header, col), *text = sheet_text(s, row, col);
	uint32_t code = CODE_TOTAL;
	char shown[72];

	if (text_is_total(text, strlen(text)))
		TRY(input_code(&d->in, d->in.about[table].roles[col].dimension, text, &code,
		               err));
	if (code == CODE_TOTAL)
		return SLUICE_OK;
	fail_at(err, SLUICE_E_DATA, s->lines[row], col + 1,
	        "a code that looks like a total, which 'total' does not name (column '%s')",
	        printable(shown, name, strlen(name)));
	fail_source(err, s->name);
	return SLUICE_E_DATA;
}

static enum sluice_status check_codes(struct decision *d, struct sluice_error *err)
{
	for (uint32_t i = 0; i < d->n_tables; i++)
		for (uint32_t col = 0; col < d->in.sheets[i].header.n_cols; col++)
			for (uint32_t row = 0; row < d->in.sheets[i].n_rows &&
			                       d->in.about[i].roles[col].role == ROLE_DIMENSION;
			     row++)
				TRY(check_code(d, i, col, row, err));
	return SLUICE_OK;
}

/* ---- what is true ------------------------------------------------------------------------- */

static const struct place_at *place_of(const struct decision *d, uint32_t cell)
{
	const uint32_t at = d->in.cells.cells[cell].place;

	return at == CELL_NONE ? NULL : &d->in.cells.places[at];
}

enum sluice_status decide_refuse(const struct decision *d, uint32_t cell,
                                 enum sluice_status status, struct sluice_error *err,
                                 const char *text)
{
	const struct place_at *p = place_of(d, cell);
	const struct sheet *s = p ? &d->in.sheets[p->sheet] : NULL;
	const char *column = p ? header_name(&s->header, p->col) : "";
	char name[72];

	if (!p)
		return fail(err, status, "%s", text);
	fail_at(err, status, s->lines[p->row], p->col + 1, "%s (column '%s')", text,
	        printable(name, column, strlen(column)));
	fail_source(err, s->name);
	return status;
}

/* The first cell of the row that a table shows; a total comes before its parts. */
static uint32_t shown_cell(const struct decision *d, uint32_t row)
{
	const struct model *m = &d->in.model;

	for (uint32_t t = 0; row < m->n_rows && t < m->rows[row].n; t++)
		if (place_of(d, m->terms[m->rows[row].first + t].unknown))
			return m->terms[m->rows[row].first + t].unknown;
	return row < m->n_rows ? m->terms[m->rows[row].first].unknown : 0;
}

static enum sluice_status refuse_row(const struct decision *d, uint32_t row,
                                     struct sluice_error *err)
{
	const bool total = row < d->in.n_notes && d->in.notes[row].kind == ROW_TOTAL;

	return decide_refuse(
		d, shown_cell(d, row), SLUICE_E_DATA, err,
		total ? "the total here is not the sum of its parts: is every code "
			"of a total named in 'total', every group of groups in "
			"'parents', does a dimension leave people out ('open')?"
		      : "a count here is more than the one that 'at_most' says "
			"it can be");
}

/* Rows of which every count is there are checked first: they name the place best. */
static enum sluice_status check_rows(const struct decision *d, struct sluice_error *err)
{
	const struct model *m = &d->in.model;

	for (uint32_t r = 0; r < m->n_rows; r++) {
		bool known = true;

		for (uint32_t t = 0; t < m->rows[r].n && known; t++)
			known = d->values[m->terms[m->rows[r].first + t].unknown] >= 0;
		if (known && !row_holds(m, &m->rows[r], d->values))
			return refuse_row(d, r, err);
	}
	return SLUICE_OK;
}

/* The counts that the tables have, and all that follow from them. */
static enum sluice_status find_values(struct decision *d, struct sluice_error *err)
{
	struct model *m = &d->in.model;
	struct domain domain = { 0 };
	enum sluice_status status;

	for (uint32_t i = 0; i < m->n_unknowns; i++)
		d->values[i] = m->unknowns[i].lo == m->unknowns[i].hi ? m->unknowns[i].lo : -1;
	TRY(check_rows(d, err));
	status = domain_init(&domain, m, err);
	if (status == SLUICE_OK && m->n_rows) {
		domain_queue_all(&domain);
		if (!domain_propagate(&domain, FOLLOW_LIMIT))
			status = domain.no_memory ? fail_memory(err)
			                          : refuse_row(d, domain.conflict, err);
	}
	for (uint32_t i = 0; status == SLUICE_OK && i < m->n_unknowns; i++)
		if (domain_fixed(&domain, i))
			d->values[i] = domain.lo[i];
	domain_free(&domain);
	return status;
}

static bool same_rule(const struct settings *a, const struct settings *b)
{
	return a->threshold == b->threshold && a->keep_zeros == b->keep_zeros &&
	       a->round_to == b->round_to && a->rounding == b->rounding;
}

static const struct settings *settings_at(const struct decision *d, const struct place_at *p)
{
	const struct decide_table *t = &d->tables[p->sheet];

	for (uint32_t i = 0; i < t->n_columns; i++)
		if (t->columns[i].col == p->col)
			return t->columns[i].settings;
	return NULL;
}

/* What the rules do with each cell, which must be one thing wherever it is shown. */
static enum sluice_status find_rules(struct decision *d, struct sluice_error *err)
{
	const struct cells *c = &d->in.cells;

	for (uint32_t i = 0; i < c->n; i++)
		for (uint32_t at = c->cells[i].place; at != CELL_NONE;
		     at = c->places[at].next) {
			const struct settings *s = settings_at(d, &c->places[at]);

			if (d->settings[i] && !same_rule(d->settings[i], s))
				return decide_refuse(d, i, SLUICE_E_PLAN, err,
				                     "a count that two tables show is redacted "
				                     "or rounded in "
				                     "two ways: give both the same policy");
			d->settings[i] = s;
			if (s->threshold != NO_THRESHOLD && s->threshold > d->threshold)
				d->threshold = s->threshold;
			d->zeros_stay = d->zeros_stay || s->keep_zeros;
		}
	return SLUICE_OK;
}

/*
 * Cells that no table shows and that may be told: who is in none of an open dimension's codes, who is
 * left of all beside a table about one code.  They may be as few.
 */
static void mark(struct decision *d)
{
	const struct model *m = &d->in.model;

	for (uint32_t i = 0; i < m->n_unknowns; i++) {
		const struct settings *s = d->settings[i];

		d->shown[i] = s;
		if (s)
			d->primary[i] = d->in.cells.cells[i].token || d->values[i] < 0 ||
			                (d->values[i] <= s->threshold &&
			                 !(s->keep_zeros && !d->values[i]));
		else
			d->primary[i] = d->in.cells.cells[i].wanted && d->values[i] >= 1 &&
			                d->values[i] <= d->threshold;
		d->fates[i] = FATE_RULE;
	}
}

static enum sluice_status learn(struct decision *d, struct sluice_error *err)
{
	const size_t n = (size_t)d->in.cells.n + 1;

	d->settings = calloc(n, sizeof(*d->settings));
	d->values = calloc(n, sizeof(*d->values));
	d->shown = calloc(n, sizeof(*d->shown));
	d->primary = calloc(n, sizeof(*d->primary));
	d->fates = calloc(n, sizeof(*d->fates));
	if (!d->settings || !d->values || !d->shown || !d->primary || !d->fates)
		return fail_memory(err);
	TRY(find_rules(d, err));
	TRY(find_values(d, err));
	mark(d);
	return SLUICE_OK;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static enum sluice_status take_tables(struct decision *d, struct sluice_error *err)
{
	enum sluice_status status = SLUICE_OK;

	for (uint32_t i = 0; i < d->n_tables; i++) {
		struct decide_table *t = &d->tables[i];

		t->n_rows = t->sheet.n_rows;
		t->fates = malloc(((size_t)t->n_rows * t->n_columns + 1) * sizeof(*t->fates));
		if (!t->fates)
			status = fail_memory(err);
		if (input_sheet_take(&d->in, &t->sheet, "", NULL, err) != SLUICE_OK)
			return SLUICE_E_MEMORY;
	}
	return status;
}

/* A cell's fate, wherever it is shown; what its rule redacts anyway is left to that. */
static void tell_tables(const struct decision *d)
{
	const struct cells *c = &d->in.cells;

	for (uint32_t i = 0; i < d->n_tables; i++)
		for (size_t k = 0; k < (size_t)d->tables[i].n_rows * d->tables[i].n_columns;
		     k++)
			d->tables[i].fates[k] = FATE_RULE;
	for (uint32_t i = 0; i < c->n; i++)
		for (uint32_t at = c->cells[i].place; at != CELL_NONE;
		     at = c->places[at].next) {
			const struct place_at *p = &c->places[at];
			const struct decide_table *t = &d->tables[p->sheet];

			for (uint32_t k = 0; k < t->n_columns; k++)
				if (t->columns[k].col == p->col)
					t->fates[(size_t)p->row * t->n_columns + k] =
						d->fates[i];
		}
}

static enum sluice_status decide_all(struct decision *d, struct sluice_error *err)
{
	const char *method = d->tables[0].said->protect.method;

	for (uint32_t i = 1; i < d->n_tables; i++)
		if (strcmp(d->tables[i].said->protect.method, method) != 0)
			return fail(err, SLUICE_E_PLAN,
			            "tables are protected together: by one 'method', not by %s "
			            "and %s",
			            method, d->tables[i].said->protect.method);
	TRY(take_tables(d, err));
	TRY(declare(d, err));
	TRY(input_columns(&d->in, err));
	settle_roles(d);
	TRY(decide_populations(d, err));
	TRY(input_families(&d->in, err));
	TRY(check_codes(d, err));
	TRY(input_build(&d->in, err));
	if (!d->in.model.n_rows)
		return fail(
			err, SLUICE_E_DATA,
			"no row is a total of others, so there is nothing to protect them "
			"from: name the codes of totals in 'total', or leave 'protect' out");
	TRY(learn(d, err));
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (!strcmp(methods[i]->name, method))
			TRY(methods[i]->decide(d, err));
	tell_tables(d);
	return SLUICE_OK;
}

enum sluice_status decide(struct decide_table *tables, uint32_t n, struct sluice_error *err)
{
	struct decision d = { .tables = tables, .n_tables = n };
	const enum sluice_status status = decide_all(&d, err);

	input_free(&d.in);
	free(d.settings);
	free(d.values);
	free(d.shown);
	free(d.primary);
	free(d.fates);
	return status;
}

void decide_table_free(struct decide_table *t)
{
	sheet_free(&t->sheet);
	free(t->columns);
	free(t->fates);
	*t = (struct decide_table){ 0 };
}
