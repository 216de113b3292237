#include "protect/eliminate.h"

#include "model/model.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define PRIME UINT64_C(2147483647)

struct entry {
	uint32_t row, value; /* value: 1 to PRIME - 1 */
};

struct vector {
	struct entry *entries;
	uint32_t n, cap;
	XXH128_hash_t hash; /* primary ones: of the vector scaled to begin with 1 */
	bool active, primary;
};

/* Columns with something in a row; some of them not any more. */
struct holders {
	uint32_t *columns, n, cap;
};

struct work {
	struct vector *vectors;
	struct holders *rows;
	struct entry *sum;    /* room for a vector of all rows    */
	struct entry *scaled; /* the same, for hashing            */
	XXH128_hash_t *seen;  /* hashes of the primary vectors: open addressing, counted */
	uint32_t *count;
	uint32_t n_slots;
	const struct columns *columns;
};

static uint64_t power(uint64_t base, uint64_t exponent)
{
	uint64_t result = 1;

	for (; exponent; exponent >>= 1, base = base * base % PRIME)
		if (exponent & 1)
			result = result * base % PRIME;
	return result;
}

static uint64_t inverse(uint64_t v)
{
	return power(v, PRIME - 2);
}

/* ---- the hashes of the primary vectors -------------------------------------------------------- */

static XXH128_hash_t hash_of(struct work *w, const struct vector *v)
{
	const uint64_t scale = v->n ? inverse(v->entries[0].value) : 1;

	for (uint32_t i = 0; i < v->n; i++)
		w->scaled[i] =
			(struct entry){ v->entries[i].row,
			                (uint32_t)(v->entries[i].value * scale % PRIME) };
	return XXH3_128bits(w->scaled, v->n * sizeof(*w->scaled));
}

static uint32_t slot_of(const struct work *w, XXH128_hash_t hash)
{
	uint32_t at = (uint32_t)hash.low64 & (w->n_slots - 1);

	while ((w->seen[at].low64 || w->seen[at].high64) && !XXH128_isEqual(w->seen[at], hash))
		at = (at + 1) & (w->n_slots - 1);
	return at;
}

/* Slots are never given back, so the table is made again when it fills up. */
static bool seen_grow(struct work *w, uint32_t n_slots)
{
	XXH128_hash_t *old = w->seen;
	uint32_t *old_count = w->count;
	const uint32_t n_old = w->n_slots;

	w->seen = calloc(n_slots, sizeof(*w->seen));
	w->count = calloc((size_t)n_slots + 1, sizeof(*w->count));
	if (!w->seen || !w->count) {
		free(old);
		free(old_count);
		return false;
	}
	w->n_slots = n_slots;
	for (uint32_t i = 0; i < n_old; i++)
		if (old_count[i]) {
			const uint32_t at = slot_of(w, old[i]);

			w->seen[at] = old[i];
			w->count[at] = old_count[i];
			w->count[n_slots]++;
		}
	free(old);
	free(old_count);
	return true;
}

static bool seen_add(struct work *w, XXH128_hash_t hash)
{
	uint32_t at;

	if (w->count[w->n_slots] * 2 >= w->n_slots && !seen_grow(w, w->n_slots * 2))
		return false;
	at = slot_of(w, hash);
	if (!w->seen[at].low64 && !w->seen[at].high64)
		w->count[w->n_slots]++; /* slots in use */
	w->seen[at] = hash;
	w->count[at]++;
	return true;
}

static void seen_remove(struct work *w, XXH128_hash_t hash)
{
	w->count[slot_of(w, hash)]--;
}

/* ---- vectors ------------------------------------------------------------------------------------ */

static bool add_holder(struct work *w, uint32_t row, uint32_t column)
{
	struct holders *h = &w->rows[row];

	if (!array_grow((void **)&h->columns, &h->cap, h->n, sizeof(*h->columns)))
		return false;
	h->columns[h->n++] = column;
	return true;
}

static bool load_vector(struct work *w, uint32_t column)
{
	const struct columns *c = w->columns;
	struct vector *v = &w->vectors[column];

	v->n = v->cap = c->start[column + 1] - c->start[column];
	v->entries = malloc(((size_t)v->n + 1) * sizeof(*v->entries));
	for (uint32_t i = 0; v->entries && i < v->n; i++) {
		const int32_t f = c->factor[c->start[column] + i];
		const uint32_t row = c->row[c->start[column] + i];

		v->entries[i] = (struct entry){ row, (uint32_t)(((int64_t)f % (int64_t)PRIME +
			                                         (int64_t)PRIME) %
			                                        (int64_t)PRIME) };
		if (!add_holder(w, row, column))
			return false;
	}
	v->active = true;
	return v->entries != NULL;
}

static uint32_t value_at(const struct vector *v, uint32_t row)
{
	uint32_t lo = 0, hi = v->n;

	while (lo < hi) {
		const uint32_t mid = lo + (hi - lo) / 2;

		if (v->entries[mid].row < row)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < v->n && v->entries[lo].row == row ? v->entries[lo].value : 0;
}

/* v += times * a, where rows that come in are noted. */
static bool add_times(struct work *w, uint32_t column, const struct vector *a, uint64_t times)
{
	struct vector *v = &w->vectors[column];
	uint32_t n = 0, i = 0, k = 0;

	while (i < v->n || k < a->n) {
		if (k == a->n || (i < v->n && v->entries[i].row < a->entries[k].row)) {
			w->sum[n++] = v->entries[i++];
			continue;
		}
		const bool both = i < v->n && v->entries[i].row == a->entries[k].row;
		const uint64_t value =
			((both ? v->entries[i].value : 0) + times * a->entries[k].value) %
			PRIME;

		if (!both && !add_holder(w, a->entries[k].row, column))
			return false;
		if (value)
			w->sum[n++] = (struct entry){ a->entries[k].row, (uint32_t)value };
		i += both;
		k++;
	}
	if (n > v->cap) {
		struct entry *more = realloc(v->entries, (size_t)n * 2 * sizeof(*more));

		if (!more)
			return false;
		v->entries = more;
		v->cap = n * 2;
	}
	memcpy(v->entries, w->sum, n * sizeof(*w->sum));
	v->n = n;
	return true;
}

/* The vector must never be a multiple of one that is published. */
static bool guard(struct work *w, struct vector *v)
{
	v->primary = true;
	v->hash = hash_of(w, v);
	return seen_add(w, v->hash);
}

/* Published: what it holds in its shortest row is taken out of all others. */
static bool publish(struct work *w, uint32_t column)
{
	struct vector *a = &w->vectors[column];
	uint32_t pivot = a->entries[0].row;
	uint64_t scale;

	for (uint32_t i = 1; i < a->n; i++)
		if (w->rows[a->entries[i].row].n < w->rows[pivot].n)
			pivot = a->entries[i].row;
	scale = inverse(value_at(a, pivot));
	a->active = false;
	for (uint32_t i = 0; i < w->rows[pivot].n; i++) {
		const uint32_t other = w->rows[pivot].columns[i];
		struct vector *v = &w->vectors[other];
		const uint32_t value = v->active ? value_at(v, pivot) : 0;

		if (!value)
			continue;
		if (v->primary)
			seen_remove(w, v->hash);
		if (!add_times(w, other, a, (PRIME - value) * scale % PRIME))
			return false;
		if (v->primary && !guard(w, v))
			return false;
	}
	w->rows[pivot].n = 0;
	free(a->entries);
	a->entries = NULL;
	a->n = 0;
	return true;
}

static bool begin(struct work *w, const struct elimination *e)
{
	const struct columns *c = e->columns;

	w->columns = c;
	w->vectors = calloc((size_t)c->n + 1, sizeof(*w->vectors));
	w->rows = calloc((size_t)c->n_rows + 1, sizeof(*w->rows));
	w->sum = calloc((size_t)c->n_rows + 1, sizeof(*w->sum));
	w->scaled = calloc((size_t)c->n_rows + 1, sizeof(*w->scaled));
	if (!w->vectors || !w->rows || !w->sum || !w->scaled || !seen_grow(w, 1024))
		return false;
	/* All is in *w, and end() gives it back: the analyser loses count of it in the loop. */
	for (uint32_t i = 0; i < c->n; i++)
		if (!load_vector(w, i) || (e->primary[i] && !guard(w, &w->vectors[i])))
			return false; /* NOLINT(clang-analyzer-unix.Malloc) */
	return true;
}

static void end(struct work *w)
{
	for (uint32_t i = 0; w->vectors && i < w->columns->n; i++)
		free(w->vectors[i].entries);
	for (uint32_t i = 0; w->rows && i < w->columns->n_rows; i++)
		free(w->rows[i].columns);
	free(w->vectors);
	free(w->rows);
	free(w->sum);
	free(w->scaled);
	free(w->seen);
	free(w->count);
}

static bool decide(struct work *w, const struct elimination *e, bool *hidden)
{
	for (uint32_t i = 0; e->known && i < e->columns->n; i++)
		if (e->known[i] && w->vectors[i].n && !publish(w, i))
			return false;
	for (uint32_t i = 0; i < e->n_order; i++) {
		const uint32_t column = e->order[i];
		struct vector *v = &w->vectors[column];

		if (e->primary[column] || !v->n)
			continue;
		if (w->count[slot_of(w, hash_of(w, v))]) {
			hidden[column] = true;
			v->active = false;
		} else if (!publish(w, column)) {
			return false;
		}
	}
	return true;
}

enum sluice_status eliminate(const struct elimination *e, bool *hidden, bool *impossible,
                             struct sluice_error *err)
{
	struct work w = { 0 };
	bool fits;

	w.columns = e->columns;
	memcpy(hidden, e->primary, e->columns->n * sizeof(*hidden));
	fits = begin(&w, e) && decide(&w, e, hidden);
	*impossible = false;
	for (uint32_t i = 0; fits && i < e->columns->n; i++)
		if (e->primary[i] && !w.vectors[i].n)
			*impossible = true;
	end(&w);
	return fits ? SLUICE_OK : fail_memory(err);
}
