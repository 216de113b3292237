/*
 * number.h - counts, exactly: decimal text to integer and back
 *
 * A count is read exactly or refused (README, "Numbers"): no locale, no floating
 * point, no guess.  Everything here works on the bytes of an unquoted field.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include "base/word.h"

#define NUMBER_BAD  (-1)            /* not a count                                      */
#define NUMBER_MAX  999999999999999 /* 15 digits: every count fits a double exactly     */
#define NUMBER_TEXT 32              /* room that printing may write to                  */
#define NUMBER_PAD  8               /* bytes past the text that may be read, see below  */

/* The count that 'text' spells, 0 to NUMBER_MAX, or NUMBER_BAD. */
int64_t number_parse(const uint8_t *text, uint32_t len);

/* Decimal digits of 'value' into 'out' (NUMBER_TEXT bytes of room); returns their number. */
uint32_t number_print(uint8_t *out, uint64_t value);

/*
 * num * scale / den with 'digits' decimals (0 to 15), ties to even, computed in
 * integers: exact.  num <= NUMBER_MAX, scale is 1 or 100, den > 0.  'out' has
 * NUMBER_TEXT + 16 bytes of room; returns the length.
 */
uint32_t number_print_fraction(uint8_t *out, uint64_t num, uint32_t scale, uint64_t den,
                               unsigned digits);

/* num / den as the nearest double, ties to even, for any num; 0 < den < 2^53. */
double number_divide(uint64_t num, uint64_t den);

/* ---- inline: the common count, without a call ------------------------------- */

/* Not zero when some byte of v, a text's bytes ^ 0x30, is not 0 to 9. */
static inline uint64_t number_odd(uint64_t v)
{
	return (v | (v + UINT64_C(0x7676767676767676))) & UINT64_C(0x8080808080808080);
}

/* The value of eight digits, first digit in the lowest byte: neighbours in pairs, thrice. */
static inline uint64_t number_eight(uint64_t v)
{
	v = v * 10 + (v >> 8);
	v = (v & UINT64_C(0x00FF00FF00FF00FF)) * 100 +
	    ((v >> 16) & UINT64_C(0x00FF00FF00FF00FF));
	return (v & 0xFFFF) * 10000 + ((v >> 32) & 0xFFFF);
}

/*
 * As number_parse(), for texts with NUMBER_PAD readable bytes after them, as in a
 * batch: up to eight plain digits cost a load and three multiplications.
 */
static inline int64_t number_parse_padded(const uint8_t *text, uint32_t len)
{
	if (len - 1 < 8) {
		uint64_t v = load_little(text) ^ UINT64_C(0x3030303030303030);

		if ((v & 0xFF) || len == 1) { /* no leading zero */
			v <<= 64 - 8 * len;   /* zeros in front */
			if (!number_odd(v))
				return (int64_t)number_eight(v);
		}
	}
	return number_parse(text, len);
}

#define NUMBER_EIGHT UINT64_C(100000000) /* below it, eight digits are enough */

/*
 * As number_print(), for value < NUMBER_EIGHT: the digits are made in pairs in one
 * word, halving thrice, and the leading zeros shifted out.  Writes 8 bytes.
 */
static inline uint32_t number_print_eight(uint8_t *out, uint64_t value)
{
	const uint64_t high = value / 10000;
	uint64_t v = high | (value - high * 10000) << 32;
	uint64_t tens;
	unsigned zeros;

	tens = (v * 10486 >> 20) & UINT64_C(0x7F0000007F); /* / 100, for v < 10000 */
	v = tens | (v - tens * 100) << 16;
	tens = (v * 103 >> 10) & UINT64_C(0x000F000F000F000F); /* / 10, for v < 100 */
	v = tens | (v - tens * 10) << 8;
	zeros = (unsigned)__builtin_ctzll(v | UINT64_C(1) << 56) & ~7u;
	store_little(out, (v | UINT64_C(0x3030303030303030)) >> zeros);
	return 8 - zeros / 8;
}

#endif
