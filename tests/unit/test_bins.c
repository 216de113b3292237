/* Numbers and dates come into their bands, and nothing else does. */
#include "unit.h"

#include "group/bins.h"

/* On a block of exactly 'len' bytes, for valgrind and ASan; guards behind the label. */
static enum bins_fault find(const struct bins *b, const char *text, size_t len,
                            char label[BINS_TEXT + 1])
{
	uint8_t *exact = malloc(len + !len);
	uint8_t *room = malloc(BINS_TEXT);
	enum bins_fault fault;
	uint32_t n = 99;

	assert_non_null(exact);
	assert_non_null(room);
	memcpy(exact, text, len);
	fault = bins_find(b, exact, (uint32_t)len, room, &n);
	assert_true(n <= BINS_TEXT);
	memcpy(label, room, n);
	label[n] = '\0';
	free(exact);
	free(room);
	return fault;
}

static void check(const struct bins *b, const char *text, const char *want)
{
	char label[BINS_TEXT + 1];

	if (find(b, text, strlen(text), label) != BINS_FINE || strcmp(label, want) != 0)
		FAIL("'%s' came into '%s', not '%s'\n", text, label, want);
}

static void refuse(const struct bins *b, const char *text, size_t len, enum bins_fault want)
{
	char label[BINS_TEXT + 1];
	const enum bins_fault got = find(b, text, len, label);

	if (got != want || *label)
		FAIL("'%s': %d, not %d, and '%s'\n", text, got, want, label);
}

static void numbers_come_between_their_edges(void **state)
{
	int64_t edges[] = { 0, 18, 40, 41, 65 };
	const struct bins b = { BINS_NUMBERS, edges, LENGTH(edges) };

	(void)state;
	check(&b, "0", "0-17");
	check(&b, "17", "0-17");
	check(&b, "18", "18-39");
	check(&b, "39", "18-39");
	check(&b, "40", "40");
	check(&b, "41", "41-64");
	check(&b, "64", "41-64");
	check(&b, "65", "65+");
	check(&b, "999999999999999", "65+");
	/* However a count may be spelt. */
	check(&b, "17.0", "0-17");
	check(&b, "4e1", "40");
}

static void every_number_comes_into_the_band_that_a_search_from_the_left_finds(void **state)
{
	int64_t edges[40];
	char text[24], want[64];

	(void)state;
	for (size_t n = 1; n <= LENGTH(edges); n++) {
		const struct bins b = { BINS_NUMBERS, edges, n };

		for (size_t i = 0; i < n; i++) /* gaps of 1, 2 and 3 */
			edges[i] = i ? edges[i - 1] + 1 + (int64_t)(i * n % 3) : 2;
		for (int64_t value = 0; value < edges[n - 1] + 3; value++) {
			size_t band = n;

			for (size_t i = 0; i < n && edges[i] <= value; i++)
				band = i;
			snprintf(text, sizeof(text), "%lld", (long long)value);
			if (band == n) {
				refuse(&b, text, strlen(text), BINS_BELOW);
				continue;
			}
			if (band + 1 == n)
				snprintf(want, sizeof(want), "%lld+", (long long)edges[band]);
			else if (edges[band + 1] == edges[band] + 1)
				snprintf(want, sizeof(want), "%lld", (long long)edges[band]);
			else
				snprintf(want, sizeof(want), "%lld-%lld",
				         (long long)edges[band],
				         (long long)edges[band + 1] - 1);
			check(&b, text, want);
		}
	}
}

static void the_widest_bands_have_room(void **state)
{
	int64_t edges[] = { 100000000000000, 999999999999999 };
	const struct bins b = { BINS_NUMBERS, edges, LENGTH(edges) };

	(void)state;
	check(&b, "100000000000000", "100000000000000-999999999999998");
	check(&b, "999999999999999", "999999999999999+");
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = { "",
		                           "NA",
		                           "-1",
		                           "+5",
		                           " 5",
		                           "5 ",
		                           "05",
		                           "18.5",
		                           "1,0",
		                           "0x1",
		                           "1e-1",
		                           "nan",
		                           "3.",
		                           "five",
		                           "<5",
		                           ".5",
		                           "1e15",
		                           "2024-01-01",
		                           "1000000000000000" };
	int64_t edges[] = { 10 };
	const struct bins b = { BINS_NUMBERS, edges, 1 };

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++)
		refuse(&b, bad[i], strlen(bad[i]), BINS_NO_NUMBER);
	refuse(&b, "10\0", 3, BINS_NO_NUMBER);
	refuse(&b, "9", 1, BINS_BELOW);
	refuse(&b, "0", 1, BINS_BELOW);
}

static void dates_come_into_months_quarters_and_years(void **state)
{
	static const char *const cases[][4] = {
		{ "2024-01-01", "2024-01", "2024-Q1", "2024" },
		{ "2024-03-31", "2024-03", "2024-Q1", "2024" },
		{ "2024-04-01", "2024-04", "2024-Q2", "2024" },
		{ "2024-06-30T23:59:59Z", "2024-06", "2024-Q2", "2024" },
		{ "1999-07-31 00:00:00.000", "1999-07", "1999-Q3", "1999" },
		{ "1999-09-01T12:00+01:00", "1999-09", "1999-Q3", "1999" },
		{ "0001-10-10T1-1", "0001-10", "0001-Q4", "0001" },
		{ "9999-12-31", "9999-12", "9999-Q4", "9999" },
		{ "2024-02-29", "2024-02", "2024-Q1", "2024" },
		{ "2000-02-29", "2000-02", "2000-Q1", "2000" },
	};
	const struct bins month = { BINS_MONTH, NULL, 0 }, quarter = { BINS_QUARTER, NULL, 0 },
			  year = { BINS_YEAR, NULL, 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		check(&month, cases[i][0], cases[i][1]);
		check(&quarter, cases[i][0], cases[i][2]);
		check(&year, cases[i][0], cases[i][3]);
	}
}

static void what_is_no_date_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"2024",
		"2024-01",
		"2024-1-01",
		"2024-01-1",
		"20240101",
		"2024/01/01",
		"01-01-2024",
		"2024-00-10",
		"2024-13-01",
		"2024-01-00",
		"2024-01-32",
		"2024-04-31",
		"2023-02-29",
		"2100-02-29",
		"1900-02-29",
		"2024-02-30",
		"0000-01-01",
		"2024-01-01T",
		"2024-01-01 ",
		"2024-01-01x",
		"2024-01-011",
		" 2024-01-01",
		"2024-01-01t00",
		"2024-01-01T00:00am",
		"-024-01-01",
		"2024-+1-01",
		"2024-01- 1",
		"2024-01-01,00",
		"NA",
		"2024-06-31",
		"2024-09-31",
		"2024-11-31",
		"2024-01-01T \xE2\x80\xA8",
	};
	const enum bins_kind kinds[] = { BINS_MONTH, BINS_QUARTER, BINS_YEAR };

	(void)state;
	for (size_t k = 0; k < LENGTH(kinds); k++) {
		const struct bins b = { kinds[k], NULL, 0 };

		for (size_t i = 0; i < LENGTH(bad); i++)
			refuse(&b, bad[i], strlen(bad[i]), BINS_NO_DATE);
		refuse(&b, "2024-01-01T0\0", 13, BINS_NO_DATE);
		refuse(&b, "2024-01-01\0", 11, BINS_NO_DATE);
	}
}

static void every_day_of_four_centuries_is_one(void **state)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const struct bins b = { BINS_MONTH, NULL, 0 };
	unsigned n = 0;

	(void)state;
	for (int year = 1801; year <= 2200; year++) {
		for (int month = 1; month <= 12; month++) {
			for (int day = 1; day <= 31; day++) {
				char text[40], label[BINS_TEXT + 1];

				snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month,
				         day);
				if (find(&b, text, 10, label) != BINS_FINE) {
					assert_true(day > days[month - 1]);
					continue;
				}
				assert_memory_equal(label, text, 7);
				n++;
			}
		}
	}
	assert_int_equal(n, 146097); /* days in 400 years of this calendar */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_come_between_their_edges),
		cmocka_unit_test(
			every_number_comes_into_the_band_that_a_search_from_the_left_finds),
		cmocka_unit_test(the_widest_bands_have_room),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(dates_come_into_months_quarters_and_years),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(every_day_of_four_centuries_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
