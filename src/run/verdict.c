/*
 * verdict.c - what the checks found, for those who asked
 */
#include "run/verdict.h"

#include "io/format.h"
#include "plan/canon.h"
#include "run/inspect.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct sluice_verdict {
	struct terms terms;
	struct inspection s;
	char *path;
	struct sluice_column_summary *columns;
	char (*names)[72];
};

/* The worst first; then in the order of the checks and of the columns. */
static int compare(const void *a, const void *b)
{
	const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;

	if (x->shown.severity != y->shown.severity)
		return x->shown.severity > y->shown.severity ? -1 : 1;
	if (x->check != y->check)
		return x->check < y->check ? -1 : 1;
	if (x->shown.column != y->shown.column)
		return x->shown.column < y->shown.column ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static void summarise(struct sluice_column_summary *c, const struct facts *f)
{
	const uint64_t numeric = f->whole + f->decimal;

	c->type = facts_type(f);
	c->rows = f->cells;
	c->numeric = numeric;
	c->missing = f->missing;
	c->redacted = f->redacted;
	c->zeros = f->zeros;
	c->by_five = numeric && !f->not_five;
	c->by_six = numeric && !f->not_six;
	c->midpoint6 = numeric && !f->not_midpoint;
	c->count = f->counting != COUNTS_NO && !f->group;
	c->small = c->count ? f->small : 0;
}

void verdict_sort(struct sluice_verdict *v)
{
	if (v->s.q.n_findings)
		qsort(v->s.q.findings, v->s.q.n_findings, sizeof(*v->s.q.findings), compare);
}

bool verdict_table(const struct sluice_verdict *v, struct found_table *t)
{
	const struct inquiry *q = &v->s.q;

	*t = (struct found_table){ v->path, q->delimiter, q->n_cols, &v->terms.settings };
	return q->kind == FILE_TABLE && q->header && q->unread.status == SLUICE_OK &&
	       q->whole && !q->skipped;
}

enum column_is verdict_column(const struct sluice_verdict *v, uint32_t col, bool *zeros)
{
	const struct facts *f = &v->s.q.facts[col];

	*zeros = f->zeros != 0;
	if (f->counting != COUNTS_NO && !f->group)
		return COLUMN_COUNTS;
	return f->decimal ? COLUMN_OTHER : COLUMN_GROUPS;
}

enum sluice_status verdict_add(struct sluice_verdict *v, const struct late_finding *f,
                               struct sluice_error *err)
{
	const struct seen seen = { f->places, f->line };
	struct inquiry *q = &v->s.q;

	q->err = err;
	q->at = check_number(f->check, strlen(f->check));
	finding_add(q, f->severity, &seen, f->col, "%s", f->text);
	return q->status;
}

enum sluice_status check_options(struct sluice_check_options *o,
                                 const struct sluice_check_options *given,
                                 struct sluice_error *err)
{
	struct terms terms;

	TRY(terms_settle(&terms, given, err));
	*o = terms.o;
	return SLUICE_OK;
}

/* Verdicts are kept until all files were read: the text is not. */
static void forget_text(struct sluice_verdict *v)
{
	buf_free(&v->s.text);
	v->s.q.text = (const uint8_t *)"";
	v->s.q.len = 0;
}

static enum sluice_status settle(struct sluice_verdict *v, struct sluice_error *err)
{
	const struct inquiry *q = &v->s.q;

	verdict_sort(v);
	forget_text(v);
	v->columns = calloc(q->n_cols + 1, sizeof(*v->columns));
	v->names = calloc(q->n_cols + 1, sizeof(*v->names));
	if (!v->columns || !v->names)
		return fail_memory(err);
	for (uint32_t col = 0; col < q->n_cols; col++) {
		summarise(&v->columns[col], &q->facts[col]);
		v->columns[col].name = printable(v->names[col], column_name(q, col),
		                                 q->header->columns[col].name_len);
	}
	return SLUICE_OK;
}

/* Whether it is read as it stands: the reader takes no other file for plain. */
static bool is_plain(const struct at_hand *file, const char *path)
{
	const struct buf *text = file->text;
	const size_t head = text->len < FORMAT_HEAD ? text->len : FORMAT_HEAD;
	enum format format;

	return format_tell(text->data, head, path, &format, NULL) == SLUICE_OK &&
	       format == FORMAT_PLAIN;
}

static bool is_enough(const struct at_hand *file, const struct terms *terms)
{
	const uint64_t max = terms->o.max_bytes;

	return file->text->len == (file->bytes < max ? file->bytes : max);
}

enum sluice_status check_at_hand(const char *path, const struct at_hand *file,
                                 const struct sluice_check_options *options,
                                 struct sluice_verdict **verdict, struct sluice_error *err)
{
	struct sluice_verdict *v = calloc(1, sizeof(*v));
	enum sluice_status status;

	*verdict = NULL;
	if (!v)
		return fail_memory(err);
	v->path = strdup(path);
	status = v->path ? terms_settle(&v->terms, options, err) : fail_memory(err);
	if (status == SLUICE_OK && file && is_plain(file, path) && is_enough(file, &v->terms))
		status = inspect_at_hand(&v->s, &v->terms, path, file, err);
	else if (status == SLUICE_OK)
		status = inspect(&v->s, &v->terms, path, err);
	if (status == SLUICE_OK)
		status = settle(v, err);
	if (status != SLUICE_OK) {
		sluice_verdict_free(v);
		return status;
	}
	*verdict = v;
	return SLUICE_OK;
}

enum sluice_status sluice_check(const char *path, const struct sluice_check_options *options,
                                struct sluice_verdict **verdict, struct sluice_error *err)
{
	return check_at_hand(path, NULL, options, verdict, err);
}

bool sluice_verdict_fit(const struct sluice_verdict *v)
{
	return !v->s.q.refused;
}

const struct sluice_finding *sluice_verdict_at(const struct sluice_verdict *v, size_t i)
{
	return i < v->s.q.n_findings ? &v->s.q.findings[i]->shown : NULL;
}

uint64_t sluice_verdict_unlisted(const struct sluice_verdict *v)
{
	return v->s.q.n_more;
}

const struct sluice_column_summary *sluice_verdict_column(const struct sluice_verdict *v,
                                                          size_t i)
{
	return i < v->s.q.n_cols ? &v->columns[i] : NULL;
}

uint64_t sluice_verdict_bytes(const struct sluice_verdict *v)
{
	return v->s.q.bytes;
}

uint64_t sluice_verdict_rows(const struct sluice_verdict *v)
{
	return v->s.q.rows;
}

uint32_t sluice_verdict_columns(const struct sluice_verdict *v)
{
	return v->s.q.n_cols;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *finding_json(const struct sluice_finding *f)
{
	static const char *const severities[] = { "note", "warning", "refusal" };

	return json_pack("{s:s, s:s, s:b, s:I, s:I, s:s?, s:I, s:s}", "severity",
	                 severities[f->severity], "check", f->check, "allowed", (int)f->allowed,
	                 "line", (json_int_t)f->line, "column", (json_int_t)f->column, "name",
	                 f->name, "places", (json_int_t)f->places, "text", f->text);
}

static json_t *column_json(const struct sluice_column_summary *c)
{
	static const char *const types[] = { "text", "integer", "float", "mixed" };

	return json_pack("{s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b}", "name",
	                 c->name, "type", types[c->type], "count", (int)c->count, "rows",
	                 (json_int_t)c->rows, "numeric", (json_int_t)c->numeric, "missing",
	                 (json_int_t)c->missing, "redacted", (json_int_t)c->redacted, "zeros",
	                 (json_int_t)c->zeros, "small", (json_int_t)c->small, "divisible_by_5",
	                 (int)c->by_five, "divisible_by_6", (int)c->by_six, "midpoint_6",
	                 (int)c->midpoint6);
}

/* A file's name as UTF-8 text: JSON has no other. */
static json_t *path_json(const char *path)
{
	json_t *whole = json_string(path);
	struct sluice_error shown = { 0 };

	if (whole)
		return whole;
	fail_source(&shown, path);
	return json_string(shown.source);
}

/* A list that lacks an item is none. */
static json_t *with(json_t *list, json_t *item)
{
	if (!json_array_append_new(list, item))
		return list;
	json_decref(list);
	return NULL;
}

char *sluice_verdict_json(const struct sluice_verdict *v)
{
	const struct inquiry *q = &v->s.q;
	json_t *findings = json_array(), *columns = json_array(), *o;
	char *text;

	for (uint32_t i = 0; i < q->n_findings; i++)
		findings = with(findings, finding_json(&q->findings[i]->shown));
	for (uint32_t i = 0; i < q->n_cols; i++)
		columns = with(columns, column_json(&v->columns[i]));
	o = json_pack("{s:o, s:b, s:s, s:I, s:I, s:o, s:I, s:o}", "file", path_json(v->path),
	              "fit", (int)!q->refused, "policy", v->terms.o.policy, "bytes",
	              (json_int_t)q->bytes, "rows", (json_int_t)q->rows, "findings", findings,
	              "unlisted", (json_int_t)q->n_more, "columns", columns);
	text = o ? canon_text(o, JSON_INDENT(2)) : NULL;
	json_decref(o);
	return text;
}

void sluice_verdict_free(struct sluice_verdict *v)
{
	if (!v)
		return;
	inspect_free(&v->s);
	free(v->columns);
	free(v->names);
	free(v->path);
	free(v);
}
