/* What lies around an unknown: the nearest, what can change there, and nothing of the last search. */
#include "unit/unit.h"

#include "attack/near.h"

#define PAIRS 6

/* Unknowns in a ring, each row the sum of two neighbours; then, by one open row, a pair apart. */
struct ring {
	struct model m;
	struct domain d;
	struct parts parts;
	struct near near;
};

static void add_row(struct model *m, uint32_t a, uint32_t b, int64_t lo, int64_t hi)
{
	assert_int_equal(model_row(m, lo, hi, NULL), SLUICE_OK);
	assert_int_equal(model_term(m, a, 1, NULL), SLUICE_OK);
	assert_int_equal(model_term(m, b, 1, NULL), SLUICE_OK);
}

static void begin(struct ring *r, uint32_t n)
{
	uint32_t id;

	*r = (struct ring){ 0 };
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(model_unknown(&r->m, 0, 9, &id, NULL), SLUICE_OK);
}

static void finish(struct ring *r)
{
	assert_int_equal(model_finish(&r->m, NULL), SLUICE_OK);
	assert_int_equal(domain_init(&r->d, &r->m, NULL), SLUICE_OK);
	assert_int_equal(parts_make(&r->parts, &r->d, NULL), SLUICE_OK);
	assert_int_equal(near_init(&r->near, &r->d, &r->parts, NULL), SLUICE_OK);
}

static void end(struct ring *r)
{
	near_free(&r->near);
	parts_free(&r->parts);
	domain_free(&r->d);
	model_free(&r->m);
}

static bool has(const struct ring *r, uint32_t unknown)
{
	const uint32_t local = r->near.parts.local[unknown];

	if (local == UINT32_MAX)
		return false;
	assert_true(local < r->near.part.n_unknowns);
	assert_int_equal(r->near.part.unknowns[local], unknown);
	return true;
}

static void all_that_is_tied_is_found(void **state)
{
	struct ring r;
	bool whole;

	(void)state;
	begin(&r, PAIRS + 2);
	for (uint32_t i = 0; i < PAIRS; i++)
		add_row(&r.m, i, (i + 1) % PAIRS, 9, 9);
	add_row(&r.m, PAIRS, PAIRS + 1, 9, 9);
	finish(&r);
	assert_true(near_find(&r.near, 0, 100, &whole));
	assert_true(whole);
	assert_int_equal(r.near.part.n_unknowns, PAIRS);
	assert_int_equal(r.near.part.n_rows, PAIRS);
	assert_false(has(&r, PAIRS));
	/* Another one after it finds its own. */
	assert_true(near_find(&r.near, PAIRS, 100, &whole));
	assert_int_equal(r.near.part.n_unknowns, 2);
	assert_int_equal(r.near.part.n_rows, 1);
	assert_true(has(&r, PAIRS) && has(&r, PAIRS + 1) && !has(&r, 0));
	end(&r);
}

static void half_a_ring_can_not_change(void **state)
{
	struct ring r;
	bool whole;

	(void)state;
	begin(&r, PAIRS);
	for (uint32_t i = 0; i < PAIRS; i++)
		add_row(&r.m, i, (i + 1) % PAIRS, 9, 9);
	finish(&r);
	assert_false(near_find(&r.near, 0, 3, &whole));
	assert_false(whole);
	assert_int_equal(r.near.part.n_unknowns, 0);
	assert_true(near_find(&r.near, 0, PAIRS, &whole));
	end(&r);
}

/* Who is alone in a row that may be more or less stays. */
static void an_open_row_holds_nobody(void **state)
{
	struct ring r;
	bool whole;

	(void)state;
	begin(&r, 3);
	add_row(&r.m, 0, 1, 3, 9);
	add_row(&r.m, 1, 2, 3, 9);
	finish(&r);
	assert_true(near_find(&r.near, 0, 1, &whole));
	assert_false(whole);
	assert_int_equal(r.near.part.n_unknowns, 1);
	end(&r);
}

/* A pair in a short row comes before those of a long one, whatever their numbers. */
static void the_shortest_row_is_gone_along_first(void **state)
{
	struct ring r;
	bool whole;

	(void)state;
	begin(&r, 6);
	assert_int_equal(model_row(&r.m, 0, 40, NULL), SLUICE_OK);
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(model_term(&r.m, i, 1, NULL), SLUICE_OK);
	add_row(&r.m, 0, 5, 0, 15);
	finish(&r);
	assert_true(near_find(&r.near, 0, 2, &whole));
	assert_int_equal(r.near.part.n_unknowns, 2);
	assert_true(has(&r, 0) && has(&r, 5) && !has(&r, 1));
	end(&r);
}

static void what_is_fixed_is_not_there(void **state)
{
	struct ring r;
	bool whole;

	(void)state;
	begin(&r, 4);
	r.m.unknowns[1].lo = r.m.unknowns[1].hi = 4;
	add_row(&r.m, 0, 1, 0, 12);
	add_row(&r.m, 1, 2, 0, 12);
	add_row(&r.m, 0, 3, 0, 12);
	finish(&r);
	assert_true(near_find(&r.near, 0, 100, &whole));
	assert_true(whole);
	assert_true(has(&r, 0) && has(&r, 3) && !has(&r, 1) && !has(&r, 2));
	end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_is_tied_is_found),
		cmocka_unit_test(half_a_ring_can_not_change),
		cmocka_unit_test(an_open_row_holds_nobody),
		cmocka_unit_test(the_shortest_row_is_gone_along_first),
		cmocka_unit_test(what_is_fixed_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
