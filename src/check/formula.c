/*
 * formula.c - cells that a spreadsheet would run
 */
#include "check/inquiry.h"

#include <string.h>

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* '=' and '@' begin one; so do signs before a name or a reckoning, not before a mere number. */
static bool is_formula(const uint8_t *text, uint32_t len)
{
	while (len && (*text == '\t' || *text == '\r' || *text == '\n')) {
		text++;
		len--;
	}
	if (len < 2)
		return false;
	if (*text == '=' || *text == '@')
		return true;
	if (*text != '+' && *text != '-')
		return false;
	if (is_letter(text[1]))
		return true;
	for (uint32_t i = 1; i < len; i++)
		if (strchr("=(!|*/+@", text[i]) && text[i])
			return true;
	return false;
}

static void cell(struct inquiry *q, void *state, const struct cell_view *c)
{
	(void)q;
	if (is_formula(c->text, c->len))
		seen_cell(state, c);
}

static void judge(struct inquiry *q)
{
	const struct seen head = { 1, q->skipped + 1 };

	for (uint32_t col = 0; col < q->n_cols; col++) {
		const struct seen *s = state_of(q, col);

		if (is_formula((const uint8_t *)column_name(q, col),
		               q->header->columns[col].name_len))
			finding_add(q, SLUICE_WARNING, &head, col,
			            "a column name that spreadsheets run as a formula");
		if (s->places)
			finding_add(q, SLUICE_WARNING, s, col,
			            "cells that spreadsheets run as formulas: begin them with "
			            "something "
			            "else than = + - @");
	}
}

const struct check check_formula = {
	.name = "formula",
	.help = "cells that begin with = + - @ and are run by spreadsheets",
	.severity = SLUICE_WARNING,
	.kinds = KIND(TEXT),
	.state = sizeof(struct seen),
	.cell = cell,
	.judge = judge,
};
