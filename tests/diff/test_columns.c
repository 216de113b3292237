/*
 * Tables judged column by column against the same ones row by row, which is the definition: the
 * same findings, the same facts.  And plain numbers against what cell.h reads.
 */
#include "unit/unit.h"

#include "chance.h"
#include "check/numbers.h"
#include "run/inspect.h"

#include <math.h>

/* ---- cells ------------------------------------------------------------------------------------ */

static void one_text(const uint8_t *text, uint32_t len)
{
	struct glance g = { 0 };
	struct cell_view c;
	uint32_t value = 0, point = 0;

	cell_read(&c, text, len);
	if (plain_whole(text, len, &value)) {
		if (c.kind != CELL_WHOLE || c.whole != value || !c.integer || !c.exact ||
		    c.negative || c.printed)
			FAIL("'%.*s' is not %u\n", (int)len, (const char *)text, value);
	} else if (plain_decimal(text, len, &value, &point)) {
		if (c.kind != CELL_DECIMAL || !c.exact || c.negative || c.integer ||
		    (uint64_t)cell_number(&c) != value || text[point] != '.')
			FAIL("'%.*s' is no plain decimal\n", (int)len, (const char *)text);
	} else {
		assert_false(glance_number(&g, text, len));
		return;
	}
	assert_true(glance_number(&g, text, len));
	assert_int_equal(g.is, GLANCE_NUMBER);
	assert_int_equal(g.decimals, c.printed);
	if (fabsl((long double)g.value - cell_number(&c)) > 1e-15L * cell_number(&c))
		FAIL("'%.*s' is not %.17g\n", (int)len, (const char *)text, g.value);
}

/* Digits with a point somewhere, and sometimes a byte that does not belong there. */
static void numbers_are_those_of_the_definition(void **state)
{
	static const char strays[] = "0123456789..--++eE _,/:x\t\"\x7f\x80\xff";
	struct chance c = { 1 };
	uint8_t text[64];
	uint32_t plain = 0;

	(void)state;
	for (int i = 0; i < 2000000; i++) {
		const uint32_t len = chance_below(&c, 24);
		struct glance g;

		memset(text, "7.x\xff"[i % 4],
		       sizeof(text)); /* what is behind does not count */
		chance_text(&c, text, len, "0123456789", chance_below(&c, 4) ? 10 : 1);
		if (len && chance_below(&c, 3))
			text[chance_below(&c, chance_below(&c, 2) ? len : 1 + len / 3)] = '.';
		if (len && !chance_below(&c, 4))
			text[chance_below(&c, len)] =
				(uint8_t)strays[chance_below(&c, sizeof(strays) - 1)];
		one_text(text, len);
		plain += glance_number(&g, text, len);
	}
	assert_true(plain > 500000); /* it is not all strays */
}

/* ---- tables ------------------------------------------------------------------------------------- */

static const char *const names[] = {
	"n",         "numerator", "denominator", "ratio",       "percent", "total",
	"sex",       "age",       "year",        "interval",    "share",   "dose",
	"rate",      "code",      "mean",        "count_mid",   "region",  "imd10",
	"deaths",    "key",       "birth_date",  "row",         "x",       "is_case",
	"practices", "name",      "registered",  "n_midpoint6", "value",   "median",
};

/* Columns are of these kinds; some cells of each are of another. */
enum {
	GROUP,
	FIVES,
	RAW,
	SMALL,
	MIDPOINTS,
	DECIMALS,
	PERCENTS,
	DATES,
	KEYS,
	NHS,
	RATIO,
	NUMBERING,
	ODD,
	N_KINDS
};

struct made {
	struct chance c;
	struct buf text;
	uint32_t n_cols, kinds[12];
	uint64_t parts[2]; /* the row's last two counts */
	uint32_t row;
};

static void say(struct made *m, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void say(struct made *m, const char *fmt, ...)
{
	char text[128];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	assert_int_equal(buf_add(&m->text, text, strlen(text), NULL), SLUICE_OK);
}

static void odd_cell(struct made *m)
{
	static const char *const cells[] = {
		"",
		"[REDACTED]",
		"NA",
		"<8",
		"\"1,750\"",
		"3 (1.2%)",
		"007",
		"3.0",
		"0.0",
		"7.50",
		"1e3",
		"-5",
		"+5",
		" 5",
		"5.",
		".5",
		"999999999",
		"123456789012",
		"12345678901234567890",
		"0.5",
		"=1+1",
		"A81001",
		"E02000001",
		"\"a \"\"b\"\" c\"",
		"\"5\"",
		"\"0.25\"",
		"null",
		"nan",
		"7.0000000000000000001",
		"6.9999999999999999",
		"2024-02-31",
		"01/02/1950",
		"18446744073709551615",
		"x",
		"99999999",
		"100000000",
		"1_000",
		"\xd9\xa3",
		"0",
		"7",
		"8",
		"1234567.5",
		"12345678.5",
		"a text that is longer than sixteen bytes",
		"1111111111",
		"500",
		"501",
		"111111111111",
		"+1234567.12345678",
		"+1234567x12345678",
		"inf",
		"..",
	};

	say(m, "%s", cells[chance_below(&m->c, LENGTH(cells))]);
}

static void count(struct made *m, uint64_t value)
{
	m->parts[0] = m->parts[1];
	m->parts[1] = value;
	say(m, "%llu", (unsigned long long)value);
}

static void one_cell(struct made *m, uint32_t kind)
{
	static const char *const groups[] = {
		"F", "M", "North East", "\"Yorkshire, the Humber\"", "0-17", "1", "2"
	};
	const uint64_t a = m->parts[0], b = m->parts[1] ? m->parts[1] : 1;
	const uint32_t chance = chance_below(&m->c, 1000);

	if (!chance_below(&m->c, 60))
		kind = ODD;
	switch (kind) {
	case GROUP: say(m, "%s", groups[m->row / (1 + kind) % LENGTH(groups)]); break;
	case FIVES: count(m, chance < 100 ? 0 : chance * 5 * (1 + chance % 7 * 1000)); break;
	case RAW: count(m, chance * chance_below(&m->c, 90000)); break;
	case SMALL: count(m, chance % 12); break;
	case MIDPOINTS: count(m, chance < 100 ? 0 : chance * 6 + 3); break;
	case DECIMALS:
		say(m, "%.*f", (int)(chance % 12), chance_below(&m->c, 100000) / 977.0);
		break;
	case PERCENTS: say(m, "%.1f", 100.0 * (double)a / (double)b); break;
	case DATES: say(m, "%u-0%u-11", 1930 + chance % 90, 1 + chance % 9); break;
	case KEYS: say(m, "%u", 100000 + m->row * 7919 % 900000); break;
	case NHS: say(m, "9434765919"); break;
	case RATIO:
		if (chance < 10)
			say(m, "%.17g", (double)a / (double)b * (1 + 1e-13));
		else if (chance < 980)
			say(m, "%.17g", (double)a / (double)b);
		else
			say(m, "%.3f", (double)(a + 1) / (double)b);
		break;
	case NUMBERING: say(m, "%u", m->row + 1); break;
	default: odd_cell(m);
	}
}

/* What is unusual in a few tables: line ends in quotes, CRLF, a row that is not one. */
static void one_table(struct made *m, uint64_t seed)
{
	const uint32_t n_rows = (uint32_t)(seed % 5 ? seed % 97 : seed % 4000);
	const bool wrapped = seed % 7 == 0, crlf = seed % 11 == 0, ragged = seed % 13 == 0;
	const bool measures = seed % 3 == 0; /* as ehrQL has them, and more */

	m->c.state = seed;
	m->text.len = 0;
	m->n_cols = 1 + chance_below(&m->c, LENGTH(m->kinds));
	if (measures)
		m->n_cols += m->n_cols < 3 ? 3 : 0;
	for (uint32_t i = 0; i < m->n_cols; i++) {
		m->kinds[i] = chance_below(&m->c, N_KINDS);
		if (measures && i < 3) {
			m->kinds[i] = i < 2 ? FIVES : RATIO;
			say(m, "%s%s", i ? "," : "", names[1 + i]);
			continue;
		}
		say(m, "%s%s%.0u", i ? "," : "", names[chance_below(&m->c, LENGTH(names))],
		    chance_below(&m->c, 2) ? i : 0);
	}
	say(m, crlf ? "\r\n" : "\n");
	for (m->row = 0; m->row < n_rows; m->row++) {
		for (uint32_t i = 0; i < m->n_cols; i++) {
			say(m, i ? "," : "");
			if (wrapped && !chance_below(&m->c, 400))
				say(m, "\"two\nlines\"");
			else
				one_cell(m, m->kinds[i]);
		}
		if (ragged && !chance_below(&m->c, 300))
			say(m, ",");
		if (m->row + 1 < n_rows || seed % 3)
			say(m, crlf ? "\r\n" : "\n");
	}
}

/* All but the few values, whose order is nobody's business. */
static void same_facts(const struct facts *a, const struct facts *b, uint64_t seed,
                       uint32_t col)
{
	struct facts x = *a, y = *b;

	memset(x.few, 0, sizeof(x.few));
	memset(y.few, 0, sizeof(y.few));
	if (memcmp(&x, &y, sizeof(x)) != 0)
		FAIL("table %llu: column %u is something else\n", (unsigned long long)seed,
		     col);
}

static void same(const struct inquiry *a, const struct inquiry *b, uint64_t seed)
{
	if (a->n_findings != b->n_findings || a->rows != b->rows || a->n_cols != b->n_cols ||
	    a->refused != b->refused || a->unread.line != b->unread.line)
		FAIL("table %llu: %u findings and %u\n", (unsigned long long)seed,
		     a->n_findings, b->n_findings);
	for (uint32_t i = 0; i < a->n_findings; i++) {
		const struct finding *x = a->findings[i], *y = b->findings[i];

		if (x->check != y->check || x->shown.line != y->shown.line ||
		    x->shown.column != y->shown.column || x->shown.places != y->shown.places ||
		    x->shown.severity != y->shown.severity || strcmp(x->text, y->text) != 0)
			FAIL("table %llu: '%s' in line %llu, %llu places, and '%s' in line "
			     "%llu, "
			     "%llu places\n",
			     (unsigned long long)seed, x->text,
			     (unsigned long long)x->shown.line,
			     (unsigned long long)x->shown.places, y->text,
			     (unsigned long long)y->shown.line,
			     (unsigned long long)y->shown.places);
	}
	for (uint32_t col = 0; col < a->n_cols; col++)
		same_facts(&a->facts[col], &b->facts[col], seed, col);
}

static void both_ways(struct made *m, const struct terms *terms, uint64_t seed,
                      uint64_t found[STATES_MAX])
{
	struct inspection slow = { .by_rows = true }, fast = { 0 };
	const struct at_hand file = { &m->text, m->text.len };
	struct sluice_error err;

	assert_int_equal(inspect_at_hand(&slow, terms, "t.csv", &file, &err), SLUICE_OK);
	assert_int_equal(inspect_at_hand(&fast, terms, "t.csv", &file, &err), SLUICE_OK);
	same(&slow.q, &fast.q, seed);
	for (uint32_t i = 0; i < slow.q.n_findings; i++)
		found[slow.q.findings[i]->check]++;
	inspect_free(&slow);
	inspect_free(&fast);
}

static void tables_are_judged_alike(void **state)
{
	static const struct sluice_ratio ratios[] = {
		{ "percent", "n", "total", 100 }, { "rate", "deaths", "registered", 1000 }
	};
	static const char *const settings[][3] = { { NULL, NULL, NULL },
		                                   { "none", "1", NULL },
		                                   { "500", "5", NULL },
		                                   { "0", "6", "midpoint" },
		                                   { "999999999999999", "1000000", NULL } };
	static const char *const seen[] = { "small-count",   "rounding",   "ratio",
		                            "mixed",         "unique-key", "formula",
		                            "birth-date",    "place",      "combined",
		                            "duplicate-rows" };
	uint64_t found[STATES_MAX] = { 0 };
	struct made m = { 0 };

	(void)state;
	for (uint64_t seed = 1; seed <= 4000; seed++) {
		struct sluice_check_options o = SLUICE_CHECK_OPTIONS_INIT;
		struct terms terms;

		o.threshold = settings[seed % LENGTH(settings)][0];
		o.round_to = settings[seed % LENGTH(settings)][1];
		o.rounding = settings[seed % LENGTH(settings)][2];
		o.ratios = ratios;
		o.n_ratios = seed % 2 ? LENGTH(ratios) : 0;
		assert_int_equal(terms_settle(&terms, &o, NULL), SLUICE_OK);
		one_table(&m, seed);
		both_ways(&m, &terms, seed, found);
	}
	for (size_t i = 0; i < LENGTH(seen); i++) /* else the tables are too tame */
		if (!found[check_number(seen[i], strlen(seen[i]))])
			FAIL("no table was refused for '%s'\n", seen[i]);
	buf_free(&m.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_the_definition),
		cmocka_unit_test(tables_are_judged_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
