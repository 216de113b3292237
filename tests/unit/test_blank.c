/* Statistics that go with the count that they describe. */
#include "pushed.h"

static void a_statistic_goes_when_its_count_is_redacted_or_missing(void **state)
{
	static const struct {
		const char *plan, *in, *out;
	} cases[] = {
		{ "count: [n]\nblank: {n: [mean, sd]}\n",
		  "n,mean,sd\n3,1.5,0.25\n12,\"2,5\",\n,7,8\nNA,9,x\n[REDACTED],1,2\n",
		  "n,mean,sd\n[REDACTED],[REDACTED],[REDACTED]\n10,\"2,5\",\n"
		  /* of how many patients these are, nobody knows */
		  ",[REDACTED],[REDACTED]\nNA,[REDACTED],[REDACTED]\n"
		  "[REDACTED],[REDACTED],[REDACTED]\n" },
		/* A 0 in the place of a mean would be a value: the cell is empty. */
		{ "count: [n]\nblank: {n: [mean]}\npolicy: ehrql\ncrlf: false\n",
		  "mean,n\n1.5,3\n2.5,12\n3.5,0\n", "mean,n\n,0\n2.5,10\n,0\n" },
		{ "redact: [n]\nblank: {n: [mean]}\npolicy: hes\n", "n,mean\n0,1\n1,2\n8,3\n",
		  "n,mean\n0,1\n*,*\n8,3\n" },
		{ "count: [n, m]\nblank: {n: [a], m: [b]}\n", "a,n,b,m\n1,3,2,30\n1,30,2,3\n",
		  "a,n,b,m\n[REDACTED],[REDACTED],2,30\n1,30,[REDACTED],[REDACTED]\n" },
		{ "count: [n]\nblank: {n: [\"s_*\"]}\n", "n,s_a,s_b\n1,x,y\n",
		  "n,s_a,s_b\n[REDACTED],[REDACTED],[REDACTED]\n" },
		/* Cells longer than any token, and line ends in them. */
		{ "count: [n]\nblank: {n: [t]}\n",
		  "n,t\n100,\"a long text, longer than a token may be\r\nwith lines\"\n3,z\n",
		  "n,t\n100,\"a long text, longer than a token may be\r\nwith lines\"\n"
		  "[REDACTED],[REDACTED]\n" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_released(cases[i].plan, cases[i].in, cases[i].out);
}

static void the_count_must_be_one_that_can_be_redacted(void **state)
{
	static const struct {
		const char *plan;
		enum sluice_status status;
		const char *says;
	} cases[] = {
		{ "keep: [n]\nblank: {n: [mean]}\n", SLUICE_E_PLAN, "column 'n' is keep" },
		{ "round: [n]\nblank: {n: [mean]}\n", SLUICE_E_PLAN,
		  "is a count without a threshold" },
		{ "blank: {n: [mean]}\nother: keep\n", SLUICE_E_PLAN, "not named by any rule" },
		{ "count: [{columns: [n], threshold: none}]\nblank: {n: [mean]}\n",
		  SLUICE_E_PLAN, "must be redacted" },
		{ "count: [n]\nblank: {m: [mean]}\n", SLUICE_E_DATA, "no column 'm'" },
		{ "count: [n]\nblank: {n: [n]}\n", SLUICE_E_PLAN, "two rules" },
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
		if (status == SLUICE_OK) { /* some are found with the header at hand */
			struct pushed p = push_table(cases[i].plan, "n,mean\n30,1\n");

			status = p.status;
			err = p.err;
			pushed_free(&p);
		}
		assert_int_equal(status, cases[i].status);
		assert_non_null(strstr(err.text, cases[i].says));
		sluice_plan_free(plan);
		buf_free(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statistic_goes_when_its_count_is_redacted_or_missing),
		cmocka_unit_test(the_count_must_be_one_that_can_be_redacted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
