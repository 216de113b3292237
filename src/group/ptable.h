/*
 * ptable.h - perturbation tables: which noise a count gets for its cell key
 *
 * Two forms are read, told by the names in their header, in any order and with others beside:
 *
 *   ONS         pcv,ckey,pvalue   each count from 1 (or 0), each cell key from 0, all in order
 *   tau-ARGUS   i;v;p_int_ub      (cellKey: i,v,ub) for each count from 0 (or 1) the values of
 *                                 the noise, each with the upper end of its interval of (0, 1]
 *
 * A cell key is a whole number below the table's modulus: the number of keys that the table names,
 * or 2^32, of which it is then a fraction u; noise v has lower end < u <= upper end.
 */
#ifndef GROUP_PTABLE_H
#define GROUP_PTABLE_H

#include "base/buf.h"

#define PTABLE_BYTES (64u << 20) /* of a file, at most          */
#define PTABLE_NOISE 1000000     /* no noise is larger than that */

struct ptable {
	uint64_t modulus;
	uint64_t first, n; /* counts first..first + n - 1 have rows         */
	uint64_t again;    /* larger ones use the last so many in turn       */
	uint32_t *rows;    /* n + 1: where each count's steps begin           */
	struct ptable_step {
		uint32_t last; /* cell keys up to it, from the step before */
		int32_t noise;
	} * steps;
	uint32_t n_steps;
};

/* 'name' is the file's, for messages.  What is there may be freed whether this fails or not. */
enum sluice_status ptable_read(struct ptable *t, const char *name, const uint8_t *text,
                               size_t len, struct sluice_error *err);

/* What is added to a count, never so much that it would be below 0; 0 gets nothing. */
int64_t ptable_noise(const struct ptable *t, uint64_t count, uint64_t cell_key);

void ptable_free(struct ptable *t);

#endif
