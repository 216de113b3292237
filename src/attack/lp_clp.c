/*
 * lp_clp.c - linear programs by COIN-OR's Clp
 *
 * Chosen because it is maintained, packaged by Debian, Fedora and Homebrew, has a C
 * interface, and its licence (EPL-2.0) lets an MIT program link it: GLPK's (GPL-3) would
 * not, and HiGHS is not in Debian 12.  It is loaded when the first program is to be solved: it brings the runtimes of
 * C++ and Fortran along, and a pipe stage should not wait for them.
 */
#include "attack/lp.h"

#include <Clp_C_Interface.h>
#include <dlfcn.h>
#include <float.h>
#include <stdatomic.h>
#include <stdlib.h>

/* ---- the library --------------------------------------------------------------------------- */

#ifdef __APPLE__
#define CLP_FILE "libClp.1.dylib"
#else
#define CLP_FILE "libClp.so.1"
#endif

#define CLP_CALLS(X)            \
	X(Version)              \
	X(newModel)             \
	X(deleteModel)          \
	X(setLogLevel)          \
	X(loadProblem)          \
	X(columnLower)          \
	X(columnUpper)          \
	X(chgObjCoefficients)   \
	X(setMaximumSeconds)    \
	X(initialSolve)         \
	X(dual)                 \
	X(primal)               \
	X(primalColumnSolution) \
	X(dualRowSolution)      \
	X(status)

struct clp {
#define X(name) __typeof__ (&Clp_##name)(name);
	CLP_CALLS(X)
#undef X
};

static bool load(struct clp *c)
{
	void *library = dlopen(CLP_FILE, RTLD_NOW | RTLD_LOCAL);
	bool all = library;

	/* POSIX has function pointers go through void pointers here. */
#define X(name) all = all && (*(void **)(void *)&c->name = dlsym(library, "Clp_" #name));
	CLP_CALLS(X)
#undef X
	return all;
}

/* NULL = it is not installed, or is another than was built for.  Any thread may be the first. */
static const struct clp *clp(void)
{
	enum { NOBODY_ASKED, LOADING, THERE, NOT_THERE };
	static _Atomic int state;
	static struct clp calls;
	int known = NOBODY_ASKED;

	if (atomic_compare_exchange_strong(&state, &known, LOADING))
		atomic_store(&state, load(&calls) ? THERE : NOT_THERE);
	while ((known = atomic_load(&state)) == LOADING)
		; /* another thread will be done soon */
	return known == THERE ? &calls : NULL;
}

/* ---- programs -------------------------------------------------------------------------------- */

struct lp {
	const struct clp *call;
	Clp_Simplex *clp;
	double *goal; /* by local unknown */
	uint32_t n;
	double large;
	bool solved; /* once: go on from its basis */
	bool moved;  /* bounds changed since: the basis is one of the dual */
};

struct matrix {
	CoinBigIndex *starts;
	int *rows;
	double *factors, *col_lo, *col_hi, *goal, *row_lo, *row_hi;
};

static void matrix_free(struct matrix *x)
{
	free(x->starts);
	free(x->rows);
	free(x->factors);
	free(x->col_lo);
	free(x->col_hi);
	free(x->goal);
	free(x->row_lo);
	free(x->row_hi);
}

static bool matrix_new(struct matrix *x, size_t n_cols, size_t n_rows, size_t n_terms)
{
	x->starts = calloc(n_cols + 2, sizeof(*x->starts));
	x->rows = calloc(n_terms + 1, sizeof(*x->rows));
	x->factors = calloc(n_terms + 1, sizeof(*x->factors));
	x->col_lo = calloc(n_cols + 1, sizeof(double));
	x->col_hi = calloc(n_cols + 1, sizeof(double));
	x->goal = calloc(n_cols + 1, sizeof(double));
	x->row_lo = calloc(n_rows + 1, sizeof(double));
	x->row_hi = calloc(n_rows + 1, sizeof(double));
	return x->starts && x->rows && x->factors && x->col_lo && x->col_hi && x->goal &&
	       x->row_lo && x->row_hi;
}

/* What a program is made of: a part, and the table that is changed in it, or NULL. */
struct source {
	const struct domain *d;
	const struct parts *all;
	const struct part *p;
	const int64_t *table; /* by unknown */
};

static uint32_t columns_of(const struct source *s)
{
	return s->table ? 2 * s->p->n_unknowns : s->p->n_unknowns;
}

/* Count the part's terms by column, starts[] moved on by two; fold what is known into the rows. */
static void fill_rows(struct matrix *x, const struct source *s)
{
	const struct model *m = s->d->model;

	for (uint32_t i = 0; i < s->p->n_rows; i++) {
		const struct row *r = &m->rows[s->p->rows[i]];
		wide known = 0;

		for (uint32_t t = 0; t < r->n; t++) {
			const struct term *term = &m->terms[r->first + t];
			const uint32_t local = s->all->local[term->unknown];

			if (s->table)
				known += (wide)term->factor * s->table[term->unknown];
			else if (local == UINT32_MAX)
				known += (wide)term->factor * s->d->lo[term->unknown];
			if (local == UINT32_MAX)
				continue;
			x->starts[local + 2]++;
			if (s->table)
				x->starts[s->p->n_unknowns + local + 2]++;
		}
		x->row_lo[i] = r->lo <= -BOUND_NONE ? -DBL_MAX : (double)(r->lo - known);
		x->row_hi[i] = r->hi >= BOUND_NONE ? DBL_MAX : (double)(r->hi - known);
	}
}

static void add_term(struct matrix *x, uint32_t column, uint32_t row, double factor)
{
	x->rows[x->starts[column + 1]] = (int)row;
	x->factors[x->starts[column + 1]++] = factor;
}

static void fill_columns(struct matrix *x, const struct source *s)
{
	const struct model *m = s->d->model;

	for (uint32_t c = 0; c < columns_of(s); c++)
		x->starts[c + 2] += x->starts[c + 1];
	for (uint32_t i = 0; i < s->p->n_rows; i++) {
		const struct row *r = &m->rows[s->p->rows[i]];

		for (uint32_t t = 0; t < r->n; t++) {
			const struct term *term = &m->terms[r->first + t];
			const uint32_t local = s->all->local[term->unknown];

			if (local == UINT32_MAX)
				continue;
			add_term(x, local, i, (double)term->factor);
			if (s->table)
				add_term(x, s->p->n_unknowns + local, i, -(double)term->factor);
		}
	}
}

static double upper_of(int64_t hi, double large)
{
	return hi >= BOUND_NONE || (double)hi > large ? large : (double)hi;
}

/* An unknown's interval, or how far it may go up and down. */
static void fill_bounds(struct matrix *x, const struct source *s, double large)
{
	for (uint32_t c = 0; c < s->p->n_unknowns; c++) {
		const uint32_t u = s->p->unknowns[c], down = s->p->n_unknowns + c;
		const int64_t lo = s->d->lo[u], hi = s->d->hi[u];

		if (s->table) {
			x->col_hi[c] = upper_of(hi - s->table[u], large);
			x->col_hi[down] = upper_of(s->table[u] - lo, large);
			continue;
		}
		x->col_lo[c] = (double)lo;
		x->col_hi[c] = upper_of(hi, large);
		if (x->col_hi[c] < x->col_lo[c])
			x->col_hi[c] = x->col_lo[c];
	}
}

static struct lp *make(const struct source *s, int64_t large)
{
	const uint32_t n = columns_of(s), n_rows = s->p->n_rows;
	struct lp *lp = calloc(1, sizeof(*lp));
	struct matrix x = { 0 };
	size_t n_terms = 0;

	for (uint32_t i = 0; i < n_rows; i++)
		n_terms += (s->table ? 2 : 1) * (size_t)s->d->model->rows[s->p->rows[i]].n;
	if (lp)
		lp->call = clp();
	if (!lp || !lp->call || n_terms > INT32_MAX || !matrix_new(&x, n, n_rows, n_terms) ||
	    !(lp->clp = lp->call->newModel())) {
		matrix_free(&x);
		free(lp);
		return NULL;
	}
	lp->n = n;
	lp->large = (double)large;
	fill_rows(&x, s);
	fill_columns(&x, s);
	fill_bounds(&x, s, lp->large);
	lp->call->setLogLevel(lp->clp, 0);
	lp->call->loadProblem(lp->clp, (int)n, (int)n_rows, x.starts, x.rows, x.factors,
	                      x.col_lo, x.col_hi, x.goal, x.row_lo, x.row_hi);
	lp->goal = x.goal;
	x.goal = NULL;
	matrix_free(&x);
	return lp;
}

struct lp *lp_new(const struct domain *d, const struct parts *all, const struct part *p,
                  int64_t large)
{
	const struct source s = { d, all, p, NULL };

	return make(&s, large);
}

struct lp *lp_new_changes(const struct domain *d, const struct parts *all, const struct part *p,
                          const int64_t *table)
{
	const struct source s = { d, all, p, table };
	struct lp *lp = make(&s, 1 << 30);

	/* Without changes all rows hold and nothing costs less: a basis of the dual to begin with. */
	if (lp)
		lp->solved = true;
	return lp;
}

void lp_goal(struct lp *lp, uint32_t local, double factor)
{
	lp->goal[local] = factor;
}

void lp_goal_clear(struct lp *lp)
{
	for (uint32_t i = 0; i < lp->n; i++)
		lp->goal[i] = 0;
}

void lp_bounds(struct lp *lp, uint32_t local, int64_t lo, int64_t hi)
{
	double upper = upper_of(hi, lp->large);

	if (upper < (double)lo)
		upper = (double)lo;
	lp->call->columnLower(lp->clp)[local] = (double)lo;
	lp->call->columnUpper(lp->clp)[local] = upper;
	lp->moved = true;
}

enum lp_answer lp_minimise(struct lp *lp, double seconds, const double **values,
                           const double **factors)
{
	lp->call->chgObjCoefficients(lp->clp, lp->goal);
	lp->call->setMaximumSeconds(lp->clp, seconds);
	if (!lp->solved)
		lp->call->initialSolve(lp->clp);
	else if (lp->moved)
		lp->call->dual(lp->clp, 0);
	else
		lp->call->primal(lp->clp, 0);
	lp->moved = false;
	*values = lp->call->primalColumnSolution(lp->clp);
	*factors = lp->call->dualRowSolution(lp->clp);
	lp->solved = lp->call->status(lp->clp) == 0;
	if (lp->call->status(lp->clp) == 1)
		return LP_INFEASIBLE;
	return lp->call->status(lp->clp) == 0 ? LP_SOLVED : LP_FAILED;
}

void lp_free(struct lp *lp)
{
	if (!lp)
		return;
	lp->call->deleteModel(lp->clp);
	free(lp->goal);
	free(lp);
}

const char *lp_library(const char **version)
{
	const struct clp *call = clp();

	*version = call ? call->Version() : NULL;
	return call ? "Clp" : NULL;
}
