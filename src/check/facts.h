/*
 * facts.h - what a column is, from its name and all of its cells
 */
#ifndef CHECK_FACTS_H
#define CHECK_FACTS_H

#include "check/numbers.h"
#include "check/words.h"

#include <sluice.h>

/* Whether a column's numbers are counts of people, or of what happened to them. */
enum counting {
	COUNTS_NO,
	COUNTS_LIKE, /* whole numbers of which nothing is known                  */
	COUNTS_YES,  /* by its name, by its use in a ratio, or because it was said */
};

#define FEW 12 /* values that are told apart */

struct facts {
	struct words words;
	enum hint hint;
	enum counting counting;
	bool group;    /* whole numbers that look like those of groups     */
	bool midpoint; /* rounded to midpoint 6, and not by chance         */
	bool said;     /* that it is a count                               */

	uint64_t cells, missing, redacted, na, whole, decimal, text;
	uint64_t integers; /* that Python's int() takes                      */
	uint64_t negative;
	uint64_t zeros, small; /* small: whole, from 1 to the threshold        */
	uint64_t not_five, not_six, not_midpoint; /* of the numbers           */
	uint64_t least, most;                     /* of the whole ones         */
	uint64_t steps;                           /* that are one more than the last */
	uint64_t previous, walked;
	uint64_t thousands, combined, marks, dates; /* of the texts */

	uint32_t n_few; /* FEW + 1 = there are more */
	struct {
		uint64_t value, times;
	} few[FEW];
};

struct inquiry;

void facts_begin(struct facts *f, const char *name, size_t len);
void facts_add(struct facts *f, const struct cell_view *c, int64_t threshold);
/* The same for each of the numbers. */
void facts_add_numbers(struct facts *f, const struct numbers *n, int64_t threshold);

/* A whole number, cell by cell in the order of the rows. */
static inline void facts_step(struct facts *f, uint64_t value)
{
	f->steps += f->walked++ && value == f->previous + 1;
	f->previous = value;
}

/* Once all cells are in: role and counting of every column. */
void facts_settle(struct inquiry *q);

/* What a text counts as; *value is its whole number, 0 = none. */
bool facts_hidden(const struct cell_view *c, uint64_t *value);

/* Whether the column is float, integer, text or mixed to Airlock. */
enum sluice_column_type facts_type(const struct facts *f);

#endif
