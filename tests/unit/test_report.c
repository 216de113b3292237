/* The report: JSON, the counts that are true, and no cell's value. */
#include "pushed.h"

#include <jansson.h>

static json_t *report_of(const struct pushed *p, char **text)
{
	json_error_t why;
	json_t *o;

	*text = sluice_report_json(p->report);
	assert_non_null(*text);
	o = json_loads(*text, JSON_REJECT_DUPLICATES, &why);
	if (!o)
		FAIL("%s\n%s\n", *text, why.text);
	return o;
}

/* The number at a path like "output/rows" or "columns/2/cells/missing". */
static json_int_t number_at(json_t *o, const char *path)
{
	char word[32];

	for (size_t n; *path; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		snprintf(word, sizeof(word), "%.*s", (int)n, path);
		o = json_is_array(o) ? json_array_get(o, strtoul(word, NULL, 10))
		                     : json_object_get(o, word);
	}
	assert_true(json_is_integer(o));
	return json_integer_value(o);
}

static const char *text_at(json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	assert_non_null(text);
	return text;
}

static void counts_are_what_was_done(void **state)
{
	static const char csv[] = "id,g,n,m,s,x\n"
				  "SECRET7731,a,3,12,SECRET7731,SECRET7731\n"
				  "2,a,10,NA,4,5\n"
				  "3,b,1,1,1,1\n"
				  "4,a,[REDACTED],13,2,2\n"
				  "5,a,,8,\"SECRET7731\",\n";
	static const struct {
		const char *path;
		json_int_t want;
	} cases[] = {
		{ "input/rows", 5 },
		{ "input/bytes", sizeof(csv) - 1 },
		{ "output/rows", 4 },
		{ "output/columns", 6 },
		{ "rows_excluded", 1 },
		{ "columns/2/cells/cells", 4 },
		{ "columns/2/cells/redacted", 1 },
		{ "columns/2/cells/already_redacted", 1 },
		{ "columns/2/cells/missing", 1 },
		{ "columns/2/cells/rounded", 0 },
		{ "columns/3/cells/rounded", 3 },
		{ "columns/3/cells/missing", 1 },
		{ "columns/3/settings/threshold", 7 },
		{ "columns/3/settings/round_to", 5 },
		{ "columns/4/cells/redacted", 3 },
		{ "columns/6/cells/redacted", 2 },
		{ "columns/6/cells/missing", 2 },
	};
	struct pushed p = push_table("drop: [id]\ncount: [n, m]\nratio: {r: [n, m]}\n"
	                             "blank: {n: [s]}\nwhere: {g: a}\nother: keep\n",
	                             csv);
	char *text, size[64];
	json_t *o;

	(void)state;
	assert_int_equal(p.status, SLUICE_OK);
	o = report_of(&p, &text);
	for (size_t i = 0; i < LENGTH(cases); i++)
		if (number_at(o, cases[i].path) != cases[i].want)
			FAIL("%s is %d\n", cases[i].path, (int)number_at(o, cases[i].path));
	assert_true(json_is_true(json_object_get(o, "complete")));
	assert_int_equal(number_at(o, "output/bytes"), p.out.len);
	assert_string_equal(text_at(o, "policy"), "opensafely");
	assert_string_equal(text_at(o, "sluice"), SLUICE_VERSION);
	assert_int_equal(strlen(text_at(o, "plan")), 32);
	assert_null(strstr(text, "SECRET7731"));
	assert_null(json_object_get(o, "refused"));
	assert_int_equal(json_array_size(json_object_get(o, "columns")), 7);
	snprintf(size, sizeof(size), "%s",
	         text_at(json_array_get(json_object_get(o, "columns"), 5), "rule"));
	assert_string_equal(size, "keep");
	sluice_free(text);
	json_decref(o);
	pushed_free(&p);
}

static void a_failure_is_told_with_its_place_and_without_the_value(void **state)
{
	static const struct {
		const char *csv;
		int columns;
		json_int_t line, column, exit;
	} cases[] = {
		{ "n,x\n8,1\nSECRET7731,2\n", 2, 3, 1, 3 },
		{ "n,x\n8,\"SECRET7731\"x\n", 2, 2, 2, 3 },
		{ "SECRET7731,x\n8,2\n", 0, 1, 0, 3 },
		{ "", 0, 1, 0, 3 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct pushed p = push_table("count: [n]\nother: keep\n", cases[i].csv);
		json_t *o, *refused;
		char *text;

		assert_int_equal(p.status, SLUICE_E_DATA);
		o = report_of(&p, &text);
		refused = json_object_get(o, "refused");
		assert_true(json_is_false(json_object_get(o, "complete")));
		assert_int_equal(number_at(refused, "line"), cases[i].line);
		assert_int_equal(number_at(refused, "column"), cases[i].column);
		assert_int_equal(number_at(refused, "exit"), cases[i].exit);
		assert_string_equal(text_at(refused, "text"), p.err.text);
		assert_int_equal(json_array_size(json_object_get(o, "columns")),
		                 cases[i].columns);
		assert_null(strstr(text, "SECRET7731"));
		sluice_free(text);
		json_decref(o);
		pushed_free(&p);
	}
}

static void odd_names_are_shown_as_text(void **state)
{
	struct pushed p = push_table("count: [\"#1\"]\nkeep: [\"#2\"]\n",
	                             "\"a\n\tb\",\"\xC3\xA9\"\"\\\"\n8,1\n");
	json_t *o, *columns;
	char *text;

	(void)state;
	assert_int_equal(p.status, SLUICE_OK);
	o = report_of(&p, &text);
	columns = json_object_get(o, "columns");
	assert_string_equal(text_at(json_array_get(columns, 0), "name"), "a??b");
	assert_string_equal(text_at(json_array_get(columns, 1), "name"), "\xC3\xA9\"\\");
	json_decref(o);
	sluice_free(text);
	pushed_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_what_was_done),
		cmocka_unit_test(a_failure_is_told_with_its_place_and_without_the_value),
		cmocka_unit_test(odd_names_are_shown_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
