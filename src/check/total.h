/*
 * total.h - codes that look like those of totals
 */
#ifndef CHECK_TOTAL_H
#define CHECK_TOTAL_H

#include <stdbool.h>
#include <stddef.h>

/* "Total", "all", "All ages": by what people write, never proof that it adds up. */
bool text_is_total(const char *text, size_t len);

/* "[COL=]CODE" says that the text is a total's in the column. */
bool total_is_said(const char *said, const char *column, const char *text, size_t len);

#endif
