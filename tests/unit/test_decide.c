/* Further counts that stay behind, by the public filter: in pieces, of groups, and what is refused where. */
#include "pushed.h"

#include "protect/moves.h"

#define PLAN                                                                            \
	"policy: {base: cms, threshold: 7, round_to: 1}\nkeep: [g, x]\ncount: [n, m]\n" \
	"ratio: {r: [n, m]}\nprotect: {dimensions: g, at_most: [[n, m]]}\n"
#define TABLE                                                                      \
	"g,x,n,m\r\n\"a\n1\",\"x\n\",3,20\r\nb,,12,48\r\n\"c\",\"\"\"\",30,60\r\n" \
	"d,y,0,9\r\nTotal,,45,137\r\n\r\n"
#define WANT                                                                                  \
	"g,x,n,m,r\n\"a\n1\",\"x\n\",*,20,*\nb,,*,48,*\n\"c\",\"\"\"\",30,60,0.5\nd,y,0,9,0." \
	"0\n"                                                                                 \
	"Total,,45,137,0.3284671532846715\n"

static void pieces_of_any_size_give_the_same(void **state)
{
	static const uint32_t chunks[] = { 1, 7, 64, 0 };
	struct sluice_plan *plan = plan_of(PLAN);

	(void)state;
	for (size_t c = 0; c < LENGTH(chunks); c++)
		for (size_t piece = 1; piece <= sizeof(TABLE); piece += 3) {
			struct sluice_options options = SLUICE_OPTIONS_INIT;
			struct pushed p;
			char *report;

			options.chunk_bytes = chunks[c];
			p = push_pieces(plan, TABLE, sizeof(TABLE) - 1, piece, &options);
			if (p.status != SLUICE_OK)
				FAIL("%s\n", p.err.text);
			assert_string_equal((char *)p.out.data, WANT);
			assert_int_equal(sluice_report_rows(p.report), 5);
			report = sluice_report_json(p.report);
			assert_non_null(strstr(report, "\"redacted\": 2"));
			assert_non_null(strstr(report, "\"redacted_for_others\": 1"));
			assert_non_null(strstr(report, "\"already_redacted\": 0"));
			sluice_free(report);
			pushed_free(&p);
		}
	sluice_plan_free(plan);
}

static void a_filter_groups_first(void **state)
{
	struct sluice_plan *plan = plan_of("policy: {base: cms, threshold: 2}\n"
	                                   "group: {by: [g], rows: n, totals: [g]}\n"
	                                   "protect: {dimensions: g}\n");
	static const char rows[] = "g\na\nb\nb\nb\nb\nc\nc\nc\n";
	struct pushed p = push_pieces(plan, rows, sizeof(rows) - 1, 5, NULL);

	(void)state;
	if (p.status != SLUICE_OK)
		FAIL("%s\n", p.err.text);
	assert_string_equal((char *)p.out.data, "g,n\na,*\nb,4\nc,*\nTotal,8\n");
	pushed_free(&p);
	sluice_plan_free(plan);
}

/* Each by the line of the input, whatever 'where' left out before it. */
static void what_does_not_add_up_is_told_by_its_line(void **state)
{
	static const struct {
		const char *rows, *like;
		uint64_t line;
		enum sluice_status status;
	} bad[] = {
		{ "a,,1\nb,no,5\nb,,9\nTotal,,11\n", "not the sum", 5, SLUICE_E_DATA },
		{ "a,,1\nb,no,5\n\"b\n\",,x\nTotal,,10\n", "not a count", 5, SLUICE_E_DATA },
		{ "a,,1\nb,no,5\na,,9\nTotal,,10\n", "same codes", 4, SLUICE_E_DATA },
		{ "a,,1\nb,no,5\nb,,9\nOverall,,10\n", "looks like", 5, SLUICE_E_DATA },
		{ "a,,1\nb,no,5\nb,,9\n", "no row is a total", 0, SLUICE_E_DATA },
		{ "a,,1\nb,,9\nTotal,,10\nc,", "2 fields", 5, SLUICE_E_DATA },
	};
	struct sluice_plan *plan = plan_of("policy: cms\nkeep: [g, x]\ncount: n\n"
	                                   "where: {x: {not: \"no\"}}\n"
	                                   "protect: {dimensions: g}\n");

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		char table[128];
		struct pushed p;

		snprintf(table, sizeof(table), "g,x,n\n%s", bad[i].rows);
		p = push_pieces(plan, table, strlen(table), 3, NULL);
		assert_int_equal(p.status, bad[i].status);
		if (!strstr(p.err.text, bad[i].like) || p.err.line != bad[i].line)
			FAIL("%s\nline %u: %s\n", table, (unsigned)p.err.line, p.err.text);
		pushed_free(&p);
	}
	sluice_plan_free(plan);
}

/* ---- tables next to the true one ----------------------------------------------------------- */

/* a + b = t, c + d = u, a + c = v, b + d = w; of a and what it needs, two totals cost less than b, c and d. */
static void the_cheapest_way_is_hidden_with_it(void **state)
{
	static const uint32_t rows[4][3] = {
		{ 4, 0, 1 }, { 5, 2, 3 }, { 6, 0, 2 }, { 7, 1, 3 }
	};
	const int64_t values[] = { 2, 50, 60, 9, 52, 69, 62, 59 };
	bool shown[8], hidden[8] = { true }, primary[8] = { true }, wanted[8] = { true };
	struct model model = { 0 };
	struct protection p = { .model = &model, .values = values, .shown = shown };
	struct moves m;
	uint32_t id;

	(void)state;
	for (int i = 0; i < 8; i++) {
		shown[i] = true;
		assert_int_equal(model_unknown(&model, 0, BOUND_NONE, &id, NULL), SLUICE_OK);
	}
	for (int r = 0; r < 4; r++) {
		assert_int_equal(model_row(&model, 0, 0, NULL), SLUICE_OK);
		for (int t = 0; t < 3; t++)
			assert_int_equal(model_term(&model, rows[r][t], t ? -1 : 1, NULL),
			                 SLUICE_OK);
	}
	assert_int_equal(model_finish(&model, NULL), SLUICE_OK);
	assert_int_equal(moves_init(&m, &p, NULL), SLUICE_OK);
	moves_prove(&m, hidden, wanted);
	assert_false(m.proven[0]);
	assert_true(moves_free(&m, hidden, primary, 0));
	assert_true(m.proven[0]);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(hidden[i], i == 0 || i == 4 || i == 6);
		assert_int_equal(primary[i], hidden[i]);
	}
	moves_prove(&m, hidden, hidden);
	for (int i = 0; i < 8; i++)
		assert_int_equal(m.proven[i], hidden[i]);
	moves_destroy(&m);
	model_free(&model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_of_any_size_give_the_same),
		cmocka_unit_test(a_filter_groups_first),
		cmocka_unit_test(what_does_not_add_up_is_told_by_its_line),
		cmocka_unit_test(the_cheapest_way_is_hidden_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
