/*
 * spill.h - groups that memory has no room for: sorted runs in an unnamed temporary file
 */
#ifndef GROUP_SPILL_H
#define GROUP_SPILL_H

#include "group/record.h"

struct spill_run {
	uint64_t at, end; /* in the file */
};

/* One worker's runs. */
struct spill {
	const char *folder; /* borrowed                */
	int fd;             /* -1 = none yet           */
	uint64_t len;
	struct spill_run *runs;
	uint32_t n_runs;
};

void spill_init(struct spill *s, const char *folder);

/* Begin a run: a writer into it; end it with record_end(), then spill_close_run(). */
enum sluice_status spill_begin_run(struct spill *s, uint32_t n_words, struct record_writer *w,
                                   struct sluice_error *err);
enum sluice_status spill_end_run(struct spill *s, struct record_writer *w,
                                 struct sluice_error *err);

void spill_free(struct spill *s);

#endif
