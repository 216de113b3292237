/*
 * cell.h - what a cell is to those who look at it
 *
 * Output checkers see a table through Airlock, which takes spaces away, ignores case and then
 * asks Python for a number.  A check must take for a number whatever somebody else would, so
 * this reads more spellings than base/number.h, which decides what may be protected.
 */
#ifndef CHECK_CELL_H
#define CHECK_CELL_H

#include <stdbool.h>
#include <stdint.h>

enum cell_kind {
	CELL_MISSING,  /* empty, null, none, nan                               */
	CELL_REDACTED, /* [REDACTED], redacted, NA, n/a, <=7                   */
	CELL_WHOLE,    /* a whole number, however it is spelt                  */
	CELL_DECIMAL,  /* any other number                                     */
	CELL_TEXT,
};

#define CELL_HUGE UINT64_MAX /* a whole number beyond 64 bits */

/* One cell, unquoted; borrows the text. */
struct cell_view {
	const uint8_t *text;
	uint32_t len;
	uint32_t col;
	uint64_t line;  /* where it stands first                                */
	uint64_t times; /* so many cells of the column are like this one         */
	enum cell_kind kind;
	bool integer;   /* Python's int() would take it, not only float()        */
	bool negative;  /* a number below 0                                      */
	uint64_t whole; /* WHOLE: its magnitude, or CELL_HUGE                    */
	bool exact;     /* numbers: mantissa / 10^places is all of it            */
	uint64_t mantissa;
	int32_t places;  /* after zeros at the end were taken off                 */
	int32_t printed; /* decimals as they stand there, less the exponent       */
};

/* What the text is; col, line and times are the caller's.  NUMBER_PAD bytes after it are read. */
void cell_read(struct cell_view *c, const uint8_t *text, uint32_t len);

/* The number's magnitude, as near as it gets; 'exact' ones only. */
long double cell_number(const struct cell_view *c);

/* ---- texts that are something else to a person ---------------------------------------- */

/* "1,750", "24 765 730": whole, with marks between the thousands. */
bool text_is_thousands(const uint8_t *text, uint32_t len, uint64_t *value);

/* "12 (3.4%)", "1,750 (1)": a whole number and a share in one cell. */
bool text_is_combined(const uint8_t *text, uint32_t len, uint64_t *value);

/* "<8", "*", "-", "[R]", "suppressed": it stands for a redacted number, to a person. */
bool text_is_mark(const uint8_t *text, uint32_t len);

/* A day: "1992-07-01", "01/07/1992", maybe with a time after it. */
bool text_is_date(const uint8_t *text, uint32_t len, uint32_t *year);

#endif
