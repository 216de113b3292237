/* Rounding that adds up: against all there is to choose from, where that can be tried. */
#include "unit.h"

#include "chance.h"
#include "protect/additive.h"

#include <stdlib.h>

/* ---- tables ---------------------------------------------------------------------------- */

#define MOST 400u /* cells */

struct table {
	struct model m;
	int64_t values[MOST];
	struct additive a;
};

static void well(enum sluice_status status)
{
	assert_int_equal(status, SLUICE_OK);
}

/* A cell, 0 to begin with. */
static uint32_t cell(struct table *t)
{
	uint32_t id;

	well(model_unknown(&t->m, 0, BOUND_NONE, &id, NULL));
	assert_true(id < MOST);
	t->values[id] = 0;
	return id;
}

/* The whole is the sum of n cells from..., each so many after the one before. */
static void total(struct table *t, uint32_t whole, uint32_t from, uint32_t n, uint32_t step)
{
	t->values[whole] = 0;
	well(model_row(&t->m, 0, 0, NULL));
	well(model_term(&t->m, whole, 1, NULL));
	for (uint32_t i = 0; i < n; i++) {
		well(model_term(&t->m, from + i * step, -1, NULL));
		t->values[whole] += t->values[from + i * step];
	}
}

static void done(struct table *t, uint32_t base)
{
	well(model_finish(&t->m, NULL));
	t->a = (struct additive){ .model = &t->m, .values = t->values, .base = base };
}

/* rows x cols with all totals; cell (i, j) is i * (cols + 1) + j, totals last in each. */
static void make_flat(struct table *t, const int64_t *inner, uint32_t rows, uint32_t cols,
                      uint32_t base)
{
	const uint32_t stride = cols + 1;

	*t = (struct table){ 0 };
	for (uint32_t i = 0; i < (rows + 1) * stride; i++)
		cell(t);
	for (uint32_t i = 0; i < rows; i++)
		for (uint32_t j = 0; j < cols; j++)
			t->values[i * stride + j] = inner[i * cols + j];
	for (uint32_t i = 0; i < rows; i++)
		total(t, i * stride + cols, i * stride, cols, 1);
	for (uint32_t j = 0; j <= cols; j++)
		total(t, rows * stride + j, j, rows, stride);
	total(t, rows * stride + cols, rows * stride, cols, 1);
	done(t, base);
}

static void check_adds_up(const struct table *t, const int64_t *values)
{
	for (uint32_t r = 0; r < t->m.n_rows; r++)
		assert_true(row_holds(&t->m, &t->m.rows[r], values));
	for (uint32_t u = 0; u < t->m.n_unknowns; u++)
		assert_true(values[u] >= 0);
}

static int64_t changes(const struct table *t, const int64_t *values)
{
	int64_t sum = 0;

	for (uint32_t u = 0; u < t->m.n_unknowns; u++)
		sum += llabs(values[u] - t->values[u]);
	return sum;
}

/* ---- controlled rounding ----------------------------------------------------------------- */

/* The least sum of changes over all choices for the innermost cells; -1 = none adds up. */
static int64_t least_changes(const struct table *t, const uint32_t *inner, uint32_t n)
{
	struct inner_sums s;
	int64_t best = -1;

	well(inner_sums_make(&s, &t->m, NULL));
	for (uint32_t choice = 0; choice < 1u << n; choice++) {
		int64_t rounded[MOST] = { 0 }, sum = 0;
		bool may = true;

		for (uint32_t i = 0; i < n && may; i++) {
			const int64_t x = t->values[inner[i]], base = t->a.base;

			may = x % base || !(choice >> i & 1);
			rounded[inner[i]] = (x / base + (choice >> i & 1)) * base;
		}
		for (uint32_t u = 0; u < t->m.n_unknowns && may; u++) {
			int64_t y = 0;

			for (uint32_t i = s.at[u]; i < s.at[u + 1]; i++)
				y += rounded[s.of[i]];
			may = llabs(y - t->values[u]) < t->a.base;
			sum += llabs(y - t->values[u]);
		}
		if (may && (best < 0 || sum < best))
			best = sum;
	}
	inner_sums_free(&s);
	return best;
}

static void check_controlled(const struct table *t, const uint32_t *inner, uint32_t n)
{
	int64_t values[MOST];

	well(controlled_rounding(&t->a, values, NULL));
	check_adds_up(t, values);
	for (uint32_t u = 0; u < t->m.n_unknowns; u++) {
		assert_int_equal(values[u] % t->a.base, 0);
		assert_true(llabs(values[u] - t->values[u]) < t->a.base);
	}
	assert_int_equal(changes(t, values), least_changes(t, inner, n));
}

static void controlled_rounding_changes_least(void **state)
{
	struct chance c = { .state = 2 };

	(void)state;
	for (uint32_t round = 0; round < 300; round++) {
		const uint32_t rows = 1 + chance_below(&c, 4), cols = 1 + chance_below(&c, 3);
		const uint32_t base = 2 + chance_below(&c, 6);
		uint32_t inner[12], n = 0;
		int64_t values[12];
		struct table t;

		for (uint32_t i = 0; i < rows * cols; i++) {
			values[i] = chance_below(&c, 3) ? chance_below(&c, 3 * base) : 0;
			inner[n++] = i / cols * (cols + 1) + i % cols;
		}
		make_flat(&t, values, rows, cols, base);
		check_controlled(&t, inner, n);
		model_free(&t.m);
	}
}

/* A hierarchy in one dimension: regions of areas, and all regions. */
static void a_hierarchy_of_one_dimension_is_a_network(void **state)
{
	struct chance c = { .state = 8 };

	(void)state;
	for (uint32_t round = 0; round < 100; round++) {
		struct table t = { 0 };
		uint32_t inner[9];

		for (uint32_t i = 0; i < 9; i++) {
			inner[i] = cell(&t);
			t.values[i] = chance_below(&c, 14);
		}
		for (uint32_t i = 0; i < 4; i++)
			cell(&t);
		for (uint32_t i = 0; i < 3; i++)
			total(&t, 9 + i, 3 * i, 3, 1);
		total(&t, 12, 9, 3, 1);
		done(&t, 5);
		check_controlled(&t, inner, 9);
		model_free(&t.m);
	}
}

static void large_tables_are_rounded_too(void **state)
{
	struct chance c = { .state = 4 };
	int64_t inner[18 * 19], values[MOST];
	struct table t;

	(void)state;
	for (uint32_t i = 0; i < LENGTH(inner); i++)
		inner[i] = chance_below(&c, 40);
	make_flat(&t, inner, 18, 19, 10);
	well(controlled_rounding(&t.a, values, NULL));
	check_adds_up(&t, values);
	model_free(&t.m);
}

/* ---- small counts ------------------------------------------------------------------------ */

static void check_small(const struct table *t, int64_t *values)
{
	well(small_counts(&t->a, values, NULL));
	check_adds_up(t, values);
	for (uint32_t u = 0; u < t->m.n_unknowns; u++)
		if (!t->a.shown || t->a.shown[u])
			assert_true(!values[u] || values[u] >= t->a.base);
}

static void no_small_count_is_left(void **state)
{
	struct chance c = { .state = 6 };

	(void)state;
	for (uint32_t round = 0; round < 400; round++) {
		const uint32_t rows = 1 + chance_below(&c, 8), cols = 1 + chance_below(&c, 8);
		const uint32_t base = 2 + chance_below(&c, 8);
		int64_t inner[64], values[MOST], again[MOST];
		bool shown[MOST];
		struct table t;

		for (uint32_t i = 0; i < rows * cols; i++)
			inner[i] = chance_below(&c, 1 + chance_below(&c, 2 * base));
		make_flat(&t, inner, rows, cols, base);
		check_small(&t, values);
		small_counts(&t.a, again, NULL);
		assert_memory_equal(values, again, t.m.n_unknowns * sizeof(*values));
		/* Only totals are shown: what adds up to no small one stays as it is. */
		for (uint32_t u = 0; u < t.m.n_unknowns; u++)
			shown[u] = u % (cols + 1) == cols || u / (cols + 1) == rows;
		t.a.shown = shown;
		check_small(&t, values);
		model_free(&t.m);
	}
}

static void what_is_not_small_stays(void **state)
{
	static const int64_t inner[] = { 8, 0, 12, 30, 9, 8 };
	int64_t values[MOST];
	struct table t;

	(void)state;
	make_flat(&t, inner, 2, 3, 5);
	check_small(&t, values);
	assert_memory_equal(values, t.values, t.m.n_unknowns * sizeof(*values));
	model_free(&t.m);
}

/* ---- what is refused --------------------------------------------------------------------- */

static void refused(const struct table *t, bool also_small, const char *why)
{
	struct sluice_error err = { 0 };
	int64_t values[MOST];

	assert_int_equal(controlled_rounding(&t->a, values, &err), SLUICE_E_DATA);
	assert_non_null(strstr(err.text, why));
	if (!also_small)
		return;
	assert_int_equal(small_counts(&t->a, values, &err), SLUICE_E_DATA);
	assert_non_null(strstr(err.text, why));
}

static void what_cannot_be_had_is_refused(void **state)
{
	struct table t = { 0 };

	(void)state;
	/* Three dimensions. */
	for (uint32_t i = 0; i < 8 + 3 * 4; i++)
		cell(&t);
	for (uint32_t i = 0; i < 4; i++)
		total(&t, 8 + i, 2 * i, 2, 1);
	for (uint32_t i = 0; i < 4; i++)
		total(&t, 12 + i, i / 2 * 4 + i % 2, 2, 2);
	for (uint32_t i = 0; i < 4; i++)
		total(&t, 16 + i, i, 2, 4);
	done(&t, 5);
	refused(&t, false, "two dimensions");
	model_free(&t.m);
	/* Counts that don't add up. */
	make_flat(&t, (int64_t[]){ 1, 2 }, 1, 2, 5);
	t.values[0]++;
	refused(&t, true, "don't add up");
	model_free(&t.m);
	/* No more than another. */
	t = (struct table){ 0 };
	cell(&t);
	cell(&t);
	well(model_row(&t.m, 0, BOUND_NONE, NULL));
	well(model_term(&t.m, 0, 1, NULL));
	well(model_term(&t.m, 1, -1, NULL));
	done(&t, 5);
	refused(&t, true, "otherwise than by totals");
	model_free(&t.m);
}

static void totals_that_hold_each_other_are_refused(void **state)
{
	struct sluice_error err = { 0 };
	int64_t values[MOST];
	struct table t = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		cell(&t);
	total(&t, 0, 1, 2, 1);
	well(model_row(&t.m, 0, 0, NULL));
	well(model_term(&t.m, 1, 1, NULL));
	well(model_term(&t.m, 0, -1, NULL));
	done(&t, 5);
	assert_int_equal(small_counts(&t.a, values, &err), SLUICE_E_DATA);
	assert_string_equal(err.text, "a total is a part of itself");
	model_free(&t.m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(controlled_rounding_changes_least),
		cmocka_unit_test(a_hierarchy_of_one_dimension_is_a_network),
		cmocka_unit_test(large_tables_are_rounded_too),
		cmocka_unit_test(no_small_count_is_left),
		cmocka_unit_test(what_is_not_small_stays),
		cmocka_unit_test(what_cannot_be_had_is_refused),
		cmocka_unit_test(totals_that_hold_each_other_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
