/*
 * protect_job.h - the part of a job that protects totals
 *
 * What a count's fate is follows from all counts, so the table (or what a grouping makes) is read
 * whole and decided on before the line sees its first row.  The line's feed is then the same
 * table with the token in the place of each count that stays behind for the sake of others: it
 * does with them what it does with counts that were redacted before, ratios and all.
 */
#ifndef RUN_PROTECT_JOB_H
#define RUN_PROTECT_JOB_H

#include "protect/decide.h"
#include "run/chain.h"

#define PROTECT_CELLS 1000000u     /* rows times columns */
#define PROTECT_TEXT  (128u << 20) /* bytes              */

struct job;

/* A slot's records: where they begin. */
struct protect_slot {
	uint64_t *lines;
	uint32_t n, cap;
	bool cut; /* the last one's line end was not there */
};

struct protect_worker {
	struct tokenizer tokenizer;
	struct batch batch;
	struct where_state where;
};

/* Fates that were decided on elsewhere, for a table of this text. */
struct protect_given {
	uint64_t hash;
	uint32_t n_rows, n_columns;
	int64_t *fates;
};

struct protect_job {
	const struct protect_given *given; /* NULL = decide here */
	struct protect_slot *slots;
	struct protect_worker *workers;
	uint32_t n_slots, n_workers;
	/* the table as it was read */
	struct buf text;
	uint64_t *lines; /* by row: in the input                    */
	uint64_t *at;    /* by row: in the text, from 1             */
	uint32_t n_rows, n_at, cap_lines;
	bool cut; /* the last row's line end was not there   */
	struct chain_base base;
	/* its counts, and what becomes of them */
	uint32_t *bound;        /* by count column: index in line.rules     */
	struct text_at *counts; /* row by row: where each is in the text    */
	struct decide_table table;
	uint64_t hash;
	uint64_t *secondary; /* by count column                         */
	/* the line's feed */
	struct buf fed;
	size_t pos;
};

/* The line is bound: find the columns, make room. */
enum sluice_status protect_job_bind(struct protect_job *p, struct job *j,
                                    struct sluice_error *err);

/* Read the table: from the job's source, or from the feed that its grouping has set up. */
enum sluice_status protect_job_read(struct job *j, struct sluice_error *err);

/* The same for bytes that are pushed: each chunk in slot 0. */
enum sluice_status protect_job_chunk(struct job *j, struct sluice_error *err);

/* All rows are there: look at their counts, and make p->table. */
enum sluice_status protect_job_table(struct protect_job *p, struct job *j,
                                     struct sluice_error *err);

/* Decide, and set up the line's feed in place of the job's chunker. */
enum sluice_status protect_job_feed(struct protect_job *p, struct job *j,
                                    struct sluice_error *err);

/* The line has ended so: lines become those of the input, tallies tell redacted from read. */
void protect_job_settle(struct protect_job *p, struct job *j, enum sluice_status status,
                        struct sluice_error *err);

void protect_job_free(struct protect_job *p);

#endif
