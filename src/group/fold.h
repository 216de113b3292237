/*
 * fold.h - one worker's part of a grouping: from records to groups
 */
#ifndef GROUP_FOLD_H
#define GROUP_FOLD_H

#include "group/find.h"
#include "group/spill.h"

/* What the rows of a chunk did to one persons column that is counted in order. */
struct order_facts {
	unsigned orders;         /* ORDER_... that hold within the chunk             */
	struct buf first, last;  /* the first and the last person's identifier       */
	bool any, one;           /* there was a person; there was only one           */
	struct buf first_groups; /* keys that counted the first person: length, bytes */
	struct buf last_groups;  /* the same of the last                             */
};

/* A persons column at work. */
struct fold_persons {
	bool any;               /* there was a person in this chunk                  */
	struct buf current;     /* the last one's identifier                         */
	struct person person;   /* the same, when pairs are kept                     */
	uint64_t stamp;         /* a number for this stretch of rows of one person   */
	size_t first;           /* contributors: its first pair                      */
	struct group **counted; /* in order: the groups that counted the person      */
	uint32_t n_counted, cap_counted;
	struct order_facts *facts; /* in order: of the chunk; borrowed                  */
};

/* Values of neighbouring columns whose words are neighbours, too. */
struct fold_run {
	uint32_t first, n; /* of spec.values                                         */
	uint32_t col, word;
};

#define FOLD_RUNS 64u /* so many; the last is of all values that are left */
#define FOLD_WIDE 8u  /* of no more values                                */

struct fold {
	const struct group_spec *spec;
	uint64_t kept; /* a bit for each persons column whose pairs are kept; others are
	                * counted in order                                               */
	struct group_table table;
	struct finder finder;
	struct buf tmp;               /* for unquoting                                  */
	struct fold_persons *persons; /* spec.n_persons                                 */
	struct pairs *pairs;          /* spec.n_persons                                 */
	uint64_t *missing; /* cells of this chunk, by spec.values, then spec.persons */
	struct fold_run *runs;
	uint32_t n_runs;
	uint64_t slow;               /* a bit for each run that is read value by value */
	uint64_t *words[FINDER_RUN]; /* of the rows at hand, in one of their groups    */
	uint64_t odd[FINDER_RUN];    /* of these: a bit for each run that is not digits */
	struct spill *spill;
	uint64_t budget; /* bytes that the groups may take */
	/* for noise: the row's identifier and its key */
	bool any_record;
	struct buf record;
	uint64_t record_key;
};

/* The spill is borrowed. */
enum sluice_status fold_init(struct fold *f, const struct group_spec *spec,
                             const struct kernels *kernels, uint64_t kept, struct spill *spill,
                             uint64_t budget, struct sluice_error *err);

/* Begin a chunk; facts[] has one entry for each persons column. */
void fold_begin(struct fold *f, struct order_facts *facts);

/* Add the batch's rows. */
enum sluice_status fold_batch(struct fold *f, const struct batch *b, struct sluice_error *err);

/* The chunk has ended: the facts are complete, and the groups go to disk if they are too many. */
enum sluice_status fold_end(struct fold *f, struct sluice_error *err);

/* Write all groups to a run, and begin again without any. */
enum sluice_status fold_spill(struct fold *f, struct sluice_error *err);

/*
 * The most bytes that what a chunk adds to a fold takes for each of the chunk's bytes, since the budget
 * is looked at between chunks: rows of empty fields, each with groups and persons of its own.
 */
uint64_t fold_growth(const struct group_spec *spec, uint32_t n_cols);

/* Bytes that a fold takes besides its budget. */
uint64_t fold_memory(const struct group_spec *spec);

void order_facts_free(struct order_facts *facts);
void fold_free(struct fold *f);

#endif
