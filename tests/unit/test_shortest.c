/* Ratios are printed as Python's repr() prints them. */
#include "unit.h"

#include <float.h>

#include "base/shortest.h"

static void python_writes_the_same(void **state)
{
	static const struct {
		double value;
		const char *want;
	} cases[] = {
		{ 0.0, "0.0" },
		{ -0.0, "0.0" },
		{ 1.0, "1.0" },
		{ 0.5, "0.5" },
		{ 0.1, "0.1" },
		{ 0.3, "0.3" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ 2.0 / 3, "0.6666666666666666" },
		{ 100.0, "100.0" },
		{ 0.001, "0.001" },
		{ 0.0001, "0.0001" },
		{ 0.00012345678901234567, "0.00012345678901234567" },
		{ 0.00001, "1e-05" },
		{ 1.5e-5, "1.5e-05" },
		{ 1e-10, "1e-10" },
		{ 123456.789, "123456.789" },
		{ 9007199254740991.0, "9007199254740991.0" },
		{ 9007199254740992.0, "9007199254740992.0" },
		{ 9007199254740993.0, "9007199254740992.0" },
		{ 9999999999999998.0, "9999999999999998.0" },
		{ 1e15, "1000000000000000.0" },
		{ 1e16, "1e+16" },
		{ 12345678901234568.0, "1.2345678901234568e+16" },
		{ 1e22, "1e+22" },
		{ 1e23, "1e+23" },
		{ 9.5e22, "9.5e+22" },
		{ 1152921504606846976.0, "1.152921504606847e+18" },
		{ 9223372036854775808.0, "9.223372036854776e+18" },
		{ 5e-324, "5e-324" },
		{ 1e-323, "1e-323" },
		{ 1.5e-323, "1.5e-323" },
		{ 2.225073858507201e-308, "2.225073858507201e-308" },
		{ 2.2250738585072014e-308, "2.2250738585072014e-308" },
		{ 4.4501477170144023e-308, "4.4501477170144023e-308" },
		{ 9.109e-31, "9.109e-31" },
		{ 2e-44, "2e-44" },
		{ 1.7976931348623157e308, "1.7976931348623157e+308" },
	};
	uint8_t out[SHORTEST_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const uint32_t n = shortest_print(out, cases[i].value);

		if (n != strlen(cases[i].want) || memcmp(out, cases[i].want, n) != 0)
			FAIL("%s came out as %.*s\n", cases[i].want, (int)n, (char *)out);
	}
}

/* The significant digits of a text into 'out'; returns their number. */
static int significant(char *out, const char *text)
{
	int n = 0;

	for (; *text && *text != 'e'; text++)
		if (*text != '.' && (*text != '0' || n))
			out[n++] = *text;
	while (n && out[n - 1] == '0')
		n--;
	out[n] = '\0';
	return n;
}

static void check(double value)
{
	char out[SHORTEST_TEXT + 1];
	char other[64], ours[64], theirs[64];
	const uint32_t len = shortest_print((uint8_t *)out, value);
	int n;

	assert_true(len <= 24);
	out[len] = '\0';
	if (strtod(out, NULL) != value)
		FAIL("%a came out as %s\n", value, out);
	n = significant(ours, out);
	assert_true(n >= 1 && n <= 17);
	/* Of all texts with n digits, printf's is the nearest; where it reads back, it is ours. */
	snprintf(other, sizeof(other), "%.*e", n - 1, value);
	significant(theirs, other);
	if (strtod(other, NULL) == value && strcmp(ours, theirs) != 0)
		FAIL("%s is nearer than %s\n", other, out);
	if (n > 1) {
		snprintf(other, sizeof(other), "%.*e", n - 2, value);
		if (strtod(other, NULL) == value)
			FAIL("%s is shorter than %s\n", other, out);
	}
}

static double from_bits(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void powers_of_two_and_their_neighbours_come_back(void **state)
{
	(void)state;
	for (uint64_t e = 0; e < 2047; e++)
		for (int d = -2; d <= 2; d++)
			if (e || d > 0)
				check(from_bits((e << 52) + (uint64_t)d));
}

static void powers_of_ten_and_their_neighbours_come_back(void **state)
{
	char text[16];

	(void)state;
	for (int e = -323; e <= 308; e++) {
		uint64_t bits;
		double value;

		snprintf(text, sizeof(text), "1e%d", e);
		value = strtod(text, NULL);
		memcpy(&bits, &value, sizeof(bits));
		for (int d = -1; d <= 1; d++)
			check(from_bits(bits + (uint64_t)d));
	}
}

static void any_double_comes_back(void **state)
{
	uint64_t seed = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		const double value = from_bits(next(&seed) >> 1);

		if (value <= DBL_MAX && value > 0)
			check(value);
	}
}

static void any_ratio_comes_back(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		const uint64_t num = 1 + next(&seed) % (i % 2 ? 1000 : 100000000);
		const uint64_t den = 1 + next(&seed) % (i % 3 ? 1000 : 100000000);

		check((double)num / (double)den);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(python_writes_the_same),
		cmocka_unit_test(powers_of_two_and_their_neighbours_come_back),
		cmocka_unit_test(powers_of_ten_and_their_neighbours_come_back),
		cmocka_unit_test(any_double_comes_back),
		cmocka_unit_test(any_ratio_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
