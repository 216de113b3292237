#include "csv/emit.h"

#include <string.h>

/* Copies whole vectors: up to 63 bytes after both texts are touched (BUF_PAD has them). */
static inline uint8_t *copy(uint8_t *out, const uint8_t *text, uint32_t len)
{
	memcpy(out, text, 64);
	for (uint32_t i = 64; i < len; i += 64)
		memcpy(out + i, text + i, 64);
	return out + len;
}

/* The same for cells, which are short. */
static inline uint8_t *copy_cell(uint8_t *out, const uint8_t *text, uint32_t len)
{
	memcpy(out, text, 16);
	for (uint32_t i = 16; i < len; i += 16)
		memcpy(out + i, text + i, 16);
	return out + len;
}

/* The most that the batch's rows can take. */
static size_t bound(const struct emitter *e, const struct batch *b)
{
	const size_t last = (size_t)b->n_scanned * b->n_cols - 1;
	size_t row = e->n_stretches + 3; /* delimiters, "" and a line end */

	for (uint32_t i = 0; i < e->n_stretches; i++)
		if (e->stretches[i].slot >= 0)
			row += b->columns[e->stretches[i].slot].longest;
	return b->ends[last] - b->ends[-1] + row * b->n_rows;
}

static inline uint8_t *emit_run(uint8_t *out, const struct batch *b, const uint32_t *ends,
                                const struct stretch *s)
{
	const uint32_t begin = ends[(ptrdiff_t)s->first - 1] + 1;
	uint32_t end = ends[s->last];

	if (b->cr && s->last + 1 == b->n_cols && end > begin && b->text[end - 1] == '\r')
		end--;
	return copy(out, b->text + begin, end - begin);
}

enum sluice_status emit(const struct emitter *e, const struct batch *b, struct buf *out,
                        struct sluice_error *err)
{
	uint8_t *o;

	TRY(buf_reserve(out, bound(e, b), err));
	o = out->data + out->len;
	for (uint32_t i = 0; i < b->n_rows; i++) {
		const uint32_t *ends = b->ends + (size_t)batch_row(b, i) * b->n_cols;
		const uint8_t *const begin = o;

		for (uint32_t k = 0; k < e->n_stretches; k++) {
			const struct stretch *s = &e->stretches[k];

			if (k)
				*o++ = e->delimiter;
			if (s->slot < 0) {
				o = emit_run(o, b, ends, s);
			} else {
				const struct cell c = b->columns[s->slot].cell[i];

				o = copy_cell(o, b->scratch.data + c.off, c.len);
			}
		}
		if (e->lone && o == begin) {
			*o++ = '"';
			*o++ = '"';
		}
		if (e->crlf)
			*o++ = '\r';
		*o++ = '\n';
	}
	out->len = (size_t)(o - out->data);
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
