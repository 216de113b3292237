/*
 * above.h - by code of a dimension, all codes that it is part of
 */
#ifndef MODEL_ABOVE_H
#define MODEL_ABOVE_H

#include "model/input.h"

/* The codes above a code, itself first. */
struct above {
	uint32_t *codes, n, cap;
};

/* By code, the families that it is a child of: families[at[k]] to families[at[k + 1] - 1]. */
struct parents {
	uint32_t *at, *families;
};

struct above_all {
	struct above **above;    /* by dimension, by code */
	struct parents *parents; /* by dimension          */
};

/*
 * Only totals at or below one that is shown: those above all that is shown are sums of what is
 * below them, whatever that is, and tie nothing together.  To be freed in any case.
 */
enum sluice_status above_make(struct above_all *a, const struct audit_input *in,
                              struct sluice_error *err);

void above_free(struct above_all *a, const struct audit_input *in);

#endif
