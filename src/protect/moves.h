/*
 * moves.h - tables next to the true one
 *
 * A count is changed by one, then others by one each, until all rows hold again: another table that
 * the same texts would stand for, if the shown counts that were changed are hidden as well.  Cheap
 * where an attack that begins from nothing has to search; what is found was checked row by row.
 */
#ifndef PROTECT_MOVES_H
#define PROTECT_MOVES_H

#include "protect/protect.h"

struct moves {
	const struct protection *p;
	wide *sums;               /* by row: of the true counts             */
	wide *shift;              /* by row: what the changes add           */
	int8_t *change;           /* by unknown                             */
	bool *proven;             /* by unknown: another table has another count            */
	uint32_t *cells, n_cells; /* with a change                */
	uint32_t *rows, n_rows;   /* touched by one               */
	bool *touched;            /* by row                       */
	uint32_t *best, n_best;
	uint64_t random;
	bool usable; /* every count is known */
};

enum sluice_status moves_init(struct moves *m, const struct protection *p,
                              struct sluice_error *err);

/* What was proven holds as long as all that is hidden stays hidden; else it is forgotten. */
void moves_forget(struct moves *m);

/* Note as proven all wanted cells that can move while nothing more is hidden. */
void moves_prove(struct moves *m, const bool *hidden, const bool *wanted);

/*
 * Hide, in hidden[], what lets the cell move at the least cost, and have it and all that moves
 * with it stay hidden, in primary[]; false = no way was found.
 */
bool moves_free(struct moves *m, bool *hidden, bool *primary, uint32_t unknown);

void moves_destroy(struct moves *m);

#endif
