/*
 * resolve.h - what the files that resolve a plan share
 */
#ifndef PLAN_RESOLVE_H
#define PLAN_RESOLVE_H

#include "plan/build.h"

/* A rule's settings: those of the policy, then its own words; or why they may not be. */
enum sluice_status resolve_rule(const struct sluice_plan *plan, const struct output *o,
                                struct rule *r, struct sluice_error *err);

/* Check the grouping, if there is one, and make the rules of its columns; rules come first. */
enum sluice_status resolve_group(const struct sluice_plan *plan, struct output *o,
                                 struct sluice_error *err);

/* Check what is said of protecting totals; before the grouping, whose totals it may settle. */
enum sluice_status resolve_protect(const struct sluice_plan *plan, struct output *o,
                                   struct sluice_error *err);

/* Of a grouping: contributors without rules and rules without them, noise that could be taken off. */
enum sluice_status check_contributors(const struct sluice_plan *plan, const struct output *o,
                                      struct sluice_error *err);
enum sluice_status check_perturb(const struct sluice_plan *plan, const struct grouping *g,
                                 struct sluice_error *err);

#endif
