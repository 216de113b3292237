/* Persons who come in order are counted at once, and rightly where chunks cut their rows apart. */
#include "groups.h"

#include "chance.h"

#define ROWS   400u
#define NOBODY UINT32_MAX

struct row {
	uint32_t person, group;
};

/* Each group's rows and distinct persons, in the order of the groups. */
static void reckon(const struct row *rows, struct buf *out)
{
	for (uint32_t g = 0; g < 10; g++) {
		uint32_t count = 0, people = 0;

		for (uint32_t i = 0; i < ROWS; i++) {
			bool again = rows[i].group != g || rows[i].person == NOBODY;

			count += rows[i].group == g;
			for (uint32_t k = 0; k < i && !again; k++)
				again = rows[k].group == g && rows[k].person == rows[i].person;
			people += !again;
		}
		if (count)
			WELL(buf_addf(out, &err, "g%u| %x %x 0 0 0 0\n", g, count, people));
	}
}

/* Rows from..to as records; 'form' prints a person. */
static void spell(const struct row *rows, uint32_t from, uint32_t to, const char *form,
                  struct buf *text)
{
	text->len = 0;
	for (uint32_t i = from; i < to; i++) {
		const char *quote = i % 3 ? "" : "\"";
		char person[40] = "NA";

		if (rows[i].person != NOBODY)
			snprintf(person, sizeof(person), form, rows[i].person);
		WELL(buf_addf(text, &err, "%sg%u%s,,%s%s%s,,\n", quote, rows[i].group, quote,
		              quote, person, quote));
	}
	WELL(buf_add(text, "", 1, &err));
}

/* Fold the rows in chunks by two workers; the orders that held, and the joined groups. */
static unsigned fold_in_chunks(struct chance *c, const struct row *rows, const char *form,
                               uint64_t budget, struct buf *out)
{
	const uint32_t longest = 1 + chance_below(c, 60);
	struct order_facts facts[1] = { 0 };
	struct buf text = { 0 };
	struct group_table fixes;
	struct spill spills[2];
	struct fold folds[2];
	struct joined joined;
	struct order order;

	order_init(&order, &groups_spec);
	group_table_init(&fixes, &groups_spec);
	for (int i = 0; i < 2; i++) {
		spill_init(&spills[i], "/tmp");
		WELL(fold_init(&folds[i], &groups_spec, kernels_pick(NULL), 0, &spills[i],
		               budget, &err));
	}
	for (uint32_t from = 0, to; from < ROWS; from = to) {
		to = from + 1 + chance_below(c, longest);
		to = to < ROWS ? to : ROWS;
		spell(rows, from, to, form, &text);
		groups_fold(&folds[chance_below(c, 2)], (char *)text.data, facts);
		WELL(order_account(&order, &groups_spec, 0, facts, &fixes, &err));
	}
	WELL(joined_open(&joined, folds, 2, &fixes, "/tmp", 0, &err));
	groups_print(&joined.merge, out);
	joined_close(&joined);
	assert_true(budget ? !spills[0].n_runs : spills[0].n_runs + spills[1].n_runs);
	for (int i = 0; i < 2; i++) {
		fold_free(&folds[i]);
		spill_free(&spills[i]);
	}
	order_facts_free(facts);
	group_table_empty(&fixes);
	buf_free(&text);
	order_free(&order);
	return order.orders;
}

static void check(struct chance *c, const struct row *rows, const char *form, unsigned expected)
{
	struct buf want = { 0 }, got = { 0 };
	unsigned orders;

	reckon(rows, &want);
	orders = fold_in_chunks(c, rows, form, chance_below(c, 2) ? 0 : 1 << 24, &got);
	assert_int_equal(orders, expected);
	if (orders)
		groups_same(&want, &got);
	buf_free(&want);
	buf_free(&got);
}

/* Persons ascend by some steps; in stretches of rows, in a few groups, now and then nobody. */
static void draw(struct chance *c, struct row *rows)
{
	const uint32_t stretch = 1 + chance_below(c, chance_below(c, 3) ? 4 : 150);
	uint32_t person = chance_below(c, 3);

	for (uint32_t i = 0; i < ROWS; i++) {
		if (chance_below(c, stretch) == 0)
			person += 1 + chance_below(c, 9);
		rows[i].person = chance_below(c, 20) ? person : NOBODY;
		rows[i].group = chance_below(c, 10);
	}
}

static uint32_t persons_in(const struct row *rows)
{
	uint32_t last = NOBODY, n = 0;

	for (uint32_t i = 0; i < ROWS; i++) {
		n += rows[i].person != NOBODY && rows[i].person != last;
		last = rows[i].person != NOBODY ? rows[i].person : last;
	}
	return n;
}

static void chunks_may_be_cut_anywhere(void **state)
{
	struct chance c = { .state = 2 };
	struct row rows[ROWS];

	(void)state;
	for (int i = 0; i < 300; i++) {
		draw(&c, rows);
		check(&c, rows, "%07u", ORDER_BOTH);
		check(&c, rows, "a-person-whose-number-is-%07u", ORDER_BOTH);
	}
}

static void numbers_ascend_by_length_first(void **state)
{
	struct chance c = { .state = 3 };
	struct row rows[ROWS];

	(void)state;
	for (int i = 0; i < 50; i++) {
		draw(&c, rows);
		rows[0].person = 2;
		rows[1].person = 2;
		for (uint32_t k = 0; k < ROWS; k++)
			rows[k].person += rows[k].person == NOBODY ? 0 : 9 * (k > 1);
		check(&c, rows, "%u", ORDER_LENGTH); /* 2, then 11 or more: no text's order */
	}
}

/* One person who comes back, or comes too early, wherever the chunks are cut. */
static void what_is_out_of_order_is_found(void **state)
{
	struct chance c = { .state = 4 };
	struct row rows[ROWS];

	(void)state;
	for (int i = 0; i < 200; i++) {
		draw(&c, rows);
		if (persons_in(rows) < 3)
			continue;
		rows[ROWS - 1].person = 0;
		check(&c, rows, "%07u", 0);
		rows[ROWS - 1].person = NOBODY;
		rows[1 + chance_below(&c, ROWS - 2)].person = 1000000;
		rows[ROWS - 1].person = 999999;
		check(&c, rows, "%07u", 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_may_be_cut_anywhere),
		cmocka_unit_test(numbers_ascend_by_length_first),
		cmocka_unit_test(what_is_out_of_order_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
