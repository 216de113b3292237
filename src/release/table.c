/*
 * table.c - one table of a release: is there anything to do, made, judged
 *
 * It is made under a name that is nobody's, and judged as it lies there: it is read once, and
 * what is hashed, looked at and judged are these bytes, which will be released.
 */
#include "page/text.h"
#include "release/digest.h"
#include "release/html.h"
#include "release/known.h"
#include "release/peek.h"

#include "run/inspect.h"
#include "run/job.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void table_memory_free(struct table_memory *m)
{
	buf_free(&m->piece);
	buf_free(&m->text);
}

void table_free(struct table *t)
{
	free(t->input);
	free(t->output);
	free(t->staged);
	sluice_report_free(t->report);
	sluice_verdict_free(t->verdict);
	buf_free(&t->remarks);
	buf_free(&t->notices);
	buf_free(&t->html);
	buf_free(&t->grid);
}

struct tally table_cells(const struct table *t)
{
	struct tally sum = { 0 };

	for (uint32_t i = 0; t->report && i < t->report->n_columns; i++) {
		const struct report_column *c = &t->report->columns[i];

		if (!c->out)
			continue;
		sum.cells += c->tally.cells;
		sum.redacted += c->tally.redacted;
		sum.rounded += c->tally.rounded;
		sum.missing += c->tally.missing;
	}
	return sum;
}

/* ---- is there anything to do? ------------------------------------------------------------ */

/* Everything that the output, and what is said of it, follows from. */
static enum sluice_status make_key(const struct release *r, struct table *t,
                                   struct sluice_error *err)
{
	struct buf b = { 0 };
	struct digest d;
	char hash[33];
	enum sluice_status status;

	sluice_plan_hash(r->plan, hash);
	status = buf_addf(&b, err, "%s\n%s\n%s\n%s\n%s\n%s\n%llu\n%s\n", SLUICE_VERSION, hash,
	                  t->said->name, t->input, t->below, t->in.xxh3,
	                  (unsigned long long)t->in.bytes,
	                  t->said->protect.given ? r->together : "");
	if (status == SLUICE_OK)
		status = buf_addf(&b, err, "%s\n%s\n", r->o.audit ? r->o.audit : "", r->heard);
	for (size_t i = 0; i < r->o.n_allow && status == SLUICE_OK; i++)
		status = buf_addf(&b, err, "%s\n", r->o.allow[i]);
	if (status == SLUICE_OK && (status = digest_bytes(b.data, b.len, &d, err)) == SLUICE_OK)
		memcpy(t->key, d.xxh3, sizeof(t->key));
	buf_free(&b);
	return status;
}

bool table_is_unchanged(const struct release *r, struct table *t, const struct table *last,
                        struct table_memory *m)
{
	struct digest there;
	struct file_id id;

	if (t->said->group.perturb.table) /* by files that the key doesn't know of */
		return false;
	if (r->o.again || !last || !last->report || make_key(r, t, NULL) ||
	    strcmp(last->key, t->key) != 0 || !file_identify(t->output, &id) ||
	    id.size != last->out.bytes ||
	    digest_file(t->output, true, 0, &m->piece, &there, NULL, NULL) ||
	    !digest_equal(&there, &last->out))
		return false;
	t->out = there;
	return true;
}

enum sluice_status table_begin(const struct release *r, struct table *t, struct table *last,
                               struct table_memory *m, struct sluice_error *err)
{
	TRY(digest_file(t->input, false, 0, &m->piece, &t->in, &t->id, err));
	TRY(make_key(r, t, err));
	if (!table_is_unchanged(r, t, last, m))
		return SLUICE_OK;
	t->columns_out = last->columns_out;
	t->report = last->report;
	last->report = NULL;
	t->outcome = SLUICE_UNCHANGED;
	return SLUICE_OK;
}

/* ---- made ------------------------------------------------------------------------------- */

/* What a run tells while it works. */
struct sitting {
	const struct release *r;
	struct table *t;
};

static void take_notice(void *ctx, const char *text)
{
	const struct sitting *s = ctx;

	(void)!buf_addf(&s->t->notices, NULL, "%s\n", text);
}

static void take_progress(void *ctx, uint64_t done, uint64_t total)
{
	const struct sitting *s = ctx;
	struct sluice_release_progress p = s->r->progress;

	(void)total;
	p.bytes_done += done;
	s->r->o.progress(s->r->o.ctx, &p);
}

static enum sluice_status run(const struct release *r, struct table *t, uint32_t threads,
                              int fd, struct sluice_error *err)
{
	struct sluice_options o = r->run;
	struct sitting sitting = { r, t };
	const size_t len = strlen(t->output);
	enum sluice_status status;
	const struct sluice_job job = {
		.plan = r->plan, .which = t->which, .input = t->input, .output_fd = fd
	};

	o.threads = threads;
	o.notice = take_notice;
	if (r->o.progress && threads == r->threads) /* else others work, too */
		o.progress = take_progress;
	o.ctx = &sitting;
	o.container =
		len > 3 && !strcasecmp(t->output + len - 3, ".gz") ? SLUICE_GZIP : SLUICE_PLAIN;
	status = job_run(&job, &o, t->given, &t->report, err);
	if (status == SLUICE_E_IO && !err->source[0]) /* what is read says its name */
		fail_source(err, t->output);
	return status;
}

/* A hash that is not that of the bytes which were read would vouch for the wrong table. */
static enum sluice_status check_unchanged(const struct table *t, struct sluice_error *err)
{
	struct file_id now;

	if (file_identify(t->input, &now) && file_id_equal(&now, &t->id))
		return SLUICE_OK;
	fail(err, SLUICE_E_IO, "the input was changed while it was read");
	fail_source(err, t->input);
	return SLUICE_E_IO;
}

/*
 * What may be told of a table is what its output shows.  How many cells rounding has changed
 * is not of that kind: "none" would say that every count is exact.
 */
static void settle_facts(struct table *t)
{
	t->columns_out = 0;
	for (uint32_t i = 0; i < t->report->n_columns; i++) {
		struct report_column *c = &t->report->columns[i];
		struct tally *n = &c->tally;

		t->columns_out += c->out;
		n->redacted += n->already;
		n->already = 0;
		n->rounded = (c->takes & SET_ROUND_TO) && c->settings.round_to > 1
		                     ? n->cells - n->redacted - n->missing
		                     : 0;
	}
	t->report->rows_in = t->report->rows_excluded = 0;
}

enum sluice_status table_make(const struct release *r, struct table *t, uint32_t threads,
                              struct table_memory *m, struct sluice_error *err)
{
	enum sluice_status status, closed;
	int fd;

	t->outcome = SLUICE_WRITTEN;
	TRY(folder_make_for(t->staged, err));
	TRY(file_create(t->staged, &fd, err));
	status = run(r, t, threads, fd, err);
	closed = file_close(t->staged, fd, status == SLUICE_OK ? err : NULL);
	TRY(status);
	TRY(closed);
	TRY(check_unchanged(t, err));
	settle_facts(t);
	return table_judge(r, t, t->staged, m, err);
}

/* ---- judged ----------------------------------------------------------------------------- */

/* The worst that was found, as an error. */
static void set_refused(struct table *t)
{
	const struct sluice_finding *f = sluice_verdict_at(t->verdict, 0);

	t->outcome = SLUICE_REFUSED;
	fail_at(&t->err, SLUICE_E_CHECK, f ? f->line : 0, f ? f->column : 0,
	        "not released: %s%s%s%s", f ? f->text : "it is not fit",
	        f && f->name ? " (column '" : "", f && f->name ? f->name : "",
	        f && f->name ? "')" : "");
	fail_source(&t->err, t->output);
}

static enum sluice_status judge(const struct release *r, struct table *t, const struct peek *p,
                                struct buf *text, const char *path, struct sluice_error *err)
{
	const struct at_hand file = { text, t->out.bytes };
	struct known k;
	enum sluice_status status = known_make(&k, r, t, p, err);

	if (status == SLUICE_OK)
		status = check_at_hand(path, &file, &k.o, &t->verdict, err);
	known_free(&k);
	if (status == SLUICE_OK && !sluice_verdict_fit(t->verdict))
		set_refused(t);
	return status;
}

enum sluice_status table_judge(const struct release *r, struct table *t, const char *path,
                               struct table_memory *m, struct sluice_error *err)
{
	struct peek peek = { 0 };
	enum sluice_status status;

	TRY(digest_file(path, true, PEEK_LIMIT, &m->text, &t->out, NULL, err));
	status = peek_table(&peek, r, t, &m->text, m->text.len == t->out.bytes, err);
	if (status == SLUICE_OK)
		status = judge(r, t, &peek, &m->text, path, err);
	if (status == SLUICE_OK)
		status = html_table(&t->html, r, t, &peek, err);
	peek_free(&peek);
	return status;
}

enum sluice_status table_judged(const struct release *r, struct table *t, const char *path,
                                struct table_memory *m, struct sluice_error *err)
{
	struct peek peek = { 0 };
	enum sluice_status status;

	if (!sluice_verdict_fit(t->verdict))
		set_refused(t);
	buf_free(&t->html);
	TRY(digest_file(path, true, PEEK_LIMIT, &m->text, &t->out, NULL, err));
	status = peek_table(&peek, r, t, &m->text, m->text.len == t->out.bytes, err);
	if (status == SLUICE_OK)
		status = html_table(&t->html, r, t, &peek, err);
	peek_free(&peek);
	return status;
}

/* ---- what stays of a verdict ------------------------------------------------------------- */

static void one_remark(struct text *text, const struct table *t, const struct sluice_finding *f)
{
	put(text, "- ");
	put_markdown(text, t->output);
	if (f->name) {
		put(text, ", ");
		put_markdown(text, f->name);
	}
	put(text, f->allowed ? ", allowed: " : ": ");
	put_markdown(text, f->text);
	put(text, "\n");
}

/* A verdict holds much more than is said of it. */
enum sluice_status table_remarks(struct table *t, struct sluice_error *err)
{
	struct text text = { 0 };
	const struct sluice_finding *f;

	for (size_t i = 0; t->verdict && (f = sluice_verdict_at(t->verdict, i)); i++) {
		t->n_findings[f->severity]++;
		t->n_allowed += f->allowed;
		if (f->severity != SLUICE_NOTE || f->allowed)
			one_remark(&text, t, f);
	}
	sluice_verdict_free(t->verdict);
	t->verdict = NULL;
	t->remarks = text.b;
	return text.status == SLUICE_OK ? SLUICE_OK : fail_memory(err);
}
