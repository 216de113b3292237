/*
 * inner_sums.c - wholes as sums of what has no parts
 */
#include "protect/additive.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

/* ---- totals ---------------------------------------------------------------------------- */

static bool is_total(const struct model *m, const struct row *r)
{
	uint32_t wholes = 0;

	if (r->lo || r->hi || r->n < 2)
		return false;
	for (uint32_t i = r->first; i < r->first + r->n; i++) {
		wholes += m->terms[i].factor == 1;
		if (m->terms[i].factor != 1 && m->terms[i].factor != -1)
			return false;
	}
	return wholes == 1;
}

enum sluice_status additive_check(const struct additive *a, struct sluice_error *err)
{
	const struct model *m = a->model;

	for (uint32_t i = 0; i < m->n_rows; i++) {
		if (!is_total(m, &m->rows[i]))
			return fail(err, SLUICE_E_DATA,
			            "counts are tied together otherwise than by totals: they "
			            "can't be given others that add up");
		if (!row_holds(m, &m->rows[i], a->values))
			return fail(err, SLUICE_E_DATA, "the true counts don't add up");
	}
	return SLUICE_OK;
}

/* ---- sums ------------------------------------------------------------------------------ */

enum state { NEW, OPEN, DONE };

struct making {
	const struct model *m;
	struct buf *lists; /* by unknown: uint32_t, ascending */
	uint8_t *state;
	struct sluice_error *err;
};

static int by_number(const void *left, const void *right)
{
	const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

/* The parts of a row, each as its sum, joined. */
static enum sluice_status join_parts(const struct making *k, const struct row *r,
                                     struct buf *list)
{
	uint32_t *all;
	size_t n;

	for (uint32_t i = r->first; i < r->first + r->n; i++) {
		const struct term *t = &k->m->terms[i];

		if (t->factor == -1)
			TRY(buf_add(list, k->lists[t->unknown].data, k->lists[t->unknown].len,
			            k->err));
	}
	all = (uint32_t *)(void *)list->data;
	n = list->len / sizeof(*all);
	if (n)
		qsort(all, n, sizeof(*all), by_number);
	for (size_t i = 1; i < n; i++)
		if (all[i] == all[i - 1])
			return fail(k->err, SLUICE_E_DATA,
			            "a total counts one of its parts twice");
	return SLUICE_OK;
}

/* By the first of the rows that it is the whole of; by the others it must be the same sum. */
static enum sluice_status take_row(const struct making *k, uint32_t u, const struct row *r)
{
	struct buf list = { 0 };
	enum sluice_status status = join_parts(k, r, &list);

	if (status == SLUICE_OK && !k->lists[u].len)
		status = buf_add(&k->lists[u], list.data, list.len, k->err);
	else if (status == SLUICE_OK && (list.len != k->lists[u].len ||
	                                 memcmp(list.data, k->lists[u].data, list.len) != 0))
		status = fail(k->err, SLUICE_E_DATA,
		              "a total is that of parts which are not all made of the same "
		              "innermost cells");
	buf_free(&list);
	return status;
}

/* The parts of u's rows come before it; none = all are done. */
static bool open_part(const struct making *k, uint32_t u, uint32_t *part)
{
	const struct model *m = k->m;

	for (uint32_t i = m->at[u]; i < m->at[u + 1]; i++) {
		const struct row *r = &m->rows[m->of[i]];

		for (uint32_t t = r->first; m->times[i] == 1 && t < r->first + r->n; t++) {
			*part = m->terms[t].unknown;
			if (*part != u && k->state[*part] != DONE)
				return true;
		}
	}
	return false;
}

static enum sluice_status close_unknown(const struct making *k, uint32_t u)
{
	const struct model *m = k->m;
	bool whole = false;

	for (uint32_t i = m->at[u]; i < m->at[u + 1]; i++) {
		if (m->times[i] != 1)
			continue;
		whole = true;
		TRY(take_row(k, u, &m->rows[m->of[i]]));
	}
	k->state[u] = DONE;
	return whole ? SLUICE_OK : buf_add(&k->lists[u], &u, sizeof(u), k->err);
}

/* Depth first, with a stack of its own. */
static enum sluice_status visit(const struct making *k, uint32_t first, uint32_t *stack)
{
	uint32_t n = 0, part;

	if (k->state[first] == NEW)
		stack[n++] = first;
	while (n) {
		const uint32_t u = stack[n - 1];

		k->state[u] = OPEN;
		if (!open_part(k, u, &part)) {
			TRY(close_unknown(k, u));
			n--;
		} else if (k->state[part] == OPEN) {
			return fail(k->err, SLUICE_E_DATA, "a total is a part of itself");
		} else {
			stack[n++] = part;
		}
	}
	return SLUICE_OK;
}

static enum sluice_status gather(struct inner_sums *s, const struct making *k)
{
	size_t n = 0;

	for (uint32_t u = 0; u < k->m->n_unknowns; u++)
		n += k->lists[u].len / sizeof(*s->of);
	if (n > UINT32_MAX)
		return fail(k->err, SLUICE_E_MEMORY, "the totals are of too many cells");
	s->of = malloc((n + 1) * sizeof(*s->of));
	if (!s->of)
		return fail_memory(k->err);
	n = 0;
	for (uint32_t u = 0; u < k->m->n_unknowns; u++) {
		s->at[u] = (uint32_t)n;
		if (k->lists[u].len)
			memcpy(s->of + n, k->lists[u].data, k->lists[u].len);
		n += k->lists[u].len / sizeof(*s->of);
	}
	s->at[k->m->n_unknowns] = (uint32_t)n;
	return SLUICE_OK;
}

enum sluice_status inner_sums_make(struct inner_sums *s, const struct model *m,
                                   struct sluice_error *err)
{
	const size_t n = (size_t)m->n_unknowns + 1;
	struct making k = { m, calloc(n, sizeof(*k.lists)), calloc(n, 1), err };
	uint32_t *stack = malloc(n * sizeof(*stack));
	enum sluice_status status;

	*s = (struct inner_sums){ .at = calloc(n, sizeof(*s->at)) };
	status = k.lists && k.state && stack && s->at ? SLUICE_OK : fail_memory(err);
	for (uint32_t u = 0; status == SLUICE_OK && u < m->n_unknowns; u++)
		status = visit(&k, u, stack);
	if (status == SLUICE_OK)
		status = gather(s, &k);
	for (uint32_t u = 0; k.lists && u < m->n_unknowns; u++)
		buf_free(&k.lists[u]);
	free(k.lists);
	free(k.state);
	free(stack);
	return status;
}

void inner_sums_free(struct inner_sums *s)
{
	free(s->at);
	free(s->of);
	*s = (struct inner_sums){ 0 };
}
