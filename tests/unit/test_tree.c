/* YAML and JSON come to the same tree, with places that are bytes of the text as written. */
#include "unit.h"

#include "base/buf.h"
#include "plan/tree.h"

static const struct sluice_plan plan = { .source = (char[]){ "p.yaml" } };

/* One line for a node: k@1:2=[...] lists, {...} maps, 'quoted' and plain texts. */
static void show(const struct node *n, char *out, size_t size)
{
	const size_t used = strlen(out);

	if (n->key)
		snprintf(out + used, size - used, "%s@%u:%u=", n->key, n->key_at.line,
		         n->key_at.column);
	if (n->kind == NODE_SCALAR) {
		const char *quote = n->quoted ? "'" : "";
		const size_t len = strlen(out);

		snprintf(out + len, size - len, "%s%s%s@%u:%u ", quote, n->text, quote,
		         n->at.line, n->at.column);
		return;
	}
	strncat(out, n->kind == NODE_MAP ? "{" : "[", size - strlen(out) - 1);
	for (size_t i = 0; i < n->n_items; i++)
		show(&n->items[i], out, size);
	strncat(out, n->kind == NODE_MAP ? "}" : "]", size - strlen(out) - 1);
}

static void every_node_knows_its_place(void **state)
{
	static const struct {
		const char *text, *tree;
	} cases[] = {
		{ "a: b\n", "{a@1:1=b@1:4 }" },
		{ "\xEF\xBB\xBF"
		  "a: b\n",
		  "{a@1:1=b@1:4 }" },
		{ "a: b\r\nc: d\r\n", "{a@1:1=b@1:4 c@2:1=d@2:4 }" },
		{ "# x\n\na:\n  - 'b'\n  - \"c\"\n", "{a@3:1=['b'@4:5 'c'@5:5 ]}" },
		{ "a: [b, {c: d}]\n", "{a@1:1=[b@1:5 {c@1:9=d@1:12 }]}" },
		{ "a: |\n  x\n  y\n", "{a@1:1='x\ny\n'@1:4 }" },
		{ "[\xC3\xA9\xC3\xA9, b]", "[\xC3\xA9\xC3\xA9@1:2 b@1:8 ]" }, /* bytes */
		{ "\"a\": 1.50", "{a@1:1=1.50@1:6 }" },
		{ "a: yes\nb: 2020-01-01", "{a@1:1=yes@1:4 b@2:1=2020-01-01@2:4 }" },
		{ "{\"a\":\"b\"}", "{a@1:2='b'@1:6 }" },
		{ "{\"a\"\n:\n\t\"b\", \"c\":[1,true,null]}",
		  "{a@1:2='b'@3:2 c@3:7=[1@3:12 true@3:14 null@3:19 ]}" },
		{ "# a comment\n{\"a\":\"\\u00e9\\/\\n\"}", "{a@2:2='\xC3\xA9/\n'@2:6 }" },
		/* A pair, as json.dumps writes it, is one character, and shifts nothing. */
		{ "[\"\\ud83d\\ude00\", \"x\"]", "['\xF0\x9F\x98\x80'@1:2 'x'@1:18 ]" },
		{ "[\"\\\\ud83d\\\\ude00\", \"x\"]", "['\\ud83d\\ude00'@1:2 'x'@1:20 ]" },
		{ "['\\ud83d\\ude00', x]", "['\\ud83d\\ude00'@1:2 x@1:18 ]" },
		/* What YAML would fold or refuse stays in JSON. */
		{ "[\"a\xE2\x80\xA8 b\", \"x\"]", "['a\xE2\x80\xA8 b'@1:2 'x'@1:12 ]" },
		{ "[\"a\x7F\xC2\x85\", \"x\"]", "['a\x7F\xC2\x85'@1:2 'x'@1:10 ]" },
		{ "[\"\xEF\xBF\xBF\xEF\xBB\xBF\", \"x\"]",
		  "['\xEF\xBF\xBF\xEF\xBB\xBF'@1:2 'x'@1:12 ]" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_error err = { 0 };
		char tree[400] = "";
		struct node root;

		if (tree_parse(&root, cases[i].text, strlen(cases[i].text), &plan, &err))
			FAIL("case %zu: %s\n", i, err.text);
		show(&root, tree, sizeof(tree));
		assert_string_equal(tree, cases[i].tree);
		node_free(&root);
	}
}

static void what_two_readers_could_read_differently_is_refused(void **state)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *piece;
	} cases[] = {
		{ "", 1, 1, "nothing in it" },
		{ " \n# nothing\n", 1, 1, "nothing in it" },
		{ "a: b\na: c\n", 2, 1, "'a' is given twice (also on line 1)" },
		{ "x: {a: b, c: d, \"a\": e}\n", 1, 17, "'a' is given twice" },
		{ "a: &x b\n", 1, 4, "anchors" },
		{ "a: *x\n", 1, 4, "quote" },
		{ "a: [*]\n", 1, 6, "quote a text that begins with '*'" },
		{ "a: !!str b\n", 1, 4, "tags" },
		{ "a: !b\n", 1, 4, "tags" },
		{ "a: !!seq [b]\n", 1, 4, "tags" },
		{ "<<: {a: b}\n", 1, 1, "merge" },
		{ "a: b\n---\nc: d\n", 2, 1, "second document" },
		{ "a: b\n...\nc: d\n", 3, 1, "" },
		{ "[a]: b\n", 1, 1, "key must be a text" },
		{ "a: [b\nc: d\n", 2, 2, "not YAML" },
		{ "a: \"b\\0\"\n", 1, 4, "NUL" },
		{ "{\"a\": \"b\\u0000\"}", 1, 7, "NUL" },
		{ "a: b\n\xC3\xA9: \xFF\n", 2, 5, "not YAML" },
		{ "a: \x01\n", 1, 4, "control" },
		{ "[\"x\", \"\\ud83d\"]", 1, 8, "half of a surrogate pair" },
		{ "[\"\\ude00\\ud83d\"]", 1, 3, "half of a surrogate pair" },
		{ "{\"a\": \"\\ud83d\\ude00\",, \"b\": 1}", 1, 22,
		  "a key must be in double quotes" },
		{ "a: \"\\ud83d\\ude00\"\n", 1, 7, "Unicode" },
		{ "[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]", 1, 17, "deeper than 16" },
		{ "\xFF\xFE\x61", 1, 1, "not YAML" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_error err = { 0 };
		struct node root;

		if (tree_parse(&root, cases[i].text, strlen(cases[i].text), &plan, &err) !=
		    SLUICE_E_PLAN)
			FAIL("case %zu is not refused\n", i);
		if (err.line != cases[i].line || err.column != cases[i].column ||
		    !strstr(err.text, cases[i].piece) || strcmp(err.source, "p.yaml") != 0)
			FAIL("case %zu: %u:%u: %s\n", i, (unsigned)err.line, err.column,
			     err.text);
		node_free(&root);
	}
}

static void sixteen_levels_are_allowed(void **state)
{
	struct node root;
	const char *text = "[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]";

	(void)state;
	assert_int_equal(tree_parse(&root, text, strlen(text), &plan, NULL), SLUICE_OK);
	node_free(&root);
}

/* YAML allows a key of 1024 characters before it must be told that it is one; JSON any. */
static void keys_of_any_length_are_read_from_json(void **state)
{
	static const uint32_t lengths[] = { 1, 125, 126, 127, 1021, 1022, 1023, 1024, 5000 };
	static const char *const letters[] = { "x", "\x7F", "\\\\" };
	struct sluice_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(lengths) * LENGTH(letters); i++) {
		const char *letter = letters[i % LENGTH(letters)];
		const uint32_t n = lengths[i / LENGTH(letters)];
		const uint32_t bytes = n * (uint32_t)strlen(letter);
		struct buf text = { 0 };
		struct node root;

		assert_int_equal(buf_add(&text, "{\"a\":[\"", 7, NULL), SLUICE_OK);
		for (uint32_t k = 0; k < n; k++)
			assert_int_equal(buf_addf(&text, NULL, "%s", letter), SLUICE_OK);
		assert_int_equal(buf_addf(&text, NULL, "\"],\""), SLUICE_OK);
		for (uint32_t k = 0; k < n; k++)
			assert_int_equal(buf_addf(&text, NULL, "%s", letter), SLUICE_OK);
		assert_int_equal(buf_addf(&text, NULL, "\" :\"b\"}"), SLUICE_OK);
		if (tree_parse(&root, (char *)text.data, text.len, &plan, &err) != SLUICE_OK)
			FAIL("%u of '%s': %u:%u %s\n", n, letter, (unsigned)err.line,
			     err.column, err.text);
		assert_int_equal(root.n_items, 2);
		assert_int_equal(strlen(root.items[1].key), n);
		assert_int_equal(root.items[1].key_at.column, 7 + bytes + 4);
		assert_int_equal(root.items[1].at.column, 7 + 2 * bytes + 8);
		node_free(&root);
		buf_free(&text);
	}
}

static void a_nul_and_too_much_text_are_refused(void **state)
{
	static char text[PLAN_LIMIT + 1];
	struct sluice_error err = { 0 };
	struct node root;

	(void)state;
	memset(text, '\n', sizeof(text));
	memcpy(text, "a: b\nc: \0", 9);
	assert_int_equal(tree_parse(&root, text, 20, &plan, &err), SLUICE_E_PLAN);
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 4);
	node_free(&root);
	text[8] = 'd';
	assert_int_equal(tree_parse(&root, text, PLAN_LIMIT, &plan, &err), SLUICE_OK);
	node_free(&root);
	assert_int_equal(tree_parse(&root, text, PLAN_LIMIT + 1, &plan, &err), SLUICE_E_PLAN);
	assert_non_null(strstr(err.text, "1 MiB"));
	node_free(&root);
}

static void no_value_of_the_plan_is_in_a_message_about_yaml(void **state)
{
	static const char *const cases[] = {
		"where: {a: SECRET, a: SECRET}", "where: [SECRET",
		"where: \"SECRET\\q\"",          "{\"a\": \"SECRET\" \"\\ud800\"}",
		"{\"a\": \"SECRET\\ud83d\"}",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_error err = { 0 };
		struct node root;

		assert_int_equal(tree_parse(&root, cases[i], strlen(cases[i]), &plan, &err),
		                 SLUICE_E_PLAN);
		assert_null(strstr(err.text, "SECRET"));
		node_free(&root);
	}
}

/* A byte that begins a character must not take the quote behind it along. */
static void what_is_not_utf8_is_refused(void **state)
{
	static const char *const cases[] = {
		"{\"a\xC2\": \"b\"}",
		"{\"a\": \"b\xC2\", \"c\": \"d\"}",
		"[\"a\xC2\", \"b\"]",
		"[\"a\xEF\xBF\", \"b\"]",
		"[\"a\xE2\x80\", \"b\"]",
		"[\"a\xEF\xBF\xFF\", \"b\"]",
		"a\xC2: b",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct sluice_error err = { 0 };
		struct node root;

		assert_int_equal(tree_parse(&root, cases[i], strlen(cases[i]), &plan, &err),
		                 SLUICE_E_PLAN);
		node_free(&root);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_node_knows_its_place),
		cmocka_unit_test(what_two_readers_could_read_differently_is_refused),
		cmocka_unit_test(sixteen_levels_are_allowed),
		cmocka_unit_test(keys_of_any_length_are_read_from_json),
		cmocka_unit_test(a_nul_and_too_much_text_are_refused),
		cmocka_unit_test(what_is_not_utf8_is_refused),
		cmocka_unit_test(no_value_of_the_plan_is_in_a_message_about_yaml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
