/*
 * protect.c - the one loop over counts
 *
 * round_count() and protect_count() are the definition.  The common cell is a few
 * plain digits and takes a kernel, which tests hold against it; every other spelling
 * takes any_cell(): quotes, missing texts, the rule's own token, or a refusal.  What can't be read as a count is never passed on.
 */
#include "column/protect.h"

#include "base/number.h"

#include <string.h>

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
	if (dialect_missing(r->dialect, f.text, f.len)) {
		*value = VALUE_MISSING;
		s->tally.missing++;
		return SLUICE_OK;
	}
	return fail_at(err, SLUICE_E_DATA, batch_line(b, row, r->col), r->col + 1,
	               "not a count: %u byte%s, not a plain whole number (column '%s')", f.len,
	               f.len == 1 ? "" : "s", r->name);
}

enum sluice_status count_read(const struct bound_rule *r, struct rule_state *s,
                              const struct batch *b, uint32_t row, int64_t *value,
                              struct sluice_error *err)
{
	const struct field f = batch_field(b, row, r->col);

	*value = number_parse_padded(f.text, f.len);
	return *value == NUMBER_BAD ? odd_cell(r, s, b, row, f, value, err) : SLUICE_OK;
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

	b->bad_row = i;
	if (value == NUMBER_BAD)
		TRY(odd_cell(r, s, b, row, f, &value, err));
	if (value >= 0)
		value = release(r, &s->tally, value);
	if (value > NUMBER_MAX)
		return fail_at(err, SLUICE_E_DATA, batch_line(b, row, r->col), r->col + 1,
		               "the count has more than 15 digits when rounded (column '%s')",
		               r->name);
	c->value[i] = value;
	if (value == VALUE_REDACTED) {
		c->cell[i] = r->token;
		return SLUICE_OK;
	}
	if (value == VALUE_MISSING)
		return batch_keep_field(b, f, c, i, COUNT_BLOCK * NUMBER_TEXT, err);
	c->cell[i].off = (uint32_t)b->scratch.len;
	c->cell[i].len = number_print(b->scratch.data + b->scratch.len, (uint64_t)value);
	b->scratch.len += c->cell[i].len;
	return SLUICE_OK;
}

/* ---- the fast path: plain digits, a block at a time ------------------------------ */

/*
 * x / base is x * magic >> shift, exactly, for x < 2^28 and base < 2^20 (Granlund
 * and Montgomery, 1994).
 */
static struct count_rule kernel_rule(const struct bound_rule *r)
{
	const struct settings *s = &r->settings;
	const uint32_t base = s->round_to;
	const uint32_t shift = 62 - (uint32_t)__builtin_clz(base);
	struct count_rule k = {
		.low = s->threshold < COUNT_LIMIT ? (uint32_t)(s->threshold + 1) : COUNT_LIMIT,
		.keep_zeros = s->keep_zeros,
		.base = base,
		.shift = shift,
		.magic = (uint32_t)(((UINT64_C(1) << shift) + base - 1) / base),
		.redacted = VALUE_REDACTED,
		.token = (uint64_t)r->token.len << 32 | r->token.off,
	};

	switch (s->rounding) {
	case ROUND_NEAREST: k.even = base % 2 == 0; /* fall through */
	case ROUND_HALF_UP: k.add = base / 2; break;
	case ROUND_MIDPOINT: k.add = base - 1, k.sub = base / 2; break;
	case ROUND_UP: k.add = base - 1; break;
	case ROUND_DOWN: break;
	}
	return k;
}

/* The ends that the kernel asks for: the index as it is, where no row or CR is left out. */
static void find_cells(const struct bound_rule *r, const struct batch *b, uint32_t at,
                       uint32_t n, uint32_t pairs[2 * COUNT_BLOCK], struct count_block *block)
{
	block->text = b->text;
	block->ends = b->ends + (size_t)at * b->n_cols + r->col;
	block->stride = b->n_cols;
	if (!b->rows && !(b->cr && r->col + 1 == b->n_cols))
		return;
	for (uint32_t i = 0; i < n; i++) {
		const struct field f = batch_field(b, batch_row(b, at + i), r->col);
		const uint32_t begin = (uint32_t)(f.text - b->text);

		pairs[2 * i] = begin - 1;
		pairs[2 * i + 1] = begin + f.len;
	}
	block->ends = pairs + 1;
	block->stride = 2;
}

static enum sluice_status protect_block(const struct bound_rule *r, struct rule_state *s,
                                        const struct count_rule *rule, struct batch *b,
                                        uint32_t at, struct sluice_error *err)
{
	const uint32_t left = b->n_rows - at, n = left < COUNT_BLOCK ? left : COUNT_BLOCK;
	struct column *c = &b->columns[r->slot];
	uint32_t pairs[2 * COUNT_BLOCK];
	struct count_block block;

	find_cells(r, b, at, n, pairs, &block);
	r->kernels->counts(rule, &block, n, c->value + at, b->scratch.data + b->scratch.len,
	                   (uint64_t *)(void *)(c->cell + at), (uint32_t)b->scratch.len);
	b->scratch.len += 8 * n;
	s->tally.redacted += (uint64_t)__builtin_popcountll(block.redacted);
	s->tally.rounded += (uint64_t)__builtin_popcountll(block.rounded);
	for (; block.odd; block.odd &= block.odd - 1)
		TRY(any_cell(r, s, b, at + (uint32_t)__builtin_ctzll(block.odd), err));
	return SLUICE_OK;
}

enum sluice_status protect_apply(const struct bound_rule *r, struct rule_state *s,
                                 struct batch *b, struct sluice_error *err)
{
	const struct count_rule rule = kernel_rule(r);

	b->columns[r->slot].bytes =
		(uint64_t)b->n_rows * (r->token.len > NUMBER_TEXT ? r->token.len : NUMBER_TEXT);
	for (uint32_t at = 0; at < b->n_rows; at += COUNT_BLOCK) {
		/* the block's digits, and as much again for cells that are not plain */
		TRY(batch_scratch(b, COUNT_BLOCK * (8 + NUMBER_TEXT), err));
		TRY(protect_block(r, s, &rule, b, at, err));
	}
	s->tally.cells += b->n_rows;
	return SLUICE_OK;
}
