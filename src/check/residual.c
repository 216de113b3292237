/*
 * residual.c - are there small or unrounded counts left?
 *
 * The second pair of eyes on redaction and rounding: it decides from the bytes that
 * leave.  It would take two different mistakes, one here and one in
 * column/protect.c, to let a low count through.
 */
#include "check/check.h"

/* Digits only: what a released count looks like.  UINT64_MAX: it is something else. */
static uint64_t released(const uint8_t *text, uint32_t len)
{
	uint64_t value = 0;

	if (!len || len > 18)
		return UINT64_MAX;
	for (uint32_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return UINT64_MAX;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

/* Whether the settings can print this number. */
static bool may_leave(const struct settings *s, uint64_t value)
{
	const bool none = s->threshold == NO_THRESHOLD;
	const uint64_t off = s->rounding == ROUND_MIDPOINT ? s->round_to / 2 : 0;

	if (!value)
		return none || s->keep_zeros;
	if (value == UINT64_MAX || (!none && value <= (uint64_t)s->threshold))
		return false;
	return (value + off) % s->round_to == 0;
}

/*
 * The same for the kernel, which takes eight digits at most: whether the base divides a number
 * is told by one multiplication (Granlund and Montgomery, 1994), not by the division above, nor as the
 * rules round.
 */
static struct doubt_rule doubt_rule(const struct bound_rule *r)
{
	const struct settings *s = &r->settings;
	const bool none = s->threshold == NO_THRESHOLD;
	const uint32_t turn = (uint32_t)__builtin_ctz(s->round_to), part = s->round_to >> turn;
	struct doubt_rule d = {
		.token = (uint64_t)r->token.len << 32 | r->token.off,
		.zero = none || s->keep_zeros,
		.least = none                          ? 1
		         : s->threshold >= COUNT_LIMIT ? COUNT_LIMIT
		                                       : (uint32_t)s->threshold + 1,
		.off = s->rounding == ROUND_MIDPOINT ? s->round_to / 2 : 0,
		.inverse = part,
		.turn = turn,
		.most = UINT32_MAX / s->round_to,
	};

	for (int bits = 3; bits < 32; bits *= 2) /* each step doubles the bits that are right */
		d.inverse *= 2 - part * d.inverse;
	return d;
}

static enum sluice_status object(const struct bound_rule *r, const struct batch *b, uint32_t i,
                                 struct sluice_error *err)
{
	return fail_at(err, SLUICE_E_CHECK, batch_line(b, batch_row(b, i), r->col), r->col + 1,
	               "check 'residual': a released count is low or not rounded; please "
	               "report this (column '%s')",
	               r->name);
}

/* One cell, with as many looks as it takes. */
static bool may_cell(const struct bound_rule *r, const struct batch *b, uint32_t i)
{
	const struct column *c = &b->columns[r->slot];
	const struct cell cell = c->cell[i];
	const uint64_t value = released(b->scratch.data + cell.off, cell.len);

	return (cell.off == r->token.off && cell.len == r->token.len) ||
	       (c->value[i] == VALUE_MISSING && value == UINT64_MAX) ||
	       may_leave(&r->settings, value);
}

enum sluice_status check_residual(const struct bound_rule *r, const struct batch *b,
                                  struct sluice_error *err)
{
	const struct cell *cell = b->columns[r->slot].cell;
	const struct doubt_rule rule = doubt_rule(r);

	for (uint32_t at = 0; at < b->n_rows; at += COUNT_BLOCK) {
		const uint32_t left = b->n_rows - at;
		uint64_t doubts = r->kernels->doubts(
			&rule, (const uint64_t *)(const void *)(cell + at),
			left < COUNT_BLOCK ? left : COUNT_BLOCK, b->scratch.data);

		for (; doubts; doubts &= doubts - 1) {
			const uint32_t i = at + (uint32_t)__builtin_ctzll(doubts);

			if (!may_cell(r, b, i))
				return object(r, b, i, err);
		}
	}
	return SLUICE_OK;
}
