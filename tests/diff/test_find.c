/*
 * The kernel that finds the keys of rows: every instruction set against the definition, and the
 * definition against a search without places.  The text ends where a page begins that may not be
 * touched.
 */
#include "unit/unit.h"

#include "chance.h"
#include "guard.h"
#include "simd/kernels.h"

enum { ROWS = 60, COLS = 9, LONGEST = 40, BITS = 6, PLACES = 1 << BITS };

static struct guard text, index_, kept;

static int make_guards(void **state)
{
	(void)state;
	text = guard_new((size_t)ROWS * COLS * (LONGEST + 1) + KERNEL_PAD);
	index_ = guard_new((ROWS * COLS + 1) * sizeof(uint32_t));
	kept = guard_new((size_t)PLACES * FIND_KEYS * FIND_FIELD);
	return 0;
}

static int free_guards(void **state)
{
	(void)state;
	guard_free(&text);
	guard_free(&index_);
	guard_free(&kept);
	return 0;
}

/* A field's bytes without its line end's CR, as the definition has it. */
static const uint8_t *field(const struct find_rows *f, uint32_t i, uint32_t key, uint32_t *len)
{
	const uint32_t row = f->rows ? f->rows[i] : i, col = f->cols[key];
	const uint32_t *end = f->ends + (size_t)row * f->n_cols + col;
	const uint32_t begin = end[-1] + 1;

	*len = *end - begin;
	if (f->cr && col == f->n_cols - 1 && *len && f->text[*end - 1] == '\r')
		--*len;
	return f->text + begin;
}

static bool spelt_so(const struct find_rows *f, uint32_t i, const uint8_t *at)
{
	for (uint32_t k = 0; k < f->n_keys; k++, at += FIND_FIELD) {
		static const uint8_t zeros[FIND_FIELD];
		uint32_t len;
		const uint8_t *bytes = field(f, i, k, &len);

		if (len >= FIND_FIELD || memcmp(at, bytes, len) ||
		    memcmp(at + len, zeros, FIND_FIELD - len))
			return false;
	}
	return true;
}

static bool too_long(const struct find_rows *f, uint32_t i)
{
	uint32_t len, most = 0;

	for (uint32_t k = 0; k < f->n_keys; k++) {
		field(f, i, k, &len);
		most = len > most ? len : most;
	}
	return most >= FIND_FIELD;
}

/* Kernels against the definition, on n rows; how many are found and where. */
static uint32_t found_in(const struct find_rows *f, uint32_t n, uint32_t *place)
{
	const uint32_t want = kernels_scalar.find(f, n, place);

	for (size_t k = 0; kernels_all[k]; k++) {
		uint32_t at[ROWS], got;

		if (!kernels_all[k]->supported())
			continue;
		got = kernels_all[k]->find(f, n, at);
		if (got != want)
			FAIL("%s: %u rows where %u are right\n", kernels_all[k]->name, got,
			     want);
		for (uint32_t i = 0; i < n && i <= want; i++)
			if (at[i] != place[i])
				FAIL("%s: row %u at %u, not %u\n", kernels_all[k]->name, i,
				     at[i], place[i]);
	}
	return want;
}

static void keep(const struct find_rows *f, uint32_t i, uint32_t place)
{
	const size_t size = (size_t)f->n_keys * FIND_FIELD;
	uint8_t *at = kept.end - (PLACES - place) * size;

	memset(at, 0, size);
	for (uint32_t k = 0; k < f->n_keys; k++, at += FIND_FIELD) {
		uint32_t len;
		const uint8_t *bytes = field(f, i, k, &len);

		memcpy(at, bytes, len);
	}
}

/* Fields of few spellings, so that they come again; some are long, some end in a CR. */
static void make_text(struct chance *c, struct find_rows *f, uint32_t n_rows)
{
	static const char letters[] = "aab\"\r\xC3";
	const uint32_t longest = chance_below(c, 3) ? 3 : LONGEST;
	const uint32_t rare = 1 + chance_below(c, 40);
	uint8_t bytes[ROWS * COLS * (LONGEST + 1)];
	uint32_t *ends = (uint32_t *)(void *)index_.end - (size_t)n_rows * f->n_cols;
	uint32_t len = 0, n = 0;
	/* Sometimes the text begins in the middle, as a window's does. */
	const uint32_t ahead = chance_below(c, 2) * 7;
	uint8_t *begin;

	memset(bytes, 'x', ahead);
	len = ahead;
	ends[-1] = ahead - 1;
	for (uint32_t i = 0; i < n_rows; i++)
		for (uint32_t col = 0; col < f->n_cols; col++) {
			const uint32_t most = chance_below(c, rare) ? 2 : longest;
			const uint32_t size = chance_below(c, most + 1);

			chance_text(c, bytes + len, size, letters, sizeof(letters) - 1);
			len += size;
			bytes[len] = col + 1 < f->n_cols ? ',' : '\n';
			ends[n++] = len++;
		}
	begin = text.end - KERNEL_PAD - len;
	memcpy(begin, bytes, len);
	memset(begin + len, 'y', KERNEL_PAD);
	f->text = begin;
	f->ends = ends;
}

struct tally {
	uint64_t hits, seconds, misses, longs;
};

static size_t key_bytes(const struct find_rows *f)
{
	return (size_t)f->n_keys * FIND_FIELD;
}

static void empty_places(struct find_rows *f)
{
	uint8_t *at = kept.end - PLACES * key_bytes(f);

	f->kept = at;
	memset(at, 0, PLACES * key_bytes(f));
	for (uint32_t p = 0; p < PLACES; p++)
		at[p * key_bytes(f) + FIND_FIELD - 1] = 1;
}

static void pass_rows(struct find_rows *f, uint32_t n)
{
	if (f->rows)
		f->rows += n;
	else
		f->ends += (size_t)n * f->n_cols;
}

/* The first row is at none of its places: it is kept at one, and found there. */
static void miss_row(struct chance *c, struct find_rows *f, uint32_t p, struct tally *t)
{
	uint32_t place;

	assert_int_equal(p == FIND_NONE, too_long(f, 0));
	if (p == FIND_NONE) {
		t->longs++;
		return;
	}
	assert_in_range(p, 0, PLACES - 1);
	assert_false(spelt_so(f, 0, f->kept + p * key_bytes(f)));
	assert_false(spelt_so(f, 0, f->kept + (p ^ 1) * key_bytes(f)));
	if (chance_below(c, 2)) {
		p ^= 1;
		t->seconds++;
	}
	keep(f, 0, p);
	assert_int_equal(found_in(f, 1, &place), 1);
	assert_int_equal(place, p);
	t->misses++;
}

/* As a table is grouped: rows are found, others become known. */
static void find_rows(struct chance *c, struct find_rows *f, uint32_t n, struct tally *t)
{
	uint32_t place[ROWS];

	while (n) {
		const uint32_t found = found_in(f, n, place);

		for (uint32_t i = 0; i < found; i++) {
			assert_in_range(place[i], 0, PLACES - 1);
			assert_true(spelt_so(f, i, f->kept + place[i] * key_bytes(f)));
		}
		t->hits += found;
		pass_rows(f, found);
		n -= found;
		if (!n)
			return;
		miss_row(c, f, place[found], t);
		pass_rows(f, 1);
		n--;
	}
}

static void a_key_is_found_where_it_is_kept(void **state)
{
	struct chance c = { 77 };
	struct tally t = { 0 };

	(void)state;
	for (int round = 0; round < 6000; round++) {
		const uint32_t n_rows = 1 + chance_below(&c, ROWS);
		uint32_t rows[ROWS], n = 0;
		struct find_rows f = { .n_cols = 1 + chance_below(&c, COLS),
			               .cr = chance_below(&c, 2),
			               .n_keys = 1 + chance_below(&c, FIND_KEYS),
			               .shift = 64 - BITS };

		for (uint32_t k = 0; k < f.n_keys; k++)
			f.cols[k] = chance_below(&c, f.n_cols);
		make_text(&c, &f, n_rows);
		empty_places(&f);
		if (chance_below(&c, 2)) {
			for (uint32_t i = 0; i < n_rows; i++)
				if (chance_below(&c, 3))
					rows[n++] = i;
			f.rows = rows;
		}
		find_rows(&c, &f, f.rows ? n : n_rows, &t);
	}
	assert_in_range(t.hits, 20000, 180000);
	assert_in_range(t.misses, 20000, 180000);
	assert_in_range(t.seconds, 10000, 90000);
	assert_in_range(t.longs, 500, 60000);
}

/* Every length at every distance from the end of what may be read, alone and beside others. */
static void each_length_is_told_from_the_others(void **state)
{
	uint8_t *const end = text.end - KERNEL_PAD;
	uint32_t *const ends = (uint32_t *)(void *)index_.end - 1;

	(void)state;
	memset(text.end - 2 * KERNEL_PAD, 'a', (size_t)2 * KERNEL_PAD);
	for (uint32_t a = 0; a <= LONGEST; a++)
		for (uint32_t b = 0; b <= LONGEST; b++) {
			struct find_rows f = { .text = end - a,
				               .ends = ends,
				               .n_cols = 1,
				               .n_keys = 1,
				               .shift = 64 - BITS,
				               .kept = kept.end - (size_t)PLACES * FIND_FIELD };
			uint32_t place;

			memset(kept.end - (size_t)PLACES * FIND_FIELD, 0,
			       (size_t)PLACES * FIND_FIELD);
			for (uint32_t p = 0; p < PLACES; p++)
				memset(kept.end - (size_t)(p + 1) * FIND_FIELD, 'a',
				       b < FIND_FIELD ? b : FIND_FIELD);
			ends[-1] = UINT32_MAX;
			ends[0] = a;
			assert_int_equal(found_in(&f, 1, &place), a == b && a < FIND_FIELD);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_found_where_it_is_kept),
		cmocka_unit_test(each_length_is_told_from_the_others),
	};

	return cmocka_run_group_tests(tests, make_guards, free_guards);
}
