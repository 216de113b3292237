/* A grouping that may not be is refused, with the reason and where it was said. */
#include "unit.h"

#include "plan/plan.h"

#define MAX_FLAGS 12

struct flag {
	const char *name, *argument;
};

static struct sluice_plan *parse(const char *text)
{
	struct sluice_error err = { 0 };
	struct sluice_plan *plan;

	if (sluice_plan_parse(text, strlen(text), "p.yaml", &plan, &err))
		FAIL("%u:%u: %s\n%s\n", (unsigned)err.line, err.column, err.text, text);
	return plan;
}

static enum sluice_status build(const struct sluice_plan *base, const struct flag *flags,
                                struct sluice_plan **plan, struct sluice_error *err)
{
	enum sluice_status status = sluice_plan_begin(base, plan, err);

	for (; status == SLUICE_OK && flags->name; flags++)
		status = sluice_plan_add(*plan, flags->name, flags->argument, err);
	return status == SLUICE_OK ? sluice_plan_finish(*plan, err) : status;
}

/* With the reason and the place. */
static const struct {
	const char *text;
	uint32_t line, column;
	const char *message;
} wrong[] = {
	/* The map. */
	{ "group: sex", 2, 8, "'group' must be a map, not a text" },
	{ "group: {}", 2, 8, "'group' holds nothing: leave it out" },
	{ "group: {rows: n}", 2, 1,
	  "'group' lacks 'by', the columns whose values make a group" },
	{ "group: {by: [], rows: n}", 2, 13, "'by' holds nothing: leave it out" },
	{ "group: {by: {a: b}, rows: n}", 2, 13, "'by' must be a list, not a map" },
	{ "group: {by: , rows: n}", 2, 13,
	  "nothing is given for 'by'; quote a text that is empty or 'null', or that begins "
	  "with "
	  "'#'" },
	{ "group: {by: sex}", 2, 1,
	  "the groups are not counted: say 'rows', 'persons', 'sum' or 'mean'" },
	{ "group: {by: sex, bye: n}", 2, 18, "'group' has no 'bye'; did you mean 'by'?" },
	{ "group: {by: sex, person: {n: x}}", 2, 18,
	  "'group' has no 'person'; did you mean 'persons'?" },
	{ "group: {by: sex, threshold: 3}", 2, 18, "'group' has no 'threshold'" },
	{ "group: {by: sex, rows: n, max: {a: b}}", 2, 27,
	  "'group' has no 'max', on purpose: it is the value of one patient or of a few, which "
	  "no threshold on counts protects" },
	{ "grop: {by: sex}", 2, 1, "unknown key 'grop'; did you mean 'group'?" },
	{ "group: {by: sex, rows: n}\noutputs: {a: {keep: b}}", 2, 1,
	  "'group' belongs in an output, not beside 'outputs'" },
	/* Columns that it makes. */
	{ "group: {by: sex, rows: [n]}", 2, 24, "'rows' must be a text, not a list" },
	{ "group: {by: sex, rows: ''}", 2, 24, "'rows' makes a column, which needs a name" },
	{ "group: {by: sex, sum: n}", 2, 23, "'sum' must be a map, not a text" },
	{ "group: {by: sex, sum: []}", 2, 23, "'sum' holds nothing: leave it out" },
	{ "group: {by: sex, sum: [n]}", 2, 24, "'sum' must be a map, not a text" },
	{ "group: {by: sex, sum: {n: [a, b]}}", 2, 27, "'n' must be a text, not a list" },
	{ "group: {by: sex, sum: {n: 'a*'}}", 2, 27,
	  "'a*' must be one column here: a name or #N, without '*' or '?' (with '=' before it "
	  "a "
	  "name is taken as it stands)" },
	{ "group: {by: sex, sum: {'': a}}", 2, 24, "'sum' makes a column, which needs a name" },
	{ "group: {by: sex, sum: {n: {column: a, digits: 1}}}", 2, 39,
	  "'digits' means nothing to 'sum'" },
	{ "group: {by: sex, mean: {n: {column: a, threshold: 1}}}", 2, 40,
	  "'threshold' means nothing to 'mean'" },
	{ "group: {by: sex, mean: {n: {column: a, of: 1}}}", 2, 40, "no 'of' in a 'mean'" },
	{ "group: {by: sex, mean: {n: {digits: 1}}}", 2, 28,
	  "'mean' lacks 'column' in this map" },
	{ "group: {by: sex, mean: {n: {column: a, digits: 16}}}", 2, 48,
	  "'digits' must be a whole number from 0 to 15" },
	{ "group: {by: sex, mean: {n: {column: a, digits: '1'}}}", 2, 48,
	  "'digits' must be a whole number from 0 to 15: without quotes" },
	{ "group: {by: sex, rows: n, sum: {n: a}}", 2, 33,
	  "the grouped table would have two columns 'n'" },
	{ "group: {by: [sex, n], rows: n}", 2, 29,
	  "the grouped table would have two columns 'n'" },
	{ "group: {by: [sex, 'sex?'], rows: n}", 2, 19,
	  "the grouped table would have two columns 'sex'" },
	{ "group: {by: sex, mean: {m: x}, sum: {m_n: a}}", 2, 38,
	  "the grouped table would have two columns 'm_n': a mean makes NAME_n, too, the "
	  "number "
	  "of its values" },
	{ "group: {by: sex, mean: {m: x, m_n: y}}", 2, 31,
	  "the grouped table would have two columns 'm_n': a mean makes NAME_n, too, the "
	  "number "
	  "of its values" },
	/* Bands. */
	{ "group: {by: age, rows: n, bins: [3]}", 2, 33, "'bins' must be a map, not a list" },
	{ "group: {by: age, rows: n, bins: {age: []}}", 2, 39,
	  "'age' holds nothing: leave it out" },
	{ "group: {by: age, rows: n, bins: {age: week}}", 2, 39,
	  "'bins' are month, quarter, year, or the whole numbers at which bands begin, as in "
	  "0, "
	  "18, 65" },
	{ "group: {by: age, rows: n, bins: {age: [18, x]}}", 2, 44,
	  "a band begins at a whole number from 0 to 999999999999999, in digits" },
	{ "group: {by: age, rows: n, bins: {age: [-5, 10]}}", 2, 40,
	  "a band begins at a whole number from 0 to 999999999999999, in digits" },
	{ "group: {by: age, rows: n, bins: {age: [18.5]}}", 2, 40,
	  "a band begins at a whole number from 0 to 999999999999999, in digits" },
	{ "group: {by: age, rows: n, bins: {age: [1000000000000000]}}", 2, 40,
	  "a band begins at a whole number from 0 to 999999999999999, in digits" },
	{ "group: {by: age, rows: n, bins: {age: ['18']}}", 2, 40,
	  "a band begins at a whole number: without quotes" },
	{ "group: {by: age, rows: n, bins: {age: [18, 18]}}", 2, 44,
	  "bands must begin at ascending numbers: 18 stands after 18" },
	{ "group: {by: age, rows: n, bins: {age: [40, 18]}}", 2, 44,
	  "bands must begin at ascending numbers: 18 stands after 40" },
	{ "group: {by: age, rows: n, bins: {'age*': [18]}}", 2, 34,
	  "'age*' must be one column here: a name or #N, without '*' or '?' (with '=' before "
	  "it "
	  "a name is taken as it stands)" },
	{ "group: {by: age, rows: n, bins: {sex: [18]}}", 2, 34,
	  "'bins' of 'sex', which is not among the columns in 'by'" },
	{ "group: {by: ['a*', sex], rows: n, bins: {bmi: [18]}}", 2, 42,
	  "'bins' of 'bmi', which is not among the columns in 'by'" },
	{ "group: {by: ['#1', '#2'], rows: n, bins: {'#3': [18]}}", 2, 43,
	  "'bins' of '#3', which is not among the columns in 'by'" },
	{ "group: {by: age, rows: n, bins: {age: [18], '=age': [3]}}", 2, 45,
	  "a column has two 'bins', where it can have one" },
	/* Totals. */
	{ "group: {by: age, rows: n, totals: sex}", 2, 35,
	  "'totals' of 'sex', which is not among the columns in 'by'" },
	{ "group: {by: age, rows: n, totals: 's*'}", 2, 35,
	  "'totals' of 's*', which is not among the columns in 'by'" },
	{ "group: {by: age, rows: n, totals_from: released}", 2, 1,
	  "'totals_from' without 'totals', the columns" },
	{ "group: {by: age, rows: n, totals: age, totals_from: all}", 2, 53,
	  "'totals_from' must be released or raw" },
	{ "group: {by: age, persons: {p: id}, totals: [age]}", 2, 45,
	  "no total of 'p' can be made of released counts: a person in two groups would count "
	  "twice; leave 'totals' out, or say 'totals_from: raw', which counts the persons of "
	  "each "
	  "total" },
	{ "group: {by: age, mean: {m: x}, totals: [age], totals_from: released}", 2, 41,
	  "no total of 'm' can be made of released means; leave 'totals' out, or say "
	  "'totals_from: raw', which takes the mean of each total" },
	{ "policy: midpoint6\ngroup: {by: age, rows: n, totals: [age]}", 3, 36,
	  "no total can be the sum of midpoints: it would be none itself, and be off by ever "
	  "more; leave 'totals' out, or say 'totals_from: raw', which counts and rounds each "
	  "total as a cell of its own" },
	{ "count: {columns: n, rounding: midpoint}\ngroup: {by: age, rows: n, totals: [age]}",
	  3, 36,
	  "no total can be the sum of midpoints: it would be none itself, and be off by ever "
	  "more; leave 'totals' out, or say 'totals_from: raw', which counts and rounds each "
	  "total as a cell of its own" },
	/* Policies. */
	{ "policy: midpoint6\ngroup: {by: age, mean: {m: x}}", 3, 25,
	  "policy midpoint6 redacts no count, so nothing would hide 'm' of a few patients: "
	  "take "
	  "a policy with a threshold" },
	{ "policy: {threshold: none, round_to: 1}\ngroup: {by: age, rows: n}", 3, 1,
	  "the counts of groups would be released as they are: there is no threshold and no "
	  "rounding" },
	{ "policy: {threshold: 5}\ngroup: {by: age, rows: n}", 2, 1,
	  "threshold 5 and rounding to nearest 5 print 6 as 5, which can only be a count just "
	  "above the threshold: take threshold 7, or round in another way" },
};

static void check_wrong(const char *text, uint32_t line, uint32_t column, const char *message)
{
	struct sluice_error err = { 0 };
	struct sluice_plan *plan;

	assert_int_equal(sluice_plan_parse(text, strlen(text), "p.yaml", &plan, &err),
	                 SLUICE_E_PLAN);
	if (strcmp(err.text, message) != 0 || err.line != line || err.column != column ||
	    strcmp(err.source, "p.yaml") != 0)
		FAIL("%s\n%u:%u: %s\n", text, (unsigned)err.line, err.column, err.text);
}

static void what_is_wrong_in_a_plan_is_refused(void **state)
{
	char text[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		snprintf(text, sizeof(text), "version: 1\n%s\n", wrong[i].text);
		check_wrong(text, wrong[i].line, wrong[i].column, wrong[i].message);
	}
}

static void what_would_show_one_patient_is_refused(void **state)
{
	static const char *const words[] = { "min", "max", "median", "first", "last", "mode" };
	char text[128], message[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(words); i++) {
		snprintf(text, sizeof(text), "version: 1\ngroup: {by: a, %s: {x: y}}\n",
		         words[i]);
		snprintf(
			message, sizeof(message),
			"'group' has no '%s', on purpose: it is the value of one patient or of "
			"a few, which no threshold on counts protects",
			words[i]);
		check_wrong(text, 2, 16, message);
	}
}

/* What only the header can tell is left to it. */
static void what_may_be_right_is_not_refused(void **state)
{
	static const char *const fine[] = {
		"group: {by: ['#1'], rows: n, bins: {age: [3]}, totals: age}",
		"group: {by: ['a*'], rows: n, bins: {age: [3]}, totals: 'ag*'}",
		"group: {by: ['a*'], rows: n, bins: {'#3': [3]}, totals: 'b*'}",
		"group: {by: ['age?'], rows: age_n, bins: {age: [3]}, totals: 'age?'}",
		"group: {by: [a, '#1', 'a*', '#2'], rows: n}",
		"group: {by: a, persons: {p: a}, sum: {s: a}, mean: {m: a}}",
		"group: {by: a, persons: {p: x}, mean: {m: x}, totals: a, totals_from: raw}",
		"policy: midpoint6\ngroup: {by: a, rows: n, totals: a, totals_from: raw}",
		"policy: midpoint6\ngroup: {by: a, rows: n, sum: {s: x}}",
		"policy: {base: midpoint6, threshold: 7}\ngroup: {by: a, mean: {m: x}}",
		"group: {by: a, rows: n}\nratio: {r: [n, m]}\nother: refuse",
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(fine); i++) {
		snprintf(text, sizeof(text), "version: 1\n%s\n", fine[i]);
		sluice_plan_free(parse(text));
	}
}

/* A plan with n bands; its length. */
static size_t write_edges(char *text, int n)
{
	size_t len =
		(size_t)snprintf(text, 100, "{version: 1, group: {by: a, rows: n, bins: {a: [");

	for (int i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, 16, "%s%d", i ? "," : "", i);
	return len + (size_t)snprintf(text + len, 16, "]}}}");
}

static void as_many_bands_as_there_may_be(void **state)
{
	char *text = malloc(16 * BINS_EDGES + 100);

	(void)state;
	assert_non_null(text);
	for (int n = BINS_EDGES; n <= BINS_EDGES + 1; n++) {
		const size_t len = write_edges(text, n);
		struct sluice_error err = { 0 };
		struct sluice_plan *plan;

		assert_int_equal(sluice_plan_parse(text, len, "", &plan, &err),
		                 n > BINS_EDGES ? SLUICE_E_PLAN : SLUICE_OK);
		if (n > BINS_EDGES)
			assert_string_equal(err.text, "more than 1000 bands");
		else
			assert_int_equal(plan->outputs->group.bandings[0].bins.n_edges, n);
		sluice_plan_free(plan);
	}
	free(text);
}

static void what_is_wrong_in_flags_is_refused(void **state)
{
	static const struct {
		struct flag flags[MAX_FLAGS];
		const char *message;
	} cases[] = {
		{ { { "rows", "n" } }, "--rows is for groups: say --group-by, too" },
		{ { { "keep", "n" }, { "persons", "n=x" } },
		  "--persons is for groups: say --group-by, too" },
		{ { { "keep", "n" }, { "bins", "n=3" } },
		  "--bins is for groups: say --group-by, too" },
		{ { { "keep", "n" }, { "totals", "n" } },
		  "--totals is for groups: say --group-by, too" },
		{ { { "keep", "n" }, { "totals-from", "released" } },
		  "--totals-from is for groups: say --group-by, too" },
		{ { { "group-by", "a" } },
		  "the groups are not counted: say --rows, --persons, --sum or --mean" },
		{ { { "group-by", "a" }, { "rows", "n" }, { "totals-from", "raw" } },
		  "--totals-from without --totals, the columns" },
		{ { { "group-by", "a" }, { "group-by", "b" } }, "--group-by is given twice" },
		{ { { "group-by", "" } },
		  "an empty column name; the column without a name is \"=\"" },
		{ { { "group-by", "a,,b" } },
		  "an empty column name; the column without a name is \"=\"" },
		{ { { "rows", "" } }, "'rows' makes a column, which needs a name" },
		{ { { "rows", "a\nb" } },
		  "'rows' makes a column, which needs a name without control bytes" },
		{ { { "rows", "a" }, { "rows", "b" } }, "--rows is given twice" },
		{ { { "sum", "a" } }, "--sum wants NAME=COL" },
		{ { { "sum", "=a" } }, "--sum wants NAME=COL" },
		{ { { "mean", "a=" } }, "--mean wants NAME=COL" },
		{ { { "persons", NULL } }, "--persons wants an argument" },
		{ { { "bins", "a" } }, "--bins wants COL=0,18,65 or COL=month|quarter|year" },
		{ { { "bins", "a=week" } },
		  "'bins' are month, quarter, year, or the whole numbers at which bands begin, "
		  "as in 0, 18, 65" },
		{ { { "bins", "a=1,x" } },
		  "a band begins at a whole number from 0 to 999999999999999, in digits" },
		{ { { "bins", "a=1,00000000000000000000000000000000000000000000002" } },
		  "a band begins at a whole number from 0 to 999999999999999, in digits" },
		{ { { "bins", "a=1," } },
		  "a band begins at a whole number from 0 to 999999999999999, in digits" },
		{ { { "totals-from", "all" } }, "'totals_from' must be released or raw" },
		{ { { "group-by", "a" }, { "persons", "p=x" }, { "totals", "a" } },
		  "no total of 'p' can be made of released counts: a person in two groups "
		  "would "
		  "count twice; leave 'totals' out, or say '--totals-from raw', which counts "
		  "the "
		  "persons of each total" },
		{ { { "group-by", "a" }, { "rows", "n" }, { "digits", "1" } },
		  "--digits, but no flag adds a rule that has it" },
		{ { { "group-bi", "a" } },
		  "no rule is named 'group-bi'; did you mean 'group-by'?" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_error err = { 0 };
		struct sluice_plan *plan;

		assert_int_equal(build(NULL, cases[i].flags, &plan, &err), SLUICE_E_PLAN);
		if (strcmp(err.text, cases[i].message) != 0)
			FAIL("case %zu: %s\n", i, err.text);
		assert_int_equal(err.line, 0);
		sluice_plan_free(plan);
	}
}

static void a_bases_groups_stay(void **state)
{
	static const struct {
		struct flag flag;
		const char *message;
	} cases[] = {
		{ { "group-by", "x" },
		  "the plan says what it groups by: --group-by can't change it" },
		{ { "rows", "more" },
		  "the plan counts rows already: --rows would do so twice" },
		{ { "sum", "n_people=x" },
		  "the grouped table would have two columns 'n_people'" },
		{ { "digits", "2" }, "--digits, but no flag adds a rule that has it" },
	};
	struct sluice_plan *base = parse("version: 1\n"
	                                 "group:\n"
	                                 "  by: [sex, age]\n"
	                                 "  rows: n\n"
	                                 "  persons: {n_people: id}\n"
	                                 "  mean: {m: x}\n");

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct flag flags[] = { cases[i].flag, { 0 } };
		struct sluice_error err = { 0 };
		struct sluice_plan *plan;

		assert_int_equal(build(base, flags, &plan, &err), SLUICE_E_PLAN);
		if (strcmp(err.text, cases[i].message) != 0)
			FAIL("case %zu: %s\n", i, err.text);
		sluice_plan_free(plan);
	}
	sluice_plan_free(base);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_in_a_plan_is_refused),
		cmocka_unit_test(what_would_show_one_patient_is_refused),
		cmocka_unit_test(what_may_be_right_is_not_refused),
		cmocka_unit_test(as_many_bands_as_there_may_be),
		cmocka_unit_test(what_is_wrong_in_flags_is_refused),
		cmocka_unit_test(a_bases_groups_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
