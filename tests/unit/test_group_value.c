/* Numbers of summed columns are read exactly or not at all, and means are printed exactly. */
#include "unit.h"

#include "chance.h"
#include "group/value.h"

static char not_known[] = "n/a", seventeen[] = "17";
static char *said_missing[] = { not_known, seventeen };
static const struct dialect plain = { .delimiter = ',' };

static void counts_and_flags_are_read(void **state)
{
	static const struct {
		const char *text;
		enum value_what what;
		int64_t value;
	} cases[] = {
		{ "0", VALUE_IS_NUMBER, 0 },
		{ "17", VALUE_IS_NUMBER, 17 },
		{ "1.0", VALUE_IS_NUMBER, 1 },
		{ "1e3", VALUE_IS_NUMBER, 1000 },
		{ "999999999999999", VALUE_IS_NUMBER, 999999999999999 },
		{ "T", VALUE_IS_NUMBER, 1 },
		{ "F", VALUE_IS_NUMBER, 0 },
		{ "", VALUE_IS_MISSING, 0 },
		{ "NA", VALUE_IS_MISSING, 0 },
		{ "n/a", VALUE_IS_MISSING, 0 },
		{ "t", VALUE_IS_BAD, 0 },
		{ "TRUE", VALUE_IS_BAD, 0 },
		{ "TF", VALUE_IS_BAD, 0 },
		{ "-1", VALUE_IS_BAD, 0 },
		{ "1.5", VALUE_IS_BAD, 0 },
		{ "01", VALUE_IS_BAD, 0 },
		{ "1000000000000000", VALUE_IS_BAD, 0 },
	};
	struct dialect d = plain;

	(void)state;
	d.missing = said_missing;
	d.n_missing = LENGTH(said_missing);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const uint32_t len = (uint32_t)strlen(cases[i].text);
		int64_t value = -9;
		const enum value_what what =
			value_count((const uint8_t *)cases[i].text, len, &d, &value);

		if (what != cases[i].what ||
		    (what == VALUE_IS_NUMBER && value != cases[i].value))
			FAIL("'%s': %d, %lld\n", cases[i].text, what, (long long)value);
	}
}

#define SCALE INT64_C(1000000000)

static void decimals_are_read_to_the_ninth(void **state)
{
	static const struct {
		const char *text;
		int64_t parts; /* where it is small enough to be said so */
	} cases[] = {
		{ "0", 0 },
		{ "-0", 0 },
		{ "-0.0", 0 },
		{ "17.25", 17 * SCALE + 250000000 },
		{ "-17.25", -17 * SCALE - 250000000 },
		{ "0.000000001", 1 },
		{ "-0.000000001", -1 },
		{ "0.1234567890000", 123456789 },
		{ "5.0", 5 * SCALE },
		{ "-1e3", -1000 * SCALE },
		{ "1.5e1", 15 * SCALE },
		{ "9.100", 9 * SCALE + 100000000 },
	};
	static const char *const bad[] = {
		"1.",   ".5",      "-",       "--1",   "+1",
		"-.5",  "1.2.3",   "1e5.5",   "1E2.5", "1.5e2.5",
		"1e-2", "2.25e1",  "1,5",     " 1",    "1 ",
		"01.5", "1.5x",    "0x1",     "T",     "F",
		"nan",  "1.-5",    "-1.+5",   "1. 5",  "0.1234567891",
		"e5",   "1e15",    "- 1",     "-NA",   "1000000000000000.5",
		"1.e5", "1.00e-1", "\xD9\xA3"
	};
	uint64_t low, high;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const int64_t parts = cases[i].parts;

		if (value_decimal((const uint8_t *)cases[i].text,
		                  (uint32_t)strlen(cases[i].text), &plain, &low,
		                  &high) != VALUE_IS_NUMBER ||
		    low != (uint64_t)parts || high != (parts < 0 ? UINT64_MAX : 0))
			FAIL("'%s': %llx %llx\n", cases[i].text, (unsigned long long)high,
			     (unsigned long long)low);
	}
	for (size_t i = 0; i < LENGTH(bad); i++)
		if (value_decimal((const uint8_t *)bad[i], (uint32_t)strlen(bad[i]), &plain,
		                  &low, &high) != VALUE_IS_BAD)
			FAIL("'%s' was read\n", bad[i]);
	assert_int_equal(value_decimal((const uint8_t *)"", 0, &plain, &low, &high),
	                 VALUE_IS_MISSING);
	assert_int_equal(value_decimal((const uint8_t *)"NA", 2, &plain, &low, &high),
	                 VALUE_IS_MISSING);
}

/* A number comes before a text for "missing" that looks like one, as with counts. */
static void a_number_is_one_even_where_it_is_said_to_be_missing(void **state)
{
	struct dialect d = plain;
	uint64_t low, high;
	int64_t value;

	(void)state;
	d.missing = said_missing;
	d.n_missing = LENGTH(said_missing);
	assert_int_equal(value_count((const uint8_t *)"17", 2, &d, &value), VALUE_IS_NUMBER);
	assert_int_equal(value_decimal((const uint8_t *)"17", 2, &d, &low, &high),
	                 VALUE_IS_NUMBER);
}

/* Reckoned with rational numbers elsewhere: sum in parts, of how many, digits. */
static const struct {
	uint64_t low, high, n;
	unsigned digits;
	const char *text;
} means[] = {
	{ 0x0, 0x0, 1, 0, "0" },
	{ 0x0, 0x0, 5, 3, "0.000" },
	{ 0x1dcd6500, 0x0, 1, 0, "0" },
	{ 0x59682f00, 0x0, 1, 0, "2" },
	{ 0x9502f900, 0x0, 1, 0, "2" },
	{ 0xffffffffe2329b00, 0xffffffffffffffff, 1, 0, "0" },
	{ 0xffffffffa697d100, 0xffffffffffffffff, 1, 0, "-2" },
	{ 0xffffffff6afd0700, 0xffffffffffffffff, 1, 0, "-2" },
	{ 0xffffffffffffffff, 0xffffffffffffffff, 1, 0, "0" },
	{ 0xffffffffffffffff, 0xffffffffffffffff, 1, 9, "-0.000000001" },
	{ 0x1, 0x0, 3, 15, "0.000000000333333" },
	{ 0xfffffffffffffffe, 0xffffffffffffffff, 3, 15, "-0.000000000666667" },
	{ 0x3b9ac9ff, 0x0, 1, 0, "1" },
	{ 0x3b9ac9ff, 0x0, 1, 8, "1.00000000" },
	{ 0x1bcecceda0ffffff, 0xd3c2, 1, 0, "1000000000000000" },
	{ 0x1bcecceda0ffffff, 0xd3c2, 1, 1, "1000000000000000.0" },
	{ 0x1bcecceda0ffffff, 0xd3c2, 1, 9, "999999999999999.999999999" },
	{ 0xe43133125f000001, 0xffffffffffff2c3d, 7, 9, "-142857142857142.857142857" },
	{ 0xb34b9e272b5af000, 0xc097ce7bc90715, 1000000000000, 9, "999999999999999.999999999" },
	{ 0x4cb461d8d4a51000, 0xff3f68318436f8ea, 1000000000000, 15,
	  "-999999999999999.999999999000000" },
	{ 0xb34b9f1000000000, 0xc097ce7bc90715, 1000000000000000, 3, "1000000000000.000" },
	{ 0x7735940, 0x0, 1, 2, "0.12" },
	{ 0x80befc0, 0x0, 1, 2, "0.14" },
	{ 0xfffffffff88ca6c0, 0xffffffffffffffff, 1, 2, "-0.12" },
	{ 0x3d090, 0x0, 1000, 0, "0" },
	{ 0x1, 0x0, 1099511627776, 15, "0.000000000000000" },
	{ 0xffffff0000000000, 0xd3c21bcecceda0, 1099511627776, 9, "999999999999999.999999999" },
	{ 0x1dcd6500, 0x0, 1000000000, 0, "0" },
	{ 0xb2d05e00, 0x0, 2, 0, "2" },
	{ 0x12a05f200, 0x0, 2, 0, "2" },
	{ 0x1a13b8600, 0x0, 2, 0, "4" },
};

static void means_are_printed_exactly(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(means); i++) {
		char out[MEAN_TEXT + 1];
		const uint32_t len = mean_print((uint8_t *)out, means[i].low, means[i].high,
		                                means[i].n, means[i].digits);

		out[len] = '\0';
		if (strcmp(out, means[i].text) != 0)
			FAIL("%s, not %s\n", out, means[i].text);
	}
}

/* Read, added n times, divided by n and printed with nine digits: the same number. */
static void the_mean_of_one_number_is_that_number(void **state)
{
	struct chance c = { .state = 3 };

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const uint64_t top = chance_below(&c, 2) ? 1000 : 1000000000000000;
		const uint32_t n = 1 + chance_below(&c, 50);
		uint64_t words[3] = { 0 }, low, high;
		char text[40], out[MEAN_TEXT + 1];

		snprintf(text, sizeof(text), "%s%llu.%09u", chance_below(&c, 2) ? "-" : "",
		         (unsigned long long)(1 + chance_next(&c) % (top - 1)),
		         chance_below(&c, 1000000000));
		assert_int_equal(value_decimal((const uint8_t *)text, (uint32_t)strlen(text),
		                               &plain, &low, &high),
		                 VALUE_IS_NUMBER);
		for (uint32_t k = 0; k < n; k++) {
			words[0] += low;
			words[1] += high + (words[0] < low);
		}
		out[mean_print((uint8_t *)out, words[0], words[1], n, 9)] = '\0';
		assert_string_equal(out, text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_and_flags_are_read),
		cmocka_unit_test(decimals_are_read_to_the_ninth),
		cmocka_unit_test(a_number_is_one_even_where_it_is_said_to_be_missing),
		cmocka_unit_test(means_are_printed_exactly),
		cmocka_unit_test(the_mean_of_one_number_is_that_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
