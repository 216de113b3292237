/*
 * job.h - a job's parts, for job.c, which sets them up and ends them, and job_ring.c, which works
 */
#ifndef RUN_JOB_H
#define RUN_JOB_H

#include "io/deflate.h"
#include "io/sink.h"
#include "io/source.h"
#include "run/group_job.h"
#include "run/options.h"
#include "run/protect_job.h"
#include "run/report.h"
#include "run/ring.h"

/* A slot of the ring. */
struct job_slot {
	struct chunk chunk;
	struct buf out;    /* records                         */
	struct buf packed; /* the same compressed             */
	struct piece piece;
	struct chunk_facts facts;
};

struct job {
	const struct sluice_job *said;
	struct settled settings;
	struct source *source;       /* NULL = partial tables are merged    */
	struct group_job *group;     /* NULL = the plan groups nothing      */
	struct protect_job *protect; /* NULL = the plan protects no totals */
	bool reads_only;             /* up to the table that is to be protected */
	bool partial;                /* groups are written as they are      */
	struct sink *sink;
	struct chunker chunker;
	struct chain chain;
	enum sluice_container container;
	struct job_slot *slots;
	struct worker *workers;
	struct deflate **deflates; /* one a worker; NULL = plain output */
	uint32_t n_workers;
	/* A last question before the result gets its name, or NULL. */
	enum sluice_status (*before_publish)(void *ctx, struct sluice_error *err);
	void *before_publish_ctx;
	/* the writer's */
	struct frame frame;
	struct chain_base base;
};

/* The source as a chunker reads it; borrowed as long as the feed is used. */
struct feed feed_of(struct source *source);

/* Whether the source's bytes can be had again; and have them: the chunker is at the first. */
bool job_may_open_again(const struct job *j);
enum sluice_status job_open_again(struct job *j, struct sluice_error *err);

/* What a job and a merge have in common, in this order: begin, prepare, finish, end. */

/* Settings are settled; 'group' is used when the plan has a grouping, 'protect' when it protects. */
enum sluice_status job_begin(struct job *j, const struct sluice_job *said,
                             const struct sluice_plan *plan, size_t which,
                             struct group_job *group, struct protect_job *protect,
                             struct sluice_error *err);

/* The chain's header is known: bind it, make the workers, open the sink. */
enum sluice_status job_prepare(struct job *j, struct sluice_error *err);

/* Protect, write, publish; a grouping's merge is open. */
enum sluice_status job_finish(struct job *j, struct sluice_error *err);

/* Report, and give everything back; an error of the data is about 'source'. */
enum sluice_status job_end(struct job *j, enum sluice_status status, const char *source,
                           struct sluice_error *own, struct sluice_report **report,
                           struct sluice_error *err);

/* sluice_run(), with fates that were decided on elsewhere (NULL = here). */
enum sluice_status job_run(const struct sluice_job *job, const struct sluice_options *options,
                           const struct protect_given *given, struct sluice_report **report,
                           struct sluice_error *err);

/* Only read the table that is to be protected; *given lacks its fates.  Both are the caller's. */
enum sluice_status job_read(const struct sluice_job *job, const struct sluice_options *options,
                            struct decide_table *table, struct protect_given *given,
                            struct sluice_error *err);

/* job_report.c */
enum sluice_status job_report(const struct job *j, const struct sluice_error *failure,
                              struct sluice_report **report, struct sluice_error *err);
void job_report_failure(const struct job *j, const struct sluice_error *failure);
enum sluice_status job_publish(struct job *j, struct sluice_error *err);

/* What the ring does with a job as its context. */
extern const struct ring_ops job_ring;

#endif
