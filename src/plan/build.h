/*
 * build.h - putting a plan together, piece by piece
 *
 * What the two ways to say a plan (parse.c and flags.c) share.  Every piece is
 * appended empty before it is filled, so that a plan can be freed at any moment.
 */
#ifndef PLAN_BUILD_H
#define PLAN_BUILD_H

#include "plan/plan.h"
#include "plan/policy.h"
#include "plan/select.h"

/* An array of 'n' elements with room for one more zeroed one; NULL = no memory. */
void *array_room(void *array, size_t n, size_t size);

/* A zeroed array of n elements that array_room() can go on with; NULL = no memory. */
void *array_new(size_t n, size_t size);

/* A new plan without outputs; 'source' is copied. */
enum sluice_status plan_new(const char *source, struct sluice_plan **plan,
                            struct sluice_error *err);

/* Append an output with the default policy; 'name' is copied. */
enum sluice_status plan_output(struct sluice_plan *plan, const char *name, struct place at,
                               struct output **output, struct sluice_error *err);

/* Append to a list of selectors what text[0..len) means. */
enum sluice_status selectors_add(struct selector **list, size_t *n, const char *text,
                                 size_t len, const struct sluice_plan *plan, struct place at,
                                 struct sluice_error *err);

/* Append an empty rule. */
enum sluice_status output_rule(struct output *o, const struct column_rule *type,
                               struct place at, struct rule **rule, struct sluice_error *err);

/* Append what a selector of text[0..len) means to the rule's columns. */
enum sluice_status rule_column(const struct sluice_plan *plan, struct rule *r, const char *text,
                               size_t len, struct place at, struct sluice_error *err);

/* Append a selector that must mean one column: neither glob nor optional. */
enum sluice_status rule_part(const struct sluice_plan *plan, struct rule *r, const char *text,
                             size_t len, struct place at, struct sluice_error *err);

/* Set the name of the column that the rule makes. */
enum sluice_status rule_name(const struct sluice_plan *plan, struct rule *r, const char *text,
                             size_t len, struct place at, struct sluice_error *err);

/* A selector that must mean one column. */
enum sluice_status selector_single(struct selector *s, const char *text, size_t len,
                                   const struct sluice_plan *plan, struct place at,
                                   struct sluice_error *err);

/* Append a condition on one column, and a value to it. */
enum sluice_status output_condition(const struct sluice_plan *plan, struct output *o,
                                    const char *column, size_t len, struct place at,
                                    struct condition **condition, struct sluice_error *err);
enum sluice_status condition_value(struct condition *c, const char *text, size_t len,
                                   struct sluice_error *err);

/* Append a text that stands for "missing"; one that reads as a number is refused. */
enum sluice_status output_missing(const struct sluice_plan *plan, struct output *o,
                                  const char *text, struct place at, struct sluice_error *err);

/* Set the delimiter, 'other' or the policy from their words. */
enum sluice_status output_delimiter(const struct sluice_plan *plan, struct output *o,
                                    const char *text, struct place at,
                                    struct sluice_error *err);
enum sluice_status output_other(const struct sluice_plan *plan, struct output *o,
                                const char *text, struct place at, struct sluice_error *err);
enum sluice_status output_policy(const struct sluice_plan *plan, struct output *o,
                                 const char *text, struct place at, struct sluice_error *err);

/* Set the suffix; NULL = the policy's own. */
enum sluice_status output_suffix(const struct sluice_plan *plan, struct output *o,
                                 const char *text, struct place at, struct sluice_error *err);

/* Append a column that grouping makes, without what it is made of; 'made' may be NULL. */
enum sluice_status group_aggregate(const struct sluice_plan *plan, struct output *o,
                                   enum aggregate_kind kind, const char *name, size_t len,
                                   struct place at, struct aggregate **made,
                                   struct sluice_error *err);

/* Set who contributes to a sum; append an (n,k) rule; set p. */
enum sluice_status sum_contributor(const struct sluice_plan *plan, struct aggregate *a,
                                   const char *text, struct place at, struct sluice_error *err);
enum sluice_status sum_dominance(const struct sluice_plan *plan, struct aggregate *a,
                                 const char *n, const char *k, struct place at,
                                 struct sluice_error *err);
enum sluice_status sum_p_percent(const struct sluice_plan *plan, struct aggregate *a,
                                 const char *text, struct place at, struct sluice_error *err);

/* Append bands of a column, still without any; then say a word, or the edges one by one. */
enum sluice_status group_banding(const struct sluice_plan *plan, struct output *o,
                                 const char *column, size_t len, struct place at,
                                 struct banding **made, struct sluice_error *err);
enum sluice_status bins_word(const struct sluice_plan *plan, struct bins *b, const char *word,
                             struct place at, struct sluice_error *err);
enum sluice_status bins_edge(const struct sluice_plan *plan, struct bins *b, const char *text,
                             struct place at, struct sluice_error *err);

/* Set what totals are made of from its word. */
enum sluice_status group_totals_from(const struct sluice_plan *plan, struct output *o,
                                     const char *text, struct place at,
                                     struct sluice_error *err);

/* "rows", ...; "month", ... but not for numbers. */
const char *aggregate_name(enum aggregate_kind kind);
const char *bins_name(enum bins_kind kind);

/* Printable names of enum other. */
const char *other_name(enum other other);

/* Copy a C string or a part of one; NULL for NULL or without memory. */
char *text_copy(const char *text, size_t len);

/* No control bytes, so that it is one line wherever it is shown; UTF-8. */
bool text_is_plain(const char *text, size_t len);

/* A deep copy of src into *dst, a zeroed output; on failure *dst can still be freed. */
enum sluice_status output_copy(struct output *dst, const struct output *src,
                               struct sluice_error *err);

void output_free(struct output *o);

/* Resolve every setting, check the plan as a whole, and hash it: the last step of both ways. */
enum sluice_status plan_resolve(struct sluice_plan *plan, struct sluice_error *err);

/* The hash of the canonical form. */
enum sluice_status plan_digest(const struct sluice_plan *plan, char hex[33],
                               struct sluice_error *err);

/* Free what flags.c keeps while a plan is built. */
void flags_free(struct flags *flags);

#endif
