/*
 * The fast path against a plain walk by the referee: the same fields on the same lines, and
 * the same first offence, whatever the kernel, window, chunk size and feed.
 */
#include "unit/unit.h"

#include "csv/chunk.h"
#include "csv/strict.h"
#include "csv/tokenize.h"
#include "memory_feed.h"
#include "run/chain.h"
#include "tables.h"

/* All that is to be known of a table. */
struct reading {
	struct buf fields; /* "line:bytes" of each, and what ends it */
	enum sluice_status status;
	struct sluice_error err;
};

static void note(struct reading *r, uint64_t line, const uint8_t *text, size_t len, bool last)
{
	assert_int_equal(buf_addf(&r->fields, NULL, "%llu:", (unsigned long long)line),
	                 SLUICE_OK);
	table_bytes(&r->fields, (const char *)text, len);
	table_bytes(&r->fields, last ? "\x1E\n" : "\x1F", last ? 2 : 1);
}

/* ---- the plain walk ------------------------------------------------------------------- */

struct walk {
	const uint8_t *record;
	uint32_t n_cols, col;
	uint64_t line; /* LFs before the record */
	struct reading *r;
};

static void on_field(void *ctx, uint32_t begin, uint32_t end)
{
	struct walk *w = ctx;
	uint64_t line = w->line + 1;

	for (uint32_t i = 0; i < begin; i++)
		line += w->record[i] == '\n';
	w->col++;
	note(w->r, line, w->record + begin, end - begin, w->col == w->n_cols);
}

static bool only_blank_lines(const uint8_t *text, uint32_t len)
{
	uint32_t i = 0;

	while (i < len)
		if (text[i] == '\n')
			i++;
		else if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n')
			i += 2;
		else
			return false;
	return true;
}

/* Counts the fields that end before the offset. */
struct counting {
	size_t offset;
	uint32_t n;
};

static void count_field(void *ctx, uint32_t begin, uint32_t end)
{
	struct counting *c = ctx;

	(void)begin;
	c->n += end < c->offset;
}

static enum sluice_status verdict(struct walk *w, const struct record *rec, uint32_t left)
{
	struct sluice_error *err = &w->r->err;
	const uint64_t line = w->line + 1;
	const size_t ok = utf8_prefix(w->record, rec->len);
	struct counting before = { .offset = ok };
	struct record again;
	uint64_t at = line;

	if (rec->blank)
		return only_blank_lines(w->record, left) ? SLUICE_OK
		                                         : refuse(err, REFUSE_BLANK, line, 1);
	if (ok != rec->len) {
		for (size_t i = 0; i < ok; i++)
			at += w->record[i] == '\n';
		strict_record(w->record, left, ',', &again, count_field, &before);
		return refuse(err, REFUSE_UTF8, at, before.n + 1);
	}
	if (rec->why)
		return refuse(err, rec->why, line + rec->why_line, rec->why_field);
	if (rec->n_fields != w->n_cols)
		return fail_at(err, SLUICE_E_DATA, line,
		               (rec->n_fields < w->n_cols ? rec->n_fields : w->n_cols) + 1,
		               "%u fields", rec->n_fields);
	return SLUICE_OK;
}

/* Read the records text[0..len), which follow a header of one line. */
static void walk(struct reading *r, const uint8_t *text, uint32_t len, uint32_t n_cols)
{
	struct walk w = { .n_cols = n_cols, .line = 1, .r = r };
	struct record rec;

	for (uint32_t at = 0; at < len && r->status == SLUICE_OK; at += rec.len) {
		w.record = text + at;
		w.col = 0;
		strict_record(w.record, len - at, ',', &rec, NULL, NULL);
		r->status = verdict(&w, &rec, len - at);
		if (r->status != SLUICE_OK || rec.blank)
			return;
		strict_record(w.record, len - at, ',', &rec, on_field, &w);
		w.line += rec.lines;
	}
}

/* ---- the fast path --------------------------------------------------------------------- */

struct way {
	const struct kernels *kernels;
	uint32_t window, chunk_bytes;
	bool mapped;
};

static enum sluice_status read_chunk(struct reading *r, struct tokenizer *t, struct batch *b,
                                     const struct chunk *chunk, struct chain_base *base)
{
	const size_t before = r->fields.len;
	const bool blank = base->blank_line;
	struct chunk_facts facts;
	enum sluice_status status;
	bool more = true;

	tokenizer_begin(t, chunk->text, chunk->len, chunk->cut);
	for (;;) {
		status = tokenizer_next(t, b, &more, &r->err);
		if (status != SLUICE_OK || !more)
			break;
		assert_true(b->n_rows > 0 && b->n_scanned == b->n_rows && !b->rows);
		for (uint32_t row = 0; row < b->n_rows; row++)
			for (uint32_t col = 0; col < b->n_cols; col++) {
				const struct field f = batch_field(b, row, col);

				note(r, base->lines + batch_line(b, row, col), f.text, f.len,
				     col + 1 == b->n_cols);
			}
	}
	facts = (struct chunk_facts){ .lines = t->lines,
		                      .rows = t->rows,
		                      .blank_line = t->blank_line,
		                      .all_blank = t->all_blank };
	status = chain_account(base, &facts, status, &r->err);
	if (blank && status != SLUICE_OK)
		r->fields.len = before; /* the offence was in a chunk before this one */
	return status;
}

static void read_fast(struct reading *r, const struct way *way, const uint8_t *text, size_t len,
                      uint32_t n_cols)
{
	struct memory memory;
	const struct feed feed = memory_feed(&memory, text, len, way->mapped);
	struct chain_base base = { .lines = 1 };
	struct tokenizer t;
	struct chunker chunker;
	struct chunk chunk = { 0 };
	struct header h = { 0 };
	struct batch b = { 0 };
	bool more = true;

	chunker_init(&chunker, &feed, way->kernels, ',', way->chunk_bytes);
	assert_int_equal(chunker_header(&chunker, &h, NULL), SLUICE_OK);
	assert_int_equal(h.n_cols, n_cols);
	assert_int_equal(tokenizer_init(&t, way->kernels, ',', n_cols, way->window, NULL),
	                 SLUICE_OK);
	while (r->status == SLUICE_OK && more) {
		r->status = chunker_next(&chunker, &chunk, &more, &r->err);
		assert_int_equal(r->status, SLUICE_OK);
		if (more)
			r->status = read_chunk(r, &t, &b, &chunk, &base);
	}
	tokenizer_free(&t);
	chunker_free(&chunker);
	header_free(&h);
	buf_free(&chunk.own);
	batch_free(&b);
}

/* ---- one against the other ---------------------------------------------------------------- */

static void compare(const struct reading *got, const struct reading *want,
                    const struct way *way, const struct buf *text)
{
	if (got->status == want->status && got->fields.len == want->fields.len &&
	    !memcmp(got->fields.data, want->fields.data, got->fields.len) &&
	    got->err.line == want->err.line && got->err.column == want->err.column)
		return;
	print_error("%.*s\n", text->len < 2000 ? (int)text->len : 2000, text->data);
	FAIL("%s, window %u, chunk %u, %s: %d at %llu:%u '%s', not %d at %llu:%u '%s'\n",
	     way->kernels->name, way->window, way->chunk_bytes, way->mapped ? "map" : "read",
	     (int)got->status, (unsigned long long)got->err.line, got->err.column,
	     got->err.text, (int)want->status, (unsigned long long)want->err.line,
	     want->err.column, want->err.text);
}

static void compare_all_ways(const struct buf *text, uint32_t n_cols, struct chance *c)
{
	static const uint32_t windows[] = { 64, 128, 4096, 131072 };
	static const uint32_t chunks[] = { 1, 2, 13, 64, 100, 1000, 65536, 1 << 20 };
	const uint8_t *body = memchr(text->data, '\n', text->len);
	const uint32_t head = (uint32_t)(body - text->data) + 1;
	struct reading want = { 0 };

	walk(&want, text->data + head, (uint32_t)text->len - head, n_cols);
	table_bytes(&want.fields, "", 1); /* so that there is something to compare */
	for (size_t k = 0; kernels_all[k]; k++)
		for (size_t w = 0; kernels_all[k]->supported() && w < LENGTH(windows); w++)
			for (int mapped = 0; mapped < 2; mapped++) {
				const struct way way = {
					kernels_all[k], windows[w],
					chunks[chance_below(c, LENGTH(chunks))], mapped
				};
				struct reading got = { 0 };

				read_fast(&got, &way, text->data, text->len, n_cols);
				table_bytes(&got.fields, "", 1);
				compare(&got, &want, &way, text);
				buf_free(&got.fields);
			}
	buf_free(&want.fields);
}

static void add_header(struct buf *b, uint32_t n_cols)
{
	for (uint32_t i = 0; i < n_cols; i++)
		assert_int_equal(buf_addf(b, NULL, "%sc%u", i ? "," : "", i), SLUICE_OK);
	table_bytes(b, "\n", 1);
}

static void good_tables_are_read_alike(void **state)
{
	struct chance c = { 11 };

	(void)state;
	for (int round = 0; round < 250; round++) {
		const struct taste taste = taste_draw(&c);
		struct buf text = { 0 };

		add_header(&text, taste.n_cols);
		table_records(&text, &c, &taste, chance_below(&c, round % 8 ? 40 : 1000));
		for (uint32_t n = chance_below(&c, 8); n > 5 && !taste.cut; n--)
			table_bytes(&text, n % 2 ? "\n" : "\r\n", n % 2 ? 1 : 2);
		compare_all_ways(&text, taste.n_cols, &c);
		buf_free(&text);
	}
}

static void broken_tables_have_the_same_first_offence(void **state)
{
	struct chance c = { 12 };

	(void)state;
	for (int round = 0; round < 2000; round++) {
		const struct taste taste = taste_draw(&c);
		struct buf text = { 0 };
		size_t head;

		add_header(&text, taste.n_cols);
		head = text.len;
		table_records(&text, &c, &taste, chance_below(&c, 40));
		for (uint32_t n = chance_below(&c, 3); n < 3; n++)
			table_spoil(text.data + head, text.len - head, &c);
		compare_all_ways(&text, taste.n_cols, &c);
		buf_free(&text);
	}
}

static void short_texts_of_few_letters_are_read_alike(void **state)
{
	struct chance c = { 13 };

	(void)state;
	for (int round = 0; round < 8000; round++) {
		const uint32_t n_cols = 1 + chance_below(&c, 2);
		struct buf text = { 0 };
		uint8_t body[160];
		const uint32_t len = chance_below(&c, round % 4 ? 16 : sizeof(body));

		add_header(&text, n_cols);
		chance_text(&c, body, len, "\n\n\r\na,\"\"\"\na,,a\n\xC3\xA9", 17);
		table_bytes(&text, (const char *)body, len);
		compare_all_ways(&text, n_cols, &c);
		buf_free(&text);
	}
}

/* The index has room for what is left of a record that is much wider than the window. */
static void records_of_many_columns_are_read_alike(void **state)
{
	static const uint32_t widths[] = { 130, 300, 2000 };
	struct chance c = { 14 };

	(void)state;
	for (size_t i = 0; i < LENGTH(widths); i++) {
		struct taste taste = { .n_cols = widths[i], .longest = 2 };

		for (int round = 0; round < 4; round++) {
			struct buf text = { 0 };

			taste.quoted = (uint32_t)round;
			add_header(&text, taste.n_cols);
			table_records(&text, &c, &taste, 5);
			compare_all_ways(&text, taste.n_cols, &c);
			buf_free(&text);
		}
	}
}

/* Where, and with which words. */
static void each_refusal_has_its_place(void **state)
{
	static const struct {
		const char *body;
		uint32_t len;
		uint64_t line;
		uint32_t column;
		const char *says;
	} cases[] = {
		{ "a,b\na\"c,d\n", 10, 3, 1, "quote inside" },
		{ "a,b\nc,\"d\"x\n", 11, 3, 2, "after a closing quote" },
		{ "a,b\n\"x\ny,z\n", 11, 3, 1, "never closed" },
		{ "a,b\nc\n", 6, 3, 2, "1 field where the header has 2" },
		{ "a,b\nc,d,e\n", 10, 3, 3, "3 fields where the header has 2" },
		{ "\"a\n\n\",b\n\"\n\",c,\n", 16, 5, 3, "3 fields where" },
		{ "a,b\nc\rd,e\n", 10, 3, 1, "carriage return" },
		{ "a,b\nc,d\r", 8, 3, 2, "carriage return" },
		{ "a,b\nc,d\0\n", 9, 3, 2, "NUL" },
		{ "a,b\nc,\xFF\n", 8, 3, 2, "not valid UTF-8" },
		{ "a,b\n\"c\n\n\xC3\",d\n", 14, 5, 1, "not valid UTF-8" },
		{ "a,b\n\n\nc,d\n", 10, 3, 1, "blank line before the last" },
		{ "a,b\n\r\nc,d\n", 10, 3, 1, "blank line before the last" },
		{ "\na,b\n", 5, 2, 1, "blank line before the last" },
		{ "a,b\n\n\r", 6, 3, 1, "blank line before the last" },
		{ "a,b\n\r", 5, 3, 1, "carriage return" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct way way = { kernels_pick(NULL), 64, 1 << 20, true };
		struct reading got = { 0 };
		struct buf text = { 0 };

		add_header(&text, 2);
		table_bytes(&text, cases[i].body, cases[i].len);
		read_fast(&got, &way, text.data, text.len, 2);
		assert_int_equal(got.status, SLUICE_E_DATA);
		assert_int_equal(got.err.line, cases[i].line);
		assert_int_equal(got.err.column, cases[i].column);
		assert_non_null(strstr(got.err.text, cases[i].says));
		buf_free(&text);
		buf_free(&got.fields);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_tables_are_read_alike),
		cmocka_unit_test(broken_tables_have_the_same_first_offence),
		cmocka_unit_test(short_texts_of_few_letters_are_read_alike),
		cmocka_unit_test(records_of_many_columns_are_read_alike),
		cmocka_unit_test(each_refusal_has_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
