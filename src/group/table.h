/*
 * table.h - one worker's groups: from key to words
 *
 * A group and its key stand together in blocks that never move, so that a pointer to a
 * group is good until the table is emptied.  The index finds it by its key's hash.
 */
#ifndef GROUP_TABLE_H
#define GROUP_TABLE_H

#include "group/spec.h"

struct group {
	uint32_t key_len;
	uint32_t key_at;  /* bytes from the group's beginning   */
	uint32_t rank;    /* among the sorted                   */
	uint64_t words[]; /* spec.n_words, and one for each persons column: its last stamp */
};

struct group_index {
	uint32_t tag; /* of the hash                           */
	uint32_t at;  /* in GROUP_UNITs, + 1; 0 = empty        */
};

struct group_table {
	const struct group_spec *spec;
	uint8_t **blocks;
	uint32_t n_blocks;
	uint32_t used; /* bytes of the last block */
	struct group_index *index;
	uint32_t n_index; /* a power of two, or 0 */
	uint32_t n_groups;
};

void group_table_init(struct group_table *t, const struct group_spec *spec);

/* The group of that key, made with zeroed words if it is new. */
enum sluice_status group_find(struct group_table *t, const uint8_t *key, uint32_t len,
                              struct group **group, struct sluice_error *err);

static inline const uint8_t *group_key(const struct group *g)
{
	return (const uint8_t *)g + g->key_at;
}

/* The group at place i < n_index of the index; NULL = none. */
const struct group *group_table_at(const struct group_table *t, uint32_t i);

/* Bytes that it holds, and will hold when the index grows next and its groups are sorted. */
uint64_t group_table_bytes(const struct group_table *t);

/* Of one group besides its key, at most. */
uint64_t group_table_group_bytes(const struct group_spec *spec);

/* A group to be sorted: the first bytes of its key as a number, which mostly tell. */
struct group_sort {
	uint64_t prefix;
	struct group *group;
};

/* All groups in the order of their keys, each with its rank; to be freed with free(). */
enum sluice_status group_table_sort(struct group_table *t, struct group_sort **sorted,
                                    struct sluice_error *err);

/* Compare keys as memcmp() does, the shorter first. */
int key_order(const uint8_t *a, uint32_t a_len, const uint8_t *b, uint32_t b_len);

/* The first eight bytes of a key as a number that orders as they do. */
uint64_t key_prefix(const uint8_t *key, uint32_t len);

/* Forget the groups, and give the memory back. */
void group_table_empty(struct group_table *t);

#endif
