/*
 * shortest.h - the shortest decimal that reads back as the same double
 *
 * The same text as Python's repr() for every finite double >= 0: "0.1", "1.0",
 * "1e-05", "1e+16", "0.6666666666666666".
 */
#ifndef BASE_SHORTEST_H
#define BASE_SHORTEST_H

#include <stdint.h>

#define SHORTEST_TEXT 32 /* room that printing may write to */

/* Print 'value' (finite, not negative); returns the length, at most 24. */
uint32_t shortest_print(uint8_t out[SHORTEST_TEXT], double value);

#endif
