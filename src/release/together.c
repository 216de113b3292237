/*
 * together.c - the tables that a plan protects, decided on as one
 *
 * All of them are read before any is made: a count that two of them show has one fate, and one
 * that is hidden in the first must not follow from the second.  So each of them also depends on
 * the inputs of all, and they fail together.
 */
#include "plan/protecting.h"
#include "release/digest.h"
#include "release/manifest.h"
#include "run/job.h"

#include <stdlib.h>
#include <string.h>

void given_free(struct protect_given *given)
{
	if (given)
		free(given->fates);
	free(given);
}

static bool is_protected(const struct table *t)
{
	return t->said->protect.given;
}

/* The hash of all inputs, and of the hierarchies; each table's own stays with it. */
static enum sluice_status hash_all(struct release *r, struct table_memory *m, bool *any,
                                   struct sluice_error *err)
{
	enum sluice_status status = SLUICE_OK;
	struct buf b = { 0 };
	struct digest d;
	const char *path;

	for (size_t i = 0; i < r->n_tables && status == SLUICE_OK; i++) {
		struct table *t = &r->tables[i];

		if (!is_protected(t))
			continue;
		*any = true;
		status = digest_file(t->input, false, 0, &m->piece, &t->in, &t->id, err);
		if (status == SLUICE_OK)
			status = buf_addf(&b, err, "%s\n%s\n%s\n", t->said->name, t->input,
			                  t->in.xxh3);
	}
	for (size_t k = 0; k < r->plan->n_outputs && *any; k++)
		for (size_t i = 0; status == SLUICE_OK &&
		                   (path = protect_file(&r->plan->outputs[k].protect, i));
		     i++) {
			status = digest_file(path, false, 0, &m->piece, &d, NULL, err);
			if (status == SLUICE_OK)
				status = buf_addf(&b, err, "%s\n%s\n", path, d.xxh3);
		}
	if (status == SLUICE_OK && *any)
		status = digest_bytes(b.data, b.len, &d, err);
	if (status == SLUICE_OK && *any)
		memcpy(r->together, d.xxh3, sizeof(r->together));
	buf_free(&b);
	return status;
}

static bool all_unchanged(const struct release *r, const struct manifest *last,
                          struct table_memory *m)
{
	for (size_t i = 0; i < r->n_tables; i++) {
		struct table *t = &r->tables[i];

		if (is_protected(t) &&
		    !table_is_unchanged(r, t, manifest_find(last, t->below), m))
			return false;
	}
	return true;
}

static enum sluice_status read_table(const struct release *r, struct table *t,
                                     struct decide_table *table, struct sluice_error *err)
{
	const struct sluice_job job = { .plan = r->plan, .which = t->which, .input = t->input };
	struct sluice_options o = r->run;

	o.threads = r->threads;
	t->given = calloc(1, sizeof(*t->given));
	return t->given ? job_read(&job, &o, table, t->given, err) : fail_memory(err);
}

static enum sluice_status decide_all(const struct release *r, struct decide_table *tables,
                                     struct sluice_error *err)
{
	uint32_t n = 0;

	for (size_t i = 0; i < r->n_tables; i++)
		if (is_protected(&r->tables[i]))
			TRY(read_table(r, &r->tables[i], &tables[n++], err));
	TRY(decide(tables, n, err));
	n = 0;
	for (size_t i = 0; i < r->n_tables; i++)
		if (is_protected(&r->tables[i])) {
			r->tables[i].given->fates = tables[n].fates;
			tables[n++].fates = NULL;
		}
	return SLUICE_OK;
}

/* It was found in one of the tables, and not in the plan. */
static bool is_of_a_table(const struct release *r, const struct sluice_error *why)
{
	for (size_t i = 0; i < r->n_tables; i++) {
		struct sluice_error own = { 0 };

		fail_source(&own, r->tables[i].input);
		if (is_protected(&r->tables[i]) && !strcmp(why->source, own.source))
			return true;
	}
	return false;
}

/* What keeps one of them from being decided on, keeps all of them; that of the plan is told once. */
static void fail_all(const struct release *r, const struct sluice_error *why)
{
	bool told = !why->source[0] || is_of_a_table(r, why);

	for (size_t i = 0; i < r->n_tables; i++) {
		struct table *t = &r->tables[i];
		struct sluice_error own = { 0 };

		if (!is_protected(t))
			continue;
		t->outcome = why->status == SLUICE_E_CHECK ? SLUICE_REFUSED : SLUICE_FAILED;
		fail_source(&own, t->input);
		t->err = *why;
		if (told && why->source[0] && strcmp(why->source, own.source) != 0)
			fail(&t->err, why->status,
			     "is protected together with other tables, of which one failed");
		if (told)
			fail_source(&t->err, t->input);
		told = true;
	}
}

enum sluice_status tables_protect(struct release *r, struct manifest *last,
                                  struct table_memory *m, struct sluice_error *err)
{
	struct decide_table *tables = calloc(r->n_tables + 1, sizeof(*tables));
	struct sluice_error own = { 0 };
	enum sluice_status status;
	bool any = false;

	if (!tables)
		return fail_memory(err);
	status = hash_all(r, m, &any, &own);
	if (status == SLUICE_OK && any && !all_unchanged(r, last, m))
		status = decide_all(r, tables, &own);
	if (status != SLUICE_OK)
		fail_all(r, &own);
	for (size_t i = 0; i < r->n_tables; i++)
		decide_table_free(&tables[i]);
	free(tables);
	return SLUICE_OK;
}
