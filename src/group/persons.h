/*
 * persons.h - distinct persons, exactly
 *
 * Two ways.  Where a table's rows come in the order of the persons (ascending as
 * numbers or as text), a group meets each person in one stretch, so it is counted when
 * it begins, and nothing is kept.  That the order holds to the end is checked; where it doesn't,
 * the table is read again the other way.
 *
 * Otherwise every pair of group and person is kept, sorted by both, and counted when all
 * are joined.  A person is kept by the bytes of the identifier, not by a hash, so that
 * the count is exact and not only very probably so.
 */
#ifndef GROUP_PERSONS_H
#define GROUP_PERSONS_H

#include "group/table.h"

/* An identifier of up to 15 bytes stands in the two words, in the order of its bytes. */
struct person {
	uint64_t first; /* the first eight bytes, as a number                         */
	uint64_t rest;  /* seven more and the length; or PERSON_LONG and where it is */
};

#define PERSON_SHORT 15u
#define PERSON_LONG  0xFFu /* in the low byte of 'rest': the others are its place in 'texts' */

struct pair {
	struct person person;
	union {
		struct group *group; /* until they are sorted                 */
		uint64_t rank;       /* then: its place among the sorted groups */
	};
};

/* One worker's pairs of one persons column. */
struct pairs {
	struct pair *list;
	size_t n, cap;
	struct buf texts; /* long identifiers: length (4 bytes), then the bytes */
};

/* The identifier's words; a long one is added to the texts. */
enum sluice_status person_make(struct pairs *p, const uint8_t *text, uint32_t len,
                               struct person *person, struct sluice_error *err);

/* The identifier's bytes; 'room' has PERSON_SHORT bytes, for a short one. */
const uint8_t *person_text(const struct pairs *p, const struct person *person, uint8_t *room,
                           uint32_t *len);

/* The same to be changed: in the texts, or a copy in 'room'. */
uint8_t *person_bytes(struct pairs *p, const struct person *person, uint8_t *room,
                      uint32_t *len);

enum sluice_status pairs_add(struct pairs *p, struct group *group, struct person person,
                             struct sluice_error *err);

/* Sort by the groups' rank and the persons' bytes. */
enum sluice_status pairs_order(struct pairs *p, struct sluice_error *err);

/* The same, and drop what is there twice. */
enum sluice_status pairs_sort(struct pairs *p, struct sluice_error *err);

uint64_t pairs_bytes(const struct pairs *p);

void pairs_empty(struct pairs *p);

/* ---- the order of a table's persons ---------------------------------------------- */

/* In which orders they have come so far. */
enum {
	ORDER_TEXT = 1 << 0,   /* ascending by bytes                        */
	ORDER_LENGTH = 1 << 1, /* ascending by length, then bytes: numbers */
	ORDER_BOTH = ORDER_TEXT | ORDER_LENGTH,
};

/* The orders that hold for b right after a, which differs from it. */
unsigned person_orders(const uint8_t *a, uint32_t a_len, const uint8_t *b, uint32_t b_len);

#endif
