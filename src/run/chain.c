#include "run/chain.h"

#include "check/check.h"

#include <stdlib.h>

enum sluice_status chain_bind(struct chain *c, void (*notice)(void *ctx, const char *text),
                              void *ctx, struct sluice_error *err)
{
	return line_bind(&c->line, c->plan, c->output, &c->header, c->grouped, c->kernels,
	                 notice, ctx, err);
}

void chain_free(struct chain *c)
{
	line_free(&c->line);
	header_free(&c->header);
}

/* Rows that a window can have: a record takes a byte for each column at the least. */
static uint64_t rows_of(const struct chain *c, uint32_t window)
{
	return window / c->header.n_cols + 1;
}

/* What a row takes in each touched column: value, cell and text. */
#define CELL_BYTES (8 + 8 + 48)

uint32_t chain_window(const struct chain *c)
{
	uint32_t window = CHAIN_WINDOW;

	while (window > KERNEL_PAD &&
	       rows_of(c, window) * c->line.n_rules * CELL_BYTES > CHAIN_CELLS)
		window /= 2;
	return window;
}

uint64_t chain_memory(const struct chain *c)
{
	const uint32_t window = chain_window(c);
	const uint64_t rules = c->line.n_rules;
	const uint64_t rows = rows_of(c, window) * 3 / 2 + COUNT_BLOCK;
	uint64_t states = 0;

	for (uint32_t i = 0; i < rules; i++)
		states += sizeof(struct rule_state) + c->line.rules[i].type->state;
	return (uint64_t)window * 4 + c->header.n_cols * 4 + rules * rows * CELL_BYTES + states;
}

enum sluice_status worker_init(struct worker *w, const struct chain *c,
                               struct sluice_error *err)
{
	const struct line *l = &c->line;

	*w = (struct worker){ .n_rules = l->n_rules };
	w->rules = calloc((size_t)l->n_rules + 1, sizeof(*w->rules));
	w->batch.columns = calloc((size_t)l->n_rules + 1, sizeof(*w->batch.columns));
	if (!w->rules || !w->batch.columns)
		return fail_memory(err);
	w->batch.n_columns = l->n_rules;
	TRY(buf_add(&w->batch.scratch, l->tokens.data, l->tokens.len, err));
	return tokenizer_init(&w->tokenizer, c->kernels, l->emitter.delimiter, c->header.n_cols,
	                      chain_window(c), err);
}

void worker_free(struct worker *w)
{
	for (uint32_t i = 0; w->rules && i < w->n_rules; i++) {
		free(w->rules[i].own);
		buf_free(&w->rules[i].tmp);
	}
	free(w->rules);
	tokenizer_free(&w->tokenizer);
	batch_free(&w->batch);
	where_state_free(&w->where);
	*w = (struct worker){ 0 };
}

/*
 * A rule that refuses a row leaves those before it to the others: so the first row
 * with an offence is the one reported, whatever the rules' order and the batch's size.
 */
static enum sluice_status apply_rules(const struct line *l, struct worker *w,
                                      struct sluice_error *err)
{
	struct batch *b = &w->batch;
	enum sluice_status status = SLUICE_OK;

	TRY(batch_fit(b, b->n_rows, err));
	b->scratch.len = l->tokens.len;
	for (uint32_t i = 0; i < l->n_rules; i++) {
		const enum sluice_status s =
			l->rules[i].type->apply(&l->rules[i], &w->rules[i], b, err);

		if (s != SLUICE_OK && s != SLUICE_E_DATA)
			return s;
		if (s == SLUICE_E_DATA) {
			status = s;
			b->n_rows = b->bad_row;
		}
	}
	for (uint32_t i = 0; status == SLUICE_OK && i < l->n_rules; i++)
		if (l->rules[i].type->releases)
			TRY(check_residual(&l->rules[i], b, err));
	return status;
}

struct tally *chain_tallies(const struct chain *c)
{
	return calloc((size_t)c->line.n_rules + 1, sizeof(struct tally));
}

static void begin_chunk(struct worker *w, const struct chunk *chunk, struct buf *out)
{
	out->len = 0;
	w->where.dropped = 0;
	for (uint32_t i = 0; i < w->n_rules; i++)
		w->rules[i].tally = (struct tally){ 0 };
	tokenizer_begin(&w->tokenizer, chunk->text, chunk->len, chunk->cut);
	w->tokenizer.guessed = chunk->guessed;
}

static void end_chunk(const struct worker *w, uint64_t written, struct chunk_facts *facts)
{
	const struct tokenizer *t = &w->tokenizer;

	*facts = (struct chunk_facts){ .lines = t->lines,
		                       .rows = t->rows,
		                       .blank_line = t->blank_line,
		                       .all_blank = t->all_blank,
		                       .split = t->split,
		                       .written = written,
		                       .excluded = w->where.dropped,
		                       .tallies = facts->tallies };
	for (uint32_t i = 0; facts->tallies && i < w->n_rules; i++)
		facts->tallies[i] = w->rules[i].tally;
}

enum sluice_status chain_work(const struct chain *c, struct worker *w,
                              const struct chunk *chunk, struct buf *out,
                              struct chunk_facts *facts, struct sluice_error *err)
{
	const struct line *l = &c->line;
	struct batch *b = &w->batch;
	uint64_t written = 0;
	bool more;

	begin_chunk(w, chunk, out);
	for (;;) {
		TRY(tokenizer_next(&w->tokenizer, b, &more, err));
		if (!more)
			break;
		TRY(where_apply(l->where, l->n_where, &w->where, b, err));
		if (!b->n_rows)
			continue;
		TRY(apply_rules(l, w, err));
		TRY(emit(&l->emitter, b, out, err));
		written += b->n_rows;
	}
	end_chunk(w, written, facts);
	return SLUICE_OK;
}

static void add_tally(struct tally *sum, const struct tally *t)
{
	sum->cells += t->cells;
	sum->redacted += t->redacted;
	sum->already += t->already;
	sum->rounded += t->rounded;
	sum->missing += t->missing;
	sum->secondary += t->secondary;
}

enum sluice_status chain_account(struct chain_base *base, const struct chunk_facts *facts,
                                 enum sluice_status status, struct sluice_error *err)
{
	const bool blank = status == SLUICE_OK && facts->all_blank;
	/* A failure without a line, as of a broken input, is about no record. */
	const bool read = status == SLUICE_OK || (err && err->line);

	/* A chunk with anything but blank lines shows that earlier ones were not the end. */
	if (base->blank_line && read && !blank)
		return refuse(err, REFUSE_BLANK, base->blank_line, 1);
	if (status != SLUICE_OK) {
		if (err && err->line)
			err->line += base->lines;
		return status;
	}
	if (facts->blank_line && !base->blank_line)
		base->blank_line = base->lines + facts->blank_line;
	base->lines += facts->lines;
	base->rows += facts->rows;
	base->written += facts->written;
	base->excluded += facts->excluded;
	for (uint32_t i = 0; i < base->n_rules; i++)
		add_tally(&base->tallies[i], &facts->tallies[i]);
	return SLUICE_OK;
}
