/* What cannot be looked at is not taken for nothing: ledgers, and tables that are read twice. */
#include "unit.h"

#include "audit/agree.h"
#include "audit/ledger.h"
#include "audit/tables.h"
#include "io/folder.h"

#include <unistd.h>

static char box[] = "ledger-XXXXXX";

static int enter(void **state)
{
	(void)state;
	return mkdtemp(box) && !chdir(box) ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	if (chdir(".."))
		return -1;
	folder_remove(box);
	return access(box, F_OK) ? 0 : -1;
}

static enum sluice_status status_of(const char *path)
{
	struct ledger l;
	const enum sluice_status status = ledger_read(&l, path, NULL);

	ledger_free(&l);
	return status;
}

static void only_a_missing_ledger_is_empty(void **state)
{
	(void)state;
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(file_write("file", "", 0, NULL), SLUICE_OK);
	assert_true(file_is_missing("none"));
	assert_true(file_is_missing("file/none"));
	assert_false(file_is_missing("file"));
	assert_false(file_is_missing("loop"));
	assert_int_equal(status_of("none"), SLUICE_OK);
	assert_int_equal(status_of("file"), SLUICE_OK);
	assert_int_equal(status_of("loop"), SLUICE_E_IO);
}

/* An entry with a right hash, whatever it says. */
static void write_entry(const char *entry)
{
	char text[512], hash[LEDGER_HASH];

	sha256_hex(entry, strlen(entry), hash);
	snprintf(text, sizeof(text), "%s" LEDGER_TAIL "%s\"}\n", entry, hash);
	unlink("ledger");
	assert_int_equal(file_write("ledger", text, strlen(text), NULL), SLUICE_OK);
}

#define BEFORE "\"before\":\"0000000000000000000000000000000000000000000000000000000000000000\""
#define TABLE(columns, said, rows)                                                      \
	"{" BEFORE ",\"tables\":[{\"name\":\"t\",\"people\":\"\",\"columns\":[" columns \
	"],\"said\":[" said "],\"rows\":[" rows "],\"lines\":[2]}]"
#define COLUMNS "{\"name\":\"a\",\"is\":\"dimension\"},{\"name\":\"n\",\"is\":\"measure\"}"

static void what_is_no_table_is_not_passed_over(void **state)
{
	static const char *const wrong[] = {
		"{\"before\":0",
		"{\"before\":\"00\",\"tables\":[]",
		"{" BEFORE ",\"tables\":[1.5]",
		"{" BEFORE ",\"tables\":[{}]",
		"{" BEFORE "," BEFORE ",\"tables\":[]",
		TABLE("", "", ""),
		TABLE(COLUMNS, "", "[\"x\"]"),
		TABLE(COLUMNS, "", "[\"x\",7]"),
		TABLE(COLUMNS, "[\"width\",null,\"3\"]", "[\"x\",\"7\"]"),
		TABLE(COLUMNS, "[\"cell\",null,\"F\"]", "[\"x\",\"7\"]"),
		TABLE(COLUMNS, "[\"total\"]", "[\"x\",\"7\"]"),
		TABLE("{\"name\":\"n\",\"is\":\"measure\",\"rounding\":\"somehow\"}", "",
		      "[\"7\"]"),
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		write_entry(wrong[i]);
		if (status_of("ledger") != SLUICE_E_DATA)
			FAIL("entry %zu was taken", i);
	}
	write_entry(TABLE(COLUMNS, "[\"total\",\"a\",\"All\"]", "[\"x\",\"7\"]"));
	assert_int_equal(status_of("ledger"), SLUICE_OK);
}

static void a_table_that_was_refused_is_refused_again(void **state)
{
	struct audit_table t = { .path = "ragged.csv", .name = "ragged", .delimiter = ',' };

	(void)state;
	assert_int_equal(file_write(t.path, "a,n\nx,1\ny,2,3\n", 14, NULL), SLUICE_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(table_read(&t, NULL), SLUICE_E_DATA);
		assert_null(t.sheet.name);
		assert_int_equal(t.sheet.n_rows, 0);
	}
	assert_int_equal(file_write(t.path, "a,n\nx,1\n", 8, NULL), SLUICE_E_IO);
	unlink(t.path);
	assert_int_equal(table_read(&t, NULL), SLUICE_E_IO);
	assert_int_equal(file_write(t.path, "a,n\nx,1\n", 8, NULL), SLUICE_OK);
	assert_int_equal(table_read(&t, NULL), SLUICE_OK);
	assert_string_equal(t.sheet.name, "ragged");
	assert_int_equal(t.sheet.n_rows, 1);
	audit_table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_missing_ledger_is_empty),
		cmocka_unit_test(what_is_no_table_is_not_passed_over),
		cmocka_unit_test(a_table_that_was_refused_is_refused_again),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
