/*
 * lp.h - a linear program, as an oracle
 *
 * Solved in floating point by a maintained library, so no answer is taken for the truth: the
 * factors that it gives are tried as a proof in exact arithmetic (proof.c), and its tables
 * are rounded and checked, row by row, in whole numbers (witness.c).  A build without a
 * solver has lp_new() return NULL: what only a solver could settle stays undecided.
 */
#ifndef ATTACK_LP_H
#define ATTACK_LP_H

#include "attack/part.h"

struct lp;

enum lp_answer { LP_SOLVED, LP_INFEASIBLE, LP_FAILED };

/* Of a part, with the domain's bounds; unbounded unknowns are kept below 'large'. */
struct lp *lp_new(const struct domain *d, const struct parts *all, const struct part *p,
                  int64_t large);

/*
 * Of what may change in a table that fits: by local unknown how much it goes up, and from the
 * part's n_unknowns on how much it goes down.
 */
struct lp *lp_new_changes(const struct domain *d, const struct parts *all, const struct part *p,
                          const int64_t *table);

/* The factor of an unknown (by its local number) in what is minimised; all are 0 at first. */
void lp_goal(struct lp *lp, uint32_t local, double factor);
void lp_goal_clear(struct lp *lp);

void lp_bounds(struct lp *lp, uint32_t local, int64_t lo, int64_t hi);

/* Values by local unknown and factors by local row stay valid until the next call. */
enum lp_answer lp_minimise(struct lp *lp, double seconds, const double **values,
                           const double **factors);

void lp_free(struct lp *lp);

/* The library at work and its version; NULL = none. */
const char *lp_library(const char **version);

#endif
