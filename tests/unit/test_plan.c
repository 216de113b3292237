/* A plan's text comes to the plan that it says, or is refused with the place and the reason. */
#include "unit.h"

#include "plan/plan.h"
#include "plan/policy.h"

static struct sluice_plan *parse(const char *text)
{
	struct sluice_error err = { 0 };
	struct sluice_plan *plan;

	if (sluice_plan_parse(text, strlen(text), "p.yaml", &plan, &err))
		FAIL("%u:%u: %s\n", (unsigned)err.line, err.column, err.text);
	return plan;
}

static void the_contracts_example_is_read(void **state)
{
	struct sluice_plan *p =
		parse("version: 1\n"
	              "policy: {base: opensafely, threshold: 10, round_to: 6, token: \"[R]\"}\n"
	              "outputs:\n"
	              "  measures:\n"
	              "    input: output/measures/*.csv.gz   # globs\n"
	              "    output: release/measures/{stem}.csv\n"
	              "    where: {measure: [asthma, copd], sex: {not: F}}\n"
	              "    drop: [patient_id]\n"
	              "    count: [numerator, denominator]\n"
	              "    ratio: {ratio: [numerator, \"#2\"]}\n"
	              "    blank: {numerator: [mean, \"sd*?\"]}\n"
	              "    keep: [measure, \"interval_*\", sex]\n"
	              "    other: drop\n"
	              "    missing: [\"\", N/A]\n"
	              "    delimiter: tab\n"
	              "    crlf: true\n"
	              "    suffix: _rounded\n"
	              "    describe:\n"
	              "      context: Monthly reviews.\n"
	              "      population: everybody\n"
	              "      columns: {numerator: patients with a review}\n"
	              "  other:\n"
	              "    policy: cms\n"
	              "    count: n\n");
	const struct output *o = &p->outputs[0];

	(void)state;
	assert_int_equal(sluice_plan_outputs(p), 2);
	assert_string_equal(o->name, "measures");
	assert_string_equal(o->input, "output/measures/*.csv.gz");
	assert_string_equal(o->output, "release/measures/{stem}.csv");
	assert_int_equal(o->at.line, 4);
	assert_int_equal(o->n_where, 2);
	assert_string_equal(o->where[0].column.text, "measure");
	assert_int_equal(o->where[0].n_values, 2);
	assert_string_equal(o->where[0].values[1], "copd");
	assert_false(o->where[0].negated);
	assert_true(o->where[1].negated);
	assert_string_equal(o->where[1].values[0], "F");
	assert_int_equal(o->settings.threshold, 10);
	assert_int_equal(o->settings.round_to, 6);
	assert_string_equal(o->settings.token, "[R]");
	assert_int_equal(o->n_rules, 5);
	/* In the order of the table of rules, not of the text. */
	assert_string_equal(o->rules[0].type->name, "drop");
	assert_string_equal(o->rules[1].type->name, "keep");
	assert_int_equal(o->rules[1].columns[1].kind, SELECT_GLOB);
	assert_int_equal(o->rules[1].columns[1].at.line, 12);
	assert_int_equal(o->rules[1].columns[1].at.column, 21);
	assert_string_equal(o->rules[3].name, "ratio");
	assert_string_equal(o->rules[3].columns[0].text, "numerator");
	assert_int_equal(o->rules[3].columns[1].position, 2);
	assert_string_equal(o->rules[4].count.text, "numerator");
	assert_true(o->rules[4].columns[1].optional);
	assert_int_equal(o->other, OTHER_DROP);
	assert_int_equal(o->dialect.n_missing, 2);
	assert_string_equal(o->dialect.missing[0], "");
	assert_int_equal(o->dialect.delimiter, '\t');
	assert_true(o->dialect.crlf);
	assert_string_equal(o->suffix, "_rounded");
	assert_string_equal(o->describe.context, "Monthly reviews.");
	assert_string_equal(o->describe.population, "everybody");
	assert_string_equal(o->describe.columns[0].text, "patients with a review");
	assert_string_equal(p->outputs[1].policy->name, "cms");
	assert_int_equal(p->outputs[1].settings.threshold, 10);
	assert_int_equal(p->outputs[1].other, OTHER_REFUSE);
	assert_int_equal(p->outputs[1].dialect.delimiter, ',');
	sluice_plan_free(p);
}

static void settings_are_the_policys_then_the_plans_then_the_rules(void **state)
{
	struct sluice_plan *p = parse("version: 1\n"
	                              "policy: {base: hes, token: \"[R]\"}\n"
	                              "count:\n"
	                              "  - {columns: [a], threshold: 10, round_to: 1}\n"
	                              "  - columns: [\"b*\"]\n"
	                              "    zeros: redact\n"
	                              "    rounding: up\n"
	                              "redact: {columns: c, threshold: 3, token: '0'}\n"
	                              "round: [d]\n"
	                              "ratio: {r: {numerator: a, denominator: a, digits: 3}}\n"
	                              "percent: [{p: [a, a], q: [a, a], digits: 0}]\n");
	const struct rule *r = p->outputs[0].rules;

	(void)state;
	assert_int_equal(r[0].settings.threshold, 10);
	assert_int_equal(r[0].settings.round_to, 1);
	assert_true(r[0].settings.keep_zeros);
	assert_string_equal(r[0].settings.token, "[R]");
	assert_int_equal(r[1].settings.threshold, 7);
	assert_false(r[1].settings.keep_zeros);
	assert_int_equal(r[1].settings.rounding, ROUND_UP);
	assert_int_equal(r[1].settings.round_to, 5);
	assert_int_equal(r[2].settings.threshold, 3);
	assert_string_equal(r[2].settings.token, "0");
	sluice_plan_free(p);
}

static void a_setting_that_a_rule_does_not_take_is_off(void **state)
{
	struct sluice_plan *p =
		parse("{version: 1, redact: [a], round: [b], keep: [c],"
	              " ratio: {r: {numerator: a, denominator: b, digits: 3}},"
	              " percent: [{p: [a, b], q: [b, a], digits: 0}, {s: [a, a]}]}");
	const struct rule *r = p->outputs[0].rules;

	(void)state;
	assert_string_equal(r[0].type->name, "keep");
	assert_string_equal(r[1].type->name, "redact");
	assert_int_equal(r[1].settings.threshold, 7);
	assert_int_equal(r[1].settings.round_to, 1);
	assert_string_equal(r[2].type->name, "round");
	assert_int_equal(r[2].settings.threshold, NO_THRESHOLD);
	assert_int_equal(r[2].settings.round_to, 5);
	assert_int_equal(r[3].settings.digits, 3);
	assert_string_equal(r[3].settings.token, "[REDACTED]");
	assert_int_equal(r[4].settings.digits, 0);
	assert_int_equal(r[5].settings.digits, 0);
	assert_string_equal(r[6].name, "s");
	assert_int_equal(r[6].settings.digits, SHORTEST);
	sluice_plan_free(p);
}

static void the_policy_settles_crlf_and_the_suffix(void **state)
{
	struct sluice_plan *p = parse("{version: 1, policy: ehrql, keep: a}");

	(void)state;
	assert_true(p->outputs[0].dialect.crlf);
	assert_null(p->outputs[0].suffix);
	sluice_plan_free(p);
	p = parse("{version: 1, policy: ehrql, crlf: false, suffix: false, keep: a}");
	assert_false(p->outputs[0].dialect.crlf);
	assert_null(p->outputs[0].suffix);
	sluice_plan_free(p);
	p = parse("{version: 1, suffix: true, policy: midpoint6, keep: a}");
	assert_string_equal(p->outputs[0].suffix, "_midpoint6");
	sluice_plan_free(p);
}

static void values_are_texts_as_they_stand(void **state)
{
	struct sluice_plan *p = parse("{version: 1, other: keep, where: [{a: [1, 2020-01-01, "
	                              "T, no, 1.50, '', 'null']},"
	                              " {a: {not: x}}]}");
	const struct condition *c = p->outputs[0].where;
	static const char *const values[] = {
		"1", "2020-01-01", "T", "no", "1.50", "", "null"
	};

	(void)state;
	assert_int_equal(p->outputs[0].n_where, 2);
	assert_int_equal(c[0].n_values, LENGTH(values));
	for (size_t i = 0; i < LENGTH(values); i++)
		assert_string_equal(c[0].values[i], values[i]);
	assert_true(c[1].negated);
	sluice_plan_free(p);
}

/* The first line of each is "version: 1". */
static const struct {
	const char *text;
	unsigned line, column;
	const char *piece;
} bad[] = {
	{ "kepe: [x]", 2, 1, "unknown key 'kepe'; did you mean 'keep'?" },
	{ "cuont: [x]", 2, 1, "did you mean 'count'?" },
	{ "polcy: hes\nkeep: x", 2, 1, "did you mean 'policy'?" },
	{ "columns: {x: {}}", 2, 1, "unknown key 'columns'" },
	{ "keep: x\n\"\\e[31m\": 1", 3, 1, "unknown key '?[31m'" },
	{ "keep: a\ninput: b", 3, 1, "'input' belongs in an output under 'outputs'" },
	{ "outputs: {a: {keep: b}}\nkeep: c", 3, 1, "'keep' belongs in an output" },
	{ "outputs: {a: {keep: b, version: 1}}", 2, 24, "belongs at the top" },
	{ "outputs: {a: {keep: b, polic: hes}}", 2, 24, "did you mean 'policy'?" },
	{ "outputs: {}", 2, 10, "'outputs' holds nothing" },
	{ "outputs: [a]", 2, 10, "'outputs' must be a map, not a list" },
	{ "outputs: {a: b}", 2, 14, "'a' must be a map, not a text" },
	{ "outputs: {a/b: {keep: x}}", 2, 11, "no '/'" },
	{ "outputs: {'': {keep: x}}", 2, 11, "not empty" },
	{ "outputs: {..: {keep: x}}", 2, 11, "file name" },
	{ "policy: nosuch\noutputs: {a: {policy: hes, keep: x}}", 2, 9, "no policy is named" },
	{ "outputs: {a: {keep: x}, b: {other: drop, describe: {context: x}}, c: {describe: "
	  "{context: x}}}",
	  2, 67, "no rule" },
	{ "policy: opensafety\nkeep: x", 2, 9, "did you mean 'opensafely'?" },
	{ "policy: [hes]\nkeep: x", 2, 9, "'policy' must be a text, not a list" },
	{ "policy: {}\nkeep: x", 2, 9, "holds nothing" },
	{ "policy: {bse: hes}\nkeep: x", 2, 10, "did you mean 'base'?" },
	{ "policy: {digits: 3}\nkeep: x", 2, 10, "a policy has no 'digits'" },
	{ "policy: {threshold: seven}\nkeep: x", 2, 21, "0 to 999999999999999, or none" },
	{ "policy: {threshold: 07}\nkeep: x", 2, 21, "'threshold' must be" },
	{ "policy: {threshold: -1}\nkeep: x", 2, 21, "'threshold' must be" },
	{ "policy: {threshold: 7.0}\nkeep: x", 2, 21, "'threshold' must be" },
	{ "policy: {threshold: 1e3}\nkeep: x", 2, 21, "'threshold' must be" },
	{ "policy: {threshold: '7'}\nkeep: x", 2, 21, "without quotes" },
	{ "policy: {threshold: 1000000000000000}\nkeep: x", 2, 21, "'threshold' must be" },
	{ "policy: {threshold: }\nkeep: x", 2, 21, "nothing is given for 'threshold'" },
	{ "policy: {threshold: [7]}\nkeep: x", 2, 21, "must be a text, not a list" },
	{ "policy: {zeros: true}\nkeep: x", 2, 17, "redact or keep" },
	{ "policy: {round_to: 0}\nkeep: x", 2, 20, "from 1" },
	{ "policy: {round_to: 1000001}\nkeep: x", 2, 20, "1000000" },
	{ "policy: {rounding: sideways}\nkeep: x", 2, 20, "midpoint" },
	{ "policy: {base: cms, rounding: up}\nkeep: x", 2, 1, "does not round" },
	{ "policy: {token: [REDACTED]}\nkeep: x", 2, 17, "quote a token in brackets" },
	{ "policy: {token: 8}\nkeep: x", 2, 17, "read as a number" },
	{ "policy: {token: \"+1,000\"}\nkeep: x", 2, 17, "read as a number" },
	{ "policy: {token: ' 7 '}\nkeep: x", 2, 17, "read as a number" },
	{ "policy: {token: 0.0}\nkeep: x", 2, 17, "read as a number" },
	{ "policy: {token: 0x1F}\nkeep: x", 2, 17, "read as a number" },
	{ "policy: {token: \"a\\tb\"}\nkeep: x", 2, 17, "control bytes" },
	{ "policy: {token: ~}\nkeep: x", 2, 17, "nothing is given" },
	{ "policy: {token: 0123456789012345678901234567890123456789012345678901234567890123}\n"
	  "keep: x",
	  2, 17, "63 bytes" },
	{ "policy: {base: opensafely, threshold: 5}\ncount: [n]", 2, 1, "print 6 as 5" },
	{ "policy: {threshold: 10}\ncount: [n]", 2, 1, "take threshold 12" },
	{ "policy: {rounding: down}\nkeep: x\ncount: [n]", 2, 1, "print 8 as 5" },
	{ "policy: {threshold: 3, round_to: 6, rounding: midpoint}\ncount: n", 2, 1, "4 as 3" },
	{ "keep: x\ncount: {columns: n, threshold: 5}", 3, 8, "threshold 5 and rounding" },
	{ "count: [{columns: n}, {columns: m, round_to: 20}]", 2, 23, "print 8 as 0" },
	{ "count: [n, {columns: m}]", 2, 12, "not of both" },
	{ "count: []", 2, 8, "'count' holds nothing" },
	{ "count: [[n]]", 2, 9, "must be a text, not a list" },
	{ "count: [n, '']", 2, 12, "empty column name" },
	{ "count: [n, ]\nkeep: [a, null]", 3, 11, "nothing is given for 'keep'" },
	{ "keep:\n  - #1\n  - b", 3, 4, "begins with '#'" },
	{ "keep: ['#0']", 2, 8, "not a position" },
	{ "keep: {g: id}", 2, 8, "'keep' has no 'g'" },
	{ "count: {threshold: 8}", 2, 8, "'count' lacks 'columns'" },
	{ "count: {columns: {}}", 2, 18, "'columns' must be a list, not a map" },
	{ "count: {columns: n, treshold: 5}", 2, 21, "did you mean 'threshold'?" },
	{ "count: {columns: n, digits: 5}", 2, 21, "'digits' means nothing to 'count'" },
	{ "round: [{columns: [n], threshold: 5}]", 2, 24,
	  "'threshold' means nothing to 'round'" },
	{ "drop: {columns: n, token: x}", 2, 20, "'token' means nothing to 'drop'" },
	{ "policy: cms\nround: n", 3, 8, "'round' would change nothing" },
	{ "policy: midpoint6\nredact: n", 3, 9, "'redact' would change nothing" },
	{ "count: {columns: n, threshold: none, round_to: 1}", 2, 8, "say 'keep'" },
	{ "ratio: [r, n, d]", 2, 9, "'ratio' must be a map, not a text" },
	{ "ratio: {r: [n, n, n]}", 2, 12, "NAME: [numerator, denominator]" },
	{ "ratio: {r: n}", 2, 12, "NAME: [numerator, denominator]" },
	{ "ratio: {r: {numerator: n}}", 2, 12, "'ratio' lacks 'denominator'" },
	{ "ratio: {r: {numerator: n, denominater: d}}", 2, 27, "did you mean 'denominator'?" },
	{ "ratio: {r: {numerator: n, denominator: d, digits: 16}}", 2, 51, "0 to 15" },
	{ "ratio: {r: [n, 'd*']}", 2, 16, "must be one column" },
	{ "ratio: {r: ['n?', d]}", 2, 13, "must be one column" },
	{ "ratio: {'': [n, d]}", 2, 9, "needs a name" },
	{ "ratio: {\"a\\nb\": [n, d]}", 2, 9, "without control bytes" },
	{ "ratio: {r: [n, d], r: [n, d]}", 2, 20, "'r' is given twice" },
	{ "ratio: {r: [n, d]}\npercent: {r: [n, d]}", 3, 11, "'ratio' and 'percent'" },
	{ "drop: [r]\nratio: {r: [n, d]}", 3, 9, "'drop' and 'ratio'" },
	{ "blank: [n]", 2, 8, "'blank' must be a map" },
	{ "blank: {'n*': [mean]}", 2, 9, "must be one column" },
	{ "blank: {n: [mean], m: [mean]}", 2, 24, "'mean' is named by two rules" },
	{ "keep: [a, b]\ndrop: [c, a]", 3, 11, "'a' is named by two rules: 'keep' and 'drop'" },
	{ "count: ['n*']\nredact: ['n*']", 3, 10, "'n*' is named by two rules" },
	{ "keep: ['#2']\ndrop: ['#2?']", 3, 8, "'#2' is named by two rules" },
	{ "count: [{columns: n}, {columns: n, threshold: 12}]", 2, 33, "'n' is named by two" },
	{ "where: a\nkeep: x", 2, 8, "'where' must be a map" },
	{ "where: {a: {is: b}}\nkeep: x", 2, 12, "{not: ...}" },
	{ "where: {a: []}\nkeep: x", 2, 12, "'a' holds nothing" },
	{ "where: {a: }\nkeep: x", 2, 12, "nothing is given for 'a'" },
	{ "where: {a: null}\nkeep: x", 2, 12, "quote" },
	{ "where: {'a*': b}\nkeep: x", 2, 9, "must be one column" },
	{ "where: {a: b}", 1, 1, "no rule" },
	{ "other: refuse", 1, 1, "no rule" },
	{ "keep: x\nother: maybe", 3, 8, "refuse, keep or drop" },
	{ "keep: x\ndelimiter: ab", 3, 12, "one ASCII character" },
	{ "keep: x\ndelimiter: \"\\n\"", 3, 12, "lines" },
	{ "keep: x\ndelimiter: '\"'", 3, 12, "quote" },
	{ "keep: x\ndelimiter: 1", 3, 12, "numbers" },
	{ "keep: x\ndelimiter: '.'", 3, 12, "numbers" },
	{ "keep: x\ndelimiter: '-'", 3, 12, "numbers" },
	{ "keep: x\ndelimiter: \xC2\xA7", 3, 12, "ASCII" },
	{ "keep: x\ncrlf: yes", 3, 7, "true or false" },
	{ "keep: x\ncrlf: 'true'", 3, 7, "true or false" },
	{ "keep: x\nsuffix: true", 0, 0, "no suffix of its own" },
	{ "policy: hes\nkeep: x\nsuffix: true", 2, 9, "policy hes has no suffix" },
	{ "keep: x\nsuffix: ''", 3, 9, "without control bytes" },
	{ "keep: x\nmissing: [N/A, 5]", 3, 16, "would pass unprotected" },
	{ "keep: x\nmissing: {a: b}", 3, 10, "must be a text" },
	{ "keep: x\ndescribe: {contxt: y}", 3, 12, "did you mean 'context'?" },
	{ "keep: x\ndescribe: {columns: [y]}", 3, 21, "must be a map" },
	{ "keep: x\ndescribe: {columns: {y: [z]}}", 3, 25, "must be a text" },
	{ "outputs: {a: {keep: b, input: ''}}", 2, 31, "file name" },
};

static void what_is_wrong_is_refused_with_its_place(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct sluice_error err = { 0 };
		struct sluice_plan *plan;
		char text[512];

		snprintf(text, sizeof(text), "version: 1\n%s\n", bad[i].text);
		if (sluice_plan_parse(text, strlen(text), "p.yaml", &plan, &err) !=
		    SLUICE_E_PLAN)
			FAIL("not refused: %s\n", bad[i].text);
		assert_null(plan);
		if (err.line != bad[i].line || err.column != bad[i].column ||
		    !strstr(err.text, bad[i].piece) ||
		    strcmp(err.source, err.line ? "p.yaml" : "") != 0) {
			wrong++;
			print_error("%s\n-> %s:%u:%u: %s\n", bad[i].text, err.source,
			            (unsigned)err.line, err.column, err.text);
		}
	}
	assert_int_equal(wrong, 0);
}

static void the_version_comes_first(void **state)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *piece;
	} cases[] = {
		{ "keep: x", 1, 1, "version: 1" },
		{ "outputs: {a: {keep: x}}", 1, 1, "version: 1" },
		{ "new_key: x\nversion: 2", 2, 10, "must be 1" },
		{ "version: 1.0\nkeep: x", 1, 10, "must be 1" },
		{ "version: [1]\nkeep: x", 1, 10, "must be 1" },
		{ "version:\nkeep: x", 1, 9, "must be 1" },
		{ "- version: 1", 1, 1, "a plan is a map" },
		{ "version", 1, 1, "a plan is a map" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_error err = { 0 };
		struct sluice_plan *plan;

		assert_int_equal(sluice_plan_parse(cases[i].text, strlen(cases[i].text),
		                                   "p.yaml", &plan, &err),
		                 SLUICE_E_PLAN);
		if (err.line != cases[i].line || err.column != cases[i].column ||
		    !strstr(err.text, cases[i].piece))
			FAIL("case %zu: %u:%u: %s\n", i, (unsigned)err.line, err.column,
			     err.text);
	}
}

static void the_same_column_kept_twice_is_no_quarrel(void **state)
{
	struct sluice_plan *p = parse("{version: 1, keep: [a, a, 'b*'], drop: [c, 'c?']}");

	(void)state;
	sluice_plan_free(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_contracts_example_is_read),
		cmocka_unit_test(settings_are_the_policys_then_the_plans_then_the_rules),
		cmocka_unit_test(a_setting_that_a_rule_does_not_take_is_off),
		cmocka_unit_test(the_policy_settles_crlf_and_the_suffix),
		cmocka_unit_test(values_are_texts_as_they_stand),
		cmocka_unit_test(what_is_wrong_is_refused_with_its_place),
		cmocka_unit_test(the_version_comes_first),
		cmocka_unit_test(the_same_column_kept_twice_is_no_quarrel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
