/* Names are understood, headers found, and the verdict says what the interface promises. */
#include "unit.h"

#include "check/words.h"
#include "run/inspect.h"

#include <unistd.h>

static enum hint role_of(const char *name)
{
	struct words w;

	words_of(&w, name, strlen(name));
	return words_hint(&w);
}

static void names_have_roles(void **state)
{
	static const struct {
		const char *name;
		enum hint role;
	} cases[] = {
		{ "n", HINT_COUNT },
		{ "numerator", HINT_COUNT },
		{ "nPatients", HINT_COUNT },
		{ "total_population", HINT_COUNT },
		{ "n.risk", HINT_COUNT },
		{ "number of visits", HINT_COUNT },
		{ "age_n", HINT_COUNT },
		{ "events", HINT_COUNT },
		{ "ratio", HINT_RATIO },
		{ "Npercent_midpoint6_derived", HINT_RATIO },
		{ "percent_total", HINT_RATIO },
		{ "rate per 1000", HINT_RATIO },
		{ "mean_count", HINT_STATISTIC },
		{ "sd", HINT_STATISTIC },
		{ "follow_up_days", HINT_MEASURE },
		{ "deaths_28_days", HINT_COUNT },
		{ "deaths_by_week", HINT_COUNT },
		{ "patients_group", HINT_COUNT },
		{ "q1_count", HINT_COUNT },
		{ "at_risk", HINT_COUNT },
		{ "coverage", HINT_SHARE },
		{ "number_of_doses", HINT_COUNT },
		{ "age_under_5", HINT_AGE },
		{ "year", HINT_TIME },
		{ "interval_start", HINT_TIME },
		{ "age10", HINT_AGE },
		{ "imd_quintile", HINT_GROUP },
		{ "dose_number", HINT_GROUP },
		{ "is_case", HINT_FLAG },
		{ "heart_disease", HINT_UNKNOWN },
		{ "", HINT_UNKNOWN },
		{ "2020", HINT_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		if (role_of(cases[i].name) != cases[i].role)
			FAIL("'%s' has role %d\n", cases[i].name, (int)role_of(cases[i].name));
}

static void a_long_name_is_cut(void **state)
{
	char name[2000];
	struct words w;

	(void)state;
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 3 ? 'a' : '_';
	words_of(&w, name, sizeof(name));
	assert_int_equal(w.n, WORDS_MAX);
	memset(name, 'a', sizeof(name));
	words_of(&w, name, sizeof(name));
	assert_int_equal(w.n, 1);
	assert_int_equal(strlen(w.word[0]), WORD_SIZE - 1);
}

static void headers_are_found(void **state)
{
	static const struct {
		const char *text;
		uint8_t delimiter;
		uint32_t lines;
	} cases[] = {
		{ "", ',', 0 },
		{ "a,b\n1,2\n", ',', 0 },
		{ "a\n1\n2\n", ',', 0 },
		{ "a;b\n1;2\n", ';', 0 },
		{ "a;b\n1,5;2,5\n3,5;4,5\n", ';', 0 },
		{ "a\tb\n1\t2\n", '\t', 0 },
		{ "# x\na,b\n1,2\n", ',', 1 },
		{ "# x, y, z\na,b\n1,2\n", ',', 1 },
		{ "#a,b\n1,2\n", ',', 0 },
		{ "title\n\na,b\n1,2\n", ',', 2 },
		{ "title,,\na,b,c\n1,2,3\n", ',', 1 },
		{ "\"two\nlines\"\na,b\n1,2\n", ',', 2 },
		{ "n\n1,750\n", ',', 0 },
		{ "a,b\n1,2,3\n", ',', 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		uint8_t delimiter;
		uint32_t lines;

		find_header((const uint8_t *)cases[i].text, strlen(cases[i].text), &delimiter,
		            &lines);
		if (delimiter != cases[i].delimiter || lines != cases[i].lines)
			FAIL("'%s': '%c', %u lines\n", cases[i].text, delimiter, lines);
	}
}

/* ---- the interface ------------------------------------------------------------------------- */

static char path[] = "/tmp/check-XXXXXX";

static int make_file(void **state)
{
	const char *text = "sex,n,rate\nF,3,0.5\nM,10,0.25\n";
	const int fd = mkstemp(path);

	(void)state;
	return fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void a_verdict_has_what_was_found(void **state)
{
	static const char *const allow[] = { "small-count=n" };
	struct sluice_check_options o = SLUICE_CHECK_OPTIONS_INIT;
	struct sluice_verdict *v;
	struct sluice_error err;
	const struct sluice_finding *f;
	char *json;

	(void)state;
	o.name = "release/table.csv"; /* the file has no type of its own */
	assert_int_equal(sluice_check(path, &o, &v, &err), SLUICE_OK);
	assert_false(sluice_verdict_fit(v));
	assert_int_equal(sluice_verdict_rows(v), 2);
	assert_int_equal(sluice_verdict_columns(v), 3);
	assert_int_equal(sluice_verdict_bytes(v), 29);
	f = sluice_verdict_at(v, 0);
	assert_non_null(f);
	assert_string_equal(f->check, "small-count");
	assert_int_equal(f->severity, SLUICE_REFUSAL);
	assert_int_equal(f->line, 2);
	assert_int_equal(f->column, 2);
	assert_string_equal(f->name, "n");
	assert_int_equal(sluice_verdict_column(v, 1)->type, SLUICE_INTEGER);
	assert_true(sluice_verdict_column(v, 1)->count);
	assert_int_equal(sluice_verdict_column(v, 2)->type, SLUICE_FLOAT);
	assert_null(sluice_verdict_column(v, 3));
	json = sluice_verdict_json(v);
	assert_non_null(strstr(json, "\"small-count\""));
	sluice_free(json);
	sluice_verdict_free(v);

	o.allow = allow;
	o.n_allow = 1;
	assert_int_equal(sluice_check(path, &o, &v, &err), SLUICE_OK);
	assert_true(sluice_verdict_fit(v));
	sluice_verdict_free(v);
}

static void what_is_wrong_with_the_asking_is_said(void **state)
{
	static const char *const allow[] = { "rows" };
	struct sluice_check_options o = SLUICE_CHECK_OPTIONS_INIT;
	struct sluice_verdict *v;
	struct sluice_error err;

	(void)state;
	assert_int_equal(sluice_check("no/such/file.csv", NULL, &v, &err), SLUICE_E_IO);
	assert_null(v);
	assert_int_equal(sluice_check(path, NULL, &v, NULL), SLUICE_OK); /* a type is missing */
	assert_false(sluice_verdict_fit(v));
	sluice_verdict_free(v);
	o.size = 0;
	assert_int_equal(sluice_check(path, &o, &v, &err), SLUICE_E_PLAN);
	o.size = sizeof(o);
	o.policy = "none";
	assert_int_equal(sluice_check(path, &o, &v, &err), SLUICE_E_PLAN);
	o.policy = NULL;
	o.allow = allow;
	o.n_allow = 1;
	assert_int_equal(sluice_check(path, &o, &v, &err), SLUICE_E_PLAN);
	o.n_allow = 0;
	o.max_bytes = UINT64_MAX;
	assert_int_equal(sluice_check(path, &o, &v, &err), SLUICE_E_PLAN);
}

static void every_check_says_what_it_is(void **state)
{
	size_t n = 0;

	(void)state;
	for (; sluice_check_at(n); n++) {
		assert_true(strlen(sluice_check_at(n)->help) > 10);
		assert_int_equal(check_number(sluice_check_at(n)->name,
		                              strlen(sluice_check_at(n)->name)),
		                 n);
	}
	assert_true(n >= 17);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_roles),
		cmocka_unit_test(a_long_name_is_cut),
		cmocka_unit_test(headers_are_found),
		cmocka_unit_test(a_verdict_has_what_was_found),
		cmocka_unit_test(what_is_wrong_with_the_asking_is_said),
		cmocka_unit_test(every_check_says_what_it_is),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
