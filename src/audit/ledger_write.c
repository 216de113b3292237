/*
 * ledger_write.c - one more release joins a ledger
 */
#include "audit/ledger.h"

#include "audit/with.h"
#include "base/date.h"
#include "plan/canon.h"
#include "plan/setting.h"

#include <stdlib.h>
#include <string.h>

enum sluice_status ledger_begin(struct ledger_entry *e, const char *path,
                                struct sluice_error *err)
{
	*e = (struct ledger_entry)LEDGER_NO_ENTRY;
	e->tables = json_array();
	if (!e->tables)
		return fail_memory(err);
	TRY(locked_open(&e->file, path, err));
	return ledger_read(&e->ledger, path, err);
}

/* ---- a table as JSON ---------------------------------------------------------------------------- */

static json_t *column_json(const struct sheet *s, uint32_t col, const struct known_column *k)
{
	json_t *o = json_object();
	char text[SETTING_TEXT];

	o = put(o, "name", json_string(header_name(&s->header, col)));
	o = put(o, "is",
	        json_string(k->role == ROLE_DIMENSION ? "dimension"
	                    : k->role == ROLE_MEASURE ? "measure"
	                                              : "other"));
	if (k->role == ROLE_DIMENSION || !k->settings)
		return o;
	for (size_t i = 0; setting_at(i); i++) {
		const unsigned bit = setting_at(i)->bit;

		if (bit == SET_DIGITS ||
		    (bit == SET_TOKEN && k->settings->threshold == NO_THRESHOLD))
			continue;
		setting_at(i)->print(k->settings, text);
		o = put(o, setting_at(i)->key, json_string(text));
	}
	return k->secondary ? put(o, "secondary", json_true()) : o;
}

/* Rows of totals that are sums of what is shown say nothing. */
static bool is_sum(const struct ledger_new *t, uint32_t row)
{
	for (uint32_t c = 0; c < t->sheet->header.n_cols; c++) {
		const struct said_word *s;

		for (uint32_t at = 0; t->columns[c].sums && t->said &&
		                      (s = declaration_next(t->said, "total", &at));)
			if (!strcmp(s->right, sheet_text(t->sheet, row, c)) &&
			    (!s->left || !strcmp(s->left, header_name(&t->sheet->header, c))))
				return true;
	}
	return false;
}

static bool add_rows(json_t *o, const struct ledger_new *t)
{
	json_t *rows = json_array(), *lines = json_array();
	bool ok = rows && lines;

	for (uint32_t i = 0; ok && i < t->sheet->n_rows; i++) {
		json_t *row = json_array();

		if (is_sum(t, i)) {
			json_decref(row);
			continue;
		}
		for (uint32_t c = 0; ok && c < t->sheet->header.n_cols; c++)
			ok = !json_array_append_new(row,
			                            json_string(sheet_text(t->sheet, i, c)));
		ok = ok && !json_array_append_new(rows, json_incref(row)) &&
		     !json_array_append_new(lines,
		                            json_integer((json_int_t)t->sheet->lines[i]));
		json_decref(row);
	}
	if (ok)
		ok = !json_object_set(o, "rows", rows) && !json_object_set(o, "lines", lines);
	json_decref(rows);
	json_decref(lines);
	return ok;
}

/* "FILE:DIM" of this file, by its name or the last part of it: the DIM; else NULL. */
static const char *own_dimension(const char *name, const char *left)
{
	const char *colon = strrchr(left, ':'), *base = strrchr(name, '/');
	const size_t len = colon ? (size_t)(colon - left) : 0;

	if (!colon)
		return NULL;
	if (strlen(name) == len && !memcmp(name, left, len))
		return colon + 1;
	return base && strlen(base + 1) == len && !memcmp(base + 1, left, len) ? colon + 1
	                                                                       : NULL;
}

static bool has_dimension(const struct ledger_new *t, const char *name)
{
	for (uint32_t c = 0; c < t->sheet->header.n_cols; c++)
		if (t->columns[c].role == ROLE_DIMENSION &&
		    !strcmp(header_name(&t->sheet->header, c), name))
			return true;
	return false;
}

static bool add_words(json_t *o, const struct ledger_new *t)
{
	json_t *said = json_array();
	bool ok = said != NULL;
	const struct said_word *s;

	for (size_t i = 0; ledger_words[i]; i++)
		for (uint32_t at = 0;
		     ok && t->said && (s = declaration_next(t->said, ledger_words[i], &at));)
			ok = !json_array_append_new(
				said,
				json_pack("[s, s?, s]", ledger_words[i], s->left, s->right));
	for (uint32_t at = 0; ok && t->said && (s = declaration_next(t->said, "cell", &at));) {
		const char *dimension = own_dimension(t->name, s->left);

		if (dimension)
			ok = !json_array_append_new(
				said, json_pack("[s, s, s]", "cell", dimension, s->right));
	}
	/* Files of parents are not in the ledger; that there were some, is. */
	for (uint32_t at = 0; ok && t->said && (s = declaration_next(t->said, "parents", &at));)
		if (has_dimension(t, s->left))
			ok = !json_array_append_new(
				said, json_pack("[s, s, s]", "parents", s->left, ""));
	ok = ok && !json_object_set(o, "said", said);
	json_decref(said);
	return ok;
}

static json_t *table_json(const struct ledger_new *t)
{
	json_t *o = json_pack("{s:s, s:s}", "name", t->name, "people", t->people);
	json_t *columns = json_array();

	for (uint32_t c = 0; c < t->sheet->header.n_cols; c++)
		columns = with(columns, column_json(t->sheet, c, &t->columns[c]));
	o = put(o, "columns", columns);
	if (o && add_words(o, t) && add_rows(o, t))
		return o;
	json_decref(o);
	return NULL;
}

/* ---- an entry ------------------------------------------------------------------------------------- */

static bool is_known(const struct ledger *l, const json_t *table)
{
	for (size_t i = 0; i < json_array_size(l->known); i++)
		if (json_equal(json_array_get(l->known, i), table))
			return true;
	return false;
}

enum sluice_status ledger_knows(const struct ledger *l, const struct ledger_new *t, bool *known,
                                struct sluice_error *err)
{
	json_t *table;

	*known = false;
	if (!json_array_size(l->known))
		return SLUICE_OK;
	table = table_json(t);
	*known = table && is_known(l, table);
	json_decref(table);
	return table ? SLUICE_OK : fail_memory(err);
}

enum sluice_status ledger_add(struct ledger_entry *e, const struct ledger_new *t,
                              struct sluice_error *err)
{
	json_t *table = table_json(t);

	if (!table)
		return fail_memory(err);
	if (is_known(&e->ledger, table)) {
		json_decref(table);
		return SLUICE_OK;
	}
	e->any = true;
	return json_array_append_new(e->tables, table) ? fail_memory(err) : SLUICE_OK;
}

enum sluice_status date_check(const char *date, struct sluice_error *err)
{
	int month;

	if (date && (strlen(date) != DATE_TEXT || !date_read(date, &month)))
		return fail(err, SLUICE_E_PLAN, "a date is YYYY-MM-DD, a day that there is");
	return SLUICE_OK;
}

static enum sluice_status add_line(struct ledger_entry *e, const char *date,
                                   struct sluice_error *err)
{
	json_t *o = json_pack("{s:i, s:s, s:s?, s:O}", "release", (int)e->ledger.n_entries + 1,
	                      "before", e->ledger.head, "date", date, "tables", e->tables);
	char *line = o ? canon_text(o, JSON_COMPACT) : NULL, hash[LEDGER_HASH];
	enum sluice_status status = SLUICE_OK;
	size_t len;

	json_decref(o);
	if (!line)
		return fail_memory(err);
	len = strlen(line) - 1; /* the brace comes after the hash */
	sha256_hex(line, len, hash);
	if (e->ledger.text.len + len + sizeof(LEDGER_TAIL) + LEDGER_HASH + 2 > LEDGER_LIMIT)
		status =
			fail(err, SLUICE_E_DATA,
		             "the ledger would be larger than %u MiB: keep it, and begin a new "
		             "one for what has nothing to do with it",
		             LEDGER_LIMIT >> 20);
	if (status == SLUICE_OK)
		status = buf_add(&e->ledger.text, line, len, err);
	if (status == SLUICE_OK)
		status = buf_addf(&e->ledger.text, err, "%s%s\"}\n", LEDGER_TAIL, hash);
	free(line);
	return status;
}

enum sluice_status ledger_stage(struct ledger_entry *e, const char *date,
                                struct sluice_error *err)
{
	enum sluice_status status;

	TRY(date_check(date, err));
	if (!e->any)
		return SLUICE_OK;
	status = add_line(e, date, err);
	if (status == SLUICE_OK)
		status = locked_stage(&e->file, e->ledger.text.data, e->ledger.text.len, err);
	if (status != SLUICE_OK)
		fail_source(err, e->file.path);
	return status;
}

enum sluice_status ledger_commit(struct ledger_entry *e, struct sluice_error *err)
{
	return e->any ? locked_commit(&e->file, err) : SLUICE_OK;
}

void ledger_end(struct ledger_entry *e)
{
	locked_close(&e->file);
	ledger_free(&e->ledger);
	json_decref(e->tables);
	e->tables = NULL;
}
