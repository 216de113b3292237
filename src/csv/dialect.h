/*
 * dialect.h - how a table is spelt
 */
#ifndef CSV_DIALECT_H
#define CSV_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_LIMIT  (16u << 20) /* bytes of one record, its line end included */
#define COLUMNS_LIMIT 65535u

/* The texts in 'missing' are the plan's; "" and "NA" are missing besides them. */
struct dialect {
	uint8_t delimiter; /* one byte below 0x80: not a quote, a line end or NUL */
	bool crlf;         /* records are written with CRLF                       */
	char **missing;
	size_t n_missing;
};

/* Whether an unquoted field stands for "missing": no count, no number, no person. */
bool dialect_missing(const struct dialect *d, const uint8_t *text, uint32_t len);

#endif
