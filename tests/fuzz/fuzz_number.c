/*
 * Counts: what is read is what a slow reading of the README says; what is printed reads back; a
 * fraction is the one of long division; every kernel protects as the scalar one does.
 */
#include "fuzz.h"

#include "base/number.h"
#include "base/shortest.h"
#include "simd/kernels.h"

#include <math.h>

__extension__ typedef unsigned __int128 wide;

/* ---- reading ---------------------------------------------------------------------------- */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* The value of digits * 10^power, or NUMBER_BAD: not whole, or too high. */
static int64_t scaled(const uint8_t *digits, size_t n, int power)
{
	wide value = 0;

	for (; n && digits[n - 1] == '0'; n--)
		power++;
	for (; n && *digits == '0'; n--)
		digits++;
	if (!n)
		return 0;
	if (power < 0 || (int)n + power > 15)
		return NUMBER_BAD;
	for (size_t i = 0; i < n + (size_t)power; i++)
		value = value * 10 + (i < n ? (unsigned)digits[i] - '0' : 0);
	return (int64_t)value;
}

/*
 * Up to 15 digits without a leading zero; the same followed by a point and zeros; the same, from
 * 1 on, with a fraction and an exponent of one or two digits, if whole and below 10^15.
 */
static int64_t slow_parse(const uint8_t *text, size_t len)
{
	uint8_t digits[256];
	size_t whole = 0, n, i, power = 0, exponent;

	while (whole < len && is_digit(text[whole]))
		whole++;
	if (!whole || whole > 15 || (text[0] == '0' && whole > 1) || len > sizeof(digits))
		return NUMBER_BAD;
	memcpy(digits, text, whole);
	n = whole;
	i = whole;
	if (i < len && text[i] == '.') {
		for (i++; i < len && is_digit(text[i]); i++)
			digits[n++] = text[i];
		if (n == whole)
			return NUMBER_BAD;
	}
	if (i == len)
		return scaled(digits, n, -(int)(n - whole));
	if ((text[i] | 32) != 'e' || text[0] == '0')
		return NUMBER_BAD;
	i++;
	i += i < len && text[i] == '+';
	for (exponent = i; i < len && is_digit(text[i]); i++)
		power = power * 10 + text[i] - '0';
	if (i != len || i == exponent || i > exponent + 2)
		return NUMBER_BAD;
	return scaled(digits, n, (int)power - (int)(n - whole));
}

static int64_t check_parse(const uint8_t *text, size_t len)
{
	uint8_t room[256 + NUMBER_PAD], printed[NUMBER_TEXT];
	const int64_t want = slow_parse(text, len), value = number_parse(text, (uint32_t)len);
	uint32_t n;

	REQUIRE(value == want, "%.*s is %lld, not %lld\n", (int)len, (const char *)text,
	        (long long)want, (long long)value);
	memset(room, '0' + (int)(len % 10), sizeof(room)); /* digits that are none of it */
	memcpy(room, text, len);
	REQUIRE(number_parse_padded(room, (uint32_t)len) == want, "padded\n");
	if (value < 0)
		return value;
	n = number_print(printed, (uint64_t)value);
	REQUIRE(n < NUMBER_TEXT && number_parse(printed, n) == value, "printed as %.*s\n",
	        (int)n, (const char *)printed);
	return value;
}

/* ---- fractions --------------------------------------------------------------------------- */

/* Digits that count: no zeros in front, none at the end. */
static size_t significant(const char *text)
{
	size_t n = 0, zeros = 0;

	for (; *text && *text != 'e'; text++) {
		if (!is_digit((uint8_t)*text) || (!n && *text == '0'))
			continue;
		n++;
		zeros = *text == '0' ? zeros + 1 : 0;
	}
	return n - zeros;
}

static void check_shortest(double d)
{
	char text[SHORTEST_TEXT + 1] = "", other[64];
	const uint32_t n = shortest_print((uint8_t *)text, d);

	REQUIRE(n < SHORTEST_TEXT, "%u bytes\n", n);
	text[n] = '\0';
	REQUIRE(strtod(text, NULL) == d, "%s is not %.17g\n", text, d);
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(other, sizeof(other), "%.*e", digits - 1, d);
		if (strtod(other, NULL) == d)
			break;
	}
	REQUIRE(significant(text) <= significant(other), "%s is longer than %s\n", text, other);
}

static void check_fraction(uint64_t num, uint64_t den, unsigned digits, bool percent)
{
	const uint32_t scale = percent ? 100 : 1;
	uint8_t text[NUMBER_TEXT + 16];
	wide q = num * (wide)scale, rest, value = 0;
	const uint32_t n = number_print_fraction(text, num, scale, den, digits);
	const double d = number_divide(num * scale, den);
	const long double near = (long double)(num * scale) / (long double)den;

	rest = q % den;
	q /= den;
	for (unsigned i = 0; i < digits; i++) {
		q = q * 10 + rest * 10 / den;
		rest = rest * 10 % den;
	}
	q += 2 * rest > den || (2 * rest == den && q % 2);
	for (uint32_t i = 0; i < n; i++)
		if (text[i] != '.')
			value = value * 10 + text[i] - '0';
	REQUIRE(value == q && (!digits || (n > digits + 1 && text[n - digits - 1] == '.')),
	        "%llu / %llu with %u digits: %.*s\n", (unsigned long long)num,
	        (unsigned long long)den, digits, (int)n, (const char *)text);
	if (num * scale < UINT64_C(1) << 53)
		REQUIRE(d == (double)(num * scale) / (double)den, "the quotient\n");
	else
		REQUIRE(fabsl((long double)d - near) <= ldexpl(near, -53), "the quotient\n");
	check_shortest(d);
}

/* ---- kernels ------------------------------------------------------------------------------ */

static struct count_rule draw_rule(struct input *in)
{
	static const uint32_t bases[] = { 1, 2, 5, 6, 7, 10, 100, 999983 };
	const uint8_t how = take_byte(in);
	const uint32_t base = bases[how % 8];
	const uint32_t shift = 62 - (uint32_t)__builtin_clz(base);

	return (struct count_rule){ .low = take_byte(in) % 32u,
		                    .keep_zeros = how & 8,
		                    .even = !(how & 48) && base % 2 == 0,
		                    .add = how & 16 ? base - 1 : base / 2,
		                    .magic = (uint32_t)(((UINT64_C(1) << shift) + base - 1) /
		                                        base),
		                    .shift = shift,
		                    .base = base,
		                    .sub = (how & 48) == 48 ? base / 2 : 0,
		                    .redacted = -2,
		                    .token = UINT64_C(10) << 32 | 7 };
}

struct counted {
	struct count_block block;
	int64_t value[COUNT_BLOCK];
	uint8_t text[8 * COUNT_BLOCK];
	uint64_t cell[COUNT_BLOCK];
};

static void check_kernels(struct input *in)
{
	const struct count_rule rule = draw_rule(in);
	/* A byte before the first cell, so that it begins behind an end, too. */
	uint8_t *text = calloc(1, 1 + in->len + KERNEL_PAD);
	uint32_t ends[COUNT_BLOCK + 1] = { 0 }, n = 0;
	const struct count_block block = { .text = text, .ends = ends + 1, .stride = 1 };
	struct counted want = { 0 }, got;

	/* Cells end where a comma is. */
	memcpy(text + 1, in->text, in->len);
	for (uint32_t i = 1; i <= in->len && n < COUNT_BLOCK; i++)
		if (text[i] == ',' || i == in->len)
			ends[++n] = i;
	want.block = block;
	kernels_scalar.counts(&rule, &want.block, n, want.value, want.text, want.cell, 1000);
	for (size_t k = 0; kernels_all[k]; k++) {
		if (!kernels_all[k]->supported())
			continue;
		memset(&got, 0, sizeof(got));
		got.block = block;
		kernels_all[k]->counts(&rule, &got.block, n, got.value, got.text, got.cell,
		                       1000);
		REQUIRE(got.block.odd == want.block.odd &&
		                got.block.redacted == want.block.redacted &&
		                got.block.rounded == want.block.rounded,
		        "flags by %s\n", kernels_all[k]->name);
		for (uint32_t i = 0; i < n; i++)
			REQUIRE((want.block.odd >> i & 1) ||
			                (got.value[i] == want.value[i] &&
			                 got.cell[i] == want.cell[i] &&
			                 ((uint32_t)want.cell[i] != 1000 + 8 * i ||
			                  !memcmp(got.text + (size_t)8 * i,
			                          want.text + (size_t)8 * i,
			                          want.cell[i] >> 32))),
			        "cell %u of %u by %s\n", i, n, kernels_all[k]->name);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const uint8_t how = take_byte(&in);
	const uint8_t *comma;
	int64_t num, den;

	if (in.len > 256 || (how & 1)) {
		check_kernels(&in);
		return 0;
	}
	comma = memchr(in.text, ',', in.len);
	num = check_parse(in.text, comma ? (size_t)(comma - in.text) : in.len);
	if (!comma)
		return 0;
	den = check_parse(comma + 1, in.len - (size_t)(comma + 1 - in.text));
	if (num >= 0 && den > 0)
		check_fraction((uint64_t)num, (uint64_t)den, how >> 2 & 15, how & 2);
	return 0;
}
