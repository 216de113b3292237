/*
 * number.c - how counts are read and printed
 *
 * Plain digits are read eight at a time in one word, without looking past the text.
 * Whatever is not plain digits goes to odd_spelling(), which is the slow and literal
 * form of the README's table.
 */
#include "base/number.h"

#include <stdbool.h>

__extension__ typedef unsigned __int128 u128;

static const uint64_t power[] = { 1u,
	                          10u,
	                          100u,
	                          1000u,
	                          10000u,
	                          100000u,
	                          1000000u,
	                          10000000u,
	                          100000000u,
	                          1000000000u,
	                          10000000000u,
	                          100000000000u,
	                          1000000000000u,
	                          10000000000000u,
	                          100000000000000u,
	                          1000000000000000u,
	                          10000000000000000u,
	                          100000000000000000u,
	                          1000000000000000000u,
	                          10000000000000000000u };

/* ---- reading ---------------------------------------------------------------- */

static uint64_t load32(const uint8_t *p)
{
	return p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

/* text[0..len), 1 <= len <= 8, first byte lowest, zeros above: loads that overlap agree. */
static uint64_t load_some(const uint8_t *text, uint32_t len)
{
	if (len == 8)
		return load_little(text);
	if (len >= 4)
		return load32(text) | load32(text + len - 4) << (8 * len - 32);
	return text[0] | (uint64_t)text[len / 2] << 8 * (len / 2) |
	       (uint64_t)text[len - 1] << 8 * (len - 1);
}

static const uint64_t zeros = UINT64_C(0x3030303030303030);

/* Up to 15 digits without a leading zero; all else is NUMBER_BAD. */
static int64_t plain_digits(const uint8_t *text, uint32_t len)
{
	uint64_t high = 0, low;

	if (len - 1 >= 15 || (text[0] == '0' && len > 1))
		return NUMBER_BAD;
	if (len <= 8) {
		low = (load_some(text, len) ^ zeros) << (64 - 8 * len);
	} else {
		high = (load_some(text, len - 8) ^ zeros) << (64 - 8 * (len - 8));
		low = load_little(text + len - 8) ^ zeros;
	}
	if (number_odd(high) | number_odd(low))
		return NUMBER_BAD;
	return (int64_t)(number_eight(high) * power[8] + number_eight(low));
}

static uint32_t digits_from(const uint8_t *text, uint32_t len, uint32_t i)
{
	while (i < len && text[i] >= '0' && text[i] <= '9')
		i++;
	return i;
}

/* The exponent in text[0..len): an optional '+', one or two digits; else NUMBER_BAD. */
static int exponent(const uint8_t *text, uint32_t len)
{
	if (len && text[0] == '+') {
		text++;
		len--;
	}
	if (len < 1 || len > 2 || digits_from(text, len, 0) != len)
		return NUMBER_BAD;
	return len == 1 ? text[0] - '0' : (text[0] - '0') * 10 + (text[1] - '0');
}

/*
 * 3.0, 1e+05, 1.5e6: a whole number with a fraction of zeros, or with an exponent that
 * makes it whole.  With an exponent, the digits in front may not be a lone 0: no program
 * writes 0e0 or 0.5e1 for a count.  Exponents have no '-' (30e-1 is nobody's count) and
 * two digits at most, as R, Python and C print them.
 */
static int64_t odd_spelling(const uint8_t *text, uint32_t len)
{
	const uint32_t whole = digits_from(text, len, 0);
	int64_t value = plain_digits(text, whole);
	uint32_t end = whole, last;
	int e = 0;

	if (value < 0)
		return NUMBER_BAD;
	if (end < len && text[end] == '.') {
		end = digits_from(text, len, whole + 1);
		if (end == whole + 1)
			return NUMBER_BAD;
	}
	if (end < len) {
		if ((text[end] | 0x20) != 'e' || value == 0)
			return NUMBER_BAD;
		e = exponent(text + end + 1, len - end - 1);
		if (e < 0)
			return NUMBER_BAD;
	}
	for (last = end; last > whole + 1 && text[last - 1] == '0';)
		last--; /* zeros at the end of the fraction say nothing */
	for (uint32_t i = whole + 1; i < last; i++) {
		if (e-- <= 0 || value > NUMBER_MAX / 10)
			return NUMBER_BAD; /* 3.5 */
		value = value * 10 + (text[i] - '0');
	}
	for (; e > 0; e--) {
		if (value > NUMBER_MAX / 10)
			return NUMBER_BAD;
		value *= 10;
	}
	return value;
}

int64_t number_parse(const uint8_t *text, uint32_t len)
{
	const int64_t value = plain_digits(text, len);

	return value >= 0 || len == 0 ? value : odd_spelling(text, len);
}

/* ---- printing --------------------------------------------------------------- */

static const char pair[] = "0001020304050607080910111213141516171819"
			   "2021222324252627282930313233343536373839"
			   "4041424344454647484950515253545556575859"
			   "6061626364656667686970717273747576777879"
			   "8081828384858687888990919293949596979899";

static uint32_t digits_of(uint64_t value)
{
	const uint32_t bits = 64 - (uint32_t)__builtin_clzll(value | 1);
	const uint32_t guess = bits * 1233 >> 12; /* log10(2), one too few at most */

	return guess + (guess == 0 || value >= power[guess]);
}

/* The last n digits of value, with zeros in front. */
static void print_digits(uint8_t *out, uint64_t value, uint32_t n)
{
	for (; n >= 2; value /= 100)
		memcpy(out + (n -= 2), pair + value % 100 * 2, 2);
	if (n)
		*out = (uint8_t)('0' + value % 10);
}

uint32_t number_print(uint8_t *out, uint64_t value)
{
	uint32_t n;

	if (value < NUMBER_EIGHT)
		return number_print_eight(out, value);
	n = digits_of(value);
	print_digits(out, value, n);
	return n;
}

uint32_t number_print_fraction(uint8_t *out, uint64_t num, uint32_t scale, uint64_t den,
                               unsigned digits)
{
	const uint64_t total = num * scale; /* below 10^17 */
	const u128 rest = (u128)(total % den) * power[digits];
	uint64_t whole = total / den;
	uint64_t fraction = (uint64_t)(rest / den);
	const u128 twice = rest % den * 2;
	const bool odd = (digits ? fraction : whole) & 1;
	uint32_t n;

	if (twice > den || (twice == den && odd))
		fraction++;
	if (fraction == power[digits]) { /* 0.996 -> 1.00; and without decimals, 0.6 -> 1 */
		fraction = 0;
		whole++;
	}
	n = number_print(out, whole);
	if (digits) {
		out[n] = '.';
		print_digits(out + n + 1, fraction, digits);
		n += 1 + digits;
	}
	return n;
}

/*
 * Below 2^53 both convert exactly, and the division rounds once.  Beyond, the quotient is
 * taken to 64 bits, of which the last says whether anything was cut off (as in
 * shortest.c): then only the conversion to double rounds.  An exact quotient loses nothing:
 * all its bits, before the point and behind it, are no more than num has.
 */
double number_divide(uint64_t num, uint64_t den)
{
	const u128 wide = (u128)num << 64;
	const u128 quotient = wide / den;
	uint64_t kept;
	unsigned shift;

	if (num >> 53 == 0)
		return (double)num / (double)den;
	shift = 64 - (unsigned)__builtin_clzll((uint64_t)(quotient >> 64)); /* num > den */
	kept = (uint64_t)(quotient >> shift) | (quotient * den != wide);
	return (double)kept * (double)((u128)1 << shift) * 0x1p-64;
}
