/* What guards a grouping beyond thresholds is refused where it can't be meant, with reason and place. */
#include "unit.h"

#include "plan/plan.h"

/* With the reason and the place. */
static const struct {
	const char *text;
	uint32_t line, column;
	const char *message;
} wrong[] = {
	/* Contributors. */
	{ "group: {by: a, sum: {s: {column: x, dominance: 85, contributor: f}}}", 2, 48,
	  "a rule of 'dominance' is n and k, as in {n: 1, k: 85}: unsafe when the n largest "
	  "have over k % of the sum" },
	{ "group: {by: a, sum: {s: {column: x, dominance: {n: 1}, contributor: f}}}", 2, 48,
	  "a rule of 'dominance' is n and k, as in {n: 1, k: 85}: unsafe when the n largest "
	  "have over k % of the sum" },
	{ "group: {by: a, sum: {s: {column: x, dominance: {n: 17, k: 8}, contributor: f}}}", 2,
	  48, "n of 'dominance' is a number of contributors, from 1 to 16" },
	{ "group: {by: a, sum: {s: {column: x, dominance: {n: 0, k: 8}, contributor: f}}}", 2,
	  48, "n of 'dominance' is a number of contributors, from 1 to 16" },
	{ "group: {by: a, sum: {s: {column: x, dominance: {n: 1, k: 101}, contributor: f}}}", 2,
	  48, "k of 'dominance' is a percentage up to 100, as in 85" },
	{ "group: {by: a, sum: {s: {column: x, dominance: [{n: 1, k: 8}, {n: 1, k: 9}],"
	  " contributor: f}}}",
	  2, 63, "'dominance' has two rules for n 1" },
	{ "group: {by: a, sum: {s: {column: x, p_percent: 0, contributor: f}}}", 2, 48,
	  "'p_percent' is a percentage up to 100, as in 10" },
	{ "group: {by: a, sum: {s: {column: x, p_percent: 5}}}", 2, 22,
	  "'s' has rules on dominance, but no 'contributor': the column that tells whose a "
	  "row is" },
	{ "policy: {threshold: none}\ngroup: {by: a, sum: {s: {column: x, contributor: f}}}", 3,
	  22,
	  "'s' has a 'contributor', but there is neither a threshold nor 'dominance' nor "
	  "'p_percent'" },
	{ "group: {by: a, persons: {p: {column: x, contributor: f}}}", 2, 41,
	  "no 'contributor' in a 'persons'" },
	{ "group: {by: a, sum: {s: {column: x, contributor: 'f*'}}}", 2, 50,
	  "'f*' must be one column here: a name or #N, without '*' or '?' (with '=' before it "
	  "a name is taken as it stands)" },
	/* Noise. */
	{ "group: {by: a, rows: n, perturb: k}", 2, 34, "'perturb' must be a map, not a text" },
	{ "group: {by: a, rows: n, perturb: {key: k, by: id}}", 2, 34,
	  "'perturb' lacks 'table', the file that says which noise a count gets" },
	{ "group: {by: a, rows: n, perturb: {table: t, seed: 1}}", 2, 45,
	  "no 'seed' in a 'perturb'" },
	{ "group: {by: a, rows: n, perturb: {table: ''}}", 2, 42,
	  "'table' is the name of a file" },
	{ "group: {by: a, rows: n, perturb: {table: t, key: k, by: 'i*'}}", 2, 57,
	  "'i*' must be one column here: a name or #N, without '*' or '?' (with '=' before it "
	  "a name is taken as it stands)" },
	{ "group: {by: a, rows: n, perturb: {table: t, key: k, by: i, record_key: r}}", 2, 25,
	  "record keys are made of the column in 'by', or stand in 'record_key': not both" },
	{ "group: {by: a, rows: n, perturb: {table: t, key: k, record_key: r}}", 2, 25,
	  "'key' makes record keys, and 'record_key' has them already: one of the two" },
	{ "group: {by: a, rows: n, perturb: {table: t, by: i}}", 2, 25,
	  "'by' without 'key', the file with the secret: identifiers can be tried out" },
	{ "group: {by: a, rows: n, perturb: {table: t, key: k}}", 2, 25,
	  "'rows' get noise by the people in them: say 'by', the column with their "
	  "identifiers, or 'record_key', one with record keys" },
	{ "group: {by: a, persons: {p: x}, perturb: {table: t}}", 2, 33,
	  "'persons' get noise by a 'key', the file with the secret" },
	{ "group: {by: a, persons: {p: x}, perturb: {table: t, key: k, by: x}}", 2, 33,
	  "'by' and 'record_key' are for 'rows', and there are none" },
	{ "group: {by: a, rows: n, sum: {s: x}, perturb: {table: t, key: k, by: i}}", 2, 31,
	  "'perturb' is for 'rows' and 'persons': a 'sum' beside them would have no noise" },
	{ "group: {by: a, rows: n, totals: a, perturb: {table: t, key: k, by: i}}", 2, 33,
	  "totals of counts with noise are cells of their own, with noise of their own: say "
	  "'totals_from: raw'" },
	{ "policy: {base: cms, threshold: none}\ncount: [n]\n"
	  "group: {by: a, rows: n, perturb: {table: t, key: k, by: i}}",
	  3, 8,
	  "'count' would change nothing: there is no threshold and no rounding; to pass a "
	  "column "
	  "unchanged, say 'keep'" },
};

static void what_is_wrong_is_refused(void **state)
{
	char text[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		struct sluice_error err = { 0 };
		struct sluice_plan *plan;

		snprintf(text, sizeof(text), "version: 1\n%s\n", wrong[i].text);
		assert_int_equal(sluice_plan_parse(text, strlen(text), "p.yaml", &plan, &err),
		                 SLUICE_E_PLAN);
		if (strcmp(err.text, wrong[i].message) != 0 || err.line != wrong[i].line ||
		    err.column != wrong[i].column)
			FAIL("%s\n%u:%u: %s\n", text, (unsigned)err.line, err.column, err.text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
