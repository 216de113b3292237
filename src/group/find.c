#include "group/find.h"

#include "group/value.h"

#include <stdlib.h>
#include <string.h>

#define PLACE_BITS 14u /* of spellings; memory that no spelling came to is not touched */
#define TRIAL      512u
#define TRIAL_REST 8192u

_Static_assert(KERNEL_PAD <= BUF_PAD, "fields are loaded as a whole");

static size_t spelling_bytes(const struct group_spec *spec)
{
	return (size_t)spec->n_keys * FIND_FIELD;
}

enum sluice_status finder_init(struct finder *f, const struct group_spec *spec,
                               const struct kernels *kernels, struct group_table *table,
                               struct sluice_error *err)
{
	const bool few = spec->n_keys <= FIND_KEYS;

	*f = (struct finder){ .spec = spec,
		              .kernels = kernels,
		              .table = table,
		              .n_places = few ? 1u << PLACE_BITS : 0,
		              .stride = 1 + spec->n_totals };
	f->begins = calloc((size_t)spec->n_keys + 1, sizeof(*f->begins));
	f->groups = calloc((size_t)(f->n_places + 1) * f->stride, sizeof(struct group *));
	if (!f->begins || !f->groups)
		return fail_memory(err);
	if (!few)
		return SLUICE_OK;
	f->spelt.n_keys = spec->n_keys;
	f->spelt.shift = 64 - PLACE_BITS;
	for (uint32_t i = 0; i < spec->n_keys; i++)
		f->spelt.cols[i] = spec->keys[i].col;
	f->room = calloc(f->n_places * spelling_bytes(spec) + FIND_FIELD, 1);
	if (!f->room)
		return fail_memory(err);
	f->spelt.kept = (uint8_t *)f->room + -(uintptr_t)f->room % FIND_FIELD;
	finder_forget(f);
	return SLUICE_OK;
}

static uint8_t *spelling_at(const struct finder *f, uint32_t place)
{
	const size_t begin = (size_t)(f->spelt.kept - (const uint8_t *)f->room);

	return (uint8_t *)f->room + begin + place * spelling_bytes(f->spec);
}

/*
 * Zeros are how empty fields are spelt, and they are looked for in the first two places only: these
 * get a byte that no spelling has.  So memory that no spelling came to is never touched.
 */
static void empty_place(struct finder *f, uint32_t place)
{
	memset(spelling_at(f, place), 0, spelling_bytes(f->spec));
	if (place < 2)
		spelling_at(f, place)[FIND_FIELD - 1] = 1;
	f->groups[(size_t)place * f->stride] = NULL;
}

void finder_forget(struct finder *f)
{
	for (uint32_t i = 0; i < f->n_places; i++)
		if (i < 2 || f->groups[(size_t)i * f->stride])
			empty_place(f, i);
}

uint64_t finder_bytes(const struct group_spec *spec)
{
	const uint64_t groups = (1 + (uint64_t)spec->n_totals) * sizeof(struct group *);

	return spec->n_keys <= FIND_KEYS ? (spelling_bytes(spec) + groups) << PLACE_BITS : 0;
}

void finder_free(struct finder *f)
{
	free(f->room);
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
	if (k->bins && !dialect_missing(f->spec->dialect, text.text, text.len)) {
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

/* The one of two places that is free, or the one whose turn it is; it is emptied. */
static uint32_t choose_place(struct finder *f, uint32_t place)
{
	if (f->groups[(size_t)place * f->stride] && (f->turn = !f->turn))
		place ^= 1;
	empty_place(f, place);
	return place;
}

static void keep_spelling(struct finder *f, const struct batch *b, uint32_t row, uint32_t place)
{
	uint8_t *at = spelling_at(f, place);

	memset(at, 0, FIND_FIELD); /* the rest is zeros since it was emptied */
	for (uint32_t i = 0; i < f->spec->n_keys; i++, at += FIND_FIELD) {
		const struct field raw = batch_field(b, row, f->spelt.cols[i]);

		memcpy(at, raw.text, raw.len);
	}
}

/* Those that come first among the rows from..: how many, and the place of the next one's spelling. */
static uint32_t find_spelt(struct finder *f, const struct batch *b, uint32_t from,
                           uint32_t *place)
{
	const uint32_t left = b->n_rows - from;
	const uint32_t n = left < FINDER_RUN ? left : FINDER_RUN;
	uint32_t found;

	f->spelt.text = b->text;
	f->spelt.ends = b->rows ? b->ends : b->ends + (size_t)from * b->n_cols;
	f->spelt.rows = b->rows ? b->rows + from : NULL;
	f->spelt.n_cols = b->n_cols;
	f->spelt.cr = b->cr;
	found = f->kernels->find(&f->spelt, n, f->place);
	*place = found < n ? f->place[found] : FIND_NONE;
	return found;
}

/* Where nearly every row has a key of its own, looking for spellings is only sometimes tried. */
static void judge_spellings(struct finder *f, uint32_t found, bool missed)
{
	f->tried += found + missed;
	f->missed += missed;
	if (f->tried < TRIAL)
		return;
	if (f->missed > f->tried / 4 * 3)
		f->skip = TRIAL_REST;
	f->tried = f->missed = 0;
}

enum sluice_status finder_find(struct finder *f, const struct batch *b, uint32_t from,
                               uint32_t *n, struct sluice_error *err)
{
	const uint32_t row = batch_row(b, from);
	uint32_t place = FIND_NONE;

	*n = 0;
	if (f->skip) {
		f->skip--;
	} else if (f->room) {
		*n = find_spelt(f, b, from, &place);
		judge_spellings(f, *n, *n == 0);
	}
	if (*n)
		return SLUICE_OK;
	*n = 1;
	f->place[0] = place == FIND_NONE ? f->n_places : choose_place(f, place);
	TRY(find_all(f, b, row, finder_groups(f, 0), err));
	if (place != FIND_NONE)
		keep_spelling(f, b, row, f->place[0]);
	return SLUICE_OK;
}
