#include "page/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void put_bytes(struct text *t, const void *bytes, size_t len)
{
	if (t->status == SLUICE_OK)
		t->status = buf_add(&t->b, bytes, len, NULL);
}

void put(struct text *t, const char *text)
{
	put_bytes(t, text, strlen(text));
}

void put_f(struct text *t, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (t->status == SLUICE_OK)
		t->status = buf_reserve(&t->b, (size_t)len + 1, NULL);
	if (t->status != SLUICE_OK)
		return;
	va_start(args, fmt);
	vsnprintf((char *)t->b.data + t->b.len, (size_t)len + 1, fmt, args);
	va_end(args);
	t->b.len += (size_t)len;
}

/* All of the text, with 'spell' asked for each byte: what stands for it, NULL = itself. */
static void put_spelt(struct text *t, const char *text,
                      const char *(*spell)(unsigned char c, char room[8]))
{
	const char *from = text;
	char room[8];

	for (; *text; text++) {
		const char *instead = spell((unsigned char)*text, room);

		if (!instead)
			continue;
		put_bytes(t, from, (size_t)(text - from));
		put(t, instead);
		from = text + 1;
	}
	put_bytes(t, from, (size_t)(text - from));
}

static const char *spell_json(unsigned char c, char room[8])
{
	if (c == '"')
		return "\\\"";
	if (c == '\\')
		return "\\\\";
	if (c >= 0x20 && c != 0x7F)
		return NULL;
	snprintf(room, 8, "\\u%04x", c);
	return room;
}

void put_json(struct text *t, const char *text)
{
	put(t, "\"");
	put_spelt(t, text, spell_json);
	put(t, "\"");
}

static const char *spell_html(unsigned char c, char room[8])
{
	(void)room;
	switch (c) {
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '&': return "&amp;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

void put_html(struct text *t, const char *text)
{
	put_spelt(t, text, spell_html);
}

static const char *spell_markdown(unsigned char c, char room[8])
{
	if (c == '\n' || c == '\r')
		return " ";
	if (c == '<')
		return "&lt;";
	if (c == '&')
		return "&amp;";
	if (!strchr("\\`*_{}[]|#~", c))
		return NULL;
	room[0] = '\\';
	room[1] = (char)c;
	room[2] = '\0';
	return room;
}

void put_markdown(struct text *t, const char *text)
{
	put_spelt(t, text, spell_markdown);
}

void put_number(struct text *t, uint64_t value)
{
	char digits[24];
	const int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			put(t, ",");
		put_bytes(t, &digits[i], 1);
	}
}

void put_size(struct text *t, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	double value = (double)bytes;
	size_t i = 0;

	for (; value >= 999.5 && i < 4; i++)
		value /= 1000;
	put_f(t, "%.*f %s", i && value < 9.95 ? 1 : 0, value, units[i]);
}
