#include "run/report.h"

#include "io/bgzf.h"
#include "io/source.h"
#include "plan/canon.h"
#include "plan/policy.h"
#include "plan/setting.h"
#include "run/group_job.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void collect_column(struct report_column *out, const struct line *l, uint32_t col,
                           const struct chain_base *base)
{
	const struct line_column *c = &l->columns[col];
	const struct rule *rule = c->rule;

	printable(out->name, c->name, c->name_len);
	out->said = rule;
	out->out = c->out;
	out->made = col >= l->header->n_cols;
	out->rule = rule ? rule->type->name : c->out ? "keep" : "drop";
	if (!rule || c->bound < 0)
		return;
	out->settings = rule->settings;
	out->takes = rule->type->takes;
	if (base->tallies)
		out->tally = base->tallies[c->bound];
}

/* What was read into groups. */
static enum sluice_status collect_groups(struct sluice_report *r, const struct group_job *g,
                                         struct sluice_error *err)
{
	const struct group_spec *s = &g->line.spec;

	r->grouped = true;
	r->groups = g->grouped.n_groups;
	r->spilled = g->joined.spill.len;
	for (uint32_t i = 0; i < g->n_workers; i++)
		r->spilled += g->workers[i].spill.len;
	r->rows_in = g->base.rows;
	r->rows_excluded = g->base.excluded;
	r->read = calloc((size_t)s->n_values + s->n_persons + 1, sizeof(*r->read));
	if (!r->read)
		return fail_memory(err);
	for (uint32_t i = 0; i < s->n_values + s->n_persons; i++) {
		struct report_read *read = &r->read[r->n_read++];
		const bool persons = i >= s->n_values;
		const uint32_t k = persons ? i - s->n_values : i;

		memcpy(read->name, persons ? s->persons[k].name : s->values[k].name,
		       sizeof(read->name));
		read->what = persons ? "persons" : s->values[k].decimal ? "mean" : "sum";
		read->missing = g->missing ? g->missing[i] : 0;
		read->in_order = persons && !(g->kept >> k & 1);
	}
	return SLUICE_OK;
}

enum sluice_status report_collect(struct sluice_report *r, const struct chain *c,
                                  const struct chain_base *base, const struct group_job *g,
                                  struct sluice_error *err)
{
	const struct line *l = &c->line;

	sluice_plan_hash(c->plan, r->plan_hash);
	r->policy = c->output ? c->output->policy->name : NULL;
	r->protects = c->output && c->output->protect.given;
	r->rows_in = base->rows;
	r->rows_out = base->written;
	r->rows_excluded = base->excluded;
	if (g)
		TRY(collect_groups(r, g, err));
	if (!l->head.len) /* the line was not bound */
		return SLUICE_OK;
	r->columns = calloc(l->n_columns, sizeof(*r->columns));
	if (!r->columns)
		return fail_memory(err);
	r->n_columns = l->n_columns;
	for (uint32_t col = 0; col < l->n_columns; col++)
		collect_column(&r->columns[col], l, col, base);
	return SLUICE_OK;
}

uint64_t report_memory(const struct settled *s, const struct chain *c, bool reads,
                       bool inflates, bool compresses)
{
	/* What leaves of a chunk, the chunk (and once more when it is taken back), the compressed. */
	const uint64_t slot = (uint64_t)s->chunk_bytes * (3u + 5 * reads + 3 * compresses) / 2;

	const uint64_t parts = inflates ? source_parts(s->threads) * bgzf_bunch_memory() : 0;

	return s->n_slots * slot + s->threads * chain_memory(c) + parts;
}

enum sluice_status report_names(struct sluice_report *r, const char *input, const char *output,
                                struct sluice_error *err)
{
	r->input = input ? strdup(input) : NULL;
	r->output = output ? strdup(output) : NULL;
	if ((input && !r->input) || (output && !r->output))
		return fail_memory(err);
	return SLUICE_OK;
}

/* ---- JSON: whole or not at all, for what is missing would be a lie ------------------------ */

/* As 'map' when it is complete; else NULL, and it is freed. */
static json_t *whole(json_t *map, bool ok)
{
	if (ok)
		return map;
	json_decref(map);
	return NULL;
}

static json_t *settings_json(const struct settings *s, unsigned takes)
{
	const bool none = s->threshold == NO_THRESHOLD;
	json_t *o = json_object();
	bool ok = o;

	if (ok && takes & SET_THRESHOLD)
		ok = canon_put(o, "threshold",
		               none ? json_null() : json_integer(s->threshold)) &&
		     canon_put(o, "zeros", json_string(s->keep_zeros ? "keep" : "redact")) &&
		     canon_put(o, "token", json_string(s->token));
	if (ok && takes & SET_ROUND_TO)
		ok = canon_put(o, "round_to", json_integer(s->round_to)) &&
		     canon_put(o, "rounding", json_string(rounding_name(s->rounding)));
	if (ok && takes & SET_DIGITS)
		ok = canon_put(o, "digits",
		               s->digits == SHORTEST ? json_null() : json_integer(s->digits));
	return whole(o, ok);
}

static json_t *tally_json(const struct tally *t, bool protects)
{
	json_t *o = json_pack("{s:I, s:I, s:I, s:I, s:I}", "cells", (json_int_t)t->cells,
	                      "redacted", (json_int_t)t->redacted, "already_redacted",
	                      (json_int_t)t->already, "rounded", (json_int_t)t->rounded,
	                      "missing", (json_int_t)t->missing);
	bool ok = o;

	if (ok && protects)
		ok = canon_put(o, "redacted_for_others",
		               json_integer((json_int_t)t->secondary));
	return whole(o, ok);
}

static json_t *column_json(const struct report_column *c, bool protects)
{
	json_t *o = json_pack("{s:s, s:s, s:b, s:b}", "name", c->name, "rule", c->rule, "said",
	                      (int)c->said, "released", (int)c->out);
	bool ok = o;

	if (ok && c->takes)
		ok = canon_put(o, "settings", settings_json(&c->settings, c->takes));
	if (ok && (c->takes || c->tally.cells))
		ok = canon_put(o, "cells", tally_json(&c->tally, protects && c->takes));
	return whole(o, ok);
}

static json_t *read_json(const struct report_read *c)
{
	json_t *o = json_pack("{s:s, s:s, s:I}", "name", c->name, "read_for", c->what,
	                      "missing", (json_int_t)c->missing);
	bool ok = o;

	if (ok && !strcmp(c->what, "persons"))
		ok = canon_put(o, "in_order", json_boolean(c->in_order));
	return whole(o, ok);
}

static json_t *groups_json(const struct sluice_report *r)
{
	json_t *read = json_array();
	bool ok = read;

	for (uint32_t i = 0; ok && i < r->n_read; i++)
		ok = !json_array_append_new(read, read_json(&r->read[i]));
	read = whole(read, ok);
	return read ? json_pack("{s:b, s:I, s:I, s:o}", "partial", (int)r->partial, "groups",
	                        (json_int_t)r->groups, "spilled_bytes", (json_int_t)r->spilled,
	                        "columns_read", read)
	            : NULL;
}

static json_t *error_json(const struct sluice_error *e)
{
	return json_pack("{s:i, s:s, s:s, s:I, s:I}", "exit", sluice_exit_status(e->status),
	                 "text", e->text, "source", e->source, "line", (json_int_t)e->line,
	                 "column", (json_int_t)e->column);
}

/* A name as UTF-8 text: JSON has no other. */
static json_t *name_json(const char *name)
{
	struct sluice_error shown = { 0 };

	if (!name)
		return json_null();
	fail_source(&shown, name);
	return json_string(shown.source);
}

static json_t *columns_json(const struct sluice_report *r)
{
	json_t *columns = json_array();
	bool ok = columns;

	for (uint32_t i = 0; ok && i < r->n_columns; i++)
		ok = !json_array_append_new(columns, column_json(&r->columns[i], r->protects));
	return whole(columns, ok);
}

char *sluice_report_json(const struct sluice_report *r)
{
	uint64_t cols_out = 0;
	json_t *o;
	char *text;
	bool ok;

	for (uint32_t i = 0; i < r->n_columns; i++)
		cols_out += r->columns[i].out;
	o = json_pack("{s:s, s:b, s:s?, s:s, s:{s:o, s:s?, s:I, s:I}, s:{s:o, s:I, s:I, s:I}, "
	              "s:I, s:o}",
	              "sluice", SLUICE_VERSION, "complete", r->err.status == SLUICE_OK,
	              "policy", r->policy, "plan", r->plan_hash, "input", "name",
	              name_json(r->input), "container", r->container, "bytes",
	              (json_int_t)r->bytes_in, "rows", (json_int_t)r->rows_in, "output", "name",
	              name_json(r->output), "bytes", (json_int_t)r->bytes_out, "rows",
	              (json_int_t)r->rows_out, "columns", (json_int_t)cols_out, "rows_excluded",
	              (json_int_t)r->rows_excluded, "columns", columns_json(r));
	ok = o;
	if (ok && r->grouped)
		ok = canon_put(o, "group", groups_json(r));
	if (ok && r->err.status != SLUICE_OK)
		ok = canon_put(o, "refused", error_json(&r->err));
	text = ok ? canon_text(o, JSON_INDENT(2)) : NULL;
	json_decref(o);
	return text;
}

uint64_t sluice_report_rows(const struct sluice_report *r)
{
	return r->rows_out;
}

void sluice_report_free(struct sluice_report *r)
{
	if (!r)
		return;
	free(r->input);
	free(r->output);
	free(r->columns);
	free(r->read);
	free(r);
}
