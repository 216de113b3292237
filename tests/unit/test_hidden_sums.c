/* Sums that must not follow, as cells: which the rules make, each once, with what they are sums of. */
#include "unit/unit.h"

#include "protect/hidden_sums.h"

#define CELLS 5 /* the whole, and four parts */

struct table {
	struct model m;
	int64_t values[CELLS];
	bool shown[CELLS], primary[CELLS];
	struct protection p;
};

static void make_table(struct table *t, const int64_t *parts)
{
	uint32_t id;

	*t = (struct table){ 0 };
	for (uint32_t i = 0; i < CELLS; i++) {
		assert_int_equal(model_unknown(&t->m, 0, BOUND_NONE, &id, NULL), SLUICE_OK);
		t->shown[i] = true;
	}
	assert_int_equal(model_row(&t->m, 0, 0, NULL), SLUICE_OK);
	for (uint32_t i = 0; i < CELLS; i++) {
		assert_int_equal(model_term(&t->m, i, i ? -1 : 1, NULL), SLUICE_OK);
		t->values[i] = i ? parts[i - 1] : 0;
		t->primary[i] = i && parts[i - 1] >= 1 && parts[i - 1] <= 2;
	}
	for (uint32_t i = 1; i < CELLS; i++)
		t->values[0] += t->values[i];
	assert_int_equal(model_finish(&t->m, NULL), SLUICE_OK);
	t->p = (struct protection){ .model = &t->m,
		                    .values = t->values,
		                    .shown = t->shown,
		                    .primary = t->primary,
		                    .zeros_stay = true,
		                    .effort = { .width = 2 } };
}

static void assert_sum(const struct hidden_sums *s, uint32_t sum, const uint32_t *cells,
                       uint32_t n)
{
	const struct row *r = &s->p.model->rows[s->p.model->n_rows - 1];

	assert_int_equal(sum, s->p.model->n_unknowns - 1);
	assert_true(s->p.primary[sum]);
	assert_false(s->p.shown[sum]);
	assert_int_equal(r->n, n + 1);
	assert_true(!r->lo && !r->hi);
	assert_int_equal(s->p.model->terms[r->first].unknown, sum);
	assert_int_equal(s->p.model->terms[r->first].factor, 1);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(s->p.model->terms[r->first + 1 + i].unknown, cells[i]);
		assert_int_equal(s->p.model->terms[r->first + 1 + i].factor, -1);
	}
	assert_true(row_holds(s->p.model, r, s->p.values));
}

static void nothing_asked_nothing_made(void **state)
{
	static const int64_t parts[] = { 1, 1, 20, 30 };
	struct hidden_sums s;
	struct table t;

	(void)state;
	make_table(&t, parts);
	assert_int_equal(hidden_sums_make(&s, &t.p, false, NULL), SLUICE_OK);
	assert_ptr_equal(s.p.model, &t.m);
	assert_ptr_equal(s.p.primary, t.primary);
	hidden_sums_free(&s);
	model_free(&t.m);
}

static void ones_of_a_whole_are_one_sum(void **state)
{
	static const int64_t parts[] = { 1, 2, 1, 30 };
	static const uint32_t ones[] = { 1, 3 };
	struct hidden_sums s;
	struct table t;

	(void)state;
	make_table(&t, parts);
	assert_int_equal(hidden_sums_make(&s, &t.p, true, NULL), SLUICE_OK);
	assert_int_equal(s.p.model->n_unknowns, CELLS + 1);
	assert_int_equal(s.p.values[CELLS], 2);
	assert_sum(&s, CELLS, ones, 2);
	/* The cells are as they were. */
	for (uint32_t i = 0; i < CELLS; i++) {
		assert_int_equal(s.p.values[i], t.values[i]);
		assert_int_equal(s.p.shown[i], t.shown[i]);
		assert_int_equal(s.p.primary[i], t.primary[i]);
	}
	assert_int_equal(s.p.model->rows[0].n, CELLS);
	hidden_sums_free(&s);
	model_free(&t.m);
}

/* Where zeros are hidden, they are the least that a count can be. */
static void zeros_are_where_they_are_hidden(void **state)
{
	static const int64_t parts[] = { 0, 1, 0, 1 };
	static const uint32_t zeros[] = { 1, 3 };
	struct hidden_sums s;
	struct table t;

	(void)state;
	make_table(&t, parts);
	t.p.zeros_stay = false;
	t.primary[1] = t.primary[3] = true;
	assert_int_equal(hidden_sums_make(&s, &t.p, true, NULL), SLUICE_OK);
	assert_int_equal(s.p.model->n_unknowns, CELLS + 1);
	assert_sum(&s, CELLS, zeros, 2);
	hidden_sums_free(&s);
	model_free(&t.m);
}

/* All but 2 are in one part: what is left of the whole must be hidden, and could be more than 3. */
static void the_rest_of_one_part(void **state)
{
	static const int64_t parts[] = { 0, 40, 2, 0 };
	static const uint32_t rest[] = { 1, 3, 4 };
	struct hidden_sums s;
	struct table t;

	(void)state;
	make_table(&t, parts);
	t.p.one_part = 3;
	assert_int_equal(hidden_sums_make(&s, &t.p, false, NULL), SLUICE_OK);
	assert_int_equal(s.p.model->n_unknowns, CELLS + 1);
	assert_int_equal(s.p.values[CELLS], 2);
	assert_sum(&s, CELLS, rest, 3);
	assert_int_equal(s.p.effort.width, 4);
	hidden_sums_free(&s);
	/* Not so with one person more. */
	t.p.one_part = 2;
	assert_int_equal(hidden_sums_make(&s, &t.p, false, NULL), SLUICE_OK);
	assert_int_equal(s.p.model->n_unknowns, CELLS);
	assert_int_equal(s.p.effort.width, 2);
	hidden_sums_free(&s);
	model_free(&t.m);
}

static void the_same_sum_is_made_once(void **state)
{
	static const int64_t parts[] = { 1, 1, 20, 30 };
	uint32_t same[] = { 2, 1 }, longer[] = { 3, 1, 2 }, other[] = { 1, 3 };
	struct hidden_sums s;
	struct table t;

	(void)state;
	make_table(&t, parts);
	assert_int_equal(hidden_sums_make(&s, &t.p, true, NULL), SLUICE_OK);
	assert_int_equal(s.model.n_unknowns, CELLS + 1);
	assert_int_equal(hidden_sum_add(&s, same, 2, NULL), SLUICE_OK);
	assert_int_equal(s.model.n_unknowns, CELLS + 1);
	assert_int_equal(hidden_sum_add(&s, longer, 3, NULL), SLUICE_OK);
	assert_int_equal(hidden_sum_add(&s, other, 2, NULL), SLUICE_OK);
	assert_int_equal(s.model.n_unknowns, CELLS + 3);
	assert_int_equal(s.values[CELLS + 1], 22);
	assert_int_equal(s.values[CELLS + 2], 21);
	assert_int_equal(hidden_sum_add(&s, longer, 3, NULL), SLUICE_OK);
	assert_int_equal(s.model.n_unknowns, CELLS + 3);
	assert_true(longer[0] == 1 && longer[1] == 2 && longer[2] == 3);
	hidden_sums_free(&s);
	model_free(&t.m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked_nothing_made),
		cmocka_unit_test(ones_of_a_whole_are_one_sum),
		cmocka_unit_test(zeros_are_where_they_are_hidden),
		cmocka_unit_test(the_rest_of_one_part),
		cmocka_unit_test(the_same_sum_is_made_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
