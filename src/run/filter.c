/*
 * filter.c - the same line for bytes that are pushed in
 *
 * Bytes gather in 'pending' until a chunk's worth is there; then its whole records
 * go through the chain on the caller's thread, and only the rest is kept.
 */
#include "run/options.h"
#include "run/report.h"

#include <stdlib.h>
#include <string.h>

struct sluice_filter {
	struct settled settings;
	sluice_write_fn write;
	void *ctx;
	struct buf pending;
	struct chunker chunker; /* over 'pending', as a map of which more may come */
	bool bound;
	struct chain chain;
	struct worker worker;
	struct buf out;
	struct chain_base base;
	struct tally *tallies; /* of the chunk at work */
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
	status = options_settle(&f->settings, options, err);
	if (status == SLUICE_OK)
		status = options_plan(plan, 0, &f->chain.output, err);
	if (status == SLUICE_OK && plan->n_outputs != 1)
		status =
			fail(err, SLUICE_E_PLAN,
		             "the plan names %zu outputs; a filter makes one", plan->n_outputs);
	if (status != SLUICE_OK) {
		free(f);
		return status;
	}
	f->chain.plan = plan;
	f->write = write;
	f->ctx = ctx;
	f->chain.kernels = f->settings.kernels;
	chunker_init(&f->chunker, &feed, f->chain.kernels, f->chain.output->dialect.delimiter,
	             f->settings.chunk_bytes);
	f->chunker.wanted = f->settings.chunk_bytes;
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
	const struct sluice_options *o = &f->settings.o;
	struct chunker *c = &f->chunker;
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
	TRY(chunker_header(c, &f->chain.header, &f->err));
	TRY(chain_bind(&f->chain, o->notice, o->ctx, &f->err));
	TRY(worker_init(&f->worker, &f->chain, &f->err));
	f->base = (struct chain_base){ .lines = f->chain.header.lines,
		                       .n_rules = f->chain.line.n_rules,
		                       .tallies = chain_tallies(&f->chain) };
	f->tallies = chain_tallies(&f->chain);
	if (!f->base.tallies || !f->tallies)
		return fail_memory(&f->err);
	f->bound = true;
	return put(f, &f->chain.line.head);
}

static enum sluice_status work(struct sluice_filter *f, const struct chunk *chunk)
{
	struct chunk_facts facts = { .tallies = f->tallies };
	enum sluice_status status =
		chain_work(&f->chain, &f->worker, chunk, &f->out, &facts, &f->err);

	TRY(chain_account(&f->base, &facts, status, &f->err));
	return put(f, &f->out);
}

/* Every whole chunk that is pending; at the end, everything. */
static enum sluice_status advance(struct sluice_filter *f)
{
	const struct chunk_facts none = { 0 };
	struct chunker *c = &f->chunker;
	struct chunk chunk = { 0 };
	enum sluice_status status = SLUICE_OK;
	bool more = true;

	c->feed.map = f->pending.data;
	c->feed.map_len = f->pending.len;
	if (!f->bound)
		status = bind(f);
	while (f->bound && status == SLUICE_OK && more) {
		c->wanted = f->settings.chunk_bytes;
		status = chunker_next(c, &chunk, &more, &f->err);
		if (status != SLUICE_OK)
			status = chain_account(&f->base, &none, status, &f->err);
		else if (more)
			status = work(f, &chunk);
	}
	buf_free(&chunk.own);
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
	const size_t piece = f->settings.chunk_bytes;
	enum sluice_status status = f->status;

	if (status == SLUICE_OK && !f->chunker.feed.partial)
		status = fail(&f->err, SLUICE_E_PLAN, "the filter was finished before");
	for (size_t i = 0; status == SLUICE_OK && i < len;) {
		const size_t n = len - i < piece ? len - i : piece;

		status = buf_add(&f->pending, data + i, n, &f->err);
		f->bytes_in += n;
		i += n;
		if (status == SLUICE_OK && f->pending.len >= f->chunker.wanted)
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
	f->chunker.feed.partial = false;
	if (status == SLUICE_OK)
		status = buf_reserve(&f->pending, 1, &f->err); /* a map that is not NULL */
	if (status == SLUICE_OK)
		status = advance(f);
	if (!report)
		return settle(f, status, err);
	r = calloc(1, sizeof(*r));
	if (!r || report_collect(r, &f->chain, &f->base, NULL)) {
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
	free(f->base.tallies);
	free(f->tallies);
	worker_free(&f->worker);
	chain_free(&f->chain);
	chunker_free(&f->chunker);
	buf_free(&f->pending);
	buf_free(&f->out);
	free(f);
}
