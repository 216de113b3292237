/*
 * protect_read.c - a table that is protected, read whole: its rows as they stand
 */
#include "run/job.h"

#include "plan/protecting.h"

#include <stdlib.h>
#include <string.h>

/* ---- binding ------------------------------------------------------------------------------- */

/* A column that names groups leaves as it is: what is told apart must be what is published. */
static enum sluice_status check_dimension(const struct job *j, const struct protect_said *said,
                                          struct sluice_error *err)
{
	const struct line *l = &j->chain.line;
	const int32_t col = header_find(&j->chain.header, said->right, strlen(said->right));
	char shown[72];

	printable(shown, said->right, strlen(said->right));
	if (col < 0)
		return plan_fail(j->chain.plan, err, said->at,
		                 "'protect': the table has no column '%s'", shown);
	if (l->columns[col].out && l->columns[col].bound < 0)
		return SLUICE_OK;
	return plan_fail(j->chain.plan, err, said->at,
	                 "'protect': column '%s' names groups, so it must be kept as it is",
	                 shown);
}

static enum sluice_status make_slots(struct protect_job *p, const struct job *j,
                                     struct sluice_error *err)
{
	const struct settled *s = &j->settings;

	p->slots = calloc(s->n_slots, sizeof(*p->slots));
	p->workers = calloc(s->threads, sizeof(*p->workers));
	if (!p->slots || !p->workers)
		return fail_memory(err);
	p->n_slots = s->n_slots;
	for (; p->n_workers < s->threads; p->n_workers++)
		TRY(tokenizer_init(&p->workers[p->n_workers].tokenizer, j->chain.kernels,
		                   j->chain.output->dialect.delimiter, j->chain.header.n_cols,
		                   CHAIN_WINDOW, err));
	return SLUICE_OK;
}

enum sluice_status protect_job_bind(struct protect_job *p, struct job *j,
                                    struct sluice_error *err)
{
	const struct line *l = &j->chain.line;
	const struct protecting *said = &j->chain.output->protect;
	struct decide_table *t = &p->table;

	for (size_t i = 0; i < said->n_said; i++)
		if (!strcmp(said->said[i].word->key, "dimensions"))
			TRY(check_dimension(j, &said->said[i], err));
	t->said = j->chain.output;
	t->columns = calloc((size_t)l->n_rules + 1, sizeof(*t->columns));
	p->bound = calloc((size_t)l->n_rules + 1, sizeof(*p->bound));
	p->secondary = calloc((size_t)l->n_rules + 1, sizeof(*p->secondary));
	if (!t->columns || !p->bound || !p->secondary)
		return fail_memory(err);
	for (uint32_t i = 0; i < l->n_rules; i++) {
		const struct bound_rule *r = &l->rules[i];

		if (!r->type->releases)
			continue;
		p->bound[t->n_columns] = i;
		t->columns[t->n_columns++] =
			(struct decide_column){ r->col, &l->columns[r->col].rule->settings };
	}
	if (!t->n_columns)
		return plan_fail(j->chain.plan, err, said->at,
		                 "'protect': the table has no counts");
	p->base = (struct chain_base){ .lines = j->chain.header.lines };
	return make_slots(p, j, err);
}

/* ---- reading ------------------------------------------------------------------------------- */

static enum sluice_status refuse_size(struct sluice_error *err)
{
	return fail(err, SLUICE_E_MEMORY,
	            "more than %u cells, or %u MiB: 'protect' is for tables that are small "
	            "enough to be released; group the rows, choose some ('where'), or leave it "
	            "out",
	            PROTECT_CELLS, PROTECT_TEXT >> 20);
}

/* The records of the batch, as they stand. */
static enum sluice_status keep_rows(struct protect_slot *s, const struct batch *b,
                                    struct buf *out, struct sluice_error *err)
{
	for (uint32_t i = 0; i < b->n_rows; i++) {
		const uint32_t row = batch_row(b, i);
		const uint32_t *end = b->ends + (size_t)row * b->n_cols;
		const uint32_t begin = end[-1] + 1;

		if (!array_grow((void **)&s->lines, &s->cap, s->n, sizeof(*s->lines)))
			return fail_memory(err);
		s->lines[s->n++] = batch_line(b, row, 0);
		s->cut = b->cut && row + 1 == b->n_scanned;
		TRY(buf_add(out, b->text + begin, end[b->n_cols - 1] + 1 - begin, err));
	}
	return SLUICE_OK;
}

static enum sluice_status work(void *ctx, uint32_t slot, uint32_t worker,
                               struct sluice_error *err)
{
	struct job *j = ctx;
	struct protect_worker *w = &j->protect->workers[worker];
	struct protect_slot *p = &j->protect->slots[slot];
	struct job_slot *s = &j->slots[slot];
	const struct line *l = &j->chain.line;
	const struct tokenizer *t = &w->tokenizer;
	bool more;

	p->n = 0;
	p->cut = false;
	s->out.len = 0;
	w->where.dropped = 0;
	tokenizer_begin(&w->tokenizer, s->chunk.text, s->chunk.len, s->chunk.cut);
	w->tokenizer.guessed = s->chunk.guessed;
	for (;;) {
		TRY(tokenizer_next(&w->tokenizer, &w->batch, &more, err));
		if (!more)
			break;
		TRY(where_apply(l->where, l->n_where, &w->where, &w->batch, err));
		TRY(keep_rows(p, &w->batch, &s->out, err));
	}
	s->facts.lines = t->lines;
	s->facts.rows = t->rows;
	s->facts.blank_line = t->blank_line;
	s->facts.all_blank = t->all_blank;
	s->facts.split = t->split;
	s->facts.written = 0;
	s->facts.excluded = w->where.dropped;
	return SLUICE_OK;
}

static enum sluice_status take_slot(struct job *j, uint32_t slot, enum sluice_status status,
                                    struct sluice_error *err)
{
	struct protect_job *p = j->protect;
	struct protect_slot *from = &p->slots[slot];
	const struct job_slot *s = &j->slots[slot];
	const uint64_t before = p->base.lines;
	uint32_t cap = p->cap_lines;

	TRY(chain_account(&p->base, &s->facts, status, err));
	p->cut = from->cut;
	if (((uint64_t)p->n_rows + from->n) * j->chain.header.n_cols > PROTECT_CELLS ||
	    p->text.len + s->out.len > PROTECT_TEXT)
		return refuse_size(err);
	for (uint32_t i = 0; i < from->n; i++) {
		if (!array_grow((void **)&p->lines, &cap, p->n_rows, sizeof(*p->lines)))
			return fail_memory(err);
		p->cap_lines = cap;
		p->lines[p->n_rows++] = before + from->lines[i];
	}
	return buf_add(&p->text, s->out.data, s->out.len, err);
}

static enum sluice_status write_slot(void *ctx, uint32_t slot, enum sluice_status status,
                                     struct sluice_error *err)
{
	struct job *j = ctx;
	const struct sluice_options *o = &j->settings.o;

	if (o->stop && *o->stop)
		return fail(err, SLUICE_E_IO, "stopped");
	TRY(take_slot(j, slot, status, err));
	if (j->chunker.feed.map)
		source_release(j->source, j->slots[slot].chunk.end);
	return SLUICE_OK;
}

enum sluice_status protect_job_chunk(struct job *j, struct sluice_error *err)
{
	return take_slot(j, 0, work(j, 0, 0, err), err);
}

/* What a grouping feeds is read by one hand: it has been through the crew's already. */
static enum sluice_status read_groups(struct job *j, struct sluice_error *err)
{
	struct job_slot *s = &j->slots[0];
	bool more = true;

	j->chunker.by = CUT_BY_COUNT;
	for (;;) {
		TRY(chunker_next(&j->chunker, &s->chunk, &more, err));
		if (!more)
			return SLUICE_OK;
		TRY(take_slot(j, 0, work(j, 0, 0, err), err));
	}
}

enum sluice_status protect_job_read(struct job *j, struct sluice_error *err)
{
	struct ring_ops ops = job_ring;

	if (j->group)
		return read_groups(j, err);
	ops.work = work;
	ops.write = write_slot;
	TRY(ring_run(&ops, j, j->settings.n_slots, j->settings.threads, err));
	return source_finish(j->source, err);
}
