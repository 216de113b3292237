/*
 * cursor.h - sorted groups, one by one: of a table in memory, or of a run
 */
#ifndef GROUP_CURSOR_H
#define GROUP_CURSOR_H

#include "group/record.h"

struct cursor {
	const struct group_spec *spec;
	uint64_t kept; /* a bit for each persons column that has pairs */
	/* a table in memory, sorted; the sorted list and pairs are the cursor's */
	struct group_sort *sorted;
	uint32_t n_sorted, next;
	struct pairs *pairs; /* spec.n_persons, borrowed */
	size_t *next_pair;
	uint8_t room[PERSON_SHORT];
	/* a run */
	struct record_reader reader;
	/* the group at hand, until the next cursor_next() */
	const uint8_t *key;
	uint32_t key_len;
	uint64_t prefix;
	const uint64_t *words;
	/* the person at hand, until the next cursor_person() */
	const uint8_t *person;
	uint32_t person_len;
};

/* Over a table, which it sorts; pairs[] are those of its groups. */
enum sluice_status cursor_of_table(struct cursor *c, struct group_table *t, struct pairs *pairs,
                                   uint64_t kept, struct sluice_error *err);

/* Over a run; 'cap' as in record_open(). */
enum sluice_status cursor_of_run(struct cursor *c, const struct group_spec *spec, uint64_t kept,
                                 int fd, uint64_t at, uint64_t end, size_t cap,
                                 struct sluice_error *err);

/* The next group; *more = false at the end. */
enum sluice_status cursor_next(struct cursor *c, bool *more, struct sluice_error *err);

/*
 * The next person of column k in the group at hand; *more = false at the end.  The columns
 * that have pairs are to be read one after the other, each to its end, before the next group.
 */
enum sluice_status cursor_person(struct cursor *c, uint32_t k, bool *more,
                                 struct sluice_error *err);

void cursor_close(struct cursor *c);

#endif
