#include "audit/grid.h"

#include "attack/words.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_DRAWN     300
#define ACROSS_MAX     12 /* codes side by side; more are one below the other */
#define FINDINGS_DRAWN 100

/* How a cell is drawn, from harmless to bad. */
enum shade { SHADE_SHOWN, SHADE_ROUNDED, SHADE_HIDDEN, SHADE_OPEN, SHADE_NARROW, SHADE_OUT };

static const struct look {
	const char *class, *sign, *spoken, *legend;
} looks[] = {
	[SHADE_SHOWN] = { "shown", "", "", "shown" },
	[SHADE_ROUNDED] = { "rounded", "", "", "rounded, safe" },
	[SHADE_HIDDEN] = { "hidden", "", ", hidden, safe", "hidden, safe" },
	[SHADE_OPEN] = { "open", "?", ", undecided", "undecided" },
	[SHADE_NARROW] = { "narrow", "~", ", too narrow", "too narrow" },
	[SHADE_OUT] = { "out", "!", ", follows from others", "follows from others" },
};

void grid_legend(struct text *t)
{
	put(t, "<ul class=keys>");
	for (size_t i = 0; i < sizeof(looks) / sizeof(*looks); i++)
		put_f(t,
		      "<li><span class=\"swatch %s\" aria-hidden=true><b>%s</b></span>%s</li>",
		      looks[i].class, looks[i].sign, looks[i].legend);
	put(t, "</ul>\n");
}

struct drawing {
	struct text t;
	const struct sluice_audit *a;
	const struct words *w;
	const struct sheet *s;
	uint32_t sheet;
	bool shown;
	uint32_t *cells; /* by row and column: the cell, or CELL_NONE */
	bool *together;  /* by cell: one of some whose sum is small, and follows */
};

static const struct column_role *role_of(const struct drawing *d, uint32_t col)
{
	return &d->a->in.about[d->sheet].roles[col];
}

static bool is_counts(const struct drawing *d, uint32_t col)
{
	const enum role role = role_of(d, col)->role;

	return role == ROLE_MEASURE || role == ROLE_WIDE;
}

static uint32_t cell_at(const struct drawing *d, uint32_t row, uint32_t col)
{
	return d->cells[(size_t)row * d->s->header.n_cols + col];
}

static enum shade shade_of(const struct drawing *d, uint32_t cell)
{
	if (cell == CELL_NONE || !d->a->in.cells.cells[cell].wanted)
		return SHADE_SHOWN;
	switch (attack_verdict(&d->a->attack, cell)) {
	case VERDICT_DISCLOSED: return SHADE_OUT;
	case VERDICT_NARROW: return SHADE_NARROW;
	case VERDICT_UNDECIDED: return SHADE_OPEN;
	case VERDICT_SAFE: break;
	}
	if (d->together[cell])
		return SHADE_NARROW;
	return d->a->in.cells.cells[cell].token ? SHADE_HIDDEN : SHADE_ROUNDED;
}

/* Texts of files may hold control characters. */
static void put_name(struct text *t, const char *name)
{
	char piece[2] = { 0 };

	for (; *name; name++) {
		piece[0] = (uint8_t)*name < 0x20 || *name == 0x7F ? '?' : *name;
		put_html(t, piece);
	}
}

static void draw_cell(struct drawing *d, uint32_t row, uint32_t col)
{
	const char *text = sheet_text(d->s, row, col);
	const struct look *look = &looks[shade_of(d, cell_at(d, row, col))];

	put_f(&d->t, "<td class=%s>", look->class);
	put_name(&d->t, *text && d->shown ? text : "\xC2\xB7");
	if (*look->sign)
		put_f(&d->t, "<b aria-hidden=true>%s</b>", look->sign);
	if (*look->spoken)
		put_f(&d->t, "<span class=sr>%s</span>", look->spoken);
}

/* ---- the two layouts --------------------------------------------------------------------- */

/* The file's own: a row for a row, its counts side by side. */
static void draw_rows(struct drawing *d)
{
	const uint32_t n_cols = d->s->header.n_cols;

	put(&d->t, "<thead><tr>");
	for (uint32_t c = 0; c < n_cols; c++)
		if (role_of(d, c)->role == ROLE_DIMENSION || is_counts(d, c)) {
			put(&d->t,
			    is_counts(d, c) ? "<th scope=col>" : "<th scope=col class=corner>");
			put_name(&d->t, header_name(&d->s->header, c));
		}
	put(&d->t, "</thead><tbody>");
	for (uint32_t row = 0; row < d->s->n_rows && row < ROWS_DRAWN; row++) {
		put(&d->t, "<tr>");
		for (uint32_t c = 0; c < n_cols; c++)
			if (role_of(d, c)->role == ROLE_DIMENSION) {
				put(&d->t, "<th scope=row>");
				put_name(&d->t, sheet_text(d->s, row, c));
			} else if (is_counts(d, c)) {
				draw_cell(d, row, c);
			}
	}
	put(&d->t, "</tbody>");
}

/* One count by two groups and more: the codes of one of them side by side. */
struct across {
	uint32_t count, col;           /* columns of the file             */
	uint32_t codes[ACROSS_MAX], n; /* the first row of each           */
};

static bool same_text(const struct drawing *d, uint32_t row, uint32_t other, uint32_t col)
{
	return !strcmp(sheet_text(d->s, row, col), sheet_text(d->s, other, col));
}

static bool find_codes(const struct drawing *d, struct across *a)
{
	a->n = 0;
	for (uint32_t row = 0; row < d->s->n_rows; row++) {
		uint32_t i = 0;

		while (i < a->n && !same_text(d, row, a->codes[i], a->col))
			i++;
		if (i < a->n)
			continue;
		if (a->n == ACROSS_MAX)
			return false;
		a->codes[a->n++] = row;
	}
	return a->n > 1;
}

static bool find_across(const struct drawing *d, struct across *a)
{
	uint32_t n_counts = 0, n_dimensions = 0;
	bool found = false;

	for (uint32_t c = 0; c < d->s->header.n_cols; c++) {
		if (is_counts(d, c)) {
			a->count = c;
			n_counts++;
		}
		n_dimensions += role_of(d, c)->role == ROLE_DIMENSION;
	}
	if (n_counts != 1 || n_dimensions < 2)
		return false;
	for (uint32_t c = d->s->header.n_cols; c-- > 0 && !found;) {
		a->col = c;
		found = role_of(d, c)->role == ROLE_DIMENSION && find_codes(d, a);
	}
	return found;
}

/* The same groups but for the one that is across. */
static bool same_line(const struct drawing *d, const struct across *a, uint32_t row,
                      uint32_t other)
{
	for (uint32_t c = 0; c < d->s->header.n_cols; c++)
		if (c != a->col && role_of(d, c)->role == ROLE_DIMENSION &&
		    !same_text(d, row, other, c))
			return false;
	return true;
}

static void draw_line(struct drawing *d, const struct across *a, uint32_t first, bool *drawn)
{
	put(&d->t, "<tr>");
	for (uint32_t c = 0; c < d->s->header.n_cols; c++)
		if (c != a->col && role_of(d, c)->role == ROLE_DIMENSION) {
			put(&d->t, "<th scope=row>");
			put_name(&d->t, sheet_text(d->s, first, c));
		}
	for (uint32_t i = 0; i < a->n; i++) {
		uint32_t row = first;

		while (row < d->s->n_rows && (!same_line(d, a, row, first) ||
		                              !same_text(d, row, a->codes[i], a->col)))
			row++;
		if (row == d->s->n_rows) {
			put(&d->t, "<td class=blank>");
			continue;
		}
		drawn[row] = true;
		draw_cell(d, row, a->count);
	}
}

static void draw_across(struct drawing *d, const struct across *a)
{
	bool *drawn = calloc((size_t)d->s->n_rows + 1, sizeof(*drawn));

	if (!drawn) {
		d->t.status = SLUICE_E_MEMORY;
		return;
	}
	put(&d->t, "<thead><tr>");
	for (uint32_t c = 0; c < d->s->header.n_cols; c++)
		if (c != a->col && role_of(d, c)->role == ROLE_DIMENSION) {
			put(&d->t, "<th scope=col class=corner>");
			put_name(&d->t, header_name(&d->s->header, c));
		}
	for (uint32_t i = 0; i < a->n; i++) {
		put(&d->t, "<th scope=col>");
		put_name(&d->t, sheet_text(d->s, a->codes[i], a->col));
	}
	put(&d->t, "</thead><tbody>");
	for (uint32_t row = 0; row < d->s->n_rows && row < ROWS_DRAWN; row++)
		if (!drawn[row])
			draw_line(d, a, row, drawn);
	put(&d->t, "</tbody>");
	free(drawn);
}

static void draw_grid(struct drawing *d)
{
	struct across a = { 0 };
	const bool pivot = find_across(d, &a);

	put(&d->t, "<div class=scroll><table class=heat><caption>");
	if (pivot) {
		put_name(&d->t, header_name(&d->s->header, a.count));
		put(&d->t, " by ");
		put_name(&d->t, header_name(&d->s->header, a.col));
	} else {
		put(&d->t, "As the file has it");
	}
	if (d->s->n_rows > ROWS_DRAWN)
		put_f(&d->t, ", the first %d rows", ROWS_DRAWN);
	put(&d->t, "</caption>");
	if (pivot)
		draw_across(d, &a);
	else
		draw_rows(d);
	put(&d->t, "</table></div>");
}

/* ---- findings ------------------------------------------------------------------------------ */

static bool is_in_sheet(const struct drawing *d, uint32_t cell)
{
	const struct cells *c = &d->a->in.cells;

	for (uint32_t at = c->cells[cell].place; at != CELL_NONE; at = c->places[at].next)
		if (c->places[at].sheet == d->sheet)
			return true;
	return false;
}

static enum sluice_status put_finding(struct drawing *d, uint32_t cell, struct buf *line,
                                      struct sluice_error *err)
{
	static const char *const words[] = { [VERDICT_DISCLOSED] = "follows",
		                             [VERDICT_NARROW] = "is left with too few values",
		                             [VERDICT_UNDECIDED] = "is undecided" };
	const enum verdict v = attack_verdict(&d->a->attack, cell);

	line->len = 0;
	TRY(words_codes(d->w, cell, line, err));
	TRY(buf_add(line, "", 1, err));
	put_f(&d->t, "<li class=%s><b>", v == VERDICT_UNDECIDED ? "look" : "no");
	put_html(&d->t, (const char *)line->data);
	put_f(&d->t, "</b> %s", words[v]);
	if (v == VERDICT_UNDECIDED) {
		put(&d->t, ": neither a proof nor two tables that differ were found.</li>");
		return SLUICE_OK;
	}
	line->len = 0;
	TRY(words_derivation(d->w, cell, "", line, err));
	TRY(buf_add(line, "", 1, err));
	put(&d->t, d->w->values
	                   ? ":<ul class=why>"
	                   : " from what is shown (# stands for its numbers):<ul class=why>");
	for (char *rest = (char *)line->data, *text; (text = strsep(&rest, "\n"));)
		if (*text) {
			put(&d->t, "<li>");
			put_html(&d->t, text);
			put(&d->t, "</li>");
		}
	put(&d->t, "</ul></li>");
	return SLUICE_OK;
}

static enum sluice_status draw_findings(struct drawing *d, struct sluice_error *err)
{
	struct buf line = { 0 };
	enum sluice_status status = SLUICE_OK;
	uint32_t n = 0, together = 0, unshown = 0;

	put(&d->t, "<div><ul class=findings>");
	for (uint32_t i = 0; i < d->a->in.cells.n && status == SLUICE_OK; i++) {
		together += d->together[i] && is_in_sheet(d, i);
		unshown += audit_reports(d->a, i) && d->a->in.cells.cells[i].place == CELL_NONE;
		if (audit_reports(d->a, i) && is_in_sheet(d, i) && n++ < FINDINGS_DRAWN)
			status = put_finding(d, i, &line, err);
	}
	if (together)
		put_f(&d->t,
		      "<li class=no>%u hidden counts are small together, and their sum follows "
		      "from what is shown beside them.</li>",
		      together);
	if (n > FINDINGS_DRAWN)
		put_f(&d->t, "<li class=no>and %u more.</li>", n - FINDINGS_DRAWN);
	if (unshown)
		put_f(&d->t,
		      "<li class=no>From the tables together %u %s that none of them "
		      "shows.</li>",
		      unshown, unshown == 1 ? "count follows" : "counts follow");
	put(&d->t, "</ul>");
	if (!n && !together && !unshown)
		put(&d->t, "<p class=checks>No hidden count of this table follows.</p>");
	put(&d->t, "</div>");
	buf_free(&line);
	return status;
}

/* ---- the piece ------------------------------------------------------------------------------ */

static void find_cells(struct drawing *d)
{
	const struct cells *c = &d->a->in.cells;
	const size_t n = (size_t)d->s->n_rows * d->s->header.n_cols;

	for (size_t i = 0; i < n; i++)
		d->cells[i] = CELL_NONE;
	for (uint32_t i = 0; i < c->n; i++)
		for (uint32_t at = c->cells[i].place; at != CELL_NONE; at = c->places[at].next)
			if (c->places[at].sheet == d->sheet)
				d->cells[(size_t)c->places[at].row * d->s->header.n_cols +
				         c->places[at].col] = i;
	for (uint32_t i = 0; i < d->a->n_together; i++) {
		const struct row *r = &d->a->in.model.rows[d->a->together[i].row];

		for (uint32_t t = 1; t < r->n; t++) {
			const uint32_t cell = d->a->in.model.terms[r->first + t].unknown;

			d->together[cell] = audit_hides(d->a, cell);
		}
	}
}

enum sluice_status grid_piece(struct buf *out, const struct sluice_audit *a, uint32_t sheet,
                              const struct grid_options *o, struct sluice_error *err)
{
	const struct words w = { &a->in, &a->attack, o->values };
	struct drawing d = {
		.a = a, .w = &w, .s = &a->in.sheets[sheet], .sheet = sheet, .shown = o->shown
	};
	const size_t n = (size_t)d.s->n_rows * d.s->header.n_cols;
	enum sluice_status status = SLUICE_OK;

	d.t.b = *out;
	d.cells = malloc((n + 1) * sizeof(*d.cells));
	d.together = calloc((size_t)a->in.cells.n + 1, sizeof(*d.together));
	if (!d.cells || !d.together)
		status = fail_memory(err);
	if (status == SLUICE_OK) {
		find_cells(&d);
		put(&d.t, "<article class=grid><h3>");
		put_name(&d.t, d.s->name);
		put(&d.t, "</h3><div class=pair>");
		draw_grid(&d);
		status = draw_findings(&d, err);
		put(&d.t, "</div></article>\n");
	}
	if (status == SLUICE_OK && d.t.status != SLUICE_OK)
		status = fail_memory(err);
	*out = d.t.b;
	free(d.cells);
	free(d.together);
	return status;
}
