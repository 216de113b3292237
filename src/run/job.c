/*
 * job.c - one table from a source to a sink
 *
 * The header is read and the line bound before anything is written; then the ring
 * carries chunks through.  The result gets its name only after the input's last byte
 * (and last checksum) was read and the input is found unchanged.
 */
#include "run/job.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/*
 * Long records, or short ones of which much is made, take more than a chunk's worth: each
 * slot's buffers may grow to their share of what is allowed.
 */
static void limit_slots(struct job *j, uint64_t need, uint64_t limit)
{
	const uint64_t usual = j->settings.chunk_bytes * UINT64_C(3) / 2;
	const size_t share = (size_t)(usual * (limit >> 10) / ((need >> 10) + 1));

	for (uint32_t i = 0; i < j->settings.n_slots; i++) {
		j->slots[i].chunk.own.limit = share;
		j->slots[i].out.limit = share;
		j->slots[i].packed.limit = share;
	}
}

/* A refusal of memory before the work, as far as it can be known then. */
static enum sluice_status check_memory(struct job *j, struct sluice_error *err)
{
	const uint64_t limit = j->settings.o.memory_limit;
	const uint64_t need = report_memory(&j->settings, &j->chain, !j->chunker.feed.map,
	                                    j->container != SLUICE_PLAIN);

	if (limit && need > limit)
		return fail(err, SLUICE_E_MEMORY,
		            "%llu KiB may be needed and %llu are allowed: use fewer threads or "
		            "allow more",
		            (unsigned long long)(need >> 10) + 1,
		            (unsigned long long)(limit >> 10));
	if (limit)
		limit_slots(j, need, limit);
	return SLUICE_OK;
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

/* The text under its temporary name, synced; *sink is the caller's, after a failure, too. */
static enum sluice_status seal_text(const char *path, const char *text, size_t len,
                                    struct sluice_pending *pending, struct sink **sink,
                                    struct sluice_error *err)
{
	TRY(sink_open(path, -1, -1, pending, sink, err));
	TRY(sink_write(*sink, (const uint8_t *)text, len, err));
	return sink_seal(*sink, err);
}

/* The report under its temporary name; NULL = none is wanted. */
static enum sluice_status begin_report(const struct job *j, const struct sluice_job *job,
                                       const struct sluice_error *failure, struct sink **sink,
                                       struct sluice_error *err)
{
	struct sluice_pending *pending = j->settings.o.pending;
	struct sluice_report *r = NULL;
	enum sluice_status status;
	char *json;

	*sink = NULL;
	if (!job->report)
		return SLUICE_OK;
	TRY(make_report(j, job, failure, &r, err));
	json = sluice_report_json(r);
	sluice_report_free(r);
	if (!json)
		return fail_memory(err);
	status = seal_text(job->report, json, strlen(json), pending ? &pending[1] : NULL, sink,
	                   err);
	free(json);
	return status;
}

/* The report of a failure; that it can't be written would add nothing to the failure. */
static void report_failure(const struct job *j, const struct sluice_job *job,
                           const struct sluice_error *failure)
{
	struct sink *sink;

	if (begin_report(j, job, failure, &sink, NULL) == SLUICE_OK && sink)
		(void)sink_publish(sink, NULL);
	sink_close(sink);
}

/*
 * Everything is written and synced before the first of the two names is given, and
 * the report gets its own last: it never speaks of an output that isn't there.
 */
static enum sluice_status publish(struct job *j, const struct sluice_job *job,
                                  struct sluice_error *err)
{
	enum sluice_status status = sink_seal(j->sink, err);
	struct sink *report = NULL;

	if (status == SLUICE_OK)
		status = begin_report(j, job, NULL, &report, err);
	if (status == SLUICE_OK)
		status = sink_publish(j->sink, err);
	if (status == SLUICE_OK && report)
		status = sink_publish(report, err);
	sink_close(report);
	return status;
}

/* ---- the run ---------------------------------------------------------------------------- */

/* Every chunk, and then the question whether the input was what it was all the time. */
static enum sluice_status carry(struct job *j, struct sluice_error *err)
{
	const enum sluice_status status =
		ring_run(&job_ring, j, j->settings.n_slots, j->settings.threads, err);
	struct sluice_error changed = { 0 };

	if (status == SLUICE_OK && j->chunker.feed.map)
		source_release(j->source, j->chunker.feed.map_len);
	if (status == SLUICE_OK)
		return source_finish(j->source, err);
	/* A map that lost its end reads as zeros, one that was written to as anything: say so. */
	if ((status == SLUICE_E_DATA || status == SLUICE_E_BUG) && j->chunker.feed.map &&
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
	struct feed feed;

	j->chain.kernels = j->settings.kernels;
	TRY(source_open(job->input, job->input_fd, o->map_input, &j->source, err));
	feed = feed_of(j->source);
	chunker_init(&j->chunker, &feed, j->chain.kernels,
	             job->plan->outputs[0].dialect.delimiter, j->settings.chunk_bytes);
	j->chunker.guess = true;
	TRY(chunker_header(&j->chunker, &j->chain.header, err));
	TRY(chain_bind(&j->chain, job->plan, o->notice, o->ctx, err));
	j->base = (struct chain_base){ .lines = j->chain.header.lines,
		                       .n_rules = j->chain.line.n_rules,
		                       .tallies = chain_tallies(&j->chain) };
	if (!j->base.tallies)
		return fail_memory(err);
	TRY(make_workers(j, err));
	TRY(check_memory(j, err));
	TRY(sink_open(job->output, job->output_fd, source_fd(j->source), o->pending, &j->sink,
	              err));
	TRY(write_head(j, err));
	TRY(carry(j, err));
	TRY(write_tail(j, err));
	return publish(j, job, err);
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
	if (status != SLUICE_OK)
		report_failure(&j, job, &own);
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
	enum sluice_status status = seal_text(path, data, len, pending, &sink, err);

	if (status == SLUICE_OK)
		status = sink_publish(sink, err);
	sink_close(sink);
	return status;
}
