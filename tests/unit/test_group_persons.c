/* Persons are kept by their bytes, sorted by them, and each once. */
#include "unit.h"

#include "chance.h"
#include "group/persons.h"

static void identifiers_come_back_as_they_were(void **state)
{
	struct pairs p = { 0 };
	struct person made[60];
	uint8_t room[PERSON_SHORT];
	char text[60];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (uint32_t len = 1; len < LENGTH(made); len++) {
		text[len - 1] = (char)(0x7F + len);
		assert_int_equal(person_make(&p, (uint8_t *)text, len, &made[len], NULL),
		                 SLUICE_OK);
	}
	for (uint32_t len = 1; len < LENGTH(made); len++) {
		uint32_t got;
		const uint8_t *back = person_text(&p, &made[len], room, &got);

		assert_int_equal(got, len);
		assert_int_equal(back[len - 1], (uint8_t)(0x7F + len));
		assert_memory_equal(back, text, len);
	}
	pairs_empty(&p);
}

/* ---- sorting, against a slow one ------------------------------------------------------ */

struct slow {
	uint32_t rank, len;
	uint8_t text[40];
};

static int slow_order(const void *left, const void *right)
{
	const struct slow *a = left, *b = right;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return key_order(a->text, a->len, b->text, b->len);
}

/* Identifiers short and long, of few letters, with beginnings in common at 8 and 15 bytes. */
static void draw(struct chance *c, struct slow *s, uint32_t n_ranks)
{
	static const uint32_t same[] = { 0, 7, 8, 14, 15, 16, 30 };
	const uint32_t from = same[chance_below(c, LENGTH(same))];

	s->rank = chance_below(c, n_ranks);
	s->len = from + 1 + chance_below(c, 4);
	memset(s->text, 'p', sizeof(s->text));
	for (uint32_t i = from; i < s->len; i++)
		s->text[i] = (uint8_t) "\1a\xFF"[chance_below(c, 3)];
}

static void pairs_are_sorted_and_each_is_there_once(void **state)
{
	static const struct group_spec spec = { .n_words = 1 };
	struct chance c = { .state = 5 };

	(void)state;
	for (uint32_t n = 0; n < 3000; n = n * 3 / 2 + 1) {
		const uint32_t n_ranks = 1 + chance_below(&c, 4);
		struct slow *list = calloc(n + 1, sizeof(*list));
		struct group *groups[4];
		struct group_table t;
		struct pairs p = { 0 };
		size_t kept = 0;

		group_table_init(&t, &spec);
		for (uint32_t r = 0; r < 4; r++) {
			const uint8_t key = (uint8_t)r;

			assert_int_equal(group_find(&t, &key, 1, &groups[r], NULL), SLUICE_OK);
			groups[r]->rank = r;
		}
		for (uint32_t i = 0; i < n; i++) {
			struct person person;

			draw(&c, &list[i], n_ranks);
			assert_int_equal(
				person_make(&p, list[i].text, list[i].len, &person, NULL),
				SLUICE_OK);
			assert_int_equal(pairs_add(&p, groups[list[i].rank], person, NULL),
			                 SLUICE_OK);
		}
		assert_true(pairs_bytes(&p) >= n * sizeof(struct pair));
		assert_int_equal(pairs_sort(&p, NULL), SLUICE_OK);
		qsort(list, n, sizeof(*list), slow_order);
		for (uint32_t i = 0; i < n; i++) {
			uint8_t room[PERSON_SHORT];
			const uint8_t *text;
			uint32_t len;

			if (i && !slow_order(&list[i - 1], &list[i]))
				continue;
			assert_true(kept < p.n);
			text = person_text(&p, &p.list[kept].person, room, &len);
			assert_int_equal(p.list[kept].rank, list[i].rank);
			assert_int_equal(len, list[i].len);
			assert_memory_equal(text, list[i].text, len);
			kept++;
		}
		assert_int_equal(p.n, kept);
		pairs_empty(&p);
		group_table_empty(&t);
		free(list);
	}
}

static void orders_are_those_of_text_and_of_numbers(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned orders;
	} cases[] = {
		{ "1", "2", ORDER_BOTH },
		{ "2", "1", 0 },
		{ "9", "10", ORDER_LENGTH },
		{ "10", "9", ORDER_TEXT },
		{ "10", "11", ORDER_BOTH },
		{ "1", "10", ORDER_BOTH },
		{ "10", "1", 0 },
		{ "a", "\xC3\xA9", ORDER_BOTH },
		{ "b", "ab", ORDER_LENGTH },
		{ "ab", "b", ORDER_TEXT },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const unsigned got = person_orders(
			(const uint8_t *)cases[i].a, (uint32_t)strlen(cases[i].a),
			(const uint8_t *)cases[i].b, (uint32_t)strlen(cases[i].b));

		if (got != cases[i].orders)
			FAIL("%s, %s: %u\n", cases[i].a, cases[i].b, got);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(identifiers_come_back_as_they_were),
		cmocka_unit_test(pairs_are_sorted_and_each_is_there_once),
		cmocka_unit_test(orders_are_those_of_text_and_of_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
