/*
 * facts.c - what a column is
 *
 * A column of whole numbers is taken for counts unless something speaks against it: its name
 * together with values that such a name can have, or values that only a key has.  A name
 * alone is not believed: "age_18_24" may hold ages or the number of people of that age.
 */
#include "check/facts.h"

#include "check/inquiry.h"

#include <stdlib.h>
#include <string.h>

void facts_begin(struct facts *f, const char *name, size_t len)
{
	*f = (struct facts){ .least = UINT64_MAX };
	words_of(&f->words, name, len);
	f->hint = words_hint(&f->words);
}

/* ---- cell by cell ------------------------------------------------------------------------ */

static void add_few(struct facts *f, uint64_t value, uint64_t times)
{
	for (uint32_t i = 0; i < f->n_few && i < FEW; i++) {
		if (f->few[i].value == value) {
			f->few[i].times += times;
			return;
		}
	}
	if (f->n_few < FEW) {
		f->few[f->n_few].value = value;
		f->few[f->n_few].times = times;
	}
	if (f->n_few <= FEW)
		f->n_few++;
}

static void add_whole(struct facts *f, const struct cell_view *c, int64_t threshold)
{
	const uint64_t v = c->whole, times = c->times;
	const bool huge = v == CELL_HUGE;

	f->whole += times;
	f->zeros += v ? 0 : times;
	if (v && !c->negative && threshold != NO_THRESHOLD && v <= (uint64_t)threshold)
		f->small += times;
	f->least = v < f->least ? v : f->least;
	f->most = v > f->most ? v : f->most;
	f->not_five += huge || v % 5 ? times : 0;
	f->not_six += huge || v % 6 ? times : 0;
	f->not_midpoint += huge || (v && (c->negative || v % 6 != 3)) ? times : 0;
	if (f->n_few <= FEW)
		add_few(f, v, times);
}

bool facts_hidden(const struct cell_view *c, uint64_t *value)
{
	*value = 0;
	return c->kind == CELL_TEXT && (text_is_thousands(c->text, c->len, value) ||
	                                text_is_combined(c->text, c->len, value));
}

static void add_text(struct facts *f, const struct cell_view *c)
{
	uint64_t value;
	uint32_t year;

	f->text += c->times;
	if (text_is_thousands(c->text, c->len, &value))
		f->thousands += c->times;
	else if (text_is_combined(c->text, c->len, &value))
		f->combined += c->times;
	else if (text_is_mark(c->text, c->len))
		f->marks += c->times;
	else if (text_is_date(c->text, c->len, &year))
		f->dates += c->times;
}

/* "NA" and "n/a": what R writes for a missing number counts as redacted. */
static bool is_na(const struct cell_view *c)
{
	return memchr(c->text, 'N', c->len) || memchr(c->text, 'n', c->len);
}

void facts_add(struct facts *f, const struct cell_view *c, int64_t threshold)
{
	f->cells += c->times;
	f->negative += c->negative ? c->times : 0;
	f->integers += c->integer ? c->times : 0;
	switch (c->kind) {
	case CELL_MISSING: f->missing += c->times; break;
	case CELL_REDACTED:
		f->redacted += c->times;
		f->na += is_na(c) ? c->times : 0;
		break;
	case CELL_WHOLE: add_whole(f, c, threshold); break;
	case CELL_DECIMAL:
		f->decimal += c->times;
		f->not_five += c->times;
		f->not_six += c->times;
		f->not_midpoint += c->times;
		break;
	case CELL_TEXT: add_text(f, c); break;
	}
}

void facts_add_numbers(struct facts *f, const struct numbers *n, int64_t threshold)
{
	/* NO_THRESHOLD is below 0: nothing is small then. */
	const uint32_t small =
		threshold > UINT32_MAX ? UINT32_MAX : (uint32_t)(threshold > 0 ? threshold : 0);
	uint64_t least = f->least, most = f->most;
	uint32_t zeros = 0, few = 0, five = 0, six = 0, midpoint = 0;

	f->cells += n->n;
	if (n->kind == CELL_DECIMAL) {
		f->decimal += n->n;
		f->not_five += n->n;
		f->not_six += n->n;
		f->not_midpoint += n->n;
		return;
	}
	for (uint32_t i = 0; i < n->n; i++) {
		const uint32_t v = n->value[i];

		zeros += !v;
		few += v - 1 < small;
		least = v < least ? v : least;
		most = v > most ? v : most;
		five += v % 5 != 0;
		six += v % 6 != 0;
		midpoint += v && v % 6 != 3;
	}
	f->integers += n->n;
	f->whole += n->n;
	f->zeros += zeros;
	f->small += few;
	f->least = least;
	f->most = most;
	f->not_five += five;
	f->not_six += six;
	f->not_midpoint += midpoint;
	for (uint32_t i = 0; i < n->n && f->n_few <= FEW; i++)
		add_few(f, n->value[i], 1);
}

enum sluice_column_type facts_type(const struct facts *f)
{
	if (f->whole + f->decimal == 0)
		return SLUICE_TEXT;
	if (f->text)
		return SLUICE_MIXED;
	return f->integers == f->whole + f->decimal ? SLUICE_INTEGER : SLUICE_FLOAT;
}

/* ---- the column as a whole --------------------------------------------------------------- */

/* The number in the name: "imd10" is 10; 0 = none, UINT64_MAX = several. */
static uint64_t number_in_name(const struct words *w)
{
	uint64_t value = 0;

	if (w->numbers > 1)
		return UINT64_MAX;
	for (uint32_t i = 0; i < w->n; i++)
		if (w->word[i][0] >= '0' && w->word[i][0] <= '9')
			value = strtoull(w->word[i], NULL, 10);
	return value;
}

static bool years(const struct facts *f)
{
	return f->least >= 1900 && f->most <= 2100;
}

static bool times(const struct facts *f)
{
	return years(f) || f->most <= 53 || (f->least >= 190001 && f->most <= 210012) ||
	       (f->least >= 19000101 && f->most <= 21001231);
}

/* Whether a column of that name can have these values without counting anything. */
static bool believable(const struct facts *f)
{
	static const char *const codes[] = { "code",  "snomed",   "icd",     "id",   "key",
		                             "seed",  "idx",      "unnamed", "row",  "rowid",
		                             "index", "practice", "stp",     "pcn",  "icb",
		                             "ccg",   "lad",      "msoa",    "lsoa", NULL };
	static const char *const imd[] = { "imd", NULL };
	static const char *const ranks[] = { "rank", "order", "position", "percentile", NULL };
	const uint64_t number = number_in_name(&f->words);

	switch (f->hint) {
	case HINT_RATIO:
	case HINT_STATISTIC: return true;
	case HINT_MEASURE: return number == 0;
	case HINT_TIME: return number == 0 && times(f);
	case HINT_AGE: return (!number || (number <= 10 && f->words.n == 2)) && f->most <= 130;
	case HINT_FLAG: return f->most <= 1;
	case HINT_GROUP:
		if (words_have(&f->words, codes))
			return true;
		if (number)
			return f->most <= number;
		if (words_have(&f->words, imd) && f->most <= 32844 && f->most % 100 == 0)
			return true;
		return f->most <= (words_have(&f->words, ranks) ? 100 : 12);
	case HINT_SHARE:
	case HINT_COUNT:
	case HINT_UNKNOWN: break;
	}
	return false;
}

/* 1, 2, 3, ... down the table. */
static bool is_numbering(const struct facts *f)
{
	return f->whole == f->cells && f->whole > (f->words.n ? 7 : 2) &&
	       f->steps == f->whole - 1 && f->least <= 1;
}

/* A few low values, each about as often as the other: a key of groups, not a count. */
static bool is_even(const struct facts *f)
{
	uint64_t least = UINT64_MAX, most = 0;

	if (f->n_few < 2 || f->n_few > FEW || f->most > 100)
		return false;
	for (uint32_t i = 0; i < f->n_few; i++) {
		least = f->few[i].times < least ? f->few[i].times : least;
		most = f->few[i].times > most ? f->few[i].times : most;
	}
	return least >= 3 && most <= 2 * least;
}

static bool is_midpoint(const struct facts *f)
{
	static const char *const said[] = { "midpoint", "mid", NULL };
	static const char *const derived[] = { "derived", NULL };

	if (words_have(&f->words, said) && words_have(&f->words, derived))
		return !f->not_midpoint || !f->not_six;
	if (f->not_midpoint)
		return false;
	return words_have(&f->words, said) || (f->whole - f->zeros >= 8 && f->n_few >= 3);
}

static enum counting counting(struct facts *f)
{
	const uint64_t numbers = f->whole + f->thousands + f->combined;

	if (!numbers)
		return COUNTS_NO;
	if (f->said)
		return COUNTS_YES;
	if (f->hint == HINT_COUNT)
		return f->decimal > f->whole ? COUNTS_NO : COUNTS_YES;
	if (10 * f->decimal > numbers || 10 * f->negative > numbers)
		return COUNTS_NO; /* a stray one does not hide the others */
	if (f->text - f->thousands - f->combined - f->marks >= numbers)
		return COUNTS_NO; /* names of groups, of which some are numbers */
	if (f->whole && (believable(f) || (years(f) && f->whole > 2) || is_numbering(f)))
		return COUNTS_NO;
	if (!f->whole && (f->hint == HINT_STATISTIC || f->hint == HINT_AGE))
		return COUNTS_NO; /* mean (sd) */
	f->group = f->whole && is_even(f);
	return COUNTS_LIKE;
}

void facts_settle(struct inquiry *q)
{
	const struct sluice_check_options *o = &q->terms->o;

	for (uint32_t col = 0; col < q->n_cols; col++) {
		struct facts *f = &q->facts[col];

		f->said = listed(o->counts, o->n_counts, q, col);
		f->counting = counting(f);
		f->midpoint = f->counting != COUNTS_NO && is_midpoint(f);
	}
}
