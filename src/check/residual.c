/*
 * residual.c - are there small or unrounded counts left?
 *
 * The second pair of eyes on redaction and rounding: it decides from the bytes that
 * leave.  It would take two different mistakes, one here and one in
 * column/protect.c, to let a low count through.
 */
#include "check/check.h"

#include "base/word.h"

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
 * Most counts need no arithmetic: at most eight digits, turned so that the first is the highest byte,
 * compare as numbers do, and where base divides ten, the last digit tells the grid.
 */
struct glance {
	uint64_t least; /* the lowest count that may leave, as such digits             */
	uint32_t last;  /* bit d: a count may end in digit d; 0 = a glance is not enough */
};

static uint64_t digits(const uint8_t *text, uint32_t len)
{
	return (load_big(text) ^ UINT64_C(0x3030303030303030)) >> ((64 - 8 * len) & 63);
}

static struct glance glance_of(const struct settings *s)
{
	struct glance g = { 0, 0 };
	uint64_t least = s->threshold == NO_THRESHOLD ? 1 : (uint64_t)s->threshold + 1;

	if (10 % s->round_to || least > 99999999 || s->rounding == ROUND_MIDPOINT)
		return g;
	for (uint32_t d = 0; d < 10; d += s->round_to)
		g.last |= 1u << d;
	for (uint32_t at = 0; least; at += 8, least /= 10)
		g.least |= least % 10 << at;
	return g;
}

/*
 * 0 if the cell may leave: a token, or digits that a glance accepts.  Which of them it is, is as good
 * as random, so this is arithmetic without a branch that could miss.
 */
static inline uint64_t doubt(const struct glance *g, uint64_t token, uint64_t word,
                             const uint8_t *texts)
{
	const uint32_t len = (uint32_t)(word >> 32);
	const uint64_t v = digits(texts + (uint32_t)word, len);
	const uint64_t odd =
		(v | (v + UINT64_C(0x7676767676767676))) & UINT64_C(0x8080808080808080);
	const uint64_t wrong =
		odd | (v - g->least) >> 63 | (~(g->last >> (v & 15)) & 1) | (len - 1) >> 3;
	const uint64_t other = word ^ token;

	return ((wrong | (0 - wrong)) & (other | (0 - other))) >> 63;
}

static enum sluice_status object(const struct bound_rule *r, const struct batch *b, uint32_t i,
                                 struct sluice_error *err)
{
	return fail_at(err, SLUICE_E_CHECK, batch_line(b, batch_row(b, i), r->col), r->col + 1,
	               "check 'residual': a released count is low or not rounded; please "
	               "report this (column '%s')",
	               r->name);
}

/* Every cell of the rows from 'at' to 'end', with as many looks as it takes. */
static enum sluice_status check_rows(const struct bound_rule *r, const struct batch *b,
                                     uint32_t at, uint32_t end, struct sluice_error *err)
{
	const struct column *c = &b->columns[r->slot];

	for (uint32_t i = at; i < end; i++) {
		const struct cell cell = c->cell[i];

		const uint64_t value = released(b->scratch.data + cell.off, cell.len);

		if ((cell.off == r->token.off && cell.len == r->token.len) ||
		    (c->value[i] == VALUE_MISSING && value == UINT64_MAX))
			continue;
		if (!may_leave(&r->settings, value))
			return object(r, b, i, err);
	}
	return SLUICE_OK;
}

enum sluice_status check_residual(const struct bound_rule *r, const struct batch *b,
                                  struct sluice_error *err)
{
	const struct cell *cell = b->columns[r->slot].cell;
	const uint64_t token = (uint64_t)r->token.len << 32 | r->token.off;
	const struct glance g = glance_of(&r->settings);

	for (uint32_t at = 0; at < b->n_rows; at += COUNT_BLOCK) {
		const uint32_t end =
			at + COUNT_BLOCK < b->n_rows ? at + COUNT_BLOCK : b->n_rows;
		uint64_t doubts = 0;

		for (uint32_t i = at; i < end; i++)
			doubts |= doubt(&g, token, (uint64_t)cell[i].len << 32 | cell[i].off,
			                b->scratch.data);
		if (doubts)
			TRY(check_rows(r, b, at, end, err));
	}
	return SLUICE_OK;
}
