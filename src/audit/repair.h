/*
 * repair.h - what else must be hidden, after an audit of what was chosen
 *
 * Each adds to primary[], by unknown, the cheapest count that is still shown, and says whether it did.
 */
#ifndef AUDIT_REPAIR_H
#define AUDIT_REPAIR_H

#include "audit/protect.h"

/* The whole of a row that says "a whole is the sum of its parts", else NULL. */
const struct term *repair_whole(const struct model *m, const struct row *r);

/* Whether all counts of the row are known. */
bool repair_knows(const struct protection *p, const struct row *r);

/* Whether nobody may get the count: it is hidden, or shown as a rounded one. */
bool repair_wants(const struct protection *p, const bool *hidden, uint32_t u);

/* Hidden parts that are a small count together: by the true counts, or by what an attack left. */
bool repair_sums(const struct protection *p, const bool *hidden, bool *primary);
bool repair_proven_sums(const struct protection *p, const struct attack *a, const bool *hidden,
                        bool *primary);

/* What the attack has found. */
bool repair_fallen(const struct protection *p, const struct attack *a, const bool *hidden,
                   bool *primary);

#endif
