/*
 * Redaction and rounding: the vectors of the programs that this takes the place of, the
 * fast path against the definition, and what is read as a count.
 */
#include "pushed.h"
#include "tokenized.h"

#include "base/number.h"
#include "chance.h"
#include "column/protect.h"

#include <inttypes.h>

#define R VALUE_REDACTED

/* Made by running ehrQL, Python, R and numpy on 0 to 20. */
static const struct {
	const char *name;
	struct settings s;
	int64_t want[21];
} vectors[] = {
	{ "ehrQL",
	  { 7, false, 5, ROUND_NEAREST, "0", SHORTEST },
	  { R, R, R, R, R, R, R, R, 10, 10, 10, 10, 10, 15, 15, 15, 15, 15, 20, 20, 20 } },
	{ "ehrQL with zeros",
	  { 7, true, 5, ROUND_NEAREST, "*", SHORTEST },
	  { 0, R, R, R, R, R, R, R, 10, 10, 10, 10, 10, 15, 15, 15, 15, 15, 20, 20, 20 } },
	{ "nearest 5",
	  { NO_THRESHOLD, true, 5, ROUND_NEAREST, "", SHORTEST },
	  { 0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 15, 15, 15, 15, 15, 20, 20, 20 } },
	{ "nearest 10, ties to even",
	  { NO_THRESHOLD, true, 10, ROUND_NEAREST, "", SHORTEST },
	  { 0, 0, 0, 0, 0, 0, 10, 10, 10, 10, 10, 10, 10, 10, 10, 20, 20, 20, 20, 20, 20 } },
	{ "nearest 7",
	  { NO_THRESHOLD, true, 7, ROUND_NEAREST, "", SHORTEST },
	  { 0, 0, 0, 0, 7, 7, 7, 7, 7, 7, 7, 14, 14, 14, 14, 14, 14, 14, 21, 21, 21 } },
	{ "nearest 2, ties to even",
	  { NO_THRESHOLD, true, 2, ROUND_NEAREST, "", SHORTEST },
	  { 0, 0, 2, 4, 4, 4, 6, 8, 8, 8, 10, 12, 12, 12, 14, 16, 16, 16, 18, 20, 20 } },
	{ "half-up 10",
	  { NO_THRESHOLD, true, 10, ROUND_HALF_UP, "", SHORTEST },
	  { 0, 0, 0, 0, 0, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 20, 20, 20, 20, 20, 20 } },
	{ "up 10", { NO_THRESHOLD, true, 10, ROUND_UP, "", SHORTEST }, { 0,  10, 10, 10, 10, 10,
	                                                                 10, 10, 10, 10, 10, 20,
	                                                                 20, 20, 20, 20, 20, 20,
	                                                                 20, 20, 20 } },
	{ "down 10",
	  { NO_THRESHOLD, true, 10, ROUND_DOWN, "", SHORTEST },
	  { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 20 } },
	{ "midpoint 6",
	  { NO_THRESHOLD, true, 6, ROUND_MIDPOINT, "", SHORTEST },
	  { 0, 3, 3, 3, 3, 3, 3, 9, 9, 9, 9, 9, 9, 15, 15, 15, 15, 15, 15, 21, 21 } },
	{ "midpoint 10",
	  { NO_THRESHOLD, true, 10, ROUND_MIDPOINT, "", SHORTEST },
	  { 0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15 } },
	{ "midpoint 7",
	  { NO_THRESHOLD, true, 7, ROUND_MIDPOINT, "", SHORTEST },
	  { 0, 4, 4, 4, 4, 4, 4, 4, 11, 11, 11, 11, 11, 11, 11, 18, 18, 18, 18, 18, 18 } },
	{ "midpoint 5",
	  { NO_THRESHOLD, true, 5, ROUND_MIDPOINT, "", SHORTEST },
	  { 0, 3, 3, 3, 3, 3, 8, 8, 8, 8, 8, 13, 13, 13, 13, 13, 18, 18, 18, 18, 18 } },
	{ "cohort-extractor",
	  { 5, true, 1, ROUND_NEAREST, "", SHORTEST },
	  { 0, R, R, R, R, R, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 } },
	{ "threshold 0",
	  { 0, false, 1, ROUND_MIDPOINT, "", SHORTEST },
	  { R, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 } },
};

static void known_vectors_come_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(vectors); i++)
		for (int64_t v = 0; v <= 20; v++)
			if (protect_count(v, &vectors[i].s) != vectors[i].want[v])
				FAIL("%s: %" PRId64 "\n", vectors[i].name, v);
}

static void ties_go_where_the_word_says(void **state)
{
	static const struct {
		int64_t value, even, up;
	} cases[] = {
		{ 50, 0, 100 },
		{ 150, 200, 200 },
		{ 250, 200, 300 },
		{ 350, 400, 400 },
		{ 49, 0, 0 },
		{ 51, 100, 100 },
		{ NUMBER_MAX - 49, NUMBER_MAX + 1 - 100 + 100, NUMBER_MAX + 1 },
	};
	const struct settings even = { NO_THRESHOLD, true, 100, ROUND_NEAREST, "", SHORTEST };
	const struct settings up = { NO_THRESHOLD, true, 100, ROUND_HALF_UP, "", SHORTEST };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(round_count(cases[i].value, &even), cases[i].even);
		assert_int_equal(round_count(cases[i].value, &up), cases[i].up);
	}
}

/* Apply a rule to the texts of a column; each must become what the definition says. */
static void assert_applied(const struct settings *s, const int64_t *values, uint32_t n,
                           const struct kernels *kernels)
{
	uint64_t bytes = 0;
	const struct column_rule type = { .stage = STAGE_COUNT };
	const struct dialect dialect = { .delimiter = ',' };
	struct bound_rule r = {
		.type = &type, .settings = *s, .dialect = &dialect, .kernels = kernels
	};
	struct rule_state rs = { { 0 }, { 0 }, NULL };
	uint64_t redacted = 0, rounded = 0;
	struct buf text = { 0 };
	struct tokenized z;

	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(buf_addf(&text, NULL, "%" PRId64 ",x\n", values[i]),
		                 SLUICE_OK);
	assert_int_equal(buf_add(&text, "", 1, NULL), SLUICE_OK);
	tokenized_begin(&z, (const char *)text.data, 2, false);
	assert_int_equal(z.b.n_rows, n);
	tokenized_touch(&z, 1);
	assert_int_equal(buf_add(&z.b.scratch, "TOKEN", 5, NULL), SLUICE_OK);
	r.token = (struct cell){ 0, 5 };
	assert_int_equal(protect_apply(&r, &rs, &z.b, NULL), SLUICE_OK);
	for (uint32_t i = 0; i < n; i++) {
		const int64_t want = protect_count(values[i], s);
		const struct cell c = z.b.columns[0].cell[i];
		char printed[32] = "TOKEN";

		if (want != VALUE_REDACTED)
			snprintf(printed, sizeof(printed), "%" PRId64, want);
		assert_int_equal(z.b.columns[0].value[i], want);
		assert_int_equal(c.len, strlen(printed));
		assert_memory_equal(z.b.scratch.data + c.off, printed, c.len);
		bytes += c.len;
		redacted += want == VALUE_REDACTED;
		rounded += want != VALUE_REDACTED && want != values[i];
	}
	assert_true(bytes <= z.b.columns[0].bytes);
	assert_int_equal(rs.tally.cells, n);
	assert_int_equal(rs.tally.redacted, redacted);
	assert_int_equal(rs.tally.rounded, rounded);
	assert_int_equal(rs.tally.already + rs.tally.missing, 0);
	buf_free(&rs.tmp);
	buf_free(&text);
	tokenized_end(&z);
}

static void the_fast_path_is_the_definition(void **state)
{
	static const uint32_t bases[] = {
		1, 2, 3, 5, 6, 7, 10, 64, 100, 999, 99991, ROUND_MAX
	};
	static const int64_t thresholds[] = { NO_THRESHOLD, 0, 7, 2000, 123456789012 };
	static const int64_t edges[] = { 9999999,      10000000,
		                         99999999,     99999997,
		                         100000000,    100000001,
		                         999999999999, NUMBER_MAX - 2 * ROUND_MAX };
	static int64_t values[2600];

	(void)state;
	for (size_t b = 0; b < LENGTH(bases); b++) {
		uint32_t n = 0;

		for (int64_t v = 0; v < 1200; v++)
			values[n++] = v;
		for (int64_t k = 1; k < 12; k++)
			for (int64_t d = -2; d <= 2; d++)
				if (k * bases[b] / 2 + d >= 0)
					values[n++] = k * bases[b] / 2 + d;
		for (int64_t v = 1201; v < NUMBER_MAX / 2; v += v / 7)
			values[n++] = v;
		for (size_t i = 0; i < LENGTH(edges); i++)
			values[n++] = edges[i];
		for (int how = ROUND_NEAREST; how <= ROUND_DOWN; how++)
			for (size_t t = 0; t < 2 * LENGTH(thresholds); t++) {
				const struct settings s = {
					thresholds[t / 2],  t % 2,   bases[b],
					(enum rounding)how, "TOKEN", SHORTEST
				};

				for (size_t k = 0; kernels_all[k]; k++)
					if (kernels_all[k]->supported())
						assert_applied(&s, values, n, kernels_all[k]);
			}
	}
}

/* ---- spellings, through the whole line ------------------------------------------------- */

#define PLAN "count: [n]\nkeep: [x]\nmissing: [\"-\", \"a,b\"]\n"

static void spellings_of_counts_are_read_exactly(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "7", "[REDACTED]" },
		{ "8", "10" },
		{ "\"12\"", "10" },
		{ "13.0", "15" },
		{ "3.00", "[REDACTED]" },
		{ "1e+05", "100000" },
		{ "1.5e6", "1500000" },
		{ "\"7\"", "[REDACTED]" },
		{ "0", "[REDACTED]" },
		{ "99999999", "100000000" },
		{ "999999999999997", "999999999999995" },
		{ "", "" },
		{ "\"\"", "\"\"" },
		{ "NA", "NA" },
		{ "\"NA\"", "\"NA\"" },
		{ "-", "-" },
		{ "\"a,b\"", "\"a,b\"" },
		{ "[REDACTED]", "[REDACTED]" },
		{ "\"[REDACTED]\"", "[REDACTED]" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char in[96], out[96];

		snprintf(in, sizeof(in), "n,x\n%s,y\n", cases[i].in);
		snprintf(out, sizeof(out), "n,x\n%s,y\n", cases[i].out);
		assert_released(PLAN, in, out);
	}
}

/* A zero that is kept is not redacted; a count that becomes one is rounded. */
static void odd_cells_are_tallied_like_plain_ones(void **state)
{
	static const char *const tables[] = { "n\n0\n2\n12\n10\n",
		                              "n\n\"0\"\n2.0\n\"12\"\n10\n" };
	struct sluice_plan *plan =
		plan_of("policy: {threshold: none, zeros: keep, round_to: 5}\ncount: [n]\n");

	(void)state;
	for (size_t i = 0; i < LENGTH(tables); i++) {
		struct pushed p = push_pieces(plan, tables[i], strlen(tables[i]), 1000, NULL);
		char *json = sluice_report_json(p.report);

		assert_int_equal(p.status, SLUICE_OK);
		assert_string_equal((char *)p.out.data, "n\n0\n0\n10\n10\n");
		if (!strstr(json, "\"redacted\": 0") || !strstr(json, "\"rounded\": 2"))
			FAIL("%s\n", json);
		sluice_free(json);
		sluice_report_free(p.report);
		buf_free(&p.out);
		buf_free(&p.notices);
	}
	sluice_plan_free(plan);
}

/* Missing texts and slow numbers in turn: each takes room that the others had reserved. */
static void mixed_spellings_have_room_for_all(void **state)
{
	static const char *const in[] = {
		"NA", "999999999999990.0", "\"12\"", "7", "1e+05", ""
	};
	static const char *const out[] = { "NA",         "999999999999990", "10",
		                           "[REDACTED]", "100000",          "" };
	struct sluice_plan *plan = plan_of(PLAN);
	struct chance c = { 71 };

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct buf csv = { 0 }, want = { 0 };
		struct pushed p;

		assert_int_equal(buf_addf(&csv, NULL, "x,n\n"), SLUICE_OK);
		assert_int_equal(buf_addf(&want, NULL, "x,n\n"), SLUICE_OK);
		for (uint32_t i = chance_below(&c, 400); i; i--) {
			const uint32_t k = chance_below(&c, LENGTH(in)) / (1 + round % 3);

			assert_int_equal(buf_addf(&csv, NULL, "y,%s\n", in[k]), SLUICE_OK);
			assert_int_equal(buf_addf(&want, NULL, "y,%s\n", out[k]), SLUICE_OK);
		}
		assert_int_equal(buf_add(&want, "", 1, NULL), SLUICE_OK);
		p = push_pieces(plan, csv.data, csv.len, csv.len, NULL);
		assert_int_equal(p.status, SLUICE_OK);
		assert_string_equal((char *)p.out.data, (char *)want.data);
		pushed_free(&p);
		buf_free(&csv);
		buf_free(&want);
	}
	sluice_plan_free(plan);
}

static void a_protected_table_run_again_gives_itself(void **state)
{
	static const struct {
		const char *plan, *in, *out;
	} cases[] = {
		{ "count: [n]\n", "n\n3\n12\n\n", "n\n[REDACTED]\n10\n" },
		{ "count: [n]\npolicy: ehrql\n", "n\n3\n12\n", "n\r\n0\r\n10\r\n" },
		{ "count: [n]\npolicy: cohort-extractor\n", "n\n3\n0\n6\n", "n\n\"\"\n0\n6\n" },
		{ "count: [n]\npolicy: {base: hes, token: 'a,\"b'}\n", "n\n3\n0\n13\n",
		  "n\n\"a,\"\"b\"\n0\n15\n" },
		{ "count: [n]\npolicy: {base: hes, token: \"NA\"}\n", "n\n3\n0\n",
		  "n\nNA\n0\n" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_released(cases[i].plan, cases[i].in, cases[i].out);
		assert_released(cases[i].plan, cases[i].out, cases[i].out);
	}
}

static void what_is_no_count_is_refused_without_its_value(void **state)
{
	static const char *const spellings[] = {
		"-1",         "+8",           " 8",
		"8 ",         "08",           "3.",
		"3.5",        "3,000",        "0x10",
		"<5",         "NaN",          "inf",
		"8e-1",       "1e99",         "na",
		"n/a",        "8\t",          "1_000",
		"8'",         "\xEF\xBC\x98", "9999999999999999",
		"[redacted]", "REDACTED",     "*",
		"--",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(spellings); i++) {
		char csv[96], says[64];
		struct pushed p;

		snprintf(csv, sizeof(csv), "x,n\n\"a\nb\",9\nc,\"%s\"\nd,8\n", spellings[i]);
		snprintf(says, sizeof(says), "not a count: %zu byte", strlen(spellings[i]));
		assert_refused(PLAN, csv, SLUICE_E_DATA, 4, 2, says);
		p = push_table(PLAN, csv);
		assert_non_null(strstr(p.err.text, "(column 'n')"));
		if (strlen(spellings[i]) > 2)
			assert_null(strstr(p.err.text, spellings[i]));
		assert_int_equal(p.out.len, 4); /* the header and nothing else */
		pushed_free(&p);
	}
}

static void a_cut_file_is_told_from_a_missing_count(void **state)
{
	(void)state;
	assert_refused(PLAN, "x,n\na,8\nb,", SLUICE_E_DATA, 3, 2, "may have been cut");
	assert_released(PLAN, "x,n\na,8\nb,\n", "x,n\na,10\nb,\n");
	assert_released(PLAN, "x,n\na,8\nb,\"\"", "x,n\na,10\nb,\"\"\n");
	assert_released(PLAN, "n,x\n8,a\n,", "n,x\n10,a\n,\n");
	assert_released(PLAN, "x,n\na,8\nb,12", "x,n\na,10\nb,10\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_vectors_come_out),
		cmocka_unit_test(ties_go_where_the_word_says),
		cmocka_unit_test(the_fast_path_is_the_definition),
		cmocka_unit_test(odd_cells_are_tallied_like_plain_ones),
		cmocka_unit_test(spellings_of_counts_are_read_exactly),
		cmocka_unit_test(mixed_spellings_have_room_for_all),
		cmocka_unit_test(a_protected_table_run_again_gives_itself),
		cmocka_unit_test(what_is_no_count_is_refused_without_its_value),
		cmocka_unit_test(a_cut_file_is_told_from_a_missing_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
