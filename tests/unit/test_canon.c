/* The canonical form is a plan again, the same one; the hash is that of what the plan does. */
#include "unit.h"

#include <sluice.h>

static struct sluice_plan *parse(const char *text)
{
	struct sluice_error err = { 0 };
	struct sluice_plan *plan;

	if (sluice_plan_parse(text, strlen(text), "p.yaml", &plan, &err))
		FAIL("%u:%u: %s\n%s\n", (unsigned)err.line, err.column, err.text, text);
	return plan;
}

static void hash_of(const char *text, char hex[33])
{
	struct sluice_plan *plan = parse(text);

	sluice_plan_hash(plan, hex);
	sluice_plan_free(plan);
}

static const char *const plans[] = {
	"{version: 1, keep: a}",
	"{version: 1, policy: ehrql, count: [n, d], ratio: {z: [n, d], a: [d, n]}}",
	"{version: 1, count: [{columns: [n, m], threshold: 22}, {columns: o, token: x}, "
	"{columns: p}]}",
	"{version: 1, policy: {threshold: 5}, redact: n}", /* would leak only if it were rounded */
	"{version: 1, policy: cms, count: {columns: n, round_to: 5, rounding: up}}",
	"{version: 1, policy: {base: cms, round_to: 1, rounding: up}, count: n}",
	"{version: 1, percent: [{p: [n, d], digits: 1}], ratio: {r: [n, d]}, count: [n, d]}",
	"{version: 1, blank: {n: [mean, sd], '=m*': ['sd_*?']}, count: [n, '=m*']}",
	"{version: 1, where: [{a: [x, y]}, {a: {not: ['']}}, {'#2': 'null'}], other: keep}",
	"{version: 1, keep: ['=odd*', '=', '#3?', 'x?', 'g*?', '==', '=#1', '=a?']}",
	"{version: 1, keep: a, delimiter: tab, crlf: true, suffix: _s, missing: ['', N/A, "
	"'.']}",
	"{version: 1, policy: midpoint6, count: n, suffix: true, other: drop}",
	"{version: 1, policy: {threshold: none}, count: n}",
	"{version: 1, keep: a, describe: {context: \"two\\nlines\", columns: {b: x, a: y}}}",
	"{version: 1, outputs: {b: {input: '*.csv', output: 'r/{stem}.csv', keep: a}, "
	"a: {policy: hes, count: n}}}",
	"{version: 1, group: {by: [s, 'a?', '=b*', '#4', 'c_*'], rows: n, persons: {z: '=p='},"
	" sum: {b: x, aa: '#3'}, mean: {m: y, k: {column: y, digits: 0}},"
	" bins: {s: [0, 5, 999999999999999], a: quarter}, totals: [s, a], totals_from: raw}}",
	"{version: 1, group: {by: s, sum: {t: {column: '#3', contributor: '=firm', p_percent: "
	"10.50,"
	" dominance: [{n: 3, k: 90.909}, {k: 85, n: 1}]}, u: {contributor: f, column: u}}}}",
	"{version: 1, policy: {base: cms, threshold: none}, group: {by: s, rows: n,"
	" persons: {p: '#2'}, perturb: {by: '=id', key: k, table: 'a b.csv'}}}",
	"{version: 1, group: {by: s, rows: n, perturb: {table: t, record_key: r}}}",
	"{version: 1, policy: hes, outputs: {g: {group: {by: d, sum: {n: x}, bins: {d: year},"
	" totals: d}, count: {columns: n, threshold: 22}, ratio: {r: [n, n]}}}}",
	"{\"version\":1,\"keep\":[\"\\ud83d\\ude00\",\"\xE2\x80\xA8\",\"\x7F\xC2\x85\","
	"\"\\\"\"]}",
};

static void a_dump_is_the_same_plan(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(plans); i++) {
		struct sluice_plan *plan = parse(plans[i]), *again;
		char *dump = sluice_plan_dump(plan), *twice;
		char first[64], hex[33], hex2[33];

		sluice_plan_hash(plan, hex);
		assert_int_equal(strlen(hex), 32);
		assert_int_equal(strspn(hex, "0123456789abcdef"), 32);
		snprintf(first, sizeof(first), "# sluice plan, hash %s\n{\n", hex);
		assert_memory_equal(dump, first, strlen(first));
		again = parse(dump);
		sluice_plan_hash(again, hex2);
		assert_string_equal(hex, hex2);
		twice = sluice_plan_dump(again);
		assert_string_equal(dump, twice);
		sluice_free(dump);
		sluice_free(twice);
		sluice_plan_free(plan);
		sluice_plan_free(again);
	}
}

/* Pairs that do the same. */
static const char *const same[][2] = {
	{ "version: 1\ncount:\n  - n\n  - d\nkeep: [a]\n",
	  "{\"version\":1,\"keep\":[\"a\"],\"count\":[\"d\",\"n\"]}" },
	{ "{version: 1, count: n}", "{version: 1, count: [{columns: [n]}]}" },
	{ "{version: 1, count: n}",
	  "{version: 1, policy: opensafely, count: n, other: refuse}" },
	{ "{version: 1, count: n}", "{version: 1, policy: {threshold: 7, token: '[REDACTED]', "
	                            "zeros: redact}, count: n}" },
	{ "{version: 1, count: [a, b]}",
	  "{version: 1, count: [{columns: b}, {columns: a, threshold: 7}]}" },
	{ "{version: 1, count: n, crlf: false, delimiter: ','}", "{version: 1, count: n}" },
	{ "{version: 1, keep: [a, b, a]}", "{version: 1, keep: [b, '=a']}" },
	{ "{version: 1, blank: {n: [a, b], m: c}}",
	  "{version: 1, blank: {m: [c], n: [b, a]}}" },
	{ "{version: 1, other: keep, where: {a: [x, y], b: z}}",
	  "{version: 1, other: keep, where: [{b: [z]}, {a: [y, x, y]}]}" },
	{ "{version: 1, keep: a, missing: [x, y]}", "{version: 1, keep: a, missing: [y, x]}" },
	{ "{version: 1, policy: midpoint6, keep: a, suffix: true}",
	  "{version: 1, policy: midpoint6, keep: a, suffix: _midpoint6}" },
	{ "{version: 1, policy: hes, outputs: {a: {keep: x}, b: {keep: y}}}",
	  "{version: 1, outputs: {b: {policy: hes, keep: y}, a: {keep: x, policy: hes}}}" },
	{ "{version: 1, ratio: {r: [n, d]}, percent: {p: [n, d]}}",
	  "{version: 1, percent: {p: [n, d]}, ratio: {r: {denominator: d, numerator: n}}}" },
	{ "{\"version\":1,\"keep\":[\"\\ud83d\\ude00\"]}",
	  "version: 1\nkeep: [\xF0\x9F\x98\x80]" },
};

static void what_does_the_same_has_the_same_hash(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(same); i++) {
		char a[33], b[33];

		hash_of(same[i][0], a);
		hash_of(same[i][1], b);
		if (strcmp(a, b) != 0)
			FAIL("%s\n%s\n", same[i][0], same[i][1]);
	}
}

/* Each differs from all others. */
static const char *const different[] = {
	"{version: 1, count: n}",
	"{version: 1, count: m}",
	"{version: 1, count: 'n?'}",
	"{version: 1, count: 'n*'}",
	"{version: 1, count: '=n*'}",
	"{version: 1, count: '#1'}",
	"{version: 1, count: n, keep: n2}",
	"{version: 1, redact: n}",
	"{version: 1, round: n}",
	"{version: 1, keep: n}",
	"{version: 1, drop: n}",
	"{version: 1, count: n, other: keep}",
	"{version: 1, count: n, other: drop}",
	"{version: 1, count: n, delimiter: ;}",
	"{version: 1, count: n, crlf: true}",
	"{version: 1, count: n, missing: .}",
	"{version: 1, count: n, missing: ':'}",
	"{version: 1, count: n, suffix: _a}",
	"{version: 1, count: n, suffix: _b}",
	"{version: 1, count: n, where: {a: x}}",
	"{version: 1, count: n, where: {a: [x, y]}}",
	"{version: 1, count: n, where: {a: {not: x}}}",
	"{version: 1, count: n, where: {b: x}}",
	"{version: 1, count: n, describe: {context: a}}",
	"{version: 1, count: n, describe: {population: a}}",
	"{version: 1, count: n, describe: {columns: {n: a}}}",
	"{version: 1, policy: hes, count: n}",
	"{version: 1, policy: {threshold: 22}, count: n}",
	"{version: 1, policy: {threshold: 10, round_to: 6}, count: n}",
	"{version: 1, policy: {threshold: 10, round_to: 7}, count: n}",
	"{version: 1, policy: {threshold: 10, round_to: 7, rounding: up}, count: n}",
	"{version: 1, policy: {zeros: keep}, count: n}",
	"{version: 1, policy: {token: x}, count: n}",
	"{version: 1, policy: {token: ''}, count: n}",
	"{version: 1, policy: {token: x}, count: {columns: n, token: y}}",
	"{version: 1, count: {columns: n, token: y}}",
	"{version: 1, count: {columns: n, threshold: 22}}",
	"{version: 1, count: {columns: n, round_to: 10}}",
	"{version: 1, count: {columns: n, rounding: up}}",
	"{version: 1, count: {columns: n, zeros: keep}}",
	"{version: 1, count: [n, m]}",
	"{version: 1, count: [{columns: n, zeros: keep}, {columns: m}]}",
	"{version: 1, count: [{columns: m, zeros: keep}, {columns: n}]}",
	"{version: 1, count: [n, m], ratio: {r: [n, m]}}",
	"{version: 1, count: [n, m], ratio: {r: [m, n]}}",
	"{version: 1, count: [n, m], ratio: {q: [n, m]}}",
	"{version: 1, count: [n, m], percent: {r: [n, m]}}",
	"{version: 1, count: [n, m], ratio: {r: {numerator: n, denominator: m, digits: 1}}}",
	"{version: 1, count: [n, m], ratio: {r: [n, m], q: [n, m]}}",
	"{version: 1, count: [n, m], ratio: {q: [n, m], r: [n, m]}}", /* order of new columns */
	"{version: 1, count: [n, m], blank: {n: a}}",
	"{version: 1, count: [n, m], blank: {m: a}}",
	"{version: 1, outputs: {a: {count: n}}}",
	"{version: 1, outputs: {b: {count: n}}}",
	"{version: 1, outputs: {a: {count: n, input: x}}}",
	"{version: 1, outputs: {a: {count: n, output: x}}}",
};

static void what_does_something_else_has_another_hash(void **state)
{
	static char hashes[LENGTH(different)][33];

	(void)state;
	for (size_t i = 0; i < LENGTH(different); i++) {
		hash_of(different[i], hashes[i]);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(hashes[i], hashes[j]))
				FAIL("%s\n%s\n", different[i], different[j]);
	}
}

/* The hash is written into reports: it may not change without a reason. */
static void the_form_is_fixed(void **state)
{
	struct sluice_plan *plan = parse("{version: 1, count: n, ratio: {r: [n, '#2']}}");
	char *dump = sluice_plan_dump(plan);

	(void)state;
	assert_string_equal(strchr(dump, '\n') + 1, "{\n"
	                                            "  \"version\": 1,\n"
	                                            "  \"policy\": {\n"
	                                            "    \"base\": \"opensafely\",\n"
	                                            "    \"threshold\": 7,\n"
	                                            "    \"zeros\": \"redact\",\n"
	                                            "    \"round_to\": 5,\n"
	                                            "    \"rounding\": \"nearest\",\n"
	                                            "    \"token\": \"[REDACTED]\"\n"
	                                            "  },\n"
	                                            "  \"count\": [\n"
	                                            "    \"n\"\n"
	                                            "  ],\n"
	                                            "  \"ratio\": {\n"
	                                            "    \"r\": [\n"
	                                            "      \"n\",\n"
	                                            "      \"#2\"\n"
	                                            "    ]\n"
	                                            "  },\n"
	                                            "  \"other\": \"refuse\",\n"
	                                            "  \"delimiter\": \",\",\n"
	                                            "  \"crlf\": false\n"
	                                            "}\n");
	sluice_free(dump);
	sluice_plan_free(plan);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dump_is_the_same_plan),
		cmocka_unit_test(what_does_the_same_has_the_same_hash),
		cmocka_unit_test(what_does_something_else_has_another_hash),
		cmocka_unit_test(the_form_is_fixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
