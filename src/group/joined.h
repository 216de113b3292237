/*
 * joined.h - all that was folded or spilled, as one merge
 */
#ifndef GROUP_JOINED_H
#define GROUP_JOINED_H

#include "group/fold.h"
#include "group/merge.h"

struct joined {
	struct merge merge;
	struct cursor *cursors;
	uint32_t n_cursors;
	struct spill spill; /* runs that were made of others, when there were too many */
};

/*
 * Join folds (and 'fixes', groups to be joined with theirs).  When one has spilled, all of them
 * do, and the runs are merged in as many rounds as the budget makes it; the folds stay the
 * caller's and must outlive the result.
 */
enum sluice_status joined_open(struct joined *j, struct fold *folds, uint32_t n,
                               struct group_table *fixes, const char *folder, uint64_t budget,
                               struct sluice_error *err);

void joined_close(struct joined *j);

#endif
