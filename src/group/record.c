#include "group/record.h"

#include "io/spool.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES 10u          /* of the longest */
#define WRITE_BYTES  (256u << 10) /* written at once */

/* ---- writing ---------------------------------------------------------------------------- */

static void put_number(struct buf *b, uint64_t v)
{
	for (; v > 127; v >>= 7)
		b->data[b->len++] = (uint8_t)(v | 128);
	b->data[b->len++] = (uint8_t)v;
}

static enum sluice_status flush(struct record_writer *w, struct sluice_error *err)
{
	const size_t len = w->out.len;

	w->out.len = 0;
	return len ? w->write(w->ctx, w->out.data, len, err) : SLUICE_OK;
}

/* Room for 'len' bytes. */
static enum sluice_status room(struct record_writer *w, size_t len, struct sluice_error *err)
{
	if (w->out.len + len > WRITE_BYTES)
		TRY(flush(w, err));
	return buf_reserve(&w->out, len > WRITE_BYTES ? len : WRITE_BYTES - w->out.len, err);
}

static uint32_t shared(const struct buf *a, const uint8_t *b, uint32_t len)
{
	uint32_t n = 0;

	while (n < a->len && n < len && a->data[n] == b[n])
		n++;
	return n;
}

enum sluice_status record_group(struct record_writer *w, const uint8_t *key, uint32_t len,
                                const uint64_t *words, struct sluice_error *err)
{
	const uint32_t same = shared(&w->key, key, len);

	TRY(room(w, len + (2 + w->n_words) * NUMBER_BYTES, err));
	put_number(&w->out, same + 1);
	put_number(&w->out, len - same);
	memcpy(w->out.data + w->out.len, key + same, len - same);
	w->out.len += len - same;
	for (uint32_t i = 0; i < w->n_words; i++)
		put_number(&w->out, words[i]);
	w->key.len = same;
	return buf_add(&w->key, key + same, len - same, err);
}

enum sluice_status record_person(struct record_writer *w, const uint8_t *text, uint32_t len,
                                 struct sluice_error *err)
{
	TRY(room(w, len + NUMBER_BYTES, err));
	put_number(&w->out, (uint64_t)len + 1);
	memcpy(w->out.data + w->out.len, text, len);
	w->out.len += len;
	return SLUICE_OK;
}

enum sluice_status record_break(struct record_writer *w, struct sluice_error *err)
{
	TRY(room(w, 1, err));
	put_number(&w->out, 0);
	return SLUICE_OK;
}

enum sluice_status record_end(struct record_writer *w, struct sluice_error *err)
{
	TRY(record_break(w, err));
	w->key.len = 0;
	return flush(w, err);
}

void record_writer_free(struct record_writer *w)
{
	buf_free(&w->out);
	buf_free(&w->key);
}

/* ---- reading ---------------------------------------------------------------------------- */

enum sluice_status record_open(struct record_reader *r, uint32_t n_words, int fd, uint64_t at,
                               uint64_t end, size_t cap, struct sluice_error *err)
{
	*r = (struct record_reader){ .n_words = n_words, .fd = fd, .at = at, .end = end };
	r->cap = cap + RECORD_ROOM + n_words * NUMBER_BYTES;
	r->data = malloc(r->cap);
	r->words = calloc((size_t)n_words + 1, sizeof(*r->words));
	return r->data && r->words ? SLUICE_OK : fail_memory(err);
}

static enum sluice_status broken(struct sluice_error *err)
{
	return fail(err, SLUICE_E_DATA, "the partial table is damaged");
}

/* As many bytes as the longest item takes are there, or all that are left. */
static enum sluice_status want(struct record_reader *r, struct sluice_error *err)
{
	size_t n, got;

	if (r->len - r->pos >= RECORD_ROOM + r->n_words * NUMBER_BYTES || r->at == r->end)
		return SLUICE_OK;
	memmove(r->data, r->data + r->pos, r->len - r->pos);
	r->len -= r->pos;
	r->pos = 0;
	n = r->cap - r->len;
	if (n > r->end - r->at)
		n = (size_t)(r->end - r->at);
	TRY(spool_read(r->fd, r->at, r->data + r->len, n, &got, err));
	if (got < n)
		return broken(err);
	if (r->hash)
		XXH3_128bits_update(r->hash, r->data + r->len, n);
	r->len += n;
	r->at += n;
	return SLUICE_OK;
}

static bool get_number(struct record_reader *r, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; r->pos < r->len && shift < 64; shift += 7) {
		const uint8_t byte = r->data[r->pos++];

		*v |= (uint64_t)(byte & 127) << shift;
		if (byte < 128)
			return true;
	}
	return false;
}

enum sluice_status record_next(struct record_reader *r, bool *more, struct sluice_error *err)
{
	uint64_t same, rest;

	TRY(want(r, err));
	*more = false;
	if (!get_number(r, &same))
		return broken(err);
	if (!same)
		return r->pos == r->len && r->at == r->end ? SLUICE_OK : broken(err);
	same--;
	if (!get_number(r, &rest) || same > r->key.len || rest > r->len - r->pos ||
	    same + rest > KEY_LIMIT)
		return broken(err);
	r->key.len = same;
	TRY(buf_add(&r->key, r->data + r->pos, rest, err));
	r->pos += rest;
	for (uint32_t i = 0; i < r->n_words; i++)
		if (!get_number(r, &r->words[i]))
			return broken(err);
	*more = true;
	return SLUICE_OK;
}

enum sluice_status record_next_person(struct record_reader *r, const uint8_t **text,
                                      uint32_t *len, bool *more, struct sluice_error *err)
{
	uint64_t n;

	TRY(want(r, err));
	if (!get_number(r, &n) || (n && n - 1 > r->len - r->pos) || n > KEY_LIMIT)
		return broken(err);
	*more = n != 0;
	*text = r->data + r->pos;
	*len = n ? (uint32_t)(n - 1) : 0;
	r->pos += *len;
	return SLUICE_OK;
}

void record_close(struct record_reader *r)
{
	free(r->data);
	free(r->words);
	buf_free(&r->key);
	*r = (struct record_reader){ .fd = -1 };
}
