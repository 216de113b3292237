/*
 * regain.h - counts that were hidden for the sake of others, and need not be
 *
 * What a repair hides is chosen by what is known at the time; what is hidden after it may do for both.
 * So, when all is safe, each count that was added is shown again, the most wanted first, and stays so if
 * the attack still finds nothing but counts that were added, too: those are shown with it.
 */
#ifndef PROTECT_REGAIN_H
#define PROTECT_REGAIN_H

#include "protect/eliminate.h"
#include "protect/protect.h"

/* What the cells are sums of, if each count is shown as it is: what follows at once needs no attack. */
struct regaining {
	const struct protection *p;
	const struct elimination
		*plain; /* its order[] is all shown cells, the most wanted first */
	bool rounded;
};

/*
 * result->hidden is safe, and stays so.  Bounded by the cells that are attacked, not by the clock: a
 * large table has none left over.
 */
enum sluice_status regain(const struct regaining *r, struct protected *result,
                          struct sluice_error *err);

#endif
