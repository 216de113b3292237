#include "run/group_job.h"

#include "run/job.h"

#include <stdlib.h>
#include <string.h>

#define GROUPS_LEAST (8u << 20) /* for each worker: with less there's only spilling */
#define CHUNK_LEAST  4096u      /* bytes, however much memory is made of them       */

/* ---- binding ------------------------------------------------------------------------------ */

static enum sluice_status read_head(const struct group_line *line, struct header *h,
                                    uint8_t delimiter, struct sluice_error *err)
{
	struct buf head = { 0 };
	enum sluice_status status = buf_add(&head, line->head.data, line->head.len, err);

	if (status == SLUICE_OK)
		status = buf_add(&head, "\n", 1, err);
	if (status == SLUICE_OK)
		status = header_read(h, delimiter, head.data, (uint32_t)head.len, err);
	buf_free(&head);
	return status;
}

enum sluice_status group_job_bind(struct group_job *g, struct job *j, struct sluice_error *err)
{
	TRY(chunker_header(&j->chunker, &g->header, err));
	return group_job_head(g, j, err);
}

enum sluice_status group_job_head(struct group_job *g, struct job *j, struct sluice_error *err)
{
	const struct output *o = j->chain.output;
	struct sluice_error why = { 0 };
	enum sluice_status status;

	TRY(group_bind(&g->line, j->chain.plan, o, &g->header, err));
	status = read_head(&g->line, &j->chain.header, o->dialect.delimiter, &why);
	if (status == SLUICE_E_DATA)
		return plan_fail(j->chain.plan, err, o->group.at, "in the grouped table, %s",
		                 why.text);
	j->chain.grouped = &g->line;
	return status == SLUICE_OK ? SLUICE_OK : fail_memory(err);
}

static uint64_t work_memory(const struct group_job *g)
{
	return (uint64_t)CHAIN_WINDOW * 4 + g->header.n_cols * 4u + fold_memory(&g->line.spec);
}

uint64_t group_job_memory(const struct group_job *g, const struct settled *s)
{
	return s->threads * work_memory(g);
}

/* ---- workers and slots ---------------------------------------------------------------------- */

enum sluice_status group_job_budget(struct group_job *g, const struct job *j,
                                    struct sluice_error *err)
{
	const struct settled *s = &j->settings;
	const uint64_t limit = s->o.memory_limit;
	const uint64_t need =
		group_job_memory(g, s) + report_memory(s, &j->chain, true,
	                                               j->source && source_bgzf(j->source),
	                                               j->container != SLUICE_PLAIN);
	const uint64_t least = need + (uint64_t)GROUPS_LEAST * s->threads;

	g->budget = limit ? limit - need : GROUPS_DEFAULT;
	if (limit && limit < least)
		return fail(err, SLUICE_E_MEMORY,
		            "%llu KiB are needed to group and %llu are allowed: use fewer "
		            "threads or allow more",
		            (unsigned long long)(least >> 10) + 1,
		            (unsigned long long)(limit >> 10));
	return SLUICE_OK;
}

enum sluice_status group_job_tally(struct group_job *g, struct sluice_error *err)
{
	const struct group_spec *s = &g->line.spec;

	g->missing = calloc((size_t)s->n_values + s->n_persons + 1, sizeof(*g->missing));
	return g->missing ? SLUICE_OK : fail_memory(err);
}

static enum sluice_status make_slots(struct group_job *g, uint32_t n, struct sluice_error *err)
{
	const struct group_spec *s = &g->line.spec;
	const size_t cells = (size_t)s->n_values + s->n_persons + 1;

	g->slots = calloc(n, sizeof(*g->slots));
	g->orders = calloc((size_t)s->n_persons + 1, sizeof(*g->orders));
	if (!g->slots || !g->orders)
		return fail_memory(err);
	TRY(group_job_tally(g, err));
	for (g->n_slots = 0; g->n_slots < n; g->n_slots++) {
		struct group_slot *slot = &g->slots[g->n_slots];

		slot->orders = calloc((size_t)s->n_persons + 1, sizeof(*slot->orders));
		slot->missing = calloc(cells, sizeof(*slot->missing));
		if (!slot->orders || !slot->missing) {
			free(slot->orders);
			free(slot->missing);
			return fail_memory(err);
		}
	}
	for (uint32_t k = 0; k < s->n_persons; k++)
		order_init(&g->orders[k], s);
	group_table_init(&g->fixes, s);
	return SLUICE_OK;
}

static enum sluice_status make_workers(struct group_job *g, const struct job *j,
                                       struct sluice_error *err)
{
	const uint32_t n = j->settings.threads;

	g->workers = calloc(n, sizeof(*g->workers));
	g->folds = calloc(n, sizeof(*g->folds));
	if (!g->workers || !g->folds)
		return fail_memory(err);
	while (g->n_workers < n) {
		const uint32_t i = g->n_workers++;
		struct group_worker *w = &g->workers[i];

		spill_init(&w->spill, g->folder);
		TRY(fold_init(&g->folds[i], &g->line.spec, j->chain.kernels, g->kept, &w->spill,
		              g->budget / n, err));
		TRY(tokenizer_init(&w->tokenizer, j->chain.kernels,
		                   j->chain.output->dialect.delimiter, g->header.n_cols,
		                   CHAIN_WINDOW, err));
	}
	return SLUICE_OK;
}

static void free_attempt(struct group_job *g)
{
	for (uint32_t i = 0; i < g->n_slots; i++) {
		for (uint32_t k = 0; k < g->line.spec.n_persons; k++)
			order_facts_free(&g->slots[i].orders[k]);
		free(g->slots[i].orders);
		free(g->slots[i].missing);
	}
	for (uint32_t i = 0; i < g->n_workers; i++) {
		fold_free(&g->folds[i]);
		spill_free(&g->workers[i].spill);
		tokenizer_free(&g->workers[i].tokenizer);
		batch_free(&g->workers[i].batch);
		where_state_free(&g->workers[i].where);
	}
	for (uint32_t k = 0; g->orders && k < g->line.spec.n_persons; k++)
		order_free(&g->orders[k]);
	group_table_empty(&g->fixes);
	free(g->slots);
	free(g->workers);
	free(g->folds);
	free(g->orders);
	free(g->missing);
	g->slots = NULL, g->workers = NULL, g->folds = NULL, g->orders = NULL;
	g->missing = NULL;
	g->n_slots = g->n_workers = 0;
}

/* ---- what the ring does ------------------------------------------------------------------------ */

static enum sluice_status fold_chunk(const struct group_job *g, struct group_worker *w,
                                     struct fold *f, struct sluice_error *err)
{
	bool more;

	for (;;) {
		TRY(tokenizer_next(&w->tokenizer, &w->batch, &more, err));
		if (!more)
			break;
		TRY(where_apply(g->line.where, g->line.n_where, &w->where, &w->batch, err));
		TRY(fold_batch(f, &w->batch, err));
	}
	return fold_end(f, err);
}

static enum sluice_status work(void *ctx, uint32_t slot, uint32_t worker,
                               struct sluice_error *err)
{
	struct job *j = ctx;
	struct group_job *g = j->group;
	struct group_worker *w = &g->workers[worker];
	struct fold *f = &g->folds[worker];
	struct job_slot *s = &j->slots[slot];
	const struct tokenizer *t = &w->tokenizer;
	const struct group_spec *spec = &g->line.spec;

	if (j->source && j->chunker.feed.map && !s->chunk.cut)
		source_want(j->source, s->chunk.end - s->chunk.len, s->chunk.len);
	fold_begin(f, g->slots[slot].orders);
	w->where.dropped = 0;
	tokenizer_begin(&w->tokenizer, s->chunk.text, s->chunk.len, s->chunk.cut);
	w->tokenizer.guessed = s->chunk.guessed;
	TRY(fold_chunk(g, w, f, err));
	s->facts.lines = t->lines;
	s->facts.rows = t->rows;
	s->facts.blank_line = t->blank_line;
	s->facts.all_blank = t->all_blank;
	s->facts.split = t->split;
	s->facts.excluded = w->where.dropped;
	memcpy(g->slots[slot].missing, f->missing,
	       ((size_t)spec->n_values + spec->n_persons) * sizeof(*f->missing));
	return SLUICE_OK;
}

/* A guess was wrong: the failure ends the ring, and the caller begins again. */
static enum sluice_status give_up(struct group_job *g, struct sluice_error *err)
{
	g->again = true;
	return fail(err, SLUICE_E_BUG, "a guess about the table was wrong");
}

static enum sluice_status account(struct group_job *g, const struct group_slot *s,
                                  struct sluice_error *err)
{
	const struct group_spec *spec = &g->line.spec;

	for (uint32_t i = 0; i < spec->n_values + spec->n_persons; i++)
		g->missing[i] += s->missing[i];
	for (uint32_t k = 0; k < spec->n_persons; k++) {
		if (g->kept >> k & 1)
			continue;
		TRY(order_account(&g->orders[k], spec, k, &s->orders[k], &g->fixes, err));
		if (g->orders[k].orders)
			continue;
		g->kept |= UINT64_C(1) << k;
		return give_up(g, err);
	}
	return SLUICE_OK;
}

static enum sluice_status write_slot(void *ctx, uint32_t slot, enum sluice_status status,
                                     struct sluice_error *err)
{
	struct job *j = ctx;
	struct group_job *g = j->group;
	struct job_slot *s = &j->slots[slot];
	const struct sluice_options *o = &j->settings.o;

	if (status == SLUICE_OK && s->facts.split) {
		g->counts_quotes = true;
		return give_up(g, err);
	}
	TRY(chain_account(&g->base, &s->facts, status, err));
	TRY(account(g, &g->slots[slot], err));
	if (o->stop && *o->stop)
		return fail(err, SLUICE_E_IO, "stopped");
	if (!j->source)
		return SLUICE_OK;
	if (j->chunker.feed.map)
		source_release(j->source, s->chunk.end);
	if (o->progress)
		o->progress(o->ctx,
		            j->chunker.feed.map ? s->chunk.end : source_taken(j->source),
		            source_size(j->source));
	return SLUICE_OK;
}

/* ---- the first half -------------------------------------------------------------------------- */

/* A chunk must not make more than half of what a worker may have: with many totals a row makes 64. */
static void limit_chunks(const struct group_job *g, struct job *j)
{
	const uint64_t most =
		g->budget / j->settings.threads / fold_growth(&g->line.spec, g->header.n_cols);

	if (j->chunker.chunk_bytes > most)
		j->chunker.chunk_bytes = most > CHUNK_LEAST ? (uint32_t)most : CHUNK_LEAST;
}

static enum sluice_status begin(struct group_job *g, struct job *j, struct sluice_error *err)
{
	g->again = false;
	limit_chunks(g, j);
	g->base = (struct chain_base){ .lines = g->header.lines };
	TRY(make_slots(g, j->settings.n_slots, err));
	return make_workers(g, j, err);
}

static enum sluice_status attempt(struct group_job *g, struct job *j, struct sluice_error *err)
{
	struct ring_ops ops = job_ring;

	/* As any table is read; but groups can't be taken back. */
	ops.work = work;
	ops.write = write_slot;
	ops.again = NULL;
	ops.rewind = NULL;
	TRY(begin(g, j, err));
	TRY(ring_run(&ops, j, j->settings.n_slots, j->settings.threads, err));
	if (j->chunker.feed.map)
		source_release(j->source, j->chunker.feed.map_len);
	return source_finish(j->source, err);
}

/* From the first byte again, of what is found to be the same table. */
static enum sluice_status start_again(struct group_job *g, struct job *j,
                                      struct sluice_error *err)
{
	struct header header = { 0 };
	enum sluice_status status;
	bool same;

	free_attempt(g);
	TRY(job_open_again(j, err));
	status = chunker_header(&j->chunker, &header, err);
	same = header.text.len == g->header.text.len && header.lines == g->header.lines &&
	       (!header.text.len ||
	        !memcmp(header.text.data, g->header.text.data, header.text.len));
	header_free(&header);
	if (status == SLUICE_OK && !same)
		return fail(err, SLUICE_E_IO, "the input was changed while it was read");
	return status;
}

static enum sluice_status settle(struct group_job *g, struct job *j, bool twice,
                                 struct sluice_error *err)
{
	TRY(group_job_budget(g, j, err));
	g->folder = j->settings.o.temp_folder ? j->settings.o.temp_folder : "/tmp";
	g->kept = j->partial || !twice ? UINT64_MAX : group_always_kept(&g->line.spec);
	g->counts_quotes = !twice;
	j->chunker.by = twice ? CUT_BY_LAST : CUT_BY_COUNT;
	return SLUICE_OK;
}

enum sluice_status group_job_begin(struct group_job *g, struct job *j, struct sluice_error *err)
{
	TRY(settle(g, j, false, err));
	return begin(g, j, err);
}

enum sluice_status group_job_chunk(struct job *j, struct sluice_error *err)
{
	return write_slot(j, 0, work(j, 0, 0, err), err);
}

enum sluice_status group_job_read(struct group_job *g, struct job *j, struct sluice_error *err)
{
	enum sluice_status status;

	TRY(settle(g, j, job_may_open_again(j), err));
	status = attempt(g, j, err);
	while (status != SLUICE_OK && g->again) {
		TRY(start_again(g, j, err));
		j->chunker.by = g->counts_quotes ? CUT_BY_COUNT : CUT_BY_LAST;
		status = attempt(g, j, err);
	}
	TRY(status);
	return group_job_join(g, err);
}

enum sluice_status group_job_join(struct group_job *g, struct sluice_error *err)
{
	return joined_open(&g->joined, g->folds, g->n_workers, &g->fixes, g->folder, g->budget,
	                   err);
}

/* ---- the second half --------------------------------------------------------------------------- */

enum sluice_status group_job_feed(struct group_job *g, struct job *j, struct sluice_error *err)
{
	const struct feed feed = { .read = grouped_read, .ctx = &g->grouped };

	TRY(grouped_open(&g->grouped, &g->line.spec, &g->joined.merge, g->released,
	                 g->thresholds, g->budget, err));
	chunker_free(&j->chunker);
	chunker_init(&j->chunker, &feed, j->chain.kernels, j->chain.output->dialect.delimiter,
	             j->settings.chunk_bytes);
	return SLUICE_OK;
}

void group_job_free(struct group_job *g)
{
	grouped_close(&g->grouped);
	joined_close(&g->joined);
	free_attempt(g);
	free(g->released);
	free(g->thresholds);
	noise_close(&g->noise);
	group_line_free(&g->line);
	header_free(&g->header);
}
