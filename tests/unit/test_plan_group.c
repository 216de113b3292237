/* A grouping comes to what it says, from a plan and from flags. */
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

static struct sluice_plan *built(const struct sluice_plan *base, const struct flag *flags)
{
	struct sluice_error err = { 0 };
	struct sluice_plan *plan;

	if (build(base, flags, &plan, &err))
		FAIL("%s\n", err.text);
	return plan;
}

static const char whole[] =
	"version: 1\n"
	"group:\n"
	"  by: [sex, age, \"date?\", \"=odd*\", \"#7\", \"region_*\"]\n"
	"  bins: {age: [0, 18, 40, 65], date: month, \"#7\": quarter, region_x: year}\n"
	"  mean: {mean_bmi: {column: bmi, digits: 1}, plain: bp}\n"
	"  sum: {n_asthma: has_asthma, n_copd: \"#9\"}\n"
	"  rows: n\n"
	"  persons: {n_people: patient_id}\n"
	"  totals: [sex, \"region*\"]\n"
	"  totals_from: raw\n";

static void check_columns(const struct grouping *g)
{
	static const struct {
		enum aggregate_kind kind;
		const char *name, *column;
		uint32_t position;
		int digits;
	} want[] = {
		{ AGGREGATE_ROWS, "n", NULL, 0, MEAN_USUAL },
		{ AGGREGATE_PERSONS, "n_people", "patient_id", 0, MEAN_USUAL },
		{ AGGREGATE_SUM, "n_asthma", "has_asthma", 0, MEAN_USUAL },
		{ AGGREGATE_SUM, "n_copd", NULL, 9, MEAN_USUAL },
		{ AGGREGATE_MEAN, "mean_bmi", "bmi", 0, 1 },
		{ AGGREGATE_MEAN, "plain", "bp", 0, MEAN_USUAL },
	};

	assert_int_equal(g->n_aggregates, LENGTH(want));
	for (size_t i = 0; i < LENGTH(want); i++) {
		const struct aggregate *a = &g->aggregates[i];

		assert_int_equal(a->kind, want[i].kind);
		assert_string_equal(a->name, want[i].name);
		assert_int_equal(a->column.position, want[i].position);
		assert_int_equal(a->digits, want[i].digits);
		if (want[i].column)
			assert_string_equal(a->column.text, want[i].column);
		else
			assert_null(a->column.text);
	}
}

static void a_grouping_is_read(void **state)
{
	struct sluice_plan *p = parse(whole);
	const struct grouping *g = &p->outputs->group;

	(void)state;
	assert_int_equal(g->at.line, 2);
	assert_int_equal(g->at.column, 1);
	assert_int_equal(g->n_by, 6);
	assert_string_equal(g->by[0].text, "sex");
	assert_int_equal(g->by[1].at.line, 3);
	assert_int_equal(g->by[1].at.column, 13);
	assert_true(g->by[2].optional);
	assert_int_equal(g->by[3].kind, SELECT_NAME);
	assert_string_equal(g->by[3].text, "odd*");
	assert_int_equal(g->by[4].position, 7);
	assert_int_equal(g->by[5].kind, SELECT_GLOB);
	check_columns(g);
	assert_int_equal(g->n_bandings, 4);
	assert_int_equal(g->bandings[0].bins.kind, BINS_NUMBERS);
	assert_int_equal(g->bandings[0].bins.n_edges, 4);
	assert_int_equal(g->bandings[0].bins.edges[0], 0);
	assert_int_equal(g->bandings[0].bins.edges[3], 65);
	assert_int_equal(g->bandings[1].bins.kind, BINS_MONTH);
	assert_int_equal(g->bandings[2].bins.kind, BINS_QUARTER);
	assert_int_equal(g->bandings[2].column.position, 7);
	assert_int_equal(g->bandings[3].bins.kind, BINS_YEAR);
	assert_int_equal(g->n_totals, 2);
	assert_int_equal(g->totals[1].kind, SELECT_GLOB);
	assert_true(g->totals_raw);
	sluice_plan_free(p);
}

static void its_rules_have_the_settings_of_the_policy(void **state)
{
	struct sluice_plan *p = parse("version: 1\n"
	                              "policy: {base: hes, threshold: 22, token: x}\n"
	                              "group: {by: sex, rows: n}\n");
	const struct grouping *g = &p->outputs->group;

	(void)state;
	assert_int_equal(p->outputs->n_rules, 0);
	assert_string_equal(g->by_rule.type->name, "keep");
	assert_string_equal(g->sum_rule.type->name, "count");
	assert_string_equal(g->mean_rule.type->name, "blank");
	assert_int_equal(g->sum_rule.settings.threshold, 22);
	assert_true(g->sum_rule.settings.keep_zeros);
	assert_int_equal(g->sum_rule.settings.round_to, 5);
	assert_string_equal(g->sum_rule.settings.token, "x");
	assert_string_equal(g->mean_rule.settings.token, "x");
	assert_int_equal(g->by_rule.settings.round_to, 1);
	assert_int_equal(g->by_rule.settings.threshold, NO_THRESHOLD);
	assert_int_equal(g->sum_rule.at.line, 3);
	assert_false(g->totals_raw);
	sluice_plan_free(p);
	p = parse("{version: 1, keep: a}");
	assert_int_equal(p->outputs->group.n_by, 0);
	sluice_plan_free(p);
}

/* Said in another way, but the same plan. */
static void all_ways_to_say_it_are_one(void **state)
{
	static const char *const same[][2] = {
		{ "{by: sex, rows: n}", "{rows: n, by: [sex]}" },
		{ "{by: s, mean: {m: {column: x, digits: 2}, k: {column: y, digits: 2}}}",
		  "{by: s, mean: [{m: x, k: y, digits: 2}]}" },
		{ "{by: s, mean: {m: {column: x}, k: {column: y, digits: 0}}}",
		  "{by: s, mean: [{m: x}, {k: {column: y, digits: 0}, digits: 3}]}" },
		{ "{by: s, sum: {a: x, b: y}}", "{by: s, sum: [{a: x}, {b: {column: y}}]}" },
		{ "{by: [a, b], rows: n, bins: {b: [3], a: year}}",
		  "{by: [a, b], rows: n, bins: {a: year, '=b': [3]}}" },
		{ "{by: [a, b], rows: n, totals: [a, b]}",
		  "{by: [a, b], rows: n, totals: [b, a, b], totals_from: released}" },
		{ "{by: a, rows: n, persons: {p: x}}", "{persons: {p: x}, by: a, rows: n}" },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(same); i++) {
		char hex[2][33];

		for (size_t k = 0; k < 2; k++) {
			struct sluice_plan *p;

			snprintf(text, sizeof(text), "{version: 1, group: %s}", same[i][k]);
			p = parse(text);
			sluice_plan_hash(p, hex[k]);
			sluice_plan_free(p);
		}
		if (strcmp(hex[0], hex[1]) != 0)
			FAIL("%s\n%s\n", same[i][0], same[i][1]);
	}
}

static void what_differs_has_another_hash(void **state)
{
	static const char *const different[] = {
		"{by: [a, b], rows: n}",
		"{by: [b, a], rows: n}",
		"{by: [a, 'b?'], rows: n}",
		"{by: [a, b], rows: m}",
		"{by: [a, b], rows: n, totals: a}",
		"{by: [a, b], rows: n, totals: b}",
		"{by: [a, b], rows: n, totals: b, totals_from: raw}",
		"{by: [a, b], rows: n, bins: {a: month}}",
		"{by: [a, b], rows: n, bins: {a: year}}",
		"{by: [a, b], rows: n, bins: {b: year}}",
		"{by: [a, b], rows: n, bins: {a: [1]}}",
		"{by: [a, b], rows: n, bins: {a: [1, 2]}}",
		"{by: [a, b], persons: {n: x}}",
		"{by: [a, b], sum: {n: x}}",
		"{by: [a, b], sum: {n: y}}",
		"{by: [a, b], sum: {n: x, m: x}}",
		"{by: [a, b], sum: {m: x, n: x}}",
		"{by: [a, b], mean: {n: x}}",
		"{by: [a, b], mean: {n: {column: x, digits: 0}}}",
	};
	char hex[LENGTH(different)][33], text[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(different); i++) {
		struct sluice_plan *p;

		snprintf(text, sizeof(text), "{version: 1, group: %s}", different[i]);
		p = parse(text);
		sluice_plan_hash(p, hex[i]);
		sluice_plan_free(p);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(hex[i], hex[j]))
				FAIL("%s\n%s\n", different[i], different[j]);
	}
}

static void flags_say_what_a_plan_says(void **state)
{
	static const struct flag flags[MAX_FLAGS] = {
		{ "mean", "mean_bmi=bmi" },
		{ "bins", "age=0,18,40,65" },
		{ "digits", "1" },
		{ "totals-from", "raw" },
		{ "sum", "n_asthma=has_asthma" },
		{ "totals", "sex,region_*" },
		{ "rows", "n" },
		{ "persons", "n_people==id=" },
		{ "group-by", "sex,age,date?,region_*" },
		{ "bins", "date=month" },
		{ "sum", "n_copd=#9" },
	};
	struct sluice_plan *a = built(NULL, flags), *b;
	char *dump = sluice_plan_dump(a), *other;

	(void)state;
	b = parse("{version: 1, other: keep, group: {by: [sex, age, 'date?', 'region_*'],"
	          " bins: {age: [0, 18, 40, 65], date: month}, rows: n,"
	          " persons: {n_people: '=id='}, sum: {n_asthma: has_asthma, n_copd: '#9'},"
	          " mean: {mean_bmi: {column: bmi, digits: 1}}, totals: [sex, 'region_*'],"
	          " totals_from: raw}}");
	other = sluice_plan_dump(b);
	assert_string_equal(dump, other);
	sluice_free(dump);
	sluice_free(other);
	sluice_plan_free(a);
	sluice_plan_free(b);
	/* One name as it stands. */
	a = built(NULL, (struct flag[]){ { "group-by", "=a,b" }, { "rows", "n" }, { 0 } });
	assert_int_equal(a->outputs->group.n_by, 1);
	assert_string_equal(a->outputs->group.by[0].text, "a,b");
	sluice_plan_free(a);
}

static void flags_add_to_a_base(void **state)
{
	struct sluice_plan *base = parse(whole);
	struct sluice_plan *again = built(base, (struct flag[]){ { 0 } });
	struct sluice_plan *p = built(base, (struct flag[]){ { "sum", "more=x" },
	                                                     { "mean", "third=y" },
	                                                     { "digits", "3" },
	                                                     { "bins", "sex=0" },
	                                                     { "totals", "age" },
	                                                     { "keep", "third" },
	                                                     { 0 } });
	const struct grouping *g = &p->outputs->group;
	char before[33], after[33];

	(void)state;
	sluice_plan_hash(base, before);
	sluice_plan_hash(again, after);
	assert_string_equal(before, after);
	check_columns(&again->outputs->group);
	sluice_plan_free(again);
	sluice_plan_free(base); /* p shares nothing with it */
	assert_int_equal(g->n_by, 6);
	assert_int_equal(g->n_aggregates, 8);
	assert_string_equal(g->aggregates[4].name, "more");
	assert_string_equal(g->aggregates[5].name, "mean_bmi");
	assert_int_equal(g->aggregates[5].digits, 1);
	assert_int_equal(g->aggregates[6].digits, MEAN_USUAL);
	assert_string_equal(g->aggregates[7].name, "third");
	assert_int_equal(g->aggregates[7].digits, 3);
	assert_int_equal(g->n_bandings, 5);
	assert_int_equal(g->bandings[0].bins.edges[3], 65);
	assert_int_equal(g->n_totals, 3);
	assert_true(g->totals_raw);
	sluice_plan_free(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_grouping_is_read),
		cmocka_unit_test(its_rules_have_the_settings_of_the_policy),
		cmocka_unit_test(all_ways_to_say_it_are_one),
		cmocka_unit_test(what_differs_has_another_hash),
		cmocka_unit_test(flags_say_what_a_plan_says),
		cmocka_unit_test(flags_add_to_a_base),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
