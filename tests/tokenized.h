/*
 * tokenized.h - a short text as one batch
 */
#ifndef TESTS_TOKENIZED_H
#define TESTS_TOKENIZED_H

#include "unit/unit.h"

#include "csv/tokenize.h"

struct tokenized {
	struct tokenizer t;
	struct buf text;
	struct batch b;
};

/* text[0..) is whole records of n_cols fields; with 'cut', without the final LF. */
static inline void tokenized_begin(struct tokenized *z, const char *text, uint32_t n_cols,
                                   bool cut)
{
	bool more;

	*z = (struct tokenized){ 0 };
	assert_int_equal(buf_add(&z->text, text, strlen(text), NULL), SLUICE_OK);
	if (cut)
		assert_int_equal(buf_add(&z->text, "\n", 1, NULL), SLUICE_OK);
	assert_int_equal(tokenizer_init(&z->t, kernels_pick(NULL), ',', n_cols,
	                                (uint32_t)z->text.len + 1, NULL),
	                 SLUICE_OK);
	tokenizer_begin(&z->t, z->text.data, (uint32_t)z->text.len, cut);
	assert_int_equal(tokenizer_next(&z->t, &z->b, &more, NULL), SLUICE_OK);
	assert_true(more);
}

static inline void tokenized_end(struct tokenized *z)
{
	tokenizer_free(&z->t);
	buf_free(&z->text);
	batch_free(&z->b);
}

/* Columns that rules might touch, with room for the batch's rows. */
static inline void tokenized_touch(struct tokenized *z, uint32_t n)
{
	z->b.columns = calloc(n, sizeof(*z->b.columns));
	assert_non_null(z->b.columns);
	z->b.n_columns = n;
	assert_int_equal(batch_fit(&z->b, z->b.n_rows, NULL), SLUICE_OK);
	assert_int_equal(batch_scratch(&z->b, 1, NULL), SLUICE_OK);
}

/* Put a text into a cell, as a rule would. */
static inline void tokenized_cell(struct tokenized *z, uint32_t slot, uint32_t i,
                                  const char *text, int64_t value)
{
	struct column *c = &z->b.columns[slot];
	const struct field f = { (const uint8_t *)text, (uint32_t)strlen(text) };

	assert_int_equal(batch_keep_field(&z->b, f, c, i, 0, NULL), SLUICE_OK);
	c->value[i] = value;
}

#endif
