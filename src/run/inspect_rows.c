/*
 * inspect_rows.c - the rows of a table, once or twice, to the checks
 *
 * Most cells of a table say what another cell of their column said: each column has a few texts
 * at hand that were met, with what they are, and the checks are told once how often and
 * where first.
 */
#include "csv/chunk.h"
#include "csv/tokenize.h"
#include "run/chain.h"
#include "run/inspect_pass.h"

#include <stdlib.h>
#include <string.h>

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

/* What was met at the text's place, if anything. */
static size_t place_of(const struct pass *p, struct field f, uint32_t col)
{
	const uint64_t mixed = (met_head(f) ^ f.len) * UINT64_C(0x9E3779B97F4A7C15) +
	                       met_tail(f) * UINT64_C(0xC2B2AE3D27D4EB4F);

	return ((size_t)col << p->bits) +
	       ((mixed ^ mixed >> 29) * UINT64_C(0x165667B19E3779F9) >> (64 - p->bits));
}

static void tell_met(struct pass *p, size_t place)
{
	p->views[place].times = p->met[place].times;
	p->met[place].times = 0;
	tell(&p->s->q, p, &p->views[place]);
}

enum sluice_status pass_meet(struct pass *p, struct field f, uint32_t col, uint64_t line,
                             struct met **found)
{
	const size_t place = place_of(p, f, col);
	struct cell_view own = { .col = col, .line = line, .times = 1 };
	struct inquiry *q = &p->s->q;
	struct met *m = &p->met[place];
	struct field plain;
	bool ok;

	*found = m;
	if (met_equal(m, f)) {
		m->times++;
		return SLUICE_OK;
	}
	plain = batch_unquote(f, &p->tmp, &ok);
	if (!ok)
		return fail_memory(q->err);
	cell_read(&own, plain.text, plain.len);
	if (plain.text == p->tmp.data) { /* it does not stay there */
		*found = NULL;
		if (own.kind == CELL_WHOLE)
			facts_step(&q->facts[col], own.whole);
		tell(q, p, &own);
		return q->status;
	}
	if (m->times)
		tell_met(p, place);
	met_set(m, f, own.kind == CELL_WHOLE, own.whole);
	p->views[place] = own;
	return q->status;
}

static void tell_all(struct pass *p)
{
	const size_t n = (size_t)p->s->q.n_cols << p->bits;

	for (size_t i = 0; i < n; i++)
		if (p->met[i].times)
			tell_met(p, i);
}

static enum sluice_status one_cell(struct pass *p, struct field f, uint32_t col, uint64_t line)
{
	struct inquiry *q = &p->s->q;
	struct met *found;
	bool ok;

	if (p->second) {
		p->cells[col] = (struct cell_view){ .col = col, .line = line, .times = 1 };
		f = batch_unquote(f, &p->tmp, &ok);
		cell_read(&p->cells[col], f.text, f.len);
		return ok ? SLUICE_OK : fail_memory(q->err);
	}
	TRY(pass_meet(p, f, col, line, &found));
	if (found)
		met_step(found, &q->facts[col]);
	return SLUICE_OK;
}

enum sluice_status pass_row(struct pass *p, const struct batch *b, uint32_t row)
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

/* 'lines': LFs of the batch. */
static enum sluice_status one_batch(struct pass *p, const struct batch *b, uint64_t lines)
{
	if (lines == b->n_rows && !p->s->by_rows)
		return p->second ? pass_glances(p, b) : pass_columns(p, b);
	for (uint32_t row = 0; row < b->n_rows; row++)
		TRY(pass_row(p, b, row));
	return SLUICE_OK;
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
		if (more && status == SLUICE_OK)
			status = one_batch(p, &b, t.lines - b.first_line);
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

static void pass_free(struct pass *p)
{
	free(p->cells);
	free(p->glances);
	free(p->wanted);
	free(p->met);
	free(p->views);
	buf_free(&p->tmp);
}

static bool second_init(struct pass *p, uint32_t n_cols)
{
	const struct inquiry *q = &p->s->q;
	uint32_t n = 0;

	p->cells = calloc(n_cols, sizeof(*p->cells));
	p->glances = calloc(n_cols, sizeof(*p->glances));
	p->met = calloc(n_cols, sizeof(*p->met));
	p->wanted = calloc((size_t)n_cols + 1, sizeof(*p->wanted));
	if (!p->cells || !p->glances || !p->met || !p->wanted)
		return false;
	for (uint32_t col = 0; col < n_cols; col++)
		if (q->wanted[col])
			p->wanted[n++] = col;
	p->wanted[n] = n_cols;
	return true;
}

static bool first_init(struct pass *p, uint32_t n_cols)
{
	p->bits = n_cols <= 256 ? 6 : n_cols <= 4096 ? 3 : 1;
	p->met = calloc((size_t)n_cols << p->bits, sizeof(*p->met));
	p->views = malloc(((size_t)n_cols << p->bits) * sizeof(*p->views));
	return p->met && p->views;
}

static enum sluice_status pass_init(struct pass *p, struct sluice_error *err)
{
	const uint32_t n_cols = p->s->q.n_cols;

	if (p->second ? second_init(p, n_cols) : first_init(p, n_cols))
		return SLUICE_OK;
	pass_free(p);
	return fail_memory(err);
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
	TRY(pass_init(&p, err));
	if (len)
		status = all_rows(&p, text, (uint32_t)len, cut, err);
	if (!second)
		tell_all(&p);
	if (cut)
		s->text.data[q->len] = '\0';
	pass_free(&p);
	return status;
}
