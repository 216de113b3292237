/*
 * fraction.c - ratios of released counts
 *
 * Only released values are at hand here, so a ratio of raw counts, the commonest
 * reason for refusing a release, can't be computed at all.
 *
 * Rounded counts repeat, and printing the shortest decimal is the slow part: a small
 * direct-mapped cache of (numerator, denominator) -> text lives in the worker's state.
 */
#include "column/fraction.h"

#include "base/number.h"
#include "base/shortest.h"

#include <stdlib.h>
#include <string.h>

#define CACHE_BITS    10
#define FRACTION_TEXT (NUMBER_TEXT + 16) /* room that any printing may write to */

struct cached {
	uint64_t num, den; /* den 0 = empty */
	uint32_t len;
	uint8_t text[FRACTION_TEXT];
};

_Static_assert(sizeof(struct cached) << CACHE_BITS <= FRACTION_STATE, "say what is kept");

static uint32_t print(const struct bound_rule *r, uint8_t *out, uint64_t num, uint64_t den,
                      uint32_t scale)
{
	if (r->settings.digits != SHORTEST)
		return number_print_fraction(out, num, scale, den,
		                             (unsigned)r->settings.digits);
	return shortest_print(out, number_divide(num * scale, den));
}

static const struct cached *look_up(const struct bound_rule *r, struct cached *cache,
                                    uint64_t num, uint64_t den, uint32_t scale)
{
	const uint64_t mixed = (num * 0x9E3779B97F4A7C15u) ^ (den * 0xC2B2AE3D27D4EB4Fu);
	struct cached *c =
		&cache[(mixed ^ mixed >> 29) * 0x165667B19E3779F9u >> (64 - CACHE_BITS)];

	if (c->num != num || c->den != den) {
		c->num = num;
		c->den = den;
		c->len = print(r, c->text, num, den, scale);
	}
	return c;
}

/* The part's released value; a redacted one whose token is "0" was released as 0. */
static int64_t part(const struct bound_rule *r, const struct batch *b, unsigned which,
                    uint32_t row)
{
	const int64_t value = b->columns[r->part[which]].value[row];

	return value == VALUE_REDACTED && r->part_token_is_zero[which] ? 0 : value;
}

enum sluice_status fraction_apply(const struct bound_rule *r, struct rule_state *s,
                                  struct batch *b, uint32_t scale, struct sluice_error *err)
{
	struct column *c = &b->columns[r->slot];

	if (!s->own) {
		s->own = calloc((size_t)1 << CACHE_BITS, sizeof(struct cached));
		if (!s->own)
			return fail_memory(err);
	}
	c->bytes = (uint64_t)b->n_rows *
	           (r->token.len > FRACTION_TEXT ? r->token.len : FRACTION_TEXT);
	TRY(batch_scratch(b, (size_t)b->n_rows * FRACTION_TEXT, err));
	for (uint32_t i = 0; i < b->n_rows; i++) {
		const int64_t num = part(r, b, 0, i), den = part(r, b, 1, i);

		if (num == VALUE_REDACTED || den == VALUE_REDACTED) {
			c->cell[i] = r->token;
			s->tally.redacted++;
		} else if (num < 0 || den <= 0) {
			c->cell[i] = (struct cell){ 0, 0 };
			s->tally.missing++;
		} else {
			const struct cached *hit =
				look_up(r, s->own, (uint64_t)num, (uint64_t)den, scale);

			memcpy(b->scratch.data + b->scratch.len, hit->text, FRACTION_TEXT);
			c->cell[i] = (struct cell){ (uint32_t)b->scratch.len, hit->len };
			b->scratch.len += hit->len;
		}
	}
	s->tally.cells += b->n_rows;
	return SLUICE_OK;
}
