/*
 * groups.h - one grouping for the unit tests of src/group, and what comes of it as text
 *
 * Of a table with five columns: two that are grouped by, one of persons, one that is added up, one
 * of which the mean is taken.
 */
#ifndef TESTS_GROUPS_H
#define TESTS_GROUPS_H

#include "tokenized.h"

#include "group/joined.h"
#include "group/order.h"

#define GROUPS_COLS 5u

static struct group_key groups_keys[] = { { .col = 0, .name = "k1" },
	                                  { .col = 1, .name = "k2" } };
static struct group_value groups_values[] = {
	{ .col = 3, .word = 2, .name = "v" },
	{ .col = 4, .decimal = true, .word = 3, .name = "d" },
};
static struct group_persons groups_persons[] = { { .col = 2, .word = 1, .name = "p" } };
static enum word_kind groups_words[] = { WORD_COUNT, WORD_COUNT, WORD_SUM,
	                                 WORD_LOW,   WORD_HIGH,  WORD_COUNT };
static struct grouped_column groups_columns[] = {
	{ .kind = GROUPED_KEY, .at = 0, .name = "k1" },
	{ .kind = GROUPED_KEY, .at = 1, .name = "k2" },
	{ .kind = GROUPED_COUNT, .at = 0, .name = "n" },
	{ .kind = GROUPED_COUNT, .at = 1, .persons = true, .name = "people" },
	{ .kind = GROUPED_COUNT, .at = 2, .name = "sum" },
	{ .kind = GROUPED_COUNT, .at = 5, .name = "mean_n" },
	{ .kind = GROUPED_MEAN, .at = 3, .digits = 3, .name = "mean" },
};
static const struct dialect groups_dialect = { .delimiter = ',' };

static const struct group_spec groups_spec = {
	.dialect = &groups_dialect,
	.keys = groups_keys,
	.n_keys = 2,
	.values = groups_values,
	.n_values = 2,
	.persons = groups_persons,
	.n_persons = 1,
	.words = groups_words,
	.n_words = LENGTH(groups_words),
	.columns = groups_columns,
	.n_columns = LENGTH(groups_columns),
};

/* What must go well. */
#define WELL(call)                                         \
	do {                                               \
		struct sluice_error err = { 0 };           \
		if ((call) != SLUICE_OK)                   \
			FAIL("%s: %s\n", #call, err.text); \
	} while (0)

/* Add the records of 'text' to a fold, as one chunk. */
static inline void groups_fold(struct fold *f, const char *text, struct order_facts *facts)
{
	struct tokenized z;

	fold_begin(f, facts);
	tokenized_begin(&z, text, GROUPS_COLS, false);
	WELL(fold_batch(f, &z.b, &err));
	WELL(fold_end(f, &err));
	tokenized_end(&z);
}

/* All that comes out of a merge, a line for each group. */
static inline void groups_print(struct merge *m, struct buf *out)
{
	bool more = true;

	for (;;) {
		WELL(merge_next(m, NULL, &more, &err));
		if (!more)
			return;
		for (size_t i = 0; i < m->key.len; i++)
			WELL(buf_add(out, m->key.data[i] ? (char *)&m->key.data[i] : "|", 1,
			             &err));
		for (uint32_t w = 0; w < m->spec->n_words; w++)
			WELL(buf_addf(out, &err, " %llx", (unsigned long long)m->words[w]));
		WELL(buf_add(out, "\n", 1, &err));
	}
}

static inline void groups_same(const struct buf *a, const struct buf *b)
{
	if (a->len != b->len || (a->len && memcmp(a->data, b->data, a->len) != 0))
		FAIL("one:\n%.*s\nother:\n%.*s\n", (int)a->len, (char *)a->data, (int)b->len,
		     (char *)b->data);
}

#endif
