/* Column names: what they are, and which headers are refused. */
#include "unit.h"

#include "csv/header.h"

static enum sluice_status read_text(struct header *h, const char *text,
                                    struct sluice_error *err)
{
	*h = (struct header){ 0 };
	return header_read(h, ',', (const uint8_t *)text, (uint32_t)strlen(text), err);
}

static void names_are_unquoted_and_raw_bytes_are_kept(void **state)
{
	static const struct {
		const char *text, *names[4], *raws[4];
		uint32_t n, lines;
	} cases[] = {
		{ "a,b\n", { "a", "b" }, { "a", "b" }, 2, 1 },
		{ "a,b\r\n", { "a", "b" }, { "a", "b" }, 2, 1 },
		{ "a,b", { "a", "b" }, { "a", "b" }, 2, 0 },
		{ "\"a\",\"b,\"\"c\"\"\"\n",
		  { "a", "b,\"c\"" },
		  { "\"a\"", "\"b,\"\"c\"\"\"" },
		  2,
		  1 },
		{ "\"a\nb\",c\n", { "a\nb", "c" }, { "\"a\nb\"", "c" }, 2, 2 },
		{ ",a\n", { "", "a" }, { "", "a" }, 2, 1 },
		{ "\"\"\n", { "" }, { "\"\"" }, 1, 1 },
		{ "\"\"\"\"\n", { "\"" }, { "\"\"\"\"" }, 1, 1 },
		{ " a,A,a\n", { " a", "A", "a" }, { " a", "A", "a" }, 3, 1 },
		{ "\xC3\xA9\n", { "\xC3\xA9" }, { "\xC3\xA9" }, 1, 1 },
	};
	struct header h;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(read_text(&h, cases[i].text, NULL), SLUICE_OK);
		assert_int_equal(h.n_cols, cases[i].n);
		assert_int_equal(h.lines, cases[i].lines);
		for (uint32_t col = 0; col < h.n_cols; col++) {
			const struct column_name *c = &h.columns[col];

			assert_string_equal(header_name(&h, col), cases[i].names[col]);
			assert_int_equal(c->name_len, strlen(cases[i].names[col]));
			assert_int_equal(c->raw_len, strlen(cases[i].raws[col]));
			assert_memory_equal(h.text.data + c->raw, cases[i].raws[col],
			                    c->raw_len);
		}
		header_free(&h);
	}
}

static void doubtful_headers_are_refused_with_their_column(void **state)
{
	static const struct {
		const char *text, *says;
		uint64_t line;
		uint32_t column;
	} cases[] = {
		{ "a,b,a\n", "columns 1 and 3 have the same name", 1, 3 },
		{ "a,\"a\"\n", "columns 1 and 2 have the same name", 1, 2 },
		{ ",a,\n", "columns 1 and 3 have no name", 1, 3 },
		{ "a,\"\",\n", "columns 2 and 3 have no name", 1, 3 },
		{ "a,\xEF\xBB\xBF"
		  "b\n",
		  "byte order mark", 1, 2 },
		{ "\"\xEF\xBB\xBF"
		  "a\",b\n",
		  "byte order mark", 1, 1 },
		{ "a\"b\n", "quote inside", 1, 1 },
		{ "a,\"\nb\"c\n", "after a closing quote", 2, 2 },
		{ "\"a\n", "never closed", 1, 1 },
		{ "a\rb\n", "carriage return", 1, 1 },
		{ "\n", "blank line", 1, 1 },
		{ "\r\n", "blank line", 1, 1 },
	};
	struct header h;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_error err = { 0 };

		assert_int_equal(read_text(&h, cases[i].text, &err), SLUICE_E_DATA);
		assert_non_null(strstr(err.text, cases[i].says));
		assert_int_equal(err.line, cases[i].line);
		assert_int_equal(err.column, cases[i].column);
		header_free(&h);
	}
}

/* n names of five letters each, all different; or the last like the one at 'twin'. */
static char *many_names(uint32_t n, uint32_t twin)
{
	char *text = malloc((size_t)n * 6 + 1);

	assert_non_null(text);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t rest = i + 1 == n ? twin : i;

		for (uint32_t k = 0; k < 5; k++, rest /= 26)
			text[6 * i + k] = (char)('a' + rest % 26);
		text[6 * i + 5] = i + 1 == n ? '\n' : ',';
	}
	text[(size_t)n * 6] = '\0';
	return text;
}

static void there_may_be_65535_columns_and_no_more(void **state)
{
	struct sluice_error err = { 0 };
	struct header h;
	char *text = many_names(COLUMNS_LIMIT, COLUMNS_LIMIT - 1);

	(void)state;
	assert_int_equal(read_text(&h, text, NULL), SLUICE_OK);
	assert_int_equal(h.n_cols, COLUMNS_LIMIT);
	assert_int_equal(header_find(&h, "aaaaa", 5), 0);
	assert_int_equal(header_find(&h, text + 6 * (COLUMNS_LIMIT - 1), 5), COLUMNS_LIMIT - 1);
	header_free(&h);
	free(text);

	text = many_names(COLUMNS_LIMIT, 30000); /* a twin among so many is found */
	assert_int_equal(read_text(&h, text, &err), SLUICE_E_DATA);
	assert_string_equal(err.text, "columns 30001 and 65535 have the same name");
	header_free(&h);
	free(text);

	text = many_names(COLUMNS_LIMIT + 1, COLUMNS_LIMIT);
	assert_int_equal(read_text(&h, text, &err), SLUICE_E_DATA);
	assert_non_null(strstr(err.text, "65,535"));
	header_free(&h);
	free(text);
}

static void a_column_is_found_by_all_of_its_name(void **state)
{
	struct header h;

	(void)state;
	assert_int_equal(read_text(&h, "ab,\"a\",,abc,\"x\"\"y\"\n", NULL), SLUICE_OK);
	assert_int_equal(header_find(&h, "a", 1), 1);
	assert_int_equal(header_find(&h, "ab", 2), 0);
	assert_int_equal(header_find(&h, "abcd", 3), 3);
	assert_int_equal(header_find(&h, "", 0), 2);
	assert_int_equal(header_find(&h, "x\"y", 3), 4);
	assert_int_equal(header_find(&h, "A", 1), -1);
	assert_int_equal(header_find(&h, "b", 1), -1);
	header_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_unquoted_and_raw_bytes_are_kept),
		cmocka_unit_test(doubtful_headers_are_refused_with_their_column),
		cmocka_unit_test(there_may_be_65535_columns_and_no_more),
		cmocka_unit_test(a_column_is_found_by_all_of_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
