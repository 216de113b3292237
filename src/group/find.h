/*
 * find.h - from a row to its groups
 *
 * The same spellings of a key come again and again, so those met last are kept with their
 * groups, and most rows are found there without unquoting or banding.  They are compared byte
 * for byte, and what isn't found there goes through the table: the answer is exact, and
 * the spellings only make it fast.
 */
#ifndef GROUP_FIND_H
#define GROUP_FIND_H

#include "csv/batch.h"
#include "group/table.h"

#define SPELLING_KEYS 6u /* keys of more fields are looked up one by one */

struct spelling;

struct finder {
	const struct group_spec *spec;
	struct group_table *table;
	struct spelling *spellings; /* NULL = the key has too many fields                 */
	struct group **groups; /* of each spelling: its own group, then its totals'; and once
	                             * more, for rows that have none                     */
	struct buf key, total, tmp;
	uint32_t stride;              /* of groups                       */
	uint32_t cols[SPELLING_KEYS]; /* of the table that is read         */
	bool turn;                    /* which of two spellings is driven out next */
	uint32_t wide;                /* a bit for each key that has had fields over 15 bytes */
	uint32_t *begins;             /* where the fields of 'key' begin; n_keys + 1 of them */
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
