/* However often groups were spilled, and in however many rounds the runs are merged: the same. */
#include "groups.h"

#include "chance.h"
#include "group/grouped.h"

#define WORKERS 3u

/* A table of which some rows are alike, and some alone. */
static void draw(struct chance *c, struct buf *text, uint32_t n)
{
	static const char *const values[] = { "0", "1", "T", "", "NA", "25", "1e3" };
	static const char *const means[] = { "", "-2.5", "10", "0.000000001",
		                             "-999999999999999.5" };

	text->len = 0;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t kind = chance_below(c, 4);

		WELL(buf_addf(text, &err, kind ? "%u,\"x,%u\"," : "%u,%u,",
		              chance_below(c, kind == 1 ? 1000 : 3), chance_below(c, 3)));
		WELL(buf_addf(text, &err, kind == 2 ? "a person of many letters %u" : "%u",
		              chance_below(c, 50)));
		WELL(buf_addf(text, &err, ",%s,%s\n", values[chance_below(c, LENGTH(values))],
		              means[chance_below(c, LENGTH(means))]));
	}
	WELL(buf_add(text, "", 1, &err));
}

/* A fold for each worker, and what became of them. */
struct crew {
	struct spill spills[WORKERS];
	struct fold folds[WORKERS];
	struct group_table fixes;
	struct joined joined;
};

static void crew_begin(struct crew *w, uint64_t budget)
{
	group_table_init(&w->fixes, &groups_spec);
	for (uint32_t i = 0; i < WORKERS; i++) {
		spill_init(&w->spills[i], "/tmp");
		WELL(fold_init(&w->folds[i], &groups_spec, kernels_pick(NULL), 1, &w->spills[i],
		               budget, &err));
	}
}

static uint32_t crew_runs(const struct crew *w)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < WORKERS; i++)
		n += w->spills[i].n_runs;
	return n;
}

static void crew_end(struct crew *w)
{
	joined_close(&w->joined);
	for (uint32_t i = 0; i < WORKERS; i++) {
		fold_free(&w->folds[i]);
		spill_free(&w->spills[i]);
	}
}

/* The chunks by any workers; 'always' spills after every one, otherwise nothing is. */
static uint32_t join_all(struct chance *c, const struct buf *chunks, uint32_t n, bool always,
                         uint64_t budget, struct buf *out)
{
	struct order_facts facts[1] = { 0 };
	struct crew w = { 0 };
	uint32_t runs, rounds;

	crew_begin(&w, always ? 0 : UINT64_C(1) << 30);
	for (uint32_t i = 0; i < n; i++)
		groups_fold(&w.folds[chance_below(c, WORKERS)], (char *)chunks[i].data, facts);
	runs = crew_runs(&w);
	assert_int_equal(runs, always ? n : 0);
	WELL(joined_open(&w.joined, w.folds, WORKERS, &w.fixes, "/tmp", budget, &err));
	rounds = w.joined.spill.n_runs;
	groups_print(&w.joined.merge, out);
	crew_end(&w);
	order_facts_free(facts);
	return rounds;
}

static void rounds_of_runs_make_the_same(void **state)
{
	static const uint32_t sizes[] = { 1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 40, 150 };
	struct chance c = { .state = 23 };

	(void)state;
	for (size_t i = 0; i < LENGTH(sizes); i++) {
		const uint32_t n = sizes[i];
		struct buf *chunks = calloc(n, sizeof(*chunks)), one = { 0 }, many = { 0 };
		uint32_t rounds;

		assert_non_null(chunks);
		for (uint32_t k = 0; k < n; k++)
			draw(&c, &chunks[k], 1 + chance_below(&c, 300));
		assert_int_equal(join_all(&c, chunks, n, false, 0, &one), 0);
		/* Without a budget four runs are merged at once, each round makes them three fewer. */
		rounds = join_all(&c, chunks, n, true, 0, &many);
		assert_int_equal(rounds, n > 4 ? (n - 4 + 2) / 3 : 0);
		groups_same(&one, &many);
		many.len = 0;
		assert_int_equal(join_all(&c, chunks, n, true, UINT64_C(1) << 30, &many), 0);
		groups_same(&one, &many);
		for (uint32_t k = 0; k < n; k++)
			buf_free(&chunks[k]);
		free(chunks);
		buf_free(&one);
		buf_free(&many);
	}
}

/* A worker that never had a chunk, one that spilled and has nothing left, one that has only groups. */
static void workers_may_have_nothing(void **state)
{
	struct chance c = { .state = 29 };
	struct order_facts facts[1] = { 0 };
	struct buf text = { 0 }, one = { 0 }, other = { 0 };
	struct crew w = { 0 };

	(void)state;
	draw(&c, &text, 100);
	crew_begin(&w, UINT64_C(1) << 30);
	groups_fold(&w.folds[1], (char *)text.data, facts);
	groups_fold(&w.folds[1], (char *)text.data, facts);
	WELL(joined_open(&w.joined, w.folds, WORKERS, &w.fixes, "/tmp", 0, &err));
	groups_print(&w.joined.merge, &one);
	crew_end(&w);
	crew_begin(&w, UINT64_C(1) << 30);
	groups_fold(&w.folds[1], (char *)text.data, facts);
	WELL(fold_spill(&w.folds[1], &err));
	groups_fold(&w.folds[2], (char *)text.data, facts);
	WELL(joined_open(&w.joined, w.folds, WORKERS, &w.fixes, "/tmp", 0, &err));
	groups_print(&w.joined.merge, &other);
	crew_end(&w);
	groups_same(&one, &other);
	crew_begin(&w, 0);
	WELL(joined_open(&w.joined, w.folds, WORKERS, &w.fixes, "/tmp", 0, &err));
	one.len = 0;
	groups_print(&w.joined.merge, &one);
	assert_int_equal(one.len, 0);
	crew_end(&w);
	order_facts_free(facts);
	buf_free(&text);
	buf_free(&one);
	buf_free(&other);
}

/* ---- as CSV --------------------------------------------------------------------------------- */

/* The grouped table, read 'cap' bytes at a time. */
static void read_csv(const struct buf *text, size_t cap, struct buf *out)
{
	static const struct settings *const released[LENGTH(groups_columns)] = { NULL };
	static const int64_t thresholds[LENGTH(groups_columns)] = { 0 };
	struct order_facts facts[1] = { 0 };
	struct grouped grouped;
	struct crew w = { 0 };
	size_t got = cap;

	crew_begin(&w, 0);
	groups_fold(&w.folds[0], (char *)text->data, facts);
	groups_fold(&w.folds[1], (char *)text->data, facts);
	WELL(joined_open(&w.joined, w.folds, WORKERS, &w.fixes, "/tmp", 0, &err));
	WELL(grouped_open(&grouped, &groups_spec, &w.joined.merge, released, thresholds,
	                  1 << 20, &err));
	while (got == cap) {
		WELL(buf_reserve(out, cap, &err));
		WELL(grouped_read(&grouped, out->data + out->len, cap, &got, &err));
		out->len += got;
	}
	grouped_close(&grouped);
	crew_end(&w);
	order_facts_free(facts);
}

static void the_grouped_table_is_read_in_any_steps(void **state)
{
	static const char few[] =
		"b,\"x,\"\"y\"\"\",p1,T,1.5\nb,\"x,\"\"y\"\"\",p2,2,-4\na,,p1,,\n";
	static const size_t caps[] = { 1, 3, 100, 65536, 1 << 20 };
	struct chance c = { .state = 31 };
	struct buf text = { 0 }, first = { 0 }, next = { 0 };

	(void)state;
	WELL(buf_add(&text, few, sizeof(few), &err));
	read_csv(&text, 7, &first);
	WELL(buf_add(&first, "", 1, &err));
	assert_string_equal((char *)first.data,
	                    "a,,2,1,0,0,\nb,\"x,\"\"y\"\"\",4,2,6,4,-1.250\n");
	draw(&c, &text, 5000);
	first.len = 0;
	read_csv(&text, 4096, &first);
	assert_true(first.len > 10000);
	for (size_t i = 0; i < LENGTH(caps); i++) {
		next.len = 0;
		read_csv(&text, caps[i], &next);
		groups_same(&first, &next);
	}
	buf_free(&text);
	buf_free(&first);
	buf_free(&next);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_of_runs_make_the_same),
		cmocka_unit_test(workers_may_have_nothing),
		cmocka_unit_test(the_grouped_table_is_read_in_any_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
