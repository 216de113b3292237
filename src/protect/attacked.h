/*
 * attacked.h - what would be shown, under the attack that judges it
 */
#ifndef PROTECT_ATTACKED_H
#define PROTECT_ATTACKED_H

#include "protect/protect.h"

/*
 * The attack by one who knows only what would be shown; 'bounds' as well as verdicts, where sums are
 * judged.  *a and seen->unknowns are to be freed in any case.
 */
enum sluice_status protect_attack(const struct protection *p, const bool *hidden,
                                  const bool *wanted, bool bounds, double seconds,
                                  struct attack *a, struct model *seen,
                                  struct sluice_error *err);

#endif
