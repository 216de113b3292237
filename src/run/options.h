/*
 * options.h - options with their defaults filled in
 */
#ifndef RUN_OPTIONS_H
#define RUN_OPTIONS_H

#include "base/fail.h"
#include "simd/kernels.h"

#define CHUNK_DEFAULT (512u << 10)
#define CHUNK_MIN     1u
#define CHUNK_MAX     (16u << 20)
#define THREADS_MAX   256u

struct settled {
	struct sluice_options o;       /* as given, of the size that this library knows */
	const struct kernels *kernels; /* picked                                        */
	uint32_t threads, chunk_bytes;
	uint32_t n_slots;
};

struct output;

/* Output number 'which' of a plan that is finished. */
enum sluice_status options_plan(const struct sluice_plan *plan, size_t which,
                                const struct output **output, struct sluice_error *err);

/* Fill in defaults and refuse what can't be; 'given' may be NULL. */
enum sluice_status options_settle(struct settled *s, const struct sluice_options *given,
                                  struct sluice_error *err);

#endif
