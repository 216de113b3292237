#include "group/joined.h"

#include <stdlib.h>

#define READ_BYTES (64u << 10) /* of a run, at once */
#define FEWEST     4u          /* runs that are merged in a round, however small the budget */
#define MOST       512u

/* A run, and the file that it is in. */
struct source_run {
	int fd;
	struct spill_run run;
};

static enum sluice_status make_cursors(struct joined *j, uint32_t n, struct sluice_error *err)
{
	j->cursors = calloc((size_t)n + 1, sizeof(*j->cursors));
	return j->cursors ? SLUICE_OK : fail_memory(err);
}

static void close_cursors(struct joined *j)
{
	for (uint32_t i = 0; i < j->n_cursors; i++)
		cursor_close(&j->cursors[i]);
	free(j->cursors);
	j->cursors = NULL;
	j->n_cursors = 0;
}

/* ---- in memory -------------------------------------------------------------------------- */

static enum sluice_status join_tables(struct joined *j, struct fold *folds, uint32_t n,
                                      struct group_table *fixes, struct sluice_error *err)
{
	TRY(make_cursors(j, n + 1, err));
	for (uint32_t i = 0; i < n; i++)
		TRY(cursor_of_table(&j->cursors[j->n_cursors++], &folds[i].table,
		                    folds[i].pairs, folds[i].kept, err));
	/* What is counted in order has no pairs, so the fixes have none. */
	return cursor_of_table(&j->cursors[j->n_cursors++], fixes, NULL, 0, err);
}

/* ---- from runs -------------------------------------------------------------------------- */

static enum sluice_status open_runs(struct joined *j, const struct fold *f,
                                    const struct source_run *runs, uint32_t n,
                                    struct sluice_error *err)
{
	TRY(make_cursors(j, n, err));
	for (uint32_t i = 0; i < n; i++)
		TRY(cursor_of_run(&j->cursors[j->n_cursors++], f->spec, f->kept, runs[i].fd,
		                  runs[i].run.at, runs[i].run.end, READ_BYTES, err));
	return merge_open(&j->merge, f->spec, f->kept, j->cursors, n, err);
}

/* Runs become one, in the joined's own file. */
static enum sluice_status merge_runs(struct joined *j, const struct fold *f,
                                     const struct source_run *runs, uint32_t n,
                                     struct source_run *made, struct sluice_error *err)
{
	struct record_writer w = { 0 };
	bool more = true;
	enum sluice_status status = open_runs(j, f, runs, n, err);

	if (status == SLUICE_OK)
		status = spill_begin_run(&j->spill, f->spec->n_words, &w, err);
	while (status == SLUICE_OK && more)
		status = merge_next(&j->merge, &w, &more, err);
	if (status == SLUICE_OK)
		status = spill_end_run(&j->spill, &w, err);
	if (status == SLUICE_OK)
		*made = (struct source_run){ j->spill.fd, j->spill.runs[j->spill.n_runs - 1] };
	record_writer_free(&w);
	merge_close(&j->merge);
	close_cursors(j);
	return status;
}

/* The runs of all folds; to be freed with free(). */
static struct source_run *list_runs(const struct fold *folds, uint32_t n, uint32_t *n_runs)
{
	struct source_run *list;

	*n_runs = 0;
	for (uint32_t i = 0; i < n; i++)
		*n_runs += folds[i].spill->n_runs;
	list = malloc(((size_t)*n_runs + 1) * sizeof(*list));
	*n_runs = 0;
	for (uint32_t i = 0; list && i < n; i++)
		for (uint32_t r = 0; r < folds[i].spill->n_runs; r++)
			list[(*n_runs)++] = (struct source_run){ folds[i].spill->fd,
				                                 folds[i].spill->runs[r] };
	return list;
}

static enum sluice_status join_runs(struct joined *j, const struct fold *folds, uint32_t n,
                                    uint64_t budget, struct sluice_error *err)
{
	const uint64_t room = budget / (READ_BYTES + RECORD_ROOM);
	const uint32_t most = room < FEWEST ? FEWEST : room < MOST ? (uint32_t)room : MOST;
	enum sluice_status status = SLUICE_OK;
	uint32_t n_runs, first = 0;
	struct source_run *runs = list_runs(folds, n, &n_runs);

	if (!runs)
		return fail_memory(err);
	/* The oldest go together, and what they make goes to the end: rounds of even length. */
	while (status == SLUICE_OK && n_runs - first > most) {
		struct source_run *made = &runs[first + most - 1];

		status = merge_runs(j, folds, runs + first, most, made, err);
		if (status == SLUICE_OK) {
			const struct source_run one = *made;

			for (uint32_t i = first + most - 1; i + 1 < n_runs; i++)
				runs[i] = runs[i + 1];
			runs[n_runs - 1] = one;
			first += most - 1;
		}
	}
	if (status == SLUICE_OK)
		status = open_runs(j, folds, runs + first, n_runs - first, err);
	free(runs);
	return status;
}

/* ---- both ----------------------------------------------------------------------------------- */

/* The fixes as a run of the first fold's spill. */
static enum sluice_status spill_fixes(struct fold *f, struct group_table *fixes,
                                      struct sluice_error *err)
{
	struct group *g;

	if (!fixes->n_groups)
		return SLUICE_OK;
	if (f->table.n_groups)
		TRY(fold_spill(f, err));
	for (uint32_t i = 0; i < fixes->n_index; i++) {
		const struct group *fix = group_table_at(fixes, i);

		if (!fix)
			continue;
		TRY(group_find(&f->table, group_key(fix), fix->key_len, &g, err));
		group_join(f->spec, g->words, fix->words);
	}
	return SLUICE_OK;
}

enum sluice_status joined_open(struct joined *j, struct fold *folds, uint32_t n,
                               struct group_table *fixes, const char *folder, uint64_t budget,
                               struct sluice_error *err)
{
	bool spilled = false;

	*j = (struct joined){ 0 };
	spill_init(&j->spill, folder);
	for (uint32_t i = 0; i < n; i++)
		spilled = spilled || folds[i].spill->n_runs;
	if (!spilled) {
		TRY(join_tables(j, folds, n, fixes, err));
		return merge_open(&j->merge, folds[0].spec, folds[0].kept, j->cursors,
		                  j->n_cursors, err);
	}
	TRY(spill_fixes(&folds[0], fixes, err));
	for (uint32_t i = 0; i < n; i++)
		if (folds[i].table.n_groups)
			TRY(fold_spill(&folds[i], err));
	return join_runs(j, folds, n, budget, err);
}

void joined_close(struct joined *j)
{
	merge_close(&j->merge);
	close_cursors(j);
	spill_free(&j->spill);
}
