#include "plan/select.h"

#include "plan/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum sluice_status parse_position(struct selector *s, const char *text, size_t len,
                                         const struct sluice_plan *plan, struct place at,
                                         struct sluice_error *err)
{
	char shown[72];
	uint32_t value = 0;

	for (size_t i = 1; i < len && value <= COLUMNS_LIMIT; i++) {
		if (text[i] < '0' || text[i] > '9') {
			value = 0;
			break;
		}
		value = value * 10 + (uint32_t)(text[i] - '0');
	}
	if (value == 0 || value > COLUMNS_LIMIT || text[1] == '0')
		return plan_fail(
			plan, err, at,
			"'%s' is not a position from #1 to #%u; a name that begins with "
			"'#' is said with '=' before it",
			printable(shown, text, len), COLUMNS_LIMIT);
	s->kind = SELECT_POSITION;
	s->position = value;
	return SLUICE_OK;
}

enum sluice_status selector_parse(struct selector *s, const char *text, size_t len,
                                  const struct sluice_plan *plan, struct place at,
                                  struct sluice_error *err)
{
	const bool literal = len && text[0] == '=';

	*s = (struct selector){ .at = at };
	if (literal) {
		text++;
		len--;
	} else if (len && text[len - 1] == '?') {
		s->optional = true;
		len--;
	}
	if (!len && !literal)
		return plan_fail(plan, err, at,
		                 "an empty column name; the column without a name is \"=\"");
	if (!literal && text[0] == '#')
		return parse_position(s, text, len, plan, at, err);
	s->kind = !literal && memchr(text, '*', len) ? SELECT_GLOB : SELECT_NAME;
	s->text = text_copy(text, len);
	return s->text ? SLUICE_OK : fail_memory(err);
}

/* Goes back only to the last '*': linear in most cases, never more than a product. */
static bool glob_matches(const char *glob, const char *name, size_t len)
{
	const char *const end = name + len;
	const char *star = NULL, *resume = NULL;

	while (name < end) {
		if (*glob == '*') {
			star = ++glob;
			resume = name;
		} else if (*glob && *glob == *name) {
			glob++;
			name++;
		} else if (star) {
			glob = star;
			name = ++resume;
		} else {
			return false;
		}
	}
	return glob[strspn(glob, "*")] == '\0';
}

bool selector_matches(const struct selector *s, const struct header *h, uint32_t col)
{
	const char *name = header_name(h, col);
	const size_t len = h->columns[col].name_len;

	switch (s->kind) {
	case SELECT_POSITION: return s->position == col + 1;
	case SELECT_GLOB: return glob_matches(s->text, name, len);
	case SELECT_NAME: break;
	}
	return strlen(s->text) == len && !memcmp(s->text, name, len);
}

bool selectors_may_meet(const struct selector *a, const struct selector *b)
{
	if (a->kind == SELECT_NAME && b->kind == SELECT_NAME)
		return !strcmp(a->text, b->text);
	if (a->kind == SELECT_POSITION && b->kind == SELECT_POSITION)
		return a->position == b->position;
	if (a->kind == SELECT_GLOB && b->kind == SELECT_NAME)
		return glob_matches(a->text, b->text, strlen(b->text));
	if (a->kind == SELECT_NAME && b->kind == SELECT_GLOB)
		return glob_matches(b->text, a->text, strlen(a->text));
	return true;
}

/* Whether a name must be said literally because it would be read as something else. */
static bool needs_literal(const char *name)
{
	const size_t len = strlen(name);

	return !len || name[0] == '=' || name[0] == '#' || name[len - 1] == '?' ||
	       strchr(name, '*');
}

char *selector_text(const struct selector *s)
{
	/* One that is optional was not said literally, and could not be. */
	const bool literal = s->kind == SELECT_NAME && !s->optional && needs_literal(s->text);
	const char *before = literal ? "=" : "";
	const char *after = s->optional ? "?" : "";
	const size_t size = s->kind == SELECT_POSITION ? 16 : strlen(s->text) + 3;
	char *out = malloc(size);

	if (out && s->kind == SELECT_POSITION)
		snprintf(out, size, "#%u%s", s->position, after);
	else if (out)
		snprintf(out, size, "%s%s%s", before, s->text, after);
	return out;
}

void selector_free(struct selector *s)
{
	free(s->text);
	*s = (struct selector){ 0 };
}
