/*
 * report_json.c - an audit's result as JSON
 */
#include "attack/words.h"
#include "audit/audit.h"
#include "audit/with.h"
#include "plan/canon.h"
#include "plan/policy.h"
#include "plan/setting.h"

#include <stdlib.h>
#include <string.h>

/* A file's name as UTF-8 text: JSON has no other. */
static json_t *name_json(const char *name)
{
	json_t *whole = json_string(name);
	char shown[72];

	return whole ? whole : json_string(printable(shown, name, strlen(name)));
}

static json_t *key_json(const struct sluice_audit *a, uint32_t cell)
{
	const struct cells *c = &a->in.cells;
	const uint32_t *key = cell_key(c, cell);
	json_t *o = json_object();

	for (uint32_t d = 0; d < c->n_dimensions; d++) {
		const uint32_t code = key[2 + d];

		o = put(o, c->dimensions[d].name,
		        code == CODE_TOTAL  ? json_null()
		        : code == CODE_REST ? json_string("(others)")
		                            : json_string(c->dimensions[d].codes.names[code]));
	}
	return o;
}

static const char *measure_name(const struct sluice_audit *a, uint32_t cell)
{
	return a->in.cells.measures.names[cell_key(&a->in.cells, cell)[1]];
}

static json_t *places_json(const struct sluice_audit *a, uint32_t cell)
{
	json_t *list = json_array();

	for (uint32_t at = a->in.cells.cells[cell].place; at != CELL_NONE;
	     at = a->in.cells.places[at].next) {
		const struct place_at *p = &a->in.cells.places[at];

		list = with(list, json_pack("{s:o, s:I}", "file",
		                            name_json(a->in.sheets[p->sheet].name), "line",
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
	json_t *list = NULL;

	if (words_derivation(w, cell, "", &out, NULL) == SLUICE_OK) {
		char *rest = (char *)out.data, *line;

		list = json_array();
		if (out.len)
			out.data[out.len - 1] = 0;
		while (out.len && (line = strsep(&rest, "\n")))
			list = with(list, json_string(line));
	}
	buf_free(&out);
	return list;
}

static json_t *cell_json(const struct words *w, const struct sluice_audit *a, uint32_t cell)
{
	const enum verdict v = attack_verdict(&a->attack, cell);
	json_t *o = json_object();

	o = put(o, "cell", key_json(a, cell));
	o = put(o, "measure", json_string(measure_name(a, cell)));
	if (a->in.cells.populations.n > 1)
		o = put(o, "population",
		        json_string(a->in.cells.populations
		                            .names[cell_key(&a->in.cells, cell)[0]]));
	o = put(o, "shown", places_json(a, cell));
	o = put(o, "verdict", json_string(verdict_names[v]));
	o = put(o, "least", bound_json(a->attack.d.lo[cell], w->values));
	o = put(o, "most", bound_json(a->attack.d.hi[cell], w->values));
	if (a->attack.w.lo && a->attack.w.lo[cell] <= a->attack.w.hi[cell])
		o = put(o, "seen",
		        json_pack("[o, o]", bound_json(a->attack.w.lo[cell], w->values),
		                  bound_json(a->attack.w.hi[cell], w->values)));
	if (v == VERDICT_DISCLOSED || v == VERDICT_NARROW)
		o = put(o, "derivation", derivation_json(w, cell));
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
		list = with(list,
		            json_pack("{s:o, s:I}", "file", name_json(a->in.sheets[i].name),
		                      "rows", (json_int_t)a->in.sheets[i].n_rows));
	return list;
}

static json_t *lists_json(const struct words *w, const struct sluice_audit *a, bool fallen)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < a->in.cells.n; i++)
		if (fallen ? audit_reports(a, i)
		           : a->in.cells.cells[i].wanted &&
		                     a->in.cells.cells[i].place != CELL_NONE &&
		                     !audit_reports(a, i))
			list = with(list, cell_json(w, a, i));
	return list;
}

static json_t *groups_json(const struct words *w, const struct sluice_audit *a)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < a->n_groups; i++)
		list = with(list, json_pack("{s:o, s:o, s:o, s:o}", "cell",
		                            key_json(a, a->groups[i].part), "of",
		                            key_json(a, a->groups[i].whole), "shown",
		                            places_json(a, a->groups[i].part), "others_at_most",
		                            bound_json(a->groups[i].rest, w->values)));
	return list;
}

static json_t *together_json(const struct words *w, const struct sluice_audit *a)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < a->n_together; i++) {
		const struct row *r = &a->in.model.rows[a->together[i].row];
		const struct term *terms = &a->in.model.terms[r->first];
		json_t *parts = json_array();

		for (uint32_t t = 1; t < r->n; t++)
			if (audit_hides(a, terms[t].unknown))
				parts = with(parts, key_json(a, terms[t].unknown));
		list = with(list, json_pack("{s:o, s:o, s:s, s:o, s:o}", "cells", parts, "of",
		                            key_json(a, terms[0].unknown), "measure",
		                            measure_name(a, terms[0].unknown), "least",
		                            bound_json(a->together[i].lo, w->values), "most",
		                            bound_json(a->together[i].hi, w->values)));
	}
	return list;
}

enum sluice_status sluice_audit_json(const struct sluice_audit *a, bool values, char **text,
                                     struct sluice_error *err)
{
	const struct words w = { &a->in, &a->attack, values };
	const uint64_t *n = a->counts.by_verdict;
	json_t *doubts = json_array(), *unread = json_array(), *o;

	for (uint32_t i = 0; i < a->n_undeclared; i++)
		doubts = with(doubts,
		              json_string(a->in.cells.dimensions[a->undeclared[i]].name));
	for (uint32_t i = 0; i < a->in.n_sheets; i++)
		if (audit_is_unread(a, i))
			unread = with(unread, json_string(a->in.sheets[i].name));
	o = json_pack(
		"{s:s, s:s, s:o, s:o, s:{s:I, s:I, s:I, s:I, s:I, s:I}, s:o, s:o, s:o, "
		"s:o, s:o, s:o, s:I, s:I, s:I}",
		"sluice", SLUICE_VERSION, "verdict", overall_names[sluice_audit_verdict(a)],
		"files", files_json(a), "rules", rules_json(a), "cells", "shown",
		(json_int_t)a->counts.cells, "hidden", (json_int_t)a->counts.hidden,
		"disclosed", (json_int_t)n[VERDICT_DISCLOSED], "narrow",
		(json_int_t)n[VERDICT_NARROW], "safe", (json_int_t)n[VERDICT_SAFE], "undecided",
		(json_int_t)n[VERDICT_UNDECIDED], "findings", lists_json(&w, a, true), "safe",
		lists_json(&w, a, false), "groups", groups_json(&w, a), "together",
		together_json(&w, a), "totals_undeclared", doubts, "files_without_counts",
		unread, "shown_differently", (json_int_t)a->in.n_differ, "rounded_to_two_bases",
		(json_int_t)a->in.n_bases, "earlier_releases",
		(json_int_t)a->entry.ledger.n_entries);
	*text = o ? canon_text(o, JSON_INDENT(2)) : NULL;
	json_decref(o);
	return *text ? SLUICE_OK : fail_memory(err);
}
