/*
 * job.c - one table from a source to a sink
 *
 * The header is read and the line bound before anything is written; then the ring
 * carries chunks through.  The result gets its name only after the input's last byte
 * (and last checksum) was read and the input is found unchanged.
 */
#include "io/deflate.h"
#include "io/sink.h"
#include "io/source.h"
#include "run/options.h"
#include "run/report.h"
#include "run/ring.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct job_slot {
	struct chunk chunk;
	struct buf out;    /* records                         */
	struct buf packed; /* the same compressed             */
	struct piece piece;
	struct chunk_facts facts;
};

struct job {
	struct settled settings;
	struct source *source;
	struct sink *sink;
	struct chunker chunker;
	struct chain chain;
	enum sluice_container container;
	struct job_slot *slots;
	struct worker *workers;
	struct deflate **deflates; /* one a worker; NULL = plain output */
	uint32_t n_workers;
	/* the writer's */
	struct frame frame;
	struct chain_base base;
	uint64_t bytes_out; /* before compression */
};

/* ---- the feed ------------------------------------------------------------------- */

static enum sluice_status feed_read(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                    struct sluice_error *err)
{
	return source_read(ctx, dst, cap, got, err);
}

static void open_feed(struct job *j)
{
	struct feed feed = { .read = feed_read, .ctx = j->source };

	feed.map = source_map(j->source, &feed.map_len);
	chunker_init(&j->chunker, &feed, j->chain.kernels,
	             j->chain.line.output->dialect.delimiter, j->settings.chunk_bytes);
	j->chunker.guess = true;
}

/* ---- what the ring does ------------------------------------------------------------ */

static enum sluice_status fill(void *ctx, uint32_t slot, bool *more, struct sluice_error *err)
{
	struct job *j = ctx;

	return chunker_next(&j->chunker, &j->slots[slot].chunk, more, err);
}

static enum sluice_status work(void *ctx, uint32_t slot, uint32_t worker,
                               struct sluice_error *err)
{
	struct job *j = ctx;
	struct job_slot *s = &j->slots[slot];

	if (j->chunker.feed.map && !s->chunk.cut)
		source_want(j->source, s->chunk.end - s->chunk.len, s->chunk.len);
	TRY(chain_work(&j->chain, &j->workers[worker], &s->chunk, &s->out, &s->facts, err));
	if (!j->deflates)
		return SLUICE_OK;
	s->packed.len = 0;
	return deflate_piece(j->deflates[worker], s->out.data, s->out.len, &s->packed,
	                     &s->piece, err);
}

static enum sluice_status write_slot(void *ctx, uint32_t slot, enum sluice_status status,
                                     struct sluice_error *err)
{
	struct job *j = ctx;
	struct job_slot *s = &j->slots[slot];
	const struct buf *out = j->deflates ? &s->packed : &s->out;
	const struct sluice_options *o = &j->settings.o;

	TRY(chain_account(&j->base, &s->facts, status, err));
	TRY(sink_write(j->sink, out->data, out->len, err));
	if (j->deflates)
		frame_count(&j->frame, &s->piece);
	j->bytes_out += s->out.len;
	if (j->chunker.feed.map)
		source_release(j->source, s->chunk.end);
	if (o->progress)
		o->progress(o->ctx,
		            j->chunker.feed.map ? s->chunk.end : source_taken(j->source),
		            source_size(j->source));
	return SLUICE_OK;
}

static bool again(void *ctx, uint32_t slot)
{
	const struct job *j = ctx;

	return j->slots[slot].facts.split;
}

static enum sluice_status rewind_slots(void *ctx, uint32_t first, uint32_t n,
                                       struct sluice_error *err)
{
	struct job *j = ctx;
	struct chunk **chunks = calloc(n, sizeof(struct chunk *));
	enum sluice_status status;

	if (!chunks)
		return fail_memory(err);
	for (uint32_t i = 0; i < n; i++)
		chunks[i] = &j->slots[(first + i) % j->settings.n_slots].chunk;
	status = chunker_rewind(&j->chunker, chunks, n, err);
	free(chunks);
	return status;
}

static const struct ring_ops ops = { fill, work, write_slot, again, rewind_slots };

/* ---- setting up ---------------------------------------------------------------------- */

static enum sluice_status make_workers(struct job *j, struct sluice_error *err)
{
	const struct settled *s = &j->settings;

	j->slots = calloc(s->n_slots, sizeof(*j->slots));
	j->workers = calloc(s->threads, sizeof(*j->workers));
	if (!j->slots || !j->workers)
		return fail_memory(err);
	if (j->container != SLUICE_PLAIN) {
		j->deflates = calloc(s->threads, sizeof(struct deflate *));
		if (!j->deflates)
			return fail_memory(err);
	}
	for (uint32_t i = 0; i < s->n_slots; i++)
		if (!(j->slots[i].facts.tallies = chain_tallies(&j->chain)))
			return fail_memory(err);
	for (; j->n_workers < s->threads; j->n_workers++) {
		TRY(worker_init(&j->workers[j->n_workers], &j->chain, err));
		if (j->deflates)
			TRY(deflate_new(j->container, s->o.gzip_level,
			                &j->deflates[j->n_workers], err));
	}
	return SLUICE_OK;
}

/* A refusal of memory before the work, not in the middle of it. */
static enum sluice_status check_memory(const struct job *j, struct sluice_error *err)
{
	const uint64_t limit = j->settings.o.memory_limit;
	const uint64_t need = report_memory(&j->settings, &j->chain, !j->chunker.feed.map,
	                                    j->container != SLUICE_PLAIN);

	if (!limit || need <= limit)
		return SLUICE_OK;
	return fail(
		err, SLUICE_E_MEMORY,
		"%llu KiB may be needed and %llu are allowed: use fewer threads or allow more",
		(unsigned long long)(need >> 10) + 1, (unsigned long long)(limit >> 10));
}

static enum sluice_container settle_container(const struct sluice_options *o,
                                              const char *output)
{
	const size_t len = output ? strlen(output) : 0;

	if (o->container != SLUICE_BY_NAME)
		return o->container;
	return len >= 3 && !strcasecmp(output + len - 3, ".gz") ? SLUICE_GZIP : SLUICE_PLAIN;
}

/* The header record, which is a piece of its own in compressed output. */
static enum sluice_status write_head(struct job *j, struct sluice_error *err)
{
	const struct buf *head = &j->chain.line.head;
	struct buf packed = { 0 };
	struct piece piece;
	enum sluice_status status;

	j->bytes_out += head->len;
	if (!j->deflates)
		return sink_write(j->sink, head->data, head->len, err);
	status = frame_begin(&j->frame, j->container, &packed, err);
	if (status == SLUICE_OK)
		status = deflate_piece(j->deflates[0], head->data, head->len, &packed, &piece,
		                       err);
	if (status == SLUICE_OK) {
		frame_count(&j->frame, &piece);
		status = sink_write(j->sink, packed.data, packed.len, err);
	}
	buf_free(&packed);
	return status;
}

static enum sluice_status write_tail(struct job *j, struct sluice_error *err)
{
	struct buf tail = { 0 };
	enum sluice_status status;

	if (!j->deflates)
		return SLUICE_OK;
	status = frame_end(&j->frame, &tail, err);
	if (status == SLUICE_OK)
		status = sink_write(j->sink, tail.data, tail.len, err);
	buf_free(&tail);
	return status;
}

/* ---- the report ------------------------------------------------------------------------- */

static enum sluice_status make_report(const struct job *j, const struct sluice_job *job,
                                      const struct sluice_error *failure,
                                      struct sluice_report **report, struct sluice_error *err)
{
	struct sluice_report *r = calloc(1, sizeof(*r));
	enum sluice_status status;

	if (!r)
		return fail_memory(err);
	status = report_collect(r, job->plan, &j->chain, &j->base, err);
	if (status == SLUICE_OK)
		status = report_names(r, job->input, job->output, err);
	if (status != SLUICE_OK) {
		sluice_report_free(r);
		return status;
	}
	r->container = j->source ? source_container(j->source) : NULL;
	r->bytes_in = j->source ? source_taken(j->source) : 0;
	r->bytes_out = j->sink ? sink_written(j->sink) : 0;
	if (failure)
		r->err = *failure;
	*report = r;
	return SLUICE_OK;
}

static enum sluice_status write_report(const struct job *j, const struct sluice_job *job,
                                       const struct sluice_error *failure,
                                       struct sluice_error *err)
{
	struct sluice_pending *pending = j->settings.o.pending;
	struct sluice_report *r = NULL;
	enum sluice_status status;
	char *json;

	if (!job->report)
		return SLUICE_OK;
	TRY(make_report(j, job, failure, &r, err));
	json = sluice_report_json(r);
	status = json ? sluice_write_file(job->report, json, strlen(json),
	                                  pending ? &pending[1] : NULL, err)
	              : fail_memory(err);
	sluice_report_free(r);
	free(json);
	return status;
}

/* ---- the run ---------------------------------------------------------------------------- */

/* Every chunk, and then the question whether the input was what it was all the time. */
static enum sluice_status carry(struct job *j, struct sluice_error *err)
{
	const enum sluice_status status =
		ring_run(&ops, j, j->settings.n_slots, j->settings.threads, err);
	struct sluice_error changed = { 0 };

	if (status == SLUICE_OK)
		return source_finish(j->source, err);
	/* A map that lost its end reads as zeros: say so, rather than what they look like. */
	if (status == SLUICE_E_DATA && j->chunker.feed.map &&
	    source_finish(j->source, &changed) != SLUICE_OK) {
		*err = changed;
		return changed.status;
	}
	return status;
}

static enum sluice_status run(struct job *j, const struct sluice_job *job,
                              struct sluice_error *err)
{
	const struct sluice_options *o = &j->settings.o;

	j->chain.kernels = j->settings.kernels;
	j->chain.line.output = &job->plan->outputs[0];
	TRY(source_open(job->input, job->input_fd, o->map_input, &j->source, err));
	open_feed(j);
	TRY(chunker_header(&j->chunker, &j->chain.header, err));
	TRY(chain_bind(&j->chain, job->plan, o->notice, o->ctx, err));
	j->base = (struct chain_base){ .lines = j->chain.header.lines,
		                       .n_rules = j->chain.line.n_rules,
		                       .tallies = chain_tallies(&j->chain) };
	if (!j->base.tallies)
		return fail_memory(err);
	TRY(check_memory(j, err));
	TRY(make_workers(j, err));
	TRY(sink_open(job->output, job->output_fd, source_fd(j->source), o->pending, &j->sink,
	              err));
	TRY(write_head(j, err));
	TRY(carry(j, err));
	TRY(write_tail(j, err));
	TRY(write_report(j, job, NULL, err));
	return sink_publish(j->sink, err);
}

static void release(struct job *j)
{
	for (uint32_t i = 0; j->slots && i < j->settings.n_slots; i++) {
		buf_free(&j->slots[i].chunk.own);
		buf_free(&j->slots[i].out);
		buf_free(&j->slots[i].packed);
		free(j->slots[i].facts.tallies);
	}
	for (uint32_t i = 0; i < j->settings.threads; i++) {
		if (j->workers)
			worker_free(&j->workers[i]);
		if (j->deflates)
			deflate_free(j->deflates[i]);
	}
	free(j->base.tallies);
	free(j->slots);
	free(j->workers);
	free(j->deflates);
	chunker_free(&j->chunker);
	chain_free(&j->chain);
	sink_close(j->sink);
	source_close(j->source);
}

enum sluice_status sluice_run(const struct sluice_job *job,
                              const struct sluice_options *options,
                              struct sluice_report **report, struct sluice_error *err)
{
	struct sluice_error own = { 0 };
	struct job j = { 0 };
	enum sluice_status status;

	if (report)
		*report = NULL;
	status = options_settle(&j.settings, options, &own);
	if (status == SLUICE_OK)
		status = options_plan(job->plan, &own);
	if (status == SLUICE_OK) {
		j.container = settle_container(&j.settings.o, job->output);
		status = run(&j, job, &own);
	}
	if (status == SLUICE_E_DATA || status == SLUICE_E_CHECK)
		fail_source(&own, job->input ? job->input : "<stdin>");
	if (status != SLUICE_OK) /* its own failure would add nothing */
		write_report(&j, job, &own, NULL);
	if (report) {
		const enum sluice_status reported =
			make_report(&j, job, status == SLUICE_OK ? NULL : &own, report, &own);

		status = status == SLUICE_OK ? reported : status;
	}
	release(&j);
	if (status != SLUICE_OK && err)
		*err = own;
	return status;
}

enum sluice_status sluice_write_file(const char *path, const char *data, size_t len,
                                     struct sluice_pending *pending, struct sluice_error *err)
{
	struct sink *sink = NULL;
	enum sluice_status status;

	status = sink_open(path, -1, -1, pending, &sink, err);
	if (status == SLUICE_OK)
		status = sink_write(sink, (const uint8_t *)data, len, err);
	if (status == SLUICE_OK)
		status = sink_publish(sink, err);
	sink_close(sink);
	return status;
}
