/*
 * peek.h - a look at a table that was protected: its first rows, and how large its counts are
 *
 * It reads what was written, as a reader of the release would.
 */
#ifndef RELEASE_PEEK_H
#define RELEASE_PEEK_H

#include "release/release.h"

#define PEEK_LIMIT (16u << 20) /* bytes that are looked at                  */
#define PEEK_ROWS  6           /* shown                                     */
#define PEEK_BINS  48          /* 1, 2, 5, 10, 20, 50 ... and 0 as the first */

struct peek {
	struct buf names;   /* of the columns, unquoted, each with its NUL      */
	struct buf cells;   /* of the first rows, the same                      */
	uint32_t n_columns; /* 0 = it could not be looked at                    */
	bool *is_count;     /* of each column                                   */
	uint32_t n_shown;   /* of the first rows                                */
	uint64_t rows;      /* looked at                                        */
	bool whole;         /* these are all                                    */
	uint64_t bins[PEEK_BINS];
	uint64_t counts; /* in the bins, all together */
};

/* 'text' has room for BUF_PAD more bytes; 'whole': there is no more of it. */
enum sluice_status peek_table(struct peek *p, const struct release *r, const struct table *t,
                              const struct buf *text, bool whole, struct sluice_error *err);
void peek_free(struct peek *p);

/* The least count of a bin. */
uint64_t peek_bin(size_t bin);

#endif
