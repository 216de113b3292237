/*
 * The check that reads what leaves: it is fed batches that no rule would make, and must
 * object to each low or unrounded count, whatever the values say that it should be.
 */
#include "tokenized.h"

#include "check/check.h"

/* What the check says to one cell (and, before it, a good one) under the settings. */
static enum sluice_status judged_by(const struct kernels *kernels, const struct settings *s,
                                    const char *cell, int64_t value, struct sluice_error *err)
{
	const int64_t high = INT64_C(1000000000000) / s->round_to * s->round_to;
	const int64_t off = s->rounding == ROUND_MIDPOINT ? s->round_to / 2 : 0;
	struct bound_rule r = {
		.settings = *s, .col = 1, .slot = 0, .name = "n", .kernels = kernels
	};
	enum sluice_status status;
	struct tokenized z;
	char good[32];

	snprintf(good, sizeof(good), "%lld", (long long)(high - off));
	tokenized_begin(&z, "a,1\n\"b\n\",2\nc,3\n", 2, false);
	tokenized_touch(&z, 1);
	assert_int_equal(buf_add(&z.b.scratch, s->token, strlen(s->token), NULL), SLUICE_OK);
	r.token = (struct cell){ 0, (uint32_t)z.b.scratch.len };
	z.b.columns[0].cell[0] = r.token;
	z.b.columns[0].value[0] = VALUE_REDACTED;
	tokenized_cell(&z, 0, 1, good, 1);
	tokenized_cell(&z, 0, 2, cell, value);
	status = check_residual(&r, &z.b, err);
	tokenized_end(&z);
	return status;
}

/* The verdict, which no instruction set may differ about. */
static enum sluice_status judge(const struct settings *s, const char *cell, int64_t value,
                                struct sluice_error *err)
{
	const enum sluice_status want = judged_by(&kernels_scalar, s, cell, value, err);

	for (size_t k = 0; kernels_all[k]; k++)
		if (kernels_all[k]->supported())
			assert_int_equal(judged_by(kernels_all[k], s, cell, value, NULL), want);
	return want;
}

#define NEAREST5                                                   \
	{                                                          \
		7, false, 5, ROUND_NEAREST, "[REDACTED]", SHORTEST \
	}
#define ZEROS5                                           \
	{                                                \
		7, true, 5, ROUND_NEAREST, "*", SHORTEST \
	}
#define MIDPOINT6                                                   \
	{                                                           \
		NO_THRESHOLD, true, 6, ROUND_MIDPOINT, "", SHORTEST \
	}
#define REDACT10                                          \
	{                                                 \
		10, true, 1, ROUND_NEAREST, "*", SHORTEST \
	}
#define ROUND10                                                      \
	{                                                            \
		NO_THRESHOLD, false, 10, ROUND_HALF_UP, "", SHORTEST \
	}

static void low_and_unrounded_counts_are_caught(void **state)
{
	static const struct {
		struct settings s;
		const char *bad[8], *good[8];
	} cases[] = {
		{ NEAREST5,
		  { "0", "5", "7", "8", "11", "1001", "123456789", "99999999999" },
		  { "10", "15", "100", "1000", "12345", "123456785", "999999999999995" } },
		{ ZEROS5, { "1", "5", "7", "13", "100001" }, { "0", "10", "1000000" } },
		{ REDACT10, { "1", "9", "10" }, { "0", "11", "12", "1001", "99999" } },
		{ ROUND10, { "1", "5", "11", "12345" }, { "0", "10", "100", "123450" } },
		{ MIDPOINT6,
		  { "1", "6", "12", "1000" },
		  { "0", "3", "9", "15", "999", "60003" } },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		for (size_t k = 0; k < 8 && cases[i].bad[k]; k++) {
			struct sluice_error err = { 0 };

			/* The value claims that all is well: the text decides. */
			assert_int_equal(judge(&cases[i].s, cases[i].bad[k], 1000, &err),
			                 SLUICE_E_CHECK);
			assert_int_equal(err.line, 4);
			assert_int_equal(err.column, 2);
			assert_null(strstr(err.text, cases[i].bad[k]));
			assert_int_equal(
				judge(&cases[i].s, cases[i].bad[k], VALUE_REDACTED, NULL),
				SLUICE_E_CHECK);
		}
		for (size_t k = 0; k < 8 && cases[i].good[k]; k++)
			assert_int_equal(judge(&cases[i].s, cases[i].good[k], 1, NULL),
			                 SLUICE_OK);
	}
}

static void what_is_no_plain_number_is_caught(void **state)
{
	static const char *const cells[] = { "",      "x",          "1e3",
		                             "10.0",  "-10",        "+10",
		                             " 10",   "10 ",        "\"10\"",
		                             "0x10",  "[REDACTED]", "1000000000000000000000",
		                             "10,10", "1/10" };
	static const struct settings s = NEAREST5;

	(void)state;
	for (size_t i = 0; i < LENGTH(cells); i++)
		assert_int_equal(judge(&s, cells[i], 10, NULL), SLUICE_E_CHECK);
}

static void missing_cells_and_the_token_itself_pass(void **state)
{
	static const struct settings s = NEAREST5;

	(void)state;
	assert_int_equal(judge(&s, "", VALUE_MISSING, NULL), SLUICE_OK);
	assert_int_equal(judge(&s, "NA", VALUE_MISSING, NULL), SLUICE_OK);
	assert_int_equal(judge(&s, "\"NA\"", VALUE_MISSING, NULL), SLUICE_OK);
}

/* Numbers around every power of ten and threshold, and all the low ones. */
static void the_verdict_is_arithmetic(void **state)
{
	static const struct settings all[] = {
		NEAREST5,
		ZEROS5,
		MIDPOINT6,
		REDACT10,
		ROUND10,
		{ 99999, false, 2, ROUND_UP, "", SHORTEST },
		{ 100, true, 1, ROUND_DOWN, "*", SHORTEST },
		{ 99999998, true, 1, ROUND_DOWN, "*", SHORTEST },
		{ 99999999, true, 5, ROUND_UP, "*", SHORTEST },
		{ 12345678901, true, 10, ROUND_UP, "*", SHORTEST },
		{ 0, false, 5, ROUND_MIDPOINT, "*", SHORTEST },
		{ 20, false, 20, ROUND_UP, "*", SHORTEST },
	};
	static const int64_t around[] = { 0,        1000,      10000,      100000,     1000000,
		                          10000000, 100000000, 1000000000, 12345678900 };

	(void)state;
	for (size_t i = 0; i < LENGTH(all); i++) {
		const struct settings *s = &all[i];
		const bool none = s->threshold == NO_THRESHOLD;

		for (int64_t k = 0; k < (int64_t)LENGTH(around) * 300; k++) {
			const int64_t off = s->rounding == ROUND_MIDPOINT ? s->round_to / 2 : 0;
			const int64_t v = around[k / 300] ? around[k / 300] + k % 300 - 150 : k;
			const bool fits =
				v ? (none || v > s->threshold) && (v + off) % s->round_to == 0
				  : none || s->keep_zeros;
			char cell[32];

			snprintf(cell, sizeof(cell), "%lld", (long long)v);
			assert_int_equal(judge(s, cell, v, NULL),
			                 fits ? SLUICE_OK : SLUICE_E_CHECK);
		}
	}
}

/* In batches of more than two blocks, among numbers that the kernel leaves in doubt. */
static void a_low_count_is_caught_in_any_row(void **state)
{
	enum { ROWS = 150 };
	static const struct settings s = NEAREST5;
	struct bound_rule r = { .settings = s, .name = "n", .kernels = kernels_pick(NULL) };
	char text[2 * ROWS + 1];

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		memcpy(text + 2 * i, "1\n", 3);
	for (uint32_t low = 0; low <= ROWS; low++) {
		struct sluice_error err = { 0 };
		struct tokenized z;

		tokenized_begin(&z, text, 1, false);
		assert_int_equal(z.b.n_rows, ROWS);
		tokenized_touch(&z, 1);
		for (uint32_t i = 0; i < ROWS; i++)
			tokenized_cell(&z, 0, i,
			               i == low     ? "5"
			               : i % 3 == 0 ? "1234567890"
			                            : "10",
			               1000);
		assert_int_equal(check_residual(&r, &z.b, &err),
		                 low < ROWS ? SLUICE_E_CHECK : SLUICE_OK);
		assert_int_equal(err.line, low < ROWS ? low + 1 : 0);
		z.b.n_rows = low; /* what stood behind the end is nobody's */
		assert_int_equal(check_residual(&r, &z.b, NULL), SLUICE_OK);
		tokenized_end(&z);
	}
}

/* Where the token begins there is also a cell of no bytes: another one. */
static void an_empty_cell_is_not_the_token(void **state)
{
	struct bound_rule r = { .settings = NEAREST5, .name = "n", .token = { 0, 3 } };
	struct tokenized z;

	(void)state;
	tokenized_begin(&z, "1\n2\n", 1, false);
	tokenized_touch(&z, 1);
	assert_int_equal(buf_add(&z.b.scratch, "[R]", 3, NULL), SLUICE_OK);
	for (size_t k = 0; kernels_all[k]; k++) {
		if (!kernels_all[k]->supported())
			continue;
		r.kernels = kernels_all[k];
		z.b.columns[0].cell[0] = z.b.columns[0].cell[1] = r.token;
		z.b.columns[0].value[0] = z.b.columns[0].value[1] = VALUE_REDACTED;
		assert_int_equal(check_residual(&r, &z.b, NULL), SLUICE_OK);
		z.b.columns[0].cell[1] = (struct cell){ 0, 0 };
		assert_int_equal(check_residual(&r, &z.b, NULL), SLUICE_E_CHECK);
	}
	tokenized_end(&z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(low_and_unrounded_counts_are_caught),
		cmocka_unit_test(what_is_no_plain_number_is_caught),
		cmocka_unit_test(missing_cells_and_the_token_itself_pass),
		cmocka_unit_test(the_verdict_is_arithmetic),
		cmocka_unit_test(a_low_count_is_caught_in_any_row),
		cmocka_unit_test(an_empty_cell_is_not_the_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
