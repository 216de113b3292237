/*
 * split.c - where a large table can be cut without cutting a record
 *
 * The chunks of the chunker that counts are whole records whatever the quotes hold, so that
 * some of their ends are the places.
 */
#include "run/job.h"

#include <string.h>

#define PIECES_MAX   1000000u
#define LEAST_CHUNK  4096u
#define CHUNKS_PIECE 8u /* so many a piece make the pieces about even */

struct splitting {
	struct source *source;
	struct chunker chunker;
	struct chunk chunk;
	struct sluice_piece *header, *pieces;
	size_t n, room;
	uint64_t at, line; /* of the next chunk                     */
	bool blank;        /* the last one ended in a blank line    */
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

/* One chunk further: pieces end with the chunk in which their share of the bytes does. */
static void take_chunk(struct splitting *s, uint64_t size)
{
	const struct chunk *chunk = &s->chunk;
	const uint64_t end = s->at + chunk->len - chunk->cut;
	const uint64_t lines = s->chunker.kernels->count(chunk->text, chunk->len, '\n');

	if (!s->at) {
		uint64_t len = header_len(s->chunker.kernels, chunk);

		if (len > end) /* a line end that isn't there */
			len = end;
		*s->header = (struct sluice_piece){ 0, len, 1 };
		s->pieces[0] = (struct sluice_piece){
			len, len, 1 + s->chunker.kernels->count(chunk->text, len, '\n')
		};
		s->n = 1;
	} else if (s->pieces[s->n - 1].end > s->header->end && s->n < s->room && !s->blank &&
	           s->at >= s->n * (size / s->room)) {
		s->pieces[s->n++] = (struct sluice_piece){ s->at, s->at, s->line };
	}
	s->pieces[s->n - 1].end = end;
	s->at = end;
	s->line += lines;
	s->blank = ends_blank(chunk);
	if (s->chunker.feed.map)
		source_release(s->source, end);
}

static enum sluice_status split(struct splitting *s, const char *input,
                                const struct settled *settings, struct sluice_error *err)
{
	uint64_t size, bytes = settings->chunk_bytes;
	struct feed feed;
	bool more = true;

	TRY(source_open(input, -1, settings->o.map_input, &s->source, err));
	size = source_size(s->source);
	if (!size || strcmp(source_container(s->source), "csv") != 0)
		return fail(err, SLUICE_E_DATA,
		            "only a plain file of a known size can be cut into pieces");
	if (bytes > size / s->room / CHUNKS_PIECE)
		bytes = size / s->room / CHUNKS_PIECE;
	if (bytes < LEAST_CHUNK)
		bytes = LEAST_CHUNK;
	feed = feed_of(s->source);
	chunker_init(&s->chunker, &feed, settings->kernels, ',', (uint32_t)bytes);
	for (;;) {
		TRY(chunker_next(&s->chunker, &s->chunk, &more, err));
		if (!more)
			break;
		take_chunk(s, size);
	}
	if (!s->n)
		return fail(err, SLUICE_E_DATA, "the input is empty: there is no header");
	return source_finish(s->source, err);
}

enum sluice_status sluice_split_index(const char *input, const struct sluice_options *options,
                                      struct sluice_piece *header, struct sluice_piece *pieces,
                                      size_t *n, struct sluice_error *err)
{
	struct splitting s = { .header = header, .pieces = pieces, .room = *n, .line = 1 };
	struct sluice_error own = { 0 };
	struct settled settings;
	enum sluice_status status = options_settle(&settings, options, &own);

	*n = 0;
	if (status == SLUICE_OK && (!s.room || s.room > PIECES_MAX))
		status = fail(&own, SLUICE_E_PLAN, "a table is cut into 1 to %u pieces",
		              PIECES_MAX);
	if (status == SLUICE_OK)
		status = split(&s, input, &settings, &own);
	if (status == SLUICE_OK)
		*n = s.n;
	else
		fail_source(&own, input);
	chunker_free(&s.chunker);
	buf_free(&s.chunk.own);
	source_close(s.source);
	if (err)
		*err = own;
	return status;
}
