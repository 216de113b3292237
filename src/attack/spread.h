/*
 * spread.h - many tables out of one, before any cell is asked about alone
 */
#ifndef ATTACK_SPREAD_H
#define ATTACK_SPREAD_H

#include "attack/attack.h"
#include "attack/slide.h"

#define TINY_PART  12  /* unknowns: every table is tried sooner than a program is set up */
#define SMALL_PART 200 /* unknowns: the whole interval is found                          */
#define DIVE_NODES 48

/* Both sides agree, or nothing more is asked for. */
bool attack_settled(const struct attack *a, const struct part *p, uint32_t unknown);

bool attack_wants(const bool *wanted, uint32_t unknown);

/* How many of the part are wanted and not settled. */
uint32_t attack_open(const struct attack *a, const struct part *p, const bool *wanted);

/* From the table that the witness holds: in small steps first, what is left by programs. */
void spread_tables(struct attack *a, const struct part *p, const bool *wanted,
                   struct slide *slide);

/* Tables that serve all cells of the part at once, by a program with mixed goals. */
void share_tables(struct attack *a, const struct part *p, const bool *wanted, struct lp *lp);

#endif
