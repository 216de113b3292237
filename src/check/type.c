/*
 * type.c - the types of files that may leave, by name and by first bytes
 */
#include "check/type.h"
#include "check/inquiry.h"

#include <string.h>

static const struct {
	const char *suffix;
	enum file_kind kind;
	const char *magic; /* what the file begins with; NULL = anything */
} types[] = {
	{ ".csv", FILE_TABLE, NULL },
	{ ".jpg", FILE_IMAGE, "\xFF\xD8\xFF" },
	{ ".jpeg", FILE_IMAGE, "\xFF\xD8\xFF" },
	{ ".png", FILE_IMAGE, "\x89PNG\r\n\x1A\n" },
	{ ".svg", FILE_PAGE, NULL },
	{ ".svgz", FILE_PAGE, NULL },
	{ ".html", FILE_PAGE, NULL },
	{ ".txt", FILE_TEXT, NULL },
	{ ".log", FILE_TEXT, NULL },
	{ ".json", FILE_TEXT, NULL },
	{ ".md", FILE_TEXT, NULL },
};
#define N_TYPES (sizeof(types) / sizeof(*types))

/* Tables under names that may not leave: looked into all the same. */
static const char *const tables[] = { ".tsv", ".tab", ".psv", ".dat", NULL };

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool same_letters(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b))
		a++, b++;
	return !*a && !*b;
}

const char *type_suffix(const char *name)
{
	const char *point = strrchr(name, '.');

	return point && point != name && point[1] ? point : "";
}

enum file_kind type_kind(const char *name)
{
	const char *suffix = type_suffix(name);

	for (size_t i = 0; i < N_TYPES; i++)
		if (same_letters(types[i].suffix, suffix))
			return types[i].kind;
	for (size_t i = 0; tables[i]; i++)
		if (same_letters(tables[i], suffix))
			return FILE_TABLE;
	if (same_letters(suffix, ".gz")) {
		const size_t len = strlen(name);

		return len > 7 && same_letters(name + len - 7, ".csv.gz") ? FILE_TABLE
		                                                          : FILE_OTHER;
	}
	return same_letters(suffix, ".htm") ? FILE_PAGE : FILE_OTHER;
}

static void judge_name(struct inquiry *q)
{
	char shown[72];

	for (size_t i = 0; i < N_TYPES; i++) {
		if (!same_letters(types[i].suffix, q->suffix))
			continue;
		finding_add(
			q, SLUICE_REFUSAL, NULL, NO_COLUMN,
			"the gate compares file types letter by letter: write '%s' in lower "
			"case",
			types[i].suffix);
		return;
	}
	if (q->kind == FILE_TABLE && same_letters(q->suffix, ".gz"))
		finding_add(q, SLUICE_REFUSAL, NULL, NO_COLUMN,
		            "compressed tables may not leave: write plain .csv");
	else if (!*q->suffix)
		finding_add(q, SLUICE_REFUSAL, NULL, NO_COLUMN,
		            "a name without a file type may not leave");
	else
		finding_add(q, SLUICE_REFUSAL, NULL, NO_COLUMN,
		            "files of type '%s' may not leave; .csv .txt .log .json .md .html "
		            ".png .jpg .jpeg .svg .svgz may",
		            printable(shown, q->suffix, strlen(q->suffix)));
}

static bool begins_with(const struct inquiry *q, const char *magic)
{
	return q->len >= strlen(magic) && !memcmp(q->text, magic, strlen(magic));
}

static void look(struct inquiry *q)
{
	size_t i = 0;

	if (q->name[0] == '.')
		finding_add(q, SLUICE_REFUSAL, NULL, NO_COLUMN,
		            "a name that begins with a point is not shown to output checkers");
	while (i < N_TYPES && strcmp(types[i].suffix, q->suffix) != 0)
		i++;
	if (i == N_TYPES) {
		judge_name(q);
		return;
	}
	if (types[i].magic && q->bytes && !begins_with(q, types[i].magic))
		finding_add(q, SLUICE_REFUSAL, NULL, NO_COLUMN,
		            "the bytes are not those of a %s file", types[i].suffix);
	if (q->packed != !strcmp(q->suffix, ".svgz") && q->bytes)
		finding_add(q, SLUICE_REFUSAL, NULL, NO_COLUMN,
		            q->packed
		                    ? "compressed, although the name does not say so: write it "
		                      "plain"
		                    : "not compressed, although the name says so");
}

const struct check check_type = {
	.name = "type",
	.help = "not one of the file types that may leave, by name and first bytes",
	.severity = SLUICE_REFUSAL,
	.firm = true,
	.look = look,
};
