#include "csv/batch.h"

#include "simd/kernels.h"

#include <stdlib.h>
#include <string.h>

struct field batch_unquote(struct field f, struct buf *tmp, bool *ok)
{
	const struct field inner = { f.text + 1, f.len - 2 };

	*ok = true;
	if (f.len < 2 || f.text[0] != '"')
		return f;
	if (!memchr(inner.text, '"', inner.len))
		return inner;
	tmp->len = 0;
	*ok = buf_reserve(tmp, inner.len, NULL) == SLUICE_OK;
	for (uint32_t i = 0; *ok && i < inner.len; i++) {
		tmp->data[tmp->len++] = inner.text[i];
		i += inner.text[i] == '"'; /* the second of a doubled one */
	}
	return (struct field){ tmp->data, (uint32_t)tmp->len };
}

static bool grow(void **vector, size_t n, size_t size)
{
	void *p = realloc(*vector, n * size);

	if (p)
		*vector = p;
	return p;
}

enum sluice_status batch_fit(struct batch *b, uint32_t n_rows, struct sluice_error *err)
{
	const size_t room = (size_t)n_rows + n_rows / 2;
	const size_t n = room + COUNT_BLOCK; /* a block may be written as a whole */

	if (n_rows <= b->cap_rows)
		return SLUICE_OK;
	b->cap_rows = 0;
	for (uint32_t i = 0; i < b->n_columns; i++) {
		struct column *c = &b->columns[i];

		if (!grow((void **)&c->value, n, sizeof(*c->value)) ||
		    !grow((void **)&c->cell, n, sizeof(*c->cell)))
			return fail_memory(err);
	}
	b->cap_rows = (uint32_t)room;
	return SLUICE_OK;
}

enum sluice_status batch_scratch(struct batch *b, size_t len, struct sluice_error *err)
{
	if (len > UINT32_MAX - b->scratch.len) /* cells have 32-bit offsets */
		return fail(err, SLUICE_E_MEMORY, "the cells of a batch exceed 4 GiB");
	return buf_reserve(&b->scratch, len, err);
}

enum sluice_status batch_keep_field(struct batch *b, struct field f, struct column *c,
                                    uint32_t i, size_t more, struct sluice_error *err)
{
	TRY(batch_scratch(b, f.len + more, err));
	memcpy(b->scratch.data + b->scratch.len, f.text, f.len);
	c->cell[i] = (struct cell){ (uint32_t)b->scratch.len, f.len };
	b->scratch.len += f.len;
	c->bytes += f.len;
	return SLUICE_OK;
}

uint64_t batch_line(const struct batch *b, uint32_t row, uint32_t col)
{
	const uint32_t begin = b->ends[-1] + 1;
	const uint32_t end = b->ends[(ptrdiff_t)row * b->n_cols + col - 1] + 1;
	uint64_t lines = b->first_line + 1;

	for (uint32_t i = begin; i < end; i++)
		lines += b->text[i] == '\n';
	return lines;
}

void batch_free(struct batch *b)
{
	for (uint32_t i = 0; i < b->n_columns; i++) {
		free(b->columns[i].value);
		free(b->columns[i].cell);
	}
	free(b->columns);
	buf_free(&b->scratch);
	buf_free(&b->shape);
	*b = (struct batch){ 0 };
}
