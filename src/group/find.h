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
#include "simd/kernels.h"

#define FINDER_RUN 256u /* rows that are looked up at once, at most */

struct finder {
	const struct group_spec *spec;
	const struct kernels *kernels;
	struct group_table *table;
	struct find_rows spelt; /* its 'kept' are the spellings                             */
	void *room;             /* theirs; NULL = the key has too many fields               */
	uint32_t n_places;      /* of spellings                                             */
	uint32_t stride;        /* of groups                                                */
	struct group **groups; /* of each place: its own group, then its totals', NULL = nothing
	                         * is kept there; and one place more, for what is not kept   */
	uint32_t place[FINDER_RUN];
	struct buf key, total, tmp;
	uint32_t tried,
		missed;   /* rows that were looked for among the spellings, of late      */
	uint32_t skip;    /* rows that will not be: hardly any was there                 */
	bool turn;        /* which of two spellings is driven out next */
	uint32_t *begins; /* where the fields of 'key' begin; n_keys + 1 of them */
};

enum sluice_status finder_init(struct finder *f, const struct group_spec *spec,
                               const struct kernels *kernels, struct group_table *table,
                               struct sluice_error *err);

/*
 * Find the groups of the batch's rows from..from + *n, at least of one; until the next call,
 * those of the i-th are finder_groups(f, i): its own, then spec.n_totals totals.
 */
enum sluice_status finder_find(struct finder *f, const struct batch *b, uint32_t from,
                               uint32_t *n, struct sluice_error *err);

static inline struct group **finder_groups(const struct finder *f, uint32_t i)
{
	return f->groups + (size_t)f->place[i] * f->stride;
}

/* The table is emptied: forget its groups. */
void finder_forget(struct finder *f);

uint64_t finder_bytes(const struct group_spec *spec);

void finder_free(struct finder *f);

#endif
