/* What is read of JSON is all that the text says, as jansson's own reader has it, or nothing. */
#include "unit.h"

#include "chance.h"
#include "plan/json_read.h"

#include <string.h>

static enum sluice_status status_of(const char *text, size_t len, json_t **value)
{
	char *exact = malloc(len + 1); /* so that a byte too many is seen */
	enum sluice_status status;

	assert_non_null(exact);
	memcpy(exact, text, len);
	exact = realloc(exact, len ? len : 1);
	status = json_read(exact, len, value, NULL);
	free(exact);
	assert_true(status == SLUICE_OK ? *value != NULL : !*value);
	return status;
}

static void says_what_the_text_says(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		" [ ] ",
		"{\"a\":{\"b\":[1,-2,\"x\",true,false,null]},\"c\":[[],{}]}",
		"[0,-0,9223372036854775807,-9223372036854775808,10]",
		"[\"\\\"\\\\\\/"
		"\\b\\f\\n\\r\\t\",\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\\uFFFF\"]",
		"[\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x7F\",\"\"]",
		"\t{\"\":\r\n\"\"} \n",
		"{\"0123456789abcd\":\"0123456789abcde\",\"long\":"
		"\"0123456789abcdef0123456789abc\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		json_t *value, *want = json_loads(texts[i], JSON_REJECT_DUPLICATES, NULL);

		assert_non_null(want);
		assert_int_equal(status_of(texts[i], strlen(texts[i]), &value), SLUICE_OK);
		assert_true(json_equal(value, want));
		json_decref(value);
		json_decref(want);
	}
}

static void refuses_what_is_none(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"{",
		"[",
		"[1",
		"[1,",
		"[1,]",
		"[,1]",
		"[1 2]",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"{a:1}",
		"{\"a\":1 \"b\":2}",
		"{\"a\":1,\"a\":2}",
		"[1]]",
		"[1]x",
		"[01]",
		"[-]",
		"[+1]",
		"[1.5]",
		"[1e3]",
		"[9223372036854775808]",
		"[-9223372036854775809]",
		"[\"a]",
		"[\"\\x\"]",
		"[\"\\u12\"]",
		"[\"\\u12g4\"]",
		"[\"\\u0000\"]",
		"[\"\\ud83d\"]",
		"[\"\\ud83dx\"]",
		"[\"\\ud83d\\u0041\"]",
		"[\"\\ude00\"]",
		"[\"\\",
		"[\"\\u00e",
		"[\"\x01\"]",
		"[\"a\nb\"]",
		"[\"\xFF\"]",
		"[\"\xC3\"]",
		"[tru]",
		"[nul]",
		"[True]",
		"['a']",
		"{\"a\":1]",
		"[1}",
		"/**/[]",
	};
	char deep[200];
	json_t *value;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (status_of(texts[i], strlen(texts[i]), &value) != SLUICE_E_DATA)
			FAIL("%s was read", texts[i]);
	assert_int_equal(status_of("[\"a\0\"]", 6, &value), SLUICE_E_DATA);
	assert_int_equal(status_of("[\"\\\0\"]", 6, &value), SLUICE_E_DATA);
	memset(deep, '[', 100);
	memset(deep + 100, ']', 100);
	assert_int_equal(status_of(deep, 200, &value), SLUICE_E_DATA);
	assert_int_equal(status_of(deep + 64, 72, &value), SLUICE_OK);
	json_decref(value);
}

/* Of any text: what is read here is read there, and says the same. */
static void agrees_with_another_reader(void **state)
{
	static const char first[] =
		"{\"release\":12,\"tables\":[{\"name\":\"a b\",\"rows\":[[\"x\",\"[R]\"],[]]},"
		"true,null,-7,\"\\u00e9\\ud83d\\ude00\\n\xC3\xA9\"],\"k\":{\"q\":false}}";
	static const char bytes[] = "{}[]\",:\\u0123456789abdefntr-+.E \xC3\xA9\xF0\n";
	char text[sizeof(first) + 8];
	struct chance chance = { 7 };
	uint32_t same = 0, refused = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t len = sizeof(first) - 1;
		json_t *value, *other;

		memcpy(text, first, len);
		for (uint32_t n = chance_below(&chance, 3) + 1; n; n--) {
			const size_t at = chance_below(&chance, (uint32_t)len);
			const uint32_t how = chance_below(&chance, 3);

			if (how == 1)
				memmove(text + at, text + at + 1, --len - at);
			if (how == 2)
				memmove(text + at + 1, text + at, len++ - at);
			if (how != 1)
				text[at] = bytes[chance_below(&chance, sizeof(bytes) - 1)];
		}
		other = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
		if (status_of(text, len, &value) == SLUICE_OK) {
			assert_true(json_equal(value, other));
			same++;
		} else {
			refused++;
			/* Only numbers with a fraction are not for us. */
			assert_true(!other || memchr(text, '.', len) ||
			            memchr(text, 'e', len) || memchr(text, 'E', len));
		}
		json_decref(value);
		json_decref(other);
	}
	assert_true(same > 1000 && refused > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_the_text_says),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(agrees_with_another_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
