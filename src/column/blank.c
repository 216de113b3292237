/*
 * blank.c - statistics that go when the count they describe is redacted, or missing
 *
 * A mean or a standard deviation of seven patients is as disclosive as the count of
 * them (OpenSAFELY: "any statistic describing 7 or fewer patients").
 */
#include "column/rule.h"

/* Of how many patients a missing count is, nobody knows: it hides the statistic, too. */
static bool hidden(const struct bound_rule *r, const struct batch *b, uint32_t i)
{
	int64_t least = 0;

	for (uint32_t k = 0; k < r->n_parts; k++) {
		const int64_t count = b->columns[r->part[k]].value[i];

		least = count < least ? count : least;
	}
	return least < 0;
}

static enum sluice_status apply(const struct bound_rule *r, struct rule_state *s,
                                struct batch *b, struct sluice_error *err)
{
	struct column *c = &b->columns[r->slot];

	c->bytes = (uint64_t)b->n_rows * r->token.len;
	for (uint32_t i = 0; i < b->n_rows; i++) {
		const struct field f = batch_field(b, batch_row(b, i), r->col);

		if (hidden(r, b, i)) {
			c->cell[i] = r->token;
			s->tally.redacted++;
		} else {
			TRY(batch_keep_field(b, f, c, i, 0, err));
		}
	}
	s->tally.cells += b->n_rows;
	return SLUICE_OK;
}

const struct column_rule column_blank = {
	.name = "blank",
	.argument = "COLS=COUNT",
	.help = "statistics that go when COUNT of the row is redacted or missing",
	.shape = SHAPE_STATISTICS,
	.stage = STAGE_DERIVED,
	.touches = true,
	.apply = apply,
};
