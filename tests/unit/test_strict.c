/* The specification of the CSV that is read, one record at a time. */
#include "unit.h"

#include "csv/strict.h"

struct fields {
	char text[64]; /* "[field]" of each */
	size_t len;
	const char *record;
};

static void on_field(void *ctx, uint32_t begin, uint32_t end)
{
	struct fields *f = ctx;
	const int n = snprintf(f->text + f->len, sizeof(f->text) - f->len, "[%.*s]",
	                       (int)(end - begin), f->record + begin);

	f->len += (size_t)n;
}

static void a_record_is_cut_into_fields(void **state)
{
	static const struct {
		const char *text, *fields;
		uint32_t len, n_fields, lines;
		bool ended, blank;
	} cases[] = {
		{ "a,b\n", "[a][b]", 4, 2, 1, true, false },
		{ "a,b\r\n", "[a][b]", 5, 2, 1, true, false },
		{ "a,b", "[a][b]", 3, 2, 0, false, false },
		{ "a,\n", "[a][]", 3, 2, 1, true, false },
		{ "a,", "[a][]", 2, 2, 0, false, false },
		{ ",,\n", "[][][]", 3, 3, 1, true, false },
		{ "\"a\",\"b,c\"\n", "[\"a\"][\"b,c\"]", 10, 2, 1, true, false },
		{ "\"a\"\"b\"\n", "[\"a\"\"b\"]", 7, 1, 1, true, false },
		{ "\"\"\n", "[\"\"]", 3, 1, 1, true, false },
		{ "\"\"\"\"\n", "[\"\"\"\"]", 5, 1, 1, true, false },
		{ "\"a\nb\",c\nd\n", "[\"a\nb\"][c]", 8, 2, 2, true, false },
		{ "\"a\r\nb\"\r\n", "[\"a\r\nb\"]", 8, 1, 2, true, false },
		{ "\"a\rb\"\n", "[\"a\rb\"]", 6, 1, 1, true, false },
		{ "a\nb\nc", "[a]", 2, 1, 1, true, false },
		{ " a , b \n", "[ a ][ b ]", 8, 2, 1, true, false },
		{ "\n", "[]", 1, 1, 1, true, true },
		{ "\r\n", "[]", 2, 1, 1, true, true },
		{ "", "", 0, 0, 0, false, false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct fields f = { .record = cases[i].text };
		struct record r;

		strict_record((const uint8_t *)cases[i].text, (uint32_t)strlen(cases[i].text),
		              ',', &r, on_field, &f);
		assert_string_equal(f.text, cases[i].fields);
		assert_int_equal(r.why, REFUSE_NOTHING);
		assert_int_equal(r.len, cases[i].len);
		assert_int_equal(r.n_fields, cases[i].n_fields);
		assert_int_equal(r.lines, cases[i].lines);
		assert_int_equal(r.ended, cases[i].ended);
		assert_int_equal(r.blank, cases[i].blank);
	}
}

static void an_offence_has_its_reason_and_place(void **state)
{
	static const struct {
		const char *text;
		uint32_t len;
		enum refusal why;
		uint32_t line, field;
	} cases[] = {
		{ "a\"\n", 3, REFUSE_QUOTE_INSIDE, 0, 1 },
		{ "a,b\"c\"\n", 7, REFUSE_QUOTE_INSIDE, 0, 2 },
		{ " \"a\"\n", 5, REFUSE_QUOTE_INSIDE, 0, 1 },
		{ "\"a\" ,b\n", 7, REFUSE_QUOTE_AFTER, 0, 1 },
		{ "a,\"b\nc\"d\n", 9, REFUSE_QUOTE_AFTER, 1, 2 },
		{ "\"a\"\r,b\n", 7, REFUSE_CR, 0, 1 },
		{ "a\rb\n", 4, REFUSE_CR, 0, 1 },
		{ "a\r\r\n", 4, REFUSE_CR, 0, 1 },
		{ "a,b\r", 4, REFUSE_CR, 0, 2 },
		{ "\r", 1, REFUSE_CR, 0, 1 },
		{ "a,\"b\n\nc", 7, REFUSE_UNTERMINATED, 0, 2 },
		{ "\"", 1, REFUSE_UNTERMINATED, 0, 1 },
		{ "\"a\"\"", 4, REFUSE_UNTERMINATED, 0, 1 },
		{ "a\0b\n", 4, REFUSE_NUL, 0, 1 },
		{ "a,\"\n\0\"\n", 7, REFUSE_NUL, 1, 2 },
		{ "a,\0", 3, REFUSE_NUL, 0, 2 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct record r;

		strict_record((const uint8_t *)cases[i].text, cases[i].len, ',', &r, NULL,
		              NULL);
		assert_int_equal(r.why, cases[i].why);
		assert_int_equal(r.why_line, cases[i].line);
		assert_int_equal(r.why_field, cases[i].field);
		assert_false(r.blank);
	}
}

static void the_delimiter_is_the_callers(void **state)
{
	static const char delimiters[] = ";\t| ";

	(void)state;
	for (size_t i = 0; i < sizeof(delimiters) - 1; i++) {
		char text[] = "a,b?\"c?\"?\n";
		struct record r;

		for (size_t k = 0; text[k]; k++)
			text[k] = text[k] == '?' ? delimiters[i] : text[k];
		strict_record((const uint8_t *)text, sizeof(text) - 1, (uint8_t)delimiters[i],
		              &r, NULL, NULL);
		assert_int_equal(r.why, REFUSE_NOTHING);
		assert_int_equal(r.n_fields, 3);
	}
}

static void a_byte_is_found_in_its_field(void **state)
{
	static const struct {
		const char *record;
		uint32_t offset, field;
	} cases[] = {
		{ "ab,cd,,e", 0, 1 },        { "ab,cd,,e", 1, 1 },     { "ab,cd,,e", 3, 2 },
		{ "ab,cd,,e", 7, 4 },        { "\"a,b\",c", 2, 1 },    { "\"a,b\",c", 6, 2 },
		{ "x,\"a\nb,c\nd\"", 9, 2 }, { "x,\"a\"\"b\"", 5, 2 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(
			strict_field_at((const uint8_t *)cases[i].record, cases[i].offset, ','),
			cases[i].field);
}

static void every_reason_has_a_sentence_of_its_own(void **state)
{
	static char said[REFUSE_COLUMNS_LIMIT + 1][512];

	(void)state;
	for (int why = REFUSE_QUOTE_INSIDE; why <= REFUSE_COLUMNS_LIMIT; why++) {
		struct sluice_error err = { 0 };

		assert_int_equal(refuse(&err, (enum refusal)why, 5, 3), SLUICE_E_DATA);
		assert_int_equal(err.status, SLUICE_E_DATA);
		assert_int_equal(err.line, 5);
		assert_int_equal(err.column, 3);
		assert_true(strlen(err.text) > 15);
		for (int other = REFUSE_QUOTE_INSIDE; other < why; other++)
			assert_string_not_equal(err.text, said[other]);
		memcpy(said[why], err.text, sizeof(err.text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_cut_into_fields),
		cmocka_unit_test(an_offence_has_its_reason_and_place),
		cmocka_unit_test(the_delimiter_is_the_callers),
		cmocka_unit_test(a_byte_is_found_in_its_field),
		cmocka_unit_test(every_reason_has_a_sentence_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
