/*
 * solve.h - rows that are fixed sums, solved for one unknown each, in whole numbers
 *
 * Shortest first, for an unknown with factor 1 or -1 that few others have, which is then taken out of
 * all others: what is solved for is in no other row, and most rows stay short, since in tables most are
 * sums of others and vanish.
 */
#ifndef ATTACK_SOLVE_H
#define ATTACK_SOLVE_H

#include "attack/part.h"

#define LINE_NONE UINT32_MAX

struct entry {
	uint32_t column;
	int32_t factor;
};

/* A row under way: what is left of it when those before it are solved. */
struct line {
	struct entry *entries; /* by column */
	uint32_t n, cap;
	uint32_t pivot;      /* the unknown that it is solved for; LINE_NONE = not yet */
	uint32_t prev, next; /* among those of the same length, not solved yet        */
	int64_t sum;
	bool listed;
};

/* Lines with something in a column; some of them not any more. */
struct holders {
	uint32_t *lines, n, cap;
};

/* Unknowns and rows go by their local numbers; a column is an unknown, or, from n_unknowns on, a row's sum. */
struct solving {
	const struct domain *d;
	const struct parts *all;
	const struct part *p;
	struct line *lines;      /* by row                                                */
	struct holders *columns; /* by unknown                                            */
	uint32_t *count;         /* by unknown: about how many lines have it              */
	uint32_t *first;         /* by length: a line that is not solved yet              */
	uint32_t least;          /* no shorter line is listed                             */
	uint32_t *open;          /* by row: the column that takes what comes, or LINE_NONE */
	bool *solved;            /* by unknown: follows from others                       */
	struct entry *sum;       /* room for a line of all unknowns                       */
	uint64_t left;           /* of the effort, in entries looked at: 0 = it is spent  */
	bool dropped;            /* a row was given up                                    */
};

/* d, all, p and left are set, all else is 0.  False: no memory.  To be freed in any case. */
bool solving_run(struct solving *s);

void solving_spend(struct solving *s, uint64_t n);

int32_t line_factor(const struct line *l, uint32_t column);

void solving_free(struct solving *s);

#endif
