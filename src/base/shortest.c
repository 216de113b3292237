/*
 * shortest.c - the Schubfach algorithm
 *
 * Raffaello Giulietti, "The Schubfach way to render doubles" (2020).  In short: the
 * decimals that read back as v are those of an interval around v.  Let 10^k be the
 * largest power of ten that is no longer than the interval.  Then the interval holds
 * at least one multiple of 10^k and at most one of 10^(k+1): if there is one of
 * 10^(k+1), it is the shortest; else the multiple of 10^k nearest to v is.
 *
 * v and both ends are needed in units of 10^k, and only so exactly that they compare
 * right with whole numbers.  A product with a 128-bit power of ten, rounded to odd (what
 * is cut off sets the last bit), is enough for that: the paper proves it.  All three
 * carry two more bits than the digits, so that the ends (half a step of v away, a quarter
 * below a power of two) are whole numbers times a power of two.
 */
#include "base/shortest.h"

#include "base/number.h"
#include "base/powers.h"

#include <stdbool.h>

__extension__ typedef unsigned __int128 u128;

struct decimal {
	uint64_t digits; /* times 10^exponent; may end in zeros */
	int exponent;
};

/* floor(log10(2^e)), or of 3/4 of it; exact for all exponents of doubles. */
static int log10_of_power_of_2(int e, bool three_quarters)
{
	return (e * 1262611 - (three_quarters ? 524031 : 0)) >> 22;
}

/* floor(log2(10^e)) */
static int log2_of_power_of_10(int e)
{
	return e * 1741647 >> 19;
}

/* The upper 64 bits of power * x / 2^64, the last one set when anything was cut off. */
static uint64_t times_to_odd(const uint64_t power[2], uint64_t x)
{
	const u128 low = (u128)power[1] * x;
	const u128 high = (u128)power[0] * x + (uint64_t)(low >> 64);

	return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* The shortest decimal in the interval around c * 2^q, c > 0. */
static struct decimal shortest(uint64_t c, int q, bool closer_below)
{
	const int k = log10_of_power_of_2(q, closer_below);
	const int shift = q + log2_of_power_of_10(-k) + 1;
	const uint64_t *power = powers[-k - POWERS_FIRST];
	const bool odd = c & 1; /* then the ends read back as the neighbours (ties to even) */
	const uint64_t low = times_to_odd(power, (4 * c - 2 + closer_below) << shift) + odd;
	const uint64_t mid = times_to_odd(power, 4 * c << shift);
	const uint64_t high = times_to_odd(power, (4 * c + 2) << shift) - odd;
	const uint64_t s = mid / 4;
	bool below, above;

	if (s >= 10) {
		const uint64_t tens = s / 10;

		below = low <= 40 * tens;
		above = 40 * tens + 40 <= high;
		if (below != above)
			return (struct decimal){ tens + above, k + 1 };
	}
	below = low <= 4 * s;
	above = 4 * s + 4 <= high;
	if (below == above) /* both are in: the nearer one, the even one of two */
		above = mid > 4 * s + 2 || (mid == 4 * s + 2 && (s & 1));
	return (struct decimal){ s + above, k };
}

static struct decimal decimal_of(double value)
{
	uint64_t bits, fraction, c;
	int biased, q;

	memcpy(&bits, &value, sizeof(bits));
	fraction = bits & ((UINT64_C(1) << 52) - 1);
	biased = (int)(bits >> 52);
	if (biased == 0)
		return shortest(fraction, -1074, false);
	c = fraction | UINT64_C(1) << 52;
	q = biased - 1075;
	if (q <= 0 && q > -53 && !(c & ((UINT64_C(1) << -q) - 1)))
		return (struct decimal){ c >> -q, 0 }; /* a whole number below 2^53 */
	return shortest(c, q, fraction == 0 && biased > 1);
}

static uint32_t fill(uint8_t *out, const char *text, uint32_t len)
{
	memcpy(out, text, len);
	return len;
}

/* 'n' digits, the first of which counts 10^exponent. */
static uint32_t print_exponential(uint8_t *out, const uint8_t *digits, uint32_t n, int exponent)
{
	const uint32_t size = (uint32_t)(exponent < 0 ? -exponent : exponent);
	uint32_t len = 1;

	out[0] = digits[0];
	if (n > 1) {
		out[len++] = '.';
		memcpy(out + len, digits + 1, n - 1);
		len += n - 1;
	}
	out[len++] = 'e';
	out[len++] = exponent < 0 ? '-' : '+';
	if (size < 10)
		out[len++] = '0';
	return len + number_print(out + len, size);
}

static uint32_t print_positional(uint8_t *out, const uint8_t *digits, uint32_t n, int exponent)
{
	const uint32_t whole = exponent < 0 ? 0 : (uint32_t)exponent + 1;
	uint32_t len;

	if (whole == 0) {
		len = fill(out, "0.0000", 1 + (uint32_t)-exponent);
		memcpy(out + len, digits, n);
		return len + n;
	}
	if (whole >= n) {
		memcpy(out, digits, n);
		memset(out + n, '0', whole - n);
		return whole + fill(out + whole, ".0", 2);
	}
	memcpy(out, digits, whole);
	out[whole] = '.';
	memcpy(out + whole + 1, digits + whole, n - whole);
	return n + 1;
}

uint32_t shortest_print(uint8_t out[SHORTEST_TEXT], double value)
{
	uint8_t digits[NUMBER_TEXT];
	struct decimal d;
	uint32_t n;
	int exponent;

	if (value <= 0)
		return fill(out, "0.0", 3);
	d = decimal_of(value);
	n = number_print(digits, d.digits);
	exponent = d.exponent + (int)n - 1;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	if (exponent < -4 || exponent >= 16)
		return print_exponential(out, digits, n, exponent);
	return print_positional(out, digits, n, exponent);
}
