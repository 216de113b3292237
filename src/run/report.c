#include "run/report.h"

#include "io/bgzf.h"
#include "io/source.h"
#include "plan/policy.h"
#include "plan/setting.h"

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
	out->rule = rule ? rule->type->name : c->out ? "keep" : "drop";
	if (!rule || c->bound < 0)
		return;
	out->settings = rule->settings;
	out->takes = rule->type->takes;
	if (base->tallies)
		out->tally = base->tallies[c->bound];
}

enum sluice_status report_collect(struct sluice_report *r, const struct sluice_plan *plan,
                                  const struct chain *c, const struct chain_base *base,
                                  struct sluice_error *err)
{
	const struct line *l = &c->line;

	sluice_plan_hash(plan, r->plan_hash);
	r->policy = plan->outputs[0].policy->name;
	r->rows_in = base->rows;
	r->rows_out = base->written;
	r->rows_excluded = base->excluded;
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

/* ---- JSON ------------------------------------------------------------------------------ */

static json_t *settings_json(const struct settings *s, unsigned takes)
{
	json_t *o = json_object();

	if (takes & SET_THRESHOLD) {
		json_object_set_new(o, "threshold",
		                    s->threshold == NO_THRESHOLD ? json_null()
		                                                 : json_integer(s->threshold));
		json_object_set_new(o, "zeros", json_string(s->keep_zeros ? "keep" : "redact"));
		json_object_set_new(o, "token", json_string(s->token));
	}
	if (takes & SET_ROUND_TO) {
		json_object_set_new(o, "round_to", json_integer(s->round_to));
		json_object_set_new(o, "rounding", json_string(rounding_name(s->rounding)));
	}
	if (takes & SET_DIGITS)
		json_object_set_new(o, "digits",
		                    s->digits == SHORTEST ? json_null()
		                                          : json_integer(s->digits));
	return o;
}

static json_t *tally_json(const struct tally *t)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "cells", (json_int_t)t->cells, "redacted",
	                 (json_int_t)t->redacted, "already_redacted", (json_int_t)t->already,
	                 "rounded", (json_int_t)t->rounded, "missing", (json_int_t)t->missing);
}

static json_t *column_json(const struct report_column *c)
{
	json_t *o = json_pack("{s:s, s:s, s:b, s:b}", "name", c->name, "rule", c->rule, "said",
	                      (int)c->said, "released", (int)c->out);

	if (o && c->takes)
		json_object_set_new(o, "settings", settings_json(&c->settings, c->takes));
	if (o && (c->takes || c->tally.cells))
		json_object_set_new(o, "cells", tally_json(&c->tally));
	return o;
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

char *sluice_report_json(const struct sluice_report *r)
{
	json_t *columns = json_array();
	uint64_t cols_out = 0;
	json_t *o;
	char *text;

	for (uint32_t i = 0; i < r->n_columns; i++) {
		json_array_append_new(columns, column_json(&r->columns[i]));
		cols_out += r->columns[i].out;
	}
	o = json_pack("{s:s, s:b, s:s, s:s, s:{s:o, s:s?, s:I, s:I}, s:{s:o, s:I, s:I, s:I}, "
	              "s:I, s:o}",
	              "sluice", SLUICE_VERSION, "complete", r->err.status == SLUICE_OK,
	              "policy", r->policy, "plan", r->plan_hash, "input", "name",
	              name_json(r->input), "container", r->container, "bytes",
	              (json_int_t)r->bytes_in, "rows", (json_int_t)r->rows_in, "output", "name",
	              name_json(r->output), "bytes", (json_int_t)r->bytes_out, "rows",
	              (json_int_t)r->rows_out, "columns", (json_int_t)cols_out, "rows_excluded",
	              (json_int_t)r->rows_excluded, "columns", columns);
	if (o && r->err.status != SLUICE_OK)
		json_object_set_new(o, "refused", error_json(&r->err));
	text = o ? json_dumps(o, JSON_INDENT(2)) : NULL;
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
	free(r);
}
