/* Command lines in words, as the pipeline takes them apart. */
#include "unit.h"

#include "release/shell.h"

static void expect(const char *line, const char *const *words)
{
	struct shell_words w;
	size_t n = 0;

	assert_true(shell_split(&w, line));
	for (; words[n]; n++) {
		assert_non_null(shell_word(&w, n));
		assert_string_equal(shell_word(&w, n), words[n]);
	}
	assert_int_equal(w.n, n);
	assert_null(shell_word(&w, n));
	shell_free(&w);
}

static void splits(void **state)
{
	(void)state;
	expect("", (const char *const[]){ NULL });
	expect("  a\tb\nc ", (const char *const[]){ "a", "b", "c", NULL });
	expect("a'b c'd \"e f\"", (const char *const[]){ "ab cd", "e f", NULL });
	expect("'' \"\"", (const char *const[]){ "", "", NULL });
	expect("a\\ b \"c\\\"d\\\\e\\f\" 'g\\h'",
	       (const char *const[]){ "a b", "c\"d\\e\\f", "g\\h", NULL });
}

static void refuses(void **state)
{
	static const char *const open[] = { "'a", "a \"b", "a\\", "\"a\\\"" };

	(void)state;
	for (size_t i = 0; i < LENGTH(open); i++) {
		struct shell_words w;

		assert_false(shell_split(&w, open[i]));
		shell_free(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(splits),
		                            cmocka_unit_test(refuses) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
