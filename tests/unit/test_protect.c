/* What is hidden besides, and that then no hidden count can be worked out: by trying all tables. */
#include "unit/unit.h"

#include "chance.h"
#include "protect/protect.h"

#define CELLS 64

/* A table of up to three dimensions; code n of a dimension is its total. */
struct table {
	uint32_t size[3];
	uint32_t n;
	int64_t values[CELLS];
	bool shown[CELLS], primary[CELLS];
	struct model m;
};

static uint32_t cell_at(const struct table *t, const uint32_t *code)
{
	return (code[0] * (t->size[1] + 1) + code[1]) * (t->size[2] + 1) + code[2];
}

static void codes_of(const struct table *t, uint32_t cell, uint32_t *code)
{
	code[2] = cell % (t->size[2] + 1);
	code[1] = cell / (t->size[2] + 1) % (t->size[1] + 1);
	code[0] = cell / (t->size[2] + 1) / (t->size[1] + 1);
}

/* Cells above all dimensions of one code are the same cell as that code's, but that is allowed. */
static void make_table(struct table *t, struct chance *c, uint32_t a, uint32_t b, uint32_t d)
{
	uint32_t code[3], id;

	*t = (struct table){ .size = { a, b, d } };
	t->n = (a + 1) * (b + 1) * (d + 1);
	for (uint32_t i = 0; i < t->n; i++) {
		assert_int_equal(model_unknown(&t->m, 0, BOUND_NONE, &id, NULL), SLUICE_OK);
		codes_of(t, i, code);
		t->shown[i] = true;
		if (code[0] < a && code[1] < b && code[2] < d)
			t->values[i] = chance_below(c, 3) ? chance_below(c, 12) : 0;
	}
	for (uint32_t dim = 0; dim < 3; dim++)
		for (uint32_t i = 0; i < t->n; i++) {
			codes_of(t, i, code);
			if (code[dim] != t->size[dim])
				continue;
			model_row(&t->m, 0, 0, NULL);
			model_term(&t->m, i, 1, NULL);
			t->values[i] = 0;
			for (code[dim] = 0; code[dim] < t->size[dim]; code[dim]++) {
				model_term(&t->m, cell_at(t, code), -1, NULL);
				t->values[i] += t->values[cell_at(t, code)];
			}
		}
	/* Totals of totals were summed before their parts were: once more. */
	for (int again = 0; again < 3; again++)
		for (uint32_t r = 0; r < t->m.n_rows; r++) {
			const struct term *term = &t->m.terms[t->m.rows[r].first];

			t->values[term->unknown] = 0;
			for (uint32_t i = 1; i < t->m.rows[r].n; i++)
				t->values[term->unknown] += t->values[term[i].unknown];
		}
	assert_int_equal(model_finish(&t->m, NULL), SLUICE_OK);
	for (uint32_t i = 0; i < t->n; i++)
		t->primary[i] = t->values[i] >= 1 && t->values[i] <= 2;
}

static void protect_table(const struct table *t, int64_t together, struct protected *result)
{
	const struct protection p = {
		.model = &t->m,
		.values = t->values,
		.shown = t->shown,
		.primary = t->primary,
		.zeros_stay = true,
		.together = together,
		.effort = { .width = 2, .seconds = 20, .nodes = 20000 },
	};

	assert_int_equal(protect(&p, result, NULL), SLUICE_OK);
}

/* ---- all tables ------------------------------------------------------------------------------- */

struct trial {
	const struct table *t;
	const bool *hidden;
	uint32_t inner[CELLS], n_inner;
	int64_t sums[CELLS]; /* of all cells so far                               */
	bool moved[CELLS];   /* some table has another count                      */
	uint32_t n_still;    /* primary cells of which none was seen              */
	uint64_t n_steps;
};

static bool covers(const struct table *t, uint32_t cell, uint32_t inner)
{
	uint32_t a[3], b[3];

	codes_of(t, cell, a);
	codes_of(t, inner, b);
	for (uint32_t d = 0; d < 3; d++)
		if (a[d] != t->size[d] && a[d] != b[d])
			return false;
	return true;
}

static void take_table(struct trial *x)
{
	const struct table *t = x->t;

	for (uint32_t c = 0; c < t->n; c++)
		if (!x->hidden[c] && x->sums[c] != t->values[c])
			return;
	for (uint32_t c = 0; c < t->n; c++)
		if (x->sums[c] != t->values[c] && !x->moved[c]) {
			x->moved[c] = true;
			x->n_still -= t->primary[c];
		}
}

/* Tables near the true one first; none is needed any more when every primary cell has moved. */
static void try_all(struct trial *x, uint32_t i)
{
	const struct table *t = x->t;

	if (i == x->n_inner)
		take_table(x);
	for (int64_t step = 0; i < x->n_inner && step <= 8 && x->n_still; step++) {
		const int64_t v =
			t->values[x->inner[i]] + (step % 2 ? -(step + 1) / 2 : step / 2);
		bool fits = v >= 0;

		assert_true(x->n_steps++ < 20000000);
		for (uint32_t c = 0; c < t->n; c++)
			if (covers(t, c, x->inner[i])) {
				x->sums[c] += v;
				fits = fits && (x->hidden[c] || x->sums[c] <= t->values[c]);
			}
		if (fits)
			try_all(x, i + 1);
		for (uint32_t c = 0; c < t->n; c++)
			if (covers(t, c, x->inner[i]))
				x->sums[c] -= v;
	}
}

static void assert_nothing_falls(const struct table *t, const bool *hidden)
{
	struct trial x = { .t = t, .hidden = hidden };

	for (uint32_t i = 0; i < t->n; i++) {
		uint32_t code[3];

		codes_of(t, i, code);
		x.n_still += t->primary[i];
		if (code[0] < t->size[0] && code[1] < t->size[1] && code[2] < t->size[2])
			x.inner[x.n_inner++] = i;
	}
	try_all(&x, 0);
	assert_int_equal(x.n_still, 0);
}

static void table_free(struct table *t, struct protected *result)
{
	model_free(&t->m);
	free(result->hidden);
}

/* ---- */

static void no_hidden_count_can_be_worked_out(void **state)
{
	static const uint32_t sizes[][3] = {
		{ 4, 0, 0 }, { 3, 3, 0 }, { 2, 2, 2 }, { 3, 2, 0 }
	};

	(void)state;
	for (uint32_t kind = 0; kind < LENGTH(sizes); kind++)
		for (uint64_t seed = 1; seed <= 150; seed++) {
			struct chance chance = { seed * 7919 + kind };
			struct protected result;
			struct table t;

			make_table(&t, &chance, sizes[kind][0],
			           sizes[kind][1] ? sizes[kind][1] : 1,
			           sizes[kind][2] ? sizes[kind][2] : 1);
			protect_table(&t, 0, &result);
			for (uint32_t i = 0; i < t.n; i++)
				if (t.primary[i])
					assert_true(result.hidden[i]);
			if (result.safe)
				assert_nothing_falls(&t, result.hidden);
			table_free(&t, &result);
		}
}

/* 1-D: 2, 9, 0, 5, 60: the smallest that is not 0 goes with it, not the zero. */
static void one_line_takes_the_next_smallest(void **state)
{
	static const int64_t values[] = { 2, 9, 0, 5, 60, 76 };
	struct table t = { .n = 6 };
	struct protected result;
	uint32_t id;

	(void)state;
	model_row(&t.m, 0, 0, NULL);
	for (uint32_t i = 0; i < 6; i++) {
		assert_int_equal(model_unknown(&t.m, 0, BOUND_NONE, &id, NULL), SLUICE_OK);
		t.values[i] = values[i];
		t.shown[i] = true;
	}
	model_term(&t.m, 5, 1, NULL);
	for (uint32_t i = 0; i < 5; i++)
		model_term(&t.m, i, -1, NULL);
	assert_int_equal(model_finish(&t.m, NULL), SLUICE_OK);
	t.primary[0] = true;
	protect_table(&t, 0, &result);
	assert_true(result.safe);
	assert_int_equal(result.n_added, 1);
	assert_true(result.hidden[3]);
	free(result.hidden);
	/* 2 + 5 is no more than 7 together, but 2 + 9 is; and then 5 can stay. */
	protect_table(&t, 7, &result);
	assert_true(result.safe);
	assert_int_equal(result.n_added, 1);
	assert_true(result.hidden[1]);
	table_free(&t, &result);
}

/* Two groupings of the same cells, each safe alone: K is small less county-1 less N. */
static void tables_with_common_cells_are_protected_together(void **state)
{
	enum { A, B, I, J, K, L, M, N, COUNTY1, COUNTY2, SMALL, BIG, TOTAL, CELLS_IN_ALL };
	static const int64_t values[] = { 2, 2, 8, 8, 3, 3, 3, 7, 20, 16, 30, 6, 36 };
	static const uint32_t rows[][8] = { { COUNTY1, A, B, I, J, TOTAL },
		                            { COUNTY2, K, L, M, N, TOTAL },
		                            { TOTAL, COUNTY1, COUNTY2, TOTAL },
		                            { SMALL, A, B, I, J, K, N, TOTAL },
		                            { BIG, L, M, TOTAL },
		                            { TOTAL, SMALL, BIG, TOTAL } };
	struct table t = { .n = CELLS_IN_ALL };
	struct protected result;
	uint32_t id;

	(void)state;
	for (uint32_t i = 0; i < t.n; i++) {
		assert_int_equal(model_unknown(&t.m, 0, BOUND_NONE, &id, NULL), SLUICE_OK);
		t.values[i] = values[i];
		t.shown[i] = true;
		t.primary[i] = values[i] <= 3;
	}
	for (uint32_t r = 0; r < LENGTH(rows); r++) {
		model_row(&t.m, 0, 0, NULL);
		model_term(&t.m, rows[r][0], 1, NULL);
		for (uint32_t i = 1; i < 8 && rows[r][i] != TOTAL; i++)
			model_term(&t.m, rows[r][i], -1, NULL);
	}
	assert_int_equal(model_finish(&t.m, NULL), SLUICE_OK);
	protect_table(&t, 0, &result);
	assert_true(result.safe);
	assert_int_equal(result.n_added, 1);
	assert_true(result.hidden[BIG] || result.hidden[N]);
	table_free(&t, &result);
}

static void what_does_not_add_up_is_refused(void **state)
{
	struct chance chance = { 1 };
	struct protected result;
	struct sluice_error err = { 0 };
	struct table t;

	(void)state;
	make_table(&t, &chance, 3, 2, 1);
	t.values[0]++;
	const struct protection p = { .model = &t.m,
		                      .values = t.values,
		                      .shown = t.shown,
		                      .primary = t.primary,
		                      .effort = { .width = 2, .seconds = 5, .nodes = 100 } };

	assert_int_equal(protect(&p, &result, &err), SLUICE_E_DATA);
	model_free(&t.m);
	free(result.hidden);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_hidden_count_can_be_worked_out),
		cmocka_unit_test(one_line_takes_the_next_smallest),
		cmocka_unit_test(tables_with_common_cells_are_protected_together),
		cmocka_unit_test(what_does_not_add_up_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
