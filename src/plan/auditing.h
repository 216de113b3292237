/*
 * auditing.h - what a plan says of the tables that it makes, for the audit of a release
 */
#ifndef PLAN_AUDITING_H
#define PLAN_AUDITING_H

#include "plan/canon.h"
#include "plan/tree.h"

/* 'audit: {total: Total, parents: {region: regions.csv}, mode: full}', at the top or in an output. */
enum sluice_status read_auditing(const struct sluice_plan *plan, struct output *o,
                                 const struct node *map, struct sluice_error *err);

/* The i-th file of a hierarchy, NULL past the last. */
const char *auditing_file(const struct auditing *a, size_t i);

bool auditing_copy(struct auditing *dst, const struct auditing *src);
bool canon_auditing(json_t *map, const struct output *o);
void auditing_free(struct auditing *a);

#endif
