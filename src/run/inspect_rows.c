/*
 * inspect_rows.c - the rows of a table, once or twice, to the checks
 *
 * Most cells of a table say what another cell of their column said: each column has a few texts
 * at hand that were met, with what they are, and the checks are told once how often and
 * where first.
 */
#include "base/word.h"
#include "csv/chunk.h"
#include "csv/tokenize.h"
#include "run/chain.h"
#include "run/inspect.h"

#include <stdlib.h>
#include <string.h>

/* A time through the rows. */
struct pass {
	struct inspection *s;
	bool second;
	struct buf tmp;
	struct cell_view *cells; /* second: of the row */
	struct cell_view *views; /* first: of each column, 1 << bits texts that were met */
	unsigned bits;
	uint32_t asked[CELL_TEXT + 1][STATES_MAX + 1]; /* checks by kind, ended by UINT32_MAX */
	uint32_t rows[STATES_MAX + 1];
	uint64_t line; /* of the row */
};

static void ask_whom(struct pass *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; checks[i]; i++)
		if (p->second ? checks[i]->again != NULL : checks[i]->row != NULL)
			p->rows[n++] = i;
	p->rows[n] = UINT32_MAX;
	for (uint32_t kind = 0; kind <= CELL_TEXT; kind++) {
		n = 0;
		for (uint32_t i = 0; checks[i]; i++)
			if (checks[i]->kinds >> kind & 1)
				p->asked[kind][n++] = i;
		p->asked[kind][n] = UINT32_MAX;
	}
}

/* Lines of a row before one of its fields: more than none only where quotes hold line ends. */
static uint64_t lines_before(const uint8_t *from, const uint8_t *to)
{
	uint64_t n = 0;

	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

/* Tell the facts and the checks of all the cells that a view stands for. */
static void tell(struct inquiry *q, struct pass *p, struct cell_view *view)
{
	facts_add(&q->facts[view->col], view, q->terms->settings.threshold);
	for (const uint32_t *i = p->asked[view->kind]; *i != UINT32_MAX; i++) {
		q->at = *i;
		checks[q->at]->cell(q, state_of(q, view->col), view);
	}
	view->times = 0;
}

/* The view of that text in the column, new or met before; what it takes the place of is told. */
static struct cell_view *look_up(struct pass *p, struct field f, uint32_t col, uint64_t line)
{
	const uint64_t word =
		load_little(f.text) & ~(f.len < 8 ? ~UINT64_C(0) << 8 * f.len : 0);
	const uint64_t mixed = (word ^ f.len) * UINT64_C(0x9E3779B97F4A7C15) +
	                       (f.len > 8 ? load_little(f.text + f.len - 8) : 0) *
	                               UINT64_C(0xC2B2AE3D27D4EB4F);
	struct cell_view *view =
		&p->views[((uint64_t)col << p->bits) +
	                  ((mixed ^ mixed >> 29) * UINT64_C(0x165667B19E3779F9) >>
	                   (64 - p->bits))];

	if (view->times && view->len == f.len && !memcmp(view->text, f.text, f.len)) {
		view->times++;
		return view;
	}
	if (view->times)
		tell(&p->s->q, p, view);
	view->col = col;
	view->line = line;
	view->times = 1;
	cell_read(view, f.text, f.len);
	return view;
}

static void tell_all(struct pass *p)
{
	const uint64_t n = (uint64_t)p->s->q.n_cols << p->bits;

	for (uint64_t i = 0; i < n; i++)
		if (p->views[i].times)
			tell(&p->s->q, p, &p->views[i]);
}

static enum sluice_status one_cell(struct pass *p, struct field f, uint32_t col, uint64_t line)
{
	struct inquiry *q = &p->s->q;
	struct cell_view own = { .col = col, .line = line, .times = 1 }, *view;
	bool ok;

	f = batch_unquote(f, &p->tmp, &ok);
	if (!ok)
		return fail_memory(q->err);
	if (p->second) {
		cell_read(&own, f.text, f.len);
		p->cells[col] = own;
		return SLUICE_OK;
	}
	if (f.text == p->tmp.data) { /* it does not stay there */
		cell_read(&own, f.text, f.len);
		if (own.kind == CELL_WHOLE)
			facts_step(&q->facts[col], own.whole);
		tell(q, p, &own);
		return q->status;
	}
	view = look_up(p, f, col, line);
	if (view->kind == CELL_WHOLE)
		facts_step(&q->facts[col], view->whole);
	return q->status;
}

static enum sluice_status one_row(struct pass *p, const struct batch *b, uint32_t row)
{
	struct inquiry *q = &p->s->q;
	const uint32_t *ends = b->ends + (ptrdiff_t)row * b->n_cols;
	const uint8_t *text = b->text + (ends[-1] + 1), *end = b->text + ends[b->n_cols - 1];
	const bool lines = memchr(text, '\n', (size_t)(end - text)) != NULL;

	for (uint32_t col = 0; col < b->n_cols; col++) {
		const struct field f = batch_field(b, row, col);

		if (p->second && !q->wanted[col])
			continue;
		TRY(one_cell(p, f, col, p->line + (lines ? lines_before(text, f.text) : 0)));
	}
	for (const uint32_t *i = p->rows; *i != UINT32_MAX; i++) {
		q->at = *i;
		if (p->second)
			checks[q->at]->again(q, p->cells, p->line);
		else
			checks[q->at]->row(q, text, (uint32_t)(end - text), p->line);
	}
	p->line += 1 + (lines ? lines_before(text, end) : 0);
	q->rows += !p->second;
	return q->status;
}

static enum sluice_status all_rows(struct pass *p, const uint8_t *text, uint32_t len, bool cut,
                                   struct sluice_error *err)
{
	struct inquiry *q = &p->s->q;
	struct tokenizer t;
	struct batch b = { 0 };
	enum sluice_status status;
	const uint64_t before = p->line - 1;
	bool more = true;

	TRY(tokenizer_init(&t, kernels_pick(NULL), q->delimiter, q->n_cols, CHAIN_WINDOW, err));
	tokenizer_begin(&t, text, len, cut);
	do {
		status = tokenizer_next(&t, &b, &more, err);
		for (uint32_t row = 0; more && status == SLUICE_OK && row < b.n_rows; row++)
			status = one_row(p, &b, row);
	} while (more && status == SLUICE_OK);
	if (status == SLUICE_E_DATA) {
		if (!p->second) {
			q->unread = *err;
			q->unread.line += before;
		}
		status = SLUICE_OK;
	}
	batch_free(&b);
	tokenizer_free(&t);
	return status;
}

enum sluice_status inspect_rows(struct inspection *s, uint64_t at, bool second,
                                struct sluice_error *err)
{
	struct inquiry *q = &s->q;
	struct pass p = { .s = s, .second = second };
	const uint8_t *text = q->text + at;
	size_t len = q->len - at;
	enum sluice_status status = SLUICE_OK;
	bool cut = false;

	p.line = q->skipped + s->header.lines + 1;
	ask_whom(&p);
	if (!q->whole)
		len = cut_records(kernels_pick(NULL), text, (uint32_t)len);
	else if (len && text[len - 1] != '\n') {
		s->text.data[q->len] = '\n'; /* there is room for it */
		len++;
		cut = true;
	}
	p.bits = q->n_cols <= 256 ? 6 : q->n_cols <= 4096 ? 3 : 1;
	if (second)
		p.cells = calloc(q->n_cols, sizeof(*p.cells));
	else
		p.views = calloc((size_t)q->n_cols << p.bits, sizeof(*p.views));
	if (!p.cells && !p.views)
		return fail_memory(err);
	if (len)
		status = all_rows(&p, text, (uint32_t)len, cut, err);
	if (p.views)
		tell_all(&p);
	if (cut)
		s->text.data[q->len] = '\0';
	free(p.cells);
	free(p.views);
	buf_free(&p.tmp);
	return status;
}
