#include "attack/near.h"

#include <stdlib.h>
#include <string.h>

enum sluice_status near_init(struct near *n, const struct domain *d, const struct parts *all,
                             struct sluice_error *err)
{
	const struct model *m = d->model;
	const size_t unknowns = (size_t)m->n_unknowns + 1, rows = (size_t)m->n_rows + 1;

	*n = (struct near){ .d = d, .all = all };
	n->part.unknowns = malloc(unknowns * sizeof(*n->part.unknowns));
	n->part.rows = malloc(rows * sizeof(*n->part.rows));
	n->parts.local = malloc(unknowns * sizeof(*n->parts.local));
	n->length = calloc(rows, sizeof(*n->length));
	n->left = calloc(rows, sizeof(*n->left));
	n->seen = calloc(rows, sizeof(*n->seen));
	n->queue = malloc(rows * sizeof(*n->queue));
	if (!n->part.unknowns || !n->part.rows || !n->parts.local || !n->length || !n->left ||
	    !n->seen || !n->queue)
		return fail_memory(err);
	memset(n->parts.local, 0xFF, unknowns * sizeof(*n->parts.local));
	for (uint32_t r = 0; r < m->n_rows; r++)
		for (uint32_t i = 0; i < m->rows[r].n; i++)
			n->length[r] += all->local[m->terms[m->rows[r].first + i].unknown] !=
			                UINT32_MAX;
	return SLUICE_OK;
}

void near_free(struct near *n)
{
	free(n->part.unknowns);
	free(n->part.rows);
	free(n->parts.local);
	free(n->length);
	free(n->left);
	free(n->seen);
	free(n->queue);
	*n = (struct near){ 0 };
}

/* ---- the rows that are next, nearest first ----------------------------------------------------- */

static bool is_nearer(const struct near_row *a, const struct near_row *b)
{
	return a->far != b->far ? a->far < b->far : a->row < b->row;
}

static void swap_rows(struct near_row *a, struct near_row *b)
{
	const struct near_row was = *a;

	*a = *b;
	*b = was;
}

/* A row is queued once, so there is room. */
static void queue_row(struct near *n, uint32_t row, uint64_t far)
{
	uint32_t i = n->n_queue++;

	n->queue[i] = (struct near_row){ far + n->length[row], row };
	n->seen[row] = true;
	n->part.rows[n->part.n_rows++] = row;
	for (; i && is_nearer(&n->queue[i], &n->queue[(i - 1) / 2]); i = (i - 1) / 2)
		swap_rows(&n->queue[i], &n->queue[(i - 1) / 2]);
}

static struct near_row next_row(struct near *n)
{
	const struct near_row first = n->queue[0];
	uint32_t i = 0;

	n->queue[0] = n->queue[--n->n_queue];
	for (;;) {
		uint32_t least = i;

		for (uint32_t k = 2 * i + 1; k <= 2 * i + 2 && k < n->n_queue; k++)
			if (is_nearer(&n->queue[k], &n->queue[least]))
				least = k;
		if (least == i)
			return first;
		swap_rows(&n->queue[i], &n->queue[least]);
		i = least;
	}
}

/* ---- */

/*
 * All rows of what is found are listed, also those that are not gone along any more.  A row that comes
 * later by a shorter way is queued by the first: near enough.
 */
static void take(struct near *n, uint32_t unknown, uint64_t far)
{
	const struct model *m = n->d->model;

	n->parts.local[unknown] = 0;
	n->part.unknowns[n->part.n_unknowns++] = unknown;
	for (uint32_t i = m->at[unknown]; i < m->at[unknown + 1]; i++) {
		n->left[m->of[i]]++;
		if (!n->seen[m->of[i]])
			queue_row(n, m->of[i], far);
	}
}

static void forget(struct near *n)
{
	while (n->part.n_unknowns)
		n->parts.local[n->part.unknowns[--n->part.n_unknowns]] = UINT32_MAX;
	while (n->part.n_rows) {
		const uint32_t row = n->part.rows[--n->part.n_rows];

		n->left[row] = 0;
		n->seen[row] = false;
	}
	n->n_queue = 0;
}

/* Without what stands alone in a row that is a fixed sum, over and over. */
static void peel(struct near *n)
{
	const struct model *m = n->d->model;
	bool again = true;

	while (again) {
		uint32_t kept = 0;

		again = false;
		for (uint32_t i = 0; i < n->part.n_unknowns; i++) {
			const uint32_t u = n->part.unknowns[i];
			bool alone = false;

			for (uint32_t k = m->at[u]; k < m->at[u + 1] && !alone; k++)
				alone = n->left[m->of[k]] == 1 &&
				        m->rows[m->of[k]].lo == m->rows[m->of[k]].hi;
			if (!alone) {
				n->part.unknowns[kept++] = u;
				continue;
			}
			again = true;
			n->parts.local[u] = UINT32_MAX;
			for (uint32_t k = m->at[u]; k < m->at[u + 1]; k++)
				n->left[m->of[k]]--;
		}
		n->part.n_unknowns = kept;
	}
}

/* Local numbers, and only rows that have something near. */
static void number(struct near *n)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n->part.n_unknowns; i++)
		n->parts.local[n->part.unknowns[i]] = i;
	for (uint32_t i = 0; i < n->part.n_rows; i++) {
		const uint32_t row = n->part.rows[i];

		n->seen[row] = n->left[row];
		if (n->left[row])
			n->part.rows[kept++] = row;
	}
	n->part.n_rows = kept;
}

bool near_find(struct near *n, uint32_t unknown, uint32_t most, bool *whole)
{
	const struct model *m = n->d->model;

	forget(n);
	take(n, unknown, 0);
	while (n->n_queue && n->part.n_unknowns < most) {
		const struct near_row next = next_row(n);
		const struct row *r = &m->rows[next.row];

		for (uint32_t i = 0; i < r->n; i++) {
			const uint32_t u = m->terms[r->first + i].unknown;

			if (n->all->local[u] != UINT32_MAX && n->parts.local[u] == UINT32_MAX)
				take(n, u, next.far);
		}
	}
	*whole = !n->n_queue;
	peel(n);
	number(n);
	return n->parts.local[unknown] != UINT32_MAX;
}
