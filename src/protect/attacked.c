#include "protect/attacked.h"

#include <stdlib.h>

enum sluice_status protect_attack(const struct protection *p, const bool *hidden,
                                  const bool *wanted, bool bounds, double seconds,
                                  struct attack *a, struct model *seen,
                                  struct sluice_error *err)
{
	struct effort effort = p->effort;

	*seen = *p->model;
	seen->unknowns = calloc((size_t)seen->n_unknowns + 1, sizeof(*seen->unknowns));
	if (!seen->unknowns)
		return fail_memory(err);
	for (uint32_t u = 0; u < seen->n_unknowns; u++) {
		const bool open = hidden[u] || !p->shown[u];

		if (open)
			seen->unknowns[u] = (struct unknown){ 0, BOUND_NONE, 1, 0 };
		else if (p->seen)
			seen->unknowns[u] = p->seen[u];
		else
			seen->unknowns[u] =
				(struct unknown){ p->values[u], p->values[u], 1, 0 };
	}
	effort.table = p->values;
	effort.verdicts = !bounds;
	effort.seconds = seconds;
	return attack_run(a, seen, &effort, wanted, err);
}
