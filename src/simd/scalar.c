/*
 * scalar.c - the kernels as plain code: the definition of correct
 *
 * Short and obvious on purpose.  The vector kernels must agree with these in every
 * bit that the header gives a meaning.
 */
#include "simd/kernels.h"

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

const struct kernels kernels_scalar = {
	.name = "scalar",
	.supported = supported,
	.scan = scan,
	.count = count,
	.utf8 = utf8,
};
