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

static void assert_cut(const struct buf *b, size_t wanted, bool map, size_t least)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_piece header, pieces[64];
	struct sluice_error err = { 0 };
	uint64_t line, at;
	size_t n = wanted;

	write_file("table.csv", b->data, b->len);
	options.map_input = map;
	if (sluice_split_index("table.csv", &options, &header, pieces, &n, &err))
		FAIL("%s\n", err.text);
	assert_in_range(n, least, wanted);
	assert_int_equal(header.start, 0);
	at = header.end;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(pieces[i].start, at);
		assert_true(is_start(b, at, &line));
		assert_int_equal(pieces[i].line, line);
		assert_true(pieces[i].end > at || n == 1);
		at = pieces[i].end;
	}
	assert_int_equal(at, b->len);
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
	struct buf b = { 0 };
	size_t n = 16;

	(void)state;
	add_text(&b, "a,n\n");
	for (uint32_t i = 0; i < 100000; i++)
		add_text(&b, i % 3 ? "\n" : i % 2 ? "\r\n" : "x,1\n");
	write_file("table.csv", b.data, b.len);
	assert_int_equal(sluice_split_index("table.csv", &options, &header, pieces, &n, NULL),
	                 SLUICE_OK);
	for (size_t i = 0; i + 1 < n; i++)
		assert_int_equal(b.data[pieces[i].end - 2], '1');
	buf_free(&b);
}

static void what_cannot_be_cut(void **state)
{
	struct sluice_piece header, pieces[4];
	struct sluice_error err = { 0 };
	struct buf b = { 0 };
	size_t n = 4;

	(void)state;
	add_member(&b, "a,n\nx,1\n");
	write_file("table.csv.gz", b.data, b.len);
	assert_int_equal(sluice_split_index("table.csv.gz", NULL, &header, pieces, &n, &err),
	                 SLUICE_E_DATA);
	assert_int_equal(n, 0);
	n = 0;
	assert_int_equal(sluice_split_index("table.csv.gz", NULL, &header, pieces, &n, &err),
	                 SLUICE_E_PLAN);
	n = 4;
	assert_int_equal(sluice_split_index("none.csv", NULL, &header, pieces, &n, &err),
	                 SLUICE_E_IO);
	assert_string_equal(err.source, "none.csv");
	buf_free(&b);
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
		cmocka_unit_test_setup_teardown(what_cannot_be_cut, enter_folder, leave_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
