/* What the writer adds up from chunk to chunk: lines, rows, and blank lines at the end. */
#include "unit.h"

#include "run/chain.h"

static void places_are_turned_into_the_tables(void **state)
{
	const struct chunk_facts facts = { .lines = 10, .rows = 8 };
	struct chain_base base = { .lines = 2 };
	struct sluice_error err = { .line = 4, .column = 3 };

	(void)state;
	assert_int_equal(chain_account(&base, &facts, SLUICE_OK, &err), SLUICE_OK);
	assert_int_equal(chain_account(&base, &facts, SLUICE_OK, &err), SLUICE_OK);
	assert_int_equal(base.lines, 22);
	assert_int_equal(base.rows, 16);
	assert_int_equal(chain_account(&base, &facts, SLUICE_E_DATA, &err), SLUICE_E_DATA);
	assert_int_equal(err.line, 26);
	assert_int_equal(err.column, 3);
	err.line = 0; /* no place stays no place */
	assert_int_equal(chain_account(&base, &facts, SLUICE_E_IO, &err), SLUICE_E_IO);
	assert_int_equal(err.line, 0);
}

static void blank_lines_may_end_a_table_but_nothing_may_follow(void **state)
{
	static const struct chunk_facts rows = { .lines = 5, .rows = 5 };
	static const struct chunk_facts ends_blank = { .lines = 6, .rows = 4, .blank_line = 5 };
	static const struct chunk_facts blank = { .lines = 3,
		                                  .blank_line = 1,
		                                  .all_blank = true };
	static const struct {
		const struct chunk_facts *chunks[4];
		uint64_t refused; /* line; 0 = accepted */
	} cases[] = {
		{ { &rows, &rows, &ends_blank }, 0 },
		{ { &rows, &ends_blank, &blank, &blank }, 0 },
		{ { &rows, &blank }, 0 },
		{ { &blank, &blank }, 0 },
		{ { &rows, &ends_blank, &rows }, 11 },
		{ { &ends_blank, &blank, &blank, &rows }, 6 },
		{ { &rows, &blank, &rows }, 7 },
		{ { &blank, &ends_blank }, 2 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct chain_base base = { .lines = 1 };
		enum sluice_status status = SLUICE_OK;
		struct sluice_error err = { 0 };

		for (size_t k = 0; k < 4 && cases[i].chunks[k] && status == SLUICE_OK; k++)
			status = chain_account(&base, cases[i].chunks[k], SLUICE_OK, &err);
		assert_int_equal(status, cases[i].refused ? SLUICE_E_DATA : SLUICE_OK);
		assert_int_equal(err.line, cases[i].refused);
	}
}

static void after_blank_lines_only_what_was_read_speaks_of_them(void **state)
{
	const struct chunk_facts blank = { .lines = 3, .blank_line = 1, .all_blank = true };
	const struct chunk_facts none = { 0 };
	struct chain_base base = { .lines = 1 };
	struct sluice_error err = { .status = SLUICE_E_DATA, .line = 1, .column = 2 };

	(void)state;
	assert_int_equal(chain_account(&base, &blank, SLUICE_OK, &err), SLUICE_OK);
	/* A bad record came behind them. */
	assert_int_equal(chain_account(&base, &none, SLUICE_E_DATA, &err), SLUICE_E_DATA);
	assert_int_equal(err.line, 2);
	assert_non_null(strstr(err.text, "blank line"));
	/* The input broke off: nobody knows what came behind them. */
	err = (struct sluice_error){ .status = SLUICE_E_DATA, .text = "gzip: cut" };
	assert_int_equal(chain_account(&base, &none, SLUICE_E_DATA, &err), SLUICE_E_DATA);
	assert_string_equal(err.text, "gzip: cut");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_turned_into_the_tables),
		cmocka_unit_test(blank_lines_may_end_a_table_but_nothing_may_follow),
		cmocka_unit_test(after_blank_lines_only_what_was_read_speaks_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
