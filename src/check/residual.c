/*
 * residual.c - are there small or unrounded counts left?
 *
 * The second pair of eyes on redaction and rounding: it decides from the bytes that
 * leave.  It would take two different mistakes, one here and one in
 * column/protect.c, to let a low count through.
 */
#include "check/check.h"

#include <endian.h>
#include <string.h>

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

/* The same for at most four bytes, most counts, which needs no loop: one digit a byte. */
static inline uint64_t released_short(const uint8_t *text, uint32_t len)
{
	uint32_t v;

	memcpy(&v, text, 4);
	v = (le32toh(v) ^ 0x30303030u) << (32 - 8 * len); /* zeros in front */
	if (((v + 0x76767676u) | v) & 0x80808080u)
		return UINT64_MAX;
	return (v & 0xFF) * 1000 + (v >> 8 & 0xFF) * 100 + (v >> 16 & 0xFF) * 10 + (v >> 24);
}

/* What the settings let through, as numbers. */
struct grid {
	uint64_t least;     /* the lowest count above the threshold            */
	bool zero;          /* besides these, 0 may leave                      */
	uint64_t base, off; /* value + off is a multiple of base               */
};

static struct grid grid_of(const struct settings *s)
{
	const bool none = s->threshold == NO_THRESHOLD;

	return (struct grid){
		.least = none ? 1 : (uint64_t)s->threshold + 1,
		.zero = none || s->keep_zeros,
		.base = s->round_to,
		.off = s->rounding == ROUND_MIDPOINT ? s->round_to / 2 : 0,
	};
}

static inline bool may_leave(const struct grid *g, uint64_t value)
{
	if (value == UINT64_MAX || value < g->least)
		return !value && g->zero;
	if (value <= UINT32_MAX / 2) /* a shorter division */
		return ((uint32_t)value + (uint32_t)g->off) % (uint32_t)g->base == 0;
	return (value + g->off) % g->base == 0;
}

static enum sluice_status object(const struct bound_rule *r, const struct batch *b, uint32_t i,
				 struct sluice_error *err)
{
	return fail_at(err, SLUICE_E_CHECK, batch_line(b, batch_row(b, i), r->col), r->col + 1,
		       "check 'residual': a released count is low or not rounded; please "
		       "report this (column '%s')",
		       r->name);
}

enum sluice_status check_residual(const struct bound_rule *r, const struct batch *b,
				  struct sluice_error *err)
{
	const struct column *c = &b->columns[r->slot];
	const struct grid grid = grid_of(&r->settings);

	for (uint32_t i = 0; i < b->n_rows; i++) {
		const struct cell cell = c->cell[i];
		const uint8_t *text = b->scratch.data + cell.off;

		if (c->value[i] == VALUE_MISSING ||
		    (cell.off == r->token.off && cell.len == r->token.len))
			continue;
		if (!may_leave(&grid, cell.len - 1 < 4 ? released_short(text, cell.len)
						       : released(text, cell.len)))
			return object(r, b, i, err);
	}
	return SLUICE_OK;
}
