/*
 * groups.h - released tables that are alike: of one output of the plan, with the same columns
 */
#ifndef RELEASE_GROUPS_H
#define RELEASE_GROUPS_H

#include "page/text.h"
#include "release/release.h"

struct group {
	const struct table **tables; /* in the plan's order */
	size_t n;
	struct tally cells; /* of all of them   */
	uint64_t rows;
	bool wildcard; /* its pattern means its tables and no others */
};

struct groups {
	struct group *group;
	size_t n;
	struct buf members; /* what the tables of all groups are listed in */
};

/* Released tables only. */
enum sluice_status groups_make(struct groups *g, const struct release *r);
void groups_free(struct groups *g);

/* The group's files: a pattern, or each name; with 'open' before and 'shut' after each. */
void group_files(struct text *t, const struct release *r, const struct group *g,
                 const char *open, const char *shut);

/* What was done to a column, in words: "redacted up to 7, rounded to nearest 5". */
void column_words(struct text *t, const struct output *o, const struct report_column *c);

/* The column is a sum that a few contributors may have most of. */
bool sum_contributed(const struct output *o, const char *name);

/* What the plan says a column is, or NULL. */
const char *column_note(const struct output *o, const char *name);

/* "7", or NULL where nothing is redacted; the first count's. */
const struct report_column *group_count(const struct group *g);

#endif
