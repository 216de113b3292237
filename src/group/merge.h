/*
 * merge.h - sorted groups of many cursors, joined key by key
 */
#ifndef GROUP_MERGE_H
#define GROUP_MERGE_H

#include "group/cursor.h"

/* Cursors in a heap: the least is at the top. */
struct merge {
	const struct group_spec *spec;
	uint64_t kept;
	struct cursor **heap; /* by key, those that have a group at hand */
	uint32_t n;
	struct cursor **same; /* those whose group is being joined       */
	uint32_t n_same;
	struct cursor **people; /* of these, a heap by person            */
	struct buf key;         /* the joined group                      */
	struct buf person;      /* the last person                       */
	uint64_t *words;
	struct largest *largest; /* of each persons column that has contributors      */
	uint64_t *cell_keys;     /* of each persons column that gets noise            */
};

/* The cursors are borrowed; each is advanced to its first group. */
enum sluice_status merge_open(struct merge *m, const struct group_spec *spec, uint64_t kept,
                              struct cursor *cursors, uint32_t n, struct sluice_error *err);

/*
 * The next group into m->key and m->words; *more = false at the end.  The pairs are
 * counted into the words of their columns, contributors ranked in m->largest, or, when 'to' is not
 * NULL, all is written there.
 */
enum sluice_status merge_next(struct merge *m, struct record_writer *to, bool *more,
                              struct sluice_error *err);

void merge_close(struct merge *m);

#endif
