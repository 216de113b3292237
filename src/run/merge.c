/*
 * merge.c - partial tables to one protected table
 */
#include "run/job.h"
#include "run/partial.h"

#include <stdlib.h>
#include <string.h>

/* What is being merged. */
struct merging {
	struct partial *partials;
	struct cursor *cursors;
	uint32_t n, n_cursors;
	struct sluice_plan *plan; /* that of the first, and so of all */
};

/* What no sluice of this version wrote is the file's fault, not that of a plan of the user's. */
static enum sluice_status parse_plan(const struct partial *p, struct sluice_plan **plan,
                                     struct sluice_error *err)
{
	enum sluice_status status =
		sluice_plan_parse(p->plan, strlen(p->plan), p->path, plan, err);

	if (status != SLUICE_E_PLAN)
		return status;
	fail(err, SLUICE_E_DATA,
	     "the partial table is damaged, or was made by another version: its plan can't be "
	     "read");
	fail_source(err, p->path);
	return SLUICE_E_DATA;
}

enum sluice_status sluice_partial_plan(const char *path, struct sluice_plan **plan,
                                       struct sluice_error *err)
{
	struct sluice_error own = { 0 };
	struct partial p;
	enum sluice_status status = partial_open(&p, path, &own);

	*plan = NULL;
	if (status == SLUICE_OK)
		status = parse_plan(&p, plan, &own);
	partial_close(&p);
	if (status != SLUICE_OK && err)
		*err = own;
	return status;
}

static enum sluice_status open_all(struct merging *m, const char *const *inputs,
                                   struct sluice_error *err)
{
	char hash[33], first[33] = "";

	for (uint32_t i = 0; i < m->n; i++) {
		struct sluice_plan *plan;

		TRY(partial_open(&m->partials[i], inputs[i], err));
		TRY(parse_plan(&m->partials[i], &plan, err));
		sluice_plan_hash(plan, hash);
		if (!m->plan) {
			m->plan = plan;
			memcpy(first, hash, sizeof(first));
			continue;
		}
		sluice_plan_free(plan);
		if (!strcmp(first, hash))
			continue;
		fail(err, SLUICE_E_DATA,
		     "was made by another plan than %s: only parts of one "
		     "table are merged",
		     inputs[0]);
		fail_source(err, inputs[i]);
		return SLUICE_E_DATA;
	}
	return SLUICE_OK;
}

/* The grouping as the table that the first was made of had it. */
static enum sluice_status bind_first(struct merging *m, struct group_job *g, struct job *j,
                                     struct sluice_error *err)
{
	const struct partial *p = &m->partials[0];

	TRY(header_read(&g->header, j->chain.output->dialect.delimiter, p->head.data,
	                (uint32_t)p->head.len, err));
	return group_job_head(g, j, err);
}

/* The others may have had their columns elsewhere, but must make the same groups. */
static enum sluice_status check_head(struct merging *m, uint32_t i, const struct group_job *g,
                                     struct sluice_error *err)
{
	const struct output *o = &m->plan->outputs[0];
	const struct partial *p = &m->partials[i];
	struct header header = { 0 };
	struct group_line line = { 0 };
	enum sluice_status status = header_read(&header, o->dialect.delimiter, p->head.data,
	                                        (uint32_t)p->head.len, err);

	if (status == SLUICE_OK)
		status = group_bind(&line, m->plan, o, &header, err);
	if (status == SLUICE_OK &&
	    (line.head.len != g->line.head.len ||
	     memcmp(line.head.data, g->line.head.data, line.head.len) != 0))
		status = fail(err, SLUICE_E_DATA, "is grouped by other columns than %s",
		              m->partials[0].path);
	group_line_free(&line);
	header_free(&header);
	fail_source(err, p->path);
	return status;
}

static enum sluice_status join(struct merging *m, struct group_job *g, struct sluice_error *err)
{
	const struct group_spec *s = &g->line.spec;
	const uint32_t n_missing = s->n_values + s->n_persons;

	m->cursors = calloc((size_t)m->n + 1, sizeof(*m->cursors));
	if (!m->cursors)
		return fail_memory(err);
	TRY(group_job_tally(g, err));
	for (uint32_t i = 0; i < m->n; i++) {
		struct partial *p = &m->partials[i];
		enum sluice_status status = partial_counts(p, s, err);

		if (status == SLUICE_OK && i)
			status = check_head(m, i, g, err);
		if (status == SLUICE_OK)
			status = partial_cursor(p, s, &m->cursors[m->n_cursors++], err);
		if (status != SLUICE_OK) {
			fail_source(err, p->path);
			return status;
		}
		g->base.rows += p->rows;
		g->base.excluded += p->excluded;
		for (uint32_t k = 0; k < n_missing; k++)
			g->missing[k] += p->missing[k];
	}
	return merge_open(&g->joined.merge, s, UINT64_MAX, m->cursors, m->n, err);
}

/* Every byte was read: was it what had been written?  Asked before anything is published. */
static enum sluice_status check_all(void *ctx, struct sluice_error *err)
{
	struct merging *m = ctx;

	for (uint32_t i = 0; i < m->n; i++)
		TRY(partial_finish(&m->partials[i], err));
	return SLUICE_OK;
}

static enum sluice_status merge(struct merging *m, struct group_job *g, struct job *j,
                                struct sluice_error *err)
{
	TRY(bind_first(m, g, j, err));
	TRY(job_prepare(j, err));
	TRY(group_job_budget(g, j, err));
	g->kept = UINT64_MAX; /* partial tables hold the persons, in whatever order they came */
	TRY(join(m, g, err));
	j->before_publish = check_all;
	j->before_publish_ctx = m;
	return job_finish(j, err);
}

static void free_merging(struct merging *m)
{
	for (uint32_t i = 0; i < m->n_cursors; i++)
		cursor_close(&m->cursors[i]);
	for (uint32_t i = 0; m->partials && i < m->n; i++)
		partial_close(&m->partials[i]);
	free(m->cursors);
	free(m->partials);
	sluice_plan_free(m->plan);
}

enum sluice_status sluice_merge(const char *const *inputs, size_t n_inputs,
                                const struct sluice_job *job,
                                const struct sluice_options *options,
                                struct sluice_report **report, struct sluice_error *err)
{
	struct merging m = { .n = (uint32_t)n_inputs };
	struct sluice_error own = { 0 };
	struct group_job group = { 0 };
	struct protect_job protect = { 0 };
	struct job j = { .said = job };
	enum sluice_status status;

	if (report)
		*report = NULL;
	m.partials = calloc(n_inputs + 1, sizeof(*m.partials));
	for (uint32_t i = 0; m.partials && i < m.n; i++)
		m.partials[i].fd = -1;
	status = m.partials ? options_settle(&j.settings, options, &own) : fail_memory(&own);
	if (status == SLUICE_OK && (!n_inputs || n_inputs > MERGE_LIMIT))
		status = fail(&own, SLUICE_E_PLAN,
		              "a merge takes 1 to %u partial tables: merge some with "
		              "--partial first",
		              MERGE_LIMIT);
	if (status == SLUICE_OK)
		status = open_all(&m, inputs, &own);
	if (status == SLUICE_OK)
		status = job_begin(&j, job, m.plan, 0, &group, &protect, &own);
	if (status == SLUICE_OK && !j.group)
		status = fail(&own, SLUICE_E_DATA, "the partial table is damaged");
	if (status == SLUICE_OK)
		status = merge(&m, &group, &j, &own);
	status = job_end(&j, status, n_inputs ? inputs[0] : "", &own, report, err);
	free_merging(&m);
	return status;
}
