/*
 * inspect.c - one file through all checks
 *
 * As much of the file as may leave is read into memory, so that it can be gone through twice;
 * of a larger one the rest is not looked at, since it is refused anyway.  One thread, one
 * chunk: the tokenizer and its referee are those of the line.
 */
#include "run/inspect.h"

#include "check/type.h"
#include "csv/chunk.h"
#include "csv/strict.h"
#include "io/source.h"
#include "run/chain.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 65536u

/* ---- the bytes -------------------------------------------------------------------------------- */

/* Up to 'max' bytes and one more, which says that there are more; about so many are there. */
static enum sluice_status read_all(struct source *src, struct buf *text, uint64_t about,
                                   uint64_t max, struct sluice_error *err)
{
	size_t got, room = about < FIRST_ROOM ? FIRST_ROOM
	                                      : (size_t)(about < max ? about : max) + 1;

	for (;;) {
		if (room > max + 1 - text->len)
			room = (size_t)max + 1 - text->len;
		TRY(buf_reserve(text, room + 1, err));
		TRY(source_read(src, text->data + text->len, room, &got, err));
		text->len += got;
		if (got < room || text->len > max)
			return SLUICE_OK;
		room = text->len;
	}
}

static enum sluice_status read_source(struct inspection *s, struct source *src,
                                      struct sluice_error *err)
{
	struct inquiry *q = &s->q;
	const uint64_t max = q->terms->o.max_bytes;
	enum sluice_status status;

	q->packed = !strcmp(source_container(src), "csv.gz");
	status = read_all(src, &s->text, q->bytes, max, err);
	if (status == SLUICE_E_DATA || (status == SLUICE_E_IO && q->packed)) {
		q->unread = *err; /* damaged: there is a verdict on that, too */
		return SLUICE_OK;
	}
	TRY(status);
	q->whole = s->text.len <= max;
	if (!q->whole)
		s->text.len = (size_t)max;
	return q->whole ? source_finish(src, err) : SLUICE_OK;
}

static enum sluice_status read_file(struct inspection *s, const char *path,
                                    struct sluice_error *err)
{
	struct inquiry *q = &s->q;
	struct source *src;
	struct sluice_error why = { 0 };
	enum sluice_status status;

	TRY(source_regular(path, &q->bytes, err));
	status = source_open(path, -1, false, &src, &why);
	q->whole = true;
	if (status == SLUICE_E_DATA) {
		q->unread = why; /* packed in a way that is not read */
		return buf_reserve(&s->text, 1, err);
	}
	if (status == SLUICE_OK)
		status = read_source(s, src, &why);
	source_close(src);
	if (status != SLUICE_OK && err)
		*err = why;
	return status;
}

/* What was read or lent is what is judged, with a NUL behind it. */
static enum sluice_status settle_text(struct inspection *s, struct sluice_error *err)
{
	struct inquiry *q = &s->q;

	TRY(buf_reserve(&s->text, 2, err));
	s->text.data[s->text.len] = '\0';
	q->text = s->text.data;
	q->len = s->text.len;
	return SLUICE_OK;
}

/* ---- the checks --------------------------------------------------------------------------------- */

static void each_look(struct inquiry *q)
{
	for (q->at = 0; checks[q->at]; q->at++)
		if (checks[q->at]->look)
			checks[q->at]->look(q);
}

static void each_judge(struct inquiry *q)
{
	for (q->at = 0; checks[q->at]; q->at++)
		if (checks[q->at]->judge)
			checks[q->at]->judge(q);
}

static void each_last(struct inquiry *q)
{
	for (q->at = 0; checks[q->at]; q->at++)
		if (checks[q->at]->last)
			checks[q->at]->last(q);
}

static enum sluice_status make_states(struct inquiry *q, struct sluice_error *err)
{
	q->facts = calloc(q->n_cols + 1, sizeof(*q->facts));
	q->wanted = calloc(q->n_cols + 1, 1);
	if (!q->facts || !q->wanted)
		return fail_memory(err);
	for (uint32_t i = 0; checks[i]; i++) {
		q->state[i] = calloc(1, q->n_cols * checks[i]->state + checks[i]->own + 1);
		if (!q->state[i])
			return fail_memory(err);
	}
	return SLUICE_OK;
}

static void drop_states(struct inquiry *q)
{
	for (q->at = 0; checks[q->at]; q->at++) {
		if (q->state[q->at] && checks[q->at]->forget)
			checks[q->at]->forget(q);
		free(q->state[q->at]);
		q->state[q->at] = NULL;
	}
	free(q->wanted);
	q->wanted = NULL;
}

/* ---- the table ----------------------------------------------------------------------------------- */

/* The header; *at becomes the offset of the first row.  A refusal waits in q->unread. */
static enum sluice_status read_header(struct inspection *s, uint64_t *at,
                                      struct sluice_error *err)
{
	struct inquiry *q = &s->q;
	const uint32_t skip = find_header(q->text, q->len, &q->delimiter, &q->skipped);
	const struct feed feed = { .map = q->text + skip, .map_len = q->len - skip };
	struct chunker c;
	enum sluice_status status;

	chunker_init(&c, &feed, kernels_pick(NULL), q->delimiter, CHAIN_WINDOW);
	status = chunker_header(&c, &s->header, &q->unread);
	*at = skip + c.at;
	chunker_free(&c);
	q->unread.line += status == SLUICE_OK ? 0 : q->skipped;
	if (status != SLUICE_OK && status != SLUICE_E_DATA) {
		*err = q->unread;
		return status;
	}
	if (s->header.lines) {
		q->header = &s->header;
		q->n_cols = s->header.n_cols;
	}
	return SLUICE_OK;
}

static enum sluice_status inspect_table(struct inspection *s, struct sluice_error *err)
{
	struct inquiry *q = &s->q;
	struct sluice_error header;
	uint64_t at = 0;

	if (q->unread.status == SLUICE_OK || q->len)
		TRY(read_header(s, &at, err));
	header = q->unread;
	TRY(make_states(q, err));
	for (uint32_t col = 0; col < q->n_cols; col++)
		facts_begin(&q->facts[col], column_name(q, col),
		            s->header.columns[col].name_len);
	if (q->header)
		TRY(inspect_rows(s, at, false, err));
	if (header.status != SLUICE_OK)
		q->unread = header;
	facts_settle(q);
	each_judge(q);
	if (q->again && q->status == SLUICE_OK)
		TRY(inspect_rows(s, at, true, err));
	each_last(q);
	return q->status;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void begin(struct inspection *s, const struct terms *terms, const char *path,
                  struct sluice_error *err)
{
	struct inquiry *q = &s->q;

	q->terms = terms;
	q->err = err;
	q->name = base_name(terms->o.name ? terms->o.name : path);
	q->suffix = type_suffix(q->name);
	q->kind = type_kind(q->name);
	q->text = (const uint8_t *)"";
}

static enum sluice_status judge(struct inspection *s, struct sluice_error *err)
{
	struct inquiry *q = &s->q;

	TRY(settle_text(s, err));
	each_look(q);
	if (q->kind == FILE_TABLE) {
		TRY(inspect_table(s, err));
	} else {
		TRY(make_states(q, err));
		each_judge(q);
	}
	return q->status;
}

static enum sluice_status end(struct inspection *s, enum sluice_status status, const char *path)
{
	drop_states(&s->q);
	if (status != SLUICE_OK)
		fail_source(s->q.err, path);
	return status;
}

enum sluice_status inspect(struct inspection *s, const struct terms *terms, const char *path,
                           struct sluice_error *err)
{
	struct sluice_error own = { 0 };
	enum sluice_status status;

	begin(s, terms, path, err ? err : &own);
	status = read_file(s, path, s->q.err);
	if (status == SLUICE_OK)
		status = judge(s, s->q.err);
	return end(s, status, path);
}

enum sluice_status inspect_at_hand(struct inspection *s, const struct terms *terms,
                                   const char *path, const struct at_hand *file,
                                   struct sluice_error *err)
{
	struct sluice_error own = { 0 };
	enum sluice_status status;

	begin(s, terms, path, err ? err : &own);
	s->q.bytes = file->bytes;
	s->q.whole = file->bytes == file->text->len;
	s->text = *file->text;
	status = judge(s, s->q.err);
	*file->text = s->text;
	s->text = (struct buf){ 0 };
	s->q.text = (const uint8_t *)"";
	s->q.len = 0;
	return end(s, status, path);
}

void inspect_free(struct inspection *s)
{
	for (uint32_t i = 0; i < s->q.n_findings; i++)
		free(s->q.findings[i]);
	free(s->q.findings);
	free(s->q.facts);
	header_free(&s->header);
	buf_free(&s->text);
}
