/*
 * html.h - the release to look at: one page, without script
 *
 * Each table's piece is made by the thread that made the table; the page puts them together.
 */
#ifndef RELEASE_HTML_H
#define RELEASE_HTML_H

#include "page/text.h"
#include "release/peek.h"

/* The piece of one table; the first rows are in it only if it is released. */
enum sluice_status html_table(struct buf *out, const struct release *r, const struct table *t,
                              const struct peek *peek, struct sluice_error *err);

/* The page. */
void html_text(struct text *t, const struct release *r);

/* A bar with what is redacted and missing of all cells. */
void html_bar(struct text *t, const struct tally *cells);

/* What was done to each column of the table. */
void html_columns(struct text *t, const struct table *table, bool bars);

/* More tables than that: what was done to the columns is said once for those of one output. */
#define HTML_MANY 200

/* "12.3 %" */
void html_share(struct text *t, uint64_t part, uint64_t all);

#endif
