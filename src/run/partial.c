#include "run/partial.h"

#include "base/word.h"
#include "io/format.h"
#include "io/spool.h"
#include "plan/canon.h"
#include "run/job.h"

#include <stdlib.h>
#include <string.h>

#define HASH_BYTES 16u
#define TEXT_LIMIT (32u << 20) /* of a plan or a header */
#define READ_BYTES (64u << 10)

/* ---- writing ---------------------------------------------------------------------------- */

struct writing {
	struct job *job;
	XXH3_state_t *hash;
};

static enum sluice_status put(void *ctx, const uint8_t *data, size_t len,
                              struct sluice_error *err)
{
	struct writing *w = ctx;

	XXH3_128bits_update(w->hash, data, len);
	return sink_write(w->job->sink, data, len, err);
}

static enum sluice_status put_number(struct writing *w, uint64_t v, uint32_t bytes,
                                     struct sluice_error *err)
{
	uint8_t text[8];

	store_little(text, v);
	return put(w, text, bytes, err);
}

static enum sluice_status put_text(struct writing *w, const void *text, size_t len,
                                   struct sluice_error *err)
{
	TRY(put_number(w, len, 4, err));
	return put(w, text, len, err);
}

static enum sluice_status put_start(struct writing *w, struct sluice_error *err)
{
	const struct job *j = w->job;
	const struct group_job *g = j->group;
	const struct group_spec *s = &g->line.spec;
	char *plan = plan_dump_rules(j->chain.output);
	enum sluice_status status;

	if (!plan)
		return fail_memory(err);
	status = put(w, (const uint8_t *)FORMAT_PARTIAL, strlen(FORMAT_PARTIAL), err);
	if (status == SLUICE_OK)
		status = put_text(w, plan, strlen(plan), err);
	free(plan);
	TRY(status);
	TRY(put_text(w, g->header.text.data, g->header.text.len, err));
	TRY(put_number(w, g->base.rows, 8, err));
	TRY(put_number(w, g->base.excluded, 8, err));
	for (uint32_t i = 0; i < s->n_values + s->n_persons; i++)
		TRY(put_number(w, g->missing[i], 8, err));
	if (s->noise.wanted)
		TRY(put_number(w, noise_check(&s->noise), 8, err));
	return SLUICE_OK;
}

static enum sluice_status put_groups(struct writing *w, struct sluice_error *err)
{
	struct group_job *g = w->job->group;
	struct record_writer records = { .n_words = g->line.spec.n_words,
		                         .write = put,
		                         .ctx = w };
	enum sluice_status status = SLUICE_OK;
	bool more = true;

	while (status == SLUICE_OK && more) {
		status = merge_next(&g->joined.merge, &records, &more, err);
		g->grouped.n_groups += status == SLUICE_OK && more;
	}
	if (status == SLUICE_OK)
		status = record_end(&records, err);
	record_writer_free(&records);
	return status;
}

enum sluice_status partial_write(struct job *j, struct sluice_error *err)
{
	struct writing w = { j, XXH3_createState() };
	XXH128_canonical_t hash;
	enum sluice_status status;

	if (!w.hash)
		return fail_memory(err);
	XXH3_128bits_reset(w.hash);
	sink_keep_secret(j->sink);
	status = put_start(&w, err);
	if (status == SLUICE_OK)
		status = put_groups(&w, err);
	if (status == SLUICE_OK) {
		XXH128_canonicalFromHash(&hash, XXH3_128bits_digest(w.hash));
		status = sink_write(j->sink, hash.digest, sizeof(hash.digest), err);
	}
	XXH3_freeState(w.hash);
	return status;
}

/* ---- reading ---------------------------------------------------------------------------- */

static enum sluice_status broken(struct sluice_error *err)
{
	return fail(err, SLUICE_E_DATA, "the partial table is damaged");
}

static enum sluice_status get(struct partial *p, void *dst, size_t len,
                              struct sluice_error *err)
{
	size_t got;

	TRY(spool_read(p->fd, p->groups, dst, len, &got, err));
	if (got < len)
		return broken(err);
	XXH3_128bits_update(p->hash, dst, len);
	p->groups += len;
	return SLUICE_OK;
}

static enum sluice_status get_number(struct partial *p, uint64_t *v, uint32_t bytes,
                                     struct sluice_error *err)
{
	uint8_t text[8] = { 0 };

	TRY(get(p, text, bytes, err));
	*v = load_little(text);
	return SLUICE_OK;
}

/* A text that ends in a NUL besides. */
static enum sluice_status get_text(struct partial *p, struct buf *text,
                                   struct sluice_error *err)
{
	uint64_t len;

	TRY(get_number(p, &len, 4, err));
	if (len > TEXT_LIMIT || len > p->size - p->groups)
		return broken(err);
	TRY(buf_reserve(text, len + 1, err));
	TRY(get(p, text->data, len, err));
	text->len = len;
	text->data[len] = '\0';
	return SLUICE_OK;
}

static enum sluice_status read_start(struct partial *p, struct sluice_error *err)
{
	char magic[sizeof(FORMAT_PARTIAL)] = { 0 };
	struct buf plan = { 0 };
	enum sluice_status status;
	size_t got;

	TRY(spool_read(p->fd, 0, (uint8_t *)magic, strlen(FORMAT_PARTIAL), &got, err));
	if (strcmp(magic, FORMAT_PARTIAL) != 0 || p->size < HASH_BYTES)
		return fail(err, SLUICE_E_DATA,
		            "is not a partial table, as 'sluice run --partial' makes it");
	TRY(get(p, magic, strlen(FORMAT_PARTIAL), err));
	status = get_text(p, &plan, err);
	p->plan = (char *)plan.data;
	TRY(status);
	return get_text(p, &p->head, err);
}

enum sluice_status partial_open(struct partial *p, const char *path, struct sluice_error *err)
{
	enum sluice_status status;

	*p = (struct partial){ .fd = -1 };
	p->path = strdup(path);
	p->hash = XXH3_createState();
	if (!p->path || !p->hash)
		return fail_memory(err);
	XXH3_128bits_reset(p->hash);
	TRY(spool_open(path, &p->fd, &p->size, err));
	status = read_start(p, err);
	if (status != SLUICE_OK)
		fail_source(err, path);
	return status;
}

/* What was added up by other record keys doesn't go together. */
static enum sluice_status check_noise(struct partial *p, const struct group_noise *noise,
                                      struct sluice_error *err)
{
	uint64_t check;

	if (!noise->wanted)
		return SLUICE_OK;
	TRY(get_number(p, &check, 8, err));
	if (check == noise_check(noise))
		return SLUICE_OK;
	return fail(err, SLUICE_E_DATA,
	            "was made with another key, or another number of cell keys: merge with the "
	            "files of 'perturb' that it was made with");
}

enum sluice_status partial_counts(struct partial *p, const struct group_spec *s,
                                  struct sluice_error *err)
{
	const uint32_t n_missing = s->n_values + s->n_persons;

	p->missing = calloc((size_t)n_missing + 1, sizeof(*p->missing));
	p->n_missing = n_missing;
	if (!p->missing)
		return fail_memory(err);
	TRY(get_number(p, &p->rows, 8, err));
	TRY(get_number(p, &p->excluded, 8, err));
	for (uint32_t i = 0; i < n_missing; i++)
		TRY(get_number(p, &p->missing[i], 8, err));
	return check_noise(p, &s->noise, err);
}

enum sluice_status partial_cursor(struct partial *p, const struct group_spec *spec,
                                  struct cursor *cursor, struct sluice_error *err)
{
	if (p->groups + HASH_BYTES > p->size)
		return broken(err);
	TRY(cursor_of_run(cursor, spec, UINT64_MAX, p->fd, p->groups, p->size - HASH_BYTES,
	                  READ_BYTES, err));
	cursor->reader.hash = p->hash;
	return SLUICE_OK;
}

enum sluice_status partial_finish(struct partial *p, struct sluice_error *err)
{
	XXH128_canonical_t hash, said;
	size_t got;

	TRY(spool_read(p->fd, p->size - HASH_BYTES, said.digest, HASH_BYTES, &got, err));
	XXH128_canonicalFromHash(&hash, XXH3_128bits_digest(p->hash));
	if (got == HASH_BYTES && !memcmp(hash.digest, said.digest, HASH_BYTES))
		return SLUICE_OK;
	broken(err);
	fail_source(err, p->path);
	return SLUICE_E_DATA;
}

void partial_close(struct partial *p)
{
	spool_close(p->fd);
	XXH3_freeState(p->hash);
	free(p->path);
	free(p->plan);
	free(p->missing);
	buf_free(&p->head);
	*p = (struct partial){ .fd = -1 };
}
