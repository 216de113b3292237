/*
 * json.c - is it JSON, and how is it said in YAML?
 *
 * Only when the whole text is JSON is every quote known for what it is, and a text
 * may be changed inside.  The check needs no memory: it can't come out otherwise for
 * want of it.
 */
#include "plan/json.h"

#include <stdlib.h>
#include <string.h>

#define JSON_DEPTH 64  /* deeper than any plan may be                   */
#define KEY_LONG   128 /* even if each byte of it becomes a "\uXXXX" */

/* Where the value begins, after blank space and comment lines (which a dump has). */
static size_t skip_comments(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		if (text[at] == '#') {
			const char *end = memchr(text + at, '\n', len - at);

			at = end ? (size_t)(end - text) : len;
		} else if (memchr(" \t\r\n", text[at], 4)) {
			at++;
		} else {
			break;
		}
	}
	return at;
}

/* ---- what is JSON and what is not ------------------------------------------------- */

struct scan {
	const char *text;
	size_t len, at;
	const char *why;
};

static bool scan_value(struct scan *s, unsigned depth);

static bool refuse(struct scan *s, const char *why)
{
	if (!s->why)
		s->why = why;
	return false;
}

static void skip_space(struct scan *s)
{
	while (s->at < s->len && memchr(" \t\r\n", s->text[s->at], 4))
		s->at++;
}

static bool scan_char(struct scan *s, char c)
{
	skip_space(s);
	if (s->at == s->len || s->text[s->at] != c)
		return false;
	s->at++;
	return true;
}

static bool scan_word(struct scan *s, const char *word)
{
	const size_t n = strlen(word);

	if (s->len - s->at < n || memcmp(s->text + s->at, word, n) != 0)
		return false;
	s->at += n;
	return true;
}

static bool scan_digits(struct scan *s)
{
	const size_t begin = s->at;

	while (s->at < s->len && s->text[s->at] >= '0' && s->text[s->at] <= '9')
		s->at++;
	return s->at > begin;
}

static bool scan_number(struct scan *s)
{
	(void)scan_word(s, "-");
	if (!scan_word(s, "0") && !scan_digits(s))
		return refuse(s, "a value is missing here");
	if (scan_word(s, ".") && !scan_digits(s))
		return refuse(s, "a number ends in its point");
	if (scan_word(s, "e") || scan_word(s, "E")) {
		if (!scan_word(s, "+"))
			(void)scan_word(s, "-");
		if (!scan_digits(s))
			return refuse(s, "a number ends in its exponent");
	}
	return true;
}

/* The code of "\uXXXX" at the start of text[0..len), or -1. */
static int32_t escaped(const char *text, size_t len)
{
	int32_t code = 0;

	if (len < 6 || text[0] != '\\' || text[1] != 'u')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		const char c = text[i];

		if (c >= '0' && c <= '9')
			code = code * 16 + (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			code = code * 16 + ((c | 32) - 'a' + 10);
		else
			return -1;
	}
	return code;
}

static bool scan_escape(struct scan *s)
{
	const char *text = s->text + s->at;
	const size_t left = s->len - s->at;
	const int32_t code = escaped(text, left);

	if (code < 0) {
		if (left < 2 || !memchr("\"\\/bfnrt", text[1], 8))
			return refuse(s, "there is no such escape");
		s->at += 2;
	} else if (code < 0xD800 || code > 0xDFFF) {
		s->at += 6;
	} else {
		const int32_t low = left > 6 ? escaped(text + 6, left - 6) : -1;

		if (code > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
			return refuse(s, "half of a surrogate pair");
		s->at += 12;
	}
	return true;
}

static bool scan_string(struct scan *s)
{
	if (!scan_char(s, '"'))
		return refuse(s, "a key must be in double quotes");
	while (s->at < s->len && s->text[s->at] != '"') {
		if ((uint8_t)s->text[s->at] < 0x20)
			return refuse(s, "a control byte in a text");
		if (s->text[s->at] != '\\')
			s->at++;
		else if (!scan_escape(s))
			return false;
	}
	return scan_char(s, '"') || refuse(s, "a text does not end");
}

/* What stands between the brackets of a list or a map. */
static bool scan_items(struct scan *s, unsigned depth, bool map)
{
	const char end = map ? '}' : ']';

	if (scan_char(s, end))
		return true;
	do {
		if (map && !scan_string(s))
			return false;
		if (map && !scan_char(s, ':'))
			return refuse(s, "a ':' is missing here");
		if (!scan_value(s, depth + 1))
			return false;
	} while (scan_char(s, ','));
	return scan_char(s, end) || refuse(s, "a ',' or the closing bracket is missing here");
}

static bool scan_value(struct scan *s, unsigned depth)
{
	skip_space(s);
	if (depth > JSON_DEPTH)
		return refuse(s, "too deep");
	if (scan_char(s, '{'))
		return scan_items(s, depth, true);
	if (scan_char(s, '['))
		return scan_items(s, depth, false);
	if (s->at < s->len && s->text[s->at] == '"')
		return scan_string(s);
	return scan_word(s, "true") || scan_word(s, "false") || scan_word(s, "null") ||
	       scan_number(s);
}

/* Nothing but one value from 'begin' on. */
static bool is_json(struct respelt *r, const char *text, size_t len, size_t begin)
{
	struct scan s = { text, len, begin, NULL };

	if (scan_value(&s, 0)) {
		skip_space(&s);
		if (s.at == len)
			return true;
		s.why = "something follows the end";
	}
	r->why = s.why;
	r->why_at = s.at;
	return false;
}

/* ---- respelling --------------------------------------------------------------------- */

static enum sluice_status changed(struct respelt *r, size_t origin, struct sluice_error *err)
{
	const struct respelling c = {
		.at = r->own.len,
		.skew = (ptrdiff_t)origin - (ptrdiff_t)r->own.len,
	};

	return buf_add(&r->changes, &c, sizeof(c), err);
}

/* Bytes of a character inside a string that YAML would not keep, and which it is. */
static size_t unkept(const uint8_t *s, size_t left, uint32_t *code)
{
	if (s[0] == 0x7F) {
		*code = 0x7F;
		return 1;
	}
	if (s[0] == 0xC2 && left > 1 && s[1] >= 0x80 && s[1] < 0xA0) {
		*code = s[1];
		return 2;
	}
	if (left > 2 && ((s[0] == 0xE2 && s[1] == 0x80 && (s[2] == 0xA8 || s[2] == 0xA9)) ||
	                 (s[0] == 0xEF && s[1] == 0xBF && (s[2] == 0xBE || s[2] == 0xBF)))) {
		*code = (uint32_t)(s[0] & 0xF) << 12 | (uint32_t)(s[1] & 0x3F) << 6 |
		        (s[2] & 0x3F);
		return 3;
	}
	return 0;
}

/* One character or escape inside a string: copy it or respell it; *at moves behind it. */
static enum sluice_status respell_one(struct respelt *r, const char *text, size_t len,
                                      size_t *at, struct sluice_error *err)
{
	const size_t i = *at;
	uint32_t code;
	size_t n;

	if (text[i] == '\\') {
		const int32_t high = escaped(text + i, len - i);

		if (high < 0xD800 || high > 0xDBFF) {
			*at = i + 2;
			return buf_add(&r->own, text + i, 2, err);
		}
		code = 0x10000u + ((uint32_t)(high - 0xD800) << 10) +
		       (uint32_t)(escaped(text + i + 6, len - i - 6) - 0xDC00);
		*at = i + 12;
		TRY(buf_addf(&r->own, err, "\\U%08X", code));
		return changed(r, *at, err);
	}
	n = unkept((const uint8_t *)text + i, len - i, &code);
	if (n) {
		*at = i + n;
		TRY(buf_addf(&r->own, err, "\\u%04X", code));
		return changed(r, *at, err);
	}
	*at = i + 1;
	return buf_add(&r->own, text + i, 1, err);
}

/*
 * Whether the string at text[at] is a key that YAML, which allows 1024 characters for it, may
 * only read as one when it is told beforehand.  The text is known to be JSON.
 */
static bool is_long_key(const char *text, size_t len, size_t at)
{
	size_t end = at + 1;

	while (end < len && text[end] != '"')
		end += text[end] == '\\' ? 2 : 1;
	if (++end - at < KEY_LONG)
		return false;
	while (end < len && memchr(" \t\r\n", text[end], 4))
		end++;
	return end < len && text[end] == ':';
}

enum sluice_status json_respell(struct respelt *r, const char *text, size_t len,
                                struct sluice_error *err)
{
	const size_t begin = skip_comments(text, len);
	bool quoted = false;

	*r = (struct respelt){ .text = text, .len = len };
	if (begin == len || (text[begin] != '{' && text[begin] != '[') ||
	    !is_json(r, text, len, begin))
		return SLUICE_OK;
	TRY(changed(r, begin, err));
	for (size_t i = begin; i < len;) {
		if (text[i] == '"' && !quoted && is_long_key(text, len, i)) {
			TRY(buf_add(&r->own, "? ", 2, err));
			TRY(changed(r, i, err));
		}
		if (text[i] == '"')
			quoted = !quoted;
		if (quoted && text[i] != '"') {
			TRY(respell_one(r, text, len, &i, err));
			continue;
		}
		/* One line and no tabs: YAML has rules about both. */
		TRY(buf_add(&r->own, memchr("\t\r\n", text[i], 3) ? " " : text + i, 1, err));
		i++;
	}
	r->text = (const char *)r->own.data;
	r->len = r->own.len;
	return SLUICE_OK;
}

size_t respelt_origin(const struct respelt *r, size_t at)
{
	const struct respelling *changes =
		(const struct respelling *)(const void *)r->changes.data;
	size_t low = 0, high = r->changes.len / sizeof(*changes);

	/* The last change at or before 'at'. */
	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (changes[mid].at <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? (size_t)((ptrdiff_t)at + changes[low - 1].skew) : at;
}

void respelt_free(struct respelt *r)
{
	buf_free(&r->own);
	buf_free(&r->changes);
}
