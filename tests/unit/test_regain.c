/* Counts that need not be hidden are shown again, and no others. */
#include "unit/unit.h"

#include "protect/regain.h"

#include "protect/matrix.h"

/* Rows and columns of 3 inner counts with their totals, and the total of all. */
#define SIDE  3
#define CELLS 16

struct table {
	struct model m;
	int64_t values[CELLS];
	bool shown[CELLS], primary[CELLS];
	struct protection p;
};

static uint32_t at(uint32_t row, uint32_t col)
{
	return row * (SIDE + 1) + col;
}

static void add_row(struct table *t, uint32_t whole, uint32_t first, uint32_t step)
{
	assert_int_equal(model_row(&t->m, 0, 0, NULL), SLUICE_OK);
	assert_int_equal(model_term(&t->m, whole, 1, NULL), SLUICE_OK);
	t->values[whole] = 0;
	for (uint32_t i = 0; i < SIDE; i++) {
		assert_int_equal(model_term(&t->m, first + i * step, -1, NULL), SLUICE_OK);
		t->values[whole] += t->values[first + i * step];
	}
}

static void make_table(struct table *t, const int64_t *inner)
{
	uint32_t id;

	*t = (struct table){ 0 };
	for (uint32_t i = 0; i < CELLS; i++) {
		assert_int_equal(model_unknown(&t->m, 0, BOUND_NONE, &id, NULL), SLUICE_OK);
		t->shown[i] = true;
		if (i / (SIDE + 1) < SIDE && i % (SIDE + 1) < SIDE)
			t->values[i] = inner[i / (SIDE + 1) * SIDE + i % (SIDE + 1)];
	}
	for (uint32_t i = 0; i < SIDE; i++)
		add_row(t, at(i, SIDE), at(i, 0), 1);
	for (uint32_t i = 0; i <= SIDE; i++)
		add_row(t, at(SIDE, i), at(0, i), SIDE + 1);
	assert_int_equal(model_finish(&t->m, NULL), SLUICE_OK);
	t->p = (struct protection){ .model = &t->m,
		                    .values = t->values,
		                    .shown = t->shown,
		                    .primary = t->primary,
		                    .effort = { .width = 2, .seconds = 20, .nodes = 20000 } };
}

static void show_again(struct table *t, bool rounded, bool *hidden)
{
	struct protected result = { .hidden = hidden, .safe = true };
	struct matrix x = { 0 };
	uint32_t order[CELLS], n;

	assert_true(matrix_make(&x, &t->p));
	assert_true(matrix_order(&t->p, &x, order, &n));
	{
		bool known[2 * CELLS] = { 0 };
		const struct elimination e = { &x.c, order, n, NULL, known };
		const struct regaining r = { &t->p, &e, rounded };

		for (uint32_t i = 0; i < x.n_extra; i++)
			known[CELLS + i] = true;
		assert_int_equal(regain(&r, &result, NULL), SLUICE_OK);
	}
	matrix_free(&x);
}

static uint32_t count(const bool *hidden)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < CELLS; i++)
		n += hidden[i];
	return n;
}

static const int64_t inner[] = { 2, 10, 20, 30, 11, 40, 50, 60, 70 };

static void the_dearest_come_first(void **state)
{
	bool hidden[2 * CELLS] = { 0 };
	struct table t;

	(void)state;
	make_table(&t, inner);
	t.primary[at(0, 0)] = true;
	for (uint32_t i = 0; i < CELLS; i++)
		hidden[i] = true;
	show_again(&t, false, hidden);
	/* One more in its row, in its column, and where both meet. */
	assert_int_equal(count(hidden), 4);
	assert_true(hidden[at(0, 0)] && hidden[at(0, 1)] && hidden[at(1, 0)] &&
	            hidden[at(1, 1)]);
	model_free(&t.m);
}

static void what_is_needed_stays_hidden(void **state)
{
	bool hidden[2 * CELLS] = { 0 };
	struct table t;

	(void)state;
	make_table(&t, inner);
	t.primary[at(0, 0)] = true;
	hidden[at(0, 0)] = hidden[at(0, 1)] = hidden[at(1, 0)] = hidden[at(1, 1)] = true;
	show_again(&t, false, hidden);
	assert_int_equal(count(hidden), 4);
	model_free(&t.m);
}

/* With 2 and 10 hidden of the first row each would have 13 values. */
static void as_many_values_are_kept(void **state)
{
	bool hidden[2 * CELLS] = { 0 };
	struct table t;

	(void)state;
	make_table(&t, inner);
	t.primary[at(0, 0)] = true;
	t.p.effort.width = 20;
	for (uint32_t i = 0; i < CELLS; i++)
		hidden[i] = true;
	show_again(&t, false, hidden);
	assert_int_equal(count(hidden), 4);
	assert_true(hidden[at(0, 0)] && hidden[at(0, 2)]);
	assert_false(hidden[at(0, 1)]);
	model_free(&t.m);
}

static void parts_that_are_small_together_get_no_less(void **state)
{
	static const int64_t small[] = { 2, 1, 20, 2, 3, 40, 50, 60, 70 };
	bool hidden[2 * CELLS] = { 0 };
	struct table t;

	(void)state;
	make_table(&t, small);
	t.primary[at(0, 0)] = t.primary[at(0, 1)] = true;
	t.primary[at(1, 0)] = t.primary[at(1, 1)] = true;
	t.p.together = 3;
	for (uint32_t i = 0; i < CELLS; i++)
		hidden[i] = t.primary[i];
	hidden[at(0, 2)] = hidden[at(1, 2)] = hidden[at(2, 2)] = true;
	show_again(&t, false, hidden);
	assert_true(hidden[at(0, 2)]); /* else 2 + 1 would be told */
	assert_false(hidden[at(2, 2)]);
	model_free(&t.m);
}

/* An elimination knows nothing of texts that are rounded. */
static void a_rounded_total_lets_its_parts_be_shown(void **state)
{
	struct unknown seen[CELLS];
	bool hidden[2 * CELLS] = { 0 };
	struct table t;

	(void)state;
	make_table(&t, inner);
	t.primary[at(0, 0)] = true;
	for (uint32_t i = 0; i < CELLS; i++) {
		hidden[i] = t.primary[i] || i == at(0, 1) || i == at(1, 0) || i == at(1, 1);
		seen[i] = (struct unknown){ t.values[i] < 2 ? 0 : t.values[i] - 2,
			                    t.values[i] + 2, 1, 0 };
	}
	t.p.seen = seen;
	show_again(&t, true, hidden);
	assert_int_equal(count(hidden), 1);
	model_free(&t.m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_dearest_come_first),
		cmocka_unit_test(what_is_needed_stays_hidden),
		cmocka_unit_test(as_many_values_are_kept),
		cmocka_unit_test(parts_that_are_small_together_get_no_less),
		cmocka_unit_test(a_rounded_total_lets_its_parts_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
