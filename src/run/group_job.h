/*
 * group_job.h - the part of a job that reads a table into groups
 *
 * A grouping is a job in two halves.  In the first the ring carries chunks of the table that is
 * read into the workers' groups; nothing is written.  The second is the ordinary line: its
 * feed is the grouped table, as CSV, in the order of the keys, so that every rule, check and
 * container is the same as for a table that is read.
 *
 * The first half works on two guesses: that chunks end outside quotes, and that persons
 * come in order.  Where one turns out to be wrong, the table is read again without it; a
 * source that can't be read twice is read without them from the start.
 */
#ifndef RUN_GROUP_JOB_H
#define RUN_GROUP_JOB_H

#include "group/grouped.h"
#include "group/joined.h"
#include "group/order.h"
#include "run/chain.h"
#include "run/noise.h"
#include "run/options.h"

#define GROUPS_DEFAULT (512u << 20) /* bytes for groups when no limit is given */

struct job;

/* What the first half needs of each slot and each worker. */
struct group_slot {
	struct order_facts *orders; /* spec.n_persons                     */
	uint64_t *missing;          /* as fold.missing                    */
};

struct group_worker {
	struct tokenizer tokenizer;
	struct batch batch;
	struct where_state where;
	struct spill spill;
};

struct group_job {
	struct header header; /* of the table that is read             */
	struct group_line line;
	const char *folder; /* for what memory has no room for       */
	uint64_t budget;    /* bytes for all groups                  */
	uint64_t kept;      /* persons columns whose pairs are kept  */
	bool counts_quotes; /* the first guess is given up           */
	bool again;         /* a guess was wrong                     */
	struct group_slot *slots;
	uint32_t n_slots;
	struct group_worker *workers;
	struct fold *folds; /* of the workers, for joining           */
	uint32_t n_workers;
	/* the writer's */
	struct order *orders;
	struct group_table fixes;
	struct chain_base base;
	uint64_t *missing; /* of the whole table                    */
	/* the second half */
	struct joined joined;
	const struct settings **released; /* by column, as grouped_open() has them */
	int64_t *thresholds;
	struct noise noise;
	struct grouped grouped;
};

/* Bind the grouping to the header that the job's chunker reads; the chain gets the grouped one. */
enum sluice_status group_job_bind(struct group_job *g, struct job *j, struct sluice_error *err);

/* The same with g->header there already. */
enum sluice_status group_job_head(struct group_job *g, struct job *j, struct sluice_error *err);

/* Bytes that it takes besides the budget for its groups. */
uint64_t group_job_memory(const struct group_job *g, const struct settled *s);

/* How each column that is made is released, and with which noise, now that the chain is bound. */
enum sluice_status group_job_rules(struct group_job *g, const struct job *j,
                                   struct sluice_error *err);

/* What is allowed for groups: g->budget. */
enum sluice_status group_job_budget(struct group_job *g, const struct job *j,
                                    struct sluice_error *err);

/* Room for g->missing. */
enum sluice_status group_job_tally(struct group_job *g, struct sluice_error *err);

/* The first half; then the merge in g->joined is open. */
enum sluice_status group_job_read(struct group_job *g, struct job *j, struct sluice_error *err);

/* The same for bytes that are pushed: begin, each chunk in slot 0, join. */
enum sluice_status group_job_begin(struct group_job *g, struct job *j,
                                   struct sluice_error *err);
enum sluice_status group_job_chunk(struct job *j, struct sluice_error *err);
enum sluice_status group_job_join(struct group_job *g, struct sluice_error *err);

/* The second half's feed, in place of the job's chunker. */
enum sluice_status group_job_feed(struct group_job *g, struct job *j, struct sluice_error *err);

void group_job_free(struct group_job *g);

#endif
