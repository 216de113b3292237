/*
 * earlier.c - an audit and its ledger: earlier releases join the attack, this one joins them
 */
#include "audit/audit.h"

#include "io/folder.h"

#include <stdlib.h>
#include <string.h>

/* Without its hierarchy, an earlier table would seem to say less than it does. */
static enum sluice_status check_grouped(const struct sluice_audit *a,
                                        const struct ledger_table *t, struct sluice_error *err)
{
	const struct said_word *s;

	for (uint32_t i = 0; i < t->grouped.n; i++) {
		const char *name = t->grouped.names[i];
		bool said = false;
		char shown[72];

		for (uint32_t at = 0;
		     !said && (s = declaration_next(&a->in.said, "parents", &at));)
			said = !strcmp(s->left, name);
		if (said)
			continue;
		fail(err, SLUICE_E_PLAN,
		     "the groups of '%s' were in a file of parents when this was released: "
		     "name "
		     "it again by 'parents'",
		     printable(shown, name, strlen(name)));
		fail_source(err, t->name);
		return SLUICE_E_PLAN;
	}
	return SLUICE_OK;
}

enum sluice_status audit_take_earlier(struct sluice_audit *a, struct ledger *l,
                                      struct sluice_error *err)
{
	if (a->in.n_sheets)
		return fail(err, SLUICE_E_PLAN, "the ledger comes before the files");
	for (uint32_t i = 0; i < l->n_tables; i++) {
		struct ledger_table *t = &l->tables[i];

		TRY(check_grouped(a, t, err));
		for (uint32_t k = 0; k < t->said.n_said; k++)
			TRY(declaration_say(&a->in.said, t->said.said[k].word->name,
			                    t->said.said[k].left, t->said.said[k].right, err));
		TRY(input_sheet_take(&a->in, &t->sheet, t->people, t->columns, err));
	}
	a->n_earlier = a->in.n_sheets;
	return SLUICE_OK;
}

enum sluice_status sluice_audit_ledger(struct sluice_audit *a, const char *path, bool record,
                                       struct sluice_error *err)
{
	struct file_id id;

	if (a->has_ledger)
		return fail(err, SLUICE_E_PLAN, "an audit has one ledger");
	/* A misspelt name must not pass for a ledger that has nothing. */
	if (!record && !file_identify(path, &id)) {
		fail(err, SLUICE_E_IO, "no such ledger; 'record' begins one");
		fail_source(err, path);
		return SLUICE_E_IO;
	}
	a->has_ledger = true;
	a->records = record;
	TRY(record ? ledger_begin(&a->entry, path, err)
	           : ledger_read(&a->entry.ledger, path, err));
	return audit_take_earlier(a, &a->entry.ledger, err);
}

/* ---- a sheet as the ledger has it --------------------------------------------------------------- */

/* What the columns were taken for, with what was done to them. */
static void know(const struct sluice_audit *a, uint32_t sheet, struct known_column *known)
{
	for (uint32_t c = 0; c < a->in.sheets[sheet].header.n_cols; c++) {
		const struct column_role *r = &a->in.about[sheet].roles[c];

		known[c] = (struct known_column){
			.role = r->role == ROLE_DIMENSION || r->role == ROLE_MEASURE
			                ? r->role
			                : ROLE_NONE,
			.settings = r->settings ? r->settings : &a->in.said.settings,
			.secondary = declaration_has(&a->in.said, "secondary"),
		};
	}
}

static struct ledger_new sheet_new(const struct sluice_audit *a, uint32_t sheet,
                                   const struct known_column *known)
{
	return (struct ledger_new){
		.name = a->in.sheets[sheet].name,
		.people = a->in.cells.populations.names[a->in.about[sheet].population],
		.sheet = &a->in.sheets[sheet],
		.columns = known,
		.said = &a->in.said,
	};
}

/* Published before, text for text: then it is no news. */
static enum sluice_status find_earlier(struct sluice_audit *a, struct sluice_error *err)
{
	for (uint32_t i = 0; i < a->in.n_sheets; i++) {
		struct known_column *known;
		struct ledger_new t;
		enum sluice_status status;

		a->in.about[i].earlier = i < a->n_earlier;
		if (a->in.about[i].earlier)
			continue;
		known = calloc((size_t)a->in.sheets[i].header.n_cols + 1, sizeof(*known));
		if (!known)
			return fail_memory(err);
		know(a, i, known);
		t = sheet_new(a, i, known);
		status = ledger_knows(&a->entry.ledger, &t, &a->in.about[i].earlier, err);
		free(known);
		TRY(status);
	}
	return SLUICE_OK;
}

/* ---- what is old ------------------------------------------------------------------------------ */

static bool is_new_place(const struct sluice_audit *a, uint32_t cell)
{
	const struct cells *c = &a->in.cells;

	for (uint32_t at = c->cells[cell].place; at != CELL_NONE; at = c->places[at].next)
		if (!a->in.about[c->places[at].sheet].earlier)
			return true;
	return false;
}

static enum sluice_status is_past(const struct sluice_audit *a, uint32_t cell, bool *sheets,
                                  bool *past, struct sluice_error *err)
{
	memset(sheets, 0, a->in.n_sheets * sizeof(*sheets));
	TRY(audit_involved(a, cell, sheets, err));
	*past = true;
	for (uint32_t i = 0; i < a->in.n_sheets; i++)
		*past = *past && (!sheets[i] || a->in.about[i].earlier);
	return SLUICE_OK;
}

static void drop_together(struct sluice_audit *a)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < a->n_together; i++) {
		const struct row *r = &a->in.model.rows[a->together[i].row];
		bool is_new = false;

		for (uint32_t t = 0; t < r->n; t++)
			is_new = is_new ||
			         is_new_place(a, a->in.model.terms[r->first + t].unknown);
		if (is_new)
			a->together[n++] = a->together[i];
	}
	a->n_together = n;
}

enum sluice_status audit_drop_past(struct sluice_audit *a, struct sluice_error *err)
{
	enum sluice_status status = SLUICE_OK;
	bool *sheets, *past;

	if (!a->n_earlier)
		return SLUICE_OK;
	TRY(find_earlier(a, err));
	sheets = calloc((size_t)a->in.n_sheets + 1, sizeof(*sheets));
	past = calloc((size_t)a->in.cells.n + 1, sizeof(*past));
	if (!sheets || !past)
		status = fail_memory(err);
	for (uint32_t i = 0; sheets && past && status == SLUICE_OK && i < a->in.cells.n; i++)
		if (audit_reports(a, i))
			status = is_past(a, i, sheets, &past[i], err);
	drop_together(a);
	free(sheets);
	a->past = past;
	return status;
}

/* ---- recorded ----------------------------------------------------------------------------------- */

static enum sluice_status record_sheet(struct sluice_audit *a, uint32_t sheet,
                                       struct sluice_error *err)
{
	struct known_column *known =
		calloc((size_t)a->in.sheets[sheet].header.n_cols + 1, sizeof(*known));
	enum sluice_status status;
	struct ledger_new t;

	if (!known)
		return fail_memory(err);
	know(a, sheet, known);
	t = sheet_new(a, sheet, known);
	status = ledger_add(&a->entry, &t, err);
	free(known);
	return status;
}

enum sluice_status sluice_audit_record(struct sluice_audit *a, const char *date, bool *added,
                                       struct sluice_error *err)
{
	if (!a->ran || !a->records)
		return fail(err, SLUICE_E_PLAN,
		            "an audit is recorded after its run, in a ledger");
	for (uint32_t i = a->n_earlier; i < a->in.n_sheets; i++)
		TRY(record_sheet(a, i, err));
	*added = a->entry.any;
	TRY(ledger_stage(&a->entry, date, err));
	TRY(ledger_commit(&a->entry, err));
	a->records = false;
	return SLUICE_OK;
}
