/* Ratios and percentages of released counts: when they are there, and which digits. */
#include "pushed.h"

#include "base/number.h"
#include "chance.h"

#include <inttypes.h>

/* One row of two released counts through a rule without policy of its own. */
static void ratios_follow_what_is_released(void **state)
{
	static const struct {
		const char *policy, *a, *b, *out;
	} cases[] = {
		{ "opensafely", "8", "30", "10,30,0.3333333333333333" },
		{ "opensafely", "30", "10", "30,10,3.0" },
		{ "opensafely", "10", "3", "10,[REDACTED],[REDACTED]" },
		{ "opensafely", "3", "10", "[REDACTED],10,[REDACTED]" },
		{ "opensafely", "0", "10", "[REDACTED],10,[REDACTED]" },
		{ "opensafely", "", "10", ",10," },
		{ "opensafely", "10", "NA", "10,NA," },
		{ "opensafely", "3", "", "[REDACTED],,[REDACTED]" },
		{ "opensafely", "[REDACTED]", "10", "[REDACTED],10,[REDACTED]" },
		{ "ehrql", "3", "10", "0,10,0.0" },
		{ "ehrql", "10", "3", "10,0," },
		{ "ehrql", "3", "3", "0,0," },
		{ "ehrql", "10", "30", "10,30,0.3333333333333333" },
		{ "hes", "0", "30", "0,30,0.0" },
		{ "hes", "30", "0", "30,0," },
		{ "hes", "30", "1", "30,*,*" },
		{ "midpoint6", "0", "0", "0,0," },
		{ "midpoint6", "1", "7", "3,9,0.3333333333333333" },
		{ "cohort-extractor", "6", "5", "6,," },
		{ "{base: hes, token: 'n,a'}", "30", "1", "30,\"n,a\",\"n,a\"" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char plan[160], in[64], out[96];

		snprintf(plan, sizeof(plan),
		         "count: [a, b]\nratio: {r: [a, b]}\ncrlf: false\npolicy: %s\n",
		         cases[i].policy);
		snprintf(in, sizeof(in), "a,b\n%s,%s\n", cases[i].a, cases[i].b);
		snprintf(out, sizeof(out), "a,b,r\n%s\n", cases[i].out);
		assert_released(plan, in, out);
	}
}

static void digits_are_exact_and_ties_go_to_even(void **state)
{
	static const struct {
		const char *kind;
		int digits;
		unsigned a, b;
		const char *out;
	} cases[] = {
		{ "ratio", 0, 1, 2, "0" },
		{ "ratio", 0, 3, 2, "2" },
		{ "ratio", 1, 1, 4, "0.2" },
		{ "ratio", 1, 3, 4, "0.8" },
		{ "ratio", 2, 1, 8, "0.12" },
		{ "ratio", 2, 3, 8, "0.38" },
		{ "ratio", 2, 2, 3, "0.67" },
		{ "ratio", 2, 999, 1000, "1.00" },
		{ "ratio", 2, 0, 7, "0.00" },
		{ "ratio", 3, 5, 1, "5.000" },
		{ "ratio", 15, 1, 3, "0.333333333333333" },
		{ "percent", 0, 1, 8, "12" },
		{ "percent", 1, 1, 8, "12.5" },
		{ "percent", 1, 2, 3, "66.7" },
		{ "percent", 2, 1, 1, "100.00" },
		{ "percent", -1, 1, 8, "12.5" },
		{ "percent", -1, 1, 3, "33.333333333333336" },
		{ "percent", -1, 7, 7, "100.0" },
		{ "ratio", -1, 1, 10, "0.1" },
		{ "ratio", -1, 1, 100000, "1e-05" },
		{ "percent", -1, 29, 100, "29.0" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char plan[200], digits[32] = "", in[64], out[96];

		if (cases[i].digits >= 0)
			snprintf(digits, sizeof(digits), ", digits: %d", cases[i].digits);
		snprintf(plan, sizeof(plan),
		         "redact: [{columns: [a, b], threshold: 0, zeros: keep}]\n"
		         "%s: {r: {numerator: a, denominator: b%s}}\n",
		         cases[i].kind, digits);
		snprintf(in, sizeof(in), "a,b\n%u,%u\n", cases[i].a, cases[i].b);
		snprintf(out, sizeof(out), "a,b,r\n%u,%u,%s\n", cases[i].a, cases[i].b,
		         cases[i].out);
		assert_released(plan, in, out);
	}
}

static void a_ratio_takes_the_place_of_its_column(void **state)
{
	(void)state;
	assert_released("count: [a, b]\nratio: {r: [a, b]}\n", "r,a,b\n0.123,11,20\n,3,20\n",
	                "r,a,b\n0.5,10,20\n[REDACTED],[REDACTED],20\n");
}

static void a_part_may_be_its_own_denominator_and_many_ratios_may_share_one(void **state)
{
	(void)state;
	assert_released("count: [a, b]\nratio: {r: [a, a], s: [b, a]}\npercent: {p: [a, b]}\n",
	                "a,b\n20,40\n", "a,b,r,s,p\n20,40,1.0,2.0,50.0\n");
}

/* The fewest decimals that read back as a / b: for 0.0001 and more, what is wanted. */
static void print_shortest(char out[64], uint64_t a, uint64_t b)
{
	const double want = (double)a / (double)b;

	for (int decimals = 1; decimals <= 25; decimals++) {
		snprintf(out, 64, "%.*f", decimals, want);
		if (strtod(out, NULL) == want)
			break;
	}
}

/* More pairs than the cache has room for, most of them many times. */
static void many_pairs_are_printed_as_each_alone(void **state)
{
	struct chance c = { 41 };
	struct buf in = { 0 }, want = { 0 };
	struct sluice_plan *plan =
		plan_of("redact: [{columns: [a, b], threshold: 0, zeros: keep}]\n"
	                "ratio: {r: [a, b]}\n");
	struct pushed p;

	(void)state;
	assert_int_equal(buf_addf(&in, NULL, "a,b\n"), SLUICE_OK);
	assert_int_equal(buf_addf(&want, NULL, "a,b,r\n"), SLUICE_OK);
	for (int row = 0; row < 40000; row++) {
		const uint32_t a = chance_below(&c, row % 2 ? 60 : 5000);
		const uint32_t b = 1 + chance_below(&c, row % 4 ? 60 : 5000);
		char text[64];

		print_shortest(text, a, b);
		assert_int_equal(buf_addf(&in, NULL, "%u,%u\n", a, b), SLUICE_OK);
		assert_int_equal(buf_addf(&want, NULL, "%u,%u,%s\n", a, b, text), SLUICE_OK);
	}
	p = push_pieces(plan, in.data, in.len, SIZE_MAX / 2, NULL);
	assert_int_equal(p.status, SLUICE_OK);
	for (size_t i = 0; i < want.len; i++)
		if (p.out.data[i] != want.data[i])
			FAIL("at %zu: %.40s, not %.40s\n", i,
			     p.out.data + (i < 20 ? 0 : i - 20),
			     want.data + (i < 20 ? 0 : i - 20));
	assert_int_equal(p.out.len, want.len);
	pushed_free(&p);
	sluice_plan_free(plan);
	buf_free(&in);
	buf_free(&want);
}

static void the_largest_counts_are_divided_as_well(void **state)
{
	(void)state;
	assert_released("redact: [{columns: [a, b], threshold: 0}]\npercent: {p: [a, b]}\n",
	                "a,b\n999999999999999,999999999999999\n999999999999999,1\n",
	                "a,b,p\n999999999999999,999999999999999,100.0\n"
	                "999999999999999,1,9.99999999999999e+16\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ratios_follow_what_is_released),
		cmocka_unit_test(digits_are_exact_and_ties_go_to_even),
		cmocka_unit_test(a_ratio_takes_the_place_of_its_column),
		cmocka_unit_test(
			a_part_may_be_its_own_denominator_and_many_ratios_may_share_one),
		cmocka_unit_test(many_pairs_are_printed_as_each_alone),
		cmocka_unit_test(the_largest_counts_are_divided_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
