/* From one table to another: only to what is a table, as far as asked for, and not where there is none. */
#include "unit/unit.h"

#include "attack/shift.h"

#include "attack/search.h"

struct trial {
	struct model m;
	struct domain d;
	struct parts parts;
	struct witness w;
	struct shift s;
};

static void add_unknowns(struct trial *t, uint32_t n, int64_t most)
{
	uint32_t id;

	*t = (struct trial){ 0 };
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(model_unknown(&t->m, 0, most, &id, NULL), SLUICE_OK);
}

static void add_row(struct trial *t, uint32_t a, int64_t by_a, uint32_t b, int64_t by_b,
                    int64_t sum)
{
	assert_int_equal(model_row(&t->m, sum, sum, NULL), SLUICE_OK);
	assert_int_equal(model_term(&t->m, a, by_a, NULL), SLUICE_OK);
	assert_int_equal(model_term(&t->m, b, by_b, NULL), SLUICE_OK);
}

/* The table is known; no row was followed. */
static void begin(struct trial *t, const int64_t *table)
{
	assert_int_equal(model_finish(&t->m, NULL), SLUICE_OK);
	assert_int_equal(domain_init(&t->d, &t->m, NULL), SLUICE_OK);
	assert_int_equal(parts_make(&t->parts, &t->d, NULL), SLUICE_OK);
	assert_int_equal(witness_init(&t->w, &t->d, NULL), SLUICE_OK);
	for (uint32_t u = 0; u < t->m.n_unknowns; u++)
		t->w.values[u] = table[u];
	for (uint32_t i = 0; i < t->parts.n_parts; i++)
		assert_true(witness_take(&t->w, &t->d, &t->parts.parts[i]));
	assert_int_equal(shift_init(&t->s, &t->d, &t->parts, NULL), SLUICE_OK);
	shift_begin(&t->s, &t->w);
}

static void end(struct trial *t)
{
	shift_free(&t->s);
	witness_free(&t->w);
	parts_free(&t->parts);
	domain_free(&t->d);
	model_free(&t->m);
}

static bool apart(struct trial *t, uint32_t unknown, int64_t width)
{
	return shift_apart(&t->s, &t->w, unknown, width, SHIFT_NEAR, clock_seconds() + 20);
}

/* Two by two: 3 4, 5 6 with their totals. */
static void make_square(struct trial *t, int64_t most)
{
	static const int64_t table[] = { 3, 4, 5, 6 };

	add_unknowns(t, 4, most);
	add_row(t, 0, 1, 1, 1, 7);
	add_row(t, 2, 1, 3, 1, 11);
	add_row(t, 0, 1, 2, 1, 8);
	add_row(t, 1, 1, 3, 1, 10);
	begin(t, table);
}

static bool no_solver(void)
{
	const char *version;

	return !lp_library(&version);
}

static void round_a_cycle(void **state)
{
	struct trial t;

	(void)state;
	if (no_solver())
		skip();
	make_square(&t, 100);
	assert_true(apart(&t, 0, 3));
	assert_int_equal(t.w.hi[0] - t.w.lo[0], 2);
	/* The others went with it. */
	assert_int_equal(t.w.hi[3] - t.w.lo[3], 2);
	assert_int_equal(t.w.n_tables, 2);
	end(&t);
}

/* 3 can be 2 or 3: 6 goes no higher, nor do 4 and 5. */
static void as_far_as_there_is_room(void **state)
{
	struct trial t;

	(void)state;
	if (no_solver())
		skip();
	make_square(&t, 6);
	assert_true(apart(&t, 0, 2));
	assert_int_equal(t.w.lo[0], 2);
	assert_int_equal(t.w.hi[0], 3);
	assert_false(apart(&t, 0, 3));
	end(&t);
}

/* Who goes up by one would take half a one along: so it goes up by two. */
static void halves_are_taken_twice(void **state)
{
	static const int64_t table[] = { 4, 2 };
	struct trial t;

	(void)state;
	if (no_solver())
		skip();
	add_unknowns(&t, 2, 100);
	add_row(&t, 0, 1, 1, -2, 0);
	begin(&t, table);
	assert_true(apart(&t, 0, 2));
	assert_int_equal(t.w.hi[0], 6);
	assert_int_equal(t.w.hi[1], 3);
	end(&t);
}

/* Values that the texts exclude are in no table. */
static void a_gap_is_no_table(void **state)
{
	static const int64_t table[] = { 5, 5 };
	struct trial t;

	(void)state;
	if (no_solver())
		skip();
	add_unknowns(&t, 2, 10);
	t.m.unknowns[1].lo = 4;
	t.m.unknowns[1].hi = 6;
	t.m.unknowns[0].gap_lo = 6;
	t.m.unknowns[0].gap_hi = 10;
	add_row(&t, 0, 1, 1, 1, 10);
	begin(&t, table);
	assert_true(apart(&t, 0, 2));
	assert_int_equal(t.w.lo[0], 4);
	assert_int_equal(t.w.hi[0], 5);
	end(&t);
}

static void what_can_not_change_does_not(void **state)
{
	static const int64_t table[] = { 5, 5, 5 };
	struct trial t;

	(void)state;
	add_unknowns(&t, 3, 10);
	add_row(&t, 0, 1, 1, 1, 10);
	add_row(&t, 1, 1, 2, 1, 10);
	add_row(&t, 0, 1, 2, 1, 10);
	begin(&t, table);
	assert_false(apart(&t, 0, 2));
	assert_int_equal(t.w.n_tables, 1);
	assert_int_equal(t.w.lo[0], t.w.hi[0]);
	end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_a_cycle),
		cmocka_unit_test(as_far_as_there_is_room),
		cmocka_unit_test(halves_are_taken_twice),
		cmocka_unit_test(a_gap_is_no_table),
		cmocka_unit_test(what_can_not_change_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
