/*
 * table.c - one table of a release: is there anything to do, made, judged
 *
 * It is made under a name that is nobody's, and judged as it lies there: what the check
 * reads are the bytes that will be released.
 */
#include "release/digest.h"
#include "release/html.h"
#include "release/peek.h"
#include "release/text.h"

#include "plan/policy.h"
#include "plan/setting.h"

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
	status = buf_addf(&b, err, "%s\n%s\n%s\n%s\n%s\n%s\n%llu\n", SLUICE_VERSION, hash,
	                  t->said->name, t->input, t->below, t->in.xxh3,
	                  (unsigned long long)t->in.bytes);
	for (size_t i = 0; i < r->o.n_allow && status == SLUICE_OK; i++)
		status = buf_addf(&b, err, "%s\n", r->o.allow[i]);
	if (status == SLUICE_OK)
		status = digest_bytes(b.data, b.len, &d, err);
	if (status == SLUICE_OK)
		memcpy(t->key, d.xxh3, sizeof(t->key));
	buf_free(&b);
	return status;
}

enum sluice_status table_begin(const struct release *r, struct table *t, struct table *last,
                               struct table_memory *m, struct sluice_error *err)
{
	struct digest there;
	struct file_id id;

	TRY(digest_file(t->input, false, &m->piece, &t->in, &t->id, err));
	TRY(make_key(r, t, err));
	if (t->said->group.perturb.table) /* by files that the key doesn't know of */
		return SLUICE_OK;
	if (r->o.again || !last || !last->report || strcmp(last->key, t->key) != 0)
		return SLUICE_OK;
	if (!file_identify(t->output, &id) || id.size != last->out.bytes ||
	    digest_file(t->output, true, &m->piece, &there, NULL, NULL) ||
	    !digest_equal(&there, &last->out))
		return SLUICE_OK;
	t->out = there;
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
	return sluice_run(&job, &o, &t->report, err);
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

/* What the plan says of the columns is known to the check; its lists live as long as it works. */
struct known {
	struct sluice_check_options o;
	const char **counts;
	struct sluice_ratio *ratios;
	struct text parts; /* names of the ratios' parts as they are written */
	char settings[3][SETTING_TEXT];
};

static void known_settings(struct known *k, const struct table *t)
{
	static const char *const keys[] = { "threshold", "round_to", "rounding" };

	for (size_t i = 0; i < 3; i++)
		setting_by_key(keys[i])->print(&t->said->settings, k->settings[i]);
	k->o.policy = t->said->policy->name;
	k->o.threshold = k->settings[0];
	k->o.round_to = k->settings[1];
	k->o.rounding = k->settings[2];
}

static void known_counts(struct known *k, const struct peek *p)
{
	const char *name = (const char *)p->names.data;

	for (uint32_t i = 0; i < p->n_columns; i++, name += strlen(name) + 1)
		if (p->is_count[i])
			k->counts[k->o.n_counts++] = name;
	k->o.counts = k->counts;
}

static bool is_known_ratio(const struct rule *r)
{
	return r->type->shape == SHAPE_FRACTION && r->columns[0].kind == SELECT_NAME &&
	       r->columns[1].kind == SELECT_NAME;
}

static void known_ratios(struct known *k, const struct output *o)
{
	const char *suffix = o->suffix ? o->suffix : "", *part;

	for (size_t i = 0; i < o->n_rules; i++)
		for (size_t side = 0; side < 2 && is_known_ratio(&o->rules[i]); side++) {
			put_f(&k->parts, "%s%s", o->rules[i].columns[side].text, suffix);
			put_bytes(&k->parts, "", 1);
		}
	part = (const char *)k->parts.b.data; /* which does not move any more */
	for (size_t i = 0; i < o->n_rules && k->parts.status == SLUICE_OK; i++) {
		struct sluice_ratio *ratio = &k->ratios[k->o.n_ratios];

		if (!is_known_ratio(&o->rules[i]))
			continue;
		ratio->ratio = o->rules[i].name;
		ratio->numerator = part;
		ratio->denominator = part += strlen(part) + 1;
		part += strlen(part) + 1;
		ratio->scale = strcmp(o->rules[i].type->name, "percent") ? 1 : 100;
		k->o.n_ratios++;
	}
	k->o.ratios = k->ratios;
}

static enum sluice_status known_make(struct known *k, const struct release *r,
                                     const struct table *t, const struct peek *p,
                                     struct sluice_error *err)
{
	*k = (struct known){ .o = SLUICE_CHECK_OPTIONS_INIT };
	k->counts = calloc((size_t)p->n_columns + 1, sizeof(*k->counts));
	k->ratios = calloc(t->said->n_rules + 1, sizeof(*k->ratios));
	if (!k->counts || !k->ratios)
		return fail_memory(err);
	known_settings(k, t);
	known_counts(k, p);
	known_ratios(k, t->said);
	k->o.name = t->output;
	k->o.allow = r->o.allow;
	k->o.n_allow = r->o.n_allow;
	return k->parts.status == SLUICE_OK ? SLUICE_OK : fail_memory(err);
}

static void known_free(struct known *k)
{
	free(k->counts);
	free(k->ratios);
	buf_free(&k->parts.b);
}

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
                                const char *path, struct sluice_error *err)
{
	struct known k;
	enum sluice_status status = known_make(&k, r, t, p, err);

	if (status == SLUICE_OK)
		status = sluice_check(path, &k.o, &t->verdict, err);
	known_free(&k);
	if (status == SLUICE_OK && !sluice_verdict_fit(t->verdict))
		set_refused(t);
	return status;
}

/* The bytes go by once, for both hashes; the first of them stay to be looked at. */
struct passing {
	struct digester digester;
	struct buf *text;
	enum sluice_status status;
};

static void pass(void *ctx, const uint8_t *data, size_t len)
{
	struct passing *p = ctx;
	const size_t room = PEEK_LIMIT - p->text->len;

	digester_take(&p->digester, data, len);
	if (p->status == SLUICE_OK && room)
		p->status = buf_add(p->text, data, len < room ? len : room, NULL);
}

static enum sluice_status read_all(struct table *t, const char *path, struct table_memory *m,
                                   struct sluice_error *err)
{
	struct passing p = { .text = &m->text };
	enum sluice_status status;

	m->text.len = 0;
	TRY(digester_begin(&p.digester, true, err));
	status = file_each(path, &m->piece, pass, &p, NULL, err);
	digester_end(&p.digester, &t->out);
	TRY(status);
	return p.status == SLUICE_OK ? SLUICE_OK : fail_memory(err);
}

enum sluice_status table_judge(const struct release *r, struct table *t, const char *path,
                               struct table_memory *m, struct sluice_error *err)
{
	struct peek peek = { 0 };
	enum sluice_status status;

	TRY(read_all(t, path, m, err));
	status = peek_table(&peek, r, t, &m->text, m->text.len == t->out.bytes, err);
	if (status == SLUICE_OK)
		status = judge(r, t, &peek, path, err);
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
