/*
 * filter.c - the same line for bytes that are pushed in
 *
 * Bytes gather in 'pending' until a chunk's worth is there; then its whole records
 * go through the chain on the caller's thread, and only the rest is kept.
 */
#include "run/job.h"

#include <stdlib.h>
#include <string.h>

struct sluice_filter {
	sluice_write_fn write;
	void *ctx;
	struct buf pending;
	struct job job;         /* without source and sink; its chunker is over 'pending', as a
	                         * map of which more may come                              */
	struct job_slot slot;   /* its only one                                             */
	struct group_job group; /* at work when job.group is set                            */
	struct protect_job protect; /* the same of job.protect                              */
	bool bound;
	struct worker worker;
	uint64_t bytes_in, bytes_out;
	enum sluice_status status; /* the first failure stays */
	struct sluice_error err;
};

enum sluice_status sluice_filter_new(const struct sluice_plan *plan,
                                     const struct sluice_options *options,
                                     sluice_write_fn write, void *ctx,
                                     struct sluice_filter **filter, struct sluice_error *err)
{
	struct sluice_filter *f = calloc(1, sizeof(*f));
	const struct feed feed = { .partial = true };
	enum sluice_status status;

	*filter = NULL;
	if (!f)
		return fail_memory(err);
	status = options_settle(&f->job.settings, options, err);
	if (status == SLUICE_OK)
		status = options_plan(plan, 0, &f->job.chain.output, err);
	if (status == SLUICE_OK && plan->n_outputs != 1)
		status =
			fail(err, SLUICE_E_PLAN,
		             "the plan names %zu outputs; a filter makes one", plan->n_outputs);
	if (status != SLUICE_OK) {
		free(f);
		return status;
	}
	f->job.chain.plan = plan;
	f->job.slots = &f->slot;
	f->job.settings.threads = f->job.settings.n_slots = 1;
	if (f->job.chain.output->group.n_by)
		f->job.group = &f->group;
	if (f->job.chain.output->protect.given)
		f->job.protect = &f->protect;
	f->write = write;
	f->ctx = ctx;
	f->job.chain.kernels = f->job.settings.kernels;
	chunker_init(&f->job.chunker, &feed, f->job.chain.kernels,
	             f->job.chain.output->dialect.delimiter, f->job.settings.chunk_bytes);
	f->job.chunker.wanted = f->job.settings.chunk_bytes;
	*filter = f;
	return SLUICE_OK;
}

static enum sluice_status put(struct sluice_filter *f, const struct buf *b)
{
	f->bytes_out += b->len;
	if (b->len && f->write(f->ctx, b->data, b->len))
		return fail(&f->err, SLUICE_E_IO, "the receiver of the output stopped");
	return SLUICE_OK;
}

/* Gzip is for jobs; here it would be refused as bad UTF-8, which helps nobody. */
static bool is_gzip(const struct buf *b)
{
	return b->len > 1 && b->data[0] == 0x1F && b->data[1] == 0x8B;
}

static bool has_bom(const struct buf *b)
{
	return b->len > 2 && !memcmp(b->data, "\xEF\xBB\xBF", 3);
}

/* The header, when all of it is there; otherwise not yet. */
static enum sluice_status bind(struct sluice_filter *f)
{
	const struct sluice_options *o = &f->job.settings.o;
	struct chunker *c = &f->job.chunker;
	const uint32_t bom = has_bom(&f->pending) ? 3 : 0;
	struct record r;

	if (is_gzip(&f->pending))
		return fail_at(&f->err, SLUICE_E_DATA, 1, 0,
		               "gzip was pushed: decompress it first, or run a job");
	strict_record(f->pending.data + bom, (uint32_t)f->pending.len - bom, c->delimiter, &r,
	              NULL, NULL);
	if (!r.ended && c->feed.partial && f->pending.len <= RECORD_LIMIT) {
		c->wanted = 2 * f->pending.len;
		return SLUICE_OK;
	}
	if (f->job.group)
		TRY(group_job_bind(&f->group, &f->job, &f->err));
	else
		TRY(chunker_header(c, &f->job.chain.header, &f->err));
	TRY(chain_bind(&f->job.chain, o->notice, o->ctx, &f->err));
	if (f->job.group)
		TRY(group_job_rules(&f->group, &f->job, &f->err));
	TRY(worker_init(&f->worker, &f->job.chain, &f->err));
	f->job.base = (struct chain_base){ .lines = f->job.chain.header.lines,
		                           .n_rules = f->job.chain.line.n_rules,
		                           .tallies = chain_tallies(&f->job.chain) };
	f->slot.facts.tallies = chain_tallies(&f->job.chain);
	if (!f->job.base.tallies || !f->slot.facts.tallies)
		return fail_memory(&f->err);
	f->bound = true;
	if (f->job.protect)
		TRY(protect_job_bind(&f->protect, &f->job, &f->err));
	if (f->job.group)
		TRY(group_job_begin(&f->group, &f->job, &f->err));
	return put(f, &f->job.chain.line.head);
}

/* The chunk in the slot. */
static enum sluice_status work(struct sluice_filter *f)
{
	struct job_slot *s = &f->slot;
	const enum sluice_status status =
		chain_work(&f->job.chain, &f->worker, &s->chunk, &s->out, &s->facts, &f->err);

	TRY(chain_account(&f->job.base, &s->facts, status, &f->err));
	return put(f, &s->out);
}

static enum sluice_status put_all(struct sluice_filter *f)
{
	bool more = true;

	while (more) {
		TRY(chunker_next(&f->job.chunker, &f->slot.chunk, &more, &f->err));
		if (more)
			TRY(work(f));
	}
	return SLUICE_OK;
}

/* All groups, or all rows, are there: out they come. */
static enum sluice_status put_kept(struct sluice_filter *f)
{
	enum sluice_status status;

	f->job.base.lines = 0;
	if (f->job.group) {
		TRY(group_job_join(&f->group, &f->err));
		TRY(group_job_feed(&f->group, &f->job, &f->err));
	}
	if (!f->job.protect)
		return put_all(f);
	if (f->job.group)
		TRY(protect_job_read(&f->job, &f->err));
	TRY(protect_job_feed(&f->protect, &f->job, &f->err));
	f->job.base.lines = f->job.chain.header.lines;
	status = put_all(f);
	protect_job_settle(&f->protect, &f->job, status, &f->err);
	return status;
}

/* The chunk goes to where rows are kept, or through the line. */
static enum sluice_status take(struct sluice_filter *f)
{
	if (f->job.group)
		return group_job_chunk(&f->job, &f->err);
	return f->job.protect ? protect_job_chunk(&f->job, &f->err) : work(f);
}

/* Who knows how many lines came before the chunk. */
static struct chain_base *base_of(struct sluice_filter *f)
{
	return f->job.group ? &f->group.base : f->job.protect ? &f->protect.base : &f->job.base;
}

/* Every whole chunk that is pending; at the end, everything. */
static enum sluice_status advance(struct sluice_filter *f)
{
	const struct chunk_facts none = { 0 };
	struct chunker *c = &f->job.chunker;
	enum sluice_status status = SLUICE_OK;
	bool more = true;

	c->feed.map = f->pending.data;
	c->feed.map_len = f->pending.len;
	if (!f->bound)
		status = bind(f);
	while (f->bound && status == SLUICE_OK && more) {
		c->wanted = f->job.settings.chunk_bytes;
		status = chunker_next(c, &f->slot.chunk, &more, &f->err);
		if (status != SLUICE_OK)
			status = chain_account(base_of(f), &none, status, &f->err);
		else if (more)
			status = take(f);
	}
	f->pending.len -= c->at;
	memmove(f->pending.data, f->pending.data + c->at, f->pending.len);
	c->at = 0;
	return status;
}

/* Remember the first failure, and say it again to whoever goes on. */
static enum sluice_status settle(struct sluice_filter *f, enum sluice_status status,
                                 struct sluice_error *err)
{
	f->status = status;
	if (status == SLUICE_E_DATA || status == SLUICE_E_CHECK)
		fail_source(&f->err, "<input>");
	if (status != SLUICE_OK && err)
		*err = f->err;
	return status;
}

enum sluice_status sluice_filter_push(struct sluice_filter *f, const uint8_t *data, size_t len,
                                      struct sluice_error *err)
{
	const size_t piece = f->job.settings.chunk_bytes;
	enum sluice_status status = f->status;

	if (status == SLUICE_OK && !f->job.chunker.feed.partial)
		status = fail(&f->err, SLUICE_E_PLAN, "the filter was finished before");
	for (size_t i = 0; status == SLUICE_OK && i < len;) {
		const size_t n = len - i < piece ? len - i : piece;

		status = buf_add(&f->pending, data + i, n, &f->err);
		f->bytes_in += n;
		i += n;
		if (status == SLUICE_OK && f->pending.len >= f->job.chunker.wanted)
			status = advance(f);
	}
	return settle(f, status, err);
}

enum sluice_status sluice_filter_finish(struct sluice_filter *f, struct sluice_report **report,
                                        struct sluice_error *err)
{
	enum sluice_status status = f->status;
	struct sluice_report *r;

	if (report)
		*report = NULL;
	f->job.chunker.feed.partial = false;
	if (status == SLUICE_OK)
		status = buf_reserve(&f->pending, 1, &f->err); /* a map that is not NULL */
	if (status == SLUICE_OK)
		status = advance(f);
	if (status == SLUICE_OK && (f->job.group || f->job.protect))
		status = put_kept(f);
	if (!report)
		return settle(f, status, err);
	r = calloc(1, sizeof(*r));
	if (!r || report_collect(r, &f->job.chain, &f->job.base, f->job.group, NULL)) {
		sluice_report_free(r);
		return settle(f, status == SLUICE_OK ? fail_memory(&f->err) : status, err);
	}
	r->container = "csv";
	r->bytes_in = f->bytes_in;
	r->bytes_out = f->bytes_out;
	settle(f, status, err);
	r->err = f->err;
	*report = r;
	return status;
}

void sluice_filter_free(struct sluice_filter *f)
{
	if (!f)
		return;
	free(f->job.base.tallies);
	free(f->slot.facts.tallies);
	worker_free(&f->worker);
	chain_free(&f->job.chain);
	chunker_free(&f->job.chunker);
	buf_free(&f->pending);
	buf_free(&f->slot.chunk.own);
	buf_free(&f->slot.out);
	if (f->job.group)
		group_job_free(&f->group);
	protect_job_free(&f->protect);
	free(f);
}
