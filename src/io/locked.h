/*
 * locked.h - a file that several runs make longer in turn
 *
 * One run at a time has it.  What it is to be is written whole and synced beside it, and takes
 * its place in one step, so that readers need no lock: they see it before or after.
 */
#ifndef IO_LOCKED_H
#define IO_LOCKED_H

#include "io/temp.h"

struct locked {
	char *path; /* without links */
	int lock;   /* -1 = not held */
	bool made;  /* it was not there before */
	struct temp temp;
};

/* Lock it; one that is not there is made, empty, mode 0600.  Fails when somebody has it. */
enum sluice_status locked_open(struct locked *l, const char *path, struct sluice_error *err);

/* Write what it is to be: all that can go wrong does so here. */
enum sluice_status locked_stage(struct locked *l, const void *data, size_t len,
                                struct sluice_error *err);

/* It is that now. */
enum sluice_status locked_commit(struct locked *l, struct sluice_error *err);

/* What was staged and not committed is gone, and so is a file that was made for nothing. */
void locked_close(struct locked *l);

#endif
