/* A cut is where a record ends, whatever stands in quotes: judged by reading byte by byte. */
#include "io_unit.h"

#include "csv/strict.h"

#include <sluice.h>

static uint32_t seed = 12345;

static uint32_t next_random(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* Records of two fields, most of them with line ends and doubled quotes inside. */
static void make_table(struct buf *b, uint32_t records)
{
	static const char *const bits[] = { "\n", "\r\n", "\"\"", ",", "x", "\n\n", "F,3\n" };

	add_text(b, "\"a\nb\",n\n");
	for (uint32_t i = 0; i < records; i++) {
		add_text(b, "\"");
		for (uint32_t k = next_random(60); k; k--)
			add_text(b, bits[next_random(LENGTH(bits))]);
		add_text(b, next_random(9) ? "\",7\n" : "\",8\r\n");
	}
}

/* Whether 'at' is where a record begins, or the end; and on which line. */
static bool is_start(const struct buf *b, uint64_t at, uint64_t *line)
{
	uint64_t pos = 0;

	*line = 1;
	while (pos < at) {
		struct record r;

		strict_record(b->data + pos, (uint32_t)(b->len - pos), ',', &r, NULL, NULL);
		for (uint32_t i = 0; i < r.len; i++)
			*line += b->data[pos + i] == '\n';
		pos += r.len;
	}
	return pos == at;
}

static void assert_pieces(const struct buf *b, const struct sluice_piece *header,
                          const struct sluice_piece *pieces, size_t n)
{
	uint64_t line, at = header->end;

	assert_int_equal(header->start, 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(pieces[i].start, at);
		assert_true(is_start(b, at, &line));
		assert_int_equal(pieces[i].line, line);
		assert_true(pieces[i].end > at || n == 1);
		at = pieces[i].end;
	}
	assert_int_equal(at, b->len);
}

static void assert_cut(const struct buf *b, size_t wanted, bool map, size_t least)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_piece header, pieces[64];
	enum sluice_container container;
	struct sluice_error err = { 0 };
	size_t n = wanted;

	write_file("table.csv", b->data, b->len);
	options.map_input = map;
	if (sluice_split_index("table.csv", &options, &container, &header, pieces, &n, &err))
		FAIL("%s\n", err.text);
	assert_in_range(n, least, wanted);
	assert_int_equal(container, SLUICE_PLAIN);
	assert_pieces(b, &header, pieces, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(pieces[i].block, pieces[i].start);
		assert_int_equal(pieces[i].skip, 0);
	}
}

static void cuts_where_records_end(void **state)
{
	struct buf b = { 0 };

	(void)state;
	make_table(&b, 20000);
	for (int map = 0; map < 2; map++) {
		assert_cut(&b, 1, map, 1);
		assert_cut(&b, 2, map, 2);
		assert_cut(&b, 16, map, 16);
		assert_cut(&b, 61, map, 50);
	}
	b.len--; /* without the last line end */
	assert_cut(&b, 16, true, 16);
	buf_free(&b);
}

static void small_ones_stay_whole(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (int map = 0; map < 2; map++) {
		b.len = 0;
		add_text(&b, "a,n");
		assert_cut(&b, 16, map, 1);
		add_text(&b, "\n");
		assert_cut(&b, 16, map, 1);
		add_text(&b, "\"x\ny\",1\n");
		assert_cut(&b, 16, map, 1);
	}
	buf_free(&b);
}

/* Blank lines are refused before the last record, so none may come to stand at a piece's end. */
static void blank_lines_end_no_piece(void **state)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_piece header, pieces[16];
	enum sluice_container container;
	struct buf b = { 0 };
	size_t n = 16;

	(void)state;
	add_text(&b, "a,n\n");
	for (uint32_t i = 0; i < 100000; i++)
		add_text(&b, i % 3 ? "\n" : i % 2 ? "\r\n" : "x,1\n");
	write_file("table.csv", b.data, b.len);
	assert_int_equal(sluice_split_index("table.csv", &options, &container, &header, pieces,
	                                    &n, NULL),
	                 SLUICE_OK);
	for (size_t i = 0; i + 1 < n; i++)
		assert_int_equal(b.data[pieces[i].end - 2], '1');
	buf_free(&b);
}

/* ---- BGZF --------------------------------------------------------------------------------- */

/* One block as others write it, of any size, be it 0. */
static void add_block(struct buf *packed, const void *text, size_t len)
{
	const size_t from = packed->len;
	size_t size;

	add_header(packed, 4);
	add(packed, "\6\0BC\2\0\0\0", 8);
	add_body(packed, text, len);
	size = packed->len - from - 1;
	assert_in_range(size, 1, 65535);
	packed->data[from + 16] = (uint8_t)size;
	packed->data[from + 17] = (uint8_t)(size >> 8);
}

static void add_blocks(struct buf *packed, const struct buf *b, uint32_t most)
{
	for (size_t at = 0; at < b->len;) {
		size_t len = next_random(most + 1);

		if (len > b->len - at)
			len = b->len - at;
		add_block(packed, b->data + at, len);
		at += len;
	}
	add_block(packed, "", 0);
}

/* As a reader of pieces does it: inflate from the block on, pass over, take. */
static void assert_piece_is_there(const struct buf *packed, const struct sluice_piece *piece,
                                  const struct buf *b)
{
	const uint64_t len = piece->end - piece->start;
	uint8_t *out = malloc((size_t)(piece->skip + len) + 65536);
	size_t at = (size_t)piece->block, made = 0;

	assert_non_null(out);
	while (made < piece->skip + len) {
		z_stream z = { .next_in = packed->data + at,
			       .avail_in = (uInt)(packed->len - at),
			       .next_out = out + made,
			       .avail_out = 65536 };

		assert_int_equal(inflateInit2(&z, 31), Z_OK);
		assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
		assert_true(made || piece->skip < z.total_out || !len);
		at += z.total_in;
		made += z.total_out;
		inflateEnd(&z);
	}
	if (len)
		assert_memory_equal(out + piece->skip, b->data + piece->start, len);
	free(out);
}

static size_t assert_bgzf_cut(const struct buf *b, const struct buf *packed, size_t wanted,
                              unsigned threads)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_piece header, pieces[64];
	enum sluice_container container;
	struct sluice_error err = { 0 };
	size_t n = wanted;

	write_file("table.csv.bgz", packed->data, packed->len);
	options.threads = threads;
	if (sluice_split_index("table.csv.bgz", &options, &container, &header, pieces, &n,
	                       &err))
		FAIL("%s\n", err.text);
	assert_int_equal(container, SLUICE_BGZF);
	assert_in_range(n, 1, wanted);
	assert_pieces(b, &header, pieces, n);
	assert_piece_is_there(packed, &header, b);
	for (size_t i = 0; i < n; i++)
		assert_piece_is_there(packed, &pieces[i], b);
	return n;
}

static void blocks_are_cut_amid_quotes(void **state)
{
	static const uint32_t most[] = { 1, 30, 3000, 50000 };
	struct buf b = { 0 }, packed = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(most); i++) {
		b.len = packed.len = 0;
		make_table(&b, i ? 20000 : 500);
		b.len -= i == 2; /* without the last line end */
		add_blocks(&packed, &b, most[i]);
		if (i == 3)
			add(&packed, "\0\0\0", 3); /* which may follow */
		for (unsigned threads = 1; threads < 4; threads += 2) {
			assert_int_equal(assert_bgzf_cut(&b, &packed, 1, threads), 1);
			assert_in_range(assert_bgzf_cut(&b, &packed, 16, threads), i ? 12 : 2,
			                16);
			assert_bgzf_cut(&b, &packed, 61, threads);
		}
	}
	buf_free(&b);
	buf_free(&packed);
}

static void small_blocks_stay_whole(void **state)
{
	static const char *const tables[] = { "a,n", "a,n\n", "a,n\n\"x\ny\",1\n" };
	struct buf b = { 0 }, packed = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(tables); i++) {
		b.len = packed.len = 0;
		add_text(&b, tables[i]);
		add_block(&packed, "", 0);
		add_blocks(&packed, &b, 4);
		assert_int_equal(assert_bgzf_cut(&b, &packed, 16, 1), 1);
	}
	buf_free(&b);
	buf_free(&packed);
}

static void assert_refused(const struct buf *packed, unsigned threads, const char *why)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_piece header, pieces[8];
	enum sluice_container container;
	struct sluice_error err = { 0 };
	size_t n = 8;

	write_file("table.csv.gz", packed->data, packed->len);
	options.threads = threads;
	assert_int_equal(sluice_split_index("table.csv.gz", &options, &container, &header,
	                                    pieces, &n, &err),
	                 SLUICE_E_DATA);
	assert_int_equal(n, 0);
	assert_string_equal(err.source, "table.csv.gz");
	if (!strstr(err.text, why))
		FAIL("'%s' is not in '%s'\n", why, err.text);
}

/* What an ordinary reader takes over from is nothing to be cut, wherever that is. */
static void what_is_not_right_is_not_cut(void **state)
{
	struct buf b = { 0 }, good = { 0 }, packed = { 0 };

	(void)state;
	make_table(&b, 5000);
	add_blocks(&good, &b, 20000);
	for (unsigned threads = 1; threads < 4; threads++) {
		packed.len = 0;
		add_member(&packed, "a,n\nx,1\n");
		assert_refused(&packed, threads, "not BGZF all through");
		packed.len = 0;
		add(&packed, good.data, good.len);
		add_member(&packed, "\"in between\",1\n");
		assert_refused(&packed, threads, "not BGZF all through");
		add(&packed, good.data, good.len);
		assert_refused(&packed, threads, "not BGZF all through");
		for (uint32_t i = 0; i < 20; i++) {
			packed.len = 0;
			add(&packed, good.data, good.len);
			/* Amid the data or a sum: no bit of those is without a meaning. */
			packed.data[good.len / 2 + i * 37] ^= 1u << i % 8;
			assert_refused(&packed, threads, "");
		}
		packed.len = 0;
		add(&packed, good.data, good.len - 40);
		assert_refused(&packed, threads, "");
		packed.len = 0;
		add(&packed, good.data, good.len);
		add_text(&packed, "more");
		assert_refused(&packed, threads, "");
	}
	buf_free(&b);
	buf_free(&good);
	buf_free(&packed);
}

static void what_cannot_be_cut(void **state)
{
	struct sluice_piece header, pieces[4];
	enum sluice_container container;
	struct sluice_error err = { 0 };
	size_t n = 0;

	(void)state;
	write_file("table.csv", "a,n\n", 4);
	assert_int_equal(
		sluice_split_index("table.csv", NULL, &container, &header, pieces, &n, &err),
		SLUICE_E_PLAN);
	n = 4;
	assert_int_equal(
		sluice_split_index("none.csv", NULL, &container, &header, pieces, &n, &err),
		SLUICE_E_IO);
	assert_string_equal(err.source, "none.csv");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cuts_where_records_end, enter_folder,
		                                leave_folder),
		cmocka_unit_test_setup_teardown(small_ones_stay_whole, enter_folder,
		                                leave_folder),
		cmocka_unit_test_setup_teardown(blank_lines_end_no_piece, enter_folder,
		                                leave_folder),
		cmocka_unit_test_setup_teardown(blocks_are_cut_amid_quotes, enter_folder,
		                                leave_folder),
		cmocka_unit_test_setup_teardown(small_blocks_stay_whole, enter_folder,
		                                leave_folder),
		cmocka_unit_test_setup_teardown(what_is_not_right_is_not_cut, enter_folder,
		                                leave_folder),
		cmocka_unit_test_setup_teardown(what_cannot_be_cut, enter_folder, leave_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
