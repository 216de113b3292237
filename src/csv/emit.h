/*
 * emit.h - from a batch to the bytes that leave
 *
 * Each run of neighbouring untouched columns is copied as it stands; replaced and
 * new columns are written from their cells in between.
 */
#ifndef CSV_EMIT_H
#define CSV_EMIT_H

#include "csv/batch.h"
#include "csv/dialect.h"
#include "simd/kernels.h"

/* One stretch of an output record. */
struct stretch {
	int32_t slot; /* replaced or new column: its slot; -1 = a run of input columns */
	uint32_t first,
		last; /* the run                                                       */
};

struct emitter {
	const struct kernels *kernels;
	struct stretch *stretches;
	uint32_t n_stretches;
	uint8_t delimiter;
	bool crlf;
	bool lone; /* a record has one field: an empty one is written as "" */
};

/* Append the batch's rows to 'out'. */
enum sluice_status emit(const struct emitter *e, struct batch *b, struct buf *out,
                        struct sluice_error *err);

/* Append one field, quoted where RFC 4180 needs it. */
enum sluice_status emit_field(struct buf *out, const char *text, size_t len, uint8_t delimiter,
                              struct sluice_error *err);

#endif
