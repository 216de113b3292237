/*
 * script.c - pages with more in them than can be seen
 */
#include "check/inquiry.h"

#include <string.h>

static char lower(uint8_t c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static bool begins(const struct inquiry *q, size_t at, const char *what)
{
	const size_t len = strlen(what);

	if (q->len - at < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(q->text[at + i]) != what[i])
			return false;
	return true;
}

/* " onload=", " onclick =": something is done when something happens. */
static bool is_handler(const struct inquiry *q, size_t at)
{
	size_t i = at + 3;

	if (!begins(q, at + 1, "on"))
		return false;
	while (i < q->len && lower(q->text[i]) >= 'a' && lower(q->text[i]) <= 'z')
		i++;
	while (i < q->len && q->text[i] == ' ')
		i++;
	return i > at + 5 && i + 1 < q->len && q->text[i] == '=' &&
	       strchr("\"' ", q->text[i + 1]) && q->text[i + 1];
}

static bool is_script(const struct inquiry *q, size_t at)
{
	switch (q->text[at]) {
	case '<':
		return begins(q, at, "<script") || begins(q, at, "<iframe") ||
		       begins(q, at, "<object") || begins(q, at, "<embed");
	case ' ':
	case '\n':
	case '\t': return is_handler(q, at);
	case 'j':
	case 'J': return begins(q, at, "javascript:");
	default: return false;
	}
}

static void look(struct inquiry *q)
{
	struct seen scripts = { 0 }, styles = { 0 };
	uint64_t line = 1;

	if (q->kind != FILE_PAGE)
		return;
	for (size_t at = 0; at < q->len; at++) {
		line += q->text[at] == '\n';
		if (is_script(q, at))
			seen_add(&scripts, line);
		else if (q->text[at] == '<' && begins(q, at, "<style"))
			seen_add(&styles, line);
	}
	if (scripts.places)
		finding_add(q, SLUICE_WARNING, &scripts, NO_COLUMN,
		            "scripts or embedded objects, in which data can hide from output "
		            "checkers: release the tables and figures instead");
	if (styles.places)
		finding_add(q, SLUICE_WARNING, &styles, NO_COLUMN,
		            "style sheets, which can hide text from output checkers");
}

const struct check check_script = {
	.name = "script",
	.help = "html and svg with scripts, embedded objects or style sheets",
	.severity = SLUICE_WARNING,
	.look = look,
};
