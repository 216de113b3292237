/* A mapped file that somebody writes to while it is read. */
#include "unit.h"

#include "csv/tokenize.h"
#include "tables.h"

/* The text of a mapped file that somebody mends between the scan and the referee's look. */
static uint32_t scan_then_mend(const uint8_t *text, uint32_t from, uint32_t to, uint8_t delim,
                               struct scan *s, uint32_t *out)
{
	const uint32_t n = kernels_scalar.scan(text, from, to, delim, s, out);

	((uint8_t *)(uintptr_t)text)[1] = 'x';
	return n;
}

/* 'wrong' is mended; of the first window the index has all fields, or none behind a quote. */
static void check_mended(char wrong, int rows, const char *last, bool guessed,
                         enum sluice_status want)
{
	struct kernels kernels = kernels_scalar;
	struct sluice_error err = { 0 };
	struct buf text = { 0 };
	struct tokenizer t;
	struct batch b = { 0 };
	bool more;

	kernels.scan = scan_then_mend;
	table_bytes(&text, (char[]){ 'a', wrong, 'b', ',', 'c', '\n' }, 6);
	for (int i = 0; i < rows; i++)
		table_bytes(&text, "d,e\n", 4);
	table_bytes(&text, last, strlen(last));
	assert_int_equal(tokenizer_init(&t, &kernels, ',', 2, 64, NULL), SLUICE_OK);
	tokenizer_begin(&t, text.data, (uint32_t)text.len, false);
	t.guessed = guessed;
	assert_int_equal(tokenizer_next(&t, &b, &more, &err), want);
	if (want == SLUICE_E_DATA)
		assert_non_null(strstr(err.text, "changed"));
	assert_false(more);
	assert_int_equal(t.rows, 0);
	assert_false(t.split); /* which would have it read again as if nothing had been */
	tokenizer_free(&t);
	batch_free(&b);
	buf_free(&text);
}

static void a_text_that_changes_is_no_index_out_of_bounds(void **state)
{
	(void)state;
	check_mended('"', 1000, "f\"g,h\n", false, SLUICE_E_DATA);
	check_mended('\0', 1000, "f\"g,h\n", false, SLUICE_E_DATA);
	/* about 30 fields are there, of 42 */
	check_mended('\0', 20, "f\"g,h\n", false, SLUICE_E_DATA);
	check_mended('\0', 20, "f,\"g\n", true, SLUICE_E_DATA);
	/* no offence is left to be named */
	check_mended('\0', 5, "f,g\n", false, SLUICE_E_BUG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_that_changes_is_no_index_out_of_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
