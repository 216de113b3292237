/*
 * contribution.h - what each contributor has of a group's sum, exactly
 *
 * One contributor may have many rows, anywhere in the table, so all of them are kept, by
 * their identifiers: as pairs (persons.h) whose person is the identifier, a NUL (which no
 * field can hold) and the amount.  So they are sorted, spilled, written to partial tables
 * and joined as persons are, a contributor's pairs beside each other.  Rows whose
 * contributor is missing count as those of one: what is joined wrongly is only larger.
 */
#ifndef GROUP_CONTRIBUTION_H
#define GROUP_CONTRIBUTION_H

#include "group/dominance.h"
#include "group/persons.h"

#define CONTRIBUTION_TAIL 8u /* bytes after the identifier: the NUL and seven of the amount */

/* Whether a and b are of the same contributor. */
bool contribution_same(const uint8_t *a, uint32_t a_len, const uint8_t *b, uint32_t b_len);

/* The amount of a contribution that was made here; of any other bytes, false. */
bool contribution_amount(const uint8_t *text, uint32_t len, uint64_t *amount);

/* Add to the amount of text[0..len); it stays at GROUP_LIMIT. */
void contribution_add(uint8_t *text, uint32_t len, uint64_t amount);

/* A pair of the group and the contributor 'id', with no amount yet. */
enum sluice_status contribution_begin(struct pairs *p, struct group *group, const uint8_t *id,
                                      uint32_t len, struct buf *tmp, struct sluice_error *err);

/* Add to the amount of pair i, before they are sorted. */
void contribution_more(struct pairs *p, size_t i, uint64_t amount);

/* Sorted pairs: those of the same group and contributor become one. */
void contributions_join(struct pairs *p);

#endif
