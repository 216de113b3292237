/*
 * verdict.h - a verdict as its makers look at it
 */
#ifndef RUN_VERDICT_H
#define RUN_VERDICT_H

#include "base/fail.h"
#include "column/settings.h"

/* What a column was found to be. */
enum column_is {
	COLUMN_COUNTS,
	COLUMN_GROUPS, /* texts, and codes of groups */
	COLUMN_OTHER,
};

/* A table that was read to its end; others have no columns. */
struct found_table {
	const char *path;
	uint8_t delimiter;
	uint32_t n_columns;
	const struct settings *settings;
};
bool verdict_table(const struct sluice_verdict *v, struct found_table *t);
enum column_is verdict_column(const struct sluice_verdict *v, uint32_t col, bool *zeros);

/* One more finding of a check; 'col' counts from 0, UINT32_MAX = none; 'text' is static. */
struct late_finding {
	const char *check;
	enum sluice_severity severity;
	uint32_t col;
	uint64_t line, places;
	const char *text;
};
enum sluice_status verdict_add(struct sluice_verdict *v, const struct late_finding *f,
                               struct sluice_error *err);

/* Findings have joined: the worst are first again. */
void verdict_sort(struct sluice_verdict *v);

/* Options of the size that the caller knows, checked, with all defaults. */
enum sluice_status check_options(struct sluice_check_options *o,
                                 const struct sluice_check_options *given,
                                 struct sluice_error *err);

#endif
