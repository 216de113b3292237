/*
 * where.h - the table step that leaves rows out
 */
#ifndef TABLE_WHERE_H
#define TABLE_WHERE_H

#include "csv/batch.h"

struct bound_where {
	uint32_t col;
	bool negated;
	char *const *values; /* the plan's; compared with the field's unquoted bytes */
	size_t n_values;
};

/* One worker's memory for it. */
struct where_state {
	uint32_t *rows;
	uint32_t cap;
	struct buf tmp;
	uint64_t dropped; /* rows left out */
};

/* Reduce the batch to the rows that all n conditions hold for. */
enum sluice_status where_apply(const struct bound_where *w, uint32_t n, struct where_state *s,
                               struct batch *b, struct sluice_error *err);

void where_state_free(struct where_state *s);

#endif
