/* A group's key finds its group and no other's, however many there are; and they come out sorted. */
#include "unit.h"

#include "chance.h"
#include "group/table.h"

#include <xxhash.h>

static const struct group_spec spec = { .n_words = 2, .n_persons = 1 };

static struct group *find(struct group_table *t, const void *key, uint32_t len)
{
	struct group *g;

	if (group_find(t, key, len, &g, NULL) != SLUICE_OK)
		FAIL("no memory\n");
	assert_int_equal(g->key_len, len);
	assert_memory_equal(group_key(g), key, len);
	return g;
}

/* Keys of every length up to some, many with the same beginning. */
static uint32_t make_key(struct chance *c, uint8_t key[300])
{
	const uint32_t same = chance_below(c, 20);
	const uint32_t len = same + chance_below(c, chance_below(c, 50) ? 6 : 280);

	memset(key, 'k', same);
	for (uint32_t i = same; i < len; i++)
		key[i] = (uint8_t)chance_below(c, 256);
	return len;
}

static void groups_stay_where_they_are(void **state)
{
	enum { N = 100000 };
	struct group **seen = calloc(N, sizeof(*seen));
	struct chance c = { .state = 1 };
	struct group_table t;
	uint8_t key[300];
	uint32_t n = 0;

	(void)state;
	assert_non_null(seen);
	group_table_init(&t, &spec);
	assert_int_equal(group_table_bytes(&t), 0);
	for (uint32_t i = 0; i < N; i++) {
		const uint32_t len = make_key(&c, key);
		struct group *g = find(&t, key, len);

		if (!g->words[0]) { /* a new one is zeroed, with room for its stamps */
			assert_int_equal(g->words[1], 0);
			assert_int_equal(g->words[2], 0);
			n++;
		}
		g->words[0] = i + 1;
		g->words[2] = i;
		seen[i] = g;
	}
	assert_int_equal(t.n_groups, n);
	assert_true(n > N / 2);
	c = (struct chance){ .state = 1 };
	for (uint32_t i = 0; i < N; i++) {
		const uint32_t len = make_key(&c, key);

		assert_ptr_equal(find(&t, key, len), seen[i]);
	}
	assert_int_equal(t.n_groups, n);
	assert_true(group_table_bytes(&t) > n * UINT64_C(24));
	group_table_empty(&t);
	assert_int_equal(group_table_bytes(&t), 0);
	free(seen);
}

/* Two keys whose hashes share all that the index looks at before it looks at the keys. */
static void keys_of_one_hash_are_two_groups(void **state)
{
	static const char *const pairs[][2] = { { "k9392256", "k11699525" },
		                                { "k3546450", "k6392848" },
		                                { "k1409596", "k4830525" },
		                                { "k784584", "k2930967" } };
	struct group_table t;

	(void)state;
	group_table_init(&t, &spec);
	for (size_t i = 0; i < LENGTH(pairs); i++) {
		const uint32_t a_len = (uint32_t)strlen(pairs[i][0]);
		const uint32_t b_len = (uint32_t)strlen(pairs[i][1]);
		const uint64_t a = XXH3_64bits(pairs[i][0], a_len);
		const uint64_t b = XXH3_64bits(pairs[i][1], b_len);
		struct group *g, *h;

		assert_true(a >> 32 == b >> 32 && (a & 1023) == (b & 1023) && a != b);
		g = find(&t, pairs[i][0], a_len);
		h = find(&t, pairs[i][1], b_len);
		assert_ptr_not_equal(g, h);
		assert_ptr_equal(find(&t, pairs[i][0], a_len), g);
		assert_ptr_equal(find(&t, pairs[i][1], b_len), h);
	}
	assert_int_equal(t.n_groups, 2 * LENGTH(pairs));
	group_table_empty(&t);
}

static void the_empty_key_and_the_longest_are_keys(void **state)
{
	static uint8_t key[KEY_LIMIT];
	struct group_table t;
	struct group *g;

	(void)state;
	group_table_init(&t, &spec);
	g = find(&t, key, 0);
	assert_ptr_equal(find(&t, key, 0), g);
	for (uint32_t i = 0; i < 40; i++) { /* more than a block holds */
		key[0] = (uint8_t)i;
		assert_ptr_not_equal(find(&t, key, KEY_LIMIT), g);
	}
	assert_int_equal(t.n_groups, 41);
	assert_true(t.n_blocks > 2);
	group_table_empty(&t);
}

static void they_are_sorted_as_memcmp_does(void **state)
{
	static const char *const first[] = { "",     "a",        "a\1",     "aa",
		                             "ab",   "abcdefgh", "abcdefg", "abcdefghi",
		                             "\xFF", "abcdefgi", "b",       "\xC3\xA9",
		                             "a\xFF" };
	struct chance c = { .state = 7 };
	struct group_sort *sorted;
	struct group_table t;
	uint8_t key[300];

	(void)state;
	group_table_init(&t, &spec);
	for (size_t i = 0; i < LENGTH(first); i++)
		find(&t, first[i], (uint32_t)strlen(first[i]));
	find(&t, "a\0b", 3);
	find(&t, "a\0", 2);
	for (uint32_t i = 0; i < 20000; i++)
		find(&t, key, make_key(&c, key));
	assert_int_equal(group_table_sort(&t, &sorted, NULL), SLUICE_OK);
	for (uint32_t i = 0; i < t.n_groups; i++) {
		const struct group *g = sorted[i].group, *before = i ? sorted[i - 1].group : g;
		const uint32_t least =
			before->key_len < g->key_len ? before->key_len : g->key_len;
		const int order = memcmp(group_key(before), group_key(g), least);

		assert_int_equal(g->rank, i);
		if (i)
			assert_true(order < 0 || (!order && before->key_len < g->key_len));
	}
	free(sorted);
	group_table_empty(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_stay_where_they_are),
		cmocka_unit_test(keys_of_one_hash_are_two_groups),
		cmocka_unit_test(the_empty_key_and_the_longest_are_keys),
		cmocka_unit_test(they_are_sorted_as_memcmp_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
