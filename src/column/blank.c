/*
 * blank.c - statistics that go when the count they describe is redacted, or missing
 *
 * A mean or a standard deviation of seven patients is as disclosive as the count of
 * them (OpenSAFELY: "any statistic describing 7 or fewer patients").
 */
#include "column/rule.h"

static enum sluice_status apply(const struct bound_rule *r, struct rule_state *s,
                                struct batch *b, struct sluice_error *err)
{
	const int64_t *count = b->columns[r->part[0]].value;
	struct column *c = &b->columns[r->slot];

	c->bytes = (uint64_t)b->n_rows * r->token.len;
	for (uint32_t i = 0; i < b->n_rows; i++) {
		const struct field f = batch_field(b, batch_row(b, i), r->col);

		if (count[i] < 0) { /* of how many patients a missing count is, nobody knows */
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
