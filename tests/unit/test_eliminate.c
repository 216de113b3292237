/* What may be published: no primary column may be a combination of what is. */
#include "unit/unit.h"

#include "chance.h"
#include "protect/eliminate.h"

/* A table of r by c with its totals: columns over the inner cells. */
struct table {
	uint32_t start[64], row[512];
	int32_t factor[512];
	struct columns c;
};

static void add_line(struct table *t, uint32_t rows, uint32_t cols, uint32_t r, uint32_t c)
{
	uint32_t at = t->start[t->c.n];

	for (uint32_t i = 0; i < rows; i++)
		for (uint32_t k = 0; k < cols; k++)
			if ((r == rows || r == i) && (c == cols || c == k)) {
				t->row[at] = i * cols + k;
				t->factor[at++] = 1;
			}
	t->start[++t->c.n] = at;
}

static void make_table(struct table *t, uint32_t rows, uint32_t cols)
{
	*t = (struct table){ 0 };
	t->c = (struct columns){ rows * cols, 0, t->start, t->row, t->factor };
	for (uint32_t r = 0; r <= rows; r++)
		for (uint32_t c = 0; c <= cols; c++)
			add_line(t, rows, cols, r, c);
}

/* The rank of some columns, by fractions of doubles: small 0/1 tables are exact in it. */
static uint32_t rank_of(const struct table *t, const bool *in)
{
	double m[64][64] = { { 0 } };
	uint32_t n = 0, rank = 0;

	for (uint32_t j = 0; j < t->c.n; j++) {
		if (!in[j])
			continue;
		for (uint32_t i = t->start[j]; i < t->start[j + 1]; i++)
			m[n][t->row[i]] = t->factor[i];
		n++;
	}
	for (uint32_t col = 0; col < t->c.n_rows; col++) {
		uint32_t pivot = rank;

		while (pivot < n && (m[pivot][col] < 1e-9 && m[pivot][col] > -1e-9))
			pivot++;
		if (pivot == n)
			continue;
		for (uint32_t k = 0; k < 64; k++) {
			const double v = m[pivot][k];

			m[pivot][k] = m[rank][k];
			m[rank][k] = v;
		}
		for (uint32_t i = rank + 1; i < n; i++) {
			const double times = m[i][col] / m[rank][col];

			for (uint32_t k = 0; k < 64; k++)
				m[i][k] -= times * m[rank][k];
		}
		rank++;
	}
	return rank;
}

/* Nothing primary follows, and nothing that was held back could be shown as well. */
static void assert_least(const struct table *t, const bool *primary, const bool *hidden)
{
	bool in[64] = { false };
	uint32_t rank;

	for (uint32_t j = 0; j < t->c.n; j++)
		in[j] = !hidden[j];
	rank = rank_of(t, in);
	for (uint32_t j = 0; j < t->c.n; j++) {
		if (!primary[j])
			continue;
		in[j] = true;
		assert_int_equal(rank_of(t, in), rank + 1);
		in[j] = false;
	}
	for (uint32_t j = 0; j < t->c.n; j++) {
		bool follows = false;

		if (!hidden[j] || primary[j])
			continue;
		in[j] = true;
		rank = rank_of(t, in);
		for (uint32_t k = 0; k < t->c.n; k++) {
			if (!primary[k])
				continue;
			in[k] = true;
			follows = follows || rank_of(t, in) == rank;
			in[k] = false;
		}
		assert_true(follows);
		in[j] = false;
	}
}

static void no_primary_follows_and_no_cell_is_hidden_for_nothing(void **state)
{
	struct table t;
	uint32_t order[64];

	(void)state;
	for (uint64_t seed = 1; seed <= 400; seed++) {
		struct chance chance = { seed };
		bool primary[64] = { false }, hidden[64], impossible;

		make_table(&t, 2 + (uint32_t)chance_below(&chance, 3),
		           2 + (uint32_t)chance_below(&chance, 3));
		for (uint32_t j = 0; j < t.c.n; j++) {
			order[j] = j;
			primary[j] = chance_below(&chance, 6) == 0;
		}
		for (uint32_t j = t.c.n; j > 1; j--) {
			const uint32_t k = (uint32_t)chance_below(&chance, j), v = order[k];

			order[k] = order[j - 1];
			order[j - 1] = v;
		}
		const struct elimination e = { &t.c, order, t.c.n, primary, NULL };

		assert_int_equal(eliminate(&e, hidden, &impossible, NULL), SLUICE_OK);
		assert_false(impossible);
		assert_least(&t, primary, hidden);
	}
}

static void what_is_known_beforehand_may_give_a_primary_away(void **state)
{
	uint32_t start[] = { 0, 1, 2, 4 }, row[] = { 0, 1, 0, 1 }, order[] = { 0, 1, 2 };
	int32_t factor[] = { 1, 1, 1, 1 };
	const struct columns c = { 2, 3, start, row, factor };
	const bool primary[] = { true, false, false };
	const bool known[] = { false, true, true }, one[] = { false, true, false };
	bool hidden[3], impossible;
	struct elimination e = { &c, order, 3, primary, known };

	(void)state;
	assert_int_equal(eliminate(&e, hidden, &impossible, NULL), SLUICE_OK);
	assert_true(impossible);
	e.known = one;
	assert_int_equal(eliminate(&e, hidden, &impossible, NULL), SLUICE_OK);
	assert_false(impossible);
	assert_false(hidden[1]);
	assert_true(hidden[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_primary_follows_and_no_cell_is_hidden_for_nothing),
		cmocka_unit_test(what_is_known_beforehand_may_give_a_primary_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
