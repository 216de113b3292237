/*
 * sacro.c - an audit as the folder that ACRO writes and the SACRO Viewer opens
 *
 * results.json in the form of acro 1.0.2, a copy of each file, and the SHA-256 of all of
 * them.  Cells are named by their place and what is wrong with them; no count follows.
 */
#include "audit/audit.h"
#include "audit/with.h"

#include "io/folder.h"
#include "plan/canon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SACRO_VERSION "1.0.2" /* acro reads files of its own version only */
#define COPY_LIMIT    (256u << 20)

enum flaw { FLAW_DISCLOSED, FLAW_NARROW, FLAW_UNDECIDED, FLAWS };

static const char *const flaw_names[FLAWS] = { "ExactDisclosureCheck", "NarrowIntervalCheck",
	                                       "UndecidedCheck" };

struct export
{
	const struct sluice_audit *a;
	const char *folder, *date;
	json_t *results;
};

/* ---- files ----------------------------------------------------------------------------------- */

static enum sluice_status write_in(const char *folder, const char *below, const char *name,
                                   const char *suffix, const void *data, size_t len,
                                   struct sluice_error *err)
{
	struct buf path = { 0 };
	enum sluice_status status =
		buf_addf(&path, err, "%s/%s%s%s", folder, below, name, suffix);

	if (status == SLUICE_OK)
		status = file_write((char *)path.data, data, len, err);
	buf_free(&path);
	return status;
}

/* The file, and its hash in checksums/. */
static enum sluice_status write_hashed(const struct export *e, const char *name,
                                       const void *data, size_t len, struct sluice_error *err)
{
	char hash[LEDGER_HASH];

	sha256_hex(data, len, hash);
	TRY(write_in(e->folder, "", name, "", data, len, err));
	return write_in(e->folder, "checksums/", name, ".txt", hash, LEDGER_HASH - 1, err);
}

static enum sluice_status write_json(const struct export *e, const char *name, json_t *o,
                                     bool hashed, struct sluice_error *err)
{
	char *text = o ? canon_text(o, JSON_INDENT(4)) : NULL;
	enum sluice_status status;

	json_decref(o);
	if (!text)
		return fail_memory(err);
	status = hashed ? write_hashed(e, name, text, strlen(text), err)
	                : write_in(e->folder, "", name, "", text, strlen(text), err);
	free(text);
	return status;
}

static enum sluice_status copy_file(const struct export *e, uint32_t sheet, const char *name,
                                    struct sluice_error *err)
{
	struct buf text = { 0 };
	enum sluice_status status =
		file_read(e->a->in.sheets[sheet].name, COPY_LIMIT, &text, NULL, err);

	if (status == SLUICE_OK && text.len > 1 && text.data[0] == 0x1F &&
	    text.data[1] == 0x8B) {
		status = fail(err, SLUICE_E_DATA,
		              "is gzipped, and no such file is released: name the plain one");
		fail_source(err, e->a->in.sheets[sheet].name);
	}
	if (status == SLUICE_OK)
		status = write_hashed(e, name, text.data, text.len, err);
	buf_free(&text);
	return status;
}

/* ---- a table ------------------------------------------------------------------------------------ */

static int flaw_of(const struct sluice_audit *a, uint32_t cell)
{
	if (!audit_reports(a, cell))
		return FLAWS;
	switch (attack_verdict(&a->attack, cell)) {
	case VERDICT_DISCLOSED: return FLAW_DISCLOSED;
	case VERDICT_NARROW: return FLAW_NARROW;
	default: return FLAW_UNDECIDED;
	}
}

/* Places count from 0, without the header and the first column, which is the index. */
static json_t *cells_json(const struct export *e, uint32_t sheet, int flaw)
{
	const struct cells *c = &e->a->in.cells;
	json_t *list = json_array();

	for (uint32_t i = 0; i < c->n; i++)
		for (uint32_t at = flaw_of(e->a, i) == flaw ? c->cells[i].place : CELL_NONE;
		     at != CELL_NONE; at = c->places[at].next)
			if (c->places[at].sheet == sheet && c->places[at].col)
				list = with(list, json_pack("[i, i]", (int)c->places[at].row,
				                            (int)c->places[at].col - 1));
	return list;
}

static json_t *sdc_json(const struct export *e, uint32_t sheet, size_t *n)
{
	json_t *summary = json_object(), *cells = json_object();

	for (int flaw = 0; flaw < FLAWS; flaw++) {
		json_t *list = cells_json(e, sheet, flaw);

		n[flaw] = json_array_size(list);
		summary = put(summary, flaw_names[flaw], json_integer((json_int_t)n[flaw]));
		cells = put(cells, flaw_names[flaw], list);
	}
	return json_pack("{s:o, s:o}", "summary", summary, "cells", cells);
}

static json_t *outcome_text(int flaw)
{
	return flaw < FLAWS ? json_sprintf("%s; ", flaw_names[flaw]) : json_string("ok");
}

/* By column, by row: "ok", or what is wrong with the cell. */
static json_t *outcome_json(const struct export *e, uint32_t sheet)
{
	const struct cells *c = &e->a->in.cells;
	const struct sheet *s = &e->a->in.sheets[sheet];
	json_t *outcome = json_object();
	char row[24];

	for (uint32_t i = 0; i < c->n; i++)
		for (uint32_t at = c->cells[i].place; at != CELL_NONE;
		     at = c->places[at].next) {
			const int flaw = flaw_of(e->a, i);
			const char *name = header_name(&s->header, c->places[at].col);
			json_t *column;

			if (c->places[at].sheet != sheet)
				continue;
			column = json_object_get(outcome, name);
			if (!column) {
				outcome = put(outcome, name, json_object());
				column = json_object_get(outcome, name);
			}
			snprintf(row, sizeof(row), "%u", c->places[at].row);
			if (!json_object_set_new(column, row, outcome_text(flaw)))
				continue;
			json_decref(outcome);
			return NULL;
		}
	return outcome;
}

static json_t *fair_json(const struct export *e, uint32_t sheet, const size_t *n)
{
	const struct sheet *s = &e->a->in.sheets[sheet];
	json_t *independent = json_array(), *status = json_object(), *needed = json_array();

	for (uint32_t c = 0; c < s->header.n_cols; c++)
		if (e->a->in.about[sheet].roles[c].role == ROLE_DIMENSION)
			independent =
				with(independent, json_string(header_name(&s->header, c)));
	for (int flaw = 0; flaw < FLAWS; flaw++) {
		needed = with(needed, json_string(flaw_names[flaw]));
		status = put(status, flaw_names[flaw],
		             json_string(!n[flaw]                 ? "pass"
		                         : flaw == FLAW_UNDECIDED ? "review"
		                                                  : "fail"));
	}
	return json_pack("{s:s, s:s, s:[s, s, s], s:o, s:[s, s], s:o, s:s, s:o}", "context",
	                 "https://w3id.org/statbarnsdc#", "statbarn", "Frequencies", "risks",
	                 "ClassDisclosure", "Differencing", "LowCount", "checks_needed", needed,
	                 "common_mitigations", "Noise", "Suppression", "check_status", status,
	                 "dependent", "unknown", "independent", independent);
}

static enum sluice_status add_table(struct export *e, uint32_t sheet, struct sluice_error *err)
{
	const uint32_t number = sheet - e->a->n_earlier;
	size_t n[FLAWS];
	char uid[32], name[40];
	json_t *sdc = sdc_json(e, sheet, n), *fair, *summary, *table;
	const bool fails = n[FLAW_DISCLOSED] || n[FLAW_NARROW];

	snprintf(uid, sizeof(uid), "output_%u", number);
	snprintf(name, sizeof(name), "output_%u_0.csv", number);
	fair = fair_json(e, sheet, n);
	summary =
		json_sprintf("%zu hidden counts follow, %zu are left with too few values, %zu "
	                     "are undecided; file %s",
	                     n[FLAW_DISCLOSED], n[FLAW_NARROW], n[FLAW_UNDECIDED],
	                     e->a->in.sheets[sheet].name);
	table = json_pack(
		"{s:s, s:s, s:s, s:{s:s, s:s}, s:[{s:s, s:o}], s:o, s:s, s:o, s:s, s:[], "
		"s:s, s:o}",
		"uid", uid, "status",
		fails                                               ? "fail"
		: n[FLAW_UNDECIDED] || audit_is_unread(e->a, sheet) ? "review"
								    : "pass",
		"type", "table", "properties", "method", "sluice audit", "mitigation",
		"suppression or rounding", "files", "name", name, "sdc", sdc, "outcome",
		outcome_json(e, sheet), "command", "sluice audit", "summary", summary,
		"timestamp", e->date ? e->date : "", "comments", "exception", "", "fair", fair);
	if (!table || json_object_set_new(e->results, uid, table))
		return fail_memory(err);
	return copy_file(e, sheet, name, err);
}

/* ---- the folder ---------------------------------------------------------------------------------- */

static enum sluice_status write_all(struct export *e, struct sluice_error *err)
{
	const struct settings *s = &e->a->in.said.settings;
	struct buf below = { 0 };
	enum sluice_status status;

	TRY(folder_make(e->folder, 0777, err));
	status = buf_addf(&below, err, "%s/checksums", e->folder);
	if (status == SLUICE_OK)
		status = folder_make((char *)below.data, 0777, err);
	buf_free(&below);
	for (uint32_t i = e->a->n_earlier; status == SLUICE_OK && i < e->a->in.n_sheets; i++)
		status = add_table(e, i, err);
	TRY(status);
	TRY(write_json(
		e, "config.json",
		json_pack("{s:I, s:I, s:b}", "safe_threshold",
	                  (json_int_t)(s->threshold == NO_THRESHOLD ? 0 : s->threshold + 1),
	                  "safe_round_base", (json_int_t)s->round_to, "zeros_are_disclosive",
	                  (int)!s->keep_zeros),
		false, err));
	return write_json(
		e, "results.json",
		json_pack("{s:s, s:O}", "version", SACRO_VERSION, "results", e->results), true,
		err);
}

enum sluice_status sluice_audit_sacro(const struct sluice_audit *a, const char *folder,
                                      const char *date, struct sluice_error *err)
{
	struct export e = { .a = a, .date = date, .results = json_object() };
	enum sluice_status status = date_check(date, err);
	struct buf stage = { 0 };
	struct file_id id;
	size_t len = strlen(folder);

	while (len > 1 && folder[len - 1] == '/')
		len--;
	if (status == SLUICE_OK && file_identify(folder, &id)) {
		fail(err, SLUICE_E_IO, "is there already: name a folder that is to be made");
		fail_source(err, folder);
		status = SLUICE_E_IO;
	}
	if (status == SLUICE_OK)
		status = e.results ? buf_addf(&stage, err, "%.*s.sluice-tmp", (int)len, folder)
		                   : fail_memory(err);
	e.folder = (char *)stage.data;
	if (status == SLUICE_OK) {
		folder_remove(e.folder); /* of a run that was killed */
		status = write_all(&e, err);
		if (status == SLUICE_OK)
			status = folder_publish(e.folder, folder, err);
		if (status != SLUICE_OK)
			folder_remove(e.folder);
	}
	json_decref(e.results);
	buf_free(&stage);
	return status;
}
