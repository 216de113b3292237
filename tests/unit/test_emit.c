/* What leaves: untouched bytes as they are, cells in between, one line end for all. */
#include "tokenized.h"

#include "csv/emit.h"
#include "tables.h"

#define RUN(a, b)        \
	{                \
		-1, a, b \
	}
#define CELL(s)         \
	{               \
		s, 0, 0 \
	}

#define LONG "long text that is longer than one vector, and even than the longest of them all"

/* Slots 0 and 1 hold "S0" with the row's letter, and a long text or nothing. */
static void assert_emitted_by(const struct kernels *kernels, struct emitter e, const char *text,
                              uint32_t n_cols, bool cut, const char *want)
{
	struct tokenized z;
	struct buf out = { 0 };

	e.kernels = kernels;
	tokenized_begin(&z, text, n_cols, cut);
	tokenized_touch(&z, 2);
	for (uint32_t i = 0; i < z.b.n_rows; i++) {
		char cell[] = { 'S', '0', (char)('a' + i), '\0' };

		tokenized_cell(&z, 0, i, cell, 0);
		tokenized_cell(&z, 1, i, i % 2 ? "" : LONG, 0);
	}
	assert_int_equal(buf_add(&out, "before\n", 7, NULL), SLUICE_OK);
	assert_int_equal(emit(&e, &z.b, &out, NULL), SLUICE_OK);
	assert_int_equal(out.len, strlen(want) + 7);
	assert_memory_equal(out.data, "before\n", 7);
	assert_memory_equal(out.data + 7, want, out.len - 7);
	buf_free(&out);
	tokenized_end(&z);
}

static void assert_emitted(const char *text, uint32_t n_cols, bool cut,
                           const struct stretch *stretches, uint32_t n, bool crlf,
                           const char *want)
{
	struct stretch copy[4];
	const bool lone =
		n == 1 && (stretches[0].slot >= 0 || stretches[0].first == stretches[0].last);
	const struct emitter e = { .stretches = copy,
		                   .n_stretches = n,
		                   .delimiter = ',',
		                   .crlf = crlf,
		                   .lone = lone };

	memcpy(copy, stretches, n * sizeof(*copy));
	for (size_t k = 0; kernels_all[k]; k++)
		if (kernels_all[k]->supported())
			assert_emitted_by(kernels_all[k], e, text, n_cols, cut, want);
}

static void runs_and_cells_make_records(void **state)
{
	static const struct {
		const char *text;
		struct stretch stretches[4];
		uint32_t n;
		const char *want;
	} cases[] = {
		{ "a,b,c\nd,e,f\n", { RUN(0, 2) }, 1, "a,b,c\nd,e,f\n" },
		{ "a,b,c\nd,e,f\n", { RUN(0, 0), RUN(2, 2) }, 2, "a,c\nd,f\n" },
		{ "a,b,c\nd,e,f\n", { RUN(1, 2) }, 1, "b,c\ne,f\n" },
		{ "a,b,c\nd,e,f\n",
		  { RUN(0, 0), CELL(0), RUN(2, 2) },
		  3,
		  "a,S0a,c\nd,S0b,f\n" },
		{ "a,b,c\nd,e,f\n", { CELL(1), RUN(0, 1) }, 2, LONG ",a,b\n,d,e\n" },
		{ "a,b,c\nd,e,f\n",
		  { RUN(1, 1), CELL(0), CELL(1) },
		  3,
		  "b,S0a," LONG "\ne,S0b,\n" },
		{ "a,b,c\nd,e,f\n", { CELL(0) }, 1, "S0a\nS0b\n" },
		{ "a,b,c\nd,e,f\n", { CELL(1) }, 1, LONG "\n\"\"\n" },
		{ "a,,c\nd,e,f\n", { RUN(1, 1) }, 1, "\"\"\ne\n" },
		{ "a,,\n,,f\n", { RUN(1, 2) }, 1, ",\n,f\n" },
		{ ",\"\",c\n,\"x\n,\"\"\",f\n", { RUN(0, 1) }, 1, ",\"\"\n,\"x\n,\"\"\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_emitted(cases[i].text, 3, false, cases[i].stretches, cases[i].n, false,
		               cases[i].want);
}

static void line_ends_are_the_emitters_and_not_the_inputs(void **state)
{
	static const struct stretch all = RUN(0, 1), last = RUN(1, 1), first = RUN(0, 0);
	static const struct {
		const char *text;
		bool cut, crlf;
		const struct stretch *stretch;
		const char *want;
	} cases[] = {
		{ "a,b\r\nc,d\n", false, false, &all, "a,b\nc,d\n" },
		{ "a,b\r\nc,d\n", false, true, &all, "a,b\r\nc,d\r\n" },
		{ "a,b\r\nc,d", true, true, &all, "a,b\r\nc,d\r\n" },
		{ "a,b\nc,", true, false, &all, "a,b\nc,\n" },
		{ "a,b\r\nc,\r\n", false, false, &last, "b\n\"\"\n" },
		{ "a,\"b\r\"\r\n,d\r\n", false, true, &last, "\"b\r\"\r\nd\r\n" },
		{ "a,b\r\n,d\r\n", false, true, &first, "a\r\n\"\"\r\n" },
		{ "\"a\r\n\",b\r\nc,\"\r\n\"\n", false, false, &all,
		  "\"a\r\n\",b\nc,\"\r\n\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_emitted(cases[i].text, 2, cases[i].cut, cases[i].stretch, 1,
		               cases[i].crlf, cases[i].want);
}

static void a_field_is_quoted_only_where_it_must_be(void **state)
{
	static const struct {
		const char *text, *want;
		uint8_t delimiter;
	} cases[] = {
		{ "", "", ',' },
		{ "abc", "abc", ',' },
		{ " a ", " a ", ',' },
		{ "a;b", "a;b", ',' },
		{ "a;b", "\"a;b\"", ';' },
		{ "a,b", "\"a,b\"", ',' },
		{ "a,b", "a,b", '\t' },
		{ "\"", "\"\"\"\"", ',' },
		{ "a\"b", "\"a\"\"b\"", ',' },
		{ "a\nb", "\"a\nb\"", ',' },
		{ "a\rb", "\"a\rb\"", ',' },
		{ "\xC3\xA9", "\xC3\xA9", ',' },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct buf out = { 0 };

		assert_int_equal(emit_field(&out, cases[i].text, strlen(cases[i].text),
		                            cases[i].delimiter, NULL),
		                 SLUICE_OK);
		assert_int_equal(out.len, strlen(cases[i].want));
		if (out.len)
			assert_memory_equal(out.data, cases[i].want, out.len);
		buf_free(&out);
	}
}

/* ---- any table, any stretches, any rows ------------------------------------------------ */

static void add_field(struct buf *out, const struct batch *b, uint32_t row, uint32_t col)
{
	const struct field f = batch_field(b, row, col);

	table_bytes(out, (const char *)f.text, f.len);
}

/* The same records, field by field. */
static void emit_plainly(const struct emitter *e, const struct batch *b, struct buf *out)
{
	for (uint32_t i = 0; i < b->n_rows; i++) {
		const size_t before = out->len;

		for (uint32_t k = 0; k < e->n_stretches; k++) {
			const struct stretch *s = &e->stretches[k];

			if (k)
				table_bytes(out, (const char *)&e->delimiter, 1);
			if (s->slot >= 0) {
				const struct cell c = b->columns[s->slot].cell[i];

				table_bytes(out, (const char *)b->scratch.data + c.off, c.len);
			}
			for (uint32_t col = s->first; s->slot < 0 && col <= s->last; col++) {
				if (col > s->first)
					table_bytes(out, ",", 1);
				add_field(out, b, batch_row(b, i), col);
			}
		}
		if (e->lone && out->len == before)
			table_bytes(out, "\"\"", 2);
		table_bytes(out, &"\r\n"[!e->crlf], 1 + e->crlf);
	}
}

static uint32_t draw_stretches(struct chance *c, struct stretch *s, uint32_t n_cols)
{
	uint32_t n = 0;

	for (uint32_t col = 0; col < n_cols && n < 8;) {
		const uint32_t last = col + chance_below(c, n_cols - col);

		s[n++] = (struct stretch){ (int32_t)chance_below(c, 4) - 2, col, last };
		if (s[n - 1].slot < 0)
			s[n - 1].slot = -1;
		col = last + 1 + chance_below(c, 2);
	}
	return n;
}

static void whatever_is_emitted_is_what_its_fields_are(void **state)
{
	struct chance c = { 61 };
	static uint32_t rows[512];

	(void)state;
	for (int round = 0; round < 600; round++) {
		struct taste taste = taste_draw(&c);
		struct stretch stretches[8];
		struct emitter e = { .stretches = stretches, .delimiter = ',' };
		struct buf text = { 0 }, want = { 0 };
		uint32_t n_rows = 1 + chance_below(&c, 150);
		struct tokenized z;

		taste.cut = false;
		table_records(&text, &c, &taste, n_rows);
		table_bytes(&text, "", 1);
		tokenized_begin(&z, (const char *)text.data, taste.n_cols, false);
		assert_int_equal(z.b.n_rows, n_rows);
		tokenized_touch(&z, 2);
		for (uint32_t i = 0; i < 2 * n_rows; i++)
			tokenized_cell(&z, i % 2, i / 2, &LONG[chance_below(&c, sizeof(LONG))],
			               0);
		e.n_stretches = draw_stretches(&c, stretches, taste.n_cols);
		e.crlf = chance_below(&c, 2);
		e.lone = e.n_stretches == 1 &&
		         (stretches[0].slot >= 0 || stretches[0].first == stretches[0].last);
		if (round % 2) { /* some of the rows */
			z.b.rows = rows;
			z.b.n_rows = 0;
			for (uint32_t i = 0; i < n_rows; i++)
				if (chance_below(&c, 3))
					rows[z.b.n_rows++] = i;
		}
		emit_plainly(&e, &z.b, &want);
		table_bytes(&want, "", 1);
		for (size_t k = 0; kernels_all[k]; k++) {
			struct buf out = { 0 };

			if (!kernels_all[k]->supported())
				continue;
			e.kernels = kernels_all[k];
			assert_int_equal(emit(&e, &z.b, &out, NULL), SLUICE_OK);
			assert_int_equal(out.len, want.len - 1);
			assert_memory_equal(out.data, want.data, out.len);
			buf_free(&out);
		}
		tokenized_end(&z);
		buf_free(&text);
		buf_free(&want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_and_cells_make_records),
		cmocka_unit_test(line_ends_are_the_emitters_and_not_the_inputs),
		cmocka_unit_test(a_field_is_quoted_only_where_it_must_be),
		cmocka_unit_test(whatever_is_emitted_is_what_its_fields_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
