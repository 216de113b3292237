/*
 * domain.h - what has been worked out of a model so far
 *
 * An interval for each unknown, and the log of every change with its reason, so that a
 * change can be explained (words.c) or taken back (search.c).  A change is only made
 * when it follows, exactly, from the model and the changes before it; what a solver in
 * floating point says is never enough (proof.c).
 */
#ifndef ATTACK_DOMAIN_H
#define ATTACK_DOMAIN_H

#include "model/model.h"

#define STEP_NONE UINT32_MAX

enum reason {
	REASON_ROW,    /* one row and the bounds of its other unknowns             */
	REASON_GAP,    /* the values up to the next allowed one are excluded       */
	REASON_SUM,    /* several rows, each times a fraction: see struct sum      */
	REASON_SEARCH, /* every whole-number table was tried                       */
	REASON_GUESS,  /* a branch of a search: holds for that branch only         */
};

struct step {
	uint32_t unknown;
	uint32_t of;   /* ROW: the row; SUM: the sum                        */
	uint32_t prev; /* the step that set this bound before, or STEP_NONE */
	bool upper;    /* which bound                                       */
	enum reason reason;
	int64_t value;
};

/* A combination of rows: each times factor / den. */
struct sum_term {
	uint32_t row;
	int64_t factor;
};
struct sum {
	uint32_t first, n; /* of domain.sum_terms */
	int64_t den;
};

struct domain {
	const struct model *model;
	int64_t *lo, *hi;
	uint32_t *why_lo, *why_hi; /* the latest step, or STEP_NONE: as published */
	struct step *steps;
	uint32_t n_steps, cap_steps;
	struct sum *sums;
	uint32_t n_sums, cap_sums;
	struct sum_term *sum_terms;
	uint32_t n_sum_terms, cap_sum_terms;
	uint32_t *queue; /* rows to look at; a ring of n_rows + 1 */
	bool *queued;
	uint32_t head, n_queue;
	uint32_t conflict; /* the row (or, past the rows, the unknown) that can't hold */
	uint64_t work;     /* terms looked at, to bound the effort                     */
	bool no_memory;
};

/* As published. */
enum sluice_status domain_init(struct domain *d, const struct model *m,
                               struct sluice_error *err);

/*
 * Tighten a bound and queue the rows that this concerns.  False: nothing is left for the
 * unknown, or memory ran out (no_memory).
 */
bool domain_set(struct domain *d, uint32_t unknown, bool upper, int64_t value,
                enum reason reason, uint32_t of);

/* Queue a row, all rows. */
void domain_queue(struct domain *d, uint32_t row);
void domain_queue_all(struct domain *d);

/*
 * Follow the queued rows until nothing changes or 'limit' more terms were looked at.
 * False: the model has no solution within the domain; d->conflict says where.
 */
bool domain_propagate(struct domain *d, uint64_t limit);

/* Nothing is queued any more. */
void domain_forget(struct domain *d);

/* Take back the steps from 'n_steps' on. */
void domain_undo(struct domain *d, uint32_t n_steps);

static inline bool domain_fixed(const struct domain *d, uint32_t unknown)
{
	return d->lo[unknown] == d->hi[unknown];
}

void domain_free(struct domain *d);

#endif
