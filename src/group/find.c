#include "group/find.h"

#include "group/value.h"

#include <stdlib.h>
#include <string.h>

#define SPELLING_KEYS  6u  /* keys of more fields are looked up one by one */
#define SPELLING_FIELD 32u /* so are those with a longer field              */
#define SPELLINGS      2048u
#define FIELD_WORDS    (SPELLING_FIELD / 8)

struct spelling {
	uint64_t words[SPELLING_KEYS *
	               FIELD_WORDS]; /* the first n_keys * FIELD_WORDS are used */
	bool used;
};

_Static_assert(SPELLING_FIELD <= BUF_PAD, "fields are loaded as a whole");

enum sluice_status finder_init(struct finder *f, const struct group_spec *spec,
                               struct group_table *table, struct sluice_error *err)
{
	const size_t n = spec->n_keys <= SPELLING_KEYS ? SPELLINGS : 0;

	*f = (struct finder){ .spec = spec, .table = table };
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

/* At ramp + SPELLING_FIELD - n: n bytes of ones, then zeros. */
static const uint8_t ramp[2 * SPELLING_FIELD] = {
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};

/* The row's fields as words, and their hash; false when one is too long. */
static inline bool spell(const struct finder *f, const struct batch *b, uint32_t row,
                         uint64_t *words, uint64_t *hash)
{
	static const uint64_t odd[FIELD_WORDS] = {
		UINT64_C(0x9E3779B97F4A7C15),
		UINT64_C(0xC2B2AE3D27D4EB4F),
		UINT64_C(0x165667B19E3779F9),
		UINT64_C(0x27D4EB2F165667C5),
	};
	uint64_t h = 0;

	for (uint32_t i = 0; i < f->spec->n_keys; i++, words += FIELD_WORDS) {
		const struct field raw = batch_field(b, row, f->spec->keys[i].col);
		uint64_t mask[FIELD_WORDS];

		if (raw.len > SPELLING_FIELD)
			return false;
		memcpy(words, raw.text, SPELLING_FIELD);
		memcpy(mask, ramp + SPELLING_FIELD - raw.len, SPELLING_FIELD);
		for (uint32_t w = 0; w < FIELD_WORDS; w++) {
			words[w] &= mask[w];
			h += words[w] * odd[w];
		}
		h = (h ^ h >> 29) * UINT64_C(0x9FB21C651E98DF25);
	}
	*hash = h >> 40;
	return true;
}

static inline bool same_words(const uint64_t *a, const uint64_t *b, uint32_t n)
{
	uint64_t differ = 0;

	for (uint32_t i = 0; i < n; i++)
		differ |= a[i] ^ b[i];
	return !differ;
}

enum sluice_status finder_find(struct finder *f, const struct batch *b, uint32_t row,
                               struct group ***groups, struct sluice_error *err)
{
	const uint32_t n_words = f->spec->n_keys * FIELD_WORDS;
	uint64_t words[SPELLING_KEYS * FIELD_WORDS], hash;
	struct spelling *s;

	if (!f->spellings || !spell(f, b, row, words, &hash)) {
		*groups = f->groups + (f->spellings ? SPELLINGS : 0) * (1 + f->spec->n_totals);
		return find_all(f, b, row, *groups, err);
	}
	s = &f->spellings[hash % SPELLINGS];
	*groups = f->groups + (hash % SPELLINGS) * (1 + f->spec->n_totals);
	if (s->used && same_words(s->words, words, n_words))
		return SLUICE_OK;
	s->used = false;
	TRY(find_all(f, b, row, *groups, err));
	memcpy(s->words, words, n_words * sizeof(*words));
	s->used = true;
	return SLUICE_OK;
}
