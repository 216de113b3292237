/*
 * duplicate.c - rows that are there twice
 *
 * A table of groups has each group once.  The same row again and again, and no column that
 * counts anything, is a table of people without their identifiers.
 */
#include "check/hashes.h"
#include "check/inquiry.h"

struct own {
	struct hashes rows;
	struct seen again;
};

static void row(struct inquiry *q, const uint8_t *text, uint32_t len, uint64_t line)
{
	struct own *o = state_own(q);
	bool there;

	if (!o->rows.cap && hashes_expect(&o->rows, q->len / (len + 1), q->err) != SLUICE_OK) {
		q->status = SLUICE_E_MEMORY;
		return;
	}
	while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	if (hashes_add(&o->rows, text, len, &there, q->err) != SLUICE_OK)
		q->status = SLUICE_E_MEMORY;
	else if (there)
		seen_add(&o->again, line);
}

static bool counts_something(const struct inquiry *q)
{
	for (uint32_t col = 0; col < q->n_cols; col++)
		if (q->facts[col].counting != COUNTS_NO && !q->facts[col].group)
			return true;
	return false;
}

static void judge(struct inquiry *q)
{
	const struct own *o = q->n_cols ? state_own(q) : NULL;

	if (!o || !o->again.places)
		return;
	if (q->rows >= 20 && o->again.places * 5 >= q->rows && !counts_something(q))
		finding_add(q, SLUICE_REFUSAL, &o->again, NO_COLUMN,
		            "rows that were there before, in a table without counts: this "
		            "looks like "
		            "a row for each patient; aggregate it");
	else
		finding_add(
			q, SLUICE_WARNING, &o->again, NO_COLUMN,
			"rows that were there before: a table of groups has each once; was a "
			"column dropped that told them apart?");
}

static void forget(struct inquiry *q)
{
	hashes_free(&((struct own *)state_own(q))->rows);
}

const struct check check_duplicate = {
	.name = "duplicate-rows",
	.help = "rows that are there twice, as in a table with a row for each patient",
	.severity = SLUICE_REFUSAL,
	.own = sizeof(struct own),
	.row = row,
	.judge = judge,
	.forget = forget,
};
