/*
 * combined.c - "n (%)": two statistics in one cell
 */
#include "check/inquiry.h"

static void cell(struct inquiry *q, void *state, const struct cell_view *c)
{
	uint64_t value;

	(void)q;
	if (text_is_combined(c->text, c->len, &value))
		seen_cell(state, c);
}

static void judge(struct inquiry *q)
{
	for (uint32_t col = 0; col < q->n_cols; col++) {
		const struct seen *s = state_of(q, col);

		if (s->places && q->facts[col].hint != HINT_STATISTIC) /* not "mean (sd)" */
			finding_add(q, SLUICE_WARNING, s, col,
			            "a count and a share in one cell, as in 'n (%%)': output "
			            "checkers "
			            "can't reckon with these; write a column for each");
	}
}

const struct check check_combined = {
	.name = "combined",
	.help = "'n (%)' cells: two statistics in one column",
	.severity = SLUICE_WARNING,
	.kinds = KIND(TEXT),
	.state = sizeof(struct seen),
	.cell = cell,
	.judge = judge,
};
