/*
 * grid.h - an audited table to look at: which cells are shown, hidden, and to be worked out
 *
 * The grid shows what the file shows and no more, and without 'shown' none of its counts.
 * The derivations beside it hold numbers only with 'values'.
 */
#ifndef AUDIT_GRID_H
#define AUDIT_GRID_H

#include "audit/audit.h"
#include "page/text.h"

struct grid_options {
	bool shown, values;
};

/* The sheet as a piece of a page, added to 'out'. */
enum sluice_status grid_piece(struct buf *out, const struct sluice_audit *a, uint32_t sheet,
                              const struct grid_options *o, struct sluice_error *err);

/* What the colours mean. */
void grid_legend(struct text *t);

#endif
