#include "run/protect_job.h"

#include "run/job.h"

#include "column/protect.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* ---- the counts ---------------------------------------------------------------------------- */

/* The line in the text, from 1, as that of the input (or, of groups, the grouped table). */
static uint64_t input_line(const struct protect_job *p, uint64_t line)
{
	uint32_t lo = 0, hi = p->n_at;

	while (hi - lo > 1) {
		const uint32_t mid = lo + (hi - lo) / 2;

		if (p->at[mid] <= line)
			lo = mid;
		else
			hi = mid;
	}
	return hi ? p->lines[lo] + (line - p->at[lo]) : line;
}

static enum sluice_status add_text(struct sheet *s, const void *text, uint32_t len,
                                   struct text_at *at, struct sluice_error *err)
{
	*at = (struct text_at){ (uint32_t)s->text.len, len };
	TRY(buf_add(&s->text, text, len, err));
	return buf_add(&s->text, "", 1, err);
}

static enum sluice_status add_count(struct protect_job *p, const struct job *j,
                                    const struct batch *b, uint32_t i, uint32_t k,
                                    struct rule_state *state, struct sluice_error *err)
{
	const struct bound_rule *r = &j->chain.line.rules[p->bound[k]];
	struct sheet *s = &p->table.sheet;
	struct text_at *at = &s->fields[(size_t)s->n_rows * s->header.n_cols + r->col];
	const struct field f = batch_field(b, i, r->col);
	uint8_t digits[NUMBER_TEXT];
	int64_t value;

	p->counts[(size_t)s->n_rows * p->table.n_columns + k] =
		(struct text_at){ (uint32_t)(f.text - p->text.data), f.len };
	TRY(count_read(r, state, b, i, &value, err));
	if (value < 0)
		return add_text(s, "", 0, at, err);
	return add_text(s, digits, number_print(digits, (uint64_t)value), at, err);
}

static enum sluice_status add_row(struct protect_job *p, const struct job *j,
                                  const struct batch *b, uint32_t i, struct rule_state *state,
                                  struct sluice_error *err)
{
	struct sheet *s = &p->table.sheet;
	bool ok = true;

	p->at[p->n_at++] = batch_line(b, i, 0);
	s->lines[s->n_rows] = p->lines[s->n_rows];
	for (uint32_t c = 0; c < b->n_cols; c++) {
		const struct field f = batch_unquote(batch_field(b, i, c), &s->tmp, &ok);

		if (!ok)
			return fail_memory(err);
		if (j->chain.line.columns[c].bound < 0)
			TRY(add_text(s, f.text, f.len,
			             &s->fields[(size_t)s->n_rows * b->n_cols + c], err));
	}
	for (uint32_t k = 0; k < p->table.n_columns; k++)
		TRY(add_count(p, j, b, i, k, state, err));
	s->n_rows++;
	return SLUICE_OK;
}

static enum sluice_status add_rows(struct protect_job *p, const struct job *j,
                                   struct tokenizer *t, struct batch *b,
                                   struct sluice_error *err)
{
	struct rule_state state = { 0 };
	enum sluice_status status = SLUICE_OK;
	bool more = p->n_rows;

	tokenizer_begin(t, p->text.data, (uint32_t)p->text.len, p->cut);
	while (status == SLUICE_OK && more) {
		status = tokenizer_next(t, b, &more, err);
		for (uint32_t i = 0; status == SLUICE_OK && more && i < b->n_rows; i++)
			status = add_row(p, j, b, i, &state, err);
	}
	buf_free(&state.tmp);
	return status;
}

/* The names of the columns, for a sheet that outlives the job. */
static enum sluice_status copy_header(const struct header *from, uint8_t delimiter,
                                      struct header *to, struct sluice_error *err)
{
	struct buf head = { 0 };
	enum sluice_status status = buf_add(&head, from->text.data, from->text.len, err);

	if (status == SLUICE_OK)
		status = buf_add(&head, "\n", 1, err);
	if (status == SLUICE_OK)
		status = header_read(to, delimiter, head.data, (uint32_t)head.len, err);
	buf_free(&head);
	return status;
}

static enum sluice_status check_memory(const struct protect_job *p, const struct job *j,
                                       struct sluice_error *err)
{
	const uint64_t limit = j->settings.o.memory_limit;
	const uint64_t cells = (uint64_t)p->n_rows * j->chain.header.n_cols;

	if (!limit || 4 * p->text.len + 256 * cells <= limit)
		return SLUICE_OK;
	return fail(err, SLUICE_E_MEMORY,
	            "'protect' needs the whole table in memory: %llu KiB; allow more",
	            (unsigned long long)((4 * p->text.len + 256 * cells) >> 10) + 1);
}

enum sluice_status protect_job_table(struct protect_job *p, struct job *j,
                                     struct sluice_error *err)
{
	const uint32_t n_cols = j->chain.header.n_cols;
	struct sheet *s = &p->table.sheet;
	const char *name = j->said ? j->said->input : NULL;
	enum sluice_status status;

	TRY(check_memory(p, j, err));
	s->name = strdup(name ? name : "<stdin>");
	s->lines = calloc((size_t)p->n_rows + 1, sizeof(*s->lines));
	s->fields = calloc((size_t)p->n_rows * n_cols + 1, sizeof(*s->fields));
	p->at = calloc((size_t)p->n_rows + 1, sizeof(*p->at));
	p->counts = calloc((size_t)p->n_rows * p->table.n_columns + 1, sizeof(*p->counts));
	if (!s->name || !s->lines || !s->fields || !p->at || !p->counts)
		return fail_memory(err);
	TRY(copy_header(&j->chain.header, j->chain.output->dialect.delimiter, &s->header, err));
	TRY(buf_reserve(&p->text, BUF_PAD, err));
	p->hash = XXH3_64bits(p->text.data, p->text.len);
	status = add_rows(p, j, &p->workers[0].tokenizer, &p->workers[0].batch, err);
	if (status != SLUICE_OK && err && err->line)
		err->line = input_line(p, err->line);
	return status;
}

/* ---- the feed ------------------------------------------------------------------------------ */

static enum sluice_status feed_read(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                    struct sluice_error *err)
{
	struct protect_job *p = ctx;
	const size_t left = p->fed.len - p->pos;

	(void)err;
	*got = left < cap ? left : cap;
	if (*got)
		memcpy(dst, p->fed.data + p->pos, *got);
	p->pos += *got;
	return SLUICE_OK;
}

/* The table with each count as its fate has it. */
static enum sluice_status splice(struct protect_job *p, const struct job *j,
                                 const int64_t *fates, struct sluice_error *err)
{
	const struct line *l = &j->chain.line;
	const size_t n = (size_t)p->n_rows * p->table.n_columns;
	uint8_t digits[NUMBER_TEXT];
	size_t done = 0;

	for (size_t i = 0; i < n; i++) {
		const uint32_t k = (uint32_t)(i % p->table.n_columns);
		const struct cell *token = &l->rules[p->bound[k]].token;
		const struct text_at *at = &p->counts[i];

		if (fates[i] == FATE_RULE)
			continue;
		TRY(buf_add(&p->fed, p->text.data + done, at->off - done, err));
		done = (size_t)at->off + at->len;
		if (fates[i] == VALUE_REDACTED) {
			p->secondary[k]++;
			TRY(buf_add(&p->fed, l->tokens.data + token->off, token->len, err));
		} else {
			TRY(buf_add(&p->fed, digits, number_print(digits, (uint64_t)fates[i]),
			            err));
		}
	}
	return buf_add(&p->fed, p->text.data + done, p->text.len - done, err);
}

static enum sluice_status find_fates(struct protect_job *p, const int64_t **fates,
                                     struct sluice_error *err)
{
	const struct protect_given *g = p->given;

	*fates = NULL;
	if (!g) {
		TRY(decide(&p->table, 1, err));
		*fates = p->table.fates;
		return SLUICE_OK;
	}
	if (g->hash != p->hash || g->n_rows != p->n_rows || g->n_columns != p->table.n_columns)
		return fail(err, SLUICE_E_IO, "the input was changed while it was read");
	*fates = g->fates;
	return SLUICE_OK;
}

enum sluice_status protect_job_feed(struct protect_job *p, struct job *j,
                                    struct sluice_error *err)
{
	const struct feed feed = { .read = feed_read, .ctx = p };
	const int64_t *fates;

	TRY(protect_job_table(p, j, err));
	TRY(find_fates(p, &fates, err));
	TRY(splice(p, j, fates, err));
	chunker_free(&j->chunker);
	chunker_init(&j->chunker, &feed, j->chain.kernels, j->chain.output->dialect.delimiter,
	             j->settings.chunk_bytes);
	return SLUICE_OK;
}

void protect_job_settle(struct protect_job *p, struct job *j, enum sluice_status status,
                        struct sluice_error *err)
{
	const uint64_t head = j->chain.header.lines;

	if (status != SLUICE_OK && err && err->line > head && p->at)
		err->line = input_line(p, err->line - head);
	if (status != SLUICE_OK)
		return;
	for (uint32_t k = 0; k < p->table.n_columns; k++) {
		struct tally *t = &j->base.tallies[p->bound[k]];

		t->already -= p->secondary[k];
		t->redacted += p->secondary[k];
		t->secondary += p->secondary[k];
	}
	if (j->group)
		return;
	j->base.rows = p->base.rows;
	j->base.excluded = p->base.excluded;
}

void protect_job_free(struct protect_job *p)
{
	for (uint32_t i = 0; i < p->n_slots; i++)
		free(p->slots[i].lines);
	for (uint32_t i = 0; i < p->n_workers; i++) {
		tokenizer_free(&p->workers[i].tokenizer);
		batch_free(&p->workers[i].batch);
		where_state_free(&p->workers[i].where);
	}
	free(p->slots);
	free(p->workers);
	buf_free(&p->text);
	free(p->lines);
	free(p->at);
	free(p->bound);
	free(p->counts);
	decide_table_free(&p->table);
	free(p->secondary);
	buf_free(&p->fed);
	*p = (struct protect_job){ 0 };
}
