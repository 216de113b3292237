/*
 * sheet.h - a published CSV file, whole and in memory
 *
 * Read by the same strict tokenizer as everything else; release files are small.
 */
#ifndef MODEL_SHEET_H
#define MODEL_SHEET_H

#include "csv/batch.h"
#include "csv/header.h"

#define SHEET_LIMIT (256u << 20) /* bytes of text in fields */

struct text_at {
	uint32_t off, len;
};

struct sheet {
	char *name; /* the file's, as it was given */
	struct header header;
	struct buf text;        /* unquoted fields, each with a NUL after it */
	struct text_at *fields; /* row-major                                 */
	uint64_t *lines;        /* by row: the physical line that it begins on */
	uint32_t n_rows, cap_rows;
	bool too_large; /* why it was not read */
	struct buf tmp;
};

/* Read the file into *s, which is freed with sheet_free() in any case. */
enum sluice_status sheet_read(struct sheet *s, const char *path, uint8_t delimiter,
                              struct sluice_error *err);

/* The same of bytes that are at hand; 'name' is for messages. */
enum sluice_status sheet_parse(struct sheet *s, const char *name, const uint8_t *text,
                               size_t len, uint8_t delimiter, struct sluice_error *err);

static inline const char *sheet_text(const struct sheet *s, uint32_t row, uint32_t col)
{
	return (const char *)s->text.data + s->fields[(size_t)row * s->header.n_cols + col].off;
}

void sheet_free(struct sheet *s);

#endif
