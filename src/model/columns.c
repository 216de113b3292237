/*
 * columns.c - what each column of each file is: said, or told by its texts
 */
#include "model/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t input_dimension(const struct audit_input *in, const char *name)
{
	for (uint32_t d = 0; d < in->cells.n_dimensions; d++)
		if (!strcmp(in->cells.dimensions[d].name, name))
			return d;
	return CELL_NONE;
}

uint32_t input_sheet(const struct audit_input *in, const char *name)
{
	for (uint32_t i = 0; i < in->n_sheets; i++) {
		const char *base = strrchr(in->sheets[i].name, '/');

		if (!strcmp(in->sheets[i].name, name) || (base && !strcmp(base + 1, name)))
			return i;
	}
	return CELL_NONE;
}

struct sense input_sense(const struct audit_input *in, uint32_t sheet, uint32_t col)
{
	const struct column_role *r = &in->about[sheet].roles[col];

	return (struct sense){ .settings = r->settings ? r->settings : &in->said.settings,
		               .secondary = in->loose || r->secondary ||
		                            declaration_has(&in->said, "secondary"),
		               .zeros_shown = r->zeros_shown,
		               .more = in->hidden,
		               .n_more = in->n_hidden };
}

static enum sluice_status add_dimension(struct audit_input *in, const char *name,
                                        uint32_t *dimension, struct sluice_error *err)
{
	struct cells *c = &in->cells;
	struct dimension *more;
	uint32_t id;

	*dimension = input_dimension(in, name);
	if (*dimension != CELL_NONE)
		return SLUICE_OK;
	more = realloc(c->dimensions, (c->n_dimensions + 1) * sizeof(*more));
	if (!more)
		return fail_memory(err);
	c->dimensions = more;
	*dimension = c->n_dimensions++;
	more[*dimension] = (struct dimension){ .name = strdup(name), .inside = -1 };
	if (!more[*dimension].name)
		return fail_memory(err);
	/* No text of a file has a control character in front, so these are ours alone. */
	TRY(names_add(&more[*dimension].codes, "\1total", &id, err));
	return names_add(&more[*dimension].codes, "\1others", &id, err);
}

static bool is_said(const struct audit_input *in, const char *word, const char *name)
{
	const struct said_word *s;

	for (uint32_t at = 0; (s = declaration_next(&in->said, word, &at));)
		if (!strcmp(s->right, name))
			return true;
	return false;
}

/* Which fraction is printed in a column of that name; CELL_NONE = none. */
static uint32_t find_fraction(const struct audit_input *in, const char *name)
{
	for (uint32_t i = 0; i < in->n_fractions; i++)
		if (!strcmp(in->fractions[i].name, name))
			return i;
	return CELL_NONE;
}

/* "NAME=NUM/DEN" */
static enum sluice_status add_fraction(struct audit_input *in, const struct said_word *s,
                                       int64_t scale, struct sluice_error *err)
{
	struct fraction_said *more =
		realloc(in->fractions, (in->n_fractions + 1) * sizeof(*more));
	char *slash = strchr(s->right, '/');
	struct fraction_said *f;

	if (!more)
		return fail_memory(err);
	in->fractions = more;
	if (!slash || slash == s->right || !slash[1])
		return fail(err, SLUICE_E_PLAN, "'%s' must be NAME=NUM/DEN", s->word->name);
	f = &more[in->n_fractions++];
	*f = (struct fraction_said){ .name = strdup(s->left), .scale = scale };
	if (!f->name)
		return fail_memory(err);
	TRY(names_add(&in->cells.measures, slash + 1, &f->den, err));
	*slash = 0;
	TRY(names_add(&in->cells.measures, s->right, &f->num, err));
	*slash = '/';
	return SLUICE_OK;
}

static void take_known(struct column_role *r, const struct known_column *k)
{
	r->role = k->role;
	r->settings = k->settings;
	r->secondary = k->secondary;
	r->sums = k->sums;
}

/* Counts, tokens and gaps, one count at the least. */
static bool looks_like_counts(const struct audit_input *in, uint32_t sheet, uint32_t col)
{
	const struct sense sense = input_sense(in, sheet, col);
	const struct sheet *s = &in->sheets[sheet];
	bool any = false;

	for (uint32_t row = 0; row < s->n_rows; row++) {
		const char *text = sheet_text(s, row, col);

		switch (text_kind(text, strlen(text), &sense)) {
		case TEXT_OTHER: return false;
		case TEXT_NUMBER: any = true; break;
		case TEXT_TOKEN: any = any || text[0]; break;
		case TEXT_MISSING: break;
		}
	}
	return any;
}

static enum sluice_status settle_column(struct audit_input *in, uint32_t sheet, uint32_t col,
                                        struct sluice_error *err)
{
	const char *name = header_name(&in->sheets[sheet].header, col);
	struct column_role *r = &in->about[sheet].roles[col];
	const bool dimensions = declaration_has(&in->said, "dimensions");
	const bool measures = declaration_has(&in->said, "measures");

	if (r->role == ROLE_WIDE) {
		if (in->about[sheet].known)
			r->settings = in->about[sheet].known[col].settings;
		return SLUICE_OK;
	}
	r->fraction = find_fraction(in, name);
	if (r->fraction != CELL_NONE) {
		r->role = ROLE_FRACTION;
		return SLUICE_OK;
	}
	if (in->about[sheet].known) {
		take_known(r, &in->about[sheet].known[col]);
	} else if (is_said(in, "dimensions", name)) {
		r->role = ROLE_DIMENSION;
	} else if (is_said(in, "measures", name)) {
		r->role = ROLE_MEASURE;
	} else if (!dimensions || !measures) {
		/* One kind was said: the rest is the other.  Neither: by the texts. */
		const bool counts = !measures && looks_like_counts(in, sheet, col);

		r->role = counts ? ROLE_MEASURE : dimensions ? ROLE_NONE : ROLE_DIMENSION;
		r->inferred = r->role != ROLE_NONE;
	}
	if (r->role == ROLE_DIMENSION)
		return add_dimension(in, name, &r->dimension, err);
	if (r->role == ROLE_MEASURE)
		return names_add(&in->cells.measures, name, &r->measure, err);
	return SLUICE_OK;
}

/* One "CODE:COL" of a header map. */
static enum sluice_status add_wide(struct audit_input *in, char *pair, uint32_t dimension,
                                   uint32_t measure, struct sluice_error *err)
{
	char *colon = strrchr(pair, ':'), shown[72];
	bool found = false;
	uint32_t code;

	if (!colon || colon == pair || !colon[1])
		return fail(err, SLUICE_E_PLAN,
		            "'wide' must be [MEASURE@]DIM=CODE:COL,CODE:COL...");
	*colon = 0;
	TRY(input_code(in, dimension, pair, &code, err));
	*colon = ':';
	for (uint32_t i = 0; i < in->n_sheets; i++) {
		const int32_t col =
			header_find(&in->sheets[i].header, colon + 1, strlen(colon + 1));

		if (col < 0)
			continue;
		found = true;
		in->about[i].roles[col] = (struct column_role){ .role = ROLE_WIDE,
			                                        .dimension = dimension,
			                                        .code = code,
			                                        .measure = measure };
	}
	return found ? SLUICE_OK
	             : fail(err, SLUICE_E_PLAN, "'wide': no file has a column '%s'",
	                    printable(shown, colon + 1, strlen(colon + 1)));
}

/* "MEASURE@DIM=CODE:COL,CODE:COL" */
static enum sluice_status read_wide(struct audit_input *in, const struct said_word *s,
                                    struct sluice_error *err)
{
	const char *at = strchr(s->left, '@');
	char *list = strdup(s->right), *measure = strdup(at ? s->left : "n");
	enum sluice_status status;
	uint32_t dimension = 0, m = 0;

	if (!list || !measure) {
		free(list);
		free(measure);
		return fail_memory(err);
	}
	if (at)
		measure[at - s->left] = 0;
	status = add_dimension(in, at ? at + 1 : s->left, &dimension, err);
	if (status == SLUICE_OK)
		status = names_add(&in->cells.measures, measure, &m, err);
	for (char *rest = list, *pair; status == SLUICE_OK && (pair = strsep(&rest, ","));)
		status = add_wide(in, pair, dimension, m, err);
	free(list);
	free(measure);
	return status;
}

/* Every name that was said must be somewhere; a misspelt one would hide what it was for. */
static enum sluice_status check_names(const struct audit_input *in, const char *word,
                                      struct sluice_error *err)
{
	const struct said_word *s;
	char shown[72];

	for (uint32_t at = 0; (s = declaration_next(&in->said, word, &at));) {
		bool found = false;

		for (uint32_t i = 0; i < in->n_sheets; i++)
			if (header_find(&in->sheets[i].header, s->right, strlen(s->right)) >= 0)
				found = true;
		if (!found)
			return fail(err, SLUICE_E_PLAN, "'%s': no file has a column '%s'", word,
			            printable(shown, s->right, strlen(s->right)));
	}
	return SLUICE_OK;
}

enum sluice_status input_no_dimension(const struct audit_input *in, const struct said_word *s,
                                      const char *name, struct sluice_error *err)
{
	char text[sizeof(err->text)], shown[72];
	size_t len = (size_t)snprintf(text, sizeof(text), "'%s': no file has a dimension '%s'",
	                              s->word->name, printable(shown, name, strlen(name)));

	for (uint32_t i = 0; i < in->cells.n_dimensions && len < sizeof(text); i++) {
		const char *other = in->cells.dimensions[i].name;

		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s%s",
			i ? ", " : "; there are: ", printable(shown, other, strlen(other)));
	}
	return declaration_refuse(s, err, text);
}

/* Of many tables, each is told the totals of all; who tells them has looked at the names. */
static enum sluice_status check_totals(const struct audit_input *in, struct sluice_error *err)
{
	const struct said_word *s;

	for (uint32_t i = 0; i < in->n_sheets; i++)
		if (in->about[i].known)
			return SLUICE_OK;
	for (uint32_t at = 0; (s = declaration_next(&in->said, "total", &at));)
		if (s->left && input_dimension(in, s->left) == CELL_NONE)
			return input_no_dimension(in, s, s->left, err);
	return SLUICE_OK;
}

/* "FILE=TAG" and "FILE:DIM=CODE", said as FILE:DIM and CODE. */
static enum sluice_status read_abouts(struct audit_input *in, struct sluice_error *err)
{
	const struct said_word *s;
	uint32_t sheet, dimension;
	char shown[72];

	for (uint32_t at = 0; (s = declaration_next(&in->said, "population", &at));) {
		sheet = input_sheet(in, s->left);
		if (sheet == CELL_NONE)
			return fail(err, SLUICE_E_PLAN, "'population': no file '%s'",
			            printable(shown, s->left, strlen(s->left)));
		TRY(names_add(&in->cells.populations, s->right, &in->about[sheet].population,
		              err));
	}
	for (uint32_t at = 0; (s = declaration_next(&in->said, "cell", &at));) {
		char *colon = strrchr(s->left, ':');

		if (!colon)
			return fail(err, SLUICE_E_PLAN, "'cell' must be FILE:DIM=CODE");
		*colon = 0;
		sheet = input_sheet(in, s->left);
		*colon = ':';
		if (sheet == CELL_NONE)
			return fail(err, SLUICE_E_PLAN, "'cell': no such file in '%s'",
			            printable(shown, s->left, strlen(s->left)));
		TRY(add_dimension(in, colon + 1, &dimension, err));
		in->cells.dimensions[dimension].open = true;
	}
	return SLUICE_OK;
}

/* Once all dimensions are known: the code that a whole file has. */
static enum sluice_status read_fixed(struct audit_input *in, struct sluice_error *err)
{
	const struct said_word *s;

	for (uint32_t i = 0; i < in->n_sheets; i++) {
		in->about[i].fixed =
			calloc(in->cells.n_dimensions + 1, sizeof(*in->about[i].fixed));
		if (!in->about[i].fixed)
			return fail_memory(err);
	}
	for (uint32_t at = 0; (s = declaration_next(&in->said, "cell", &at));) {
		char *colon = strrchr(s->left, ':');
		uint32_t sheet, dimension, code;

		*colon = 0;
		sheet = input_sheet(in, s->left);
		*colon = ':';
		dimension = input_dimension(in, colon + 1);
		TRY(input_code(in, dimension, s->right, &code, err));
		in->about[sheet].fixed[dimension] = code;
	}
	return SLUICE_OK;
}

static void look_at_texts(struct audit_input *in, uint32_t sheet, uint32_t col)
{
	struct column_role *r = &in->about[sheet].roles[col];
	const struct sheet *s = &in->sheets[sheet];

	for (uint32_t row = 0; row < s->n_rows; row++) {
		const char *text = sheet_text(s, row, col);
		const unsigned decimals = text_decimals(text, strlen(text));

		if (!strcmp(text, "0"))
			r->zeros_shown = true;
		if (decimals > r->decimals)
			r->decimals = decimals;
	}
	if (in->said.settings.digits != SHORTEST && r->role == ROLE_FRACTION)
		r->decimals = (unsigned)in->said.settings.digits;
}

enum sluice_status input_columns(struct audit_input *in, struct sluice_error *err)
{
	const struct said_word *s;
	uint32_t id;

	TRY(names_add(&in->cells.populations, "", &id, err));
	TRY(check_names(in, "dimensions", err));
	TRY(check_names(in, "measures", err));
	for (uint32_t at = 0; (s = declaration_next(&in->said, "percent", &at));)
		TRY(add_fraction(in, s, 100, err));
	for (uint32_t at = 0; (s = declaration_next(&in->said, "ratio", &at));)
		TRY(add_fraction(in, s, 1, err));
	for (uint32_t i = 0; i < in->n_sheets; i++) {
		in->about[i].roles =
			calloc(in->sheets[i].header.n_cols, sizeof(*in->about[i].roles));
		if (!in->about[i].roles)
			return fail_memory(err);
	}
	for (uint32_t at = 0; (s = declaration_next(&in->said, "wide", &at));)
		TRY(read_wide(in, s, err));
	for (uint32_t i = 0; i < in->n_sheets; i++)
		for (uint32_t col = 0; col < in->sheets[i].header.n_cols; col++) {
			TRY(settle_column(in, i, col, err));
			look_at_texts(in, i, col);
		}
	TRY(read_abouts(in, err));
	for (uint32_t at = 0; (s = declaration_next(&in->said, "open", &at));) {
		id = input_dimension(in, s->right);
		if (id == CELL_NONE)
			return input_no_dimension(in, s, s->right, err);
		in->cells.dimensions[id].open = true;
	}
	TRY(check_totals(in, err));
	return read_fixed(in, err);
}
