/*
 * bins.h - bands of whole numbers and of dates, which tables are grouped by
 */
#ifndef GROUP_BINS_H
#define GROUP_BINS_H

#include "base/number.h"

#include <stdbool.h>
#include <stddef.h>

enum bins_kind {
	BINS_NUMBERS, /* from each edge up to the next: "18-39", the last "65+" */
	BINS_MONTH,   /* of an ISO date: "2024-03"                            */
	BINS_QUARTER, /* "2024-Q1"                                            */
	BINS_YEAR,    /* "2024"                                               */
};

#define BINS_EDGES 1000 /* no more                        */
#define BINS_TEXT  64   /* room that a band's name needs */

struct bins {
	enum bins_kind kind;
	int64_t *edges; /* BINS_NUMBERS: ascending; owned by the plan */
	size_t n_edges;
};

enum bins_fault {
	BINS_FINE,
	BINS_NO_NUMBER, /* not a whole number, as counts are read */
	BINS_NO_DATE,   /* not YYYY-MM-DD, alone or before a time */
	BINS_BELOW,     /* below the first edge                   */
};

/* The name of the band that a field's unquoted text lies in, and its length. */
enum bins_fault bins_find(const struct bins *b, const uint8_t *text, uint32_t len,
                          uint8_t out[BINS_TEXT], uint32_t *out_len);

#endif
