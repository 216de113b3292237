#include "group/grouped.h"

#include "column/protect.h"
#include "csv/emit.h"
#include "group/cell_key.h"
#include "group/value.h"

#include <stdlib.h>
#include <string.h>

#define OUT_BYTES (64u << 10)
#define SUMS_KEPT 4096u /* groups that may stay in the table though they are written */

/* Words of a sum: one for each column of counts, and a set of those with a redacted part. */
#define SUM_HIDDEN 0
#define SUM_FIRST  1

/* ---- life ------------------------------------------------------------------------------- */

enum sluice_status grouped_open(struct grouped *g, const struct group_spec *spec,
                                struct merge *merge, const struct settings *const *released,
                                const int64_t *thresholds, uint64_t budget,
                                struct sluice_error *err)
{
	*g = (struct grouped){ .spec = spec,
		               .merge = merge,
		               .released = released,
		               .thresholds = thresholds,
		               .budget = budget };
	g->sum_spec.n_words = SUM_FIRST + spec->n_columns;
	group_table_init(&g->sums, &g->sum_spec);
	if (spec->n_sums && spec->n_columns > 64)
		return fail(err, SLUICE_E_PLAN, "totals of at most 64 columns");
	return SLUICE_OK;
}

void grouped_close(struct grouped *g)
{
	group_table_empty(&g->sums);
	buf_free(&g->out);
	buf_free(&g->key);
	free(g->heap);
	*g = (struct grouped){ 0 };
}

/* ---- rows -------------------------------------------------------------------------------- */

static enum sluice_status put_text(struct grouped *g, const void *text, size_t len,
                                   struct sluice_error *err)
{
	return emit_field(&g->out, text, len, g->spec->dialect->delimiter, err);
}

/* The fields of a key, each with what is written after it. */
static enum sluice_status put_key(struct grouped *g, const uint8_t *key, uint32_t len,
                                  struct sluice_error *err)
{
	const uint8_t *end = key + len;

	for (uint32_t i = 0; i < g->spec->n_keys; i++) {
		const uint8_t *stop = memchr(key, 0, (size_t)(end - key));
		const size_t n = (size_t)((stop ? stop : end) - key);

		if (n == 1 && *key == KEY_TOTAL)
			TRY(put_text(g, TOTAL_LABEL, strlen(TOTAL_LABEL), err));
		else
			TRY(put_text(g, key, n, err));
		TRY(buf_add(&g->out, &g->spec->dialect->delimiter, 1, err));
		key += n + !!stop;
	}
	return SLUICE_OK;
}

static enum sluice_status put_count(struct grouped *g, const struct grouped_column *c,
                                    uint64_t count, struct sluice_error *err)
{
	if (count > NUMBER_MAX)
		return fail(err, SLUICE_E_DATA,
		            "a count of column '%s' is over %lld: more than 15 digits are not "
		            "released",
		            c->name, (long long)NUMBER_MAX);
	TRY(buf_reserve(&g->out, NUMBER_TEXT, err));
	g->out.len += number_print(g->out.data + g->out.len, count);
	return SLUICE_OK;
}

static enum sluice_status put_mean(struct grouped *g, const struct grouped_column *c,
                                   const uint64_t *words, struct sluice_error *err)
{
	if (!words[2]) /* of no value there is no mean */
		return SLUICE_OK;
	TRY(buf_reserve(&g->out, MEAN_TEXT, err));
	g->out.len += mean_print(g->out.data + g->out.len, words[0], words[1], words[2],
	                         (unsigned)c->digits);
	return SLUICE_OK;
}

/* Whether column i of the waiting group is a sum that tells too much of one contributor. */
static bool is_unsafe(const struct grouped *g, uint32_t i)
{
	const uint32_t which = g->spec->columns[i].people;
	const struct dominance *d = which ? g->spec->persons[which - 1].dominance : NULL;

	return d && g->released[i] &&
	       dominance_unsafe(d, &g->merge->largest[which - 1], g->thresholds[i]);
}

/* Noise must not carry a count over the threshold: whether it goes is decided before. */
static bool is_low(const struct grouped *g, uint32_t i)
{
	const uint64_t count = g->merge->words[g->spec->columns[i].at];

	return g->spec->noise.wanted && g->released[i] && count <= NUMBER_MAX &&
	       protect_count((int64_t)count, g->released[i]) == VALUE_REDACTED;
}

/* The waiting group's count in column i, with noise if it gets any. */
static uint64_t count_of(const struct grouped *g, uint32_t i)
{
	const struct group_noise *noise = &g->spec->noise;
	const struct grouped_column *c = &g->spec->columns[i];
	const struct merge *m = g->merge;

	if (!noise->wanted)
		return m->words[c->at];
	return cell_key_count(noise, m->words[c->at],
	                      c->people ? m->cell_keys[c->people - 1] : m->words[noise->word]);
}

/* The group that waits in the merge. */
static enum sluice_status put_group(struct grouped *g, struct sluice_error *err)
{
	const struct group_spec *s = g->spec;
	const struct merge *m = g->merge;

	TRY(put_key(g, m->key.data, (uint32_t)m->key.len, err));
	for (uint32_t i = s->n_keys; i < s->n_columns; i++) {
		const struct grouped_column *c = &s->columns[i];

		if (is_unsafe(g, i) || (c->kind == GROUPED_COUNT && is_low(g, i)))
			TRY(put_text(g, g->released[i]->token, strlen(g->released[i]->token),
			             err));
		else if (c->kind == GROUPED_MEAN)
			TRY(put_mean(g, c, m->words + c->at, err));
		else
			TRY(put_count(g, c, count_of(g, i), err));
		TRY(buf_add(&g->out,
		            i + 1 < s->n_columns ? (const char *)&s->dialect->delimiter : "\n",
		            1, err));
	}
	g->n_groups++;
	return SLUICE_OK;
}

/* ---- totals that are sums of what is released ------------------------------------------------ */

static enum sluice_status put_sum(struct grouped *g, const struct group *sum,
                                  struct sluice_error *err)
{
	const struct group_spec *s = g->spec;

	TRY(put_key(g, group_key(sum), sum->key_len, err));
	for (uint32_t i = s->n_keys; i < s->n_columns; i++) {
		if (sum->words[SUM_HIDDEN] >> i & 1)
			TRY(put_text(g, g->released[i]->token, strlen(g->released[i]->token),
			             err));
		else
			TRY(put_count(g, &s->columns[i], sum->words[SUM_FIRST + i], err));
		TRY(buf_add(&g->out,
		            i + 1 < s->n_columns ? (const char *)&s->dialect->delimiter : "\n",
		            1, err));
	}
	return SLUICE_OK;
}

static int sum_order(const struct group *a, const struct group *b)
{
	return key_order(group_key(a), a->key_len, group_key(b), b->key_len);
}

static enum sluice_status push_sum(struct grouped *g, struct group *sum,
                                   struct sluice_error *err)
{
	uint32_t i = g->n_heap;

	if (g->n_heap == g->cap_heap) {
		const uint32_t cap = g->cap_heap ? 2 * g->cap_heap : 64;
		struct group **heap = realloc(g->heap, cap * sizeof(*heap));

		if (!heap)
			return fail_memory(err);
		g->heap = heap;
		g->cap_heap = cap;
	}
	for (; i && sum_order(sum, g->heap[(i - 1) / 2]) < 0; i = (i - 1) / 2)
		g->heap[i] = g->heap[(i - 1) / 2];
	g->heap[i] = sum;
	g->n_heap++;
	return SLUICE_OK;
}

static void pop_sum(struct grouped *g)
{
	struct group *last = g->heap[--g->n_heap];
	uint32_t i = 0;

	for (uint32_t k; (k = 2 * i + 1) < g->n_heap; i = k) {
		if (k + 1 < g->n_heap && sum_order(g->heap[k + 1], g->heap[k]) < 0)
			k++;
		if (sum_order(last, g->heap[k]) <= 0)
			break;
		g->heap[i] = g->heap[k];
	}
	g->heap[i] = last;
	/* All are written, and none comes again: keys ascend. */
	if (!g->n_heap && g->sums.n_groups > SUMS_KEPT)
		group_table_empty(&g->sums);
}

/* The group's key with the fields of 'set' replaced, into g->key. */
static enum sluice_status total_key(struct grouped *g, uint64_t set, struct sluice_error *err)
{
	const uint8_t *key = g->merge->key.data, *end = key + g->merge->key.len;
	const uint8_t mark = KEY_TOTAL;

	g->key.len = 0;
	for (uint32_t i = 0; i < g->spec->n_keys; i++) {
		const uint8_t *stop = memchr(key, 0, (size_t)(end - key));
		const size_t n = (size_t)((stop ? stop : end) - key);

		if (set >> i & 1)
			TRY(buf_add(&g->key, &mark, 1, err));
		else
			TRY(buf_add(&g->key, key, n, err));
		TRY(buf_add(&g->key, "", !!stop, err));
		key += n + !!stop;
	}
	return SLUICE_OK;
}

/* What is released of the waiting group is part of the total. */
static void add_released(struct grouped *g, struct group *sum)
{
	for (uint32_t i = g->spec->n_keys; i < g->spec->n_columns; i++) {
		const struct settings *released = g->released[i];
		const uint64_t count = g->merge->words[g->spec->columns[i].at];
		int64_t value = (int64_t)(count < GROUP_LIMIT ? count : GROUP_LIMIT);

		if (released)
			value = is_unsafe(g, i) ? VALUE_REDACTED
			                        : protect_count(value, released);
		/* A count redacted as 0 was released as 0. */
		if (value < 0 && strcmp(released->token, "0") != 0)
			sum->words[SUM_HIDDEN] |= UINT64_C(1) << i;
		if (value > 0)
			sum->words[SUM_FIRST + i] += (uint64_t)value;
		if (sum->words[SUM_FIRST + i] > GROUP_LIMIT)
			sum->words[SUM_FIRST + i] = GROUP_LIMIT;
	}
}

static enum sluice_status add_to_totals(struct grouped *g, struct sluice_error *err)
{
	for (uint32_t t = 0; t < g->spec->n_sums; t++) {
		const uint32_t before = g->sums.n_groups;
		struct group *sum;

		TRY(total_key(g, g->spec->sums[t], err));
		TRY(group_find(&g->sums, g->key.data, (uint32_t)g->key.len, &sum, err));
		if (g->sums.n_groups > before)
			TRY(push_sum(g, sum, err));
		add_released(g, sum);
	}
	if (g->spec->n_sums && group_table_bytes(&g->sums) > g->budget)
		return fail(err, SLUICE_E_MEMORY,
		            "so many totals take more memory than is allowed");
	return SLUICE_OK;
}

/* ---- the feed --------------------------------------------------------------------------------- */

/* A group that noise has made empty looks as one that nobody is in: it makes no row. */
static bool is_gone(const struct grouped *g)
{
	const struct group_spec *s = g->spec;

	for (uint32_t i = s->n_keys; s->noise.wanted && i < s->n_columns; i++)
		if (is_low(g, i) || count_of(g, i))
			return false;
	return s->noise.wanted;
}

static enum sluice_status next_group(struct grouped *g, struct sluice_error *err)
{
	bool more;

	do
		TRY(merge_next(g->merge, NULL, &more, err));
	while (more && is_gone(g));
	g->waiting = more;
	g->ended = !more;
	return SLUICE_OK;
}

/* The next row of the table, be it a group or a total that is complete. */
static enum sluice_status next_row(struct grouped *g, struct sluice_error *err)
{
	const struct merge *m = g->merge;

	if (!g->waiting && !g->ended)
		TRY(next_group(g, err));
	if (g->n_heap && (g->ended || key_order(group_key(g->heap[0]), g->heap[0]->key_len,
	                                        m->key.data, (uint32_t)m->key.len) < 0)) {
		TRY(put_sum(g, g->heap[0], err));
		pop_sum(g);
		return SLUICE_OK;
	}
	if (g->ended)
		return SLUICE_OK;
	g->waiting = false;
	TRY(put_group(g, err));
	return add_to_totals(g, err);
}

enum sluice_status grouped_read(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                struct sluice_error *err)
{
	struct grouped *g = ctx;

	*got = 0;
	while (*got < cap) {
		size_t n = g->out.len - g->pos;

		if (!n) {
			g->out.len = g->pos = 0;
			while (g->out.len < OUT_BYTES && !(g->ended && !g->n_heap))
				TRY(next_row(g, err));
			if (!g->out.len)
				break;
			continue;
		}
		n = n < cap - *got ? n : cap - *got;
		memcpy(dst + *got, g->out.data + g->pos, n);
		*got += n;
		g->pos += n;
	}
	return SLUICE_OK;
}
