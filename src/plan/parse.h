/*
 * parse.h - what the files that read a plan's tree share
 */
#ifndef PLAN_PARSE_H
#define PLAN_PARSE_H

#include "plan/build.h"
#include "plan/setting.h"
#include "plan/tree.h"

/* The text of a scalar; 'what' names it in messages.  Plain nothing and null are refused. */
enum sluice_status node_text(const struct sluice_plan *plan, const struct node *n,
                             const char *what, const char **text, struct sluice_error *err);

/* The node must be a list or a map with something in it. */
enum sluice_status node_filled(const struct sluice_plan *plan, const struct node *n,
                               enum node_kind kind, const char *what, struct sluice_error *err);

/* A setting's value. */
enum sluice_status read_setting(const struct sluice_plan *plan, const struct setting *t,
                                struct given *g, const struct node *n,
                                struct sluice_error *err);

/* The value of a column rule's key. */
enum sluice_status read_rule(const struct sluice_plan *plan, struct output *o,
                             const struct column_rule *type, const struct node *n,
                             struct sluice_error *err);

/* The values of the other keys of an output. */
enum sluice_status read_policy(const struct sluice_plan *plan, struct output *o,
                               const struct node *n, struct sluice_error *err);
enum sluice_status read_where(const struct sluice_plan *plan, struct output *o,
                              const struct node *n, struct sluice_error *err);
enum sluice_status read_grouping(const struct sluice_plan *plan, struct output *o,
                                 const struct node *map, struct sluice_error *err);
enum sluice_status read_protect(const struct sluice_plan *plan, struct output *o,
                                const struct node *map, struct sluice_error *err);
enum sluice_status read_perturb(const struct sluice_plan *plan, struct output *o,
                                const struct node *map, struct sluice_error *err);
enum sluice_status read_describe(const struct sluice_plan *plan, struct output *o,
                                 const struct node *n, struct sluice_error *err);

#endif
