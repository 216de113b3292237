/* Directions in which every row holds, and the tables that are found along them. */
#include "unit/unit.h"

#include "attack/slide.h"
#include "chance.h"

/* One part of a model, and what is made of it. */
struct tried {
	struct model m;
	struct domain d;
	struct parts parts;
	struct witness w;
	struct slide s;
};

static void start(struct tried *t)
{
	assert_int_equal(model_finish(&t->m, NULL), SLUICE_OK);
	assert_int_equal(domain_init(&t->d, &t->m, NULL), SLUICE_OK);
	assert_int_equal(parts_make(&t->parts, &t->d, NULL), SLUICE_OK);
	assert_int_equal(witness_init(&t->w, &t->d, NULL), SLUICE_OK);
	assert_int_equal(slide_init(&t->s, &t->d, &t->parts, &t->parts.parts[0], 1000000, NULL),
	                 SLUICE_OK);
}

static void stop(struct tried *t)
{
	slide_free(&t->s);
	witness_free(&t->w);
	parts_free(&t->parts);
	domain_free(&t->d);
	model_free(&t->m);
}

static void add_row(struct model *m, int64_t lo, int64_t hi)
{
	assert_int_equal(model_row(m, lo, hi, NULL), SLUICE_OK);
}

static void add_term(struct model *m, uint32_t unknown, int64_t factor)
{
	assert_int_equal(model_term(m, unknown, factor, NULL), SLUICE_OK);
}

/* A table of n by n by n that is 'value' everywhere, its totals over each dimension within 'room'. */
static void make_cube(struct tried *t, uint32_t n, int64_t value, int64_t room)
{
	const uint32_t step[3] = { 1, n, n * n };
	uint32_t id;

	*t = (struct tried){ 0 };
	for (uint32_t i = 0; i < n * n * n; i++)
		assert_int_equal(model_unknown(&t->m, 0, BOUND_NONE, &id, NULL), SLUICE_OK);
	for (uint32_t along = 0; along < 3; along++)
		for (uint32_t i = 0; i < n * n * n; i++) {
			if (i / step[along] % n)
				continue;
			add_row(&t->m, value * n - room, value * n + room);
			for (uint32_t k = 0; k < n; k++)
				add_term(&t->m, i + k * step[along], 1);
		}
	start(t);
	for (uint32_t i = 0; i < n * n * n; i++)
		t->w.values[i] = value;
}

/* By how much the direction changes each row's sum; its entry for that row must say the same. */
static void assert_holds(const struct tried *t, uint32_t direction)
{
	const struct directions *k = &t->s.directions;
	const struct part *p = t->s.p;

	for (uint32_t r = 0; r < p->n_rows; r++) {
		const struct row *row = &t->m.rows[p->rows[r]];
		int64_t moved = 0, said = 0;

		for (uint32_t i = k->start[direction]; i < k->start[direction + 1]; i++) {
			const struct entry *e = &k->entries[i];

			if (e->column == p->n_unknowns + r)
				said = e->factor;
			for (uint32_t n = 0; n < row->n; n++)
				if (t->parts.local[t->m.terms[row->first + n].unknown] ==
				    e->column)
					moved += t->m.terms[row->first + n].factor * e->factor;
		}
		assert_int_equal(moved, said);
		assert_true(row->lo < row->hi || !moved);
	}
}

/* What changes while all totals stay: (n - 1)^3 directions; with room, all n^3. */
static void test_directions(void **state)
{
	struct tried t;

	(void)state;
	for (uint32_t n = 2; n < 6; n++)
		for (int64_t room = 0; room < 2; room++) {
			const uint32_t free_ones = room ? n : n - 1;

			make_cube(&t, n, 3, room);
			assert_true(t.s.directions.known);
			assert_int_equal(t.s.directions.n, free_ones * free_ones * free_ones);
			for (uint32_t v = 0; v < t.s.directions.n; v++)
				assert_holds(&t, v);
			stop(&t);
		}
}

/* Random rows with factors: whatever could be solved for holds. */
static void test_random_rows(void **state)
{
	struct chance chance = { 7 };
	uint32_t id, n = 0;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct tried t = { 0 };

		for (uint32_t i = 0; i < 14; i++)
			assert_int_equal(model_unknown(&t.m, 0, 9, &id, NULL), SLUICE_OK);
		add_row(&t.m, 0, 14 * 9); /* all are one part */
		for (uint32_t i = 0; i < 14; i++)
			add_term(&t.m, i, 1);
		for (uint32_t r = 0; r < 6; r++) {
			const int64_t lo = chance_below(&chance, 5);

			add_row(&t.m, lo, lo + (chance_below(&chance, 3) ? 0 : 3));
			for (uint32_t i = 0; i < 14; i++)
				if (i == r || !chance_below(&chance, 3))
					add_term(&t.m, i,
					         (int64_t)chance_below(&chance, 2) * 2 - 1);
		}
		start(&t);
		for (uint32_t v = 0; v < t.s.directions.n && t.s.directions.has_point; v++, n++)
			assert_holds(&t, v);
		stop(&t);
	}
	assert_true(n > 1000);
}

/* One pass along all directions shows that each count of the cube can be another. */
static void test_spread(void **state)
{
	struct tried t;

	(void)state;
	make_cube(&t, 4, 2, 0);
	assert_true(witness_take(&t.w, &t.d, t.s.p));
	slide_begin(&t.s, &t.w);
	slide_spread(&t.s, &t.w, NULL, 1);
	for (uint32_t i = 0; i < 64; i++)
		assert_true(t.w.lo[i] < t.w.hi[i]);
	stop(&t);
}

/* To 0 and to 8, the others mended on the way; what the rows leave no room for is not found. */
static void test_slide_to(void **state)
{
	struct tried t;

	(void)state;
	make_cube(&t, 4, 2, 0);
	assert_true(witness_take(&t.w, &t.d, t.s.p));
	slide_begin(&t.s, &t.w);
	assert_true(slide_to(&t.s, &t.w, 21, 0, 1000));
	assert_true(slide_to(&t.s, &t.w, 21, 8, 10000));
	assert_int_equal(t.w.lo[21], 0);
	assert_int_equal(t.w.hi[21], 8);
	assert_false(slide_to(&t.s, &t.w, 21, 9, 1000));
	assert_int_equal(t.w.hi[21], 8);
	for (uint32_t i = 0; i < 64; i++) /* the table that one is at is still the first */
		assert_int_equal(t.w.values[i], 2);
	stop(&t);
}

/* Nothing is known but the rows; then the middle, where each count has room both ways. */
static void test_first_table(void **state)
{
	struct tried t;

	(void)state;
	for (int64_t room = 0; room < 2; room++) {
		make_cube(&t, 5, 3, room);
		for (uint32_t i = 0; i < 125; i++)
			t.w.values[i] = 0;
		assert_true(slide_first(&t.s, &t.w, 100000));
		assert_int_equal(t.w.n_tables, 1);
		for (uint32_t r = 0; r < t.m.n_rows; r++)
			assert_true(row_holds(&t.m, &t.m.rows[r], t.w.values));
		slide_centre(&t.s, &t.w);
		for (uint32_t r = 0; r < t.m.n_rows; r++)
			assert_true(row_holds(&t.m, &t.m.rows[r], t.w.values));
		stop(&t);
	}
}

/* Too much to do: no directions, and nothing is found along them. */
static void test_effort(void **state)
{
	struct tried t;
	struct slide s;

	(void)state;
	make_cube(&t, 5, 3, 0);
	assert_int_equal(slide_init(&s, &t.d, &t.parts, t.s.p, 100, NULL), SLUICE_OK);
	assert_false(s.directions.known);
	assert_int_equal(s.directions.n, 0);
	assert_false(slide_first(&s, &t.w, 1000));
	slide_begin(&s, &t.w);
	assert_false(slide_to(&s, &t.w, 0, 4, 1000));
	slide_spread(&s, &t.w, NULL, 1);
	slide_free(&s);
	stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directions),  cmocka_unit_test(test_random_rows),
		cmocka_unit_test(test_spread),      cmocka_unit_test(test_slide_to),
		cmocka_unit_test(test_first_table), cmocka_unit_test(test_effort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
