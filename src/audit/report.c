/*
 * report.c - an audit's result as text and as JSON
 */
#include "audit/audit.h"
#include "audit/words.h"
#include "plan/policy.h"
#include "plan/setting.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdict_names[] = { "disclosed", "narrow", "safe", "undecided" };
static const char *const overall[] = { [SLUICE_AUDIT_SAFE] = "pass",
	                               [SLUICE_AUDIT_REVIEW] = "review",
	                               [SLUICE_AUDIT_DISCLOSES] = "fail" };

/* ---- text ------------------------------------------------------------------------------- */

static enum sluice_status say_cell(const struct words *w, const struct sluice_audit *a,
                                   uint32_t cell, struct buf *out, struct sluice_error *err)
{
	const enum verdict v = attack_verdict(&a->attack, cell);

	TRY(buf_addf(out, err, "\n%-10s ", verdict_names[v]));
	TRY(words_cell(w, cell, out, err));
	TRY(buf_addf(out, err, " ("));
	TRY(words_place(w, cell, out, err));
	TRY(buf_addf(out, err, "): "));
	TRY(words_interval(w, a->attack.d.lo[cell], a->attack.d.hi[cell], out, err));
	TRY(buf_addf(out, err, "\n"));
	if (v == VERDICT_UNDECIDED)
		return buf_addf(out, err,
		                "           neither a proof nor two tables that differ were "
		                "found: look at it, or give more --seconds\n");
	return words_derivation(w, cell, "           ", out, err);
}

static enum sluice_status say_group(const struct words *w, const struct group_finding *g,
                                    struct buf *out, struct sluice_error *err)
{
	TRY(buf_addf(out, err, "\ngroup      "));
	TRY(words_cell(w, g->part, out, err));
	TRY(buf_addf(out, err, " ("));
	TRY(words_place(w, g->part, out, err));
	TRY(buf_addf(out, err, ") is all of "));
	TRY(words_cell(w, g->whole, out, err));
	if (!g->rest)
		return buf_addf(out, err, "\n");
	TRY(buf_addf(out, err, " but for at most "));
	TRY(words_interval(w, g->rest, g->rest, out, err));
	return buf_addf(out, err, "\n");
}

static enum sluice_status say_columns(const struct sluice_audit *a, bool dimensions,
                                      struct buf *out, struct sluice_error *err)
{
	bool any = false;

	for (uint32_t i = 0; i < a->in.n_sheets; i++)
		for (uint32_t c = 0; c < a->in.sheets[i].header.n_cols; c++) {
			const struct column_role *r = &a->in.about[i].roles[c];
			const char *name = header_name(&a->in.sheets[i].header, c);
			char shown[72];

			if (!r->inferred || (r->role == ROLE_DIMENSION) != dimensions ||
			    (r->role != ROLE_DIMENSION && r->role != ROLE_MEASURE))
				continue;
			TRY(buf_addf(out, err, "%s%s", any ? ", " : dimensions ?
			             "  groups by their texts, not by --dimensions: " :
			             "  counts by their texts, not by --measures: ",
			             printable(shown, name, strlen(name))));
			any = true;
		}
	return any ? buf_addf(out, err, "\n") : SLUICE_OK;
}

static enum sluice_status say_rules(const struct sluice_audit *a, struct buf *out,
                                    struct sluice_error *err)
{
	const struct settings *s = &a->in.said.settings;

	if (s->threshold == NO_THRESHOLD)
		TRY(buf_addf(out, err, "  nothing is redacted by a threshold; a token may hide "
		                       "any count"));
	else
		TRY(buf_addf(out, err, "  counts %s%lld are redacted as '%s'%s",
		             s->keep_zeros ? "from 1 to " : "up to ", (long long)s->threshold,
		             s->token,
		             declaration_has(&a->in.said, "secondary") ?
		                     ", and so may others be" :
		                     ""));
	if (s->round_to > 1)
		TRY(buf_addf(out, err, "; the others are rounded (%s %u)\n",
		             rounding_name(s->rounding), s->round_to));
	else
		TRY(buf_addf(out, err, "; the others are exact\n"));
	TRY(buf_addf(out, err,
	             a->in.unknown_absent ?
	                     "  a group without a row may have any count\n" :
	                     "  a group without a row has a count of 0\n"));
	if (a->in.n_sheets > 1)
		TRY(buf_addf(out, err, "  files count the same people unless --population or "
		                       "--cell says otherwise\n"));
	return SLUICE_OK;
}

static enum sluice_status say_doubts(const struct sluice_audit *a, struct buf *out,
                                     struct sluice_error *err)
{
	for (uint32_t i = 0; i < a->n_undeclared; i++)
		TRY(buf_addf(out, err,
		             "\nreview     %s has what looks like a total, but none was "
		             "declared: --suggest says which adds up\n",
		             a->in.cells.dimensions[a->undeclared[i]].name));
	if (a->in.n_differ)
		TRY(buf_addf(out, err,
		             "\nreview     %u cells are shown twice with different texts\n",
		             a->in.n_differ));
	return SLUICE_OK;
}

static enum sluice_status say_all(const struct words *w, const struct sluice_audit *a,
                                  struct buf *out, struct sluice_error *err)
{
	const uint64_t *n = a->counts.by_verdict;
	const char *version;

	TRY(buf_addf(out, err,
	             "%s: %llu of %llu cells are hidden; %llu disclosed, %llu narrow, %llu "
	             "safe, %llu undecided\n",
	             overall[sluice_audit_verdict(a)], (unsigned long long)a->counts.hidden,
	             (unsigned long long)a->counts.cells,
	             (unsigned long long)n[VERDICT_DISCLOSED],
	             (unsigned long long)n[VERDICT_NARROW],
	             (unsigned long long)n[VERDICT_SAFE],
	             (unsigned long long)n[VERDICT_UNDECIDED]));
	for (int v = 0; v < 4; v++)
		for (uint32_t i = 0; i < a->in.cells.n; i++)
			if ((int)attack_verdict(&a->attack, i) == v && audit_reports(a, i))
				TRY(say_cell(w, a, i, out, err));
	for (uint32_t i = 0; i < a->n_groups; i++)
		TRY(say_group(w, &a->groups[i], out, err));
	TRY(say_doubts(a, out, err));
	TRY(buf_addf(out, err, "\ntaken for granted:\n"));
	TRY(say_rules(a, out, err));
	TRY(say_columns(a, true, out, err));
	TRY(say_columns(a, false, out, err));
	if (!lp_library(&version))
		TRY(buf_addf(out, err, "  this build has no linear programming: more stays "
		                       "undecided\n"));
	return SLUICE_OK;
}

enum sluice_status sluice_audit_text(const struct sluice_audit *a, bool values, char **text,
                                     struct sluice_error *err)
{
	const struct words w = { &a->in, &a->attack, values };
	struct buf out = { 0 };
	enum sluice_status status = say_all(&w, a, &out, err);

	if (status == SLUICE_OK)
		status = buf_add(&out, "", 1, err);
	*text = status == SLUICE_OK ? (char *)out.data : NULL;
	if (!*text)
		buf_free(&out);
	return status;
}

/* ---- JSON -------------------------------------------------------------------------------- */

static json_t *key_json(const struct sluice_audit *a, uint32_t cell)
{
	const struct cells *c = &a->in.cells;
	const uint32_t *key = cell_key(c, cell);
	json_t *o = json_object();

	for (uint32_t d = 0; d < c->n_dimensions; d++) {
		const uint32_t code = key[2 + d];

		json_object_set_new(o, c->dimensions[d].name,
		                    code == CODE_TOTAL ? json_null() :
		                    code == CODE_REST  ? json_string("(others)") :
		                                         json_string(
								 c->dimensions[d]
									 .codes.names[code]));
	}
	return o;
}

static json_t *places_json(const struct sluice_audit *a, uint32_t cell)
{
	json_t *list = json_array();

	for (uint32_t at = a->in.cells.cells[cell].place; at != CELL_NONE;
	     at = a->in.cells.places[at].next) {
		const struct place_at *p = &a->in.cells.places[at];

		json_array_append_new(
			list, json_pack("{s:s, s:I}", "file", a->in.sheets[p->sheet].name, "line",
		                        (json_int_t)a->in.sheets[p->sheet].lines[p->row]));
	}
	return list;
}

static json_t *bound_json(int64_t v, bool values)
{
	return values && v < BOUND_NONE ? json_integer(v) : json_null();
}

static json_t *derivation_json(const struct words *w, uint32_t cell)
{
	struct buf out = { 0 };
	json_t *list = json_array();

	if (words_derivation(w, cell, "", &out, NULL) == SLUICE_OK) {
		char *rest = (char *)out.data, *line;

		if (out.len)
			out.data[out.len - 1] = 0;
		while (out.len && (line = strsep(&rest, "\n")))
			json_array_append_new(list, json_string(line));
	}
	buf_free(&out);
	return list;
}

static json_t *cell_json(const struct words *w, const struct sluice_audit *a, uint32_t cell)
{
	const enum verdict v = attack_verdict(&a->attack, cell);
	json_t *o = json_object();

	json_object_set_new(o, "cell", key_json(a, cell));
	json_object_set_new(o, "measure",
	                    json_string(a->in.cells.measures
	                                        .names[cell_key(&a->in.cells, cell)[1]]));
	if (a->in.cells.populations.n > 1)
		json_object_set_new(
			o, "population",
			json_string(a->in.cells.populations
		                            .names[cell_key(&a->in.cells, cell)[0]]));
	json_object_set_new(o, "shown", places_json(a, cell));
	json_object_set_new(o, "verdict", json_string(verdict_names[v]));
	json_object_set_new(o, "least", bound_json(a->attack.d.lo[cell], w->values));
	json_object_set_new(o, "most", bound_json(a->attack.d.hi[cell], w->values));
	if (a->attack.w.lo && a->attack.w.lo[cell] <= a->attack.w.hi[cell])
		json_object_set_new(o, "seen",
		                    json_pack("[o, o]",
		                              bound_json(a->attack.w.lo[cell], w->values),
		                              bound_json(a->attack.w.hi[cell], w->values)));
	if (v == VERDICT_DISCLOSED || v == VERDICT_NARROW)
		json_object_set_new(o, "derivation", derivation_json(w, cell));
	return o;
}

static json_t *rules_json(const struct sluice_audit *a)
{
	const struct settings *s = &a->in.said.settings;
	const bool redacts = s->threshold != NO_THRESHOLD;

	return json_pack("{s:s?, s:o, s:s, s:o, s:b, s:i, s:s, s:s}", "policy",
	                 a->in.said.policy ? a->in.said.policy->name : NULL, "threshold",
	                 redacts ? json_integer(s->threshold) : json_null(), "zeros",
	                 s->keep_zeros ? "keep" : "redact", "token",
	                 redacts ? json_string(s->token) : json_null(), "secondary",
	                 declaration_has(&a->in.said, "secondary"), "round_to",
	                 (int)s->round_to, "rounding", rounding_name(s->rounding), "absent",
	                 a->in.unknown_absent ? "unknown" : "zero");
}

static json_t *files_json(const struct sluice_audit *a)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < a->in.n_sheets; i++)
		json_array_append_new(list, json_pack("{s:s, s:I}", "file", a->in.sheets[i].name,
		                                      "rows",
		                                      (json_int_t)a->in.sheets[i].n_rows));
	return list;
}

static json_t *lists_json(const struct words *w, const struct sluice_audit *a, bool fallen)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < a->in.cells.n; i++)
		if (fallen ? audit_reports(a, i) :
		             a->in.cells.cells[i].wanted &&
		                     a->in.cells.cells[i].place != CELL_NONE &&
		                     !audit_reports(a, i))
			json_array_append_new(list, cell_json(w, a, i));
	return list;
}

static json_t *groups_json(const struct words *w, const struct sluice_audit *a)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < a->n_groups; i++)
		json_array_append_new(
			list, json_pack("{s:o, s:o, s:o, s:o}", "cell",
		                        key_json(a, a->groups[i].part), "of",
		                        key_json(a, a->groups[i].whole), "shown",
		                        places_json(a, a->groups[i].part), "others_at_most",
		                        bound_json(a->groups[i].rest, w->values)));
	return list;
}

enum sluice_status sluice_audit_json(const struct sluice_audit *a, bool values, char **text,
                                     struct sluice_error *err)
{
	const struct words w = { &a->in, &a->attack, values };
	const uint64_t *n = a->counts.by_verdict;
	json_t *doubts = json_array(), *o;

	for (uint32_t i = 0; i < a->n_undeclared; i++)
		json_array_append_new(
			doubts, json_string(a->in.cells.dimensions[a->undeclared[i]].name));
	o = json_pack("{s:s, s:s, s:o, s:o, s:{s:I, s:I, s:I, s:I, s:I, s:I}, s:o, s:o, s:o, "
	              "s:o, s:I}",
	              "sluice", SLUICE_VERSION, "verdict", overall[sluice_audit_verdict(a)],
	              "files", files_json(a), "rules", rules_json(a), "cells", "shown",
	              (json_int_t)a->counts.cells, "hidden", (json_int_t)a->counts.hidden,
	              "disclosed", (json_int_t)n[VERDICT_DISCLOSED], "narrow",
	              (json_int_t)n[VERDICT_NARROW], "safe", (json_int_t)n[VERDICT_SAFE],
	              "undecided", (json_int_t)n[VERDICT_UNDECIDED], "findings",
	              lists_json(&w, a, true), "safe", lists_json(&w, a, false), "groups",
	              groups_json(&w, a), "totals_undeclared", doubts, "shown_differently",
	              (json_int_t)a->in.n_differ);
	*text = o ? json_dumps(o, JSON_INDENT(2)) : NULL;
	json_decref(o);
	return *text ? SLUICE_OK : fail_memory(err);
}
