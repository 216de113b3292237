/*
 * proof.h - a bound by a sum of rows, in exact arithmetic
 *
 * Any factors whatever on the rows give a bound that holds: what they leave over of the
 * unknowns is taken at its worst.  So a solver's factors need not be trusted; they are made
 * fractions and the bound is reckoned again from those.
 */
#ifndef ATTACK_PROOF_H
#define ATTACK_PROOF_H

#include "attack/part.h"

struct prover {
	wide *left;        /* by unknown: what is left over of it            */
	bool *listed;      /* by unknown: it is touched; false between calls */
	uint32_t *touched; /* each once                                      */
	uint32_t n_touched;
	int64_t *factors; /* by local row                                   */
};

enum sluice_status prover_init(struct prover *p, const struct model *m,
                               struct sluice_error *err);

/*
 * Tighten a bound of the unknown by the factors (by the part's rows) as well as they go;
 * domain_set() of what is proven.  False as domain_set().
 */
bool prove_bound(struct prover *p, struct domain *d, const struct part *part, uint32_t unknown,
                 bool upper, const double *factors);

void prover_free(struct prover *p);

#endif
