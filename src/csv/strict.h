/*
 * strict.h - the specification of the CSV that is read, as plain code
 *
 * One record at a time, byte by byte.  It reads the header, and it is the referee:
 * when the fast path has noticed that something in a batch is wrong, this says what
 * and where.  It does not look at UTF-8 or count fields against the header's.
 */
#ifndef CSV_STRICT_H
#define CSV_STRICT_H

#include "base/fail.h"
#include "csv/dialect.h"

/* A reason to refuse; the README's table of refusals in the same order. */
enum refusal {
	REFUSE_NOTHING = 0,
	REFUSE_QUOTE_INSIDE, /* a quote inside an unquoted field                   */
	REFUSE_QUOTE_AFTER,  /* a byte other than delimiter or line end after a closing quote */
	REFUSE_UNTERMINATED,
	REFUSE_RAGGED,
	REFUSE_CR,
	REFUSE_NUL,
	REFUSE_ENCODING,
	REFUSE_UTF8,
	REFUSE_BLANK,
	REFUSE_RECORD_LIMIT,
	REFUSE_COLUMNS_LIMIT,
};

/* One record, as strict_record() met it. */
struct record {
	uint32_t len;      /* bytes, line end included                               */
	uint32_t n_fields; /* complete ones                                          */
	uint32_t lines;    /* LFs in it, the one that ends it included               */
	bool blank;        /* nothing but its line end                               */
	bool ended;        /* by an LF; otherwise by the end of the text             */
	enum refusal why;
	uint32_t why_line;  /* lines before the offence, counted from the record's start */
	uint32_t why_field; /* 1-based number of the field that it stands in         */
};

/*
 * Read the record at text[0..len).  A text that ends before the record does gives
 * ended = false, and REFUSE_UNTERMINATED when that was inside quotes.  When
 * 'field' is not NULL it is called for each field with its raw bytes.
 */
void strict_record(const uint8_t *text, uint32_t len, uint8_t delimiter, struct record *r,
                   void (*field)(void *ctx, uint32_t begin, uint32_t end), void *ctx);

/* The sentence for a reason, fit for fail_at(); SLUICE_E_DATA always. */
enum sluice_status refuse(struct sluice_error *err, enum refusal why, uint64_t line,
                          uint32_t column);

/* The number of the field that the byte at 'offset' of a record stands in. */
uint32_t strict_field_at(const uint8_t *text, uint32_t offset, uint8_t delimiter);

/* Length of the longest well-formed UTF-8 prefix of text[0..len); for short texts. */
size_t utf8_prefix(const uint8_t *text, size_t len);

#endif
