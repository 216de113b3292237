/*
 * report.h - what was done to a table, in counts; never a value
 */
#ifndef RUN_REPORT_H
#define RUN_REPORT_H

#include "run/chain.h"
#include "run/options.h"

struct report_column {
	char name[72];    /* of the input or the plan, fit to be shown        */
	const char *rule; /* static; "keep" or "drop" where 'other' decided   */
	bool said;        /* a rule names it                                  */
	bool out;
	bool made; /* not a column of the input                      */
	struct settings settings;
	unsigned takes; /* which of the settings mean something             */
	struct tally tally;
};

/* A column that a grouping read. */
struct report_read {
	char name[72];
	const char *what; /* static: "sum", "mean" or "persons"  */
	uint64_t missing;
	bool in_order; /* persons were counted as they came   */
};

struct sluice_report {
	char plan_hash[33];
	const char *policy;    /* static                                         */
	char *input, *output;  /* as given; NULL = a descriptor                */
	const char *container; /* static: of the input; NULL = not known      */
	uint64_t bytes_in, bytes_out;
	uint64_t rows_in, rows_out, rows_excluded;
	struct report_column *columns;
	uint32_t n_columns;
	bool grouped, partial, protects;
	uint64_t groups,
		spilled; /* groups written, totals not among them; bytes on disk meanwhile */
	struct report_read *read;
	uint32_t n_read;
	struct sluice_error err; /* status OK = complete                      */
};

/* Collect what the chain and its writer know; what was not bound or written yet is not there; 'g' is
 * NULL when nothing is grouped. */
struct group_job;

enum sluice_status report_collect(struct sluice_report *r, const struct chain *c,
                                  const struct chain_base *base, const struct group_job *g,
                                  struct sluice_error *err);

/*
 * The most bytes that a run holds at once, for a table without records longer than a
 * chunk: slots and workers.  'reads': the input is not mapped, so slots hold their chunks.
 */
uint64_t report_memory(const struct settled *s, const struct chain *c, bool reads,
                       bool inflates, bool compresses);

/* Copy the names; either may be NULL. */
enum sluice_status report_names(struct sluice_report *r, const char *input, const char *output,
                                struct sluice_error *err);

#endif
