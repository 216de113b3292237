#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void set(struct sluice_error *err, enum sluice_status status, uint64_t line,
                uint32_t column)
{
	memset(err, 0, offsetof(struct sluice_error, text) + 1);
	err->status = status;
	err->line = line;
	err->column = column;
}

/* Bytes of the UTF-8 character that 'lead' begins; 0 = it begins none. */
static size_t character_bytes(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xC2 || lead > 0xF4)
		return 0;
	return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* A text that was too long for 'room' may end amid a character: take the piece away. */
static void trim(char *text, size_t room)
{
	size_t len = strlen(text);
	size_t last = len;

	if (len + 1 < room || !len)
		return;
	do
		last--;
	while (last && ((uint8_t)text[last] & 0xC0) == 0x80);
	if (last + character_bytes((uint8_t)text[last]) > len)
		text[last] = '\0';
}

/* The text, within 'room' bytes of err->text. */
PRINTF_LIKE(3, 0)
static void say(struct sluice_error *err, size_t room, const char *fmt, va_list args)
{
	vsnprintf(err->text, room, fmt, args);
	trim(err->text, room);
}

enum sluice_status fail(struct sluice_error *err, enum sluice_status status, const char *fmt,
                        ...)
{
	if (err) {
		va_list args;

		set(err, status, 0, 0);
		va_start(args, fmt);
		say(err, sizeof(err->text), fmt, args);
		va_end(args);
	}
	return status;
}

enum sluice_status fail_at(struct sluice_error *err, enum sluice_status status, uint64_t line,
                           uint32_t column, const char *fmt, ...)
{
	if (err) {
		va_list args;

		set(err, status, line, column);
		va_start(args, fmt);
		say(err, sizeof(err->text), fmt, args);
		va_end(args);
	}
	return status;
}

enum sluice_status fail_errno(struct sluice_error *err, enum sluice_status status, int number,
                              const char *fmt, ...)
{
	if (err) {
		/* Room is kept for the reason: it is what a long path must not push out. */
		const char *reason = strerror(number);
		const size_t room = sizeof(err->text) - strlen(reason) - strlen(": ");
		va_list args;
		size_t len;

		set(err, status, 0, 0);
		va_start(args, fmt);
		say(err, room, fmt, args);
		va_end(args);
		len = strlen(err->text);
		snprintf(err->text + len, sizeof(err->text) - len, ": %s", reason);
	}
	return status;
}

enum sluice_status fail_memory(struct sluice_error *err)
{
	return fail(err, SLUICE_E_MEMORY, "out of memory");
}

/* Whether a character would change what is around it, break the line or not be seen. */
static bool unfit(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || c == 0x180E ||
	       (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
	       (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
	       (c >= 0xE0000 && c <= 0xE0FFF);
}

/* Bytes of the UTF-8 character at s[0..len), len > 0; 0 = broken.  *fit: it may be shown. */
static size_t character(const uint8_t *s, size_t len, bool *fit)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const size_t n = character_bytes(s[0]);
	uint32_t c = n == 1 ? s[0] : s[0] & (0x7Fu >> n);

	*fit = false;
	if (!n || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3F);
	}
	if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*fit = !unfit(c);
	return n;
}

static size_t show(char *out, size_t room, const char *name, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len;) {
		bool fit;
		const size_t n = character((const uint8_t *)name + i, len - i, &fit);

		if (used + (fit ? n : 1) + 1 > room)
			break;
		if (fit)
			memcpy(out + used, name + i, n);
		else
			out[used] = '?';
		used += fit ? n : 1;
		i += n ? n : 1;
	}
	out[used] = '\0';
	return used;
}

void printable_line(char *out, size_t room, const char *line)
{
	show(out, room, line, strlen(line));
}

void fail_source(struct sluice_error *err, const char *source)
{
	if (err && !err->source[0] && source)
		show(err->source, sizeof(err->source), source, strlen(source));
}

const char *printable(char out[72], const char *name, size_t len)
{
	if (len <= 64) {
		show(out, 64 + 1, name, len);
	} else {
		const size_t used = show(out, 64 - strlen("...") + 1, name, len);

		memcpy(out + used, "...", sizeof("..."));
	}
	return out;
}
