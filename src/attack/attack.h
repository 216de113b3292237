/*
 * attack.h - all that can be worked out of a model, tier by tier
 *
 * 1. Follow the rows (domain.h).  2. Part by part, look for whole tables that differ; each
 * serves all cells (spread.h): most are found along directions (slide.h).  3. For a cell that no two tables tell apart: the linear program's bound,
 * proven in exact arithmetic; then every table, within a number of nodes.  What is then
 * known from both sides decides; what is not stays undecided.
 *
 * The intervals that result: [d.lo, d.hi] holds every table (proven), and w.lo and w.hi are
 * values in tables that were seen.
 */
#ifndef ATTACK_ATTACK_H
#define ATTACK_ATTACK_H

#include "attack/proof.h"
#include "attack/search.h"
#include "attack/walk.h"

enum verdict {
	VERDICT_DISCLOSED, /* one value is left                                         */
	VERDICT_NARROW,    /* fewer than 'width' values are left                        */
	VERDICT_SAFE,      /* tables that differ by width - 1 and more were seen        */
	VERDICT_UNDECIDED, /* neither could be shown within the effort: needs review    */
};

struct effort {
	int64_t width;  /* values that a hidden cell must keep: 2 and more   */
	bool intervals; /* find each cell's whole interval, in large parts, too */
	bool verdicts;  /* no more of it than the verdict needs, in small parts neither */
	double seconds; /* for the whole attack                              */
	uint64_t nodes; /* for each search                                   */
	const int64_t
		*table; /* by unknown: one that fits, to start from; NULL = none is known */
};

struct attack {
	const struct model *model;
	struct effort effort;
	struct domain d;
	struct witness w;
	struct prover prover;
	struct walk walk;
	struct parts parts;
	double until;
	uint64_t n_programs; /* linear programs that were solved */
	bool impossible;     /* no table fits what was published  */
	bool out_of_time;
};

/* wanted[] is by unknown; NULL = all.  *a is freed with attack_free() in any case. */
enum sluice_status attack_run(struct attack *a, const struct model *m,
                              const struct effort *effort, const bool *wanted,
                              struct sluice_error *err);

enum verdict attack_verdict(const struct attack *a, uint32_t unknown);

void attack_free(struct attack *a);

#endif
