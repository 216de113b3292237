/* What the tokenizer keeps from batch to batch, and what it forgets from chunk to chunk. */
#include "unit.h"

#include "csv/tokenize.h"
#include "tables.h"

/* A chunk read to its end, or to what is refused. */
struct read {
	enum sluice_status status;
	uint64_t rows, lines, blank_line;
	bool all_blank, split;
};

static struct read read_chunk(struct tokenizer *t, const char *chunk, bool guessed)
{
	struct buf text = { 0 };
	struct batch b = { 0 };
	struct sluice_error err;
	struct read r = { .status = SLUICE_OK };
	bool more = true;

	table_bytes(&text, chunk, strlen(chunk));
	tokenizer_begin(t, text.data, (uint32_t)text.len, false);
	t->guessed = guessed;
	while (r.status == SLUICE_OK && more)
		r.status = tokenizer_next(t, &b, &more, &err);
	r.rows = t->rows;
	r.lines = t->lines;
	r.blank_line = t->blank_line;
	r.all_blank = t->all_blank;
	r.split = t->split;
	batch_free(&b);
	buf_free(&text);
	return r;
}

static void assert_plain(struct tokenizer *t)
{
	const struct read r = read_chunk(t, "a,b\nc,d\n", false);

	assert_int_equal(r.status, SLUICE_OK);
	assert_int_equal(r.rows, 2);
	assert_int_equal(r.lines, 2);
	assert_int_equal(r.blank_line, 0);
	assert_false(r.all_blank);
	assert_false(r.split);
}

/* Where a chunk's end was guessed wrongly the same worker reads on with the right one. */
static void nothing_of_a_chunk_is_left_for_the_next(void **state)
{
	struct tokenizer t;
	struct read r;

	(void)state;
	assert_int_equal(tokenizer_init(&t, &kernels_scalar, ',', 2, 64, NULL), SLUICE_OK);
	r = read_chunk(&t, "a,b\n\n\r\n", false);
	assert_int_equal(r.status, SLUICE_OK);
	assert_int_equal(r.rows, 1);
	assert_int_equal(r.lines, 3);
	assert_int_equal(r.blank_line, 2);
	assert_false(r.all_blank);
	assert_plain(&t);
	r = read_chunk(&t, "\n\n", false);
	assert_int_equal(r.status, SLUICE_OK);
	assert_int_equal(r.blank_line, 1);
	assert_true(r.all_blank);
	assert_plain(&t);
	r = read_chunk(&t, "a,b\nc,\"d\n", true);
	assert_int_equal(r.status, SLUICE_OK);
	assert_true(r.split);
	assert_plain(&t);
	r = read_chunk(&t, "a,b\nc\n", false);
	assert_int_equal(r.status, SLUICE_E_DATA);
	assert_int_equal(r.rows, 1);
	assert_plain(&t);
	tokenizer_free(&t);
}

/* 65,538 records under 65,535 columns: in 32 bits that would be as many fields as there are, but four. */
static void narrow_records_under_a_wide_header_are_refused(void **state)
{
	enum { COLUMNS = 65535, WINDOW = 131072, BLANK = 4 };
	struct sluice_error err = { 0 };
	struct buf text = { 0 };
	struct tokenizer t;
	struct batch b = { 0 };
	bool more;

	(void)state;
	while (text.len < WINDOW - BLANK)
		table_bytes(&text, "x\n", 2);
	table_bytes(&text, "\n\n\n\nx\n", BLANK + 2);
	assert_int_equal(tokenizer_init(&t, &kernels_scalar, ',', COLUMNS, WINDOW, NULL),
	                 SLUICE_OK);
	tokenizer_begin(&t, text.data, (uint32_t)text.len, false);
	assert_int_equal(tokenizer_next(&t, &b, &more, &err), SLUICE_E_DATA);
	assert_non_null(strstr(err.text, "1 field where the header has 65535"));
	assert_false(more);
	assert_int_equal(t.rows, 0);
	tokenizer_free(&t);
	batch_free(&b);
	buf_free(&text);
}

static void the_end_and_a_refusal_are_told_again(void **state)
{
	static const struct {
		const char *text;
		enum sluice_status status;
		uint64_t lines;
	} cases[] = {
		{ "a,b\nc,d\n", SLUICE_OK, 2 },
		{ "a,b\nc,d\ne\n", SLUICE_E_DATA, 2 },
		{ "a,b\nc,d\n\n\n", SLUICE_OK, 4 },
	};
	struct sluice_error err = { 0 };
	struct tokenizer t;
	struct batch b = { 0 };
	bool more;

	(void)state;
	assert_int_equal(tokenizer_init(&t, &kernels_scalar, ',', 2, 64, NULL), SLUICE_OK);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct buf text = { 0 };

		table_bytes(&text, cases[i].text, strlen(cases[i].text));
		tokenizer_begin(&t, text.data, (uint32_t)text.len, false);
		assert_int_equal(tokenizer_next(&t, &b, &more, &err), SLUICE_OK);
		assert_true(more);
		assert_int_equal(b.n_rows, 2);
		for (int again = 0; again < 3; again++) {
			err.line = 0;
			assert_int_equal(tokenizer_next(&t, &b, &more, again ? &err : NULL),
			                 cases[i].status);
			assert_int_equal(err.line, again && cases[i].status ? 3 : 0);
			assert_false(more);
			assert_int_equal(t.rows, 2);
			assert_int_equal(t.lines, cases[i].lines);
		}
		buf_free(&text);
	}
	tokenizer_free(&t);
	batch_free(&b);
}

/* An empty last field is suspect in the record whose line end is not there, and in no other. */
static void only_the_last_batch_lacks_its_line_end(void **state)
{
	struct buf text = { 0 };
	struct tokenizer t;
	struct batch b = { 0 };
	bool more;
	int batches = 0;

	(void)state;
	for (int i = 0; i < 40; i++)
		table_bytes(&text, "a,\n", 3);
	table_bytes(&text, "b,c\n", 4);
	assert_int_equal(tokenizer_init(&t, &kernels_scalar, ',', 2, 64, NULL), SLUICE_OK);
	tokenizer_begin(&t, text.data, (uint32_t)text.len, true);
	while (tokenizer_next(&t, &b, &more, NULL) == SLUICE_OK && more) {
		assert_int_equal(b.cut, t.rows == 41);
		batches++;
	}
	assert_int_equal(t.rows, 41);
	assert_int_equal(batches, 2);
	tokenizer_free(&t);
	batch_free(&b);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_of_a_chunk_is_left_for_the_next),
		cmocka_unit_test(the_end_and_a_refusal_are_told_again),
		cmocka_unit_test(only_the_last_batch_lacks_its_line_end),
		cmocka_unit_test(narrow_records_under_a_wide_header_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
