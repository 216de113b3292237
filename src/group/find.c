#include "group/find.h"

#include "group/value.h"

#include <stdlib.h>
#include <string.h>

#define SPELLING_FIELD 32u /* so are those with a longer field              */
#define SPELLINGS      2048u

struct spelling {
	bool used;
	uint8_t bytes[SPELLING_KEYS][SPELLING_FIELD]; /* the raw fields, zeros after them */
};

_Static_assert(SPELLING_FIELD <= BUF_PAD, "fields are loaded as a whole");

enum sluice_status finder_init(struct finder *f, const struct group_spec *spec,
                               struct group_table *table, struct sluice_error *err)
{
	const size_t n = spec->n_keys <= SPELLING_KEYS ? SPELLINGS : 0;

	*f = (struct finder){ .spec = spec, .table = table, .stride = 1 + spec->n_totals };
	for (uint32_t i = 0; n && i < spec->n_keys; i++)
		f->cols[i] = spec->keys[i].col;
	f->begins = calloc((size_t)spec->n_keys + 1, sizeof(*f->begins));
	f->groups = calloc((n + 1) * (1 + spec->n_totals), sizeof(struct group *));
	f->spellings = n ? calloc(n, sizeof(*f->spellings)) : NULL;
	return f->begins && f->groups && (f->spellings || !n) ? SLUICE_OK : fail_memory(err);
}

void finder_forget(struct finder *f)
{
	for (uint32_t i = 0; f->spellings && i < SPELLINGS; i++)
		f->spellings[i].used = false;
}

uint64_t finder_bytes(const struct group_spec *spec)
{
	return SPELLINGS *
	       (sizeof(struct spelling) + (1 + spec->n_totals) * sizeof(struct group *));
}

void finder_free(struct finder *f)
{
	free(f->spellings);
	free(f->groups);
	free(f->begins);
	buf_free(&f->key);
	buf_free(&f->total);
	buf_free(&f->tmp);
}

/* ---- through the table ----------------------------------------------------------------- */

static enum sluice_status refuse_key(const struct batch *b, uint32_t row,
                                     const struct group_key *k, const char *why,
                                     struct sluice_error *err)
{
	return fail_at(err, SLUICE_E_DATA, batch_line(b, row, k->col), k->col + 1,
	               "%s (column '%s')", why, k->name);
}

/* The field as it stands in a key: unquoted, banded. */
static enum sluice_status add_field(struct finder *f, const struct batch *b, uint32_t row,
                                    const struct group_key *k, struct sluice_error *err)
{
	static const char *const faults[] = {
		[BINS_NO_NUMBER] = "not a whole number, which its bins need",
		[BINS_NO_DATE] = "not a date like 2024-03-31, which its bins need",
		[BINS_BELOW] = "a number below the first of the bins",
	};
	uint8_t band[BINS_TEXT];
	bool ok;
	struct field text = batch_unquote(batch_field(b, row, k->col), &f->tmp, &ok);

	if (!ok)
		return fail_memory(err);
	if (k->bins && !value_missing(text.text, text.len, f->spec->dialect)) {
		const enum bins_fault fault =
			bins_find(k->bins, text.text, text.len, band, &text.len);

		if (fault != BINS_FINE)
			return refuse_key(b, row, k, faults[fault], err);
		text.text = band;
	}
	if (k->totals && text.len == strlen(TOTAL_LABEL) &&
	    !memcmp(text.text, TOTAL_LABEL, text.len))
		return refuse_key(b, row, k,
		                  "the word that stands for totals of this column is "
		                  "one of its values: rename it",
		                  err);
	if (f->key.len + text.len > KEY_LIMIT - f->spec->n_keys)
		return refuse_key(b, row, k, "what the row is grouped by is over 64 KiB", err);
	return buf_add(&f->key, text.text, text.len, err);
}

/* The key with the fields of 'totals' replaced. */
static enum sluice_status find_total(struct finder *f, uint64_t totals, struct group **group,
                                     struct sluice_error *err)
{
	const uint32_t n = f->spec->n_keys;

	f->total.len = 0;
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t mark = KEY_TOTAL;
		/* a field and the NUL after it */
		const uint32_t begin = f->begins[i], end = f->begins[i + 1];

		if (totals >> i & 1) {
			TRY(buf_add(&f->total, &mark, 1, err));
			TRY(buf_add(&f->total, "", i + 1 < n, err));
		} else {
			TRY(buf_add(&f->total, f->key.data + begin, end - begin, err));
		}
	}
	return group_find(f->table, f->total.data, (uint32_t)f->total.len, group, err);
}

static enum sluice_status find_all(struct finder *f, const struct batch *b, uint32_t row,
                                   struct group **groups, struct sluice_error *err)
{
	const struct group_spec *s = f->spec;

	f->key.len = 0;
	for (uint32_t i = 0; i < s->n_keys; i++) {
		f->begins[i] = (uint32_t)f->key.len;
		TRY(add_field(f, b, row, &s->keys[i], err));
		if (i + 1 < s->n_keys)
			TRY(buf_add(&f->key, "", 1, err));
	}
	f->begins[s->n_keys] = (uint32_t)f->key.len;
	TRY(buf_reserve(&f->key, 1, err)); /* that of one empty field is not NULL */
	TRY(group_find(f->table, f->key.data, (uint32_t)f->key.len, &groups[0], err));
	for (uint32_t t = 0; t < s->n_totals; t++)
		TRY(find_total(f, s->totals[t], &groups[1 + t], err));
	return SLUICE_OK;
}

/* ---- through the spellings ---------------------------------------------------------------- */

/*
 * Sixteen bytes at once, as this compiler's vectors (on any machine): a field's bytes are
 * masked and compared without a loop over them.
 */
typedef uint64_t bytes16 __attribute__((vector_size(16)));

/* At ramp + SPELLING_FIELD - n: n bytes of ones, then zeros. */
static const uint8_t ramp[2 * SPELLING_FIELD] = {
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};

static inline bytes16 load16(const uint8_t *p)
{
	bytes16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The row's raw fields that it is grouped by. */
struct fields {
	const uint8_t *text[SPELLING_KEYS];
	uint32_t len[SPELLING_KEYS];
};

static inline void take_fields(const struct finder *f, const struct batch *b, uint32_t row,
                               struct fields *fields)
{
	const uint32_t *ends = b->ends + (size_t)row * b->n_cols;

	for (uint32_t i = 0; i < f->spec->n_keys; i++) {
		const uint32_t *end = ends + f->cols[i];

		fields->text[i] = b->text + (uint32_t)(end[-1] + 1); /* -1 before the first */
		fields->len[i] = end[0] - end[-1] - 1;
	}
	if (!b->cr)
		return;
	for (uint32_t i = 0; i < f->spec->n_keys; i++)
		fields->len[i] = batch_field(b, row, f->cols[i]).len;
}

/* The place where the spelling may be: from the first and last eight bytes of each field. */
static inline uint32_t spelling_place(const struct fields *fields, uint32_t n)
{
	const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
	uint64_t h = 0;

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t len = fields->len[i], part = len < 8 ? len : 8;
		uint64_t first, last, ones;

		memcpy(&ones, ramp + SPELLING_FIELD - part, 8);
		memcpy(&first, fields->text[i], 8);
		memcpy(&last, fields->text[i] + (len - part), 8);
		h = (h ^ (first & ones)) * odd;
		h = (h << 32 | h >> 32) ^ ((last & ones) + len);
	}
	return (uint32_t)(h * odd >> 40) % SPELLINGS;
}

/* Whether the fields are spelt so. */
static inline bool same_spelling(const struct finder *f, const struct spelling *s,
                                 const struct fields *fields, uint32_t n)
{
	bytes16 differ = { 0 };
	uint32_t long_len = 0, wide_len = 0;

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t len = fields->len[i];
		const uint8_t *mask =
			ramp + SPELLING_FIELD - (len < SPELLING_FIELD ? len : SPELLING_FIELD);
		const uint8_t *text = fields->text[i], *at = s->bytes[i];

		differ |= (load16(text) & load16(mask)) ^ load16(at);
		if (f->wide >> i & 1) {
			differ |= (load16(text + 16) & load16(mask + 16)) ^ load16(at + 16);
			wide_len |= len;
		} else {
			long_len |= len;
		}
	}
	/* Lengths up to 15 and 31: one bit too strict, and a test for all. */
	return s->used & !(differ[0] | differ[1]) & (long_len < 16) & (wide_len < 32);
}

/* Keep the row's spelling; false when a field is too long. */
static bool keep_spelling(struct finder *f, struct spelling *s, const struct fields *fields)
{
	memset(s->bytes, 0, sizeof(s->bytes));
	for (uint32_t i = 0; i < f->spec->n_keys; i++) {
		if (fields->len[i] >= SPELLING_FIELD)
			return false;
		memcpy(s->bytes[i], fields->text[i], fields->len[i]);
		if (fields->len[i] >
		    15) /* from now on its column's second halves are compared */
			f->wide |= 1u << i;
	}
	return true;
}

enum sluice_status finder_find(struct finder *f, const struct batch *b, uint32_t row,
                               struct group ***groups, struct sluice_error *err)
{
	struct fields fields;
	struct spelling *s;
	uint32_t place;

	if (!f->spellings) {
		*groups = f->groups;
		return find_all(f, b, row, *groups, err);
	}
	take_fields(f, b, row, &fields);
	place = spelling_place(&fields, f->spec->n_keys);
	/* Two that share a place would drive each other out: there is a second beside it. */
	for (uint32_t way = 0; way < 2; way++) {
		s = &f->spellings[place ^ way];
		*groups = f->groups + (size_t)(place ^ way) * f->stride;
		if (same_spelling(f, s, &fields, f->spec->n_keys))
			return SLUICE_OK;
	}
	if (!f->spellings[place].used || (f->turn = !f->turn)) {
		s = &f->spellings[place];
		*groups = f->groups + (size_t)place * f->stride;
	}
	s->used = false;
	TRY(find_all(f, b, row, *groups, err));
	s->used = keep_spelling(f, s, &fields);
	return SLUICE_OK;
}
