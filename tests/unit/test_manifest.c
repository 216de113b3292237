/* Manifests that somebody else has written: read strictly, or not at all. */
#include "unit.h"

#include "release/manifest.h"

#include <unistd.h>

#define HEX   "00112233445566778899aabbccddeeff"
#define FILE_ "\"bytes\":3,\"xxh3\":\"" HEX "\",\"sha256\":\"" HEX HEX "\""
#define TABLE                                                                                  \
	"{\"name\":\"t\",\"input\":{\"file\":\"in.csv\"},\"output\":{\"file\":\"b."            \
	"csv\"," FILE_ ",\"rows\":2,\"columns\":1},\"columns\":[{\"name\":\"n\",\"rule\":"     \
	"\"count\",\"said\":true,"                                                             \
	"\"released\":true,\"made\":false,\"settings\":{\"threshold\":7,\"zeros\":\"redact\"," \
	"\"token\":\"*\",\"round_to\":5,\"rounding\":\"nearest\"},\"cells\":{\"all\":2,"       \
	"\"redacted\":1,\"rounded\":1,\"missing\":0}}]}"
#define WHOLE(tables)                                                                         \
	"{\"manifest\":1,\"complete\":true,\"tables\":[" tables "],\"documents\":[{\"file\":" \
	"\"report.html\"," FILE_ "}]}"

static enum sluice_status read_text(const char *text, struct manifest *m)
{
	static const char name[] = "manifest-under-test.json";
	enum sluice_status status;

	unlink(name);
	assert_int_equal(file_write(name, text, strlen(text), NULL), SLUICE_OK);
	status = manifest_read(name, m, NULL);
	unlink(name);
	return status;
}

static void reads(void **state)
{
	const struct report_column *c;
	const struct table *t;
	struct manifest m;

	(void)state;
	assert_int_equal(read_text(WHOLE(TABLE), &m), SLUICE_OK);
	assert_int_equal(m.n_tables, 1);
	assert_int_equal(m.n_documents, 1);
	assert_true(m.complete);
	assert_null(manifest_find(&m, "a.csv"));
	t = manifest_find(&m, "b.csv");
	assert_non_null(t);
	assert_string_equal(t->key, ""); /* that is the state's */
	assert_int_equal(t->out.bytes, 3);
	c = &t->report->columns[0];
	assert_string_equal(c->rule, "count");
	assert_int_equal(c->settings.threshold, 7);
	assert_int_equal(c->settings.round_to, 5);
	assert_int_equal(c->tally.redacted, 1);
	manifest_free(&m);
}

/* Each of these texts cut out, or changed, makes it no manifest. */
static void refuses(void **state)
{
	static const char *const needed[] = {
		"\"manifest\":1", "\"complete\":true",  "\"file\":\"b.csv\",",
		"\"bytes\":3,",   "\"xxh3\"",           "\"sha256\":\"",
		"\"rows\":2",     "\"rule\":\"count\"", "\"released\":true",
		"\"said\":true",  "\"token\":\"*\"",    "\"rounding\":\"nearest\"",
		"\"redacted\":1", "\"name\":\"n\"",     "}",
	};
	static const char whole[] = WHOLE(TABLE);

	(void)state;
	for (size_t i = 0; i < LENGTH(needed); i++) {
		char text[sizeof(whole)];
		struct manifest m;
		char *at;

		memcpy(text, whole, sizeof(whole));
		at = strstr(text, needed[i]);
		assert_non_null(at);
		at[1] ^= 1; /* another key, or no JSON */
		if (read_text(text, &m) != SLUICE_E_DATA)
			FAIL("without %s it is still a manifest\n", needed[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(reads),
		                            cmocka_unit_test(refuses) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
