/*
 * repair.h - what else must be hidden, after an audit of what was chosen
 *
 * Each adds to primary[], by unknown, the cheapest count that is still shown, and says whether it did.
 */
#ifndef PROTECT_REPAIR_H
#define PROTECT_REPAIR_H

#include "protect/protect.h"

#define REPAIR_SMALL 200 /* unknowns: an attack finds all bounds of so many */

/* The whole of a row that says "a whole is the sum of its parts", else NULL. */
const struct term *repair_whole(const struct model *m, const struct row *r);

/* Whether all counts of the row are known. */
bool repair_knows(const struct protection *p, const struct row *r);

/* Whether nobody may get the count: it is hidden, or shown as a rounded one. */
bool repair_wants(const struct protection *p, const bool *hidden, uint32_t u);

/* Hidden parts that are a small count together, by the true counts where they can be reckoned. */
bool repair_sums(const struct protection *p, const bool *hidden, bool *primary);

/*
 * The same of what is shown less exactly: those that an audit, which may follow further than this
 * attack, could find to be so.  open[] by row: such a finding is possible, so the attack is to find all
 * bounds of the whole and of the parts that are not hidden (asked[] by unknown).  *stuck: some
 * such sum has no part left that could be hidden.
 */
bool repair_open_sums(const struct protection *p, const bool *hidden, bool *open, bool *asked);
bool repair_proven_sums(const struct protection *p, const struct attack *a, const bool *hidden,
                        const bool *open, bool *primary, bool *stuck);

/* What the attack has found: all of it, or the worst ('one'). */
bool repair_fallen(const struct protection *p, const struct attack *a, const bool *hidden,
                   bool one, bool *primary);

#endif
