/*
 * find.h - from a row to its groups
 *
 * The same spellings of a key come again and again, so those met last are kept with their
 * groups, and most rows are found there without unquoting or banding: the fields are loaded
 * masked into words, hashed and compared as words.  What isn't found there goes through
 * the table, so the answer is exact, and the spellings only make it fast.
 */
#ifndef GROUP_FIND_H
#define GROUP_FIND_H

#include "csv/batch.h"
#include "group/table.h"

struct spelling;

struct finder {
	const struct group_spec *spec;
	struct group_table *table;
	struct spelling *spellings; /* NULL = the key has too many fields                 */
	struct group **groups; /* of each spelling: its own group, then its totals'; and once
	                             * more, for rows that have none                     */
	struct buf key, total, tmp;
	uint32_t *begins; /* where the fields of 'key' begin; n_keys + 1 of them */
};

enum sluice_status finder_init(struct finder *f, const struct group_spec *spec,
                               struct group_table *table, struct sluice_error *err);

/* The groups of the row: its own, then spec.n_totals totals; until the next call. */
enum sluice_status finder_find(struct finder *f, const struct batch *b, uint32_t row,
                               struct group ***groups, struct sluice_error *err);

/* The table is emptied: forget its groups. */
void finder_forget(struct finder *f);

uint64_t finder_bytes(const struct group_spec *spec);

void finder_free(struct finder *f);

#endif
