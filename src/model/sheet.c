#include "model/sheet.h"

#include "csv/chunk.h"
#include "csv/strict.h"
#include "csv/tokenize.h"
#include "io/source.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#define SHEET_CHUNK  (1u << 20)
#define SHEET_WINDOW (256u << 10)

static enum sluice_status read_source(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                      struct sluice_error *err)
{
	return source_read(ctx, dst, cap, got, err);
}

static enum sluice_status add_field(struct sheet *s, struct field f, struct text_at *at,
                                    struct sluice_error *err)
{
	bool ok;

	f = batch_unquote(f, &s->tmp, &ok);
	if (!ok)
		return fail_memory(err);
	s->too_large = s->text.len + f.len + 1 > SHEET_LIMIT;
	if (s->too_large)
		return fail(err, SLUICE_E_MEMORY,
		            "more than %u MiB of text: an audit reads tables that are small "
		            "enough to be looked at",
		            SHEET_LIMIT >> 20);
	*at = (struct text_at){ (uint32_t)s->text.len, f.len };
	TRY(buf_add(&s->text, f.text, f.len, err));
	return buf_add(&s->text, "", 1, err);
}

static uint64_t count_lines(const uint8_t *text, uint32_t begin, uint32_t end)
{
	uint64_t n = 0;

	for (uint32_t i = begin; i < end; i++)
		n += text[i] == '\n';
	return n;
}

static enum sluice_status add_rows(struct sheet *s, const struct batch *b, uint64_t lines,
                                   struct sluice_error *err)
{
	const uint32_t n_cols = s->header.n_cols;
	uint64_t line = lines + b->first_line + 1;
	uint32_t at = b->ends[-1] + 1;

	for (uint32_t i = 0; i < b->n_rows; i++) {
		const uint32_t begin = b->ends[(ptrdiff_t)i * n_cols - 1] + 1;
		uint32_t cap = s->cap_rows;

		if (!array_grow((void **)&s->fields, &s->cap_rows, s->n_rows,
		                n_cols * sizeof(*s->fields)) ||
		    !array_grow((void **)&s->lines, &cap, s->n_rows, sizeof(*s->lines)))
			return fail_memory(err);
		line += count_lines(b->text, at, begin);
		at = begin;
		s->lines[s->n_rows] = line;
		for (uint32_t c = 0; c < n_cols; c++)
			TRY(add_field(s, batch_field(b, i, c),
			              &s->fields[(size_t)s->n_rows * n_cols + c], err));
		s->n_rows++;
	}
	return SLUICE_OK;
}

struct reader {
	struct chunker chunker;
	struct tokenizer tokenizer;
	struct chunk chunk;
	struct batch batch;
	uint64_t lines, blank_line;
};

static enum sluice_status read_chunk(struct sheet *s, struct reader *r,
                                     struct sluice_error *err)
{
	struct tokenizer *t = &r->tokenizer;
	enum sluice_status status = SLUICE_OK;
	bool more = true;

	tokenizer_begin(t, r->chunk.text, r->chunk.len, r->chunk.cut);
	while (status == SLUICE_OK && more) {
		status = tokenizer_next(t, &r->batch, &more, err);
		if (status == SLUICE_OK && more)
			status = add_rows(s, &r->batch, r->lines, err);
	}
	/* A chunk with anything but blank lines shows that earlier ones were not the end. */
	if (r->blank_line && (status != SLUICE_OK || !t->all_blank))
		return refuse(err, REFUSE_BLANK, r->blank_line, 1);
	if (status != SLUICE_OK) {
		if (err && err->line)
			err->line += r->lines;
		return status;
	}
	if (t->blank_line && !r->blank_line)
		r->blank_line = r->lines + t->blank_line;
	r->lines += t->lines;
	return SLUICE_OK;
}

static enum sluice_status read_all(struct sheet *s, struct reader *r, const struct feed *feed,
                                   uint8_t delimiter, struct sluice_error *err)
{
	const struct kernels *k = kernels_pick(NULL);
	bool more = true;

	chunker_init(&r->chunker, feed, k, delimiter, SHEET_CHUNK);
	TRY(chunker_header(&r->chunker, &s->header, err));
	r->lines = s->header.lines;
	TRY(tokenizer_init(&r->tokenizer, k, delimiter, s->header.n_cols, SHEET_WINDOW, err));
	for (;;) {
		enum sluice_status status = chunker_next(&r->chunker, &r->chunk, &more, err);

		if (status != SLUICE_OK) {
			if (err && err->line)
				err->line += r->lines;
			return status;
		}
		if (!more)
			break;
		TRY(read_chunk(s, r, err));
	}
	return SLUICE_OK;
}

static void reader_free(struct reader *r)
{
	chunker_free(&r->chunker);
	tokenizer_free(&r->tokenizer);
	batch_free(&r->batch);
	buf_free(&r->chunk.own);
}

enum sluice_status sheet_parse(struct sheet *s, const char *name, const uint8_t *text,
                               size_t len, uint8_t delimiter, struct sluice_error *err)
{
	const struct feed feed = { .map = text, .map_len = len };
	struct reader r = { 0 };
	enum sluice_status status;

	*s = (struct sheet){ .name = strdup(name) };
	if (!s->name)
		return fail_memory(err);
	status = read_all(s, &r, &feed, delimiter, err);
	if (status != SLUICE_OK)
		fail_source(err, name);
	reader_free(&r);
	return status;
}

enum sluice_status sheet_read(struct sheet *s, const char *path, uint8_t delimiter,
                              struct sluice_error *err)
{
	struct feed feed = { .read = read_source };
	struct reader r = { 0 };
	struct source *source = NULL;
	enum sluice_status status;

	*s = (struct sheet){ .name = strdup(path) };
	if (!s->name)
		return fail_memory(err);
	status = source_open(path, -1, false, &source, err);
	feed.ctx = source;
	if (status == SLUICE_OK)
		status = read_all(s, &r, &feed, delimiter, err);
	if (status == SLUICE_OK)
		status = source_finish(source, err);
	if (status != SLUICE_OK)
		fail_source(err, path);
	reader_free(&r);
	source_close(source);
	return status;
}

void sheet_free(struct sheet *s)
{
	free(s->name);
	header_free(&s->header);
	buf_free(&s->text);
	buf_free(&s->tmp);
	free(s->fields);
	free(s->lines);
	*s = (struct sheet){ 0 };
}
