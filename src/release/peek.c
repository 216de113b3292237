#include "release/peek.h"

#include "base/number.h"
#include "csv/strict.h"
#include "csv/tokenize.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW (128u << 10)

uint64_t peek_bin(size_t bin)
{
	static const uint64_t first[] = { 1, 2, 5 };
	uint64_t value;

	if (!bin)
		return 0;
	value = first[(bin - 1) % 3];
	for (size_t i = (bin - 1) / 3; i; i--)
		value *= 10;
	return value;
}

/* The bin of a count as it is printed, by its length and first digit; PEEK_BINS = it is none. */
static size_t bin_of(struct field f)
{
	const uint64_t zeros = UINT64_C(0x3030303030303030);
	size_t bin;

	if (!f.len || f.len > 15)
		return PEEK_BINS;
	if (number_odd((load_little(f.text) ^ zeros) << (f.len < 8 ? 64 - 8 * f.len : 0)))
		return PEEK_BINS;
	if (f.len > 8 && number_odd(load_little(f.text + f.len - 8) ^ zeros))
		return PEEK_BINS;
	if (f.text[0] == '0')
		return f.len == 1 ? 0 : PEEK_BINS;
	bin = 1 + 3 * (f.len - 1);
	return bin + (f.text[0] >= '5' ? 2 : f.text[0] >= '2');
}

/* Which columns of what is released are counts; there are as many as the header has. */
static bool *count_columns(const struct table *t, uint32_t n_columns)
{
	bool *counts = calloc((size_t)n_columns + 1, sizeof(*counts));
	uint32_t out = 0;

	for (uint32_t i = 0; counts && i < t->report->n_columns; i++) {
		const struct report_column *c = &t->report->columns[i];

		if (c->out && out < n_columns)
			counts[out++] = (c->takes & (SET_THRESHOLD | SET_ROUND_TO)) != 0;
	}
	return counts;
}

static void count_batch(struct peek *p, const struct batch *b)
{
	for (uint32_t col = 0; col < b->n_cols; col++) {
		if (!p->is_count[col])
			continue;
		for (uint32_t row = 0; row < b->n_rows; row++) {
			const size_t bin = bin_of(batch_field(b, row, col));

			if (bin < PEEK_BINS) {
				p->bins[bin]++;
				p->counts++;
			}
		}
	}
}

static enum sluice_status show_rows(struct peek *p, const struct batch *b,
                                    struct sluice_error *err)
{
	struct buf tmp = { 0 };
	enum sluice_status status = SLUICE_OK;

	for (uint32_t row = 0; row < b->n_rows && p->n_shown < PEEK_ROWS; row++) {
		for (uint32_t col = 0; col < b->n_cols && status == SLUICE_OK; col++) {
			bool ok = true;
			const struct field f =
				batch_unquote(batch_field(b, row, col), &tmp, &ok);

			status = ok ? buf_add(&p->cells, f.text, f.len, err) : fail_memory(err);
			if (status == SLUICE_OK)
				status = buf_add(&p->cells, "", 1, err);
		}
		p->n_shown += status == SLUICE_OK;
		if (status != SLUICE_OK)
			break;
	}
	buf_free(&tmp);
	return status;
}

static enum sluice_status read_rows(struct peek *p, struct tokenizer *t,
                                    struct sluice_error *err)
{
	struct batch b = { .n_cols = t->n_cols };
	enum sluice_status status;
	bool more = true;

	while ((status = tokenizer_next(t, &b, &more, err)) == SLUICE_OK && more) {
		p->rows += b.n_rows;
		count_batch(p, &b);
		if (p->n_shown < PEEK_ROWS)
			status = show_rows(p, &b, err);
		if (status != SLUICE_OK)
			break;
	}
	batch_free(&b);
	return status;
}

static enum sluice_status read_names(struct peek *p, const struct header *h,
                                     struct sluice_error *err)
{
	for (uint32_t i = 0; i < h->n_cols; i++)
		TRY(buf_add(&p->names, header_name(h, i), h->columns[i].name_len + 1, err));
	p->n_columns = h->n_cols;
	return SLUICE_OK;
}

static enum sluice_status read_text(struct peek *p, const struct release *r,
                                    const struct table *t, const uint8_t *text, uint32_t len,
                                    struct sluice_error *err)
{
	const uint8_t delimiter = t->said->dialect.delimiter;
	struct tokenizer tokenizer = { 0 };
	struct header header = { 0 };
	struct record first;
	enum sluice_status status;

	strict_record(text, len, delimiter, &first, NULL, NULL);
	status = header_read(&header, delimiter, text, first.len, err);
	if (status == SLUICE_OK)
		status = read_names(p, &header, err);
	if (status == SLUICE_OK)
		status = tokenizer_init(&tokenizer, r->kernels, delimiter, header.n_cols,
		                        WINDOW, err);
	if (status == SLUICE_OK && !(p->is_count = count_columns(t, header.n_cols)))
		status = fail_memory(err);
	if (status == SLUICE_OK && len > first.len) {
		tokenizer_begin(&tokenizer, text + first.len, len - first.len, false);
		status = read_rows(p, &tokenizer, err);
	}
	tokenizer_free(&tokenizer);
	header_free(&header);
	return status;
}

enum sluice_status peek_table(struct peek *p, const struct release *r, const struct table *t,
                              const struct buf *text, bool whole, struct sluice_error *err)
{
	uint32_t len = (uint32_t)text->len;

	*p = (struct peek){ .whole = whole };
	if (!len || text->data[0] == 0x1F) /* gzip: what is in it is not shown */
		return SLUICE_OK;
	if (!whole)
		len = cut_records(r->kernels, text->data, len);
	return len ? read_text(p, r, t, text->data, len, err) : SLUICE_OK;
}

void peek_free(struct peek *p)
{
	buf_free(&p->names);
	buf_free(&p->cells);
	free(p->is_count);
}
