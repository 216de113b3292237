/*
 * json_read.c - a value, then what is in it, each of its bytes looked at once
 *
 * Everything that can run out of memory says so at once: what comes out is all of the text
 * or nothing.
 */
#include "plan/json_read.h"

#include "base/buf.h"
#include "csv/strict.h"

#include <stdlib.h>
#include <string.h>

#define READ_DEPTH 64 /* deeper than anything that is written */

struct reading {
	const char *at, *end;
	struct buf text; /* of the string that is being read */
	enum sluice_status status;
};

static json_t *read_value(struct reading *r, unsigned depth);

/* The first that goes wrong counts. */
static void *stop(struct reading *r, enum sluice_status status)
{
	if (r->status == SLUICE_OK)
		r->status = status;
	return NULL;
}

static json_t *made(struct reading *r, json_t *value)
{
	return value ? value : stop(r, SLUICE_E_MEMORY);
}

static bool take(struct reading *r, const char *word)
{
	const size_t n = strlen(word);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
		return false;
	r->at += n;
	return true;
}

static void skip_space(struct reading *r)
{
	while (r->at < r->end && memchr(" \t\r\n", *r->at, 4))
		r->at++;
}

/* ---- texts ------------------------------------------------------------------------------------ */

static bool add(struct reading *r, const char *bytes, size_t n)
{
	if (buf_add(&r->text, bytes, n, NULL) != SLUICE_OK)
		stop(r, SLUICE_E_MEMORY);
	return r->status == SLUICE_OK;
}

/* Four hexadecimal digits, or -1. */
static int32_t take_code(struct reading *r)
{
	int32_t code = 0;

	if (r->end - r->at < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		const char c = *r->at++, low = (char)(c | 32);

		if (c >= '0' && c <= '9')
			code = code * 16 + (c - '0');
		else if (low >= 'a' && low <= 'f')
			code = code * 16 + (low - 'a' + 10);
		else
			return -1;
	}
	return code;
}

/* After "\u": a character, of which two halves may be written. */
static bool add_code(struct reading *r)
{
	int32_t code = take_code(r), low;
	char c[4];

	if (code >= 0xD800 && code < 0xDC00) {
		low = take(r, "\\u") ? take_code(r) : -1;
		if (low < 0xDC00 || low > 0xDFFF)
			return false;
		code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
	} else if (code >= 0xDC00 && code < 0xE000) {
		return false;
	}
	if (code <= 0)
		return false;
	if (code < 0x80) {
		c[0] = (char)code;
		return add(r, c, 1);
	}
	for (size_t i = 0; i < 4; i++)
		c[i] = (char)(0x80 | (code >> (18 - 6 * i) & 0x3F));
	if (code < 0x800) {
		c[2] = (char)(0xC0 | code >> 6);
		return add(r, c + 2, 2);
	}
	if (code < 0x10000) {
		c[1] = (char)(0xE0 | code >> 12);
		return add(r, c + 1, 3);
	}
	c[0] = (char)(0xF0 | code >> 18);
	return add(r, c, 4);
}

static bool add_escape(struct reading *r)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;

	if (take(r, "u"))
		return add_code(r);
	at = r->at < r->end && *r->at ? strchr(from, *r->at) : NULL;
	if (!at)
		return false;
	r->at++;
	return add(r, to + (at - from), 1);
}

/* Up to the closing quote into r->text, with a NUL behind it that does not count. */
static bool take_text(struct reading *r)
{
	r->text.len = 0;
	if (!take(r, "\""))
		return stop(r, SLUICE_E_DATA);
	while (!take(r, "\"")) {
		const char *begin = r->at;

		while (r->at < r->end && *r->at != '"' && *r->at != '\\' &&
		       (uint8_t)*r->at >= 0x20)
			r->at++;
		if (!add(r, begin, (size_t)(r->at - begin)))
			return false;
		if (r->at < r->end && *r->at == '"')
			continue;
		if (!take(r, "\\") || !add_escape(r))
			return stop(r, SLUICE_E_DATA);
	}
	if (!add(r, "", 1))
		return false;
	r->text.len--;
	return true;
}

/* ---- numbers ------------------------------------------------------------------------------------ */

static bool is_digit(const struct reading *r)
{
	return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

/* Summed up below zero, where there is one number more. */
static json_t *read_number(struct reading *r)
{
	const bool minus = take(r, "-");
	json_int_t sum = 0;

	if (!is_digit(r) ||
	    (*r->at == '0' && r->end - r->at > 1 && r->at[1] >= '0' && r->at[1] <= '9'))
		return stop(r, SLUICE_E_DATA);
	for (; is_digit(r); r->at++)
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_sub_overflow(sum, *r->at - '0', &sum))
			return stop(r, SLUICE_E_DATA);
	if (!minus && __builtin_sub_overflow(0, sum, &sum))
		return stop(r, SLUICE_E_DATA);
	return made(r, json_integer(sum)); /* what follows a point is not expected there */
}

/* ---- lists and maps ------------------------------------------------------------------------------- */

/* A value that belongs in 'whole', under 'key' of a map. */
static bool take_into(struct reading *r, json_t *whole, const char *key, unsigned depth)
{
	json_t *value = read_value(r, depth + 1);

	if (!value)
		return false;
	if (key ? json_object_set_new_nocheck(whole, key, value)
	        : json_array_append_new(whole, value))
		stop(r, SLUICE_E_MEMORY);
	return r->status == SLUICE_OK;
}

static bool take_member(struct reading *r, json_t *map, unsigned depth)
{
	char *key;
	bool ok;

	skip_space(r);
	if (!take_text(r))
		return false;
	key = strdup((const char *)r->text.data);
	if (!key)
		return stop(r, SLUICE_E_MEMORY);
	skip_space(r);
	ok = !json_object_get(map, key) && take(r, ":");
	if (!ok)
		stop(r, SLUICE_E_DATA);
	ok = ok && take_into(r, map, key, depth);
	free(key);
	return ok;
}

static json_t *read_items(struct reading *r, json_t *whole, const char *end, unsigned depth)
{
	const bool map = json_is_object(whole);
	bool ok = made(r, whole) != NULL;

	skip_space(r);
	if (ok && take(r, end))
		return whole;
	while (ok) {
		if (!(map ? take_member(r, whole, depth) : take_into(r, whole, NULL, depth)))
			break;
		skip_space(r);
		if (take(r, end))
			return whole;
		ok = take(r, ",");
	}
	json_decref(whole);
	return stop(r, SLUICE_E_DATA);
}

static json_t *read_value(struct reading *r, unsigned depth)
{
	skip_space(r);
	if (depth > READ_DEPTH)
		return stop(r, SLUICE_E_DATA);
	if (take(r, "{"))
		return read_items(r, json_object(), "}", depth);
	if (take(r, "["))
		return read_items(r, json_array(), "]", depth);
	if (take(r, "true"))
		return json_true();
	if (take(r, "false"))
		return json_false();
	if (take(r, "null"))
		return json_null();
	if (r->at == r->end || *r->at != '"')
		return read_number(r);
	return take_text(r)
	               ? made(r, json_stringn_nocheck((const char *)r->text.data, r->text.len))
	               : NULL;
}

enum sluice_status json_read(const char *text, size_t len, json_t **value,
                             struct sluice_error *err)
{
	struct reading r = { .at = text, .end = text + len };

	*value = NULL;
	if (utf8_prefix((const uint8_t *)text, len) != len)
		return SLUICE_E_DATA;
	*value = read_value(&r, 0);
	skip_space(&r);
	buf_free(&r.text);
	if (*value && r.at == r.end)
		return SLUICE_OK;
	json_decref(*value);
	*value = NULL;
	return r.status == SLUICE_E_MEMORY ? fail_memory(err) : SLUICE_E_DATA;
}
