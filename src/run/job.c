/*
 * job.c - one table from a source to a sink
 *
 * The header is read and the line bound before anything is written; then the ring
 * carries chunks through.  The result gets its name only after the input's last byte
 * (and last checksum) was read and the input is found unchanged.
 */
#include "run/job.h"

#include "run/partial.h"

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
	                                    j->source && source_bgzf(j->source),
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
		return j->source ? source_finish(j->source, err) : SLUICE_OK;
	/* A map that lost its end reads as zeros, one that was written to as anything: say so. */
	if ((status == SLUICE_E_DATA || status == SLUICE_E_BUG) && j->chunker.feed.map &&
	    source_finish(j->source, &changed) != SLUICE_OK) {
		*err = changed;
		return changed.status;
	}
	return status;
}

/* ---- a job ------------------------------------------------------------------------------ */

static void begin_chunks(struct job *j)
{
	const struct feed feed = feed_of(j->source);

	chunker_free(&j->chunker);
	chunker_init(&j->chunker, &feed, j->chain.kernels, j->chain.output->dialect.delimiter,
	             j->settings.chunk_bytes);
	j->chunker.by = CUT_BY_LAST;
}

bool job_may_open_again(const struct job *j)
{
	return source_again(j->source);
}

static enum sluice_status open_source(struct job *j, struct sluice_error *err)
{
	TRY(source_open(j->said->input, j->said->input_fd, j->settings.o.map_input, &j->source,
	                err));
	return source_spread(j->source, source_parts(j->settings.threads), err);
}

enum sluice_status job_open_again(struct job *j, struct sluice_error *err)
{
	if (!j->chunker.feed.map) {
		source_close(j->source);
		j->source = NULL;
		TRY(open_source(j, err));
	}
	begin_chunks(j);
	return SLUICE_OK;
}

enum sluice_status job_prepare(struct job *j, struct sluice_error *err)
{
	const struct sluice_options *o = &j->settings.o;

	TRY(chain_bind(&j->chain, o->notice, o->ctx, err));
	if (j->group)
		TRY(group_job_rules(j->group, j, err));
	j->base = (struct chain_base){ .lines = j->chain.header.lines,
		                       .n_rules = j->chain.line.n_rules,
		                       .tallies = chain_tallies(&j->chain) };
	if (!j->base.tallies)
		return fail_memory(err);
	TRY(make_workers(j, err));
	TRY(check_memory(j, err));
	if (j->protect)
		TRY(protect_job_bind(j->protect, j, err));
	if (j->reads_only)
		return SLUICE_OK;
	return sink_open(j->said->output, j->said->output_fd,
	                 j->source ? source_fd(j->source) : -1, o->pending, &j->sink, err);
}

enum sluice_status job_finish(struct job *j, struct sluice_error *err)
{
	enum sluice_status status;

	if (j->partial) {
		TRY(partial_write(j, err));
		return job_publish(j, err);
	}
	if (j->group)
		TRY(group_job_feed(j->group, j, err));
	if (j->protect)
		TRY(protect_job_read(j, err));
	if (j->reads_only)
		return protect_job_table(j->protect, j, err);
	if (j->protect)
		TRY(protect_job_feed(j->protect, j, err));
	TRY(write_head(j, err));
	status = carry(j, err);
	if (j->protect)
		protect_job_settle(j->protect, j, status, err);
	TRY(status);
	TRY(write_tail(j, err));
	return job_publish(j, err);
}

static enum sluice_status run(struct job *j, struct sluice_error *err)
{
	TRY(open_source(j, err));
	begin_chunks(j);
	if (j->group)
		TRY(group_job_bind(j->group, j, err));
	else
		TRY(chunker_header(&j->chunker, &j->chain.header, err));
	TRY(job_prepare(j, err));
	if (j->group)
		TRY(group_job_read(j->group, j, err));
	return job_finish(j, err);
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
	if (j->group)
		group_job_free(j->group);
	if (j->protect)
		protect_job_free(j->protect);
	sink_close(j->sink);
	source_close(j->source);
}

enum sluice_status job_begin(struct job *j, const struct sluice_job *said,
                             const struct sluice_plan *plan, size_t which,
                             struct group_job *group, struct protect_job *protect,
                             struct sluice_error *err)
{
	j->said = said;
	j->partial = said->partial;
	j->chain.kernels = j->settings.kernels;
	j->chain.plan = plan;
	TRY(options_plan(plan, which, &j->chain.output, err));
	j->container =
		j->partial ? SLUICE_PLAIN : settle_container(&j->settings.o, said->output);
	if (j->chain.output->group.n_by)
		j->group = group;
	else if (j->partial)
		return fail(err, SLUICE_E_PLAN,
		            "a partial table is one of groups, and the plan groups nothing");
	if (j->chain.output->protect.given && !j->partial)
		j->protect = protect;
	return SLUICE_OK;
}

enum sluice_status job_end(struct job *j, enum sluice_status status, const char *source,
                           struct sluice_error *own, struct sluice_report **report,
                           struct sluice_error *err)
{
	if (status == SLUICE_E_DATA || status == SLUICE_E_CHECK)
		fail_source(own, source);
	if (status != SLUICE_OK)
		job_report_failure(j, own);
	if (report) {
		const enum sluice_status reported =
			job_report(j, status == SLUICE_OK ? NULL : own, report, own);

		status = status == SLUICE_OK ? reported : status;
	}
	release(j);
	if (status != SLUICE_OK && err)
		*err = *own;
	return status;
}

/* A job from its settings to what its protection needs, which the caller looks at before the end. */
static enum sluice_status begin_and_run(struct job *j, const struct sluice_job *said,
                                        const struct sluice_options *options,
                                        struct group_job *group, struct protect_job *protect,
                                        struct sluice_error *err)
{
	TRY(options_settle(&j->settings, options, err));
	TRY(job_begin(j, said, said->plan, said->which, group, protect, err));
	return run(j, err);
}

static const char *name_of(const struct sluice_job *job)
{
	return job->input ? job->input : "<stdin>";
}

enum sluice_status job_run(const struct sluice_job *job, const struct sluice_options *options,
                           const struct protect_given *given, struct sluice_report **report,
                           struct sluice_error *err)
{
	struct sluice_error own = { 0 };
	struct group_job group = { 0 };
	struct protect_job protect = { .given = given };
	struct job j = { .said = job };
	enum sluice_status status;

	if (report)
		*report = NULL;
	status = begin_and_run(&j, job, options, &group, &protect, &own);
	return job_end(&j, status, name_of(job), &own, report, err);
}

enum sluice_status job_read(const struct sluice_job *job, const struct sluice_options *options,
                            struct decide_table *table, struct protect_given *given,
                            struct sluice_error *err)
{
	struct sluice_error own = { 0 };
	struct group_job group = { 0 };
	struct protect_job protect = { 0 };
	struct job j = { .said = job, .reads_only = true };
	const enum sluice_status status =
		begin_and_run(&j, job, options, &group, &protect, &own);

	if (status == SLUICE_OK) {
		*given = (struct protect_given){ .hash = protect.hash,
			                         .n_rows = protect.n_rows,
			                         .n_columns = protect.table.n_columns };
		*table = protect.table;
		protect.table = (struct decide_table){ 0 };
	}
	return job_end(&j, status, name_of(job), &own, NULL, err);
}

enum sluice_status sluice_run(const struct sluice_job *job,
                              const struct sluice_options *options,
                              struct sluice_report **report, struct sluice_error *err)
{
	return job_run(job, options, NULL, report, err);
}
