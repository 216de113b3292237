/* Bytes pushed in: in pieces or at once, the same comes out, and the first failure stays. */
#include "pushed.h"

#include "csv/dialect.h"
#include "tables.h"

#include <zlib.h>

#define PLAN "count: [n]\nratio: {r: [n, m]}\nround: [m]\nwhere: {x: {not: b}}\nother: keep\n"
#define TABLE                                                                                \
	"\xEF\xBB\xBF\"n\nx\",x,n,m\r\n1,a,3,20\r\n2,\"a\n,\"\"\",12,40\n3,b,1,1\n4,,,8\n5," \
	"\xC3\xA9,"                                                                          \
	"\"30\",60\n\n\r\n"
#define WANT                                                                                   \
	"\"n\nx\",x,n,m,r\n1,a,[REDACTED],20,[REDACTED]\n2,\"a\n,\"\"\",10,40,0.25\n4,,,10,\n" \
	"5,\xC3\xA9,30,60,0.5\n"

static void pieces_of_any_size_give_the_same_table(void **state)
{
	static const uint32_t chunks[] = { 1, 2, 7, 16, 64, 0 };
	struct sluice_plan *plan = plan_of(PLAN);

	(void)state;
	for (size_t c = 0; c < LENGTH(chunks); c++)
		for (size_t i = 0; sluice_isa_at(i); i++)
			for (size_t piece = 1; piece <= sizeof(TABLE); piece++) {
				struct sluice_options options = SLUICE_OPTIONS_INIT;
				struct pushed p;

				options.chunk_bytes = chunks[c];
				options.isa = sluice_isa_at(i);
				p = push_pieces(plan, TABLE, sizeof(TABLE) - 1, piece,
				                &options);
				assert_int_equal(p.status, SLUICE_OK);
				assert_string_equal((char *)p.out.data, WANT);
				assert_int_equal(sluice_report_rows(p.report), 4);
				pushed_free(&p);
			}
	sluice_plan_free(plan);
}

static void spoilt_tables_fail_alike_in_pieces_of_any_size(void **state)
{
	struct sluice_plan *plan = plan_of("keep: [\"*\"]\n");
	struct chance c = { 51 };
	int refused = 0;

	(void)state;
	for (int round = 0; round < 1500; round++) {
		const struct taste taste = taste_draw(&c);
		struct sluice_options options = SLUICE_OPTIONS_INIT;
		struct buf text = { 0 };
		struct pushed once, often;

		for (uint32_t i = 0; i < taste.n_cols; i++)
			assert_int_equal(buf_addf(&text, NULL, "%sc%u", i ? "," : "", i),
			                 SLUICE_OK);
		assert_int_equal(buf_addf(&text, NULL, "\n"), SLUICE_OK);
		table_records(&text, &c, &taste, chance_below(&c, 20));
		table_spoil(text.data, text.len, &c);
		once = push_pieces(plan, text.data, text.len, text.len, NULL);
		options.chunk_bytes = 1 + chance_below(&c, 100);
		often = push_pieces(plan, text.data, text.len, 1 + chance_below(&c, 40),
		                    &options);
		assert_int_equal(often.status, once.status);
		assert_string_equal(often.err.text, once.err.text);
		assert_int_equal(often.err.line, once.err.line);
		assert_int_equal(often.err.column, once.err.column);
		if (once.status == SLUICE_OK)
			assert_string_equal((char *)often.out.data, (char *)once.out.data);
		refused += once.status != SLUICE_OK;
		pushed_free(&once);
		pushed_free(&often);
		buf_free(&text);
	}
	assert_in_range(refused, 200, 1400);
	sluice_plan_free(plan);
}

static void short_inputs_are_what_they_are(void **state)
{
	static const struct {
		const char *csv, *out;
		enum sluice_status status;
		uint64_t line;
		const char *says;
	} cases[] = {
		{ "", "", SLUICE_E_DATA, 1, "empty" },
		{ "\xEF\xBB\xBF", "", SLUICE_E_DATA, 1, "empty" },
		{ "n", "n\n", SLUICE_OK, 0, "" },
		{ "n\n", "n\n", SLUICE_OK, 0, "" },
		{ "n\r\n", "n\n", SLUICE_OK, 0, "" },
		{ "n\n\n\n", "n\n", SLUICE_OK, 0, "" },
		{ "n\n30", "n\n30\n", SLUICE_OK, 0, "" },
		{ "n\n30\n\r\n\n", "n\n30\n", SLUICE_OK, 0, "" },
		{ "n\n30\n\n30\n", "n\n", SLUICE_E_DATA, 3, "blank line" },
		{ "n\n\n30\n", "n\n", SLUICE_E_DATA, 2, "blank line" },
		{ "n\n30\nx\n", "n\n", SLUICE_E_DATA, 3, "not a count" },
		{ "\"n", "", SLUICE_E_DATA, 1, "never closed" },
	};
	struct sluice_plan *plan = plan_of("count: [n]\n");

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		for (size_t piece = 1; piece < 12; piece += 5) {
			struct sluice_options options = SLUICE_OPTIONS_INIT;
			struct pushed p;

			options.chunk_bytes = 1 << 10;
			p = push_pieces(plan, cases[i].csv, strlen(cases[i].csv), piece,
			                &options);
			assert_int_equal(p.status, cases[i].status);
			assert_string_equal((char *)p.out.data, cases[i].out);
			assert_int_equal(p.err.line, cases[i].line);
			assert_non_null(strstr(p.err.text, cases[i].says));
			assert_string_equal(p.err.source,
			                    p.status == SLUICE_OK ? "" : "<input>");
			pushed_free(&p);
		}
	sluice_plan_free(plan);
}

static int write_nothing(void *ctx, const uint8_t *data, size_t len)
{
	int *calls = ctx;

	(void)data;
	(void)len;
	return ++*calls > 1;
}

static void the_first_failure_is_told_again_and_again(void **state)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_plan *plan = plan_of("count: [n]\n");
	struct sluice_report *report = NULL;
	struct sluice_filter *f = NULL;
	struct sluice_error err = { 0 };
	int calls = 0;

	(void)state;
	options.chunk_bytes = 8;
	assert_int_equal(sluice_filter_new(plan, &options, write_nothing, &calls, &f, NULL),
	                 SLUICE_OK);
	assert_int_equal(sluice_filter_push(f, (const uint8_t *)"n\n10\n20\n30\n", 11, &err),
	                 SLUICE_E_IO); /* the header was taken, the rows were not */
	for (int again = 0; again < 3; again++) {
		err = (struct sluice_error){ 0 };
		assert_int_equal(sluice_filter_push(f, (const uint8_t *)"10\n", 3, &err),
		                 SLUICE_E_IO);
		assert_string_equal(err.text, "the receiver of the output stopped");
	}
	assert_int_equal(sluice_filter_finish(f, &report, &err), SLUICE_E_IO);
	assert_non_null(report);
	assert_int_equal(calls, 2);
	sluice_report_free(report);
	sluice_filter_free(f);
	sluice_filter_free(NULL);
	sluice_plan_free(plan);
}

static void gzip_is_told_by_its_name(void **state)
{
	struct sluice_plan *plan = plan_of("count: [n]\n");
	const size_t len = 3 << 20;
	uint8_t *packed = malloc(len), *data = calloc(len, 1);
	struct chance c = { 52 };

	(void)state;
	assert_true(packed && data);
	for (int how = 0; how < 3; how++) {
		Bytef name[] = "x";
		z_stream z = { .next_in = data,
			       .avail_in = how ? 1 << 20 : 40,
			       .next_out = packed,
			       .avail_out = (uInt)len };
		gz_header head = { .time = 0x0A0A0A0A,
			           .name = name }; /* line feeds, as it happens */
		struct pushed p;

		for (size_t i = 0; i < z.avail_in; i++)
			data[i] = (uint8_t)chance_next(&c);
		assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, 0), Z_OK);
		if (how == 2)
			assert_int_equal(deflateSetHeader(&z, &head), Z_OK);
		assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
		p = push_pieces(plan, packed, z.total_out, 1000, NULL);
		assert_int_equal(p.status, SLUICE_E_DATA);
		assert_non_null(strstr(p.err.text, "gzip was pushed"));
		assert_int_equal(p.out.len, 0);
		pushed_free(&p);
		deflateEnd(&z);
	}
	free(packed);
	free(data);
	sluice_plan_free(plan);
}

/* A record over the limit, after a blank line: the blank line comes first. */
static void what_comes_first_is_told_however_long_the_rest_is(void **state)
{
	static const char head[] = "n,m\n1,2\n\n\"";
	const size_t len = RECORD_LIMIT + 100;
	struct sluice_plan *plan = plan_of("keep: [n, m]\n");
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	for (int blank = 0; blank < 2; blank++) {
		struct sluice_options options = SLUICE_OPTIONS_INIT;
		struct pushed p;

		memset(text, 'x', len);
		memcpy(text, head, sizeof(head) - 1);
		text[blank ? 9 : 8] = '"';
		text[blank ? 8 : 9] = blank ? '\n' : 'x';
		options.chunk_bytes = 4;
		p = push_pieces(plan, text, len, 1 << 16, &options);
		assert_int_equal(p.status, SLUICE_E_DATA);
		assert_int_equal(p.err.line, 3);
		assert_non_null(strstr(p.err.text, blank ? "blank line" : "16 MiB"));
		pushed_free(&p);
	}
	free(text);
	sluice_plan_free(plan);
}

/* After a byte order mark the first name may be quoted, and need not wait for the end. */
static void a_header_is_known_as_soon_as_it_is_there(void **state)
{
	static const char head[] = "\xEF\xBB\xBF\"n\n\",m\n1,2\n";
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_plan *plan = plan_of("keep: [\"*\"]\n");
	struct sluice_filter *f = NULL;
	struct pushed p = { 0 };

	(void)state;
	options.chunk_bytes = 4;
	assert_int_equal(sluice_filter_new(plan, &options, pushed_write, &p, &f, NULL),
	                 SLUICE_OK);
	for (int i = 0; i < 3; i++) /* the first for the header, others to have enough */
		assert_int_equal(sluice_filter_push(f, (const uint8_t *)head + (i ? 10 : 0),
		                                    sizeof(head) - 1 - (i ? 10 : 0), &p.err),
		                 SLUICE_OK);
	assert_true(p.out.len > 0);
	sluice_filter_free(f);
	sluice_plan_free(plan);
	pushed_free(&p);
}

/* Sums have contributors, totals are of what is released: each asks how a column is released. */
static void groups_are_released_by_their_rules(void **state)
{
	static const char csv[] = "a,d,s\nx,90,1\nx,1,2\nx,2,3\nx,2,4\nx,2,5\ny,4,1\ny,4,2\ny,"
				  "4,3\ny,4,4\nz,8,5\n";
	static const char group[] =
		"policy: {base: cms, threshold: 3}\ngroup: {by: [a], rows: r, totals: [a], ";

	(void)state;
	for (int raw = 0; raw < 2; raw++) {
		char plan[300];

		snprintf(plan, sizeof(plan),
		         "%s%ssum: {t: {column: d, contributor: s, p_percent: 10}}}\n", group,
		         raw ? "totals_from: raw, " : "totals_from: released, ");
		assert_released(plan, csv,
		                raw ? "a,r,t\nx,5,*\ny,4,16\nz,*,*\nTotal,10,121\n"
		                    : "a,r,t\nx,5,*\ny,4,16\nz,*,*\nTotal,*,*\n");
	}
	assert_refused("policy: {base: cms, threshold: none}\ngroup: {by: [a], rows: r, "
	               "perturb: {table: no/such.csv, record_key: s}}\n",
	               csv, SLUICE_E_IO, 0, 0, "cannot open");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_of_any_size_give_the_same_table),
		cmocka_unit_test(spoilt_tables_fail_alike_in_pieces_of_any_size),
		cmocka_unit_test(short_inputs_are_what_they_are),
		cmocka_unit_test(the_first_failure_is_told_again_and_again),
		cmocka_unit_test(gzip_is_told_by_its_name),
		cmocka_unit_test(what_comes_first_is_told_however_long_the_rest_is),
		cmocka_unit_test(a_header_is_known_as_soon_as_it_is_there),
		cmocka_unit_test(groups_are_released_by_their_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
