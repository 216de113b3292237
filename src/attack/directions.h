/*
 * directions.h - directions in which a table can change without any row noticing
 *
 * The rows that are fixed sums, solved for one unknown each in whole numbers: whatever one adds to
 * the others, these make up for.  So each unknown that is left over gives a direction, all of them
 * together give every change that there is (over the whole numbers, where each row could be solved
 * for an unknown with factor 1 or -1), and most are short: a cycle, the corners of a cube.
 *
 * A row with room, or with an unknown that is in no other, takes what comes; it has a column
 * that says by how much it is moved, so that one can see how far a direction may be followed.
 */
#ifndef ATTACK_DIRECTIONS_H
#define ATTACK_DIRECTIONS_H

#include "attack/solve.h"

/* Columns are those of solve.h. */
struct directions {
	uint32_t n_columns, n; /* n directions */
	uint32_t *start;       /* n + 1: of entries[]            */
	struct entry *entries;
	uint32_t *at, *in; /* by column: directions in[at[c]] to in[at[c + 1] - 1] */
	uint32_t cap_start, cap_entries;
	int64_t *point; /* by column: values for which all rows hold, whatever the bounds */
	bool known;     /* false: there would have been too much to do: n is 0   */
	bool has_point;
};

/* With about 'work' entries looked at.  To be freed in any case. */
enum sluice_status directions_make(struct directions *k, const struct domain *d,
                                   const struct parts *all, const struct part *p, uint64_t work,
                                   struct sluice_error *err);

void directions_free(struct directions *k);

#endif
