/*
 * split.c - where a large table can be cut without cutting a record
 *
 * The chunks of the chunker that counts are whole records whatever the quotes hold, so that
 * some of their ends are the places.  It counts in sequence, which is quick; a crew counts lines,
 * and inflates what is BGZF, block by block.
 */
#include "io/bgzf.h"
#include "run/job.h"

#include <stdlib.h>

#include <string.h>

#define PIECES_MAX   1000000u
#define LEAST_CHUNK  4096u
#define CHUNKS_PIECE 8u          /* so many a piece make the pieces about even */
#define BLOCKS_LIMIT (64u << 20) /* bytes: only blocks of a few bytes each take more */

/* A block of BGZF that holds bytes, and the first of the table's that it holds. */
struct block {
	uint64_t raw, at;
	uint32_t len;
};

struct spot {
	uint64_t block;
	uint32_t skip;
};

struct split_slot {
	struct chunk chunk;
	uint64_t at, lines;
	struct spot spot; /* of 'at' */
};

struct splitting {
	const struct settled *settings;
	struct source *source;
	struct chunker chunker;
	struct split_slot *slots;
	/* whoever fills */
	uint64_t at;       /* of the next chunk                       */
	struct buf blocks; /* from the one that holds 'at' on, or so  */
	size_t passed;     /* bytes of 'blocks' that are behind       */
	uint64_t told;     /* bytes that all blocks so far hold       */
	struct sluice_piece *header;
	struct spot records; /* where the header ends                   */
	/* whoever writes */
	struct sluice_piece *pieces;
	size_t n, room;
	uint64_t size; /* of the file                             */
	uint64_t line;
	bool blank; /* the last chunk ended in a blank line    */
};

/* The header is the first record; a file without a line end is nothing else. */
static uint32_t header_len(const struct kernels *k, const struct chunk *chunk)
{
	const uint8_t *text = chunk->text;
	uint32_t at = 0;
	size_t quotes = 0;

	while (at < chunk->len) {
		const uint8_t *lf = memchr(text + at, '\n', chunk->len - at);
		const uint32_t end = lf ? (uint32_t)(lf - text) + 1 : chunk->len;

		quotes += k->count(text + at, end - at, '"');
		at = end;
		if (!(quotes & 1))
			break;
	}
	return at;
}

/*
 * Blank lines may only be at the very end of a table, where they are passed over: no piece but
 * the last may end in one, or it would not be refused.
 */
static bool ends_blank(const struct chunk *chunk)
{
	const uint8_t *text = chunk->text;
	uint32_t len = chunk->len - 1;

	if (len && text[len - 1] == '\r')
		len--;
	return !len || text[len - 1] == '\n';
}

/* ---- blocks ------------------------------------------------------------------------- */

static enum sluice_status note_block(void *ctx, uint64_t raw, uint32_t len,
                                     struct sluice_error *err)
{
	struct splitting *s = ctx;
	const struct block block = { raw, s->told, len };

	if (s->passed > s->blocks.len / 2) {
		s->blocks.len -= s->passed;
		memmove(s->blocks.data, s->blocks.data + s->passed, s->blocks.len);
		s->passed = 0;
	}
	s->told += len;
	return buf_add(&s->blocks, &block, sizeof(block), err);
}

/* Where the table's byte is in the file; bytes are asked for in sequence.  The table's end is that of a block. */
static struct spot spot_of(struct splitting *s, uint64_t at)
{
	struct block block = { 0 };

	if (!source_bgzf(s->source))
		return (struct spot){ at, 0 };
	for (; s->passed < s->blocks.len; s->passed += sizeof(block)) {
		memcpy(&block, s->blocks.data + s->passed, sizeof(block));
		if (at < block.at + block.len || s->passed + sizeof(block) == s->blocks.len)
			break;
	}
	return (struct spot){ block.raw, (uint32_t)(at - block.at) };
}

/* ---- what the ring does ---------------------------------------------------------------- */

static void find_header(struct splitting *s, const struct chunk *chunk)
{
	uint64_t len = header_len(s->chunker.kernels, chunk);
	const struct spot spot = spot_of(s, 0);

	if (len > s->at) /* a line end that isn't there */
		len = s->at;
	*s->header = (struct sluice_piece){ 0, len, 1, spot.block, spot.skip };
	s->records = spot_of(s, len);
}

static enum sluice_status fill(void *ctx, uint32_t slot, bool *more, struct sluice_error *err)
{
	struct splitting *s = ctx;
	struct split_slot *p = &s->slots[slot];

	TRY(chunker_next(&s->chunker, &p->chunk, more, err));
	if (!*more)
		return SLUICE_OK;
	p->at = s->at;
	s->at += p->chunk.len - p->chunk.cut;
	if (source_bgzf(s->source) && s->at > s->told)
		return fail(err, SLUICE_E_DATA,
		            "gzip that is not BGZF all through can only be read from its "
		            "start: it can't be cut into pieces");
	p->spot = spot_of(s, p->at);
	if (!p->at)
		find_header(s, &p->chunk);
	return SLUICE_OK;
}

static enum sluice_status work(void *ctx, uint32_t slot, uint32_t worker,
                               struct sluice_error *err)
{
	const struct splitting *s = ctx;
	struct split_slot *p = &s->slots[slot];

	(void)worker, (void)err;
	p->lines = s->settings->kernels->count(p->chunk.text, p->chunk.len, '\n');
	return SLUICE_OK;
}

/* One chunk further: pieces end with the chunk in which their share of the file does. */
static void take_chunk(struct splitting *s, const struct split_slot *p)
{
	const uint64_t header = s->header->end;

	if (!p->at) {
		const uint64_t lines = s->settings->kernels->count(p->chunk.text, header, '\n');

		s->pieces[0] = (struct sluice_piece){ header, header, 1 + lines,
			                              s->records.block, s->records.skip };
		s->n = 1;
	} else if (s->pieces[s->n - 1].end > header && s->n < s->room && !s->blank &&
	           p->spot.block >= s->n * (s->size / s->room)) {
		s->pieces[s->n++] = (struct sluice_piece){ p->at, p->at, s->line, p->spot.block,
			                                   p->spot.skip };
	}
	s->pieces[s->n - 1].end = p->at + p->chunk.len - p->chunk.cut;
	s->line += p->lines;
	s->blank = ends_blank(&p->chunk);
}

static enum sluice_status write_slot(void *ctx, uint32_t slot, enum sluice_status status,
                                     struct sluice_error *err)
{
	struct splitting *s = ctx;
	const struct split_slot *p = &s->slots[slot];
	const struct sluice_options *o = &s->settings->o;
	const bool mapped = s->chunker.feed.map;

	if (status != SLUICE_OK) {
		if (err->line)
			err->line += s->line - 1;
		return status;
	}
	take_chunk(s, p);
	if (mapped)
		source_release(s->source, p->chunk.end);
	if (o->stop && *o->stop)
		return fail(err, SLUICE_E_IO, "stopped");
	if (o->progress)
		o->progress(o->ctx, mapped ? p->chunk.end : source_taken(s->source), s->size);
	return SLUICE_OK;
}

static bool is_ready(void *ctx)
{
	const struct splitting *s = ctx;

	return bgzf_is_ready(source_bgzf(s->source), s->chunker.chunk_bytes);
}

static bool has_room(void *ctx)
{
	const struct splitting *s = ctx;

	return bgzf_has_room(source_bgzf(s->source));
}

static void load_bunch(void *ctx)
{
	const struct splitting *s = ctx;

	bgzf_load(source_bgzf(s->source));
}

static bool take_bunch(void *ctx, uint32_t *bunch)
{
	const struct splitting *s = ctx;

	return bgzf_take(source_bgzf(s->source), bunch);
}

static void inflate_bunch(void *ctx, uint32_t bunch)
{
	const struct splitting *s = ctx;

	bgzf_inflate(source_bgzf(s->source), bunch);
}

static const struct ring_ops of_plain = { .fill = fill, .work = work, .write = write_slot };
static const struct ring_ops of_bgzf = {
	.fill = fill,
	.work = work,
	.write = write_slot,
	.is_ready = is_ready,
	.has_room = has_room,
	.load = load_bunch,
	.take = take_bunch,
	.prepare = inflate_bunch,
};

/* ---- the whole -------------------------------------------------------------------------- */

static enum sluice_status begin(struct splitting *s, const char *input,
                                struct sluice_error *err)
{
	const uint32_t threads = s->settings->threads;
	uint64_t bytes = s->settings->chunk_bytes;
	struct feed feed;

	TRY(source_open(input, -1, s->settings->o.map_input, &s->source, err));
	s->size = source_size(s->source);
	if (!s->size)
		return fail(err, SLUICE_E_DATA,
		            "only a file of a known size can be cut into pieces");
	TRY(source_spread(s->source, threads > 1 ? source_parts(threads) : 1, err));
	if (source_bgzf(s->source))
		bgzf_tell(source_bgzf(s->source), note_block, s);
	if (bytes > s->size / s->room / CHUNKS_PIECE)
		bytes = s->size / s->room / CHUNKS_PIECE;
	if (bytes < LEAST_CHUNK)
		bytes = LEAST_CHUNK;
	feed = feed_of(s->source);
	chunker_init(&s->chunker, &feed, s->settings->kernels, ',', (uint32_t)bytes);
	s->slots = calloc(s->settings->n_slots, sizeof(*s->slots));
	return s->slots ? SLUICE_OK : fail_memory(err);
}

static enum sluice_status split(struct splitting *s, const char *input,
                                struct sluice_error *err)
{
	TRY(begin(s, input, err));
	TRY(ring_run(source_bgzf(s->source) ? &of_bgzf : &of_plain, s, s->settings->n_slots,
	             s->settings->threads, err));
	if (!s->n)
		return fail(err, SLUICE_E_DATA, "the input is empty: there is no header");
	return source_finish(s->source, err);
}

static void split_free(struct splitting *s)
{
	for (uint32_t i = 0; s->slots && i < s->settings->n_slots; i++)
		buf_free(&s->slots[i].chunk.own);
	free(s->slots);
	chunker_free(&s->chunker);
	buf_free(&s->blocks);
	source_close(s->source);
}

enum sluice_status sluice_split_index(const char *input, const struct sluice_options *options,
                                      enum sluice_container *container,
                                      struct sluice_piece *header, struct sluice_piece *pieces,
                                      size_t *n, struct sluice_error *err)
{
	struct settled settings;
	struct splitting s = { .settings = &settings,
		               .blocks = { .limit = BLOCKS_LIMIT },
		               .header = header,
		               .pieces = pieces,
		               .room = *n,
		               .line = 1 };
	struct sluice_error own = { 0 };
	enum sluice_status status = options_settle(&settings, options, &own);

	*n = 0;
	if (status == SLUICE_OK && (!s.room || s.room > PIECES_MAX))
		status = fail(&own, SLUICE_E_PLAN, "a table is cut into 1 to %u pieces",
		              PIECES_MAX);
	if (status == SLUICE_OK)
		status = split(&s, input, &own);
	if (status == SLUICE_OK) {
		*n = s.n;
		*container = source_bgzf(s.source) ? SLUICE_BGZF : SLUICE_PLAIN;
	} else {
		fail_source(&own, input);
	}
	split_free(&s);
	if (err)
		*err = own;
	return status;
}
