/*
 * The kernel that looks again at what is released: every instruction set against the
 * definition, and the definition against division.  What is read ends where a page begins that
 * may not be touched.
 */
#include "unit/unit.h"

#include "chance.h"
#include "guard.h"
#include "simd/kernels.h"

static struct guard texts, cells;

static int make_guards(void **state)
{
	(void)state;
	texts = guard_new((size_t)8 * COUNT_BLOCK);
	cells = guard_new(COUNT_BLOCK * sizeof(uint64_t));
	return 0;
}

static int free_guards(void **state)
{
	(void)state;
	guard_free(&texts);
	guard_free(&cells);
	return 0;
}

static const uint32_t bases[] = { 1,   2,    3,     5,     6,      7,      10,     11,     64,
	                          100, 1000, 32768, 65537, 262144, 524289, 999999, 1000000 };

static uint32_t inverse_of(uint32_t odd)
{
	uint32_t x = odd;

	for (int i = 0; i < 5; i++)
		x *= 2 - odd * x;
	assert_int_equal(x * odd, 1);
	return x;
}

/* Kernels against what the header says, on n cells of 'made'; the definition's answer. */
static uint64_t looked_at(const struct doubt_rule *r, const uint64_t *made, uint32_t n,
                          const uint8_t *text)
{
	uint64_t *cell = (uint64_t *)(void *)cells.end - n;
	uint64_t want;

	memcpy(cell, made, n * sizeof(*cell));
	want = kernels_scalar.doubts(r, cell, n, text);
	for (size_t k = 0; kernels_all[k]; k++) {
		const uint64_t got = kernels_all[k]->supported()
		                             ? kernels_all[k]->doubts(r, cell, n, text)
		                             : want;

		if (got != want)
			FAIL("%s: %016llx where %016llx is right\n", kernels_all[k]->name,
			     (unsigned long long)got, (unsigned long long)want);
	}
	return want;
}

/* Whether the n bytes may leave, said in another way. */
static bool fits(const struct doubt_rule *r, uint32_t base, const uint8_t *text, uint32_t len)
{
	uint64_t v = 0;

	if (len < 1 || len > 8)
		return false;
	for (uint32_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		v = v * 10 + text[i] - '0';
	}
	return v ? v >= r->least && (v + r->off) % base == 0 : r->zero;
}

/* Cells in order, somewhat out of order, and anywhere; low, unrounded and no numbers at all. */
static void what_may_not_leave_is_doubted(void **state)
{
	enum { ROOM = 4096 };
	static const char letters[] = "0123456789000000005555555555/:\" -.\xB0";
	struct guard room = guard_new(ROOM + KERNEL_PAD);
	uint8_t *text = room.end - ROOM - KERNEL_PAD;
	struct chance c = { 33 };
	uint64_t doubted = 0, passed = 0;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		const uint32_t base = bases[chance_below(&c, LENGTH(bases))];
		const uint32_t turn = (uint32_t)__builtin_ctz(base);
		const uint32_t apart = chance_below(&c, 4) ? 0 : 1 + chance_below(&c, 8);
		const uint32_t n = 1 + chance_below(&c, COUNT_BLOCK);
		const uint32_t start = chance_below(&c, 200);
		const struct doubt_rule r = {
			.token = UINT64_C(10) << 32 | chance_below(&c, 100),
			.zero = chance_below(&c, 2),
			.least = 1 + chance_below(&c, chance_below(&c, 2) ? 20 : COUNT_LIMIT),
			.off = chance_below(&c, 2) ? base / 2 : 0,
			.inverse = inverse_of(base >> turn),
			.turn = turn,
			.most = UINT32_MAX / base,
		};
		uint64_t made[COUNT_BLOCK], doubts;

		for (uint32_t i = 0; i < n; i++) {
			uint32_t off = start + 8 * i, len;
			char number[16];

			if (apart && !chance_below(&c, apart))
				off = chance_below(&c, ROOM - 16);
			snprintf(number, sizeof(number), "%u",
			         chance_below(&c, 1000) * base % COUNT_LIMIT);
			len = (uint32_t)strlen(number);
			memcpy(text + off, number, len);
			if (!chance_below(&c, 8)) {
				len = chance_below(&c, 12);
				chance_text(&c, text + off, len, letters, sizeof(letters) - 1);
			}
			made[i] = chance_below(&c, 3) ? (uint64_t)len << 32 | off : r.token;
		}
		doubts = looked_at(&r, made, n, text);
		assert_int_equal(n < 64 ? doubts >> n : 0, 0);
		for (uint32_t i = 0; i < n; i++) {
			const bool fit =
				made[i] == r.token || fits(&r, base, text + (uint32_t)made[i],
			                                   (uint32_t)(made[i] >> 32));

			assert_int_equal(doubts >> i & 1, !fit);
			doubted += !fit;
			passed += fit && made[i] != r.token;
		}
	}
	guard_free(&room);
	assert_in_range(doubted, 100000, 1500000);
	assert_in_range(passed, 100000, 1500000);
}

/* The last bytes of the scratch, whose padding may be read but not what follows it. */
static void the_end_of_the_scratch_is_the_end(void **state)
{
	static const struct doubt_rule r = {
		.token = UINT64_C(1) << 32, .least = 8, .inverse = 1, .most = UINT32_MAX
	};
	uint8_t *end = texts.end - KERNEL_PAD;

	(void)state;
	for (uint32_t n = 1; n <= COUNT_BLOCK / 2; n++)
		for (uint32_t tokens = 0; tokens < n; tokens++) {
			uint64_t made[COUNT_BLOCK];
			const uint32_t len = 8 * n;

			memset(end - len, '1', len);
			for (uint32_t i = 0; i < n; i++)
				made[i] = i % n < tokens ? r.token : UINT64_C(8) << 32 | 8 * i;
			assert_int_equal(looked_at(&r, made, n, end - len), 0);
			for (uint32_t i = 0; i < n; i++) /* none where it would be in order */
				made[i] = i + 1 < n ? r.token : UINT64_C(8) << 32;
			assert_int_equal(looked_at(&r, made, n, end - 8), 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_not_leave_is_doubted),
		cmocka_unit_test(the_end_of_the_scratch_is_the_end),
	};

	return cmocka_run_group_tests(tests, make_guards, free_guards);
}
