#include "group/ptable.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

__extension__ typedef unsigned __int128 uwide;

#define COLUMNS    16u                              /* that are looked at                   */
#define FRACTIONS  (UINT64_C(1) << 32)              /* keys of a table that has none        */
#define ONS_CYCLE  750u                             /* this long, an ONS table is read in   */
#define ONS_AGAIN  250u                             /* turns of so many beyond its end      */
#define COUNT_MOST 10000000u                        /* counts that have rows of their own   */
#define NEARLY_ALL (FRACTIONS - FRACTIONS / 100000) /* a last end that was rounded */

/* The text as it is read. */
struct reading {
	struct ptable *t;
	const char *name;
	const uint8_t *at, *end;
	uint64_t line;
	uint8_t delimiter;
	bool ons;
	int count, key, noise;     /* which columns */
	struct ptable_step before; /* of the row at hand; valid once there is one */
	bool any;
	struct sluice_error *err;
};

/* ---- fields --------------------------------------------------------------------------- */

struct text {
	const uint8_t *at;
	size_t len;
};

PRINTF_LIKE(2, 3)
static enum sluice_status refuse(const struct reading *r, const char *fmt, ...)
{
	char text[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fail_at(r->err, SLUICE_E_DATA, r->line, 0, "%s", text);
	fail_source(r->err, r->name);
	return SLUICE_E_DATA;
}

/* The next line's fields, quotes around them gone; 0 = there are no more lines. */
static uint32_t next_line(struct reading *r, struct text fields[COLUMNS])
{
	const uint8_t *stop;
	uint32_t n = 0;

	if (r->at == r->end)
		return 0;
	stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
	stop = stop ? stop : r->end;
	r->line++;
	for (const uint8_t *at = r->at; n < COLUMNS;) {
		const uint8_t *next = memchr(at, r->delimiter, (size_t)(stop - at));
		struct text f = { at, (size_t)((next ? next : stop) - at) };

		while (f.len && (f.at[f.len - 1] == '\r' || f.at[f.len - 1] == ' '))
			f.len--;
		for (; f.len && *f.at == ' '; f.at++)
			f.len--;
		if (f.len > 1 && *f.at == '"' && f.at[f.len - 1] == '"')
			f = (struct text){ f.at + 1, f.len - 2 };
		fields[n++] = f;
		if (!next)
			break;
		at = next + 1;
	}
	r->at = stop < r->end ? stop + 1 : stop;
	return n;
}

static bool get_whole(struct text f, uint64_t most, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < f.len; i++) {
		if (f.at[i] < '0' || f.at[i] > '9' || *value > most)
			return false;
		*value = *value * 10 + (uint64_t)(f.at[i] - '0');
	}
	return f.len && *value <= most;
}

static bool get_noise(struct text f, int32_t *value)
{
	const bool minus = f.len && *f.at == '-';
	uint64_t size;

	if (!get_whole((struct text){ f.at + minus, f.len - minus }, PTABLE_NOISE, &size))
		return false;
	*value = minus ? -(int32_t)size : (int32_t)size;
	return true;
}

/* "-05" of "1e-05": decimals that the point moves left. */
static bool get_exponent(struct text f, uint64_t *left)
{
	return f.len > 1 && *f.at == '-' &&
	       get_whole((struct text){ f.at + 1, f.len - 1 }, 18, left);
}

/* A fraction from 0 to 1, as many of FRACTIONS as are whole in it: exactly. */
static bool get_fraction(struct text f, uint64_t *parts)
{
	uint64_t digits = 0, decimals = 0, left = 0;
	uwide scale = 1;
	bool point = false, any = false;

	for (size_t i = 0; i < f.len; i++) {
		const uint8_t c = f.at[i];

		if (c == '.' && !point) {
			point = true;
		} else if (c >= '0' && c <= '9' && decimals < 18 && digits < UINT64_MAX / 100) {
			digits = digits * 10 + (uint64_t)(c - '0');
			decimals += point;
			any = true;
		} else if (c >= '0' && c <= '9' && decimals == 18) {
			; /* below all that counts */
		} else if ((c == 'e' || c == 'E') &&
		           get_exponent((struct text){ f.at + i + 1, f.len - i - 1 }, &left)) {
			break;
		} else {
			return false;
		}
	}
	for (uint64_t i = 0; i < decimals + left; i++)
		scale *= 10;
	*parts = (uint64_t)((uwide)digits * FRACTIONS / scale);
	return any && (uwide)digits <= scale;
}

/* ---- the header ------------------------------------------------------------------------- */

static int find_column(const struct text *fields, uint32_t n, const char *a, const char *b)
{
	for (uint32_t i = 0; i < n; i++)
		if ((fields[i].len == strlen(a) &&
		     !strncasecmp((const char *)fields[i].at, a, fields[i].len)) ||
		    (fields[i].len == strlen(b) &&
		     !strncasecmp((const char *)fields[i].at, b, fields[i].len)))
			return (int)i;
	return -1;
}

static enum sluice_status read_names(struct reading *r)
{
	const uint8_t *stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
	struct text fields[COLUMNS];
	uint32_t n;

	stop = stop ? stop : r->end;
	r->delimiter = memchr(r->at, ';', (size_t)(stop - r->at)) ? ';' : ',';
	n = next_line(r, fields);
	r->count = find_column(fields, n, "pcv", "pcv");
	r->ons = r->count >= 0;
	if (r->ons) {
		r->key = find_column(fields, n, "ckey", "ckey");
		r->noise = find_column(fields, n, "pvalue", "pvalue");
	} else {
		r->count = find_column(fields, n, "i", "i");
		r->key = find_column(fields, n, "p_int_ub", "ub");
		r->noise = find_column(fields, n, "v", "v");
	}
	if (r->count < 0 || r->key < 0 || r->noise < 0)
		return refuse(r,
		              "is no perturbation table: its columns are neither pcv, ckey and "
		              "pvalue nor i, v and p_int_ub (or ub)");
	return SLUICE_OK;
}

/* ---- rows ------------------------------------------------------------------------------- */

static enum sluice_status add_step(struct reading *r, struct ptable_step step)
{
	struct ptable *t = r->t;

	/* Room in powers of two; steps that say the same become one. */
	if (t->n_steps > t->rows[t->n - 1] && t->steps[t->n_steps - 1].noise == step.noise) {
		t->steps[t->n_steps - 1] = step;
		return SLUICE_OK;
	}
	if (!(t->n_steps & (t->n_steps - 1))) {
		const size_t cap = t->n_steps ? 2 * (size_t)t->n_steps : 1;
		struct ptable_step *steps = realloc(t->steps, cap * sizeof(*steps));

		if (!steps)
			return fail_memory(r->err);
		t->steps = steps;
	}
	t->steps[t->n_steps++] = step;
	return SLUICE_OK;
}

/* The count before is complete. */
static enum sluice_status end_count(struct reading *r)
{
	struct ptable *t = r->t;

	if (!t->n)
		return SLUICE_OK;
	if (!r->ons && r->before.last < NEARLY_ALL - 1)
		return refuse(r, "the intervals of the count before don't come to 1");
	if (!r->ons)
		t->steps[t->n_steps - 1].last = UINT32_MAX;
	if (r->ons && t->n == 1)
		t->modulus = (uint64_t)r->before.last + 1;
	if (r->ons && r->before.last != t->modulus - 1)
		return refuse(r, "the count before has other cell keys than the first");
	return SLUICE_OK;
}

static enum sluice_status begin_count(struct reading *r, uint64_t count)
{
	struct ptable *t = r->t;
	uint32_t *rows;

	TRY(end_count(r));
	if (!t->n && count > 1)
		return refuse(r, "the first count is neither 0 nor 1");
	if (t->n && count != t->first + t->n)
		return refuse(r, "counts must come one after the other");
	if (!t->n)
		t->first = count;
	if (!(t->n & (t->n + 1))) { /* 0, 1, 3, 7, ...: room for as many again, and the end */
		rows = realloc(t->rows, (2 * t->n + 2) * sizeof(*rows));
		if (!rows)
			return fail_memory(r->err);
		t->rows = rows;
	}
	t->rows[t->n++] = t->n_steps;
	r->any = false;
	return SLUICE_OK;
}

/* The last cell key that a line speaks of. */
static enum sluice_status read_key(struct reading *r, struct text f, uint32_t *last)
{
	uint64_t key;

	if (r->ons) {
		if (!get_whole(f, UINT32_MAX, &key))
			return refuse(r, "a cell key is a whole number");
		if (key != (r->any ? (uint64_t)r->before.last + 1 : 0))
			return refuse(r, "cell keys must come one after the other, from 0");
	} else {
		if (!get_fraction(f, &key))
			return refuse(r, "the end of an interval is a number from 0 to 1");
		key -= key == FRACTIONS; /* u is below 1 */
		if (r->any && key < r->before.last)
			return refuse(r, "the intervals of a count must ascend");
	}
	*last = (uint32_t)key;
	return SLUICE_OK;
}

static enum sluice_status read_row(struct reading *r, const struct text *fields)
{
	struct ptable_step step = { 0 };
	uint64_t count;

	if (!get_whole(fields[r->count], COUNT_MOST, &count))
		return refuse(r, "a count is a whole number of up to %u", COUNT_MOST);
	if (!r->t->n || count != r->t->first + r->t->n - 1)
		TRY(begin_count(r, count));
	if (!get_noise(fields[r->noise], &step.noise))
		return refuse(r, "noise is a whole number of up to %d", PTABLE_NOISE);
	if (step.noise < 0 && count < (uint64_t)-step.noise)
		return refuse(r, "the noise makes a count less than 0");
	if (!count && step.noise)
		return refuse(r, "a count of 0 gets noise: where nobody is, nobody may appear");
	TRY(read_key(r, fields[r->key], &step.last));
	TRY(add_step(r, step));
	r->before = step;
	r->any = true;
	return SLUICE_OK;
}

static enum sluice_status finish(struct reading *r)
{
	struct ptable *t = r->t;
	bool noisy = false;

	TRY(end_count(r));
	for (uint32_t i = 0; i < t->n_steps; i++)
		noisy = noisy || t->steps[i].noise;
	if (!noisy)
		return refuse(r, "no count gets noise by this table");
	t->rows[t->n] = t->n_steps;
	t->again = r->ons && t->first + t->n - 1 == ONS_CYCLE ? ONS_AGAIN : 1;
	return SLUICE_OK;
}

enum sluice_status ptable_read(struct ptable *t, const char *name, const uint8_t *text,
                               size_t len, struct sluice_error *err)
{
	struct reading r = { .t = t, .name = name, .at = text, .end = text + len, .err = err };
	struct text fields[COLUMNS];
	uint32_t n;

	*t = (struct ptable){ .modulus = FRACTIONS };
	if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
		r.at += 3;
	TRY(read_names(&r));
	while ((n = next_line(&r, fields))) {
		if (n == 1 && !fields[0].len)
			continue;
		if ((int)n <= r.count || (int)n <= r.key || (int)n <= r.noise)
			return refuse(&r, "fields are missing");
		TRY(read_row(&r, fields));
	}
	return finish(&r);
}

/* ---- use ---------------------------------------------------------------------------------- */

int64_t ptable_noise(const struct ptable *t, uint64_t count, uint64_t cell_key)
{
	const uint64_t end = t->first + t->n;
	uint32_t low, high;

	if (!count)
		return 0;
	if (count >= end) /* ONS: 751 is as 501, ... */
		count = (count - end) % t->again + end - t->again;
	low = t->rows[count - t->first];
	high = t->rows[count - t->first + 1] - 1;
	while (low < high) { /* the first step that reaches the key; the last one does */
		const uint32_t middle = low + (high - low) / 2;

		if (t->steps[middle].last < cell_key)
			low = middle + 1;
		else
			high = middle;
	}
	return t->steps[low].noise;
}

void ptable_free(struct ptable *t)
{
	free(t->rows);
	free(t->steps);
	*t = (struct ptable){ 0 };
}
