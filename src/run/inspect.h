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
	bool by_rows; /* the slow way, which is the definition: for tests */
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

/*
 * The same of a plain file of which the first bytes are at hand: all, or as many as the terms
 * allow.  They are lent meanwhile, and a byte behind them is written to.
 */
struct at_hand {
	struct buf *text;
	uint64_t bytes; /* of the file */
};
enum sluice_status inspect_at_hand(struct inspection *s, const struct terms *terms,
                                   const char *path, const struct at_hand *file,
                                   struct sluice_error *err);

/* sluice_check() of such a file; of one that isn't plain it reads the file. */
enum sluice_status check_at_hand(const char *path, const struct at_hand *file,
                                 const struct sluice_check_options *options,
                                 struct sluice_verdict **verdict, struct sluice_error *err);

void inspect_free(struct inspection *s);

/* All rows from the offset 'at' on, once for the facts and for cell(), and again for again(). */
enum sluice_status inspect_rows(struct inspection *s, uint64_t at, bool second,
                                struct sluice_error *err);

/* The first line of the table that holds column names, and the delimiter between them. */
uint32_t find_header(const uint8_t *text, size_t len, uint8_t *delimiter, uint32_t *lines);

#endif
