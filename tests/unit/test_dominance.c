/* The rules on sums at their edges, and against all that can be said of a few contributors. */
#include "unit.h"

#include "chance.h"
#include "group/contribution.h"

#include <stdlib.h>

static struct largest ranked(const uint64_t *amounts, size_t n)
{
	struct largest l = { 0 };

	for (size_t i = 0; i < n; i++)
		largest_add(&l, amounts[i]);
	return l;
}

static uint32_t percent(const char *text)
{
	uint32_t parts = 0;

	assert_true(percent_read(text, &parts));
	return parts;
}

struct edge {
	uint64_t amounts[5];
	uint32_t n; /* 0 = the p % rule */
	const char *percent;
	bool unsafe;
};

static void rules_hold_to_the_last_unit(void **state)
{
	static const struct edge edges[] = {
		{ { 85, 15 }, 1, "85", false },
		{ { 86, 15 }, 1, "85", true },
		{ { 85, 14, 1 }, 1, "84.999999", true },
		{ { 60, 30, 10 }, 2, "90", false },
		{ { 60, 30, 10 }, 2, "89.9", true },
		{ { 7 }, 1, "100", false }, /* all of it is not over all of it */
		{ { 7 }, 1, "99.999999", true },
		{ { 1, 1, 1, 1, 1 }, 5, "99", true },
		{ { 900000000000000, 99999999999999 }, 1, "90", true },
		{ { 899999999999999, 100000000000000 }, 1, "90", false },
		/* X - x1 - x2 against p % of x1 */
		{ { 100, 50, 10 }, 0, "10", false },
		{ { 100, 50, 9 }, 0, "10", true },
		{ { 100, 50, 4, 5 }, 0, "10", true },
		{ { 100, 50, 5, 5 }, 0, "10", false },
		{ { 5, 5 }, 0, "0.000001", true }, /* two know each other's */
		{ { 5 }, 0, "0.000001", true },
		{ { 1000000, 1, 1 }, 0, "0.0001", false },
		{ { 1000001, 1, 1 }, 0, "0.0001", true },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(edges); i++) {
		const struct edge *e = &edges[i];
		struct dominance d = { 0 };
		const struct largest l = ranked(e->amounts, LENGTH(e->amounts));

		if (e->n) {
			d.rules[d.n_rules++] =
				(struct dominance_rule){ e->n, percent(e->percent) };
		} else {
			d.p = percent(e->percent);
		}
		assert_int_equal(dominance_unsafe(&d, &l, -1), e->unsafe);
	}
}

static void few_contributors_are_unsafe_and_none_are_not(void **state)
{
	static const uint64_t amounts[] = { 3, 0, 9, 0, 4, 1 };
	const struct dominance none = { 0 }, strict = { { { 1, 1 } }, 1, 1 };
	static const uint64_t zeros[3] = { 0 };
	const struct largest l = ranked(amounts, LENGTH(amounts)), empty = { 0 },
			     nothing = ranked(zeros, LENGTH(zeros));

	(void)state;
	assert_int_equal(l.n, 6);
	assert_int_equal(l.n_any, 4);
	assert_int_equal(l.total, 17);
	assert_true(dominance_unsafe(&none, &l, 4));
	assert_false(dominance_unsafe(&none, &l, 3));
	assert_false(dominance_unsafe(&none, &l, -1));
	assert_false(dominance_unsafe(&strict, &empty, 7));
	assert_true(
		dominance_unsafe(&strict, &nothing, 3)); /* each has nothing: that is told */
	assert_false(dominance_unsafe(&strict, &nothing, 2));
}

static int descending(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a < b) - (a > b);
}

static void the_largest_are_found_in_any_order(void **state)
{
	struct chance c = { .state = 11 };
	uint64_t amounts[40];

	(void)state;
	for (uint32_t round = 0; round < 2000; round++) {
		const uint32_t n = chance_below(&c, LENGTH(amounts));
		struct largest l;

		for (uint32_t i = 0; i < n; i++)
			amounts[i] = chance_below(&c, 30) + 1;
		l = ranked(amounts, n);
		qsort(amounts, n, sizeof(*amounts), descending);
		for (uint32_t i = 0; i < DOMINANCE_LARGEST; i++)
			assert_int_equal(l.amounts[i], i < n ? amounts[i] : 0);
	}
}

static void totals_beyond_all_bounds_stay_unsafe(void **state)
{
	struct dominance d = { .p = percent("10") };
	struct largest l = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 20000; i++)
		largest_add(&l, GROUP_LIMIT);
	assert_true(l.total <= UINT64_C(1) << 62);
	assert_false(dominance_unsafe(&d, &l, 7));
}

static void percentages_are_read_and_printed(void **state)
{
	static const struct {
		const char *text, *back;
	} good[] = {
		{ "85", "85" },       { "90.909", "90.909" },      { "0.000001", "0.000001" },
		{ "100", "100" },     { "100.000000", "100" },     { "7.10", "7.1" },
		{ "10.05", "10.05" }, { "99.999999", "99.999999" }
	};
	static const char *const bad[] = { "",    "0",  "0.0", "100.000001", "101", "1000",
		                           "-1",  "+1", "1.",  ".5",         "1e1", "07",
		                           "1,5", " 1", "1 ",  "0.0000001",  "x",   "85%" };
	uint32_t parts;

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		char out[PERCENT_TEXT];

		assert_string_equal(percent_print(out, percent(good[i].text)), good[i].back);
	}
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_false(percent_read(bad[i], &parts));
}

/* ---- contributions -------------------------------------------------------------------- */

#define CONTRIBUTORS 6u
#define GROUPS       3u

/* Identifiers of which some begin alike, one is empty, and some are long with their tail. */
static const char *const ids[CONTRIBUTORS] = { "",         "a",
	                                       "aa",       "1234567",
	                                       "12345678", "a name of more than fifteen" };

static void a_contributors_pairs_become_one(void **state)
{
	static const struct group_spec spec = { .n_words = 1 };
	struct chance c = { .state = 3 };
	struct buf tmp = { 0 };

	(void)state;
	for (uint32_t n = 0; n < 400; n += 7) {
		uint64_t want[GROUPS][CONTRIBUTORS] = { { 0 } };
		struct group *groups[GROUPS];
		struct group_table t;
		struct pairs p = { 0 };

		group_table_init(&t, &spec);
		for (uint32_t g = 0; g < GROUPS; g++) {
			const uint8_t key = (uint8_t)g;

			assert_int_equal(group_find(&t, &key, 1, &groups[g], NULL), SLUICE_OK);
			groups[g]->rank = g;
		}
		for (uint32_t i = 0; i < n; i++) {
			const uint32_t g = chance_below(&c, GROUPS),
				       who = chance_below(&c, CONTRIBUTORS);
			const uint64_t amount = chance_below(&c, 1000) + 1;

			assert_int_equal(
				contribution_begin(&p, groups[g], (const uint8_t *)ids[who],
			                           (uint32_t)strlen(ids[who]), &tmp, NULL),
				SLUICE_OK);
			contribution_more(&p, p.n - 1, amount);
			contribution_more(&p, p.n - 1, 1);
			want[g][who] += amount + 1;
		}
		assert_int_equal(pairs_order(&p, NULL), SLUICE_OK);
		contributions_join(&p);
		for (size_t i = 0; i < p.n; i++) {
			uint8_t room[PERSON_SHORT];
			uint64_t amount;
			uint32_t len, who = 0;
			const uint8_t *text = person_text(&p, &p.list[i].person, room, &len);

			assert_true(contribution_amount(text, len, &amount));
			while (strlen(ids[who]) + CONTRIBUTION_TAIL != len ||
			       strcmp(ids[who], (const char *)text) != 0)
				who++;
			assert_int_equal(amount, want[p.list[i].rank][who]);
			want[p.list[i].rank][who] = 0;
		}
		for (uint32_t g = 0; g < GROUPS; g++)
			for (uint32_t who = 0; who < CONTRIBUTORS; who++)
				assert_int_equal(want[g][who], 0);
		pairs_empty(&p);
		group_table_empty(&t);
	}
	buf_free(&tmp);
}

static void amounts_stay_where_sums_stay(void **state)
{
	uint8_t text[] = "x\0\0\0\0\0\0\0\0";
	uint64_t amount;

	(void)state;
	contribution_add(text, 9, NUMBER_MAX);
	assert_true(contribution_amount(text, 9, &amount));
	assert_int_equal(amount, NUMBER_MAX);
	for (int i = 0; i < 3; i++)
		contribution_add(text, 9, NUMBER_MAX);
	assert_true(contribution_amount(text, 9, &amount));
	assert_int_equal(amount, GROUP_LIMIT);
	assert_false(contribution_amount(text, 8, &amount)); /* the tail is cut */
	assert_false(contribution_amount(text, 1, &amount)); /* there is none   */
	memset(text + 2, 0xFF, 7);
	assert_false(contribution_amount(text, 9, &amount)); /* no sum is so large */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_hold_to_the_last_unit),
		cmocka_unit_test(few_contributors_are_unsafe_and_none_are_not),
		cmocka_unit_test(the_largest_are_found_in_any_order),
		cmocka_unit_test(totals_beyond_all_bounds_stay_unsafe),
		cmocka_unit_test(percentages_are_read_and_printed),
		cmocka_unit_test(a_contributors_pairs_become_one),
		cmocka_unit_test(amounts_stay_where_sums_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
