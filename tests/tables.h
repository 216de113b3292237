/*
 * tables.h - random tables of CSV, good and broken
 *
 * What a table is made of (quotes, CRLF, UTF-8, widths) is drawn with it, so that a few
 * hundred of them meet most combinations.
 */
#ifndef TESTS_TABLES_H
#define TESTS_TABLES_H

#include "base/buf.h"
#include "chance.h"

#include <stdlib.h>

struct taste {
	uint32_t n_cols;
	uint32_t longest; /* bytes of an unquoted field, at most */
	uint32_t quoted;  /* of 8 fields                         */
	bool crlf, utf8, cut;
};

static inline struct taste taste_draw(struct chance *c)
{
	static const uint32_t widths[] = { 1, 1, 2, 3, 4, 7, 16, 40 };

	return (struct taste){ .n_cols = widths[chance_below(c, 8)],
		               .longest = 1 + chance_below(c, chance_below(c, 4) ? 9 : 200),
		               .quoted = chance_below(c, 3) * chance_below(c, 5),
		               .crlf = chance_below(c, 3) == 0,
		               .utf8 = chance_below(c, 3) == 0,
		               .cut = chance_below(c, 4) == 0 };
}

static inline void table_bytes(struct buf *b, const char *text, size_t len)
{
	if (buf_add(b, text, len, NULL) != SLUICE_OK)
		abort();
}

/* One field; never empty where there is one column, which would be a blank line. */
static inline void table_field(struct buf *b, struct chance *c, const struct taste *t)
{
	static const char *const inside[] = { "\"\"", "\n", "\r\n", ",", "\r", "a", "bc", "" };
	const bool quoted = chance_below(c, 8) < t->quoted;
	const uint32_t len = chance_below(c, t->longest + 1);
	const size_t before = b->len;

	if (quoted)
		table_bytes(b, "\"", 1);
	for (uint32_t i = 0; i < len; i++) {
		if (quoted && chance_below(c, 3) == 0) {
			const char *text = inside[chance_below(c, 8)];

			table_bytes(b, text, strlen(text));
		} else if (t->utf8 && chance_below(c, 5) == 0) {
			table_bytes(b, chance_below(c, 2) ? "\xC3\xA9" : "\xF0\x9F\x8C\x8A", 2);
			if (b->data[b->len - 2] == 0xF0)
				table_bytes(b, "\x8C\x8A", 2);
		} else {
			table_bytes(b, &"0123456789abc. "[chance_below(c, 15)], 1);
		}
	}
	if (quoted)
		table_bytes(b, "\"", 1);
	if (t->n_cols == 1 && b->len == before)
		table_bytes(b, "z", 1);
}

/* Append n records; the last without its line end where the taste says so. */
static inline void table_records(struct buf *b, struct chance *c, const struct taste *t,
                                 uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t col = 0; col < t->n_cols; col++) {
			if (col)
				table_bytes(b, ",", 1);
			table_field(b, c, t);
		}
		if (i + 1 == n && t->cut)
			return;
		if (t->crlf || chance_below(c, 50) == 0)
			table_bytes(b, "\r", 1);
		table_bytes(b, "\n", 1);
	}
}

/* Spoil text[0..len) in one place; most, but not all, such tables are refused. */
static inline void table_spoil(uint8_t *text, size_t len, struct chance *c)
{
	static const uint8_t bytes[] = { '"', '\r', '\n', 0, 0xC3, 0xA9, 0xFF, ',', 'x', '\n' };

	if (len)
		text[chance_below(c, (uint32_t)len)] = bytes[chance_below(c, sizeof(bytes))];
}

#endif
