/*
 * partial.h - partial tables: groups that are not protected yet, to be merged
 *
 *   FORMAT_PARTIAL  (io/format.h)
 *   plan            its canonical form: length (4 bytes, low first), then the bytes
 *   header          of the table that was read, a record without line end: length, bytes
 *   rows, excluded  8 bytes each, low first; then 8 for the missing cells of each column that is
 *                   added up, then of each persons column
 *   groups          as group/record.h has them, every persons column with its persons
 *   XXH3-128        of all bytes before it, in canonical order
 *
 * It begins unlike any table, so that nothing else takes it for one, and holds what must not
 * be released.
 */
#ifndef RUN_PARTIAL_H
#define RUN_PARTIAL_H

#include "run/group_job.h"

#define MERGE_LIMIT 1000u /* partial tables at once: each is an open file and 192 KiB */

/* The start and the groups of a job's merge, to its sink. */
enum sluice_status partial_write(struct job *j, struct sluice_error *err);

/* A partial table that is being read. */
struct partial {
	char *path;
	int fd;
	uint64_t size;
	uint64_t groups; /* where they begin     */
	char *plan;      /* NUL-terminated       */
	struct buf head;
	uint64_t rows, excluded;
	uint64_t *missing;
	uint32_t n_missing;
	XXH3_state_t *hash;
};

/* Open, and read what stands before the groups: plan and head; the rest by partial_counts(). */
enum sluice_status partial_open(struct partial *p, const char *path, struct sluice_error *err);
enum sluice_status partial_counts(struct partial *p, const struct group_spec *s,
                                  struct sluice_error *err);

/* A cursor over its groups. */
enum sluice_status partial_cursor(struct partial *p, const struct group_spec *spec,
                                  struct cursor *cursor, struct sluice_error *err);

/* After the last group: whether all of it was what was written. */
enum sluice_status partial_finish(struct partial *p, struct sluice_error *err);

void partial_close(struct partial *p);

#endif
