/*
 * Small count rounding on the tables of the package that it comes from, which may not be passed on:
 * no total is farther from the truth than there.
 */
#include "unit.h"

#include "protect/additive.h"

#include <stdio.h>
#include <stdlib.h>

#define FOLDER "../shared/sdc/scr/"
#define CELLS  64u
#define NAME   24u

/* A cell by its codes in two dimensions, and the innermost groups that it is of. */
struct known {
	char a[NAME], b[NAME];
	uint32_t id;
};

struct table {
	struct known cells[CELLS];
	uint32_t n;
	bool inner[CELLS];
	int64_t values[CELLS];
	struct model m;
};

static bool is_there(const struct table *t, const char *a, const char *b)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (!strcmp(t->cells[i].a, a) && !strcmp(t->cells[i].b, b))
			return true;
	return false;
}

static uint32_t find(struct table *t, const char *a, const char *b)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (!strcmp(t->cells[i].a, a) && !strcmp(t->cells[i].b, b))
			return i;
	assert_true(t->n < CELLS);
	snprintf(t->cells[t->n].a, NAME, "%s", a);
	snprintf(t->cells[t->n].b, NAME, "%s", b);
	assert_int_equal(model_unknown(&t->m, 0, BOUND_NONE, &t->cells[t->n].id, NULL),
	                 SLUICE_OK);
	return t->n++;
}

/* The lines of a file after its header, cut at their commas; false = it isn't here. */
struct line {
	char field[4][NAME];
	uint32_t n;
};

static bool read_lines(const char *name, struct line *lines, uint32_t *n)
{
	FILE *f = fopen(name, "r");
	char text[200];

	if (!f)
		return false;
	*n = 0;
	while (fgets(text, sizeof(text), f)) {
		struct line *l = &lines[*n];

		assert_true(*n < CELLS);
		l->n = 0;
		for (const char *at = text; *at && l->n < LENGTH(l->field);) {
			const size_t len = strcspn(at, ",\r\n");

			snprintf(l->field[l->n++], NAME, "%.*s", (int)len, at);
			at += len + strspn(at + len, ",\r\n");
		}
		++*n;
	}
	fclose(f);
	return true;
}

static void whole(struct table *t, const char *a, const char *b, const uint32_t *parts,
                  uint32_t n)
{
	const uint32_t id = find(t, a, b);

	t->values[id] = 0;
	assert_int_equal(model_row(&t->m, 0, 0, NULL), SLUICE_OK);
	assert_int_equal(model_term(&t->m, id, 1, NULL), SLUICE_OK);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(model_term(&t->m, parts[i], -1, NULL), SLUICE_OK);
		t->values[id] += t->values[parts[i]];
	}
}

/* All that each margin is made of, straight from the innermost cells. */
static void add_margins(struct table *t, const struct line *lines, uint32_t n, uint32_t group)
{
	static const struct {
		bool a, b;
	} kinds[] = { { false, true }, { true, false }, { true, true } };
	const uint32_t b_at = group ? 2 : 1;

	for (uint32_t g = 0; g <= group; g++)
		for (uint32_t k = 0; k < 3 + (g ? 1u : 0u); k++)
			for (uint32_t i = 1; i < n; i++) {
				const bool all_a = k < 3 ? kinds[k].a : false;
				const bool all_b = k < 3 ? kinds[k].b : false;
				const char *a = all_a ? "Total" : lines[i].field[g];
				const char *b = all_b ? "Total" : lines[i].field[b_at];
				uint32_t parts[CELLS], n_parts = 0;

				if (g && all_a)
					continue;
				for (uint32_t k2 = 1; k2 < n; k2++)
					if ((all_a || !strcmp(lines[k2].field[g], a)) &&
					    (all_b || !strcmp(lines[k2].field[b_at], b)))
						parts[n_parts++] = find(t, lines[k2].field[0],
						                        lines[k2].field[b_at]);
				/* Of one cell it is that cell; and none is made twice. */
				if (n_parts > 1 && !is_there(t, a, b))
					whole(t, a, b, parts, n_parts);
			}
}

/* The largest change of a shown cell; 'inner' are shown, too. */
static int64_t largest_change(const char *input, uint32_t group, uint32_t base, bool inner)
{
	struct line lines[CELLS];
	struct table t = { 0 };
	int64_t values[CELLS], largest = 0;
	bool shown[CELLS];
	uint32_t n = 0, n_inner;

	if (!read_lines(input, lines, &n)) {
		print_message("SKIPPED %s: the answers of others are not beside the project\n",
		              input);
		skip();
	}
	for (uint32_t i = 1; i < n; i++)
		t.values[find(&t, lines[i].field[0], lines[i].field[group ? 2 : 1])] =
			strtoll(lines[i].field[group ? 3 : 2], NULL, 10);
	n_inner = t.n;
	add_margins(&t, lines, n, group);
	assert_int_equal(model_finish(&t.m, NULL), SLUICE_OK);
	for (uint32_t u = 0; u < t.m.n_unknowns; u++)
		shown[u] = inner || u >= n_inner;
	const struct additive a = {
		.model = &t.m, .values = t.values, .shown = shown, .base = base
	};
	assert_int_equal(small_counts(&a, values, NULL), SLUICE_OK);
	for (uint32_t u = 0; u < t.m.n_unknowns; u++) {
		if (!shown[u])
			continue;
		assert_true(!values[u] || values[u] >= base);
		if (llabs(values[u] - t.values[u]) > largest)
			largest = llabs(values[u] - t.values[u]);
	}
	model_free(&t.m);
	return largest;
}

static void a_table_with_groups_of_countries(void **state)
{
	(void)state;
	assert_true(largest_change(FOLDER "input_e6.csv", 1, 3, true) <= 1);
	assert_true(largest_change(FOLDER "input_e6.csv", 1, 5, true) <= 3);
}

static void a_table_of_which_only_margins_are_shown(void **state)
{
	(void)state;
	assert_true(largest_change(FOLDER "input_exPSD.csv", 0, 5, false) <= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_with_groups_of_countries),
		cmocka_unit_test(a_table_of_which_only_margins_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
