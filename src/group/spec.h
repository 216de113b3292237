/*
 * spec.h - a grouping bound to one table's header: what is read, and what is kept of a group
 *
 * A group's key is the fields that it is grouped by, unquoted and banded, with a NUL
 * between them (which no field can hold): keys are equal when their fields are, and
 * memcmp() orders them field by field.  In a total the field is the byte 0xFF (which no UTF-8
 * holds), so a total comes after the groups that it is of.
 *
 * Of a group a row of words is kept, the same in memory, in a spilled run and in a
 * partial table.  Joining two of them is associative and commutative, word by word.
 */
#ifndef GROUP_SPEC_H
#define GROUP_SPEC_H

#include "csv/batch.h"
#include "csv/dialect.h"
#include "group/bins.h"
#include "group/dominance.h"
#include "group/ptable.h"
#include "group/record_key.h"

#define TOTAL_LABEL  "Total" /* what is written for it */
#define KEY_TOTAL    0xFF
#define KEY_LIMIT    (64u << 10)               /* bytes of a key                        */
#define GROUP_LIMIT  (NUMBER_MAX + INT64_C(1)) /* where sums stay: too large to be told */
#define TOTALS_LIMIT 6                         /* columns that can have totals        */

/* How a word is joined with another group's. */
enum word_kind {
	WORD_COUNT, /* added; never overflows: there are no more of them than bytes of input */
	WORD_SUM,   /* added, but stays at GROUP_LIMIT                                      */
	WORD_LOW,   /* the low half of a number of 128 bits, two's complement               */
	WORD_HIGH,  /* its high half                                                        */
};

/* A column that is grouped by. */
struct group_key {
	uint32_t col;
	const struct bins *bins; /* NULL = as it is                                    */
	bool totals;             /* its field may not be the label of totals         */
	char name[72];           /* fit for a message                                */
};

/* A column that is added up. */
struct group_value {
	uint32_t col;
	bool decimal;  /* a mean's: decimals and signs are read, in MEAN_SCALE parts   */
	uint32_t word; /* sum: WORD_SUM; mean: WORD_LOW, WORD_HIGH, then WORD_COUNT of values */
	char name[72];
};

/* A column whose distinct values are counted, or that tells who has what of a sum. */
struct group_persons {
	uint32_t col;
	uint32_t word; /* WORD_COUNT, where they are counted at once                 */
	const struct dominance *dominance; /* contributors: the rules for their sum, borrowed
	                                    * from the plan; NULL = persons             */
	uint32_t value;                    /* contributors: which of the values         */
	char name[72];
};

/* A column of the grouped table. */
enum grouped_kind {
	GROUPED_KEY,   /* a field of the key                                */
	GROUPED_COUNT, /* a word                                            */
	GROUPED_MEAN,  /* three words: sum and number of values            */
};

struct grouped_column {
	enum grouped_kind kind;
	uint32_t at;     /* number of the key, or of the (first) word         */
	bool persons;    /* COUNT: of distinct persons                         */
	int digits;      /* MEAN: decimals                                     */
	char name[72];   /* fit for a message                                  */
	uint32_t people; /* COUNT: 1 + the persons column: that is counted, or that has the
	                  * contributors to the sum; 0 = none                */
};

#define MEAN_SCALE  1000000000 /* nine decimals, added exactly */
#define MEAN_DIGITS 9

/* How counts get noise (cell_key.h). */
struct group_noise {
	bool wanted;
	uint32_t word; /* the sum of the rows' record keys; 0 = rows are not counted   */
	uint32_t col;  /* for rows: identifiers, or without a secret the record keys   */
	char name[72];
	/* Borrowed, and there before a row is read. */
	const struct ptable *table;
	const struct secret *secret; /* NULL = the table that is read has record keys */
};

/* Immutable while rows are read; owned by the plan's group_line. */
struct group_spec {
	const struct dialect *dialect;
	struct group_key *keys;
	uint32_t n_keys;
	struct group_value *values;
	uint32_t n_values;
	struct group_persons *persons;
	uint32_t n_persons;
	/* Sets of keys, as bits, that are replaced for a total: n_keys <= 64 when there are any. */
	uint64_t *totals; /* counted with the rows, and protected as cells of their own */
	uint32_t n_totals;
	uint64_t *sums; /* added up from what is released of the groups               */
	uint32_t n_sums;
	enum word_kind *words; /* words[0] is the number of rows */
	uint32_t n_words;
	struct group_noise noise;
	struct grouped_column *columns; /* of the grouped table */
	uint32_t n_columns;
};

void group_spec_free(struct group_spec *s);

/* A bit for each persons column whose pairs are kept in whatever order they come: contributors, and
 * persons whose number gets noise. */
uint64_t group_always_kept(const struct group_spec *s);

/* words[] = words[] joined with more[]. */
void group_join(const struct group_spec *s, uint64_t *words, const uint64_t *more);

#endif
