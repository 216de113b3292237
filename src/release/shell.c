#include "release/shell.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool add(struct shell_words *w, char c)
{
	return buf_add(&w->text, &c, 1, NULL) == SLUICE_OK;
}

/* From the character after the quote to the one after its fellow; NULL = there is none. */
static const char *quoted(struct shell_words *w, const char *p, char quote)
{
	for (; *p && *p != quote; p++) {
		if (quote == '"' && *p == '\\' && (p[1] == '"' || p[1] == '\\'))
			p++;
		if (!add(w, *p))
			return NULL;
	}
	return *p ? p + 1 : NULL;
}

static const char *word(struct shell_words *w, const char *p)
{
	while (*p && !is_space(*p)) {
		if (*p == '\'' || *p == '"') {
			p = quoted(w, p + 1, *p);
			if (!p)
				return NULL;
			continue;
		}
		if (*p == '\\' && !*++p)
			return NULL;
		if (!add(w, *p++))
			return NULL;
	}
	return p;
}

bool shell_split(struct shell_words *w, const char *line)
{
	*w = (struct shell_words){ 0 };
	for (;;) {
		while (is_space(*line))
			line++;
		if (!*line)
			return true;
		line = word(w, line);
		if (!line || !add(w, '\0'))
			return false;
		w->n++;
	}
}

const char *shell_word(const struct shell_words *w, size_t i)
{
	const char *p = (const char *)w->text.data;

	if (i >= w->n)
		return NULL;
	while (i--)
		p += strlen(p) + 1;
	return p;
}

void shell_free(struct shell_words *w)
{
	buf_free(&w->text);
}
