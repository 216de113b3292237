/*
 * value.h - the numbers of columns that are added up
 */
#ifndef GROUP_VALUE_H
#define GROUP_VALUE_H

#include "group/spec.h"

enum value_what {
	VALUE_IS_NUMBER,
	VALUE_IS_MISSING,
	VALUE_IS_BAD,
};

/* A count, or T and F for 1 and 0. */
enum value_what value_count(const uint8_t *text, uint32_t len, const struct dialect *d,
                            int64_t *value);

/*
 * A number with a sign and decimals (at most 15 digits before the point and MEAN_DIGITS
 * after it), in MEAN_SCALE parts, as the halves of a number of 128 bits.  T and F are none: their
 * mean would be a ratio of counts that nobody rounded.
 */
enum value_what value_decimal(const uint8_t *text, uint32_t len, const struct dialect *d,
                              uint64_t *low, uint64_t *high);

/*
 * sum / MEAN_SCALE / n with 'digits' decimals, ties to even, in integers: exact.  n > 0.  'out'
 * has MEAN_TEXT bytes of room; returns the length.
 */
#define MEAN_TEXT 64
uint32_t mean_print(uint8_t *out, uint64_t low, uint64_t high, uint64_t n, unsigned digits);

#endif
