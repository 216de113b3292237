/* Fields of a batch: their bytes, without quotes, and the lines that they stand on. */
#include "tokenized.h"

static void fields_are_the_bytes_between_two_ends(void **state)
{
	static const struct {
		const char *text;
		bool cut;
		const char *fields[6];
	} cases[] = {
		{ "a,bc\n,d\n", false, { "a", "bc", "", "d" } },
		{ "a,bc\r\n,d\r\n", false, { "a", "bc", "", "d" } },
		{ "a,bc\r\n,d\n", false, { "a", "bc", "", "d" } },
		{ "a,\r\nb,\r\n", false, { "a", "", "b", "" } },
		{ "a,\"b\r\"\r\n\"\r\",\n", false, { "a", "\"b\r\"", "\"\r\"", "" } },
		{ "\"a,\n\",b\nc,d", true, { "\"a,\n\"", "b", "c", "d" } },
		{ "a,b\nc,", true, { "a", "b", "c", "" } },
	};
	struct tokenized z;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		tokenized_begin(&z, cases[i].text, 2, cases[i].cut);
		assert_int_equal(z.b.n_rows, 2);
		assert_int_equal(z.b.cut, cases[i].cut);
		for (uint32_t k = 0; k < 4; k++) {
			const struct field f = batch_field(&z.b, k / 2, k % 2);

			assert_int_equal(f.len, strlen(cases[i].fields[k]));
			assert_memory_equal(f.text, cases[i].fields[k], f.len);
		}
		tokenized_end(&z);
	}
}

static void quotes_are_taken_off_and_doubled_ones_undone(void **state)
{
	static const struct {
		const char *raw, *plain;
	} cases[] = {
		{ "", "" },
		{ "a", "a" },
		{ "\"\"", "" },
		{ "\"a\"", "a" },
		{ "\"a,b\"", "a,b" },
		{ "\"\"\"\"", "\"" },
		{ "\"\"\"\"\"\"", "\"\"" },
		{ "\"a\"\"b\"", "a\"b" },
		{ "\"\"\"a\"\"\"", "\"a\"" },
		{ "\"a\nb\"", "a\nb" },
		{ " ", " " },
	};
	struct buf tmp = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct field raw = { (const uint8_t *)cases[i].raw,
			                   (uint32_t)strlen(cases[i].raw) };
		bool ok = false;
		const struct field f = batch_unquote(raw, &tmp, &ok);

		assert_true(ok);
		assert_int_equal(f.len, strlen(cases[i].plain));
		assert_memory_equal(f.text, cases[i].plain, f.len);
	}
	buf_free(&tmp);
}

static void a_line_is_that_on_which_the_field_begins(void **state)
{
	static const uint64_t lines[4][3] = {
		{ 1, 1, 2 }, { 5, 5, 6 }, { 7, 7, 7 }, { 8, 8, 8 }
	};
	struct tokenized z;

	(void)state;
	tokenized_begin(&z, "a,\"b\n\",\"c\n\n\"\nd,\"\n\",e\nf,g,h\ni,j,k\n", 3, false);
	assert_int_equal(z.b.n_rows, 4);
	for (uint32_t row = 0; row < 4; row++)
		for (uint32_t col = 0; col < 3; col++)
			assert_int_equal(batch_line(&z.b, row, col), lines[row][col]);
	z.b.first_line = 100; /* LFs of the chunk before the batch */
	assert_int_equal(batch_line(&z.b, 3, 2), 108);
	tokenized_end(&z);
}

static void rows_may_be_a_choice_of_them(void **state)
{
	static const uint32_t rows[] = { 0, 2, 5 };
	struct tokenized z;

	(void)state;
	tokenized_begin(&z, "a\nb\nc\nd\ne\nf\n", 1, false);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(batch_row(&z.b, i), i);
	z.b.rows = rows;
	z.b.n_rows = 3;
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(batch_field(&z.b, batch_row(&z.b, i), 0).text[0],
		                 'a' + rows[i]);
	tokenized_end(&z);
}

static void kept_fields_stay_while_the_scratch_grows(void **state)
{
	static char text[2 * 3000 + 1];
	struct tokenized z;

	(void)state;
	for (size_t i = 0; i < 3000; i++)
		memcpy(text + 2 * i, "x\n", 2);
	tokenized_begin(&z, text, 1, false);
	tokenized_touch(&z, 2);
	assert_true(z.b.cap_rows >= 3000);
	for (uint32_t i = 0; i < 3000; i++) {
		char cell[16];

		snprintf(cell, sizeof(cell), "%u", i * i);
		tokenized_cell(&z, i % 2, i, cell, VALUE_MISSING);
	}
	for (uint32_t i = 0; i < 3000; i++) {
		const struct cell c = z.b.columns[i % 2].cell[i];
		char cell[16];

		snprintf(cell, sizeof(cell), "%u", i * i);
		assert_int_equal(c.len, strlen(cell));
		assert_memory_equal(z.b.scratch.data + c.off, cell, c.len);
	}
	uint64_t bytes = 0;

	for (uint32_t i = 1; i < 3000; i += 2)
		bytes += z.b.columns[1].cell[i].len;
	assert_int_equal(z.b.columns[1].bytes, bytes);
	assert_int_equal(batch_scratch(&z.b, UINT32_MAX, NULL), SLUICE_E_MEMORY);
	tokenized_end(&z);
}

/* Kernels write whole blocks: whatever room is left of an earlier batch, there is one more. */
static void the_last_row_may_begin_a_block_of_counts(void **state)
{
	(void)state;
	for (uint32_t n = 1; n < 200; n++) {
		struct tokenized z;

		tokenized_begin(&z, "a\n", 1, false);
		z.b.n_rows = n;
		tokenized_touch(&z, 1);
		assert_true(z.b.cap_rows >= n);
		assert_int_equal(batch_fit(&z.b, z.b.cap_rows, NULL), SLUICE_OK);
		for (uint32_t i = 0; i < COUNT_BLOCK; i++) { /* the sanitizer looks on */
			z.b.columns[0].value[z.b.cap_rows - 1 + i] = i;
			z.b.columns[0].cell[z.b.cap_rows - 1 + i] = (struct cell){ i, i };
		}
		assert_int_equal(z.b.columns[0].value[z.b.cap_rows + 62], 63);
		tokenized_end(&z);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_the_bytes_between_two_ends),
		cmocka_unit_test(quotes_are_taken_off_and_doubled_ones_undone),
		cmocka_unit_test(a_line_is_that_on_which_the_field_begins),
		cmocka_unit_test(rows_may_be_a_choice_of_them),
		cmocka_unit_test(kept_fields_stay_while_the_scratch_grows),
		cmocka_unit_test(the_last_row_may_begin_a_block_of_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
