/* The rows that are kept: by the unquoted bytes of a field, all conditions at once. */
#include "tokenized.h"

#include "table/where.h"

#define TABLE "a,1\nb,2\n\"a\",3\n\"a\"\"\",4\n,5\n\"\",6\nA,7\na ,8\nab,9\n"

/* The second column of the rows that stay. */
static void assert_rows(const char *text, const struct bound_where *w, uint32_t n,
                        const char *want)
{
	struct where_state s = { 0 };
	char got[32] = { 0 };
	struct tokenized z;

	tokenized_begin(&z, text, 2, false);
	assert_int_equal(where_apply(w, n, &s, &z.b, NULL), SLUICE_OK);
	for (uint32_t i = 0; i < z.b.n_rows; i++)
		got[i] = (char)batch_field(&z.b, batch_row(&z.b, i), 1).text[0];
	assert_string_equal(got, want);
	assert_int_equal(s.dropped, z.b.n_scanned - z.b.n_rows);
	where_state_free(&s);
	tokenized_end(&z);
}

static void a_row_stays_when_its_field_is_one_of_the_values(void **state)
{
	static char *const values[] = { (char *)(uintptr_t) "a", (char *)(uintptr_t) "b",
		                        (char *)(uintptr_t) "", (char *)(uintptr_t) "a\"" };
	static const struct {
		size_t first, n;
		bool negated;
		const char *want;
	} cases[] = {
		{ 0, 1, false, "13" },       { 0, 1, true, "2456789" }, { 0, 2, false, "123" },
		{ 2, 1, false, "56" },       { 2, 1, true, "1234789" }, { 3, 1, false, "4" },
		{ 0, 4, false, "123456" },   { 0, 4, true, "789" },     { 0, 0, false, "" },
		{ 0, 0, true, "123456789" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct bound_where w = { 0, cases[i].negated, values + cases[i].first,
			                       cases[i].n };

		assert_rows(TABLE, &w, 1, cases[i].want);
	}
}

static void all_conditions_must_hold(void **state)
{
	static char *const a[] = { (char *)(uintptr_t) "a" };
	static char *const low[] = { (char *)(uintptr_t) "1", (char *)(uintptr_t) "2" };
	const struct bound_where both[] = { { 0, false, a, 1 }, { 1, false, low, 2 } };
	const struct bound_where neither[] = { { 0, true, a, 1 }, { 1, true, low, 2 } };
	const struct bound_where never[] = { { 1, false, low, 2 },
		                             { 1, true, low, 2 },
		                             { 0, false, a, 1 } };

	(void)state;
	assert_rows(TABLE, both, 0, "123456789");
	assert_rows(TABLE, both, 2, "1");
	assert_rows(TABLE, neither, 2, "456789");
	assert_rows(TABLE, never, 3, "");
}

static void the_line_end_is_no_part_of_the_last_field(void **state)
{
	static char *const five[] = { (char *)(uintptr_t) "5" };
	const struct bound_where w = { 1, false, five, 1 };

	(void)state;
	assert_rows("a,5\r\nb,5\nc,\"5\"\r\nd,55\r\n", &w, 1, "55\"");
}

static void one_state_serves_batches_of_any_size(void **state)
{
	static char *const x[] = { (char *)(uintptr_t) "x" };
	const struct bound_where w = { 0, false, x, 1 };
	struct where_state s = { 0 };
	uint64_t dropped = 0;

	(void)state;
	for (uint32_t n = 1; n < 300; n += 37) {
		char text[5 * 300 + 1];
		struct tokenized z;

		for (uint32_t i = 0; i < n; i++)
			memcpy(text + (size_t)4 * i, i % 3 ? "x,1\n" : "y,2\n", 5);
		tokenized_begin(&z, text, 2, false);
		assert_int_equal(where_apply(&w, 1, &s, &z.b, NULL), SLUICE_OK);
		assert_int_equal(z.b.n_rows, n - (n + 2) / 3);
		dropped += (n + 2) / 3;
		assert_int_equal(s.dropped, dropped);
		tokenized_end(&z);
	}
	where_state_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_stays_when_its_field_is_one_of_the_values),
		cmocka_unit_test(all_conditions_must_hold),
		cmocka_unit_test(the_line_end_is_no_part_of_the_last_field),
		cmocka_unit_test(one_state_serves_batches_of_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
