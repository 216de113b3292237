/*
 * sums.h - the columns that a fold adds up
 */
#ifndef GROUP_SUMS_H
#define GROUP_SUMS_H

#include "group/fold.h"

enum sluice_status sums_init(struct fold *f, struct sluice_error *err);

/*
 * Add the values of the n rows from.. to f->words, where all of a run are digits; else they are
 * noted in f->odd.  False = there are none of these.
 */
bool sums_digits(struct fold *f, const struct batch *b, uint32_t from, uint32_t n);

/* Add the values of the row's runs that were noted to its groups, in the order of the plan. */
enum sluice_status sums_others(struct fold *f, const struct batch *b, uint32_t row,
                               struct group **groups, uint64_t runs, struct sluice_error *err);

/* The i-th value of the row, one of those that are added up; *there = false: it is missing. */
enum sluice_status sums_value(struct fold *f, uint32_t i, const struct batch *b, uint32_t row,
                              uint64_t *value, bool *there, struct sluice_error *err);

#endif
