/*
 * chunk.c - whole records, from a map or from reads
 *
 * A chunk begins with a record, so the number of quotes up to its end tells whether
 * the end stands inside quotes: every quote that the dialect allows opens, closes,
 * or is one of a doubled pair.  A quote that is not allowed makes the count lie, but
 * then it stands in this chunk, whose tokenizer refuses it.
 */
#include "csv/chunk.h"

#include "csv/strict.h"

#include <string.h>

#define FIRST_READ   65536u /* bytes that most headers fit into             */
#define PROBES_WRONG 3      /* so many wrong guesses cost more than counting */

void chunker_init(struct chunker *c, const struct feed *feed, const struct kernels *k,
                  uint8_t delimiter, uint32_t chunk_bytes)
{
	*c = (struct chunker){
		.feed = *feed, .kernels = k, .delimiter = delimiter, .chunk_bytes = chunk_bytes
	};
}

void chunker_free(struct chunker *c)
{
	buf_free(&c->carry);
}

/* The last LF of text[0..len), or NULL. */
static const uint8_t *last_lf(const uint8_t *text, size_t len)
{
	while (len)
		if (text[--len] == '\n')
			return text + len;
	return NULL;
}

uint32_t cut_records(const struct kernels *k, const uint8_t *text, uint32_t len)
{
	size_t quotes = k->count(text, len, '"'); /* before text + end */
	uint32_t end = len;
	const uint8_t *lf;

	while ((lf = last_lf(text, end))) {
		const uint32_t at = (uint32_t)(lf - text);

		quotes -= k->count(lf, end - at, '"');
		if (!(quotes & 1))
			return at + 1;
		end = at;
	}
	return 0;
}

/* Whether the text seems to begin with two records, or one at its end. */
static bool probe(const struct chunker *c, const uint8_t *text, uint32_t len)
{
	struct record r;

	for (uint32_t at = 0, n = 0; at < len && n < 2; at += r.len, n++) {
		strict_record(text + at, len - at, c->delimiter, &r, NULL, NULL);
		if (!r.ended || r.why || r.n_fields != c->n_cols)
			return false;
	}
	return len > 0;
}

/*
 * The end of the last record, counted from a line end near it that most likely is one.  If that
 * stands inside quotes all is the other way round behind it, and what is found does, too: it
 * will be noticed.  Line ends in quotes are many where this is tried, so few of them are.
 */
static uint32_t cut_by_probe(const struct chunker *c, const uint8_t *text, uint32_t len)
{
	for (uint32_t back = 4096; back < len && back <= 65536; back *= 16) {
		const uint8_t *at = text + len - back;

		for (int tries = 0; tries < 8; tries++) {
			const uint32_t left = (uint32_t)(text + len - at);
			const uint8_t *lf = memchr(at, '\n', left);

			if (!lf)
				break;
			at = lf + 1;
			if (probe(c, at, (uint32_t)(text + len - at)))
				return (uint32_t)(at - text) +
				       cut_records(c->kernels, at, (uint32_t)(text + len - at));
		}
	}
	return 0;
}

/* The end of the last record within the text, counted or guessed; 0 = none. */
static uint32_t cut_chunk(const struct chunker *c, struct chunk *chunk, const uint8_t *text,
                          uint32_t len)
{
	const uint8_t *lf;
	uint32_t cut = 0;

	if (c->by == CUT_BY_PROBE)
		cut = cut_by_probe(c, text, len);
	chunk->guessed = cut || c->by == CUT_BY_LAST;
	if (cut || c->by != CUT_BY_LAST)
		return cut ? cut : cut_records(c->kernels, text, len);
	lf = last_lf(text, len);
	return lf ? (uint32_t)(lf - text) + 1 : 0;
}

/* ---- the first record ---------------------------------------------------------- */

/* Bytes at the start: more of them if there are any. */
static enum sluice_status want(struct chunker *c, uint32_t len, const uint8_t **text,
                               uint32_t *got, bool *all, struct sluice_error *err)
{
	size_t read;

	if (c->feed.map) {
		*text = c->feed.map;
		*got = c->feed.map_len < len ? (uint32_t)c->feed.map_len : len;
		*all = *got == c->feed.map_len;
		return SLUICE_OK;
	}
	TRY(buf_reserve(&c->carry, len - c->carry.len, err));
	if (!c->ended && c->carry.len < len) {
		TRY(c->feed.read(c->feed.ctx, c->carry.data + c->carry.len, len - c->carry.len,
		                 &read, err));
		c->carry.len += read;
		c->ended = c->carry.len < len;
	}
	*text = c->carry.data;
	*got = (uint32_t)c->carry.len;
	*all = c->ended;
	return SLUICE_OK;
}

static bool begins(const uint8_t *text, uint32_t len, const char *mark, uint32_t mark_len)
{
	return len >= mark_len && !memcmp(text, mark, mark_len);
}

static enum sluice_status check_encoding(const uint8_t *text, uint32_t len,
                                         struct sluice_error *err)
{
	if (begins(text, len, "\xFF\xFE", 2) || begins(text, len, "\xFE\xFF", 2) ||
	    begins(text, len, "\0\0\xFE\xFF", 4))
		return refuse(err, REFUSE_ENCODING, 1, 0);
	return SLUICE_OK;
}

enum sluice_status chunker_header(struct chunker *c, struct header *h, struct sluice_error *err)
{
	const uint8_t *text;
	uint32_t len, wanted = FIRST_READ, bom, ok;
	enum sluice_status status;
	struct record r;
	bool all;

	for (;; wanted *= 2) {
		TRY(want(c, wanted, &text, &len, &all, err));
		TRY(check_encoding(text, len, err));
		bom = begins(text, len, "\xEF\xBB\xBF", 3) ? 3 : 0;
		if (len == bom && all)
			return fail_at(err, SLUICE_E_DATA, 1, 0,
			               "the input is empty: there is no header");
		strict_record(text + bom, len - bom, c->delimiter, &r, NULL, NULL);
		if (r.ended || all ||
		    (r.why && r.why != REFUSE_UNTERMINATED &&
		     !(r.why == REFUSE_CR && r.len + bom == len)))
			break;
		if (wanted > RECORD_LIMIT)
			return refuse(err, REFUSE_RECORD_LIMIT, 1, 0);
	}
	if (r.len > RECORD_LIMIT)
		return refuse(err, REFUSE_RECORD_LIMIT, 1, 0);
	h->bom = bom;
	ok = (uint32_t)c->kernels->utf8(text + bom, r.len);
	if (ok != r.len) /* r.len ends before what r.why is about: this came first */
		return refuse(err, REFUSE_UTF8, 1 + c->kernels->count(text + bom, ok, '\n'),
		              strict_field_at(text + bom, ok, c->delimiter));
	if (r.why)
		return refuse(err, r.why, 1 + r.why_line, r.why_field);
	status = header_read(h, c->delimiter, text + bom, r.len, err);
	c->n_cols = h->n_cols;
	if (c->feed.map) {
		c->at = bom + r.len;
	} else {
		c->carry.len -= bom + r.len;
		memmove(c->carry.data, text + bom + r.len, c->carry.len);
	}
	return status;
}

/* ---- the others ------------------------------------------------------------------ */

/* No record ends within the limit: say what the first one really suffers from. */
static enum sluice_status too_long(const uint8_t *text, uint32_t len, uint8_t delimiter,
                                   struct sluice_error *err)
{
	struct record r;

	strict_record(text, len, delimiter, &r, NULL, NULL);
	if (r.why && r.why != REFUSE_UNTERMINATED)
		return refuse(err, r.why, 1 + r.why_line, r.why_field);
	return refuse(err, REFUSE_RECORD_LIMIT, 1, 0);
}

/* The last records of the input, in own: with the line end that they may lack. */
static enum sluice_status close_last(struct chunk *chunk, struct sluice_error *err)
{
	chunk->cut = chunk->own.data[chunk->own.len - 1] != '\n';
	if (chunk->cut)
		TRY(buf_add(&chunk->own, "\n", 1, err));
	chunk->text = chunk->own.data;
	chunk->len = (uint32_t)chunk->own.len;
	chunk->guessed = false;
	return SLUICE_OK;
}

static enum sluice_status next_mapped(struct chunker *c, struct chunk *chunk, bool *more,
                                      struct sluice_error *err)
{
	const uint8_t *text = c->feed.map + c->at;
	const uint64_t left = c->feed.map_len - c->at;
	uint32_t len = c->chunk_bytes, cut = 0;

	*more = left > 0;
	chunk->guessed = false;
	if (!left)
		return SLUICE_OK;
	while (left >= len && !(cut = cut_chunk(c, chunk, text, len))) {
		if (len >= RECORD_LIMIT)
			return too_long(text, len, c->delimiter, err);
		len = len > RECORD_LIMIT / 2 ? RECORD_LIMIT : 2 * len;
	}
	if (!cut && c->feed.partial) {
		c->wanted = len;
		*more = false;
		return SLUICE_OK;
	}
	chunk->cut = false;
	chunk->text = text;
	chunk->len = cut ? cut : (uint32_t)left;
	c->at += chunk->len;
	chunk->end = c->at;
	if (cut || text[left - 1] == '\n')
		return SLUICE_OK;
	chunk->own.len = 0; /* a map can't be appended to */
	TRY(buf_add(&chunk->own, text, (size_t)left, err));
	return close_last(chunk, err);
}

/* Fill 'own' up to len bytes: from what was carried over, then from the feed. */
static enum sluice_status gather(struct chunker *c, struct buf *own, uint32_t len,
                                 struct sluice_error *err)
{
	const size_t room = len - own->len;
	const size_t held = c->carry.len < room ? c->carry.len : room;
	size_t got = 0;

	TRY(buf_reserve(own, room + 1, err));
	if (held) {
		memcpy(own->data + own->len, c->carry.data, held);
		own->len += held;
		c->carry.len -= held;
		memmove(c->carry.data, c->carry.data + held, c->carry.len);
	}
	if (own->len < len && !c->ended && c->status == SLUICE_OK) {
		c->status = c->feed.read(c->feed.ctx, own->data + own->len, len - own->len,
		                         &got, &c->err);
		/* What came before a failure counts, however it was asked for. */
		own->len += got;
		c->ended = c->status == SLUICE_OK && own->len < len;
	}
	if (own->len < len && c->status != SLUICE_OK && err)
		*err = c->err;
	return own->len < len ? c->status : SLUICE_OK;
}

/* The bytes of 'own' from 'cut' on are the next chunk's, before what is carried already. */
static enum sluice_status give_back(struct chunker *c, struct buf *own, uint32_t cut,
                                    struct sluice_error *err)
{
	const size_t extra = own->len - cut;

	TRY(buf_reserve(&c->carry, extra, err));
	memmove(c->carry.data + extra, c->carry.data, c->carry.len);
	memcpy(c->carry.data, own->data + cut, extra);
	c->carry.len += extra;
	own->len = cut;
	return SLUICE_OK;
}

static enum sluice_status next_read(struct chunker *c, struct chunk *chunk, bool *more,
                                    struct sluice_error *err)
{
	struct buf *own = &chunk->own;
	uint32_t len = c->chunk_bytes, cut = 0;
	enum sluice_status status;

	own->len = 0;
	chunk->cut = chunk->guessed = false;
	for (;;) {
		status = gather(c, own, len, err);
		chunk->text = own->data; /* after a failure, too: it may be taken back */
		chunk->len = (uint32_t)own->len;
		TRY(status);
		if (own->len < len) {
			*more = own->len > 0;
			return *more ? close_last(chunk, err) : SLUICE_OK;
		}
		cut = cut_chunk(c, chunk, own->data, len);
		if (cut)
			break;
		if (len >= RECORD_LIMIT)
			return too_long(own->data, len, c->delimiter, err);
		len = len > RECORD_LIMIT / 2 ? RECORD_LIMIT : 2 * len;
	}
	TRY(give_back(c, own, cut, err));
	chunk->len = cut;
	*more = true;
	return SLUICE_OK;
}

enum sluice_status chunker_next(struct chunker *c, struct chunk *chunk, bool *more,
                                struct sluice_error *err)
{
	return c->feed.map ? next_mapped(c, chunk, more, err) : next_read(c, chunk, more, err);
}

enum sluice_status chunker_rewind(struct chunker *c, struct chunk *const *chunks, uint32_t n,
                                  struct sluice_error *err)
{
	struct buf all = { 0 };
	enum sluice_status status = SLUICE_OK;

	c->wrong += c->by == CUT_BY_PROBE;
	c->by = c->wrong < PROBES_WRONG ? CUT_BY_PROBE : CUT_BY_COUNT;
	if (c->feed.map) {
		c->at = chunks[0]->end - chunks[0]->len + chunks[0]->cut;
		return SLUICE_OK;
	}
	for (uint32_t i = 0; i < n && status == SLUICE_OK; i++)
		status = buf_add(&all, chunks[i]->text, chunks[i]->len - chunks[i]->cut, err);
	if (status == SLUICE_OK)
		status = buf_add(&all, c->carry.data, c->carry.len, err);
	if (status != SLUICE_OK) {
		buf_free(&all);
		return status;
	}
	buf_free(&c->carry);
	c->carry = all;
	return SLUICE_OK;
}
