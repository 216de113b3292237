/* Flags, in whatever order, come to the plan that they say; over a base they change it. */
#include "unit.h"

#include "plan/plan.h"
#include "plan/policy.h"

#define MAX_FLAGS 8

struct flag {
	const char *name, *argument;
};

static struct sluice_plan *parse(const char *text)
{
	struct sluice_error err = { 0 };
	struct sluice_plan *plan;

	if (sluice_plan_parse(text, strlen(text), "p.yaml", &plan, &err))
		FAIL("%u:%u: %s\n", (unsigned)err.line, err.column, err.text);
	return plan;
}

/* Begin, add the flags until one without a name, finish. */
static enum sluice_status build(const struct sluice_plan *base, const struct flag *flags,
                                struct sluice_plan **plan, struct sluice_error *err)
{
	enum sluice_status status = sluice_plan_begin(base, plan, err);

	for (size_t i = 0; status == SLUICE_OK && i < MAX_FLAGS && flags[i].name; i++)
		status = sluice_plan_add(*plan, flags[i].name, flags[i].argument, err);
	if (status == SLUICE_OK)
		status = sluice_plan_finish(*plan, err);
	return status;
}

static struct sluice_plan *built(const struct sluice_plan *base, const struct flag *flags)
{
	struct sluice_error err = { 0 };
	struct sluice_plan *plan;

	if (build(base, flags, &plan, &err))
		FAIL("%s\n", err.text);
	return plan;
}

static void flags_say_what_a_plan_says(void **state)
{
	static const struct {
		struct flag flags[MAX_FLAGS];
		const char *plan;
	} cases[] = {
		{ { { "count", "a,b" } }, "count: [a, b]" },
		{ { { "count", "a" }, { "count", "b" } }, "count: [b, a]" },
		{ { { "count", "n_*,#3,x?" }, { "drop", "=odd,name*" } },
		  "{count: [n_*, '#3', x?], drop: '=odd,name*'}" },
		{ { { "keep", "a,=b" } }, "keep: [a, =b]" },
		{ { { "count", "n,d" }, { "ratio", "r=n/d" }, { "percent", "p=#1/d" } },
		  "{count: [n, d], ratio: {r: [n, d]}, percent: {p: ['#1', d]}}" },
		{ { { "ratio", "r==a=b/=c" } }, "ratio: {r: ['=a=b', '=c']}" },
		{ { { "digits", "2" }, { "ratio", "r=n/d" }, { "count", "n,d" } },
		  "{count: [n, d], ratio: [{r: [n, d], digits: 2}]}" },
		{ { { "blank", "mean,sd*=n" }, { "blank", "x=n" }, { "blank", "=o=d=m" } },
		  "blank: {n: [mean, 'sd*', x], m: ['=o=d']}" },
		{ { { "where", "a=x,y" }, { "where", "b!=" }, { "where", "c=d=e!" } },
		  "where: {a: [x, y], b: {not: ''}, c: 'd=e!'}" },
		{ { { "where", "a=x" }, { "where", "a!=y" } },
		  "where: [{a: {not: y}}, {a: x}]" },
		{ { { "policy", "hes" }, { "count", "n" } }, "{policy: hes, count: n}" },
		{ { { "token", "" },
		    { "policy", "hes" },
		    { "threshold", "none" },
		    { "count", "n" } },
		  "{policy: {base: hes, token: '', threshold: none}, count: n}" },
		{ { { "zeros", "keep" },
		    { "round-to", "10" },
		    { "rounding", "half-up" },
		    { "threshold", "4" },
		    { "count", "n" } },
		  "{policy: {threshold: 4, zeros: keep, round_to: 10, rounding: half-up}, "
		  "count: n}" },
		{ { { "keep", "*" }, { "other", "drop" }, { "delimiter", "\t" } },
		  "{keep: '*', other: drop, delimiter: tab}" },
		{ { { "keep", "*" }, { "delimiter", "tab" }, { "crlf", NULL } },
		  "{keep: '*', delimiter: \"\\t\", crlf: true}" },
		{ { { "keep", "*" }, { "missing", "N/A" }, { "missing", "." } },
		  "{keep: '*', missing: [., N/A]}" },
		{ { { "round", "n" }, { "suffix", NULL }, { "policy", "midpoint6" } },
		  "{round: n, suffix: _midpoint6, policy: midpoint6}" },
		{ { { "round", "n" }, { "suffix", "_r" } }, "{round: n, suffix: _r}" },
		{ { { "other", "keep" } }, "other: keep" },
		{ { { "policy", "cms" }, { "policy", "cms" }, { "count", "n" } },
		  "{policy: cms, count: n}" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_plan *ours = built(NULL, cases[i].flags), *theirs;
		char text[256], a[33], b[33];
		const bool braces = cases[i].plan[0] == '{';
		const bool other = strstr(cases[i].plan, "other:");

		/* Flags keep the columns that no rule names. */
		snprintf(text, sizeof(text), "{version: 1%s, %.*s}",
		         other ? "" : ", other: keep", (int)strlen(cases[i].plan) - 2 * braces,
		         cases[i].plan + braces);
		theirs = parse(text);
		sluice_plan_hash(ours, a);
		sluice_plan_hash(theirs, b);
		if (strcmp(a, b) != 0)
			FAIL("%s\n%s\n", sluice_plan_dump(ours), sluice_plan_dump(theirs));
		sluice_plan_free(ours);
		sluice_plan_free(theirs);
	}
}

static void what_is_wrong_is_refused(void **state)
{
	static const struct {
		struct flag flags[MAX_FLAGS];
		const char *piece;
	} cases[] = {
		{ { { NULL, NULL } },
		  "no rule: say what happens to the columns, as in --drop" },
		{ { { "policy", "hes" }, { "threshold", "8" } }, "no rule" },
		{ { { "cuont", "n" } }, "did you mean 'count'?" },
		{ { { "round_to", "n" } }, "did you mean 'round-to'?" },
		{ { { "version", "1" } }, "no rule is named 'version'" },
		{ { { "count", NULL } }, "--count wants an argument" },
		{ { { "where", NULL } }, "--where wants an argument" },
		{ { { "count", "" } }, "empty column name" },
		{ { { "count", "n,,m" } }, "empty column name" },
		{ { { "count", "n," } }, "empty column name" },
		{ { { "count", "#x" } }, "not a position" },
		{ { { "count", "\xFF" } }, "--count is not UTF-8" },
		{ { { "token", "\xC3" } }, "--token is not UTF-8" },
		{ { { "token", "\xC2\x85" } }, "without control bytes" },
		{ { { "ratio", "r" } }, "--ratio wants NAME=NUM/DEN" },
		{ { { "ratio", "r=n" } }, "--ratio wants NAME=NUM/DEN" },
		{ { { "ratio", "=r=n/d" } }, "--ratio wants NAME=NUM/DEN" },
		{ { { "ratio", "r=a/b/c" } }, "in a plan" },
		{ { { "ratio", "r=n/" } }, "empty column name" },
		{ { { "ratio", "r=n*/d" } }, "must be one column" },
		{ { { "blank", "n" } }, "--blank wants COLS=COUNT" },
		{ { { "blank", "n=" } }, "--blank wants COLS=COUNT" },
		{ { { "blank", "=n" } }, "--blank wants COLS=COUNT" },
		{ { { "blank", "x=n*" } }, "must be one column" },
		{ { { "where", "nosign" } }, "--where wants" },
		{ { { "where", "=x" } }, "--where wants" },
		{ { { "where", "!=x" } }, "--where wants" },
		{ { { "where", "a*=x" } }, "must be one column" },
		{ { { "threshold", "x" } }, "--threshold must be" },
		{ { { "threshold", "-1" } }, "--threshold must be" },
		{ { { "threshold", "07" } }, "--threshold must be" },
		{ { { "threshold", "" } }, "--threshold must be" },
		{ { { "round-to", "0" } }, "--round-to must be" },
		{ { { "round-to", "2.5" } }, "--round-to must be" },
		{ { { "rounding", "sideways" } }, "--rounding must be" },
		{ { { "zeros", "maybe" } }, "--zeros must be" },
		{ { { "token", "8" } }, "--token must be" },
		{ { { "digits", "16" } }, "--digits must be" },
		{ { { "other", "perhaps" } }, "refuse, keep or drop" },
		{ { { "policy", "opensafety" } }, "did you mean 'opensafely'?" },
		{ { { "delimiter", "ab" } }, "one ASCII character" },
		{ { { "delimiter", "" } }, "one ASCII character" },
		{ { { "missing", "5" } }, "would pass unprotected" },
		{ { { "crlf", "x" } }, "--crlf takes no argument" },
		{ { { "suffix", "" }, { "keep", "a" } }, "has no suffix of its own" },
		{ { { "threshold", "8" }, { "threshold", "9" } },
		  "--threshold is given twice" },
		{ { { "policy", "hes" }, { "policy", "cms" } }, "--policy is given twice" },
		{ { { "digits", "2" }, { "keep", "a" } }, "no flag adds a rule that has it" },
		{ { { "threshold", "5" }, { "round-to", "5" }, { "count", "n" } },
		  "print 6 as 5" },
		{ { { "rounding", "down" }, { "count", "n" } }, "print 8 as 5" },
		{ { { "policy", "cms" }, { "round", "n" } }, "would change nothing" },
		{ { { "policy", "cms" }, { "rounding", "up" }, { "count", "n" } },
		  "does not round" },
		{ { { "keep", "n" }, { "count", "n" } }, "'n' is named by two rules" },
		{ { { "count", "n" }, { "count", "n" } }, "'n' is named by two rules" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_error err = { 0 };
		struct sluice_plan *plan;

		if (build(NULL, cases[i].flags, &plan, &err) != SLUICE_E_PLAN)
			FAIL("case %zu is not refused\n", i);
		if (!strstr(err.text, cases[i].piece) || err.line || err.column ||
		    err.source[0])
			FAIL("case %zu: %s:%u: %s\n", i, err.source, (unsigned)err.line,
			     err.text);
		sluice_plan_free(plan);
	}
}

static void a_base_is_changed_but_stays_as_it_is(void **state)
{
	static const char text[] =
		"{version: 1, policy: {base: hes, threshold: 22}, where: {s: [F, M]},"
		" count: [{columns: [n], token: x}, {columns: [m]}], keep: [k], blank: {n: "
		"[mean]},"
		" ratio: {r: [n, m]}, missing: [N/A], suffix: _x, crlf: true,"
		" describe: {context: c, population: p, columns: {n: people}}}";
	struct sluice_plan *base = parse(text), *again;
	char before[33], after[33];
	struct sluice_plan *p = built(base, (struct flag[MAX_FLAGS]){ { "drop", "id" },
	                                                              { "round-to", "3" },
	                                                              { "where", "t=u" },
	                                                              { "missing", "." },
	                                                              { "digits", "1" },
	                                                              { "percent", "p=n/m" } });
	const struct output *o = p->outputs;

	(void)state;
	again = built(base, (struct flag[MAX_FLAGS]){ { NULL, NULL } });
	sluice_plan_hash(base, before);
	sluice_plan_hash(again, after);
	assert_string_equal(before, after);
	sluice_plan_free(again);
	sluice_plan_free(base); /* p shares nothing with it */

	assert_int_equal(o->other, OTHER_REFUSE);
	assert_int_equal(o->settings.threshold, 22);
	assert_int_equal(o->settings.round_to, 3);
	assert_int_equal(o->n_where, 2);
	assert_int_equal(o->dialect.n_missing, 2);
	assert_string_equal(o->rules[0].type->name, "drop");
	assert_string_equal(o->rules[2].columns[0].text, "n");
	assert_string_equal(o->rules[2].settings.token, "x");
	assert_int_equal(o->rules[2].settings.round_to, 3);
	assert_string_equal(o->rules[4].name, "r");
	assert_int_equal(o->rules[4].settings.digits, SHORTEST);
	assert_string_equal(o->rules[5].name, "p");
	assert_int_equal(o->rules[5].settings.digits, 1);
	assert_string_equal(o->describe.columns[0].text, "people");
	assert_true(o->dialect.crlf);
	sluice_plan_free(p);
}

static void a_policy_flag_takes_the_place_of_the_bases(void **state)
{
	struct sluice_plan *base = parse("{version: 1, policy: {threshold: 22}, count: n}");
	struct sluice_plan *p =
		built(base, (struct flag[MAX_FLAGS]){ { "token", "." }, { "policy", "cms" } });

	(void)state;
	assert_int_equal(p->outputs->settings.threshold, 10);
	assert_int_equal(p->outputs->settings.round_to, 1);
	assert_string_equal(p->outputs->settings.token, ".");
	sluice_plan_free(p);
	sluice_plan_free(base);
}

static void what_is_wrong_over_a_base_is_placed(void **state)
{
	static const struct {
		const char *base;
		struct flag flags[MAX_FLAGS];
		unsigned line;
		const char *piece;
	} cases[] = {
		{ "version: 1\ncount: [n]", { { "threshold", "10" } }, 0, "print 11 as 10" },
		{ "version: 1\ncount: {columns: n, threshold: 9}",
		  { { "round-to", "20" } },
		  2,
		  "print 10 as 0" },
		{ "version: 1\ncount: [n]", { { "keep", "n" } }, 2, "two rules" },
		{ "version: 1\nround: [n]",
		  { { "policy", "cms" } },
		  2,
		  "would change nothing" },
		{ "version: 1\npolicy: midpoint6\nkeep: a\nsuffix: true",
		  { { "policy", "hes" } },
		  0,
		  "no suffix" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_error err = { 0 };
		struct sluice_plan *base = parse(cases[i].base), *plan;

		assert_int_equal(build(base, cases[i].flags, &plan, &err), SLUICE_E_PLAN);
		if (!strstr(err.text, cases[i].piece) || err.line != cases[i].line ||
		    strcmp(err.source, err.line ? "p.yaml" : "") != 0)
			FAIL("case %zu: %s:%u: %s\n", i, err.source, (unsigned)err.line,
			     err.text);
		sluice_plan_free(plan);
		sluice_plan_free(base);
	}
}

static void a_base_has_one_output_and_a_finished_plan_stays(void **state)
{
	struct sluice_error err = { 0 };
	struct sluice_plan *base, *p;

	(void)state;
	base = parse("{version: 1, outputs: {a: {keep: x}, b: {keep: x}}}");
	assert_int_equal(sluice_plan_begin(base, &p, &err), SLUICE_E_PLAN);
	assert_null(p);
	assert_string_equal(err.text, "the plan names 2 outputs; run takes one");
	sluice_plan_free(base);

	base = parse("{version: 1, outputs: {a: {keep: x}}}");
	p = built(base, (struct flag[MAX_FLAGS]){ { "drop", "y" } });
	assert_string_equal(p->outputs->name, "a");
	assert_int_equal(sluice_plan_add(p, "drop", "z", &err), SLUICE_E_PLAN);
	assert_int_equal(sluice_plan_finish(p, &err), SLUICE_E_PLAN);
	sluice_plan_free(p);
	sluice_plan_free(base);
	sluice_plan_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_say_what_a_plan_says),
		cmocka_unit_test(what_is_wrong_is_refused),
		cmocka_unit_test(a_base_is_changed_but_stays_as_it_is),
		cmocka_unit_test(a_policy_flag_takes_the_place_of_the_bases),
		cmocka_unit_test(what_is_wrong_over_a_base_is_placed),
		cmocka_unit_test(a_base_has_one_output_and_a_finished_plan_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
