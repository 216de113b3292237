#include "csv/header.h"

#include "csv/strict.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct reading {
	struct header *h;
	enum sluice_status status;
	struct sluice_error *err;
	uint32_t cap;
};

/* One more column; its name is the field without quotes. */
static enum sluice_status add_column(struct reading *r, uint32_t begin, uint32_t end)
{
	struct header *h = r->h;
	const uint8_t *raw = h->text.data + begin;
	const uint32_t len = end - begin;
	const bool quoted = len >= 2 && raw[0] == '"';
	struct column_name *c;

	if (h->n_cols == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 64;
		c = realloc(h->columns, r->cap * sizeof(*c));
		if (!c)
			return fail_memory(r->err);
		h->columns = c;
	}
	c = &h->columns[h->n_cols++];
	*c = (struct column_name){ begin, len, (uint32_t)h->names.len, 0 };
	TRY(buf_reserve(&h->names, (size_t)len + 1, r->err));
	for (uint32_t i = quoted; i < len - quoted; i++) {
		h->names.data[h->names.len++] = raw[i];
		i += quoted && raw[i] == '"'; /* the second of a doubled one */
	}
	c->name_len = (uint32_t)h->names.len - c->name;
	h->names.data[h->names.len++] = '\0';
	return SLUICE_OK;
}

static void on_field(void *ctx, uint32_t begin, uint32_t end)
{
	struct reading *r = ctx;

	if (r->status == SLUICE_OK && r->h->n_cols <= COLUMNS_LIMIT)
		r->status = add_column(r, begin, end);
}

/* The physical line that a column's name begins in. */
static uint64_t line_of(const struct header *h, uint32_t col)
{
	uint64_t line = 1;

	for (uint32_t i = 0; i < h->columns[col].raw; i++)
		line += h->text.data[i] == '\n';
	return line;
}

/* Entries by hash of the name, 0 = free, so that 65,535 names are compared in no time. */
static enum sluice_status check_twice(const struct header *h, struct sluice_error *err)
{
	enum sluice_status status = SLUICE_OK;
	uint32_t *slots, mask = 1;

	while (mask < 2 * h->n_cols)
		mask *= 2;
	slots = calloc(mask, sizeof(*slots));
	if (!slots)
		return fail_memory(err);
	mask--;
	for (uint32_t col = 0; col < h->n_cols && status == SLUICE_OK; col++) {
		const struct column_name *c = &h->columns[col];
		uint32_t at = (uint32_t)XXH3_64bits(header_name(h, col), c->name_len) & mask;

		for (; slots[at]; at = (at + 1) & mask) {
			const struct column_name *o = &h->columns[slots[at] - 1];

			if (o->name_len == c->name_len &&
			    !memcmp(header_name(h, slots[at] - 1), header_name(h, col),
			            c->name_len)) {
				status =
					fail_at(err, SLUICE_E_DATA, line_of(h, col), col + 1,
				                c->name_len ? "columns %u and %u have the same "
				                              "name"
				                            : "columns %u and %u have no name",
				                slots[at], col + 1);
				break;
			}
		}
		slots[at] = col + 1;
	}
	free(slots);
	return status;
}

static enum sluice_status check_boms(const struct header *h, struct sluice_error *err)
{
	for (uint32_t col = 0; col < h->n_cols; col++)
		if (!strncmp(header_name(h, col), "\xEF\xBB\xBF", 3))
			return fail_at(err, SLUICE_E_DATA, line_of(h, col), col + 1,
			               "a column name begins with a byte order mark");
	return SLUICE_OK;
}

enum sluice_status header_read(struct header *h, uint8_t delimiter, const uint8_t *text,
                               uint32_t len, struct sluice_error *err)
{
	struct reading reading = { .h = h, .err = err };
	struct record r;

	TRY(buf_add(&h->text, text, len, err));
	strict_record(h->text.data, len, delimiter, &r, on_field, &reading);
	TRY(reading.status);
	if (r.why)
		return refuse(err, r.why, 1 + r.why_line, r.why_field);
	if (r.blank)
		return refuse(err, REFUSE_BLANK, 1, 1);
	if (h->n_cols > COLUMNS_LIMIT)
		return refuse(err, REFUSE_COLUMNS_LIMIT, 1, COLUMNS_LIMIT + 1);
	h->lines = r.lines;
	TRY(check_boms(h, err));
	return check_twice(h, err);
}

int32_t header_find(const struct header *h, const char *name, size_t len)
{
	for (uint32_t col = 0; col < h->n_cols; col++)
		if (h->columns[col].name_len == len && !memcmp(header_name(h, col), name, len))
			return (int32_t)col;
	return -1;
}

void header_free(struct header *h)
{
	buf_free(&h->text);
	buf_free(&h->names);
	free(h->columns);
	*h = (struct header){ 0 };
}
