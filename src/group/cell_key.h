/*
 * cell_key.h - counts with noise, by the cell-key method
 *
 * Every person has a record key (record_key.h), a group's cell key is the sum of the keys of those
 * that it counts, and a table says which noise a count gets for which cell key (ptable.h). So the same
 * people have the same noise wherever they are counted, and asking again tells nothing new.
 *
 * For rows the sum is one of a group's words, so that it is joined, spilled and merged as they
 * are; persons that are perturbed are always kept, and their keys added up by the merge.  Cell keys
 * never leave: with them the noise could be taken off.
 */
#ifndef GROUP_CELL_KEY_H
#define GROUP_CELL_KEY_H

#include "group/fold.h"

/* Add the row's record key to its groups' words. */
enum sluice_status cell_key_row(struct fold *f, const struct batch *b, uint32_t row,
                                struct group **groups, struct sluice_error *err);

/* A count as it may go to the rules: with its noise. */
uint64_t cell_key_count(const struct group_noise *noise, uint64_t count, uint64_t cell_key);

#endif
