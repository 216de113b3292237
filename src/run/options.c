#include "run/options.h"

#include "plan/plan.h"
#include "run/ring.h"

#include <string.h>

enum sluice_status options_settle(struct settled *s, const struct sluice_options *given,
                                  struct sluice_error *err)
{
	const struct sluice_options none = SLUICE_OPTIONS_INIT;
	struct sluice_options *o = &s->o;

	*s = (struct settled){ .o = none };
	if (given) {
		if (!given->size || given->size > sizeof(*o))
			return fail(
				err, SLUICE_E_PLAN,
				"options of an unknown size: start from SLUICE_OPTIONS_INIT");
		memcpy(o, given, given->size);
	}
	s->kernels = kernels_pick(o->isa);
	if (!s->kernels)
		return fail(err, SLUICE_E_PLAN,
		            "this machine or program has no such instruction set; "
		            "'sluice version' lists them");
	if (o->threads > THREADS_MAX)
		return fail(err, SLUICE_E_PLAN, "at most %u threads", THREADS_MAX);
	if (o->chunk_bytes > CHUNK_MAX)
		return fail(err, SLUICE_E_PLAN, "a chunk is at most %u bytes", CHUNK_MAX);
	if (o->gzip_level < 0 || o->gzip_level > 9)
		return fail(err, SLUICE_E_PLAN, "gzip levels are 1 to 9");
	s->threads = o->threads ? o->threads : ring_processors();
	if (s->threads > THREADS_MAX)
		s->threads = THREADS_MAX;
	s->chunk_bytes = o->chunk_bytes ? o->chunk_bytes : CHUNK_DEFAULT;
	s->n_slots = s->threads > 1 ? 4 * s->threads : 1; /* so that one may lag */
	return SLUICE_OK;
}

enum sluice_status options_plan(const struct sluice_plan *plan, size_t which,
                                const struct output **output, struct sluice_error *err)
{
	if (!plan || !plan->finished)
		return fail(err, SLUICE_E_PLAN, "the plan is not finished");
	if (which >= plan->n_outputs)
		return fail(err, SLUICE_E_PLAN, "the plan has no output number %zu", which);
	*output = &plan->outputs[which];
	return SLUICE_OK;
}
