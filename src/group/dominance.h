/*
 * dominance.h - whether a sum tells too much of one of those that add up to it
 *
 * The primary rules for sums (Hundepool et al., Statistical Disclosure Control, 4.2), in integers and
 * exactly.  X is the sum, x1 >= x2 >= ... what each contributor has of it:
 *
 *   (n,k)  unsafe when x1 + ... + xn > k % of X
 *   p %    unsafe when X - x1 - x2 < p % of x1: the second could reckon the first that closely
 *   few    unsafe when no more contributors than the threshold have anything of it; where none has,
 *          when there are no more of them: that it is 0 would be told of each
 */
#ifndef GROUP_DOMINANCE_H
#define GROUP_DOMINANCE_H

#include <stdbool.h>
#include <stdint.h>

#define DOMINANCE_RULES   4       /* of (n,k), for one sum    */
#define DOMINANCE_LARGEST 16      /* n is no more             */
#define PERCENT_PARTS     1000000 /* millionths of a per cent */

struct dominance {
	struct dominance_rule {
		uint32_t n;
		uint32_t k; /* in PERCENT_PARTS, up to 100 % */
	} rules[DOMINANCE_RULES];
	uint32_t n_rules;
	uint32_t p; /* in PERCENT_PARTS, up to 100 %; 0 = there is no such rule */
};

/* What the rules ask of the contributors to one sum. */
struct largest {
	uint64_t n;                          /* contributors                          */
	uint64_t n_any;                      /* those that have anything of it        */
	uint64_t total;                      /* what all have together                */
	uint64_t amounts[DOMINANCE_LARGEST]; /* of the largest, descending, then 0 */
};

/* One more contributor, with all that it has of the sum: below 2^53. */
void largest_add(struct largest *l, uint64_t amount);

/* A threshold below 0 is none. */
bool dominance_unsafe(const struct dominance *d, const struct largest *l, int64_t threshold);

/* "85", "90.909": a percentage over 0 up to 100, with up to six decimals, in PERCENT_PARTS. */
bool percent_read(const char *text, uint32_t *parts);

/* The same back: the shortest, in a buffer of PERCENT_TEXT bytes. */
#define PERCENT_TEXT 16
const char *percent_print(char out[PERCENT_TEXT], uint32_t parts);

#endif
