#include "group/merge.h"

#include "group/contribution.h"

#include <stdlib.h>
#include <string.h>

/* ---- heaps of cursors ---------------------------------------------------------------- */

typedef int (*order_fn)(const struct cursor *a, const struct cursor *b);

static int by_group(const struct cursor *a, const struct cursor *b)
{
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	return key_order(a->key, a->key_len, b->key, b->key_len);
}

static int by_person(const struct cursor *a, const struct cursor *b)
{
	return key_order(a->person, a->person_len, b->person, b->person_len);
}

/* heap[i] may be greater than those below it: put it where it belongs. */
static void sink_down(struct cursor **heap, uint32_t n, uint32_t i, order_fn order)
{
	struct cursor *c = heap[i];

	for (uint32_t k; (k = 2 * i + 1) < n; i = k) {
		if (k + 1 < n && order(heap[k + 1], heap[k]) < 0)
			k++;
		if (order(c, heap[k]) <= 0)
			break;
		heap[i] = heap[k];
	}
	heap[i] = c;
}

static void rise_up(struct cursor **heap, uint32_t i, order_fn order)
{
	struct cursor *c = heap[i];

	for (; i && order(c, heap[(i - 1) / 2]) < 0; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = c;
}

/* ---- life ------------------------------------------------------------------------------- */

static enum sluice_status advance(struct merge *m, struct cursor *c, struct sluice_error *err)
{
	bool more;

	TRY(cursor_next(c, &more, err));
	if (!more)
		return SLUICE_OK;
	m->heap[m->n] = c;
	rise_up(m->heap, m->n++, by_group);
	return SLUICE_OK;
}

enum sluice_status merge_open(struct merge *m, const struct group_spec *spec, uint64_t kept,
                              struct cursor *cursors, uint32_t n, struct sluice_error *err)
{
	*m = (struct merge){ .spec = spec, .kept = kept };
	m->heap = calloc((size_t)n + 1, sizeof(struct cursor *));
	m->same = calloc((size_t)n + 1, sizeof(struct cursor *));
	m->people = calloc((size_t)n + 1, sizeof(struct cursor *));
	m->words = calloc(spec->n_words, sizeof(*m->words));
	m->largest = calloc((size_t)spec->n_persons + 1, sizeof(*m->largest));
	m->cell_keys = calloc((size_t)spec->n_persons + 1, sizeof(*m->cell_keys));
	if (!m->heap || !m->same || !m->people || !m->words || !m->largest || !m->cell_keys)
		return fail_memory(err);
	for (uint32_t i = 0; i < n; i++)
		TRY(advance(m, &cursors[i], err));
	return SLUICE_OK;
}

void merge_close(struct merge *m)
{
	free(m->heap);
	free(m->same);
	free(m->people);
	free(m->words);
	free(m->largest);
	free(m->cell_keys);
	buf_free(&m->key);
	buf_free(&m->person);
	*m = (struct merge){ 0 };
}

/* ---- groups --------------------------------------------------------------------------------- */

/* The cursors that have the least key, into same[]. */
static enum sluice_status take_same(struct merge *m, struct sluice_error *err)
{
	const struct cursor *top = m->heap[0];

	m->key.len = 0;
	TRY(buf_add(&m->key, top->key, top->key_len, err));
	m->n_same = 0;
	while (m->n) {
		struct cursor *c = m->heap[0];

		if (c->key_len != m->key.len || memcmp(c->key, m->key.data, c->key_len) != 0)
			break;
		m->same[m->n_same++] = c;
		m->heap[0] = m->heap[--m->n];
		if (m->n)
			sink_down(m->heap, m->n, 0, by_group);
	}
	memcpy(m->words, m->same[0]->words, m->spec->n_words * sizeof(*m->words));
	for (uint32_t i = 1; i < m->n_same; i++)
		group_join(m->spec, m->words, m->same[i]->words);
	return SLUICE_OK;
}

/* The cursors of the same[] groups that have a person of column k, as a heap. */
static enum sluice_status open_people(struct merge *m, uint32_t k, uint32_t *n,
                                      struct sluice_error *err)
{
	bool more;

	*n = 0;
	for (uint32_t i = 0; i < m->n_same; i++) {
		TRY(cursor_person(m->same[i], k, &more, err));
		if (!more)
			continue;
		m->people[*n] = m->same[i];
		rise_up(m->people, (*n)++, by_person);
	}
	return SLUICE_OK;
}

/* Past the person at the top. */
static enum sluice_status pass_person(struct merge *m, uint32_t k, uint32_t *n,
                                      struct sluice_error *err)
{
	struct cursor **heap = m->people;
	bool more;

	TRY(cursor_person(heap[0], k, &more, err));
	if (!more)
		heap[0] = heap[--*n];
	if (*n)
		sink_down(heap, *n, 0, by_person);
	return SLUICE_OK;
}

static enum sluice_status note_person(struct merge *m, const struct cursor *c,
                                      struct sluice_error *err)
{
	m->person.len = 0;
	return buf_add(&m->person, c->person, c->person_len, err);
}

/* The distinct persons of column k in the same[] groups: counted, or written. */
static enum sluice_status join_persons(struct merge *m, uint32_t k, struct record_writer *to,
                                       struct sluice_error *err)
{
	uint64_t *count = &m->words[m->spec->persons[k].word];
	const struct group_noise *noise = &m->spec->noise;
	bool any = false;
	uint32_t n;

	m->cell_keys[k] = 0;
	TRY(open_people(m, k, &n, err));
	while (n) {
		const struct cursor *c = m->people[0];
		const bool again = any && c->person_len == m->person.len &&
		                   !memcmp(c->person, m->person.data, c->person_len);

		if (!again && to)
			TRY(record_person(to, c->person, c->person_len, err));
		*count += !again && !to;
		if (!again && !to && noise->secret)
			m->cell_keys[k] += secret_record_key(
				noise->secret, c->person, c->person_len, noise->table->modulus);
		if (n > 1 && !again) /* another cursor may have the same one */
			TRY(note_person(m, c, err));
		any = any || n > 1;
		TRY(pass_person(m, k, &n, err));
	}
	return to ? record_break(to, err) : SLUICE_OK;
}

/* ---- contributors --------------------------------------------------------------------------- */

static enum sluice_status broken(struct sluice_error *err)
{
	return fail(err, SLUICE_E_DATA, "the partial table is damaged");
}

/* All that a contributor has of the sum is in m->person: ranked, or written. */
static enum sluice_status end_contributor(struct merge *m, uint32_t k, struct record_writer *to,
                                          struct sluice_error *err)
{
	const uint32_t len = (uint32_t)m->person.len;
	uint64_t amount;

	if (to)
		return record_person(to, m->person.data, len, err);
	if (!contribution_amount(m->person.data, len, &amount))
		return broken(err);
	largest_add(&m->largest[k], amount);
	return SLUICE_OK;
}

/* What is ranked must come to the sum itself, if that is one that may be told at all. */
static enum sluice_status check_sum(const struct merge *m, uint32_t k, struct sluice_error *err)
{
	const struct group_spec *s = m->spec;
	const uint64_t sum = m->words[s->values[s->persons[k].value].word];

	return sum == m->largest[k].total || sum >= GROUP_LIMIT ? SLUICE_OK : broken(err);
}

static enum sluice_status join_contributors(struct merge *m, uint32_t k,
                                            struct record_writer *to, struct sluice_error *err)
{
	bool any = false;
	uint64_t amount;
	uint32_t n;

	m->largest[k] = (struct largest){ 0 };
	TRY(open_people(m, k, &n, err));
	for (; n; any = true) {
		const struct cursor *c = m->people[0];

		if (!contribution_amount(c->person, c->person_len, &amount))
			return broken(err);
		if (any && contribution_same(c->person, c->person_len, m->person.data,
		                             (uint32_t)m->person.len)) {
			contribution_add(m->person.data, (uint32_t)m->person.len, amount);
		} else {
			if (any)
				TRY(end_contributor(m, k, to, err));
			TRY(note_person(m, c, err));
		}
		TRY(pass_person(m, k, &n, err));
	}
	if (any)
		TRY(end_contributor(m, k, to, err));
	return to ? record_break(to, err) : check_sum(m, k, err);
}

enum sluice_status merge_next(struct merge *m, struct record_writer *to, bool *more,
                              struct sluice_error *err)
{
	*more = m->n > 0;
	if (!m->n)
		return SLUICE_OK;
	TRY(take_same(m, err));
	if (to)
		TRY(record_group(to, m->key.data, (uint32_t)m->key.len, m->words, err));
	for (uint32_t k = 0; k < m->spec->n_persons; k++) {
		if (m->spec->persons[k].dominance)
			TRY(join_contributors(m, k, to, err));
		else if (m->kept >> k & 1)
			TRY(join_persons(m, k, to, err));
	}
	for (uint32_t i = 0; i < m->n_same; i++)
		TRY(advance(m, m->same[i], err));
	return SLUICE_OK;
}
