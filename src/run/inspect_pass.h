/*
 * inspect_pass.h - a time through the rows of a table
 *
 * inspect_rows.c takes row by row, which is the definition of what the checks are told, and
 * inspect_columns.c a batch column by column, which comes to the same.
 */
#ifndef RUN_INSPECT_PASS_H
#define RUN_INSPECT_PASS_H

#include "csv/batch.h"
#include "run/inspect.h"

/* A text of a column that was met, as it stands in the file: compared before it is read. */
struct met {
	uint64_t head, tail; /* its first eight bytes and zeros; its last, if it has more */
	const uint8_t *text;
	uint32_t len;
	uint32_t times; /* that were not told; 0 = there is none          */
	bool is_whole;  /* second: whether it may be a number                  */
	uint64_t whole;
};

struct pass {
	struct inspection *s;
	bool second;
	struct buf tmp;
	struct cell_view *cells; /* second: of the row                    */
	struct glance *glances;  /* second: the same, at a glance         */
	uint32_t *wanted;        /* second: these columns, ended by n_cols */
	struct met *met;         /* of each column 1 << bits; second: the last that was odd */
	struct cell_view *views; /* what these are                        */
	unsigned bits;
	uint32_t asked[CELL_TEXT + 1][STATES_MAX + 1]; /* checks by kind, ended by UINT32_MAX */
	uint32_t rows[STATES_MAX + 1];
	uint64_t line; /* of the row */
};

/* A field's text by what it is compared. */
static inline uint64_t met_head(struct field f)
{
	return load_little(f.text) & ~(f.len < 8 ? ~UINT64_C(0) << 8 * f.len : 0);
}

static inline uint64_t met_tail(struct field f)
{
	return f.len > 8 ? load_little(f.text + f.len - 8) : 0;
}

static inline bool met_equal(const struct met *m, struct field f)
{
	return m->times && m->len == f.len && m->head == met_head(f) &&
	       m->tail == met_tail(f) &&
	       (f.len <= 16 || !memcmp(m->text + 8, f.text + 8, f.len - 16));
}

/* What was met is that now. */
static inline void met_set(struct met *m, struct field f, bool is_whole, uint64_t whole)
{
	*m = (struct met){ met_head(f), met_tail(f), f.text, f.len, 1, is_whole, whole };
}

/* The facts of the column, cell by cell in the order of the rows. */
static inline void met_step(const struct met *m, struct facts *f)
{
	if (m->is_whole)
		facts_step(f, m->whole);
}

/*
 * A cell of the first time, like one that was met or not; *found is what it is now, NULL = it
 * was told at once.
 */
enum sluice_status pass_meet(struct pass *p, struct field f, uint32_t col, uint64_t line,
                             struct met **found);

/* One row of a batch, in this pass's way. */
enum sluice_status pass_row(struct pass *p, const struct batch *b, uint32_t row);

/* A batch whose rows are a line each. */
enum sluice_status pass_columns(struct pass *p, const struct batch *b);
enum sluice_status pass_glances(struct pass *p, const struct batch *b);

#endif
