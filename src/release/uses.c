/*
 * uses.c - what a release is about to use: told before any of it is
 *
 * Each name that is opened, made, renamed or removed after place_open() belongs here; what is
 * missing fails as soon as the caller's sandbox is whole.
 */
#include "release/publish.h"

#include "release/state.h"

#include <stdlib.h>

#define USES_OWN 8 /* besides the inputs and the plan's files */

static size_t count_files(const struct release *r)
{
	size_t n = 0;

	while (sluice_plan_file(r->plan, n))
		n++;
	return n;
}

static size_t list_uses(const struct place_of_work *p, const struct release *r,
                        struct sluice_use *uses, const char *state, const char *real)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_tables; i++)
		uses[n++] = (struct sluice_use){ SLUICE_READS, r->tables[i].input };
	for (size_t i = 0; i < count_files(r); i++)
		uses[n++] = (struct sluice_use){ SLUICE_READS, sluice_plan_file(r->plan, i) };
	if (r->o.ledger)
		uses[n++] = (struct sluice_use){ SLUICE_APPENDS, r->o.ledger };
	uses[n++] = (struct sluice_use){ SLUICE_FILLS, r->folder };
	uses[n++] = (struct sluice_use){ SLUICE_FILLS, r->stage };
	uses[n++] = (struct sluice_use){ SLUICE_READS, state };
	uses[n++] = (struct sluice_use){ SLUICE_REPLACES, state };
	if (p->whole) /* it keeps what may be done in it when it is in the other's place */
		uses[n++] = (struct sluice_use){ SLUICE_FILLS, p->whole };
	if (p->whole || p->made)
		uses[n++] = (struct sluice_use){ SLUICE_MOVES, real };
	return n;
}

enum sluice_status place_ready(const struct place_of_work *p, const struct release *r,
                               struct sluice_error *err)
{
	struct sluice_use *uses;
	enum sluice_status status = SLUICE_OK;
	char *state, *real;

	if (!r->o.ready)
		return SLUICE_OK;
	uses = calloc(r->n_tables + count_files(r) + USES_OWN, sizeof(*uses));
	state = state_path(r);
	real = folder_real(r->folder);
	if (!uses || !state || !real)
		status = fail_memory(err);
	else if (r->o.ready(r->o.ctx, uses, list_uses(p, r, uses, state, real)))
		status = fail(err, SLUICE_E_IO, "stopped before the first table was read");
	free(uses);
	free(state);
	free(real);
	return status;
}
