/*
 * The kernel that protects counts: every instruction set against the definition, and the
 * definition against arithmetic.  What is read and written ends where a page begins that may
 * not be touched.
 */
#include "unit/unit.h"

#include "chance.h"
#include "guard.h"
#include "simd/kernels.h"

enum how { TO_EVEN, HALF_UP, MIDPOINT, UP, DOWN, N_HOW };

/* Cells as a column has them: the first eight bytes of each, and its length. */
struct cells {
	uint8_t text[COUNT_BLOCK][8];
	uint32_t len[COUNT_BLOCK];
};

struct done {
	struct count_block block;
	int64_t value[COUNT_BLOCK];
	uint8_t text[8 * COUNT_BLOCK];
	uint64_t cell[COUNT_BLOCK];
};

#define MOST_STRIDE 9
static struct guard values, texts, cells, inputs, ends;

static int make_guards(void **state)
{
	(void)state;
	values = guard_new(COUNT_BLOCK * sizeof(int64_t));
	texts = guard_new((size_t)8 * COUNT_BLOCK);
	cells = guard_new(COUNT_BLOCK * sizeof(uint64_t));
	inputs = guard_new((size_t)8 * COUNT_BLOCK);
	ends = guard_new((MOST_STRIDE * COUNT_BLOCK + 1) * sizeof(uint32_t));
	return 0;
}

static int free_guards(void **state)
{
	(void)state;
	guard_free(&values);
	guard_free(&texts);
	guard_free(&cells);
	guard_free(&inputs);
	guard_free(&ends);
	return 0;
}

/* As the caller makes it: 62 - clz(base) bits make the division exact below 2^28. */
static struct count_rule rule_of(uint32_t base, enum how how, uint32_t low, bool keep_zeros)
{
	const uint32_t shift = 62 - (uint32_t)__builtin_clz(base);

	return (struct count_rule){
		.low = low,
		.keep_zeros = keep_zeros,
		.even = how == TO_EVEN && base % 2 == 0,
		.add = how <= HALF_UP ? base / 2
		       : how == DOWN  ? 0
		                      : base - 1,
		.magic = (uint32_t)(((UINT64_C(1) << shift) + base - 1) / base),
		.shift = shift,
		.base = base,
		.sub = how == MIDPOINT ? base / 2 : 0,
		.redacted = -2,
		.token = UINT64_C(10) << 32 | 7,
	};
}

static uint64_t rounded(uint64_t v, uint32_t base, enum how how)
{
	const uint64_t down = v / base * base, up = down + base, rest = v - down;

	switch (how) {
	case TO_EVEN:
		if (2 * rest == base)
			return down / base % 2 ? up : down;
		return 2 * rest > base ? up : down;
	case HALF_UP: return 2 * rest >= base ? up : down;
	case MIDPOINT: return v ? (rest ? up : down) - base / 2 : 0;
	case UP: return rest ? up : down;
	case DOWN:
	case N_HOW: break;
	}
	return down;
}

/* The cells one behind the other before the guard, and their rows' ends, too. */
static struct count_block placed(const struct cells *in, uint32_t n, uint32_t stride)
{
	uint8_t *text = inputs.end - (size_t)8 * n;
	uint32_t *first = (uint32_t *)(void *)ends.end - (size_t)(n - 1) * stride - 1;

	memset(ends.base, 0xA5, (size_t)(ends.end - ends.base));
	for (uint32_t i = 0; i < n; i++) {
		memcpy(text + (size_t)8 * i, in->text[i], 8);
		first[(ptrdiff_t)(i * stride) - 1] = 8 * i - 1;
		first[i * stride] = 8 * i + in->len[i];
	}
	return (struct count_block){ .text = text, .ends = first, .stride = stride };
}

static void run(const struct kernels *k, const struct count_rule *r, const struct cells *in,
                uint32_t n, uint32_t offset, struct done *d)
{
	int64_t *value = (int64_t *)(void *)values.end - COUNT_BLOCK;
	uint8_t *text = texts.end - (ptrdiff_t)8 * COUNT_BLOCK;
	uint64_t *cell = (uint64_t *)(void *)cells.end - COUNT_BLOCK;

	d->block = placed(in, n, 2 + (n + offset) % (MOST_STRIDE - 1));
	d->block.odd = d->block.redacted = d->block.rounded = UINT64_MAX;
	k->counts(r, &d->block, n, value, text, cell, offset);
	memcpy(d->value, value, sizeof(d->value));
	memcpy(d->text, text, sizeof(d->text));
	memcpy(d->cell, cell, sizeof(d->cell));
}

/* What is meant to be the same: flags, and value, place and digits of what is not odd. */
static void assert_same(const struct kernels *k, const struct done *got,
                        const struct done *want, uint32_t n, uint32_t offset)
{
	assert_int_equal(got->block.odd, want->block.odd);
	assert_int_equal(got->block.redacted, want->block.redacted);
	assert_int_equal(got->block.rounded, want->block.rounded);
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t len = (uint32_t)(want->cell[i] >> 32);

		if (want->block.odd >> i & 1)
			continue;
		if (got->value[i] != want->value[i] || got->cell[i] != want->cell[i])
			FAIL("%s: cell %u of %u\n", k->name, i, n);
		if ((uint32_t)want->cell[i] == offset + 8 * i)
			assert_memory_equal(got->text + (ptrdiff_t)8 * i,
			                    want->text + (ptrdiff_t)8 * i, len);
	}
}

static void compare(const struct count_rule *r, const struct cells *in, uint32_t n,
                    uint32_t offset, struct done *want)
{
	static struct done got;

	run(&kernels_scalar, r, in, n, offset, want);
	for (size_t k = 0; kernels_all[k]; k++) {
		if (kernels_all[k] == &kernels_scalar || !kernels_all[k]->supported())
			continue;
		run(kernels_all[k], r, in, n, offset, &got);
		assert_same(kernels_all[k], &got, want, n, offset);
	}
}

static void put(struct cells *c, uint32_t i, const char *text, uint32_t len)
{
	memset(c->text[i], '7', 8); /* what stands behind the cell is not looked at */
	memcpy(c->text[i], text, len < 8 ? len : 8);
	c->len[i] = len;
}

static const uint32_t bases[] = {
	1,   2,   3,    5,     6,     7,      10,     11,     64,
	100, 255, 1000, 32768, 65537, 262144, 524289, 999999, 1000000
};

static void every_count_is_protected_as_arithmetic_says(void **state)
{
	static struct cells in;
	static struct done d;
	struct chance c = { 31 };

	(void)state;
	for (uint32_t round = 0; round < 60000; round++) {
		const uint32_t base = bases[round % LENGTH(bases)];
		const enum how how = (enum how)(round / LENGTH(bases) % N_HOW);
		const bool zeros = chance_below(&c, 2);
		const uint32_t low = chance_below(&c, 3) ? chance_below(&c, 13)
		                                         : chance_below(&c, COUNT_LIMIT + 1);
		const struct count_rule r = rule_of(base, how, low, zeros);
		const uint32_t n = 1 + chance_below(&c, COUNT_BLOCK);
		const uint32_t offset = chance_below(&c, 1000000);
		uint64_t v[COUNT_BLOCK];

		for (uint32_t i = 0; i < n; i++) {
			const uint32_t around =
				base / 2 * chance_below(&c, 40) + chance_below(&c, 3);
			char text[16];

			v[i] = chance_below(&c, 2) ? around % COUNT_LIMIT
			                           : chance_next(&c) % COUNT_LIMIT;
			for (uint32_t cut = chance_below(&c, 8); cut && round % 2; cut--)
				v[i] /= 10;
			snprintf(text, sizeof(text),
			         v[i] < 10000000 && !chance_below(&c, 4) ? "\"%u\"" : "%u",
			         (unsigned)v[i]);
			put(&in, i, text, (uint32_t)strlen(text));
		}
		compare(&r, &in, n, offset, &d);
		for (uint32_t i = 0; i < n; i++) {
			const uint64_t want = rounded(v[i], base, how);
			const bool redacted = v[i] < low && !(zeros && !v[i]);
			char text[32];

			if (d.block.odd >> i &
			    1) { /* left to the slow path: too long to print */
				assert_true(want >= COUNT_LIMIT);
				continue;
			}
			assert_int_equal(d.block.redacted >> i & 1, redacted);
			assert_int_equal(d.block.rounded >> i & 1, !redacted && want != v[i]);
			if (redacted) {
				assert_int_equal(d.value[i], r.redacted);
				assert_int_equal(d.cell[i], r.token);
				continue;
			}
			snprintf(text, sizeof(text), "%u", (unsigned)want);
			assert_int_equal(d.value[i], want);
			assert_int_equal(d.cell[i] & UINT32_MAX, offset + 8 * i);
			assert_int_equal(d.cell[i] >> 32, strlen(text));
			assert_memory_equal(d.text + (ptrdiff_t)8 * i, text, strlen(text));
		}
	}
}

/* Digits; of a quoted cell, those within the first eight bytes. */
static bool is_plain(const char *text, uint32_t len)
{
	if (len > 2 && len < 10 && text[0] == '"')
		return text[1] != '"' && is_plain(text + 1, len - 2);
	if (!len || len > 8 || (text[0] == '0' && len > 1))
		return false;
	for (uint32_t i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

static void whatever_is_not_plain_digits_is_left_alone(void **state)
{
	static const char letters[] =
		"0123456789012345678901234567890123456789/:.,-+ e\"\0\x7F\xB0";
	static const uint32_t long_ones[] = {
		9, 10, 16, 17, 64, 256, 65536, 1u << 29, 1u << 30
	};
	static struct cells in;
	static struct done d;
	struct chance c = { 32 };
	int odd = 0, plain = 0;

	(void)state;
	for (int round = 0; round < 30000; round++) {
		const struct count_rule r = rule_of(bases[chance_below(&c, LENGTH(bases))],
		                                    (enum how)chance_below(&c, N_HOW),
		                                    chance_below(&c, 20), round % 2);
		const uint32_t n = 1 + chance_below(&c, COUNT_BLOCK);
		uint64_t wanted = 0;

		for (uint32_t i = 0; i < n; i++) {
			const uint32_t len = chance_below(&c, 12)
			                             ? chance_below(&c, 9)
			                             : long_ones[chance_below(&c, 9)];
			uint8_t text[8];

			chance_text(&c, text, 8, letters, sizeof(letters) - 1);
			put(&in, i, (const char *)text, len);
			wanted |= (uint64_t)!is_plain((const char *)text, len) << i;
		}
		compare(&r, &in, n, 0, &d);
		assert_int_equal(d.block.odd & wanted, wanted);
		for (uint32_t i = 0; i < n; i++) {
			odd += (int)(wanted >> i & 1);
			plain += (int)(~d.block.odd >> i & 1);
		}
	}
	assert_in_range(odd, 100000, 900000);
	assert_in_range(plain, 100000, 900000);
}

/* Each byte in each place of a cell of each length. */
static void no_byte_but_a_digit_is_taken_for_one(void **state)
{
	const struct count_rule r = rule_of(5, TO_EVEN, 8, false);
	static struct cells in;
	static struct done d;

	(void)state;
	for (uint32_t len = 1; len <= 8; len++)
		for (uint32_t at = 0; at < len; at++)
			for (uint32_t byte = 0; byte < 256; byte += COUNT_BLOCK) {
				uint64_t wanted = 0;

				for (uint32_t i = 0; i < COUNT_BLOCK; i++) {
					char text[8] = {
						'1', '2', '3', '4', '5', '6', '7', '8'
					};

					text[at] = (char)(byte + i);
					put(&in, i, text, len);
					wanted |= (uint64_t)!is_plain(text, len) << i;
				}
				compare(&r, &in, COUNT_BLOCK, 0, &d);
				assert_int_equal(d.block.odd, wanted);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_count_is_protected_as_arithmetic_says),
		cmocka_unit_test(whatever_is_not_plain_digits_is_left_alone),
		cmocka_unit_test(no_byte_but_a_digit_is_taken_for_one),
	};

	return cmocka_run_group_tests(tests, make_guards, free_guards);
}
