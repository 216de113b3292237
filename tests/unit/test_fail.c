/* Errors say what and where, in one printable line. */
#include "unit.h"

#include <errno.h>

#include "base/fail.h"

static void an_error_holds_what_was_said(void **state)
{
	struct sluice_error err;

	(void)state;
	memset(&err, 0xAA, sizeof(err)); /* whatever was there before */
	assert_int_equal(fail(&err, SLUICE_E_PLAN, "%d of %s", 3, "four"), SLUICE_E_PLAN);
	assert_int_equal(err.status, SLUICE_E_PLAN);
	assert_string_equal(err.text, "3 of four");
	assert_string_equal(err.source, "");
	assert_int_equal(err.line, 0);
	assert_int_equal(err.column, 0);
}

static void an_error_has_a_place(void **state)
{
	struct sluice_error err;

	(void)state;
	assert_int_equal(fail_at(&err, SLUICE_E_DATA, UINT64_MAX, 65535, "not %s", "so"),
	                 SLUICE_E_DATA);
	assert_true(err.line == UINT64_MAX);
	assert_int_equal(err.column, 65535);
	assert_string_equal(err.text, "not so");
}

static void nobody_need_listen(void **state)
{
	(void)state;
	assert_int_equal(fail(NULL, SLUICE_E_BUG, "x"), SLUICE_E_BUG);
	assert_int_equal(fail_at(NULL, SLUICE_E_DATA, 1, 2, "x"), SLUICE_E_DATA);
	assert_int_equal(fail_errno(NULL, SLUICE_E_IO, ENOENT, "x"), SLUICE_E_IO);
	assert_int_equal(fail_memory(NULL), SLUICE_E_MEMORY);
	fail_source(NULL, "x");
}

static void the_systems_reason_comes_last(void **state)
{
	struct sluice_error err;
	char path[600];

	(void)state;
	fail_errno(&err, SLUICE_E_IO, ENOENT, "cannot open '%s'", "x");
	assert_string_equal(err.text, "cannot open 'x': No such file or directory");

	memset(path, 'p', sizeof(path)); /* a long path does not push it out */
	path[sizeof(path) - 1] = '\0';
	fail_errno(&err, SLUICE_E_IO, ENOENT, "%s", path);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_string_equal(err.text + sizeof(err.text) - 28, ": No such file or directory");
}

static void a_text_is_cut_between_characters(void **state)
{
	struct sluice_error err;
	char text[600] = "";

	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		memset(text, 'a', shift);
		for (size_t i = shift; i + 4 < sizeof(text); i += 4)
			memcpy(text + i, "\xF0\x9F\x8C\x8A", 5);
		fail(&err, SLUICE_E_DATA, "%s", text);
		assert_int_equal((strlen(err.text) - shift) % 4, 0);
		assert_true(strlen(err.text) > sizeof(err.text) - 5);
	}
	memset(text, 'x', sizeof(text) - 1);
	fail(&err, SLUICE_E_DATA, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

static void the_first_source_stays(void **state)
{
	struct sluice_error err;
	char path[600];

	(void)state;
	fail(&err, SLUICE_E_DATA, "x");
	fail_source(&err, NULL);
	assert_string_equal(err.source, "");
	fail_source(&err, "a\nb.csv");
	assert_string_equal(err.source, "a?b.csv");
	fail_source(&err, "other.csv");
	assert_string_equal(err.source, "a?b.csv");

	fail(&err, SLUICE_E_DATA, "x");
	memset(path, 'p', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	fail_source(&err, path);
	assert_int_equal(strlen(err.source), sizeof(err.source) - 1);
}

static void names_are_made_printable(void **state)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "", "" },
		{ "plain name_1", "plain name_1" },
		{ "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8C\x8A",
		  "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8C\x8A" },
		{ "a\nb\rc\td\x1B[31m\x7F", "a?b?c?d?[31m?" },
		{ "\xC2\x9B"
		  "2J",
		  "?2J" },                                   /* C1: the other CSI    */
		{ "\xE2\x80\x8Bpatient_id", "?patient_id" }, /* zero width space      */
		{ "\xEF\xBB\xBFid", "?id" },                 /* a BOM                 */
		{ "\xE2\x80\xAE"
		  "dcba",
		  "?dcba" }, /* turns the text around */
		{ "\xFF\xFE", "??" },
		{ "\xC3", "?" },
		{ "\xE2\x82", "??" },
		{ "\xE2\x82x", "??x" },
		{ "\xC0\xAF", "??" }, /* overlong              */
		{ "\xE0\x80\xAF", "???" },
		{ "\xF0\x80\x80\xAF", "????" },
		{ "\xED\xA0\x80", "???" },      /* a surrogate           */
		{ "\xF4\x90\x80\x80", "????" }, /* past U+10FFFF         */
	};
	char out[72];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_string_equal(printable(out, cases[i].name, strlen(cases[i].name)),
		                    cases[i].want);
	assert_string_equal(printable(out, "a\0b", 3), "a?b");
}

static void long_names_end_in_dots(void **state)
{
	char name[200];
	char out[72];

	(void)state;
	memset(name, 'n', sizeof(name));
	printable(out, name, 64);
	assert_int_equal(strlen(out), 64);
	assert_int_equal(out[63], 'n');
	printable(out, name, 65);
	assert_int_equal(strlen(out), 64);
	assert_string_equal(out + 60, "n...");

	for (size_t i = 0; i + 3 <= sizeof(name); i += 3)
		memcpy(name + i, "\xE2\x82\xAC", 3);
	printable(out, name, sizeof(name)); /* never half a character */
	assert_int_equal(strlen(out), 63);
	assert_memory_equal(out + 57, "\xE2\x82\xAC...", 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_holds_what_was_said),
		cmocka_unit_test(an_error_has_a_place),
		cmocka_unit_test(nobody_need_listen),
		cmocka_unit_test(the_systems_reason_comes_last),
		cmocka_unit_test(a_text_is_cut_between_characters),
		cmocka_unit_test(the_first_source_stays),
		cmocka_unit_test(names_are_made_printable),
		cmocka_unit_test(long_names_end_in_dots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
