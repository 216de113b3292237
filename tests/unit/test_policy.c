/* The built-in policies are those of the contract, and what is printed of them is so. */
#include "unit.h"

#include "plan/policy.h"

static const struct {
	const char *name;
	int64_t threshold;
	bool keep_zeros;
	const char *token;
	enum rounding rounding;
	uint32_t round_to;
	bool crlf;
	const char *suffix;
	const char *shown[4]; /* threshold, zeros, token, rounding */
} contract[] = {
	{ "opensafely",
	  7,
	  false,
	  "[REDACTED]",
	  ROUND_NEAREST,
	  5,
	  false,
	  NULL,
	  { "7", "redact", "[REDACTED]", "nearest 5" } },
	{ "ehrql",
	  7,
	  false,
	  "0",
	  ROUND_NEAREST,
	  5,
	  true,
	  NULL,
	  { "7", "redact", "0", "nearest 5" } },
	{ "midpoint6",
	  NO_THRESHOLD,
	  true,
	  "",
	  ROUND_MIDPOINT,
	  6,
	  false,
	  "_midpoint6",
	  { "-", "keep", "-", "midpoint 6" } },
	{ "cohort-extractor",
	  5,
	  true,
	  "",
	  ROUND_NEAREST,
	  1,
	  false,
	  NULL,
	  { "5", "keep", "empty", "none" } },
	{ "hes",
	  7,
	  true,
	  "*",
	  ROUND_NEAREST,
	  5,
	  false,
	  NULL,
	  { "7", "keep", "*", "nearest 5" } },
	{ "cms", 10, true, "*", ROUND_NEAREST, 1, false, NULL, { "10", "keep", "*", "none" } },
};

static void the_table_is_the_contracts(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(contract); i++) {
		const struct policy *p = policy_at(i);

		assert_ptr_equal(policy_find(contract[i].name), p);
		assert_string_equal(p->name, contract[i].name);
		assert_int_equal(p->settings.threshold, contract[i].threshold);
		assert_int_equal(p->settings.keep_zeros, contract[i].keep_zeros);
		assert_string_equal(p->settings.token, contract[i].token);
		assert_int_equal(p->settings.rounding, contract[i].rounding);
		assert_int_equal(p->settings.round_to, contract[i].round_to);
		assert_int_equal(p->settings.digits, SHORTEST);
		assert_int_equal(p->crlf, contract[i].crlf);
		assert_int_equal(!p->suffix, !contract[i].suffix);
		if (p->suffix)
			assert_string_equal(p->suffix, contract[i].suffix);
		assert_non_null(p->note);
	}
	assert_null(policy_at(LENGTH(contract)));
	assert_null(policy_find("Opensafely"));
	assert_string_equal(policy_default()->name, "opensafely");
}

static void what_is_shown_is_what_is_done(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(contract); i++) {
		const struct sluice_policy_info *info = sluice_policy_at(i);

		assert_string_equal(info->name, contract[i].name);
		assert_string_equal(info->threshold, contract[i].shown[0]);
		assert_string_equal(info->zeros, contract[i].shown[1]);
		assert_string_equal(info->token, contract[i].shown[2]);
		assert_string_equal(info->rounding, contract[i].shown[3]);
		assert_string_equal(info->note, policy_at(i)->note);
	}
	assert_null(sluice_policy_at(LENGTH(contract)));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_the_contracts),
		cmocka_unit_test(what_is_shown_is_what_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
