/*
 * grouped.h - the grouped table as CSV, row by row, for the line that protects it
 *
 * Totals that are sums of what is released are made here: each group's counts are put
 * through the same protect_count() that the line will use.  A sum of released counts comes
 * through the line unchanged, since it is a multiple of the base and above the threshold
 * (plans whose rounding is otherwise refuse such totals).
 *
 * A sum that tells too much of one contributor (dominance.h) is its column's token from here on: the
 * line sees what it would see of a table whose cell was redacted before.
 */
#ifndef GROUP_GROUPED_H
#define GROUP_GROUPED_H

#include "column/settings.h"
#include "group/merge.h"

struct grouped {
	const struct group_spec *spec;
	struct merge *merge;
	/* By column: how its counts are released; NULL = as they are. */
	const struct settings *const *released;
	/* By column: a sum of no more contributors goes; NO_THRESHOLD = none. */
	const int64_t *thresholds;
	uint64_t budget; /* bytes that the sums may take */
	struct buf out;
	size_t pos;
	bool waiting, ended; /* a group of the merge waits to be written; there are no more */
	uint64_t n_groups;   /* written; totals are not among them                           */
	struct group_spec sum_spec;
	struct group_table sums;
	struct group **heap; /* the sums that wait, the one with the least key at the top */
	uint32_t n_heap, cap_heap;
	struct buf key;
};

/* The merge is borrowed, and open. */
enum sluice_status grouped_open(struct grouped *g, const struct group_spec *spec,
                                struct merge *merge, const struct settings *const *released,
                                const int64_t *thresholds, uint64_t budget,
                                struct sluice_error *err);

/* As a feed reads: dst[0..cap) is filled but at the end.  'g' is a struct grouped. */
enum sluice_status grouped_read(void *g, uint8_t *dst, size_t cap, size_t *got,
                                struct sluice_error *err);

void grouped_close(struct grouped *g);

#endif
