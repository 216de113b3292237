/*
 * lp_none.c - no solver in this build
 */
#include "attack/lp.h"

struct lp *lp_new(const struct domain *d, const struct parts *all, const struct part *p,
                  int64_t large)
{
	(void)d;
	(void)all;
	(void)p;
	(void)large;
	return NULL;
}

struct lp *lp_new_changes(const struct domain *d, const struct parts *all, const struct part *p,
                          const int64_t *table)
{
	(void)d;
	(void)all;
	(void)p;
	(void)table;
	return NULL;
}

void lp_goal(struct lp *lp, uint32_t local, double factor)
{
	(void)lp;
	(void)local;
	(void)factor;
}

void lp_goal_clear(struct lp *lp)
{
	(void)lp;
}

void lp_bounds(struct lp *lp, uint32_t local, int64_t lo, int64_t hi)
{
	(void)lp;
	(void)local;
	(void)lo;
	(void)hi;
}

enum lp_answer lp_minimise(struct lp *lp, double seconds, const double **values,
                           const double **factors)
{
	(void)lp;
	(void)seconds;
	(void)values;
	(void)factors;
	return LP_FAILED;
}

void lp_free(struct lp *lp)
{
	(void)lp;
}

const char *lp_library(const char **version)
{
	*version = NULL;
	return NULL;
}
