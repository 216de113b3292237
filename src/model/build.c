/*
 * build.c - from the rows of the files to cells with what their texts leave
 */
#include "model/input.h"

#include <stdlib.h>
#include <string.h>

enum sluice_status input_sheet_take(struct audit_input *in, struct sheet *sheet,
                                    const char *people, const struct known_column *known,
                                    struct sluice_error *err)
{
	const uint32_t i = in->n_sheets;
	uint32_t cap = in->cap_sheets, id;

	if (!array_grow((void **)&in->sheets, &in->cap_sheets, i, sizeof(*in->sheets)) ||
	    !array_grow((void **)&in->about, &cap, i, sizeof(*in->about))) {
		sheet_free(sheet);
		return fail_memory(err);
	}
	in->about[i] = (struct sheet_about){ .known = known };
	in->sheets[in->n_sheets++] = *sheet;
	*sheet = (struct sheet){ 0 };
	if (!in->cells.populations.n)
		TRY(names_add(&in->cells.populations, "", &id, err));
	return names_add(&in->cells.populations, people, &in->about[i].population, err);
}

enum sluice_status input_file(struct audit_input *in, const char *path,
                              struct sluice_error *err)
{
	struct sheet s = { 0 };
	const enum sluice_status status = sheet_read(&s, path, ',', err);

	TRY(input_sheet_take(in, &s, "", NULL, status == SLUICE_OK ? err : NULL));
	return status;
}

struct row_note *input_note(struct audit_input *in)
{
	if (!array_grow((void **)&in->notes, &in->cap_notes, in->n_notes, sizeof(*in->notes)))
		return NULL;
	return &in->notes[in->n_notes++];
}

/* The codes of a row; the measure is the caller's. */
static enum sluice_status row_key(struct audit_input *in, uint32_t sheet, uint32_t row,
                                  uint32_t *key, struct sluice_error *err)
{
	const struct sheet *s = &in->sheets[sheet];

	key[0] = in->about[sheet].population;
	memcpy(key + 2, in->about[sheet].fixed, in->cells.n_dimensions * sizeof(*key));
	for (uint32_t col = 0; col < s->header.n_cols; col++) {
		const struct column_role *r = &in->about[sheet].roles[col];

		if (r->role == ROLE_DIMENSION)
			TRY(input_code(in, r->dimension, sheet_text(s, row, col),
			               &key[2 + r->dimension], err));
	}
	return SLUICE_OK;
}

/* A total that was added up from what is shown, whatever the true counts are. */
static bool is_sum(const struct audit_input *in, uint32_t sheet, const uint32_t *key)
{
	for (uint32_t col = 0; col < in->sheets[sheet].header.n_cols; col++) {
		const struct column_role *r = &in->about[sheet].roles[col];

		if (r->role == ROLE_DIMENSION && r->sums && key[2 + r->dimension] == CODE_TOTAL)
			return true;
	}
	return false;
}

/* Where the cell was shown before. */
static const struct place_at *shown_before(const struct audit_input *in, uint32_t cell)
{
	const uint32_t place = in->cells.cells[cell].place;

	return place == CELL_NONE ? NULL : &in->cells.places[place];
}

static enum sluice_status refuse_text(struct audit_input *in, uint32_t sheet, uint32_t row,
                                      uint32_t col, const char *why, struct sluice_error *err)
{
	fail_at(err, SLUICE_E_DATA, in->sheets[sheet].lines[row], col + 1, "%s", why);
	fail_source(err, in->sheets[sheet].name);
	return SLUICE_E_DATA;
}

/* Rounded to 5 here and to 6 there: the two leave less than either. */
static void compare_bases(struct audit_input *in, struct place_at at,
                          const struct place_at *before)
{
	const struct sense a = input_sense(in, at.sheet, at.col);
	const struct sense b = input_sense(in, before->sheet, before->col);

	if (a.settings->round_to == 1 || b.settings->round_to == 1 ||
	    (a.settings->round_to == b.settings->round_to &&
	     a.settings->rounding == b.settings->rounding))
		return;
	if (!in->n_bases++) {
		in->bases[0] = at;
		in->bases[1] = *before;
	}
}

/* What one text leaves of a cell; what another file leaves of it holds, too. */
static enum sluice_status show_cell(struct audit_input *in, uint32_t cell, struct place_at at,
                                    struct sluice_error *err)
{
	const struct sheet *s = &in->sheets[at.sheet];
	const struct sense sense = input_sense(in, at.sheet, at.col);
	const char *text = sheet_text(s, at.row, at.col), *why;
	const struct place_at *before = shown_before(in, cell);
	struct unknown *u = &in->model.unknowns[cell], meaning;
	char name[72];

	if (!text_meaning(text, strlen(text), &sense, &meaning, &why))
		return refuse_text(in, at.sheet, at.row, at.col, why, err);
	if (before &&
	    strcmp(text, sheet_text(&in->sheets[before->sheet], before->row, before->col)) !=
	            0 &&
	    !in->n_differ++) {
		in->differ[0] = at;
		in->differ[1] = *before;
	}
	if (before)
		compare_bases(in, at, before);
	if (meaning.lo > u->lo)
		u->lo = meaning.lo;
	if (meaning.hi < u->hi)
		u->hi = meaning.hi;
	if (meaning.gap_lo <= meaning.gap_hi) {
		u->gap_lo = meaning.gap_lo;
		u->gap_hi = meaning.gap_hi;
	}
	if (before && (u->lo > u->hi || (u->lo == u->hi && !unknown_allows(u, u->lo)))) {
		fail_at(err, SLUICE_E_DATA, s->lines[at.row], at.col + 1,
		        "line %llu of %s shows the same cell with a text that can't be true at "
		        "once",
		        (unsigned long long)in->sheets[before->sheet].lines[before->row],
		        printable(name, in->sheets[before->sheet].name,
		                  strlen(in->sheets[before->sheet].name)));
		fail_source(err, s->name);
		return SLUICE_E_DATA;
	}
	if (text_kind(text, strlen(text), &sense) != TEXT_NUMBER)
		in->cells.cells[cell].token = true;
	return cells_place(&in->cells, cell, at, err);
}

static enum sluice_status settle_key(struct audit_input *in, uint32_t sheet, uint32_t row,
                                     uint32_t *key, struct sluice_error *err)
{
	if (key_settle(in, key))
		return SLUICE_OK;
	return refuse_text(in, sheet, row, 0, "codes that 'nested' says can't stand together",
	                   err);
}

/* The counts of one row. */
static enum sluice_status build_row(struct audit_input *in, uint32_t sheet, uint32_t row,
                                    uint32_t *key, struct sluice_error *err)
{
	TRY(row_key(in, sheet, row, key, err));
	if (is_sum(in, sheet, key))
		return SLUICE_OK;
	for (uint32_t col = 0; col < in->sheets[sheet].header.n_cols; col++) {
		const struct column_role *r = &in->about[sheet].roles[col];
		const struct place_at at = { sheet, row, col, CELL_NONE };
		const uint32_t outer = r->role == ROLE_WIDE ? key[2 + r->dimension] : 0;
		uint32_t cell;

		if (r->role != ROLE_MEASURE && r->role != ROLE_WIDE)
			continue;
		key[1] = r->measure;
		if (r->role == ROLE_WIDE)
			key[2 + r->dimension] = r->code;
		TRY(settle_key(in, sheet, row, key, err));
		TRY(cells_add(&in->cells, &in->model, key, &cell, err));
		if (in->cells.cells[cell].place != CELL_NONE &&
		    in->cells.places[in->cells.cells[cell].place].sheet == sheet)
			return refuse_text(
				in, sheet, row, col,
				"an earlier row of the file has the same codes: a "
				"dimension was not declared, or a row is there twice",
				err);
		TRY(show_cell(in, cell, at, err));
		if (r->role == ROLE_WIDE)
			key[2 + r->dimension] = outer;
	}
	return SLUICE_OK;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
	while (b) {
		const int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* num * num_factor - den * den_factor lies between lo and hi. */
static enum sluice_status add_relation(struct audit_input *in, uint32_t num, int64_t num_factor,
                                       uint32_t den, int64_t den_factor, int64_t lo, int64_t hi,
                                       struct row_note note, struct sluice_error *err)
{
	const int64_t g = common_divisor(num_factor, den_factor);
	struct row_note *n = input_note(in);

	if (!n)
		return fail_memory(err);
	*n = note;
	TRY(model_row(&in->model, lo, hi, err));
	TRY(model_term(&in->model, num, num_factor / g, err));
	return den_factor ? model_term(&in->model, den, -den_factor / g, err) : SLUICE_OK;
}

/* A percentage: between what its text is rounded from, of the true counts. */
static enum sluice_status build_fraction(struct audit_input *in, struct place_at at,
                                         uint32_t *key, struct sluice_error *err)
{
	const struct column_role *r = &in->about[at.sheet].roles[at.col];
	const struct fraction_said *f = &in->fractions[r->fraction];
	const struct sense sense = input_sense(in, at.sheet, at.col);
	const char *text = sheet_text(&in->sheets[at.sheet], at.row, at.col);
	const struct row_note note = { ROW_PERCENT, at.sheet, at.row, at.col };
	int64_t lo, hi, unit;
	uint32_t num, den;

	if (!text_fraction(text, strlen(text), r->decimals, &lo, &hi, &unit)) {
		const enum text_kind kind = text_kind(text, strlen(text), &sense);

		if (kind == TEXT_TOKEN || kind == TEXT_MISSING)
			return SLUICE_OK;
		return refuse_text(in, at.sheet, at.row, at.col, "not a fraction", err);
	}
	TRY(settle_key(in, at.sheet, at.row, key, err));
	key[1] = f->num;
	TRY(cells_add(&in->cells, &in->model, key, &num, err));
	key[1] = f->den;
	TRY(cells_add(&in->cells, &in->model, key, &den, err));
	in->cells.cells[num].wanted = in->cells.cells[den].wanted = true;
	if (in->model.unknowns[den].lo < 1)
		in->model.unknowns[den].lo = 1;
	unit *= f->scale;
	TRY(add_relation(in, num, unit, den, lo, 0, BOUND_NONE, note, err));
	TRY(add_relation(in, num, unit, den, hi, -BOUND_NONE, 0, note, err));
	if (f->scale == 100 && lo <= unit)
		return add_relation(in, num, 1, den, 1, -BOUND_NONE, 0,
		                    (struct row_note){ ROW_AT_MOST, CELL_NONE, 0, 0 }, err);
	return SLUICE_OK;
}

static enum sluice_status build_fractions(struct audit_input *in, uint32_t *key,
                                          struct sluice_error *err)
{
	for (uint32_t i = 0; i < in->n_sheets; i++)
		for (uint32_t col = 0; col < in->sheets[i].header.n_cols; col++) {
			if (in->about[i].roles[col].role != ROLE_FRACTION)
				continue;
			for (uint32_t row = 0; row < in->sheets[i].n_rows; row++) {
				TRY(row_key(in, i, row, key, err));
				TRY(build_fraction(in,
				                   (struct place_at){ i, row, col, CELL_NONE },
				                   key, err));
			}
		}
	return SLUICE_OK;
}

/* "A<=B": wherever both are cells. */
static enum sluice_status build_at_most(struct audit_input *in, const struct said_word *s,
                                        uint32_t *key, struct sluice_error *err)
{
	const uint32_t small = names_find(&in->cells.measures, s->left);
	const uint32_t large = names_find(&in->cells.measures, s->right);

	const char *const name = small == CELL_NONE ? s->left : s->right;
	char shown[72];

	if (small == CELL_NONE || large == CELL_NONE)
		return fail(err, SLUICE_E_PLAN, "'at-most': no file has a measure '%s'",
		            printable(shown, name, strlen(name)));
	for (uint32_t i = 0; i < in->cells.n; i++) {
		uint32_t other;

		memcpy(key, cell_key(&in->cells, i), cells_width(&in->cells) * sizeof(*key));
		if (key[1] != small)
			continue;
		key[1] = large;
		other = cells_find(&in->cells, key);
		if (other != CELL_NONE)
			TRY(add_relation(in, i, 1, other, 1, -BOUND_NONE, 0,
			                 (struct row_note){ ROW_AT_MOST, CELL_NONE, 0, 0 },
			                 err));
	}
	return SLUICE_OK;
}

enum sluice_status input_build(struct audit_input *in, struct sluice_error *err)
{
	uint32_t *key = calloc(cells_width(&in->cells), sizeof(*key));
	enum sluice_status status = SLUICE_OK;
	const struct said_word *s;

	if (!key)
		return fail_memory(err);
	for (uint32_t i = 0; status == SLUICE_OK && i < in->n_sheets; i++)
		for (uint32_t row = 0; status == SLUICE_OK && row < in->sheets[i].n_rows; row++)
			status = build_row(in, i, row, key, err);
	for (uint32_t i = 0; status == SLUICE_OK && i < in->cells.n; i++)
		if (in->cells.cells[i].token ||
		    in->model.unknowns[i].lo < in->model.unknowns[i].hi)
			in->cells.cells[i].wanted = true;
	if (status == SLUICE_OK)
		status = build_fractions(in, key, err);
	if (status == SLUICE_OK)
		status = input_relate(in, err);
	for (uint32_t at = 0;
	     status == SLUICE_OK && (s = declaration_next(&in->said, "at-most", &at));)
		status = build_at_most(in, s, key, err);
	if (status == SLUICE_OK)
		status = model_finish(&in->model, err);
	free(key);
	return status;
}

void input_free(struct audit_input *in)
{
	for (uint32_t i = 0; i < in->n_sheets; i++) {
		sheet_free(&in->sheets[i]);
		free(in->about[i].fixed);
		free(in->about[i].roles);
	}
	free(in->sheets);
	free(in->about);
	for (uint32_t i = 0; i < in->n_fractions; i++)
		free(in->fractions[i].name);
	free(in->fractions);
	free(in->notes);
	free(in->hidden);
	cells_free(&in->cells);
	model_free(&in->model);
	declaration_free(&in->said);
	*in = (struct audit_input){ 0 };
}
