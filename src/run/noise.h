/*
 * noise.h - the files that a grouping's noise comes from
 */
#ifndef RUN_NOISE_H
#define RUN_NOISE_H

#include "group/ptable.h"
#include "group/record_key.h"
#include "plan/plan.h"

struct noise {
	struct ptable table;
	struct secret secret;
	bool has_secret;
};

/* Read the perturbation table and the secret, if the grouping has them, and lend them to the spec. */
enum sluice_status noise_open(struct noise *n, const struct perturbing *said,
                              struct group_noise *spec, struct sluice_error *err);

/* The same for tables that may be merged: of the secret and of what is added up. */
uint64_t noise_check(const struct group_noise *spec);

/* Wipes the secret, too. */
void noise_close(struct noise *n);

#endif
