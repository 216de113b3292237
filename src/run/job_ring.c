/*
 * job_ring.c - what a job does with each chunk: read, carry through the line, write
 */
#include "run/job.h"

#include "io/bgzf.h"

#include <stdlib.h>

/* ---- the feed ------------------------------------------------------------------- */

static enum sluice_status feed_read(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                    struct sluice_error *err)
{
	return source_read(ctx, dst, cap, got, err);
}

struct feed feed_of(struct source *source)
{
	struct feed feed = { .read = feed_read, .ctx = source };

	feed.map = source_map(source, &feed.map_len);
	return feed;
}

/* ---- what the ring does ------------------------------------------------------------ */

static enum sluice_status fill(void *ctx, uint32_t slot, bool *more, struct sluice_error *err)
{
	struct job *j = ctx;

	return chunker_next(&j->chunker, &j->slots[slot].chunk, more, err);
}

/* What the chunks are read from, when it is BGZF. */
static struct bgzf *parts(void *ctx)
{
	const struct job *j = ctx;

	return j->source && j->chunker.feed.ctx == j->source ? source_bgzf(j->source) : NULL;
}

static bool is_ready(void *ctx)
{
	const struct job *j = ctx;

	return !parts(ctx) || bgzf_is_ready(parts(ctx), j->settings.chunk_bytes);
}

static bool has_room(void *ctx)
{
	return parts(ctx) && bgzf_has_room(parts(ctx));
}

static void load_part(void *ctx)
{
	bgzf_load(parts(ctx));
}

static bool take_part(void *ctx, uint32_t *part)
{
	return parts(ctx) && bgzf_take(parts(ctx), part);
}

static void inflate_part(void *ctx, uint32_t part)
{
	bgzf_inflate(parts(ctx), part);
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

	if (o->stop && *o->stop)
		return fail(err, SLUICE_E_IO, "stopped");
	TRY(chain_account(&j->base, &s->facts, status, err));
	TRY(sink_write(j->sink, out->data, out->len, err));
	if (j->deflates)
		frame_count(&j->frame, &s->piece);
	if (j->chunker.feed.map)
		source_release(j->source, s->chunk.end);
	if (o->progress && j->source)
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

const struct ring_ops job_ring = {
	.fill = fill,
	.is_ready = is_ready,
	.has_room = has_room,
	.load = load_part,
	.take = take_part,
	.prepare = inflate_part,
	.work = work,
	.write = write_slot,
	.again = again,
	.rewind = rewind_slots,
};
