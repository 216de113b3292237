/* Perturbation tables in both forms, what is no such table, and record keys. */
#include "unit.h"

#include "base/number.h"
#include "group/ptable.h"
#include "group/record_key.h"

static struct ptable read_well(const char *text)
{
	struct sluice_error err = { 0 };
	struct ptable t;

	if (ptable_read(&t, "t.csv", (const uint8_t *)text, strlen(text), &err))
		FAIL("%u: %s\n", (unsigned)err.line, err.text);
	return t;
}

static void keys_choose_the_noise(void **state)
{
	struct ptable t = read_well("\xEF\xBB\xBF"
	                            "pcv,ckey,pvalue\r\n"
	                            "1,0,-1\r\n1,1,0\r\n1,2,0\r\n1,3,4\r\n"
	                            "2,0,0\r\n2,1,-2\r\n2,2,1\r\n2,3,1\r\n\r\n");

	(void)state;
	assert_int_equal(t.modulus, 4);
	assert_int_equal(t.n_steps, 6); /* what is alike is one step */
	assert_int_equal(ptable_noise(&t, 0, 3), 0);
	assert_int_equal(ptable_noise(&t, 1, 0), -1);
	assert_int_equal(ptable_noise(&t, 1, 1), 0);
	assert_int_equal(ptable_noise(&t, 1, 2), 0);
	assert_int_equal(ptable_noise(&t, 1, 3), 4);
	assert_int_equal(ptable_noise(&t, 2, 1), -2);
	assert_int_equal(ptable_noise(&t, 2, 3), 1);
	assert_int_equal(ptable_noise(&t, 999, 1), -2); /* as the largest */
	ptable_free(&t);
}

#define PART(f) ((uint64_t)((f)*4294967296.0))

/* The interval holds its upper end, the next one begins beyond it. */
static void intervals_hold_their_upper_ends(void **state)
{
	struct ptable t = read_well("\"p_int_ub\";\"i\";\"j\";\"v\"\n"
	                            "1;0;0;0\n"
	                            "0.5;1;0;-1\n1;1;2;1\n"
	                            "0.25;2;2;0\n1e-00;2;4;2\n");
	struct ptable u =
		read_well("i,j,p,v,lb,ub\n0,0,1,0,0,1\n1,0,.3,-1,0,3e-1\n1,1,.4,0,.3,0.7\n"
	                  "1,2,.3,1,.7,0.9999999\n");

	(void)state;
	assert_true(t.modulus == UINT64_C(1) << 32);
	assert_int_equal(ptable_noise(&t, 1, 0), -1);
	assert_int_equal(ptable_noise(&t, 1, PART(0.5)), -1);
	assert_int_equal(ptable_noise(&t, 1, PART(0.5) + 1), 1);
	assert_int_equal(ptable_noise(&t, 1, UINT32_MAX), 1);
	assert_int_equal(ptable_noise(&t, 2, PART(0.25)), 0);
	assert_int_equal(ptable_noise(&t, 7, PART(0.25) + 1), 2);
	assert_int_equal(ptable_noise(&u, 1, PART(0.3)), -1);
	assert_int_equal(ptable_noise(&u, 1, PART(0.3) + 1), 0);
	assert_int_equal(ptable_noise(&u, 1, PART(0.7) + 1), 1);
	assert_int_equal(ptable_noise(&u, 1, UINT32_MAX), 1); /* an end that was rounded */
	ptable_free(&t);
	ptable_free(&u);
}

/* A table of the ONS: 750 rows, then the last 250 in turn. */
static void an_ons_table_goes_on_in_turns(void **state)
{
	struct buf text = { 0 };
	struct ptable t;

	(void)state;
	assert_int_equal(buf_addf(&text, NULL, "pcv,ckey,pvalue\n"), SLUICE_OK);
	for (int i = 1; i <= 750; i++)
		assert_int_equal(buf_addf(&text, NULL, "%d,0,0\n%d,1,%d\n", i, i, i),
		                 SLUICE_OK);
	t = read_well((char *)text.data);
	for (uint64_t i = 1; i <= 750; i++)
		assert_int_equal(ptable_noise(&t, i, 1), i);
	assert_int_equal(ptable_noise(&t, 751, 1), 501);
	assert_int_equal(ptable_noise(&t, 1000, 1), 750);
	assert_int_equal(ptable_noise(&t, 1001, 1), 501);
	assert_int_equal(ptable_noise(&t, NUMBER_MAX, 1), (NUMBER_MAX - 1) % 250 + 501);
	ptable_free(&t);
	buf_free(&text);
}

static void what_is_no_table_is_refused(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
		const char *message;
	} wrong[] = {
		{ "", 0,
		  "is no perturbation table: its columns are neither pcv, ckey and pvalue nor "
		  "i, v "
		  "and p_int_ub (or ub)" },
		{ "pcv,ckey\n1,0\n", 1,
		  "is no perturbation table: its columns are neither pcv, ckey and pvalue nor "
		  "i, v "
		  "and p_int_ub (or ub)" },
		{ "pcv,ckey,pvalue\n", 1, "no count gets noise by this table" },
		{ "pcv,ckey,pvalue\n1,0,0\n1,1,0\n", 3, "no count gets noise by this table" },
		{ "pcv,ckey,pvalue\n1,0\n", 2, "fields are missing" },
		{ "pcv,ckey,pvalue\n2,0,1\n", 2, "the first count is neither 0 nor 1" },
		{ "pcv,ckey,pvalue\n1,0,1\n3,0,1\n", 3,
		  "counts must come one after the other" },
		{ "pcv,ckey,pvalue\n1,1,1\n", 2,
		  "cell keys must come one after the other, from 0" },
		{ "pcv,ckey,pvalue\n1,0,1\n1,2,1\n", 3,
		  "cell keys must come one after the other, from 0" },
		{ "pcv,ckey,pvalue\n1,0,1\n1,1,1\n2,0,1\n3,0,1\n", 5,
		  "the count before has other cell keys than the first" },
		{ "pcv,ckey,pvalue\n1,0,-2\n", 2, "the noise makes a count less than 0" },
		{ "pcv,ckey,pvalue\n0,0,1\n", 2,
		  "a count of 0 gets noise: where nobody is, nobody may appear" },
		{ "pcv,ckey,pvalue\n1,0,x\n", 2, "noise is a whole number of up to 1000000" },
		{ "pcv,ckey,pvalue\n1,0,1.0\n", 2, "noise is a whole number of up to 1000000" },
		{ "pcv,ckey,pvalue\n-1,0,1\n", 2,
		  "a count is a whole number of up to 10000000" },
		{ "pcv,ckey,pvalue\n1,x,1\n", 2, "a cell key is a whole number" },
		{ "i;v;ub\n1;1;0.5\n1;0;0.4\n", 3, "the intervals of a count must ascend" },
		{ "i;v;ub\n1;1;0.5\n2;0;1\n", 3,
		  "the intervals of the count before don't come to 1" },
		{ "i;v;ub\n1;1;0.5\n", 2, "the intervals of the count before don't come to 1" },
		{ "i;v;ub\n1;1;1.5\n", 2, "the end of an interval is a number from 0 to 1" },
		{ "i;v;ub\n1;1;-0.5\n", 2, "the end of an interval is a number from 0 to 1" },
		{ "i;v;ub\n1;1;\n", 2, "the end of an interval is a number from 0 to 1" },
		{ "i;v;ub\n1;1;nan\n", 2, "the end of an interval is a number from 0 to 1" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		struct sluice_error err = { 0 };
		struct ptable t;

		assert_int_equal(ptable_read(&t, "t.csv", (const uint8_t *)wrong[i].text,
		                             strlen(wrong[i].text), &err),
		                 SLUICE_E_DATA);
		if (strcmp(err.text, wrong[i].message) != 0 || err.line != wrong[i].line ||
		    strcmp(err.source, "t.csv") != 0)
			FAIL("case %zu: %u: %s\n", i, (unsigned)err.line, err.text);
		ptable_free(&t);
	}
}

/* The first eight bytes of RFC 4231's second answer, the lowest first. */
static void record_keys_are_hmac_sha256(void **state)
{
	static const char text[] = "what do ya want for nothing?";
	struct secret s;

	(void)state;
	secret_init(&s, (const uint8_t *)"Jefe", 4);
	for (int i = 0; i < 2; i++) /* and nothing is left of the call before */
		assert_int_equal(secret_record_key(&s, (const uint8_t *)text, strlen(text),
		                                   UINT64_C(1) << 32),
		                 UINT64_C(0x46c1dc5b) /* 5b dc c1 46, the lowest first */);
	assert_true(secret_check(&s, 256) != secret_check(&s, 257));
	secret_wipe(&s);
	for (size_t i = 0; i < sizeof(s); i++)
		assert_int_equal(((const uint8_t *)&s)[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_choose_the_noise),
		cmocka_unit_test(intervals_hold_their_upper_ends),
		cmocka_unit_test(an_ons_table_goes_on_in_turns),
		cmocka_unit_test(what_is_no_table_is_refused),
		cmocka_unit_test(record_keys_are_hmac_sha256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
