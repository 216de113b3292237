/* Counts are read exactly or refused, and printed exactly. */
#include "unit.h"

#include "base/number.h"

/* Both readers; the safe one on a block of exactly 'len' bytes, for valgrind and ASan. */
static int64_t parse(const char *text, size_t len, const char *after)
{
	uint8_t *exact = malloc(len + !len);
	uint8_t padded[128];
	int64_t value;

	assert_non_null(exact);
	assert_true(len + NUMBER_PAD <= sizeof(padded));
	memcpy(exact, text, len);
	memcpy(padded, text, len);
	for (size_t i = 0; i < NUMBER_PAD; i++)
		padded[len + i] = (uint8_t)after[i % strlen(after)];
	value = number_parse(exact, (uint32_t)len);
	assert_int_equal(number_parse_padded(padded, (uint32_t)len), value);
	free(exact);
	return value;
}

static void check(const char *text, int64_t want)
{
	static const char *const after[] = { ",", "\n", "0", "9", "e5", ".0", "\377" };

	for (size_t i = 0; i < LENGTH(after); i++) {
		const int64_t got = parse(text, strlen(text), after[i]);

		if (got != want)
			FAIL("'%s' was read as %lld, not %lld\n", text, (long long)got,
			     (long long)want);
	}
}

static void plain_digits_are_read(void **state)
{
	(void)state;
	check("0", 0);
	check("7", 7);
	check("10", 10);
	check("123", 123);
	check("1234567", 1234567);
	check("12345678", 12345678);
	check("123456789", 123456789);
	check("234567890123456", 234567890123456);
	check("999999999999999", NUMBER_MAX);
	check("100000000000000", 100000000000000);
}

static void every_length_is_read(void **state)
{
	char text[24];

	(void)state;
	for (int64_t value = 1; value < NUMBER_MAX / 3; value = value * 3 + 1) {
		snprintf(text, sizeof(text), "%lld", (long long)value);
		check(text, value);
		snprintf(text, sizeof(text), "%lld.0", (long long)value);
		check(text, value);
	}
}

static void fractions_of_zeros_are_whole(void **state)
{
	(void)state;
	check("0.0", 0);
	check("0.000", 0);
	check("3.0", 3);
	check("3.00000000000000000000000000000", 3);
	check("999999999999999.0", NUMBER_MAX);
}

static void exponents_that_are_whole_are_read(void **state)
{
	(void)state;
	check("1e+05", 100000);
	check("1.5e6", 1500000);
	check("2E5", 200000);
	check("2E+5", 200000);
	check("3e0", 3);
	check("3.0e0", 3);
	check("3.0e00", 3);
	check("1.50e1", 15);
	check("12e3", 12000);
	check("1e14", 100000000000000);
	check("9.99999999999999e14", NUMBER_MAX);
	check("9.9999999999999900000e+14", NUMBER_MAX);
	check("999999999999999e0", NUMBER_MAX);
	check("99999999999999e1", 999999999999990);
}

static void all_else_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"+3",
		"-3",
		"-0",
		"--3",
		" 3",
		"3 ",
		"\t3",
		"3\r",
		"03",
		"00",
		"007",
		"00.0",
		"3.",
		".5",
		".0",
		".",
		"0.",
		"3.5",
		"3.05",
		"3.0000000000000000000001",
		"3..0",
		"3.0.0",
		"3,000",
		"3 000",
		"3'000",
		"3_000",
		"0x3",
		"0X3",
		"3h",
		"3L",
		"3f",
		"3%",
		"$3",
		"(3)",
		"<5",
		"NaN",
		"nan",
		"inf",
		"Inf",
		"null",
		"None",
		"-",
		"*",
		"three",
		"1234567890123456",
		"1000000000000000",
		"9999999999999990",
		"0000000000000001",
		"1234567890123456.0",
		"18446744073709551616",
		"4294967296000000000000",
		"\xD9\xA3",
		"\xEF\xBC\x93",
		"\xC2\xA0"
		"3",
		"3\xC2\xA0",
		"\xE2\x80\x8B"
		"3",
		"1e",
		"1e+",
		"e5",
		"1e-5",
		"30e-1",
		"1e-0",
		"1e5.0",
		"1e 5",
		"1e:",
		"1e;",
		"2e+:",
		"1e1:",
		"1e:1",
		"1e005",
		"1e+005",
		"1e++5",
		"1e15",
		"1e99",
		"1e999",
		"9.999999999999999e14",
		"10e14",
		"0e0",
		"0e5",
		"0.0e5",
		"0.5e1",
		"01e5",
		"1.e5",
		"1.5e0",
		"1.25e1",
		"1.5",
		"1E",
		"1f5",
		"1%5",
		"123456789012345.5e1",
		"999999999999999e1",
		"1.0000000000000001e15",
		"1.000000000000001e15",
		"1.111111111111111e15",
		"1e5 ",
		"12345678a",
		"a2345678",
		"1234567/",
		"1234567:",
		"12345678901234:",
		"/",
		":",
		"123456789012 45",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		check(cases[i], NUMBER_BAD);
}

static void a_nul_is_no_end(void **state)
{
	(void)state;
	assert_int_equal(parse("3\0", 2, ","), NUMBER_BAD);
	assert_int_equal(parse("\0", 1, ","), NUMBER_BAD);
	assert_int_equal(parse("12\0"
	                       "4",
	                       4, ","),
	                 NUMBER_BAD);
}

/* One byte of 1 to 15 digits replaced by every other byte, at every place. */
static void every_wrong_byte_is_seen(void **state)
{
	char text[16];

	(void)state;
	for (size_t len = 1; len <= 15; len++)
		for (size_t at = 0; at < len; at++)
			for (int byte = 0; byte < 256; byte++) {
				const bool digit = byte >= '0' && byte <= '9';
				const bool leading = byte == '0' && at == 0 && len > 1;

				if ((byte == '.' || (byte | 0x20) == 'e') && at)
					continue;
				memset(text, '1', len);
				text[at] = (char)byte;
				assert_int_equal(parse(text, len, ",") >= 0, digit && !leading);
			}
}

static void digits_are_printed(void **state)
{
	uint8_t out[NUMBER_TEXT];
	char want[NUMBER_TEXT];
	uint64_t value = 1;

	(void)state;
	for (int i = 0; i < 200; i++) {
		for (int d = -1; d <= 1; d++) {
			const uint64_t v = value + (uint64_t)d;
			const int n =
				snprintf(want, sizeof(want), "%llu", (unsigned long long)v);

			assert_int_equal(number_print(out, v), n);
			assert_memory_equal(out, want, n);
		}
		value = i < 19 ? value * 10 : value * UINT64_C(6364136223846793005) + 1;
	}
	assert_int_equal(number_print(out, UINT64_MAX), 20);
	assert_memory_equal(out, "18446744073709551615", 20);
}

static void up_to_eight_digits_are_printed(void **state)
{
	uint8_t out[NUMBER_TEXT], want[NUMBER_TEXT];

	(void)state;
	for (uint64_t value = 0; value < NUMBER_EIGHT;
	     value += value < 200000 ? 1 : value / 4999) {
		const uint32_t n = number_print(want, value);

		assert_int_equal(number_print_eight(out, value), n);
		assert_memory_equal(out, want, n);
	}
	assert_int_equal(number_print_eight(out, NUMBER_EIGHT - 1), 8);
	assert_memory_equal(out, "99999999", 8);
}

static void division_rounds_once(void **state)
{
	(void)state;
	assert_true(number_divide(1, 3) == 1.0 / 3);
	assert_true(number_divide(0, 7) == 0);
	assert_true(number_divide(100 * UINT64_C(463978072769997), 463978072769997) == 100.0);
	assert_true(number_divide(100 * UINT64_C(946782245999991), 946782245999991) == 100.0);
	assert_true(number_divide(100 * (uint64_t)NUMBER_MAX, NUMBER_MAX) == 100.0);
	assert_true(number_divide(UINT64_MAX, 1) == 0x1p64);
	assert_true(number_divide((UINT64_C(1) << 53) + 1, 1) == 0x1p53); /* a tie, to even */
	assert_true(number_divide((UINT64_C(1) << 53) + 3, 1) == 0x1p53 + 4);
	assert_true(number_divide((UINT64_C(1) << 54) + 2, 2) == 0x1p53);
	assert_true(number_divide((UINT64_C(1) << 54) + 6, 2) == 0x1p53 + 4);
	assert_true(number_divide(((UINT64_C(1) << 53) + 1) * 3 + 1, 3) == 0x1p53 + 2);
}

/* By exact fractions; a conversion of num and a division would round twice. */
static void division_beyond_what_converts_exactly_rounds_once_too(void **state)
{
	(void)state;
	assert_true(number_divide(10187660625885437, 1243) == 0x1.dd124eea83dc7p+42);
	assert_true(number_divide(13228531702053101, 395) == 0x1.e757ccadb33cdp+44);
	assert_true(number_divide(10160689074723391, 329) == 0x1.c16a33b1d7421p+44);
}

/* Above a tie by less than a 64th bit: of all that is cut off only the remainder tells. */
static void division_just_above_a_tie_rounds_up(void **state)
{
	(void)state;
	assert_true(number_divide(9036068430400123, 48175965687147) == 0x1.7720adc2a445fp+7);
	assert_true(number_divide(12339196944029753, 48175965687147) == 0x1.0020adc2a445fp+8);
	assert_true(number_divide(98665399586550877, 48175965687147) == 0x1.0000adc2a445fp+11);
}

/* The last num that is divided as it is, and denominators that are more. */
static void division_below_one_is_that_of_doubles(void **state)
{
	const uint64_t last = (UINT64_C(1) << 53) - 1;

	(void)state;
	for (uint64_t num = last / 2 - 3; num < last / 2 + 3; num++)
		for (uint64_t den = last; den > last - 50; den--)
			assert_true(number_divide(num, den) == (double)num / (double)den);
}

static void fractions_are_exact(void **state)
{
	static const struct {
		uint64_t num;
		uint32_t scale;
		uint64_t den;
		unsigned digits;
		const char *want;
	} cases[] = {
		{ 0, 1, 5, 0, "0" },
		{ 0, 1, 5, 2, "0.00" },
		{ 1, 1, 3, 4, "0.3333" },
		{ 2, 1, 3, 4, "0.6667" },
		{ 1, 1, 8, 2, "0.12" }, /* ties to even */
		{ 3, 1, 8, 2, "0.38" },
		{ 1, 1, 2, 0, "0" },
		{ 3, 1, 2, 0, "2" },
		{ 5, 1, 2, 0, "2" },
		{ 199, 1, 200, 2, "1.00" }, /* 0.995: a tie, 99 is odd */
		{ 999, 1, 1000, 2, "1.00" },
		{ 5, 100, 15, 1, "33.3" },
		{ 1, 100, 1, 1, "100.0" },
		{ 1, 100, 800, 3, "0.125" },
		{ 1, 1, 1000, 2, "0.00" },
		{ NUMBER_MAX, 100, 1, 15, "99999999999999900.000000000000000" },
		{ NUMBER_MAX, 100, NUMBER_MAX, 15, "100.000000000000000" },
		{ 1, 1, NUMBER_MAX, 15, "0.000000000000001" },
		{ 1, 1, UINT64_MAX, 15, "0.000000000000000" },
		{ NUMBER_MAX, 1, UINT64_C(1000000000000000), 14, "1.00000000000000" },
		{ NUMBER_MAX, 1, UINT64_C(1000000000000000), 15, "0.999999999999999" },
	};
	uint8_t out[NUMBER_TEXT + 16];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const uint32_t n = number_print_fraction(out, cases[i].num, cases[i].scale,
		                                         cases[i].den, cases[i].digits);

		assert_int_equal(n, strlen(cases[i].want));
		assert_memory_equal(out, cases[i].want, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_digits_are_read),
		cmocka_unit_test(every_length_is_read),
		cmocka_unit_test(fractions_of_zeros_are_whole),
		cmocka_unit_test(exponents_that_are_whole_are_read),
		cmocka_unit_test(all_else_is_refused),
		cmocka_unit_test(a_nul_is_no_end),
		cmocka_unit_test(every_wrong_byte_is_seen),
		cmocka_unit_test(digits_are_printed),
		cmocka_unit_test(up_to_eight_digits_are_printed),
		cmocka_unit_test(division_rounds_once),
		cmocka_unit_test(division_beyond_what_converts_exactly_rounds_once_too),
		cmocka_unit_test(division_just_above_a_tie_rounds_up),
		cmocka_unit_test(division_below_one_is_that_of_doubles),
		cmocka_unit_test(fractions_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
