/* What 'protect' says comes to the same from a plan, from flags and from its dump; what can't be is refused. */
#include "unit.h"

#include "plan/plan.h"
#include "plan/protecting.h"

struct flag {
	const char *name, *argument;
};

static enum sluice_status try_parse(const char *text, struct sluice_plan **plan,
                                    struct sluice_error *err)
{
	*err = (struct sluice_error){ 0 };
	return sluice_plan_parse(text, strlen(text), "p.yaml", plan, err);
}

static struct sluice_plan *parse(const char *text)
{
	struct sluice_error err;
	struct sluice_plan *plan;

	if (try_parse(text, &plan, &err))
		FAIL("%u:%u: %s\n%s\n", (unsigned)err.line, err.column, err.text, text);
	return plan;
}

static const char whole[] = "version: 1\n"
			    "policy: cms\n"
			    "keep: [sex, region]\n"
			    "count: [n, m]\n"
			    "protect:\n"
			    "  dimensions: [sex, region]\n"
			    "  total: {sex: [All, Both], region: England, \"*\": Total}\n"
			    "  parents: {region: [a.csv, b.csv]}\n"
			    "  nested: region/county\n"
			    "  open: sex\n"
			    "  at_most: [[n, m]]\n"
			    "  population: all\n"
			    "  method: suppress\n"
			    "  seconds: 7\n"
			    "  singletons: true\n"
			    "  group: 1\n";

static const struct flag flags[] = {
	{ "policy", "cms" },
	{ "protect-singletons", NULL },
	{ "protect-group", "1" },
	{ "keep", "sex,region" },
	{ "count", "n,m" },
	{ "other", "refuse" },
	{ "protect", "sex,region" },
	{ "protect-total", "Total" },
	{ "protect-total", "sex=Both" },
	{ "protect-total", "region=England" },
	{ "protect-total", "sex=All" },
	{ "protect-parents", "region=a.csv" },
	{ "protect-parents", "region=b.csv" },
	{ "protect-nested", "region/county" },
	{ "protect-open", "sex" },
	{ "protect-at-most", "n<=m" },
	{ "protect-method", "suppress" },
	{ "protect-seconds", "7" },
	{ 0 },
};

static struct sluice_plan *built(void)
{
	struct sluice_error err = { 0 };
	struct sluice_plan *plan;
	enum sluice_status status = sluice_plan_begin(NULL, &plan, &err);

	for (const struct flag *f = flags; status == SLUICE_OK && f->name; f++)
		status = sluice_plan_add(plan, f->name, f->argument, &err);
	if (status == SLUICE_OK)
		status = sluice_plan_finish(plan, &err);
	if (status != SLUICE_OK)
		FAIL("%s\n", err.text);
	return plan;
}

static void assert_same(const struct sluice_plan *a, const struct sluice_plan *b)
{
	char *x = sluice_plan_dump(a), *y = sluice_plan_dump(b);

	assert_string_equal(x, y);
	sluice_free(x);
	sluice_free(y);
}

static void every_way_comes_to_the_same(void **state)
{
	struct sluice_plan *plan = parse(whole), *again, *by_flags = built();
	char *dump = sluice_plan_dump(plan);

	(void)state;
	again = parse(dump);
	assert_same(plan, again);
	/* No flag says whom the table counts. */
	assert_string_equal(plan->outputs[0].protect.population, "all");
	free(plan->outputs[0].protect.population);
	plan->outputs[0].protect.population = NULL;
	sluice_free(dump);
	dump = sluice_plan_dump(plan);
	sluice_plan_free(again);
	again = parse(dump);
	assert_same(again, by_flags);
	assert_string_equal(sluice_plan_file(plan, 0), "a.csv");
	assert_string_equal(sluice_plan_file(plan, 1), "b.csv");
	assert_null(sluice_plan_file(plan, 2));
	sluice_free(dump);
	sluice_plan_free(plan);
	sluice_plan_free(again);
	sluice_plan_free(by_flags);
}

static void totals_have_a_name_and_are_raw(void **state)
{
	struct sluice_plan *plan = parse("version: 1\n"
	                                 "group: {by: [sex], rows: n, totals: [sex]}\n"
	                                 "protect: {dimensions: sex, total: All}\n");
	const struct protecting *p = &plan->outputs[0].protect;

	(void)state;
	assert_true(plan->outputs[0].group.totals_raw);
	assert_int_equal(p->n_said, 3);
	assert_string_equal(p->said[1].right, "All");
	assert_string_equal(p->said[2].right, TOTAL_LABEL);
	assert_string_equal(p->method, protect_methods[0]);
	assert_int_equal(p->seconds, PROTECT_SECONDS);
	sluice_plan_free(plan);
}

static void what_can_not_be_is_refused(void **state)
{
	static const struct {
		const char *text, *like;
	} bad[] = {
		{ "count: n\nprotect: {total: Total}\n", "lacks 'dimensions'" },
		{ "count: n\nprotect: {dimensions: []}\n", "" },
		{ "count: n\nprotect: {dimensions: sex, totals: T}\n", "did you mean 'total'" },
		{ "count: n\nprotect: {dimensions: sex, at_most: [n, m]}\n", "list of pairs" },
		{ "count: n\nprotect: {dimensions: sex, parents: a.csv}\n", "" },
		{ "count: n\nprotect: {dimensions: sex, seconds: 0}\n", "1 to" },
		{ "count: n\nprotect: {dimensions: sex, seconds: many}\n", "1 to" },
		{ "count: n\nprotect: {dimensions: sex, method: magic}\n", "suppress" },
		{ "count: n\nprotect: {dimensions: sex, singletons: yes}\n", "true or false" },
		{ "count: n\nprotect: {dimensions: sex, group: -1}\n", "from 0 to" },
		{ "policy: opensafely\ncount: n\nprotect: {dimensions: sex, singletons: "
		  "true}\n",
		  "not rounded" },
		{ "policy: cms\ncount: n\n"
		  "protect: {dimensions: sex, group: 0, method: small-counts}\n",
		  "which redacts" },
		{ "keep: n\nprotect: {dimensions: sex}\n", "finds no counts" },
		{ "policy: ehrql\ncount: n\nprotect: {dimensions: sex}\n", "token '0'" },
		{ "policy: {base: cms, token: '≤10'}\ncount: n\nprotect: {dimensions: sex}\n",
		  "how large" },
		{ "group: {by: [sex], rows: n, totals: [sex], totals_from: released}\n"
		  "protect: {dimensions: sex}\n",
		  "totals_from: raw" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct sluice_plan *plan = NULL;
		struct sluice_error err;
		char text[512];

		snprintf(text, sizeof(text), "version: 1\n%s", bad[i].text);
		assert_int_equal(try_parse(text, &plan, &err), SLUICE_E_PLAN);
		assert_null(plan);
		if (!strstr(err.text, bad[i].like))
			FAIL("%s\n%s\n", text, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_comes_to_the_same),
		cmocka_unit_test(totals_have_a_name_and_are_raw),
		cmocka_unit_test(what_can_not_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
