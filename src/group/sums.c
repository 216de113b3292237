#include "group/sums.h"

#include "group/value.h"

#include <stdlib.h>

/* ---- life ------------------------------------------------------------------------------- */

static bool goes_on(const struct fold_run *r, const struct group_value *v)
{
	return r->n < FOLD_WIDE && v->col == r->col + r->n && v->word == r->word + r->n;
}

enum sluice_status sums_init(struct fold *f, struct sluice_error *err)
{
	const struct group_spec *s = f->spec;
	struct fold_run *r = NULL;
	bool decimal = false;

	f->runs = calloc(FOLD_RUNS, sizeof(*f->runs));
	if (!f->runs)
		return fail_memory(err);
	for (uint32_t i = 0; i < s->n_values; i++) {
		const struct group_value *v = &s->values[i];

		if (r && f->n_runs == FOLD_RUNS) { /* all that are left */
			f->slow |= UINT64_C(1) << (FOLD_RUNS - 1);
		} else if (!r || decimal || v->decimal || !goes_on(r, v)) {
			r = &f->runs[f->n_runs++];
			*r = (struct fold_run){ .first = i, .col = v->col, .word = v->word };
			f->slow |= (uint64_t)v->decimal << (f->n_runs - 1);
		}
		decimal = v->decimal;
		r->n++;
	}
	return SLUICE_OK;
}

/* ---- one digit each ----------------------------------------------------------------------- */

/*
 * Most values are 0 and 1: a digit, added as it is.  (A sum that has reached its limit stays
 * above it; only many more digits than there are bytes would overflow it.)
 *
 * The n fields and what ends them are 2 * n bytes.  When every other one of them, from the first
 * on, is a digit, the n - 1 delimiters (which digits are not) can only be those between: each field is a digit.
 */
static inline __attribute__((always_inline)) bool run_digits(struct fold *f,
                                                             const struct batch *b,
                                                             uint32_t from, uint32_t n_rows,
                                                             const struct fold_run *r,
                                                             uint32_t n, uint64_t bit)
{
	const uint32_t *ends = b->ends + (int64_t)r->col - 1;
	bool odd = false;

	for (uint32_t i = 0; i < n_rows; i++) {
		const uint32_t *end = ends + (size_t)batch_row(b, from + i) * b->n_cols;
		const uint32_t begin = end[0] + 1;
		const uint8_t *text = b->text + begin;
		uint64_t *words = f->words[i] + r->word;
		uint32_t digits[FOLD_WIDE], over = 0;

#pragma GCC unroll 8
		for (uint32_t k = 0; k < n; k++) {
			digits[k] =
				text[(size_t)2 * k] ^ (uint32_t)'0'; /* 10 and more: was none */
			over |= digits[k] + 6;
		}
		if (over > 15 || end[n] - begin != 2 * n - 1) {
			f->odd[i] |= bit;
			odd = true;
			continue;
		}
#pragma GCC unroll 8
		for (uint32_t k = 0; k < n; k++)
			words[k] += digits[k];
	}
	return odd;
}

static bool fold_run(struct fold *f, const struct batch *b, uint32_t from, uint32_t n,
                     const struct fold_run *r, uint64_t bit)
{
	switch (r->n) {
	case 1: return run_digits(f, b, from, n, r, 1, bit);
	case 2: return run_digits(f, b, from, n, r, 2, bit);
	case 3: return run_digits(f, b, from, n, r, 3, bit);
	case 4: return run_digits(f, b, from, n, r, 4, bit);
	case 5: return run_digits(f, b, from, n, r, 5, bit);
	case 6: return run_digits(f, b, from, n, r, 6, bit);
	case 7: return run_digits(f, b, from, n, r, 7, bit);
	default: return run_digits(f, b, from, n, r, FOLD_WIDE, bit);
	}
}

bool sums_digits(struct fold *f, const struct batch *b, uint32_t from, uint32_t n)
{
	bool odd = f->slow;

	for (uint32_t i = 0; f->n_runs && i < n; i++)
		f->odd[i] = f->slow;
	for (uint32_t r = 0; r < f->n_runs; r++)
		if (!(f->slow >> r & 1))
			odd |= fold_run(f, b, from, n, &f->runs[r], UINT64_C(1) << r);
	return odd;
}

/* ---- others ------------------------------------------------------------------------------- */

static enum sluice_status refuse_value(const struct batch *b, uint32_t row,
                                       const struct group_value *v, uint32_t len,
                                       struct sluice_error *err)
{
	return fail_at(err, SLUICE_E_DATA, batch_line(b, row, v->col), v->col + 1,
	               "not a %s: %u byte%s (column '%s')",
	               v->decimal ? "number of up to 15 digits and 9 decimals (of T and F take "
	                            "sums, and their ratio)"
	                          : "plain whole number, nor T or F",
	               len, len == 1 ? "" : "s", v->name);
}

/* A value that is more than one digit: false = it is missing. */
static enum sluice_status read_value(struct fold *f, const struct group_value *v,
                                     const struct batch *b, uint32_t row, uint64_t parts[2],
                                     bool *there, struct sluice_error *err)
{
	const struct field raw = batch_field(b, row, v->col);
	bool ok;
	const struct field text = batch_unquote(raw, &f->tmp, &ok);
	enum value_what what;
	int64_t count = 0;

	if (!ok)
		return fail_memory(err);
	if (b->cut && row + 1 == b->n_scanned && v->col + 1 == b->n_cols && !raw.len)
		return fail_at(err, SLUICE_E_DATA, batch_line(b, row, v->col), v->col + 1,
		               "an empty last field without a line end: the file may have been "
		               "cut (column '%s')",
		               v->name);
	if (v->decimal) {
		what = value_decimal(text.text, text.len, f->spec->dialect, &parts[0],
		                     &parts[1]);
	} else {
		what = value_count(text.text, text.len, f->spec->dialect, &count);
		parts[0] = (uint64_t)count;
	}
	*there = what == VALUE_IS_NUMBER;
	return what == VALUE_IS_BAD ? refuse_value(b, row, v, raw.len, err) : SLUICE_OK;
}

static void add_sum(uint64_t *word, uint64_t value)
{
	const uint64_t sum = *word + value;

	*word = sum < GROUP_LIMIT ? sum : GROUP_LIMIT;
}

static void add_mean(uint64_t *words, const uint64_t parts[2])
{
	words[0] += parts[0];
	words[1] += parts[1] + (words[0] < parts[0]);
	words[2]++;
}

static enum sluice_status other_value(struct fold *f, uint32_t i, const struct batch *b,
                                      uint32_t row, struct group **groups,
                                      struct sluice_error *err)
{
	const struct group_value *v = &f->spec->values[i];
	uint64_t parts[2] = { 0, 0 };
	bool there = false;

	TRY(read_value(f, v, b, row, parts, &there, err));
	if (!there) {
		f->missing[i]++;
		return SLUICE_OK;
	}
	for (uint32_t t = 0; t <= f->spec->n_totals; t++) {
		if (v->decimal)
			add_mean(groups[t]->words + v->word, parts);
		else
			add_sum(groups[t]->words + v->word, parts[0]);
	}
	return SLUICE_OK;
}

/* A run's values, of which most may be digits even so. */
static enum sluice_status other_run(struct fold *f, const struct fold_run *r,
                                    const struct batch *b, uint32_t row, struct group **groups,
                                    struct sluice_error *err)
{
	const struct group_spec *s = f->spec;
	const uint32_t *ends = b->ends + (size_t)row * b->n_cols;

	for (uint32_t i = r->first; i < r->first + r->n; i++) {
		const struct group_value *v = &s->values[i];
		const uint32_t begin = ends[(int64_t)v->col - 1] + 1;
		const unsigned digit = b->text[begin] - (unsigned)'0';

		if (ends[v->col] - begin != 1 || digit > 9 || v->decimal || s->n_totals)
			TRY(other_value(f, i, b, row, groups, err));
		else
			groups[0]->words[v->word] += digit;
	}
	return SLUICE_OK;
}

enum sluice_status sums_others(struct fold *f, const struct batch *b, uint32_t row,
                               struct group **groups, uint64_t runs, struct sluice_error *err)
{
	for (; runs; runs &= runs - 1)
		TRY(other_run(f, &f->runs[__builtin_ctzll(runs)], b, row, groups, err));
	return SLUICE_OK;
}

enum sluice_status sums_value(struct fold *f, uint32_t i, const struct batch *b, uint32_t row,
                              uint64_t *value, bool *there, struct sluice_error *err)
{
	uint64_t parts[2] = { 0, 0 };

	TRY(read_value(f, &f->spec->values[i], b, row, parts, there, err));
	*value = parts[0];
	return SLUICE_OK;
}
