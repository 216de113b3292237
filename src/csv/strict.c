/*
 * strict.c - RFC 4180 byte by byte
 *
 * A table of how 24 readers treat 94 odd constructs is behind each refusal: where
 * two widely used readers would see different cells, the record is refused.
 */
#include "csv/strict.h"

#include "simd/kernels.h"

/* Where a record is being read. */
enum at { FIELD_START, UNQUOTED, QUOTED, AFTER_QUOTE, AFTER_CR, STOP };

struct reader {
	struct record *r;
	uint8_t delimiter;
	uint32_t lines;
};

static enum at offend(struct reader *s, enum refusal why)
{
	s->r->why = why;
	s->r->why_line = s->lines;
	s->r->why_field = s->r->n_fields + 1;
	return STOP;
}

/* The state after byte c, met in state 'at'. */
static enum at step(struct reader *s, enum at at, uint8_t c)
{
	if (!c)
		return offend(s, REFUSE_NUL);
	if (at == QUOTED) {
		s->lines += c == '\n';
		return c == '"' ? AFTER_QUOTE : QUOTED;
	}
	if (at == AFTER_CR && c != '\n')
		return offend(s, REFUSE_CR);
	if (c == '\n' || c == s->delimiter) {
		s->r->ended = c == '\n';
		return FIELD_START;
	}
	if (c == '\r')
		return AFTER_CR;
	if (c == '"') {
		if (at == UNQUOTED)
			return offend(s, REFUSE_QUOTE_INSIDE);
		return QUOTED; /* it opens the field, or is the second of a doubled one */
	}
	return at == AFTER_QUOTE ? offend(s, REFUSE_QUOTE_AFTER) : UNQUOTED;
}

void strict_record(const uint8_t *text, uint32_t len, uint8_t delimiter, struct record *r,
                   void (*field)(void *ctx, uint32_t begin, uint32_t end), void *ctx)
{
	struct reader s = { .r = r, .delimiter = delimiter };
	enum at at = FIELD_START, before;
	uint32_t begin = 0, i;

	*r = (struct record){ 0 };
	for (i = 0; i < len && !r->ended; i++) {
		before = at;
		at = step(&s, at, text[i]);
		if (at == STOP)
			break;
		if (at == FIELD_START) {
			if (field)
				field(ctx, begin, before == AFTER_CR ? i - 1 : i);
			r->n_fields++;
			begin = i + 1;
		}
	}
	r->len = i;
	r->lines = s.lines + r->ended;
	if (r->why)
		return;
	if (!r->ended) {
		if (at == QUOTED) {
			offend(&s, REFUSE_UNTERMINATED);
			r->why_line = 0; /* the line where the record began */
		} else if (at == AFTER_CR) {
			offend(&s, REFUSE_CR);
		} else if (len) {
			if (field)
				field(ctx, begin, i);
			r->n_fields++;
		}
	}
	r->blank = r->n_fields == 1 && r->ended && (i == 1 || (i == 2 && text[0] == '\r'));
}

uint32_t strict_field_at(const uint8_t *text, uint32_t offset, uint8_t delimiter)
{
	struct record r;

	strict_record(text, offset, delimiter, &r, NULL, NULL);
	return r.why ? r.why_field : r.n_fields ? r.n_fields : 1;
}

static const char *const sentences[] = {
	[REFUSE_QUOTE_INSIDE] = "a quote inside an unquoted field; quote the whole field and "
				"double the quotes in it",
	[REFUSE_QUOTE_AFTER] = "a byte after a closing quote that is neither a delimiter nor a "
			       "line end; double the quotes inside a quoted field",
	[REFUSE_UNTERMINATED] = "a quoted field is never closed; the record begins here",
	[REFUSE_RAGGED] = "more or fewer fields than the header has",
	[REFUSE_CR] = "a carriage return that no line feed follows",
	[REFUSE_NUL] = "a NUL byte; the input is not plain UTF-8 text",
	[REFUSE_ENCODING] = "the input is UTF-16 or UTF-32; convert it to UTF-8",
	[REFUSE_UTF8] = "bytes that are not valid UTF-8; convert the input to UTF-8",
	[REFUSE_BLANK] = "a blank line before the last record",
	[REFUSE_RECORD_LIMIT] = "a record over 16 MiB; a quoted field may never be closed",
	[REFUSE_COLUMNS_LIMIT] = "more than 65,535 columns",
};

enum sluice_status refuse(struct sluice_error *err, enum refusal why, uint64_t line,
                          uint32_t column)
{
	return fail_at(err, SLUICE_E_DATA, line, column, "%s", sentences[why]);
}

size_t utf8_prefix(const uint8_t *text, size_t len)
{
	return kernels_scalar.utf8(text, len);
}
