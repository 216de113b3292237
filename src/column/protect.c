/*
 * protect.c - the one loop over counts
 *
 * round_count() and protect_count() are the definition.  The common cell is a few
 * plain digits and takes fast_cell(), which tests hold against it; every other
 * spelling takes any_cell(): quotes, missing texts, the rule's own token, or a
 * refusal.  What can't be read as a count is never passed on.
 */
#include "column/protect.h"

#include "base/number.h"

#include <string.h>

__extension__ typedef unsigned __int128 u128;

int64_t round_count(int64_t value, const struct settings *s)
{
	const int64_t base = s->round_to;
	const int64_t down = value / base * base;
	const int64_t rest = value - down;

	switch (s->rounding) {
	case ROUND_NEAREST:
		if (2 * rest == base)
			return down / base % 2 ? down + base : down;
		return 2 * rest > base ? down + base : down;
	case ROUND_HALF_UP: return 2 * rest >= base ? down + base : down;
	case ROUND_MIDPOINT:
		if (base == 1 || !value)
			return value;
		return (rest ? down + base : down) - base / 2;
	case ROUND_UP: return rest ? down + base : down;
	case ROUND_DOWN: return down;
	}
	return VALUE_REDACTED; /* not reached: fail closed all the same */
}

int64_t protect_count(int64_t value, const struct settings *s)
{
	if (value <= s->threshold && !(s->keep_zeros && !value))
		return VALUE_REDACTED;
	return round_count(value, s);
}

static bool is_text(struct field f, const char *text)
{
	return f.len == strlen(text) && !memcmp(f.text, text, f.len);
}

static bool is_missing(struct field f, const struct dialect *d)
{
	if (!f.len || is_text(f, "NA"))
		return true;
	for (size_t i = 0; i < d->n_missing; i++)
		if (is_text(f, d->missing[i]))
			return true;
	return false;
}

/* A cell that is not plain digits: a value, VALUE_REDACTED, VALUE_MISSING or a refusal. */
static enum sluice_status odd_cell(const struct bound_rule *r, struct rule_state *s,
				   const struct batch *b, uint32_t row, struct field raw,
				   int64_t *value, struct sluice_error *err)
{
	bool ok;
	const struct field f = batch_unquote(raw, &s->tmp, &ok);

	if (!ok)
		return fail_memory(err);
	if (b->cut && row + 1 == b->n_scanned && r->col + 1 == b->n_cols && !raw.len)
		return fail_at(err, SLUICE_E_DATA, batch_line(b, row, r->col), r->col + 1,
			       "an empty last field without a line end: the file may have "
			       "been cut (column '%s')",
			       r->name);
	*value = number_parse(f.text, f.len); /* before the token, which may be "0" */
	if (*value != NUMBER_BAD)
		return SLUICE_OK;
	if (is_text(f, r->settings.token)) {
		*value = VALUE_REDACTED;
		s->tally.already++;
		return SLUICE_OK;
	}
	if (is_missing(f, r->dialect)) {
		*value = VALUE_MISSING;
		s->tally.missing++;
		return SLUICE_OK;
	}
	return fail_at(err, SLUICE_E_DATA, batch_line(b, row, r->col), r->col + 1,
		       "not a count: %u byte%s, not a plain whole number (column '%s')", f.len,
		       f.len == 1 ? "" : "s", r->name);
}

/* Redact, round and count what was done. */
static inline int64_t release(const struct bound_rule *r, struct tally *t, int64_t value)
{
	const int64_t released = protect_count(value, &r->settings);

	t->redacted += released < 0;
	t->rounded += released >= 0 && released != value;
	return released;
}

/* Any cell, in as many steps as it takes. */
static enum sluice_status any_cell(const struct bound_rule *r, struct rule_state *s,
				   struct batch *b, uint32_t i, struct sluice_error *err)
{
	struct column *c = &b->columns[r->slot];
	const uint32_t row = batch_row(b, i);
	const struct field f = batch_field(b, row, r->col);
	int64_t value = number_parse_padded(f.text, f.len);

	if (value == NUMBER_BAD)
		TRY(odd_cell(r, s, b, row, f, &value, err));
	if (value >= 0)
		value = release(r, &s->tally, value);
	c->value[i] = value;
	if (value == VALUE_REDACTED) {
		c->cell[i] = r->token;
		return SLUICE_OK;
	}
	if (value == VALUE_MISSING) /* leaves room for the rows to come */
		return batch_keep_field(b, f, c, i, (size_t)(b->n_rows - i) * NUMBER_TEXT, err);
	c->cell[i].off = (uint32_t)b->scratch.len;
	c->cell[i].len = number_print(b->scratch.data + b->scratch.len, (uint64_t)value);
	b->scratch.len += c->cell[i].len;
	return SLUICE_OK;
}

/*
 * The settings for the fast path: x / base is the high half of x * magic, exact
 * while x * base < 2^64 (Granlund and Montgomery, 1994); here x < 2^28, base < 2^20.
 */
struct rounder {
	int64_t threshold;
	uint64_t keep_zeros, base, magic, add, sub;
	uint64_t half; /* ties go to even: base / 2 of an even base; else 0 */
};

static struct rounder rounder_of(const struct settings *s)
{
	const uint64_t base = s->round_to;
	struct rounder r = { .threshold = s->threshold,
			     .keep_zeros = s->keep_zeros,
			     .base = base };

	r.magic = base > 1 ? UINT64_MAX / base + 1 : 0;
	switch (s->rounding) {
	case ROUND_NEAREST: r.half = base % 2 ? 0 : base / 2; /* fall through */
	case ROUND_HALF_UP: r.add = base / 2; break;
	case ROUND_MIDPOINT: r.add = base - 1, r.sub = base / 2; break;
	case ROUND_UP: r.add = base - 1; break;
	case ROUND_DOWN: break;
	}
	return r;
}

/* round_count() for value < NUMBER_EIGHT, without a division. */
static inline uint64_t round_fast(const struct rounder *r, uint64_t value)
{
	const uint64_t x = value + r->add;
	uint64_t q = (uint64_t)((u128)x * r->magic >> 64);

	if (r->base == 1)
		return value;
	if (r->half)
		q -= (x - q * r->base == 0) & q & 1;
	q *= r->base;
	return q - (value ? r->sub : 0);
}

/*
 * Plain digits, at most eight, of a value that stays below NUMBER_EIGHT: no branch
 * depends on whether it is redacted, for that is as good as random.
 */
static inline bool fast_cell(const struct rounder *r, struct rule_state *s,
			     const struct bound_rule *rule, struct batch *b, struct column *c,
			     uint32_t i, struct field f)
{
	uint64_t v, value, kept;
	bool redacted;
	uint32_t len;

	if (f.len - 1 >= 8)
		return false;
	memcpy(&v, f.text, 8);
	v = le64toh(v) ^ UINT64_C(0x3030303030303030);
	if (!(v & 0xFF) && f.len > 1) /* a leading zero */
		return false;
	v <<= 64 - 8 * f.len;
	if (number_odd(v))
		return false;
	value = number_eight(v);
	kept = round_fast(r, value);
	if (kept >= NUMBER_EIGHT)
		return false;
	redacted = ((int64_t)value <= r->threshold) & !(r->keep_zeros & !value);
	len = number_print_eight(b->scratch.data + b->scratch.len, kept);
	c->cell[i].off = redacted ? rule->token.off : (uint32_t)b->scratch.len;
	c->cell[i].len = redacted ? rule->token.len : len;
	c->value[i] = redacted ? VALUE_REDACTED : (int64_t)kept;
	b->scratch.len += len;
	s->tally.redacted += redacted;
	s->tally.rounded += !redacted & (kept != value);
	return true;
}

enum sluice_status protect_apply(const struct bound_rule *r, struct rule_state *s,
				 struct batch *b, struct sluice_error *err)
{
	const struct rounder rounder = rounder_of(&r->settings);
	struct column *c = &b->columns[r->slot];

	c->longest = r->token.len > NUMBER_TEXT ? r->token.len : NUMBER_TEXT;
	TRY(batch_scratch(b, (size_t)b->n_rows * NUMBER_TEXT, err));
	for (uint32_t i = 0; i < b->n_rows; i++) {
		const struct field f = batch_field(b, batch_row(b, i), r->col);

		if (!fast_cell(&rounder, s, r, b, c, i, f))
			TRY(any_cell(r, s, b, i, err));
	}
	s->tally.cells += b->n_rows;
	return SLUICE_OK;
}
