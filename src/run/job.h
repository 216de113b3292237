/*
 * job.h - a job's parts, for job.c, which sets them up and ends them, and job_ring.c, which works
 */
#ifndef RUN_JOB_H
#define RUN_JOB_H

#include "io/deflate.h"
#include "io/sink.h"
#include "io/source.h"
#include "run/options.h"
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
	struct settled settings;
	struct source *source;
	struct sink *sink;
	struct chunker chunker;
	struct chain chain;
	enum sluice_container container;
	struct job_slot *slots;
	struct worker *workers;
	struct deflate **deflates; /* one a worker; NULL = plain output */
	uint32_t n_workers;
	/* the writer's */
	struct frame frame;
	struct chain_base base;
};

/* The source as a chunker reads it; borrowed as long as the feed is used. */
struct feed feed_of(struct source *source);

/* What the ring does with a job as its context. */
extern const struct ring_ops job_ring;

#endif
