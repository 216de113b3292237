/*
 * release.c - every table of a plan
 *
 * Small tables are items of the ring, each made by one thread from its first byte to its
 * verdict; large ones come after them, one by one, each made by all threads.  What is
 * said about them is in the plan's order, whatever the timing.
 */
#include "release/audit.h"
#include "release/audited.h"
#include "release/documents.h"
#include "release/publish.h"

#include "run/ring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGE (8u << 20) /* bytes of input, as it lies there */

/* ---- work items ------------------------------------------------------------------------ */

struct crew {
	struct release *r;
	const struct manifest *last;
	struct table_memory *memory; /* of each worker */
	size_t *slots;               /* the table in each slot of the ring */
	size_t next;
	bool unchanged; /* the second round: those that were not made */
};

static bool is_large(const struct table *t)
{
	return t->id.size > LARGE;
}

/* What goes wrong with a table is its own affair. */
static void settle(struct table *t, enum sluice_status status)
{
	if (status == SLUICE_OK)
		return;
	t->outcome = SLUICE_FAILED;
	t->err.status = status;
	if (!t->err.source[0])
		fail_source(&t->err, t->input);
}

static void make(const struct crew *c, struct table *t, uint32_t threads, uint32_t worker)
{
	struct table_memory *m = &c->memory[worker];
	enum sluice_status status;

	if (t->outcome >= SLUICE_REFUSED) /* with those that are protected together */
		return;
	status = table_begin(c->r, t, manifest_find(c->last, t->below), m, &t->err);
	if (status == SLUICE_OK && t->outcome != SLUICE_UNCHANGED)
		status = table_make(c->r, t, threads, m, &t->err);
	settle(t, status);
}

static void judge_again(const struct crew *c, struct table *t, uint32_t worker)
{
	settle(t, table_judge(c->r, t, t->output, &c->memory[worker], &t->err));
}

static bool is_wanted(const struct crew *c, const struct table *t)
{
	return c->unchanged ? t->outcome == SLUICE_UNCHANGED : !is_large(t);
}

static enum sluice_status fill(void *ctx, uint32_t slot, bool *more, struct sluice_error *err)
{
	struct crew *c = ctx;

	(void)err;
	while (c->next < c->r->n_tables && !is_wanted(c, &c->r->tables[c->next]))
		c->next++;
	*more = c->next < c->r->n_tables;
	c->slots[slot] = c->next++;
	return SLUICE_OK;
}

static enum sluice_status work(void *ctx, uint32_t slot, uint32_t worker,
                               struct sluice_error *err)
{
	struct crew *c = ctx;
	struct table *t = &c->r->tables[c->slots[slot]];

	(void)err;
	if (c->unchanged)
		judge_again(c, t, worker);
	else
		make(c, t, 1, worker);
	return SLUICE_OK;
}

static enum sluice_status check_stop(const struct release *r, struct sluice_error *err)
{
	return r->run.stop && *r->run.stop ? fail(err, SLUICE_E_IO, "stopped") : SLUICE_OK;
}

/* The table was made, or not: say so, and keep of its verdict what is needed later. */
static enum sluice_status tell(const struct release *r, struct table *t,
                               struct sluice_error *err)
{
	const struct sluice_release_table said = {
		t->said->name,
		t->input,
		t->output,
		t->outcome,
		t->outcome >= SLUICE_REFUSED ? &t->err : NULL,
		t->verdict,
		t->notices.data ? (const char *)t->notices.data : ""
	};

	if (r->o.table)
		r->o.table(r->o.ctx, &said);
	buf_free(&t->notices);
	return table_remarks(t, err);
}

static void count_table(struct release *r, const struct table *t)
{
	r->progress.tables_done++;
	r->progress.bytes_done += t->id.size;
	if (r->o.progress)
		r->o.progress(r->o.ctx, &r->progress);
}

static enum sluice_status write(void *ctx, uint32_t slot, enum sluice_status status,
                                struct sluice_error *err)
{
	struct crew *c = ctx;

	struct table *t = &c->r->tables[c->slots[slot]];

	if (status != SLUICE_OK || c->unchanged)
		return status;
	count_table(c->r, t);
	return check_stop(c->r, err);
}

static const struct ring_ops crew_ring = { .fill = fill, .work = work, .write = write };

/* ---- rounds ------------------------------------------------------------------------------ */

static enum sluice_status crew_init(struct crew *c, struct release *r,
                                    const struct manifest *last, struct sluice_error *err)
{
	*c = (struct crew){ .r = r, .last = last };
	c->memory = calloc(r->threads, sizeof(*c->memory));
	c->slots = calloc(4 * (size_t)r->threads, sizeof(*c->slots));
	return c->memory && c->slots ? SLUICE_OK : fail_memory(err);
}

static void crew_free(struct crew *c)
{
	for (uint32_t i = 0; c->memory && i < c->r->threads; i++)
		table_memory_free(&c->memory[i]);
	free(c->memory);
	free(c->slots);
}

static enum sluice_status run_ring(struct crew *c, struct sluice_error *err)
{
	c->next = 0;
	return ring_run(&crew_ring, c, 4 * c->r->threads, c->r->threads, err);
}

/* Each of the others by all threads. */
static enum sluice_status make_large(struct crew *c, struct sluice_error *err)
{
	struct release *r = c->r;

	for (size_t i = 0; i < r->n_tables; i++) {
		struct table *t = &r->tables[i];

		if (!is_large(t))
			continue;
		make(c, t, r->threads, 0);
		count_table(r, t);
		TRY(check_stop(r, err));
	}
	return SLUICE_OK;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static void summarize(struct release *r)
{
	struct sluice_release_summary *s = &r->summary;

	*s = (struct sluice_release_summary){ 0 };
	uint64_t *const counts[] = { [SLUICE_WRITTEN] = &s->written,
		                     [SLUICE_UNCHANGED] = &s->unchanged,
		                     [SLUICE_REFUSED] = &s->refused,
		                     [SLUICE_FAILED] = &s->failed };

	s->tables = r->n_tables;
	for (size_t i = 0; i < r->n_tables; i++)
		++*counts[r->tables[i].outcome];
	snprintf(s->folder, sizeof(s->folder), "%s", r->folder);
}

/* Nothing was made, and what lies beside the tables is as it was made for them. */
static bool is_unchanged(const struct release *r, const struct place_of_work *p)
{
	const struct manifest *m = &p->last;

	if (!p->has_last || r->summary.unchanged != r->n_tables || m->n_tables != r->n_tables ||
	    m->n_documents != documents_wanted(r))
		return false;
	for (size_t i = 0; i < m->n_documents; i++)
		if (!place_has(r, m->documents[i].name, &m->documents[i].digest))
			return false;
	return true;
}

/* The first failure in the plan's order, else the first refusal. */
static enum sluice_status outcome_of(const struct release *r, struct sluice_error *err)
{
	const struct sluice_release_summary *s = &r->summary;
	const struct table *worst = NULL;
	const char *rest =
		r->o.all_or_nothing ? "nothing was released" : "the others were released";

	for (size_t i = 0; i < r->n_tables; i++) {
		const struct table *t = &r->tables[i];

		if (t->outcome >= SLUICE_REFUSED && (!worst || t->outcome > worst->outcome))
			worst = t;
	}
	if (!worst)
		return SLUICE_OK;
	if (!s->written && !s->unchanged)
		rest = "nothing was released";
	if (s->failed)
		return fail(err, worst->err.status, "%llu of %llu tables failed%s; %s",
		            (unsigned long long)s->failed, (unsigned long long)s->tables,
		            s->refused ? " and others were refused" : "", rest);
	return fail(err, SLUICE_E_CHECK, "%llu of %llu tables %s refused; %s",
	            (unsigned long long)s->refused, (unsigned long long)s->tables,
	            s->refused == 1 ? "was" : "were", rest);
}

static enum sluice_status publish(struct crew *c, struct place_of_work *p,
                                  struct sluice_error *err)
{
	struct release *r = c->r;
	struct documents d = { 0 };
	enum sluice_status status;

	status = documents_make(&d, r, err);
	if (status == SLUICE_OK)
		status = check_stop(r, err);
	if (status == SLUICE_OK)
		status = place_publish(p, r, d.document, d.n, err);
	r->summary.forgets = p->forgets;
	if (status == SLUICE_OK)
		status = place_strangers(r, d.document, d.n, err);
	r->summary.rewrote = status == SLUICE_OK;
	documents_free(&d);
	return status;
}

/* What does not change is looked at again, then all tables together. */
static enum sluice_status judge_all(struct crew *c, struct sluice_error *err)
{
	c->unchanged = true;
	TRY(run_ring(c, err));
	return release_audit(c->r, &c->memory[0], err);
}

static enum sluice_status tell_all(struct release *r, struct sluice_error *err)
{
	for (size_t i = 0; i < r->n_tables; i++)
		TRY(tell(r, &r->tables[i], err));
	return SLUICE_OK;
}

static enum sluice_status make_all(struct crew *c, struct place_of_work *p,
                                   struct sluice_error *err)
{
	struct release *r = c->r;
	struct sluice_error own = { 0 };
	enum sluice_status status, outcome;
	bool unchanged;

	TRY(release_audit_files(r, &c->memory[0], err));
	TRY(tables_protect(r, &p->last, &c->memory[0], err));
	TRY(run_ring(c, err));
	TRY(make_large(c, err));
	summarize(r);
	unchanged = is_unchanged(r, p);
	if ((!unchanged || r->o.ledger) &&
	    !(r->o.all_or_nothing && outcome_of(r, NULL) != SLUICE_OK))
		TRY(judge_all(c, err));
	TRY(tell_all(r, err));
	summarize(r);
	outcome = outcome_of(r, err);
	if (r->o.all_or_nothing && outcome != SLUICE_OK)
		return outcome;
	status = r->o.ledger ? ledger_stage(&r->entry, r->o.date, &own) : SLUICE_OK;
	if (status == SLUICE_OK && !(unchanged && outcome == SLUICE_OK))
		status = publish(c, p, &own);
	if (status == SLUICE_OK && r->o.ledger)
		status = audited_commit(r, &own);
	if (status != SLUICE_OK && err)
		*err = own;
	return status == SLUICE_OK ? outcome : status;
}

static enum sluice_status release_options(struct release *r, const struct sluice_plan *plan,
                                          const struct sluice_release_options *given,
                                          const struct sluice_options *options,
                                          struct sluice_error *err)
{
	struct settled s;

	TRY(options_settle(&s, options, err));
	r->run = s.o;
	r->kernels = s.kernels;
	r->threads = s.threads;
	r->run.pending = NULL;
	r->run.progress = NULL;
	r->run.notice = NULL;
	r->plan = plan;
	if (given) {
		if (!given->size || given->size > sizeof(r->o))
			return fail(err, SLUICE_E_PLAN,
			            "options of an unknown size: start from "
			            "SLUICE_RELEASE_OPTIONS_INIT");
		memcpy(&r->o, given, given->size);
	}
	if (!plan || !plan->finished || !plan->n_outputs)
		return fail(err, SLUICE_E_PLAN, "the plan is not finished");
	return SLUICE_OK;
}

static void release_free(struct release *r)
{
	ledger_end(&r->entry);
	for (size_t i = 0; i < r->n_tables; i++) {
		table_free(&r->tables[i]);
		given_free(r->tables[i].given);
	}
	free(r->tables);
	free(r->folder);
	free(r->stage);
}

enum sluice_status sluice_release(const struct sluice_plan *plan,
                                  const struct sluice_release_options *release,
                                  const struct sluice_options *options,
                                  struct sluice_release_summary *summary,
                                  struct sluice_error *err)
{
	struct release r = { .o = SLUICE_RELEASE_OPTIONS_INIT, .entry = LEDGER_NO_ENTRY };
	struct place_of_work place = { .lock = -1 };
	struct crew crew = { .r = &r };
	enum sluice_audit_mode mode;
	enum sluice_status status = release_options(&r, plan, release, options, err);

	if (status == SLUICE_OK)
		status = release_audit_mode(&r, &mode, err);
	if (status == SLUICE_OK)
		status = release_names(&r, err);
	if (status == SLUICE_OK)
		status = place_open(&place, &r, err);
	if (status == SLUICE_OK)
		status = place_ready(&place, &r, err);
	if (status == SLUICE_OK)
		status = place_read(&place, &r, err);
	if (status == SLUICE_OK)
		status = crew_init(&crew, &r, &place.last, err);
	if (status == SLUICE_OK)
		status = make_all(&crew, &place, err);
	crew_free(&crew);
	place_close(&place, &r);
	if (summary)
		*summary = r.summary;
	release_free(&r);
	return status;
}
