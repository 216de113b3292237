/*
 * search.h - looking for a whole table
 *
 * search_table() tries every table, halving intervals and following the rows, so that "there
 * is none" is a proof; it gives up after a number of nodes.  search_dive() lets a linear
 * program lead; it finds tables in large parts, and its failure means nothing.
 */
#ifndef ATTACK_SEARCH_H
#define ATTACK_SEARCH_H

#include "attack/lp.h"
#include "attack/walk.h"

enum found { FOUND, FOUND_NONE, GAVE_UP };

/* Guesses may already stand in the domain; what was added is taken back. */
enum found search_table(struct domain *d, const struct part *p, struct witness *w,
                        uint64_t *nodes);

/* With the goal that is set in the LP; 'walk' may mend what is almost a table. */
enum found search_dive(struct domain *d, const struct part *p, struct witness *w,
                       struct walk *walk, struct lp *lp, uint64_t *nodes, double until);

/* Seconds of a clock that only goes forward. */
double clock_seconds(void);

#endif
