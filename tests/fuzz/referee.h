/*
 * referee.h - strict CSV once more, for tests: byte by byte, written from the README
 *
 * Knows nothing of src/.  Says whether a text is a table, and where its fields are; not what is
 * wrong with one that is none.
 */
#ifndef REFEREE_H
#define REFEREE_H

#include "fuzz.h"

struct ref_cell {
	size_t at, len; /* raw: quotes included */
};

struct ref_table {
	struct ref_cell *cells; /* row-major, the header first */
	size_t n_cells, room;
	size_t n_cols;
	bool cut; /* the last record has no line end */
};

/* Bytes of the well-formed character at text[0..len), or 0 (RFC 3629). */
static inline size_t referee_character(const uint8_t *text, size_t len)
{
	static const struct {
		uint32_t first, last;
		size_t bytes;
	} ranges[] = { { 0x01, 0x7F, 1 },
		       { 0x80, 0x7FF, 2 },
		       { 0x800, 0xFFFF, 3 },
		       { 0x10000, 0x10FFFF, 4 } };
	const uint8_t b = text[0];
	const size_t n = b < 0x80       ? 1
	                 : b >> 5 == 6  ? 2
	                 : b >> 4 == 14 ? 3
	                 : b >> 3 == 30 ? 4
	                                : 0;
	uint32_t code = n == 1 ? b : b & (0x7Fu >> n);

	if (!n || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (text[i] >> 6 != 2)
			return 0;
		code = code << 6 | (text[i] & 0x3Fu);
	}
	if (code < ranges[n - 1].first || code > ranges[n - 1].last ||
	    (code >= 0xD800 && code <= 0xDFFF))
		return 0;
	return n;
}

static inline bool referee_text(const uint8_t *text, size_t len)
{
	size_t n;

	for (size_t i = 0; i < len; i += n)
		if (!(n = referee_character(text + i, len - i)))
			return false;
	return true;
}

static inline void referee_add(struct ref_table *t, size_t at, size_t len)
{
	if (t->n_cells == t->room) {
		t->room = 2 * t->room + 16;
		t->cells = realloc(t->cells, t->room * sizeof(*t->cells));
		if (!t->cells)
			abort();
	}
	t->cells[t->n_cells++] = (struct ref_cell){ at, len };
}

/* The length of the field at text[0..len), quotes included; SIZE_MAX = it is none. */
static inline size_t referee_field(const uint8_t *text, size_t len, uint8_t delimiter)
{
	size_t i = 0;

	if (len && text[0] == '"') {
		for (i = 1; i < len; i++) {
			if (text[i] != '"')
				continue;
			if (i + 1 == len || text[i + 1] != '"')
				break;
			i++;
		}
		return i < len ? i + 1 : SIZE_MAX;
	}
	while (i < len && text[i] != delimiter && text[i] != '\n' && text[i] != '\r')
		if (text[i++] == '"')
			return SIZE_MAX;
	return i;
}

/* Bytes of the line end at text[0..len): 0 = there is none. */
static inline size_t referee_line_end(const uint8_t *text, size_t len)
{
	if (len && text[0] == '\n')
		return 1;
	return len > 1 && text[0] == '\r' && text[1] == '\n' ? 2 : 0;
}

/* One record into the table; its length, or 0 when it is none. */
static inline size_t referee_record(struct ref_table *t, const uint8_t *text, size_t at,
                                    size_t len, uint8_t delimiter)
{
	const size_t begin = at, before = t->n_cells;

	for (;; at++) {
		const size_t n = referee_field(text + at, len - at, delimiter);

		if (n == SIZE_MAX)
			return 0;
		referee_add(t, at, n);
		at += n;
		if (at == len || text[at] != delimiter)
			break;
	}
	t->cut = at == len;
	if (!t->cut && !referee_line_end(text + at, len - at))
		return 0;
	if (!t->n_cols)
		t->n_cols = t->n_cells - before;
	if (t->n_cells - before != t->n_cols)
		return 0;
	return at + referee_line_end(text + at, len - at) - begin;
}

/* Whether text[0..len) is a table.  'cells' is to be freed either way. */
static inline bool referee_read(struct ref_table *t, const uint8_t *text, size_t len,
                                uint8_t delimiter)
{
	size_t at = 0, n;

	*t = (struct ref_table){ 0 };
	if (!referee_text(text, len))
		return false;
	if (len > 2 && !memcmp(text, "\xEF\xBB\xBF", 3))
		at = 3;
	if (at == len)
		return false;
	while (at < len) {
		if (t->n_cols || !referee_line_end(text + at, len - at)) {
			if (referee_line_end(text + at, len - at))
				break;
			n = referee_record(t, text, at, len, delimiter);
			if (!n)
				return false;
			at += n;
		} else {
			return false;
		}
	}
	while ((n = referee_line_end(text + at, len - at)))
		at += n;
	return at == len;
}

/* The cell without its quotes into 'dst', which has its length of room; returns the length. */
static inline size_t referee_unquote(const uint8_t *text, const struct ref_cell *c,
                                     uint8_t *dst)
{
	const uint8_t *raw = text + c->at;
	size_t n = 0;

	if (!c->len || raw[0] != '"') {
		memcpy(dst, raw, c->len);
		return c->len;
	}
	for (size_t i = 1; i + 1 < c->len; i++) {
		dst[n++] = raw[i];
		i += raw[i] == '"';
	}
	return n;
}

#endif
