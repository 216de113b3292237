#include "release/project.h"

#include <string.h>
#include <strings.h>

static const char *const gate_types[] = { ".csv",  ".jpg", ".jpeg", ".png",  ".svg", ".svgz",
	                                  ".html", ".txt", ".log",  ".json", ".md",  NULL };

const char *path_suffix(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');

	return !dot || dot == name || !dot[1] ? "" : dot;
}

/* Not in standard form: doubled slashes, a "." or ".." for a folder, a slash at the end. */
static bool is_normal(const char *path)
{
	const char *p = path;

	while (*p) {
		const size_t len = strcspn(p, "/");

		if (!len || (len <= 2 && !strncmp(p, "..", len)))
			return false;
		p += len;
		if (*p == '/' && !*++p)
			return false;
	}
	return true;
}

static bool is_gate_type(const char *suffix)
{
	for (size_t i = 0; gate_types[i]; i++)
		if (!strcmp(gate_types[i], suffix))
			return true;
	return false;
}

/* Of Windows, too: "C:/x". */
static bool is_absolute(const char *path)
{
	return *path == '/' || (*path && path[1] == ':');
}

static const char *why_not(const struct declared *d)
{
	const char *pattern = d->pattern, *suffix = path_suffix(pattern);

	if (strchr(pattern, '\\'))
		return "has back slashes: use forward slashes only";
	if (strstr(pattern, "**") || strpbrk(pattern, "?["))
		return "has '**', '?' or '[': only the '*' wildcard is supported";
	if (!*suffix || suffix[strlen(suffix) - 1] == '*')
		return "does not end in the extension of a file type";
	if (d->level == MODERATELY && !is_gate_type(suffix))
		return "is not an allowed file type for moderately_sensitive outputs";
	if (is_absolute(pattern))
		return "is an absolute path";
	if (!is_normal(pattern))
		return "is not in standard form: it has double slashes or '.', '..' in it";
	if (!strncmp(pattern, "metadata/", 9))
		return "is in the metadata folder, which is not for outputs";
	return NULL;
}

bool project_pattern(struct project *p, const struct declared *d)
{
	const char *why = why_not(d);

	if (why)
		project_say(p, SLUICE_REFUSAL, d->at, d->action, d->pattern, "output path %s",
		            why);
	return !why;
}
