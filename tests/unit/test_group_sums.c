/* Columns that are added up: neighbours and others, digits and what is none, beside a slow sum. */
#include "tokenized.h"

#include "chance.h"

#include "group/fold.h"

enum { ROWS = 300, COLS = 90, VALUES = 85, GROUPS = 3 };

struct table {
	struct group_spec spec;
	struct group_key key;
	struct group_value values[VALUES];
	enum word_kind words[1 + 3 * VALUES];
	uint64_t total;
	uint64_t want[2][GROUPS][VALUES], n[2][GROUPS], missing[VALUES];
	struct buf text;
};

/* What must go well. */
#define WELL(call)                                         \
	do {                                               \
		struct sluice_error err = { 0 };           \
		if ((call) != SLUICE_OK)                   \
			FAIL("%s: %s\n", #call, err.text); \
	} while (0)

static const struct dialect dialect = { .delimiter = ',' };

/* Which columns: runs of neighbours with gaps between them, some of them decimal. */
static void make_spec(struct chance *c, struct table *t)
{
	const uint32_t n_values = chance_below(c, VALUES), gap = 1 + chance_below(c, 12);
	uint32_t col = 1, word = 1;

	*t = (struct table){ .key = { .name = "k" }, .total = 1 };
	for (uint32_t i = 0; i < n_values && col < COLS; i++) {
		struct group_value *v = &t->values[i];

		*v = (struct group_value){ .col = col, .word = word, .name = "v" };
		v->decimal = !chance_below(c, 4 * gap);
		word += v->decimal ? 3 : 1;
		col += chance_below(c, gap) ? 1 : 2;
		t->spec.n_values++;
	}
	if (chance_below(c, 2) && t->spec.n_values > 1) { /* in another order */
		const struct group_value first = t->values[0];

		t->values[0] = t->values[1];
		t->values[1] = first;
	}
	t->spec.dialect = &dialect;
	t->spec.keys = &t->key;
	t->spec.n_keys = 1;
	t->spec.values = t->values;
	t->spec.totals = &t->total;
	t->spec.n_totals = chance_below(c, 2);
	t->spec.words = t->words;
	t->spec.n_words = word;
}

/* A row of group g: mostly digits, and what is taken for missing, longer or quoted. */
static void make_row(struct chance *c, struct table *t, uint32_t g, uint32_t odd,
                     const char *end)
{
	char cells[COLS][8];
	char key[4] = { (char)('a' + g) };

	for (uint32_t col = 1; col < COLS; col++)
		snprintf(cells[col], sizeof(cells[col]), "%u", chance_below(c, 10));
	for (uint32_t i = 0; i < t->spec.n_values; i++) {
		char *cell = cells[t->values[i].col];
		uint32_t value = (uint32_t)(cell[0] - '0');

		switch (chance_below(c, odd)) {
		case 0: cell[0] = 0; break;
		case 1: snprintf(cell, 8, "%u", value = 10 + chance_below(c, 9000)); break;
		case 2: snprintf(cell, 8, "\"%u\"", value); break;
		case 3: snprintf(cell, 8, "NA"); break;
		default: break;
		}
		if (!cell[0] || cell[0] == 'N') {
			t->missing[i]++;
			continue;
		}
		t->want[0][g][i] += value;
		t->want[1][0][i] += value;
	}
	t->n[0][g]++;
	t->n[1][0]++;
	WELL(buf_add(&t->text, key, 1, &err));
	for (uint32_t col = 1; col < COLS; col++)
		WELL(buf_addf(&t->text, &err, ",%s", cells[col]));
	WELL(buf_add(&t->text, end, strlen(end), &err));
}

static void compare(const struct table *t, struct fold *f, uint32_t which, uint32_t g)
{
	const uint8_t key = which ? KEY_TOTAL : (uint8_t)('a' + g);
	struct group *group;

	if (!t->n[which][g])
		return;
	WELL(group_find(&f->table, &key, 1, &group, &err));
	assert_int_equal(group->words[0], t->n[which][g]);
	for (uint32_t i = 0; i < t->spec.n_values; i++) {
		const uint64_t scale = t->values[i].decimal ? MEAN_SCALE : 1;

		assert_int_equal(group->words[t->values[i].word], t->want[which][g][i] * scale);
	}
}

static void sums_are_right_whatever_stands_beside_them(void **state)
{
	static const char *const ends[] = { "\n", "\r\n" };
	struct chance c = { 5 };
	static struct table t;

	(void)state;
	for (int round = 0; round < 150; round++) {
		const uint32_t n = 1 + chance_below(&c, ROWS), odd = 5 + chance_below(&c, 2000);
		const char *end = ends[chance_below(&c, 2)];
		const struct kernels *k = round % 2 ? kernels_pick(NULL) : &kernels_scalar;
		struct order_facts facts = { 0 };
		struct tokenized z;
		struct fold f;

		make_spec(&c, &t);
		for (uint32_t i = 0; i < n; i++)
			make_row(&c, &t, chance_below(&c, GROUPS), odd, end);
		WELL(buf_add(&t.text, "", 1, &err));
		tokenized_begin(&z, (const char *)t.text.data, COLS, false);
		WELL(fold_init(&f, &t.spec, k, 0, NULL, UINT64_MAX, &err));
		fold_begin(&f, &facts);
		WELL(fold_batch(&f, &z.b, &err));
		for (uint32_t g = 0; g < GROUPS; g++)
			compare(&t, &f, 0, g);
		if (t.spec.n_totals)
			compare(&t, &f, 1, 0);
		assert_memory_equal(f.missing, t.missing,
		                    t.spec.n_values * sizeof(t.missing[0]));
		fold_free(&f);
		tokenized_end(&z);
		buf_free(&t.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_right_whatever_stands_beside_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
