/*
 * A plan bound to a header: which rule each column belongs to, what is refused and where,
 * and the shape of what leaves.  Plans are those of pushed.h: their rules begin in line 2.
 */
#include "pushed.h"

static void columns_are_claimed_by_name_glob_and_position(void **state)
{
	static const struct {
		const char *plan, *in, *out;
	} cases[] = {
		{ "count: [b]\nother: keep\n", "a,b,c\n3,3,3\n", "a,b,c\n3,[REDACTED],3\n" },
		{ "count: [\"b*\"]\nother: keep\n", "b,ab,ba\n3,3,3\n",
		  "b,ab,ba\n[REDACTED],3,[REDACTED]\n" },
		{ "count: [\"*b\"]\nother: keep\n", "b,ab,ba\n3,3,3\n",
		  "b,ab,ba\n[REDACTED],[REDACTED],3\n" },
		{ "count: [\"a*b*c\"]\nother: keep\n", "abc,axbyc,acb,abcx,abbc\n3,3,3,3,3\n",
		  "abc,axbyc,acb,abcx,abbc\n[REDACTED],[REDACTED],3,3,[REDACTED]\n" },
		{ "count: [\"*\"]\n", "a,b\n3,12\n", "a,b\n[REDACTED],10\n" },
		{ "count: [\"#2\"]\nother: keep\n", "a,b,c\n3,3,3\n",
		  "a,b,c\n3,[REDACTED],3\n" },
		{ "count: [\"=*\"]\nother: keep\n", "*,b\n3,3\n", "*,b\n[REDACTED],3\n" },
		{ "count: [\"=#1\"]\nother: keep\n", "a,#1\n3,3\n", "a,#1\n3,[REDACTED]\n" },
		{ "count: [\"=\"]\nother: keep\n", ",b\n3,3\n", ",b\n[REDACTED],3\n" },
		{ "count: [\"a,b\"]\nother: keep\n", "\"a,b\",c\n3,3\n",
		  "\"a,b\",c\n[REDACTED],3\n" },
		{ "count: [B]\nkeep: [b]\n", "b,B\n3,3\n", "b,B\n3,[REDACTED]\n" },
		{ "count: [\"z?\", b]\ndrop: [\"a?\", \"x*?\", \"#9?\"]\n", "a,b\n3,3\n",
		  "b\n[REDACTED]\n" },
		{ "drop: [a, \"a*\"]\ncount: [b]\n", "a,b,ab\n3,3,3\n", "b\n[REDACTED]\n" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_released(cases[i].plan, cases[i].in, cases[i].out);
}

static void what_is_not_settled_is_refused(void **state)
{
	static const struct {
		const char *plan, *header;
		enum sluice_status status;
		uint64_t line;
		uint32_t column;
		const char *says;
	} cases[] = {
		{ "count: [n]\n", "a,b", SLUICE_E_DATA, 1, 0, "no column 'n'" },
		{ "count: [\"n*\"]\n", "a,b", SLUICE_E_DATA, 1, 0, "no column 'n*'" },
		{ "count: [\"#3\"]\n", "a,b", SLUICE_E_DATA, 1, 0, "no column '#3'" },
		{ "count: [\"=n?\"]\n", "n,b", SLUICE_E_DATA, 1, 0, "no column '=n?'" },
		{ "count: [N]\nother: keep\n", "n", SLUICE_E_DATA, 1, 0, "line 2 of the plan" },
		{ "count: [a]\nredact: [\"a*\"]\n", "a,ab", SLUICE_E_PLAN, 3, 9,
		  "column 'a' is claimed by two rules, count and redact" },
		{ "count: [a]\nround: [\"#1\"]\n", "a", SLUICE_E_PLAN, 3, 8, "two rules" },
		{ "drop: [a]\nkeep: [\"*\"]\n", "a,b", SLUICE_E_PLAN, 3, 7, "two rules" },
		{ "count: [{columns: [a]}, {columns: [\"*\"], threshold: 9}]\n", "a,b",
		  SLUICE_E_PLAN, 2, 25, "two rules" },
		{ "count: [a]\n", "a,b,c", SLUICE_E_DATA, 1, 2, "no rule names b, c" },
		{ "count: [a]\n", "b,a", SLUICE_E_DATA, 1, 1, "no rule names b" },
		{ "drop: [\"*\"]\n", "a,b", SLUICE_E_PLAN, 1, 1, "no column is left" },
		{ "drop: [a]\nother: drop\n", "a,b", SLUICE_E_PLAN, 1, 1, "no column is left" },
		{ "count: [a]\nratio: {r: [a, b]}\nkeep: [b]\n", "a,b", SLUICE_E_PLAN, 3, 16,
		  "denominator of ratio 'r' must be a released count (count, redact or round): "
		  "column 'b' is keep" },
		{ "count: [a]\nratio: {r: [b, a]}\nother: keep\n", "a,b", SLUICE_E_PLAN, 3, 13,
		  "numerator of ratio 'r' must be a released count (count, redact or round): "
		  "column 'b' is not named by any rule" },
		{ "count: [a]\nratio: {r: [a, b]}\ndrop: [b]\n", "a,b", SLUICE_E_PLAN, 3, 16,
		  "column 'b' is drop" },
		{ "count: [a]\nratio: {r: [a, c]}\n", "a", SLUICE_E_DATA, 1, 0,
		  "no column 'c'" },
		{ "count: [\"*\"]\nratio: {r: [a, \"b*\"]}\n", "a,b,bc", SLUICE_E_PLAN, 3, 16,
		  "must be one column here" },
		{ "count: [a, b]\nratio: {a: [a, b]}\n", "a,b", SLUICE_E_PLAN, 3, 9,
		  "two rules" },
		{ "count: [a]\nwhere: {x: 1}\n", "a", SLUICE_E_DATA, 1, 0,
		  "no column 'x' in the" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_plan *plan = NULL;
		struct sluice_error err = { 0 };
		struct buf text = { 0 };
		enum sluice_status status;

		assert_int_equal(buf_addf(&text, NULL, "version: 1\n%s", cases[i].plan),
		                 SLUICE_OK);
		status = sluice_plan_parse((char *)text.data, text.len, "plan", &plan, &err);
		if (status == SLUICE_OK) {
			struct pushed p = push_pieces(plan, cases[i].header,
			                              strlen(cases[i].header), 100, NULL);

			status = p.status;
			err = p.err;
			assert_int_equal(p.out.len, 0);
			pushed_free(&p);
		}
		if (status != cases[i].status || !strstr(err.text, cases[i].says) ||
		    err.line != cases[i].line || err.column != cases[i].column)
			FAIL("%s%s\n%d %u:%u %s\n", cases[i].plan, cases[i].header, (int)status,
			     (unsigned)err.line, err.column, err.text);
		assert_string_equal(err.source, status == SLUICE_E_PLAN ? "plan" : "<input>");
		sluice_plan_free(plan);
		buf_free(&text);
	}
}

static void columns_that_no_rule_names_go_as_other_says(void **state)
{
	static const char in[] = "a,n,b\nx,12,y\n";

	(void)state;
	assert_released("count: [n]\nother: keep\n", in, "a,n,b\nx,10,y\n");
	assert_released("count: [n]\nother: drop\n", in, "n\n10\n");
	assert_released("count: [n]\nother: drop\nkeep: [b]\n", in, "n,b\n10,y\n");
	assert_released("count: [n]\nother: drop\nwhere: {a: x}\n", in, "n\n10\n");
}

static void the_notice_names_what_is_kept_unsaid(void **state)
{
	struct sluice_plan *plan = NULL;
	struct pushed p;
	char many[2000] = "n";

	(void)state;
	assert_int_equal(sluice_plan_begin(NULL, &plan, NULL), SLUICE_OK);
	assert_int_equal(sluice_plan_add(plan, "count", "n", NULL), SLUICE_OK);
	assert_int_equal(sluice_plan_finish(plan, NULL), SLUICE_OK);
	p = push_pieces(plan, "n,a\n", 4, 4, NULL);
	assert_string_equal((char *)p.notices.data, "no rule names a: kept as it is\n");
	pushed_free(&p);
	p = push_pieces(plan, "b,n,a\n", 6, 6, NULL);
	assert_string_equal((char *)p.notices.data, "no rule names b, a: kept as they are\n");
	pushed_free(&p);
	p = push_pieces(plan, "n\n", 2, 2, NULL);
	assert_string_equal((char *)p.notices.data, "");
	pushed_free(&p);
	for (int i = 0; i < 100; i++)
		snprintf(many + strlen(many), 16, ",column_%02d", i);
	p = push_pieces(plan, many, strlen(many), 5000, NULL);
	assert_int_equal(p.status, SLUICE_OK);
	assert_non_null(strstr((char *)p.notices.data, "column_00, column_01"));
	assert_non_null(strstr((char *)p.notices.data, " more: kept as they are\n"));
	pushed_free(&p);
	sluice_plan_free(plan);
}

/* What was said first on the command line or in the plan decides nothing. */
static void the_order_of_rules_is_the_safe_one(void **state)
{
	static const char *const plans[] = {
		"ratio: {r: [n, m]}\nblank: {n: [s]}\ncount: [n, m]\nwhere: {g: x}\ndrop: "
		"[g]\n",
		"drop: [g]\nwhere: {g: x}\ncount: [m, n]\nblank: {n: [s]}\nratio: {r: [n, "
		"m]}\n",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(plans); i++)
		assert_released(plans[i], "g,r,n,m,s\nx,9,7,30,1.5\ny,9,9,9,9\nx,,23,50,2\n",
		                "r,n,m,s\n[REDACTED],[REDACTED],30,[REDACTED]\n0.5,25,50,2\n");
}

static void a_suffix_marks_what_was_rounded(void **state)
{
	(void)state;
	assert_released("count: [n, \"a,b\"]\nredact: [m]\nkeep: [k]\nratio: {r: [n, m]}\n"
	                "suffix: _r\n",
	                "n,\"a,b\",m,k\n30,10,60,1\n", "n_r,\"a,b_r\",m,k,r\n30,10,60,1,0.5\n");
	assert_released("round: [n]\nkeep: [k]\npolicy: midpoint6\nsuffix: true\n",
	                "k,\"n\"\n1,7\n", "k,n_midpoint6\n1,9\n");
}

/* What sluice would refuse to read, it does not write. */
static void no_header_with_a_name_twice_is_made(void **state)
{
	static const char says[] = "the same name";

	(void)state;
	assert_refused("count: [n]\nkeep: [n_r]\nsuffix: _r\n", "n,n_r\n10,1\n", SLUICE_E_PLAN,
	               1, 1, says);
	assert_refused("count: [n]\nratio: {n_r: [n, n]}\nsuffix: _r\n", "n\n10\n",
	               SLUICE_E_PLAN, 1, 1, says);
	assert_released("count: [n]\ndrop: [n_r]\nsuffix: _r\n", "n,n_r\n10,1\n", "n_r\n10\n");
}

static void line_ends_and_quotes_of_the_header_are_as_they_should_be(void **state)
{
	(void)state;
	assert_released("keep: [\"*\"]\ncrlf: true\n", "\"a\",b\n1,2\n", "\"a\",b\r\n1,2\r\n");
	assert_released("keep: [\"*\"]\n", "\"a\",b\r\n1,2\r\n", "\"a\",b\n1,2\n");
	assert_released("keep: [\"=\"]\ndrop: [b]\n", ",b\n,2\n", "\"\"\n\"\"\n");
	assert_released("count: [n]\nratio: {\"a\\\"b;,\": [n, n]}\n", "n\n30\n",
	                "n,\"a\"\"b;,\"\n30,1.0\n");
	assert_released("count: [n]\ndelimiter: \";\"\nratio: {\"x;y\": [n, n]}\n", "n\n30\n",
	                "n;\"x;y\"\n30;1.0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_claimed_by_name_glob_and_position),
		cmocka_unit_test(what_is_not_settled_is_refused),
		cmocka_unit_test(columns_that_no_rule_names_go_as_other_says),
		cmocka_unit_test(the_notice_names_what_is_kept_unsaid),
		cmocka_unit_test(the_order_of_rules_is_the_safe_one),
		cmocka_unit_test(a_suffix_marks_what_was_rounded),
		cmocka_unit_test(no_header_with_a_name_twice_is_made),
		cmocka_unit_test(line_ends_and_quotes_of_the_header_are_as_they_should_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
