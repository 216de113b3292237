/* A selector is read as the contract says, means the columns it says, and can be said again. */
#include "unit.h"

#include "plan/select.h"

static const struct sluice_plan plan = { .source = (char[]){ "plan" } };
static const struct place place = { 3, 14 };

static void the_forms_are_told_apart(void **state)
{
	static const struct {
		const char *said;
		enum select_kind kind;
		bool optional;
		const char *text;
		uint32_t position;
		const char *again;
	} cases[] = {
		{ "n", SELECT_NAME, false, "n", 0, "n" },
		{ "patient_id?", SELECT_NAME, true, "patient_id", 0, "patient_id?" },
		{ "a b,c", SELECT_NAME, false, "a b,c", 0, "a b,c" },
		{ " n ", SELECT_NAME, false, " n ", 0, " n " },
		{ "what??", SELECT_NAME, true, "what?", 0, "what??" },
		{ "n_*", SELECT_GLOB, false, "n_*", 0, "n_*" },
		{ "*?", SELECT_GLOB, true, "*", 0, "*?" },
		{ "#1", SELECT_POSITION, false, NULL, 1, "#1" },
		{ "#65535?", SELECT_POSITION, true, NULL, 65535, "#65535?" },
		{ "=odd*name", SELECT_NAME, false, "odd*name", 0, "=odd*name" },
		{ "=what?", SELECT_NAME, false, "what?", 0, "=what?" },
		{ "=#1", SELECT_NAME, false, "#1", 0, "=#1" },
		{ "==x", SELECT_NAME, false, "=x", 0, "==x" },
		{ "=n", SELECT_NAME, false, "n", 0, "n" },
		{ "=", SELECT_NAME, false, "", 0, "=" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct selector s;
		char *again;

		assert_int_equal(selector_parse(&s, cases[i].said, strlen(cases[i].said), &plan,
		                                place, NULL),
		                 SLUICE_OK);
		assert_int_equal(s.kind, cases[i].kind);
		assert_int_equal(s.optional, cases[i].optional);
		assert_int_equal(s.position, cases[i].position);
		assert_int_equal(s.at.line, 3);
		if (cases[i].text)
			assert_string_equal(s.text, cases[i].text);
		else
			assert_null(s.text);
		again = selector_text(&s);
		assert_string_equal(again, cases[i].again);
		free(again);
		selector_free(&s);
	}
}

static void what_is_no_selector_is_refused_with_its_place(void **state)
{
	static const char *const cases[] = {
		"", "?", "#", "#0", "#x", "#01", "#1x", "#65536", "#99999999999", "# 1", "#-1",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_error err = { 0 };
		struct selector s;

		assert_int_equal(
			selector_parse(&s, cases[i], strlen(cases[i]), &plan, place, &err),
			SLUICE_E_PLAN);
		assert_string_equal(err.source, "plan");
		assert_int_equal(err.line, 3);
		assert_int_equal(err.column, 14);
		selector_free(&s);
	}
}

/* The columns of 'header' that the selector means, as a string of 0s and 1s. */
static void matched(const char *header, const char *said, char out[64])
{
	struct header h = { 0 };
	struct selector s;
	uint32_t col;

	assert_int_equal(
		header_read(&h, ',', (const uint8_t *)header, (uint32_t)strlen(header), NULL),
		SLUICE_OK);
	assert_int_equal(selector_parse(&s, said, strlen(said), &plan, place, NULL), SLUICE_OK);
	for (col = 0; col < h.n_cols; col++)
		out[col] = selector_matches(&s, &h, col) ? '1' : '0';
	out[col] = '\0';
	selector_free(&s);
	header_free(&h);
}

static void columns_are_matched_byte_for_byte(void **state)
{
	static const struct {
		const char *header, *said, *matched;
	} cases[] = {
		{ "n,N,n ,nn\n", "n", "1000" },
		{ "n,N,n ,nn\n", "n?", "1000" },
		{ "n,N,n ,nn\n", "#3", "0010" },
		{ "n,N,n ,nn\n", "#9?", "0000" },
		{ "n,N,n ,nn\n", "n*", "1011" },
		{ "n,N,n ,nn\n", "*n", "1001" },
		{ "n,N,n ,nn\n", "*", "1111" },
		{ "n,N,n ,nn\n", "**", "1111" },
		{ "abcabd,abd,ab,aXbYd\n", "a*b*d", "1101" },
		{ "abcabd,abd,ab,aXbYd\n", "*abd", "1100" },
		{ "aaaaab,b,aab\n", "*aab", "101" },
		{ "a*b,axb,a\n", "=a*b", "100" },
		{ "a*b,axb,a\n", "a*b", "110" },
		{ "\"q\"\"q\",\"a,b\",c\n", "q\"q", "100" },
		{ "\"q\"\"q\",\"a,b\",c\n", "a,b", "010" },
		{ "\"\",x\n", "=", "10" },
		{ "\"\",x\n", "*", "11" },
		{ "\xC3\xA9,e\xCC\x81\n", "\xC3\xA9", "10" }, /* composed is not combined */
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char out[64];

		matched(cases[i].header, cases[i].said, out);
		assert_string_equal(out, cases[i].matched);
	}
}

static void a_hostile_glob_does_not_take_for_ever(void **state)
{
	char header[2100], out[64], glob[128] = "";

	(void)state;
	memset(header, 'a', 2000);
	header[2000] = '\n';
	header[2001] = '\0';
	for (int i = 0; i < 30; i++)
		memcpy(glob + 2 * i, "*a", 3);
	memcpy(glob + 60, "*b", 3);
	matched(header, glob, out);
	assert_string_equal(out, "0");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_forms_are_told_apart),
		cmocka_unit_test(what_is_no_selector_is_refused_with_its_place),
		cmocka_unit_test(columns_are_matched_byte_for_byte),
		cmocka_unit_test(a_hostile_glob_does_not_take_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
