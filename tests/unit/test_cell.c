/* A cell is read as its most generous reader would. */
#include "unit.h"

#include "check/cell.h"

static struct cell_view view;
static char text[256]; /* with room to read past the cell */

static const struct cell_view *read_cell(const char *cell)
{
	memset(text, '7', sizeof(text)); /* what is behind the cell must not count */
	memcpy(text, cell, strlen(cell));
	cell_read(&view, (const uint8_t *)text, (uint32_t)strlen(cell));
	return &view;
}

static void kinds_are_airlocks(void **state)
{
	static const struct {
		const char *cell;
		enum cell_kind kind;
		bool integer;
		uint64_t whole;
	} cases[] = {
		{ "", CELL_MISSING, false, 0 },
		{ "  ", CELL_MISSING, false, 0 },
		{ "NULL", CELL_MISSING, false, 0 },
		{ "none", CELL_MISSING, false, 0 },
		{ "N a N", CELL_MISSING, false, 0 },
		{ "[REDACTED]", CELL_REDACTED, false, 0 },
		{ "[ Redacted ]", CELL_REDACTED, false, 0 },
		{ "redacted", CELL_REDACTED, false, 0 },
		{ "NA", CELL_REDACTED, false, 0 },
		{ "N/A", CELL_REDACTED, false, 0 },
		{ "<=7", CELL_REDACTED, false, 0 },
		{ "<= 7", CELL_REDACTED, false, 0 },
		{ "<=5", CELL_TEXT, false, 0 },
		{ "<8", CELL_TEXT, false, 0 },
		{ "*", CELL_TEXT, false, 0 },
		{ "-", CELL_TEXT, false, 0 },
		{ "+", CELL_TEXT, false, 0 },
		{ ".", CELL_TEXT, false, 0 },
		{ "e5", CELL_TEXT, false, 0 },
		{ "1,000", CELL_TEXT, false, 0 },
		{ "7%", CELL_TEXT, false, 0 },
		{ "0x7", CELL_TEXT, false, 0 },
		{ "1_", CELL_TEXT, false, 0 },
		{ "_1", CELL_TEXT, false, 0 },
		{ "1__0", CELL_TEXT, false, 0 },
		{ "1e", CELL_TEXT, false, 0 },
		{ "--1", CELL_TEXT, false, 0 },
		{ "2020-01-01", CELL_TEXT, false, 0 },
		{ "infinite", CELL_TEXT, false, 0 },
		{ "0", CELL_WHOLE, true, 0 },
		{ "7", CELL_WHOLE, true, 7 },
		{ " 7 ", CELL_WHOLE, true, 7 },
		{ "1 000", CELL_WHOLE, true, 1000 },
		{ "007", CELL_WHOLE, true, 7 },
		{ "+7", CELL_WHOLE, true, 7 },
		{ "\t7\r\n", CELL_WHOLE, true, 7 },
		{ "1_000", CELL_WHOLE, true, 1000 },
		{ "\xEF\xBC\x97", CELL_WHOLE, true, 7 },
		{ "\xD9\xA7", CELL_WHOLE, true, 7 },
		{ "7.0", CELL_WHOLE, false, 7 },
		{ "7.", CELL_WHOLE, false, 7 },
		{ "7e0", CELL_WHOLE, false, 7 },
		{ "0.7E1", CELL_WHOLE, false, 7 },
		{ "70e-1", CELL_WHOLE, false, 7 },
		{ "1e+05", CELL_WHOLE, false, 100000 },
		{ "123456789012345", CELL_WHOLE, true, 123456789012345 },
		{ "1325161000000102", CELL_WHOLE, true, 1325161000000102 },
		{ "99999999999999999999999", CELL_WHOLE, true, CELL_HUGE },
		{ "1e300", CELL_WHOLE, false, CELL_HUGE },
		{ "7.5", CELL_DECIMAL, false, 0 },
		{ ".5", CELL_DECIMAL, false, 0 },
		{ "1e-5", CELL_DECIMAL, false, 0 },
		{ "0.5051020408163265", CELL_DECIMAL, false, 0 },
		{ "inf", CELL_DECIMAL, false, 0 },
		{ "-Infinity", CELL_DECIMAL, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct cell_view *c = read_cell(cases[i].cell);

		if (c->kind != cases[i].kind || c->integer != cases[i].integer ||
		    (c->kind == CELL_WHOLE && c->whole != cases[i].whole))
			FAIL("'%s': kind %d, integer %d, %llu\n", cases[i].cell, (int)c->kind,
			     c->integer, (unsigned long long)c->whole);
	}
}

static void signs_and_decimals_are_kept(void **state)
{
	(void)state;
	assert_true(read_cell("-3")->negative);
	assert_int_equal(view.whole, 3);
	assert_false(read_cell("-0")->negative);
	assert_false(read_cell("-x")->negative);
	assert_int_equal(read_cell("2.50")->printed, 2);
	assert_int_equal(view.places, 1);
	assert_true(cell_number(&view) == 2.5L);
	assert_int_equal(read_cell("25e-4")->printed, 4);
	assert_true(read_cell("0.1234567890123456")->exact);
	assert_false(read_cell("0.12345678901234567890123")->exact);
}

static void texts_are_told(void **state)
{
	static const char *const thousands[] = { "1,750", " 24,765,730 ", "1 000 000",
		                                 "1,750.0" };
	static const char *const combined[] = { "12 (3.4%)", "  1,750 (1)", "3(1)", "3 (<1)",
		                                "0 (0.0 %)" };
	static const char *const marks[] = {
		"<8", "<=5", "\xE2\x89\xA4 5", "*", "-", "[R]", "suppressed", "[Redacted by us]"
	};
	static const char *const none[] = { "1,75",   "17,500,1", "12 (3-4)", "45.2 (3)",
		                            "female", "18-24",    "(3)",      "12 ()",
		                            "3,",     "<b>" };
	uint64_t value;
	uint32_t year;

	(void)state;
	for (size_t i = 0; i < LENGTH(thousands); i++)
		assert_true(text_is_thousands((const uint8_t *)thousands[i],
		                              (uint32_t)strlen(thousands[i]), &value));
	for (size_t i = 0; i < LENGTH(combined); i++)
		assert_true(text_is_combined((const uint8_t *)combined[i],
		                             (uint32_t)strlen(combined[i]), &value));
	for (size_t i = 0; i < LENGTH(marks); i++)
		assert_true(
			text_is_mark((const uint8_t *)marks[i], (uint32_t)strlen(marks[i])));
	for (size_t i = 0; i < LENGTH(none); i++) {
		const uint8_t *t = (const uint8_t *)none[i];
		const uint32_t len = (uint32_t)strlen(none[i]);

		if (text_is_thousands(t, len, &value) || text_is_combined(t, len, &value) ||
		    text_is_mark(t, len) || text_is_date(t, len, &year))
			FAIL("'%s' is taken for something\n", none[i]);
	}
	assert_true(text_is_combined((const uint8_t *)"1,750 (48.2)", 12, &value));
	assert_int_equal(value, 1750);
	assert_true(text_is_date((const uint8_t *)"1992-07-01", 10, &year));
	assert_true(text_is_date((const uint8_t *)"01/07/1992", 10, &year));
	assert_int_equal(year, 1992);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_airlocks),
		cmocka_unit_test(signs_and_decimals_are_kept),
		cmocka_unit_test(texts_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
