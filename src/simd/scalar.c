/*
 * scalar.c - the kernels as plain code: the definition of correct
 *
 * Short and obvious on purpose.  The vector kernels must agree with these in every
 * bit that the header gives a meaning.
 */
#include "simd/kernels.h"

#include <string.h>

static bool supported(void)
{
	return true;
}

static uint32_t scan(const uint8_t *text, uint32_t from, uint32_t to, uint8_t delim,
                     struct scan *s, uint32_t *out)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < to; i++) {
		const uint8_t c = text[i];
		const bool was_quoted = s->quoted;
		const bool quote = c == '"';
		const bool opens = quote && !was_quoted, closes = quote && was_quoted;
		const bool outside = !was_quoted && !quote;
		const bool sep = outside && (c == delim || c == '\n');
		const bool cr = outside && c == '\r';

		/* An opening quote begins a field, or is the second of a doubled one. */
		if (opens && !s->after_sep && !s->after_quote)
			s->bad = 1;
		if (s->after_close && !sep && !quote && !cr)
			s->bad = 1;
		if ((s->after_cr && !(sep && c == '\n')) || !c)
			s->bad = 1;
		if (sep)
			out[n++] = i;
		s->high |= c >= 0x80;
		s->cr |= cr;
		s->records += sep && c == '\n';
		s->lines += c == '\n';
		s->quoted = opens || (was_quoted && !closes) ? ~UINT64_C(0) : 0;
		s->after_sep = sep;
		s->after_quote = quote;
		s->after_close = closes;
		s->after_cr = cr;
	}
	return n;
}

/* Digits of v < COUNT_LIMIT at out, without leading zeros; their number. */
static uint32_t print(uint8_t *out, uint32_t v)
{
	uint8_t digits[8];
	uint32_t at = 8;

	do {
		digits[--at] = (uint8_t)('0' + v % 10);
		v /= 10;
	} while (v);
	memset(out, '0', 8);
	memcpy(out, digits + at, 8 - at);
	return 8 - at;
}

/* The count in a cell, or COUNT_LIMIT; with quotes around it, it has seven digits at most. */
static uint32_t count_of(const uint8_t *text, uint32_t len)
{
	const bool quoted = len > 2 && text[0] == '"';
	uint32_t v = 0;

	text += quoted;
	len -= quoted ? 2 : 0;
	if (len < 1 || len > (quoted ? 7u : 8u) || (len > 1 && text[0] == '0'))
		return COUNT_LIMIT;
	for (uint32_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return COUNT_LIMIT;
		v = v * 10 + (uint32_t)(text[i] - '0');
	}
	return v;
}

static uint64_t round_count(const struct count_rule *r, uint32_t value)
{
	const uint64_t x = (uint64_t)value + r->add;
	uint64_t q = x * r->magic >> r->shift;

	if (r->even && x == q * r->base)
		q -= q & 1;
	return q * r->base - (value ? r->sub : 0);
}

static void counts(const struct count_rule *r, struct count_block *b, uint32_t n,
                   int64_t *value, uint8_t *text, uint64_t *cell, uint32_t offset)
{
	b->odd = b->redacted = b->rounded = 0;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t *end = b->ends + i * b->stride;
		const uint32_t begin = end[-1] + 1;
		const uint32_t v = count_of(b->text + begin, *end - begin);
		const uint64_t kept = v < COUNT_LIMIT ? round_count(r, v) : COUNT_LIMIT;
		const bool redacted = v < r->low && !(r->keep_zeros && !v);

		if (kept >= COUNT_LIMIT) {
			b->odd |= UINT64_C(1) << i;
		} else if (redacted) {
			b->redacted |= UINT64_C(1) << i;
			value[i] = r->redacted;
			cell[i] = r->token;
		} else {
			b->rounded |= (uint64_t)(kept != v) << i;
			value[i] = (int64_t)kept;
			cell[i] = (uint64_t)print(text + 8 * i, (uint32_t)kept) << 32 |
			          (offset + 8 * i);
		}
	}
}

/* Whether it is one to eight digits that may leave; shares nothing with what is above. */
static bool may_leave(const struct doubt_rule *r, const uint8_t *text, uint32_t len)
{
	uint32_t v = 0, x, turned;

	if (len == 0 || len > 8)
		return false;
	for (uint32_t unit = 1; len-- > 0; unit *= 10) {
		const uint32_t digit = text[len] ^ '0';

		if (digit > 9)
			return false;
		v += digit * unit;
	}
	if (v == 0)
		return r->zero;
	x = (v + r->off) * r->inverse;
	turned = x >> r->turn | x << (-r->turn & 31);
	return v >= r->least && turned <= r->most;
}

static uint64_t doubts(const struct doubt_rule *r, const uint64_t *cell, uint32_t n,
                       const uint8_t *texts)
{
	uint64_t doubt = 0;

	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *text = texts + (uint32_t)cell[i];

		if (cell[i] != r->token && !may_leave(r, text, (uint32_t)(cell[i] >> 32)))
			doubt |= UINT64_C(1) << i;
	}
	return doubt;
}

static uint8_t *emit(const struct emit_rows *e, uint8_t *out)
{
	for (uint32_t i = 0; i < e->n_rows; i++) {
		const uint32_t *ends = e->ends + (size_t)(e->rows ? e->rows[i] : i) * e->n_cols;

		for (uint32_t k = 0; k < e->n_stretches; k++) {
			const struct emit_stretch *s = &e->stretches[k];
			const uint32_t begin = ends[(ptrdiff_t)s->first - 1] + s->skip;
			const uint8_t *text =
				s->cell ? e->cells + (uint32_t)s->cell[i] : e->text + begin;
			uint32_t len = s->cell ? (uint32_t)(s->cell[i] >> 32)
			                       : ends[s->last] + s->more - begin;

			if (!s->cell && s->trim && len && text[len - 1] == '\r')
				len--;
			memcpy(out, text, len);
			memcpy(out + len, s->after, s->after_len);
			out += len + s->after_len;
		}
	}
	return out;
}

static size_t count(const uint8_t *text, size_t len, uint8_t byte)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == byte;
	return n;
}

/* Length of the well-formed character at s[0..len), 0 = none (Unicode 15, table 3-7). */
static size_t character(const uint8_t *s, size_t len)
{
	const uint8_t a = s[0];
	const size_t n = a < 0x80 ? 1 : a < 0xC2 ? 0 : a < 0xE0 ? 2 : a < 0xF0 ? 3 : 4;

	if (n == 0 || a > 0xF4 || n > len)
		return 0;
	if ((a == 0xE0 && s[1] < 0xA0) || (a == 0xED && s[1] > 0x9F) ||
	    (a == 0xF0 && s[1] < 0x90) || (a == 0xF4 && s[1] > 0x8F))
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return n;
}

static size_t utf8(const uint8_t *text, size_t len)
{
	size_t i = 0, n;

	while (i < len && (n = character(text + i, len - i)))
		i += n;
	return i;
}

/* The row's raw fields with zeros behind them; false = one is too long. */
static bool find_fields(const struct find_rows *f, uint32_t i,
                        uint8_t fields[FIND_KEYS][FIND_FIELD])
{
	const uint32_t *ends = f->ends + (size_t)(f->rows ? f->rows[i] : i) * f->n_cols;

	memset(fields, 0, (size_t)FIND_KEYS * FIND_FIELD);
	for (uint32_t k = 0; k < f->n_keys; k++) {
		const uint32_t *end = ends + f->cols[k];
		const uint32_t begin = end[-1] + 1;
		const uint8_t *text = f->text + begin;
		uint32_t len = end[0] - begin;

		if (f->cr && f->cols[k] + 1 == f->n_cols && len && text[len - 1] == '\r')
			len--;
		if (len >= FIND_FIELD)
			return false;
		memcpy(fields[k], text, len);
	}
	return true;
}

static uint32_t find_place(const struct find_rows *f, uint8_t fields[FIND_KEYS][FIND_FIELD])
{
	uint32_t sum[8] = { 0 };
	uint64_t a, b;

	for (uint32_t k = 0; k < f->n_keys; k++) {
		uint32_t next[8];

		memcpy(next, fields[k], sizeof(next));
		for (uint32_t i = 0; i < 8; i++)
			next[i] += sum[(i & 4) | ((i + 1) & 3)];
		memcpy(sum, next, sizeof(sum));
	}
	for (uint32_t i = 0; i < 4; i++)
		sum[i] += sum[4 | ((i + 2) & 3)];
	memcpy(&a, sum, 8);
	memcpy(&b, sum + 2, 8);
	return (uint32_t)((a * FIND_A + b * FIND_B) >> f->shift);
}

static uint32_t find(const struct find_rows *f, uint32_t n, uint32_t *place)
{
	const size_t size = (size_t)f->n_keys * FIND_FIELD;
	uint8_t fields[FIND_KEYS][FIND_FIELD];

	for (uint32_t i = 0; i < n; i++) {
		place[i] = FIND_NONE;
		if (!find_fields(f, i, fields))
			return i;
		place[i] = find_place(f, fields);
		if (memcmp(f->kept + place[i] * size, fields, size) != 0) {
			if (memcmp(f->kept + (place[i] ^ 1) * size, fields, size) != 0)
				return i;
			place[i] ^= 1;
		}
	}
	return n;
}

const struct kernels kernels_scalar = {
	.name = "scalar",
	.supported = supported,
	.scan = scan,
	.counts = counts,
	.doubts = doubts,
	.emit = emit,
	.count = count,
	.utf8 = utf8,
	.find = find,
};
