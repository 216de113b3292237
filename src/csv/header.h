/*
 * header.h - the column names of a table
 */
#ifndef CSV_HEADER_H
#define CSV_HEADER_H

#include "base/buf.h"
#include "csv/dialect.h"

struct column_name {
	uint32_t raw, raw_len;   /* as it stands in the input, in header.text      */
	uint32_t name, name_len; /* unquoted, in header.names; NUL-terminated      */
};

/* Owned by the chain; freed with header_free(). */
struct header {
	struct buf text;  /* the record, without its line end */
	struct buf names; /* the unquoted names               */
	struct column_name *columns;
	uint32_t n_cols;
	uint32_t lines; /* physical lines that it took */
	bool bom;       /* the input began with one    */
};

/*
 * Read the header from the first record at text[0..len), a whole record without BOM.
 * Refuses what the README's table refuses in headers.
 */
enum sluice_status header_read(struct header *h, uint8_t delimiter, const uint8_t *text,
                               uint32_t len, struct sluice_error *err);

/* The column of that name, or -1. */
int32_t header_find(const struct header *h, const char *name, size_t len);

static inline const char *header_name(const struct header *h, uint32_t col)
{
	return (const char *)h->names.data + h->columns[col].name;
}

void header_free(struct header *h);

#endif
