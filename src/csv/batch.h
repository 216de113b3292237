/*
 * batch.h - a tokenized window of records
 *
 * ends[] is the row-major index that the scan kernel writes: the offset of the byte
 * (delimiter or LF) that ends each field.  ends[-1] exists and is the offset before
 * the first field, so that a field is always the bytes between two neighbours.
 * A column that a rule touches has a struct column: a vector of replacement cells.
 * A column that no rule touches has nothing and costs nothing.
 *
 * A batch belongs to one worker, which reuses it; rules borrow it for one call.
 */
#ifndef CSV_BATCH_H
#define CSV_BATCH_H

#include "base/buf.h"

/* Released values that are not counts (-1 is base/number.h's NUMBER_BAD). */
#define VALUE_REDACTED (-2) /* replaced by the rule's token            */
#define VALUE_MISSING  (-3) /* missing in the input, passed as it is   */

/*
 * A replacement: bytes in the batch's scratch, ready to be written (quoted if need be).
 * As one word it is len << 32 | off, which is how kernels write it.
 */
struct cell {
	uint32_t off, len;
};

/* A touched column.  All vectors have one entry for each row of batch.n_rows. */
struct column {
	int64_t *value;    /* counts only: what is released, or VALUE_...; else NULL     */
	struct cell *cell; /* what is written                                            */
	uint64_t bytes;    /* no less than the cells of this batch take, all together    */
};

struct batch {
	const uint8_t *text; /* the chunk; BUF_PAD bytes after it can be read         */
	const uint32_t *ends;
	uint32_t n_cols;
	uint32_t n_rows;        /* rows to work on: all of them, or those in rows[]      */
	const uint32_t *rows;   /* NULL = all; else the numbers of the rows that are in */
	uint32_t n_scanned;     /* rows of the index                                     */
	uint64_t first_line;    /* LFs of the chunk before this batch                    */
	bool cr;                /* some record may end in CRLF                           */
	bool cut;               /* the last record's line end was not in the input       */
	uint32_t bad_row;       /* set by a rule that refuses: the entry of its row      */
	struct column *columns; /* touched columns, by slot                              */
	uint32_t n_columns;
	uint32_t cap_rows;  /* rows that the vectors have room for                   */
	struct buf scratch; /* replacement text                                      */
	struct buf shape;   /* the emitter's stretches for this batch                */
};

struct field {
	const uint8_t *text;
	uint32_t len;
};

/* The row's number among all that were tokenized. */
static inline uint32_t batch_row(const struct batch *b, uint32_t i)
{
	return b->rows ? b->rows[i] : i;
}

/* The raw bytes of a field, quotes included, line end not. */
static inline struct field batch_field(const struct batch *b, uint32_t row, uint32_t col)
{
	const uint32_t *end = b->ends + (size_t)row * b->n_cols + col;
	const uint32_t begin = end[-1] + 1;
	uint32_t len = end[0] - begin;

	if (b->cr && col + 1 == b->n_cols && len && b->text[end[0] - 1] == '\r')
		len--;
	return (struct field){ b->text + begin, len };
}

/*
 * The field without its quotes; doubled quotes are undone into 'tmp', which must outlive the
 * result.  'ok' is false when memory ran out.
 */
struct field batch_unquote(struct field f, struct buf *tmp, bool *ok);

/* Room for n_rows in every touched column. */
enum sluice_status batch_fit(struct batch *b, uint32_t n_rows, struct sluice_error *err);

/* Room for 'len' more bytes of scratch; the offset where they go is scratch.len. */
enum sluice_status batch_scratch(struct batch *b, size_t len, struct sluice_error *err);

/* The cell of row i is the field as it stands; 'more' bytes of scratch stay reserved after it. */
enum sluice_status batch_keep_field(struct batch *b, struct field f, struct column *c,
                                    uint32_t i, size_t more, struct sluice_error *err);

/*
 * The physical line that a field begins on, counted from the chunk's start (1 = its first): the
 * writer, who knows what came before, adds that.
 */
uint64_t batch_line(const struct batch *b, uint32_t row, uint32_t col);

void batch_free(struct batch *b);

#endif
