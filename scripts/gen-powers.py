#!/usr/bin/env python3
"""Print src/base/powers.h: the powers of ten that shortest.c multiplies by.

    scripts/gen-powers.py > src/base/powers.h

The file in the repository is this output, byte for byte (make lint compares them).
"""

FIRST, LAST = -292, 324  # what the exponents of finite doubles come to


def power(k):
    """10^k scaled by a power of two to exactly 128 bits, rounded up."""
    if k >= 0:
        value = 10**k
        shift = 128 - value.bit_length()
        return value << shift if shift >= 0 else -(-value >> -shift)
    value = 10**-k
    shift = value.bit_length() + 127  # 2^shift / value lies in (2^127, 2^128)
    return -(-(1 << shift) // value)


print("""\
/*
 * powers.h - 10^POWERS_FIRST to 10^POWERS_LAST in 128 bits each, high half first
 *
 * Made by scripts/gen-powers.py: change that.  Scaled to 2^127 <= p < 2^128 and rounded up.
 */
#ifndef BASE_POWERS_H
#define BASE_POWERS_H

#include <stdint.h>

#define POWERS_FIRST (%d)
#define POWERS_LAST  %d

/* clang-format off */
static const uint64_t powers[POWERS_LAST - POWERS_FIRST + 1][2] = {""" % (FIRST, LAST))
for k in range(FIRST, LAST + 1):
    p = power(k)
    assert p.bit_length() == 128
    print("\t{ 0x%016X, 0x%016X }," % (p >> 64, p & (1 << 64) - 1))
print("""\
};
/* clang-format on */

#endif""")
