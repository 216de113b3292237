/*
 * The chunker: whole records, nothing lost, the same chunks from a map and from reads, and
 * records as long as the limit and no longer.
 */
#include "unit/unit.h"

#include "cuts.h"
#include "tables.h"

/* Each chunk is records from end to end, and no longer than asked for unless the first is. */
static void assert_whole_records(const struct cuts *c, uint32_t chunk_bytes)
{
	uint32_t begin = 0;
	struct record r;

	for (uint32_t i = 0; i < c->n; begin += c->lens[i++]) {
		const uint32_t len = c->lens[i] - (c->cut && i + 1 == c->n);
		uint32_t at = 0, first = 0;

		for (; at < c->lens[i]; at += r.len) {
			strict_record(c->text.data + begin + at, c->lens[i] - at, ',', &r, NULL,
			              NULL);
			assert_true(r.ended && r.why == REFUSE_NOTHING);
			first = at ? first : r.len;
		}
		assert_true(len <= chunk_bytes || (first > chunk_bytes && len < 2 * first));
	}
}

static void chunks_are_the_text_and_the_same_from_map_and_reads(void **state)
{
	static const uint32_t sizes[] = { 1,   2,    3,     7,     63,      64,      65,
		                          100, 1000, 65535, 65536, 1 << 20, 16 << 20 };
	static struct cuts mapped, read;
	struct chance c = { 21 };

	(void)state;
	for (int round = 0; round < 300; round++) {
		const uint32_t chunk_bytes = sizes[(size_t)round % LENGTH(sizes)];
		const struct taste taste = taste_draw(&c);
		struct buf text = { 0 };
		size_t body;

		if (round % 3 == 0)
			table_bytes(&text, "\xEF\xBB\xBF", 3);
		for (uint32_t i = 0; i < taste.n_cols; i++)
			assert_int_equal(buf_addf(&text, NULL, "%s\"%u\n\"", i ? "," : "", i),
			                 SLUICE_OK);
		table_bytes(&text, "\r\n", 2);
		body = text.len;
		table_records(&text, &c, &taste, chance_below(&c, chunk_bytes > 64 ? 900 : 40));
		cut_up_text(&mapped, text.data, text.len, true, chunk_bytes);
		cut_up_text(&read, text.data, text.len, false, chunk_bytes);
		assert_int_equal(mapped.status, SLUICE_OK);
		assert_int_equal(read.status, SLUICE_OK);
		assert_int_equal(mapped.header.n_cols, taste.n_cols);
		assert_int_equal(mapped.header.lines, taste.n_cols + 1);
		assert_int_equal(mapped.header.bom, round % 3 == 0);
		assert_int_equal(read.header.bom, round % 3 == 0);
		if (text.len > body && text.data[text.len - 1] != '\n') {
			table_bytes(&text, "\n", 1);
			assert_true(mapped.cut && read.cut);
		} else {
			assert_false(mapped.cut || read.cut);
		}
		assert_int_equal(mapped.text.len, text.len - body);
		if (mapped.text.len)
			assert_memory_equal(mapped.text.data, text.data + body,
			                    text.len - body);
		assert_int_equal(read.n, mapped.n);
		assert_memory_equal(read.lens, mapped.lens, sizeof(read.lens));
		assert_whole_records(&mapped, chunk_bytes);
		cuts_free(&mapped);
		cuts_free(&read);
		buf_free(&text);
	}
}

static void whole_records_are_cut_where_no_quote_is_open(void **state)
{
	static const struct {
		const char *text;
		uint32_t cut;
	} cases[] = {
		{ "", 0 },           { "a,b", 0 },           { "a,b\n", 4 },
		{ "a\nb", 2 },       { "a\nb\nc", 4 },       { "\"a\nb", 0 },
		{ "a\n\"b\nc", 2 },  { "a\n\"b\nc\"\n", 8 }, { "a\n\"\"\"\n\"\"\n", 2 },
		{ "\"\"\n\"\n", 3 }, { "\n\n\n", 3 },        { "a\r\n\"\r\n", 3 },
	};

	(void)state;
	for (size_t k = 0; kernels_all[k]; k++) {
		if (!kernels_all[k]->supported())
			continue;
		for (size_t i = 0; i < LENGTH(cases); i++)
			assert_int_equal(cut_records(kernels_all[k],
			                             (const uint8_t *)cases[i].text,
			                             (uint32_t)strlen(cases[i].text)),
			                 cases[i].cut);
	}
}

/* ---- as long as may be ---------------------------------------------------------------- */

/* A table "n\n" of one quoted record of 'len' bytes with its line end, if it has one. */
static void make_record(struct buf *b, uint32_t len, const char *end, bool more)
{
	const uint32_t end_len = (uint32_t)strlen(end);

	b->len = 0;
	table_bytes(b, "n\n", 2);
	if (more)
		table_bytes(b, "short\n", 6);
	assert_int_equal(buf_reserve(b, len, NULL), SLUICE_OK);
	memset(b->data + b->len, 'x', len);
	for (uint32_t i = 77; i < len - 77; i += 1000)
		b->data[b->len + i] = '\n';
	b->data[b->len] = '"';
	b->len += len - end_len;
	b->data[b->len - 1] = '"';
	table_bytes(b, end, end_len);
	if (more)
		table_bytes(b, "short\n", 6);
}

static void a_record_may_be_16_mib_and_not_a_byte_more(void **state)
{
	static const struct {
		uint32_t len; /* line end included */
		const char *end;
		enum sluice_status status;
	} cases[] = {
		{ RECORD_LIMIT, "\n", SLUICE_OK },
		{ RECORD_LIMIT, "\r\n", SLUICE_OK },
		{ RECORD_LIMIT - 1, "\n", SLUICE_OK },
		{ RECORD_LIMIT + 1, "\n", SLUICE_E_DATA },
		{ RECORD_LIMIT - 1, "", SLUICE_OK },
		{ RECORD_LIMIT, "", SLUICE_E_DATA },
		{ RECORD_LIMIT + 50, "", SLUICE_E_DATA },
	};
	static const uint32_t sizes[] = { 1 << 20, 5 << 20, 16 << 20 };
	static struct cuts c;
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		for (unsigned way = 0; way < 12; way++) {
			const bool more = way & 1 && cases[i].end[0], mapped = way & 2;

			make_record(&text, cases[i].len, cases[i].end, more);
			cut_up_text(&c, text.data, text.len, mapped, sizes[way / 4]);
			assert_int_equal(c.status, cases[i].status);
			if (c.status == SLUICE_OK) {
				assert_int_equal(c.text.len, text.len - 2 + !cases[i].end[0]);
			} else {
				assert_int_equal(c.err.line, 1);
				assert_non_null(strstr(c.err.text, "16 MiB"));
			}
			cuts_free(&c);
		}
	}
	buf_free(&text);
}

static void a_header_may_be_16_mib_and_not_a_byte_more(void **state)
{
	static const struct {
		uint32_t len;
		const char *end;
		enum sluice_status status;
	} cases[] = {
		{ RECORD_LIMIT, "\n", SLUICE_OK },
		{ RECORD_LIMIT + 1, "\n", SLUICE_E_DATA },
		{ RECORD_LIMIT - 1, "", SLUICE_OK },
		{ RECORD_LIMIT + 1, "", SLUICE_E_DATA },
		{ 2 * RECORD_LIMIT + 9, "\n", SLUICE_E_DATA },
	};
	static struct cuts c;
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		for (int mapped = 0; mapped < 2; mapped++) {
			make_record(&text, cases[i].len, cases[i].end, false);
			cut_up_text(&c, text.data + 2, text.len - 2, mapped, 1 << 20);
			assert_int_equal(c.status, cases[i].status);
			if (c.status == SLUICE_OK)
				assert_int_equal(c.header.n_cols, 1);
			else
				assert_non_null(strstr(c.err.text, "16 MiB"));
			cuts_free(&c);
		}
	}
	buf_free(&text);
}

static void a_long_record_is_refused_for_what_it_suffers_from(void **state)
{
	static struct cuts c;
	struct buf text = { 0 };

	(void)state;
	make_record(&text, RECORD_LIMIT + 9, "\n", false);
	text.data[1100] = text.data[1200] = '"'; /* the number of quotes stays odd */
	cut_up_text(&c, text.data, text.len, true, 1 << 20);
	assert_int_equal(c.status, SLUICE_E_DATA);
	assert_non_null(strstr(c.err.text, "after a closing quote"));
	cuts_free(&c);
	buf_free(&text);
}

/* ---- the first bytes --------------------------------------------------------------------- */

static void odd_beginnings_are_refused_by_name(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *says;
	} cases[] = {
		{ "", 0, "empty" },
		{ "\xEF\xBB\xBF", 3, "empty" },
		{ "\xFF\xFEn\0\n\0", 6, "UTF-16" },
		{ "\xFE\xFF\0n\0\n", 6, "UTF-16" },
		{ "\xFF\xFE\0\0n\0\0\0", 8, "UTF-16 or UTF-32" },
		{ "\0\0\xFE\xFF\0\0\0n", 8, "UTF-16 or UTF-32" },
		{ "n\0\n\0", 4, "NUL" },
		{ "n\xFF\n5\n", 5, "UTF-8" },
		{ "\nn\n5\n", 5, "blank line" },
		{ "n\r5\n", 4, "carriage return" },
		{ "\"n\n5\n", 5, "never closed" },
	};
	static struct cuts c;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		for (int mapped = 0; mapped < 2; mapped++) {
			cut_up_text(&c, (const uint8_t *)cases[i].text, cases[i].len, mapped,
			            64);
			assert_int_equal(c.status, SLUICE_E_DATA);
			assert_non_null(strstr(c.err.text, cases[i].says));
			assert_int_equal(c.err.line, 1);
			cuts_free(&c);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_are_the_text_and_the_same_from_map_and_reads),
		cmocka_unit_test(whole_records_are_cut_where_no_quote_is_open),
		cmocka_unit_test(a_record_may_be_16_mib_and_not_a_byte_more),
		cmocka_unit_test(a_header_may_be_16_mib_and_not_a_byte_more),
		cmocka_unit_test(a_long_record_is_refused_for_what_it_suffers_from),
		cmocka_unit_test(odd_beginnings_are_refused_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
