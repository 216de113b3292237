#include "csv/emit.h"

#include <string.h>

/* The most that the batch's rows can take. */
static size_t bound(const struct emitter *e, const struct batch *b)
{
	const size_t last = (size_t)b->n_scanned * b->n_cols - 1;
	const size_t row = e->n_stretches + 3; /* delimiters, "" and a line end */
	size_t cells = 0;

	for (uint32_t i = 0; i < e->n_stretches; i++)
		if (e->stretches[i].slot >= 0)
			cells += b->columns[e->stretches[i].slot].bytes;
	return b->ends[last] - b->ends[-1] + row * b->n_rows + cells;
}

/* What the input has around a run, as the output needs it, is copied along with the run. */
static void borrow(struct emit_stretch *s, uint32_t i, const struct batch *b, bool last)
{
	const bool ends = s[i].last + 1 == b->n_cols;

	if (i && s[i - 1].cell && s[i].first) {
		s[i].skip = 0;
		s[i - 1].after_len = 0;
	}
	if (ends == last && s[i].after_len == 1 && !s[i].trim) {
		s[i].more = 1;
		s[i].after_len = 0;
	}
}

/* The emitter's stretches with what they are for this batch. */
static enum sluice_status shape(const struct emitter *e, struct batch *b,
                                struct sluice_error *err)
{
	struct emit_stretch *s;

	b->shape.len = 0;
	TRY(buf_reserve(&b->shape, e->n_stretches * sizeof(*s), err));
	s = (void *)b->shape.data;
	for (uint32_t i = 0; i < e->n_stretches; i++) {
		const struct stretch *from = &e->stretches[i];
		const bool last = i + 1 == e->n_stretches, crlf = last && e->crlf;

		s[i] = (struct emit_stretch){
			.first = from->first,
			.last = from->last,
			.skip = 1,
			.trim = b->cr && from->last + 1 == b->n_cols,
			.after = { crlf   ? '\r'
			           : last ? '\n'
			                  : e->delimiter,
			           '\n' },
			.after_len = crlf ? 2 : 1,
		};
		if (from->slot < 0 && !e->lone)
			borrow(s, i, b, last);
		if (from->slot >= 0)
			s[i].cell = (const uint64_t *)(void *)b->columns[from->slot].cell;
	}
	return SLUICE_OK;
}

/* Records of one field: an empty one would be a blank line. */
static uint8_t *emit_lone(const struct kernels *k, struct emit_rows e, uint8_t *out)
{
	const uint32_t n_rows = e.n_rows;
	const uint32_t *rows = e.rows;
	struct emit_stretch s = e.stretches[0];

	e.stretches = &s;
	e.n_rows = 1;
	for (uint32_t i = 0; i < n_rows; i++) {
		const uint32_t row = rows ? rows[i] : i;
		uint8_t *end;

		e.rows = &row;
		end = k->emit(&e, out);
		if (end - out == s.after_len) {
			memcpy(out, "\"\"", 2);
			memcpy(out + 2, s.after, 2);
			end += 2;
		}
		if (s.cell)
			s.cell++;
		out = end;
	}
	return out;
}

enum sluice_status emit(const struct emitter *e, struct batch *b, struct buf *out,
                        struct sluice_error *err)
{
	struct emit_rows rows;
	uint8_t *end;

	TRY(shape(e, b, err));
	TRY(buf_reserve(out, bound(e, b), err));
	rows = (struct emit_rows){ .text = b->text,
		                   .ends = b->ends,
		                   .rows = b->rows,
		                   .n_rows = b->n_rows,
		                   .n_cols = b->n_cols,
		                   .cells = b->scratch.data,
		                   .stretches = (void *)b->shape.data,
		                   .n_stretches = e->n_stretches };
	end = out->data + out->len;
	end = e->lone ? emit_lone(e->kernels, rows, end) : e->kernels->emit(&rows, end);
	out->len = (size_t)(end - out->data);
	return SLUICE_OK;
}

enum sluice_status emit_field(struct buf *out, const char *text, size_t len, uint8_t delimiter,
                              struct sluice_error *err)
{
	bool quote = false;

	for (size_t i = 0; i < len; i++)
		quote |= text[i] == '"' || text[i] == '\n' || text[i] == '\r' ||
		         (uint8_t)text[i] == delimiter;
	if (!quote)
		return buf_add(out, text, len, err);
	TRY(buf_reserve(out, 2 * len + 2, err));
	out->data[out->len++] = '"';
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			out->data[out->len++] = '"';
		out->data[out->len++] = (uint8_t)text[i];
	}
	out->data[out->len++] = '"';
	return SLUICE_OK;
}
