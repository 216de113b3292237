/*
 * decide.h - what becomes of each count of some tables, so that none that is hidden follows
 *
 * The tables are decided on together: the same people counted in two of them are one cell, with
 * one fate.  A cell that must not be told is one that its column's rule redacts, and what the
 * table itself has no count for.
 */
#ifndef PROTECT_DECIDE_H
#define PROTECT_DECIDE_H

#include "model/input.h"

#define FATE_RULE (-1) /* what the column's rule makes of the count */

/* A column of counts, and what its rule will do. */
struct decide_column {
	uint32_t col; /* of the sheet */
	const struct settings *settings;
};

struct decide_table {
	struct sheet
		sheet; /* taken over by decide(); counts in digits, "" where there is none */
	const struct output *said; /* with its protect, where and group                    */
	struct decide_column *columns;
	uint32_t n_columns;
	/* made by decide(), the caller's to free: row by row, one for each of columns[]; FATE_RULE,
	 * VALUE_REDACTED, or the number that is released in the count's place. */
	int64_t *fates;
	uint32_t n_rows;
};

enum sluice_status decide(struct decide_table *tables, uint32_t n, struct sluice_error *err);

void decide_table_free(struct decide_table *t);

/* ---- methods ------------------------------------------------------------------------------ */

/* What a method works on: all tables as one model, and what is true and shown of each cell. */
struct decision {
	struct audit_input in;
	struct decide_table *tables;
	uint32_t n_tables;
	const struct settings *
		*settings; /* by cell: its column's; NULL = no table shows it   */
	int64_t *values;   /* by cell: the true count, -1 = not known                         */
	bool *shown;       /* by cell: a table shows it                                       */
	bool *primary;     /* by cell: its rule redacts it, or nobody knows it                */
	int64_t threshold, seconds, one_part;
	bool singletons;
	bool zeros_stay;
	int64_t *fates; /* by cell; FATE_RULE when the method begins                       */
};

/* One method is one file with one table; decide.c lists them by the names of protect_methods[]. */
struct decide_method {
	const char *name;
	enum sluice_status (*decide)(struct decision *d, struct sluice_error *err);
};
extern const struct decide_method decide_suppress, decide_small_counts, decide_controlled;

/* population.c: whom each table counts. */
enum sluice_status decide_populations(struct decision *d, struct sluice_error *err);

/* Fail at the first place of the cell; the column's name follows the text. */
enum sluice_status decide_refuse(const struct decision *d, uint32_t cell,
                                 enum sluice_status status, struct sluice_error *err,
                                 const char *text);

#endif
