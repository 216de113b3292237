/*
 * suggest.c - which codes may be totals: proposed when the numbers add up, never assumed
 */
#include "audit/audit.h"

#include "attack/words.h"
#include "base/number.h"
#include "check/total.h"

#include <stdlib.h>
#include <string.h>

static bool is_total_name(const char *code)
{
	return text_is_total(code, strlen(code));
}

enum sluice_status audit_find_undeclared(struct sluice_audit *a, struct sluice_error *err)
{
	const struct cells *c = &a->in.cells;

	a->undeclared = calloc((size_t)c->n_dimensions + 1, sizeof(*a->undeclared));
	if (!a->undeclared)
		return fail_memory(err);
	for (uint32_t d = 0; d < c->n_dimensions; d++)
		for (uint32_t i = CODE_REST + 1; i < c->dimensions[d].codes.n; i++)
			if (is_total_name(c->dimensions[d].codes.names[i])) {
				a->undeclared[a->n_undeclared++] = d;
				break;
			}
	return SLUICE_OK;
}

/* The number that the files show for a cell; -1 = none. */
static int64_t shown_number(const struct audit_input *in, uint32_t cell)
{
	const uint32_t at = in->cells.cells[cell].place;
	const struct place_at *p = at == CELL_NONE ? NULL : &in->cells.places[at];
	const char *text = p ? sheet_text(&in->sheets[p->sheet], p->row, p->col) : "";
	const struct sense sense = p ? input_sense(in, p->sheet, p->col)
	                             : (struct sense){ .settings = &in->said.settings };

	if (!p || text_kind(text, strlen(text), &sense) != TEXT_NUMBER)
		return -1;
	return number_parse((const uint8_t *)text, (uint32_t)strlen(text));
}

struct additive {
	uint32_t holds, fails;
	uint32_t first_fail; /* the cell */
};

/* Whether a shown cell is, within rounding, the sum of its shown siblings. */
static void check_cell(const struct audit_input *in, uint32_t *key, uint32_t cell, uint32_t d,
                       struct additive *sum)
{
	const struct dimension *dim = &in->cells.dimensions[d];
	const uint32_t total = cell_key(&in->cells, cell)[2 + d];
	const int64_t value = shown_number(in, cell), base = in->said.settings.round_to;
	int64_t all = 0, n = 0;

	if (value < 0)
		return;
	for (uint32_t code = CODE_REST + 1; code < dim->codes.n; code++) {
		uint32_t other;

		memcpy(key, cell_key(&in->cells, cell), cells_width(&in->cells) * sizeof(*key));
		key[2 + d] = code;
		other = cells_find(&in->cells, key);
		if (code == total || other == CELL_NONE ||
		    in->cells.cells[other].place == CELL_NONE)
			continue;
		if (shown_number(in, other) < 0)
			return;
		all += shown_number(in, other);
		n++;
	}
	if (n < 1)
		return;
	if (llabs(all - value) * 2 <= (base > 1 ? base * (n + 1) : 0)) {
		sum->holds++;
	} else if (!sum->fails++) {
		sum->first_fail = cell;
	}
}

static enum sluice_status suggest_code(const struct sluice_audit *a, uint32_t d, uint32_t code,
                                       uint32_t *key, struct buf *out, struct sluice_error *err)
{
	const struct words w = { &a->in, &a->attack, false };
	const struct dimension *dim = &a->in.cells.dimensions[d];
	struct additive sum = { 0 };

	for (uint32_t i = 0; i < a->in.cells.n; i++)
		if (cell_key(&a->in.cells, i)[2 + d] == code &&
		    a->in.cells.cells[i].place != CELL_NONE)
			check_cell(&a->in, key, i, d, &sum);
	if (sum.holds && !sum.fails)
		return buf_addf(out, err, "--total '%s=%s'\t# adds up in %u of %u places\n",
		                dim->name, dim->codes.names[code], sum.holds, sum.holds);
	if (!is_total_name(dim->codes.names[code]))
		return SLUICE_OK;
	TRY(buf_addf(out, err, "# %s has a code '%s', but ", dim->name,
	             dim->codes.names[code]));
	if (!sum.holds && !sum.fails)
		return buf_addf(out, err,
		                "there is no place where all parts are shown: say "
		                "--total '%s=%s' if that is what it is\n",
		                dim->name, dim->codes.names[code]);
	TRY(buf_addf(out, err, "it does not add up in %u of %u places, first at ", sum.fails,
	             sum.fails + sum.holds));
	TRY(words_place(&w, sum.first_fail, out, err));
	return buf_addf(out, err, "\n");
}

enum sluice_status sluice_audit_suggest(struct sluice_audit *a, char **text,
                                        struct sluice_error *err)
{
	struct buf out = { 0 };
	uint32_t *key;
	enum sluice_status status = SLUICE_OK;

	*text = NULL;
	if (a->ran || !a->in.n_sheets)
		return fail(err, SLUICE_E_PLAN, "an audit runs once, on one file or more");
	a->ran = true;
	declaration_finish(&a->in.said);
	TRY(input_columns(&a->in, err));
	TRY(input_families(&a->in, err));
	TRY(input_build(&a->in, err));
	key = calloc(cells_width(&a->in.cells), sizeof(*key));
	if (!key)
		return fail_memory(err);
	for (uint32_t d = 0; d < a->in.cells.n_dimensions; d++)
		for (uint32_t c = CODE_REST + 1;
		     status == SLUICE_OK && c < a->in.cells.dimensions[d].codes.n; c++)
			status = suggest_code(a, d, c, key, &out, err);
	if (status == SLUICE_OK && !out.len)
		status = buf_addf(&out, err, "# no code adds up as a total\n");
	if (status == SLUICE_OK)
		status = buf_add(&out, "", 1, err);
	free(key);
	if (status == SLUICE_OK)
		*text = (char *)out.data;
	else
		buf_free(&out);
	return status;
}
