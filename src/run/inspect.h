/*
 * inspect.h - reading a file for the checks
 */
#ifndef RUN_INSPECT_H
#define RUN_INSPECT_H

#include "check/inquiry.h"

#define INSPECT_MAX (1u << 30) /* the most that a limit of bytes may be */

/* One file, as long as its verdict lives. */
struct inspection {
	struct inquiry q;
	struct header header;
	struct buf text;
};

/* The terms from what was given; the lists in them are borrowed. */
enum sluice_status terms_settle(struct terms *t, const struct sluice_check_options *given,
                                struct sluice_error *err);

/*
 * Read the file at 'path' and let every check look at it.  Findings and facts are in s->q then;
 * what the checks remembered for themselves is freed.
 */
enum sluice_status inspect(struct inspection *s, const struct terms *terms, const char *path,
                           struct sluice_error *err);

void inspect_free(struct inspection *s);

/* All rows from the offset 'at' on, once for the facts and for cell(), and again for again(). */
enum sluice_status inspect_rows(struct inspection *s, uint64_t at, bool second,
                                struct sluice_error *err);

/* The first line of the table that holds column names, and the delimiter between them. */
uint32_t find_header(const uint8_t *text, size_t len, uint8_t *delimiter, uint32_t *lines);

#endif
