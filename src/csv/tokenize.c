/*
 * tokenize.c - the fast path over a chunk, and the referee behind it
 *
 * A window's index is right for a table of n columns when every n-th separator is a
 * line end and no other is: the kernel counts line ends, so a look at every n-th
 * entry settles it.  When that fails, or the kernel saw a byte that is refused, the
 * referee reads on from the batch's first record and finds the first offence.
 */
#include "csv/tokenize.h"

#include "csv/strict.h"

#include <stdlib.h>
#include <string.h>

enum sluice_status tokenizer_init(struct tokenizer *t, const struct kernels *k,
                                  uint8_t delimiter, uint32_t n_cols, uint32_t window,
                                  struct sluice_error *err)
{
	*t = (struct tokenizer){
		.kernels = k, .delimiter = delimiter, .n_cols = n_cols, .window = window
	};
	t->index = malloc(((size_t)window + n_cols + KERNEL_PAD + 1) * sizeof(*t->index));
	return t->index ? SLUICE_OK : fail_memory(err);
}

void tokenizer_free(struct tokenizer *t)
{
	free(t->index);
}

void tokenizer_begin(struct tokenizer *t, const uint8_t *text, uint32_t len, bool cut)
{
	t->text = text;
	t->len = len;
	t->cut = cut;
	t->at = t->begin = 0;
	t->lines = t->rows = 0;
	t->scan = (struct scan)SCAN_START;
	t->index[0] = UINT32_MAX; /* the offset before 0 */
	t->n_ends = 0;
	t->n_out = 0;
	t->blank_line = t->blank_lines = 0;
	t->all_blank = t->guessed = t->split = false;
	t->status = SLUICE_OK;
}

/* ---- the referee --------------------------------------------------------------- */

/* Blank lines from 'at' on: the end of the table, if nothing else follows. */
static enum sluice_status blank_lines(struct tokenizer *t, uint32_t at, uint64_t line)
{
	t->blank_line = line + 1;
	t->all_blank = !t->rows && !t->n_found;
	for (; at < t->len; at++) {
		const bool crlf =
			t->text[at] == '\r' && at + 1 < t->len && t->text[at + 1] == '\n';

		if (t->text[at] != '\n' && !crlf)
			return refuse(&t->err, REFUSE_BLANK, line + 1, 1);
		at += crlf;
		t->blank_lines++;
	}
	t->at = t->len;
	if (!t->cut)
		return SLUICE_OK;
	/* A last line without LF that is blank all the same is a lone CR: no blank line. */
	return refuse(&t->err, t->blank_lines > 1 ? REFUSE_BLANK : REFUSE_CR, line + 1, 1);
}

/* The record at 'at', if there is something wrong with it that strict_record does not see. */
static enum sluice_status judge(struct tokenizer *t, const struct record *r, uint32_t at,
                                uint64_t line)
{
	const uint8_t *text = t->text + at;
	const bool last = at + r->len == t->len;
	const size_t ok = t->kernels->utf8(text, r->len);

	if (ok != r->len) /* r->len ends before what r->why is about: this came first */
		return refuse(&t->err, REFUSE_UTF8,
		              line + 1 + t->kernels->count(text, ok, '\n'),
		              strict_field_at(text, (uint32_t)ok, t->delimiter));
	if (r->why)
		return refuse(&t->err, r->why, line + 1 + r->why_line, r->why_field);
	if (last && t->cut && r->len > 1 && text[r->len - 2] == '\r')
		return refuse(&t->err, REFUSE_CR, line + r->lines, r->n_fields);
	if (r->n_fields != t->n_cols)
		return fail_at(&t->err, SLUICE_E_DATA, line + 1,
		               (r->n_fields < t->n_cols ? r->n_fields : t->n_cols) + 1,
		               "%u field%s where the header has %u", r->n_fields,
		               r->n_fields == 1 ? "" : "s", t->n_cols);
	return SLUICE_OK;
}

/*
 * Something is wrong between 'begin' and the chunk's end.  Find it; t->n_found becomes the
 * number of good records before it, t->status what waits behind them.
 */
static void referee(struct tokenizer *t)
{
	uint32_t at = t->begin;
	uint64_t line = t->lines;
	struct record r;

	t->n_found = 0;
	while (at < t->len) {
		strict_record(t->text + at, t->len - at, t->delimiter, &r, NULL, NULL);
		if (r.why == REFUSE_UNTERMINATED && t->guessed) {
			t->split = true; /* no fault: the chunk ends inside a record */
			t->at = t->len;
			return;
		}
		t->status = r.blank ? blank_lines(t, at, line) : judge(t, &r, at, line);
		if (t->status != SLUICE_OK || r.blank)
			return;
		at += r.len;
		line += r.lines;
		t->n_found++;
	}
	t->status = fail(&t->err, SLUICE_E_BUG,
	                 "the fast reader refused what the strict one "
	                 "accepts");
}

/* ---- the fast path ------------------------------------------------------------- */

/* Every n-th separator is a line end (that no other is, their number tells). */
static bool is_rectangle(const struct tokenizer *t, uint32_t rows)
{
	const uint32_t *ends = t->index + 1;
	const uint32_t n = t->n_cols;
	uint32_t ok = 1;

	if ((uint64_t)rows * n > t->n_ends || t->n_ends - rows * n >= n)
		return false;
	for (uint32_t i = n - 1; i < rows * n; i += n)
		ok &= t->text[ends[i]] == '\n';
	return ok;
}

/* A blank line looks like a record of one empty field: where there is one column, look closer. */
static bool has_blank(const struct tokenizer *t, uint32_t rows)
{
	const uint32_t *ends = t->index + 1;

	for (uint32_t i = 0; t->n_cols == 1 && i < rows; i++) {
		const uint32_t begin = ends[(ptrdiff_t)i - 1] + 1;

		if (ends[i] == begin || (ends[i] == begin + 1 && t->text[begin] == '\r'))
			return true;
	}
	return false;
}

/* Whether the records up to 'end' are UTF-8; remembers whether to ask about the rest. */
static bool is_utf8(struct tokenizer *t, uint32_t end)
{
	const uint32_t len = end - t->begin;

	if (!t->scan.high)
		return true;
	if (t->kernels->utf8(t->text + t->begin, len) != len)
		return false;
	t->scan.high = 0;
	for (uint32_t i = end; i < t->at; i++)
		t->scan.high |= t->text[i] & 0x80;
	return true;
}

static bool is_good(struct tokenizer *t, uint32_t rows)
{
	const bool ends = t->at == t->len;

	if (t->scan.bad || !is_rectangle(t, rows) || has_blank(t, rows))
		return false;
	if (ends && (t->n_ends != rows * t->n_cols || t->scan.quoted))
		return false;
	if (ends && t->cut && t->len > 1 && t->text[t->len - 2] == '\r')
		return false;
	return !rows || is_utf8(t, t->index[rows * t->n_cols] + 1);
}

/* Forget the records that the last batch held. */
static void shift(struct tokenizer *t)
{
	if (!t->n_out)
		return;
	memmove(t->index, t->index + t->n_out, (t->n_ends - t->n_out + 1) * sizeof(*t->index));
	t->n_ends -= t->n_out;
	t->n_out = 0;
}

static void hand_out(struct tokenizer *t, struct batch *b, uint32_t rows, bool last)
{
	const uint32_t end = t->index[rows * t->n_cols] + 1;
	uint64_t lines = rows;

	/* Line ends inside quotes are rare: count them where there are any. */
	if (t->scan.lines != t->scan.records)
		lines = t->kernels->count(t->text + t->begin, end - t->begin, '\n');
	*b = (struct batch){
		.text = t->text,
		.ends = t->index + 1,
		.n_cols = t->n_cols,
		.n_rows = rows,
		.n_scanned = rows,
		.first_line = t->lines,
		.cr = t->scan.cr,
		.cut = t->cut && last,
		.columns = b->columns,
		.n_columns = b->n_columns,
		.cap_rows = b->cap_rows,
		.scratch = b->scratch,
		.shape = b->shape,
	};
	t->n_out = rows * t->n_cols;
	t->scan.records -= rows;
	t->scan.lines -= lines;
	t->rows += rows;
	t->lines += lines;
	t->begin = end;
}

/*
 * The referee reads the text once more.  A mapped file may have been written to since it was
 * scanned: records that the index doesn't have are none.
 */
static uint32_t within_index(struct tokenizer *t, uint32_t rows)
{
	if ((uint64_t)rows * t->n_cols <= t->n_ends)
		return rows;
	t->split = false;
	t->status = fail(&t->err, SLUICE_E_DATA, "the input was changed while it was read");
	return 0;
}

enum sluice_status tokenizer_next(struct tokenizer *t, struct batch *b, bool *more,
                                  struct sluice_error *err)
{
	*more = false;
	shift(t);
	while (t->status == SLUICE_OK && t->at < t->len) {
		const uint32_t left = t->len - t->at;
		const uint32_t to = t->at + (left < t->window ? left : t->window);
		uint32_t rows;

		t->n_ends += t->kernels->scan(t->text, t->at, to, t->delimiter, &t->scan,
		                              t->index + 1 + t->n_ends);
		t->at = to;
		rows = (uint32_t)t->scan.records;
		if (!is_good(t, rows)) {
			referee(t);
			rows = t->status == SLUICE_E_BUG ? 0 : t->n_found;
			rows = within_index(t, rows);
		}
		if (rows) {
			hand_out(t, b, rows, t->at == t->len && t->status == SLUICE_OK);
			*more = true;
			return SLUICE_OK;
		}
	}
	t->lines += t->blank_lines;
	t->blank_lines = 0;
	if (t->status != SLUICE_OK && err)
		*err = t->err;
	return t->status;
}
