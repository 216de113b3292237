/*
 * manifest_read.c - a manifest back from its text
 *
 * Strict, since what it says decides whether a table is made again: a member that is
 * missing or of another kind makes it no manifest at all.
 */
#include "release/manifest.h"

#include "plan/build.h"
#include "plan/json_read.h"
#include "plan/setting.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	bool ok;
	bool memory; /* it was memory that was missing */
};

static const char *text_of(struct reader *r, const json_t *map, const char *key)
{
	const char *text = json_string_value(json_object_get(map, key));

	r->ok = r->ok && text;
	return text ? text : "";
}

static uint64_t number_of(struct reader *r, const json_t *map, const char *key)
{
	const json_t *v = json_object_get(map, key);

	r->ok = r->ok && json_is_integer(v) && json_integer_value(v) >= 0;
	return r->ok ? (uint64_t)json_integer_value(v) : 0;
}

static bool bool_of(struct reader *r, const json_t *map, const char *key)
{
	const json_t *v = json_object_get(map, key);

	r->ok = r->ok && json_is_boolean(v);
	return json_is_true(v);
}

static char *copy_of(struct reader *r, const json_t *map, const char *key)
{
	const char *text = text_of(r, map, key);
	char *copy = text_copy(text, strlen(text));

	r->memory = r->memory || !copy;
	r->ok = r->ok && copy;
	return copy;
}

static void hex_of(struct reader *r, const json_t *map, const char *key, char *hex, size_t len)
{
	const char *text = text_of(r, map, key);

	r->ok = r->ok && strlen(text) == len && strspn(text, "0123456789abcdef") == len;
	if (r->ok)
		memcpy(hex, text, len + 1);
}

static void read_digest(struct reader *r, const json_t *map, struct digest *d)
{
	d->bytes = number_of(r, map, "bytes");
	hex_of(r, map, "xxh3", d->xxh3, 32);
	hex_of(r, map, "sha256", d->sha256, 64);
}

static void read_settings(struct reader *r, const json_t *map, struct report_column *c)
{
	struct settings *s = &c->settings;
	const json_t *v;
	struct given g = { 0 };

	if (c->takes & SET_THRESHOLD) {
		const char *token = text_of(r, map, "token");

		v = json_object_get(map, "threshold");
		s->threshold = json_is_null(v) ? NO_THRESHOLD
		                               : (int64_t)number_of(r, map, "threshold");
		s->keep_zeros = !strcmp(text_of(r, map, "zeros"), "keep");
		r->ok = r->ok && strlen(token) < sizeof(s->token);
		if (r->ok)
			memcpy(s->token, token, strlen(token) + 1);
	}
	if (c->takes & SET_ROUND_TO) {
		s->round_to = (uint32_t)number_of(r, map, "round_to");
		r->ok = r->ok && setting_give(setting_by_key("rounding"), &g,
		                              text_of(r, map, "rounding"));
		s->rounding = g.values.rounding;
	}
	if (c->takes & SET_DIGITS) {
		v = json_object_get(map, "digits");
		s->digits = json_is_null(v) ? SHORTEST : (int)number_of(r, map, "digits");
	}
}

static void read_column(struct reader *r, const json_t *map, struct report_column *c)
{
	const char *name = text_of(r, map, "name"), *rule = text_of(r, map, "rule");
	const struct column_rule *type = column_rule_find(rule);
	const json_t *cells = json_object_get(map, "cells");

	r->ok = r->ok && strlen(name) < sizeof(c->name) && type;
	if (!r->ok)
		return;
	memcpy(c->name, name, strlen(name) + 1);
	c->rule = type->name;
	c->said = bool_of(r, map, "said");
	c->out = bool_of(r, map, "released");
	c->made = bool_of(r, map, "made");
	if (json_object_get(map, "settings")) {
		c->takes = type->takes;
		read_settings(r, json_object_get(map, "settings"), c);
	}
	if (!cells)
		return;
	c->tally.cells = number_of(r, cells, "all");
	c->tally.redacted = number_of(r, cells, "redacted");
	c->tally.rounded = number_of(r, cells, "rounded");
	c->tally.missing = number_of(r, cells, "missing");
}

static void read_report(struct reader *r, const json_t *map, struct table *t)
{
	const json_t *columns = json_object_get(map, "columns");
	struct sluice_report *report = calloc(1, sizeof(*report));
	const size_t n = json_array_size(columns);

	t->report = report;
	if (report)
		report->columns = calloc(n + 1, sizeof(*report->columns));
	if (!report || !report->columns) {
		r->ok = false;
		r->memory = true;
		return;
	}
	report->n_columns = (uint32_t)n;
	report->rows_out = number_of(r, json_object_get(map, "output"), "rows");
	for (size_t i = 0; i < n && r->ok; i++)
		read_column(r, json_array_get(columns, i), &report->columns[i]);
}

static void read_table(struct reader *r, const json_t *map, struct table *t)
{
	const json_t *in = json_object_get(map, "input"), *out = json_object_get(map, "output");

	t->input = copy_of(r, in, "file");
	t->output = copy_of(r, out, "file");
	t->below = t->output;
	read_digest(r, out, &t->out);
	t->columns_out = (uint32_t)number_of(r, out, "columns");
	if (r->ok)
		read_report(r, map, t);
}

static int by_name(const void *left, const void *right)
{
	return strcmp(((const struct table *)left)->below,
	              ((const struct table *)right)->below);
}

static void read_all(struct reader *r, const json_t *root, struct manifest *m)
{
	const json_t *tables = json_object_get(root, "tables");
	const json_t *documents = json_object_get(root, "documents");
	const size_t n_tables = json_array_size(tables),
		     n_documents = json_array_size(documents);

	r->ok = json_is_array(tables) && json_is_array(documents) &&
	        number_of(r, root, "manifest") == 1;
	m->complete = bool_of(r, root, "complete");
	m->tables = calloc(n_tables + 1, sizeof(*m->tables));
	m->documents = calloc(n_documents + 1, sizeof(*m->documents));
	if (!m->tables || !m->documents) {
		r->ok = false;
		r->memory = true;
		return;
	}
	for (; m->n_tables < n_tables && r->ok; m->n_tables++)
		read_table(r, json_array_get(tables, m->n_tables), &m->tables[m->n_tables]);
	for (; m->n_documents < n_documents && r->ok; m->n_documents++) {
		struct document *d = &m->documents[m->n_documents];
		const json_t *map = json_array_get(documents, m->n_documents);

		d->name = copy_of(r, map, "file");
		read_digest(r, map, &d->digest);
	}
	if (r->ok)
		qsort(m->tables, m->n_tables, sizeof(*m->tables), by_name);
}

enum sluice_status manifest_read(const char *path, struct manifest *m, struct sluice_error *err)
{
	struct reader r = { .ok = true };
	struct buf text = { 0 };
	enum sluice_status status;
	json_t *root;

	*m = (struct manifest){ 0 };
	status = file_read(path, MANIFEST_LIMIT, &text, NULL, err);
	if (status != SLUICE_OK) {
		buf_free(&text);
		return status;
	}
	status = json_read((const char *)text.data, text.len, &root, err);
	buf_free(&text);
	if (status == SLUICE_OK)
		read_all(&r, root, m);
	else
		r = (struct reader){ .memory = status == SLUICE_E_MEMORY };
	json_decref(root);
	if (r.ok)
		return SLUICE_OK;
	manifest_free(m);
	if (r.memory)
		return fail_memory(err);
	fail(err, SLUICE_E_DATA, "is not the manifest of a release");
	fail_source(err, path);
	return SLUICE_E_DATA;
}

struct table *manifest_find(const struct manifest *m, const char *below)
{
	const struct table key = { .below = below };

	return m->n_tables ? bsearch(&key, m->tables, m->n_tables, sizeof(key), by_name) : NULL;
}

void manifest_free(struct manifest *m)
{
	for (size_t i = 0; i < m->n_tables; i++)
		table_free(&m->tables[i]);
	free(m->tables);
	for (size_t i = 0; i < m->n_documents; i++) {
		free((void *)(uintptr_t)m->documents[i].name);
		buf_free(&m->documents[i].text);
	}
	free(m->documents);
	*m = (struct manifest){ 0 };
}
