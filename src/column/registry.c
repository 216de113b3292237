/*
 * registry.c - the column rules there are, in the order of help; one line each
 */
#include "column/rule.h"

#include <string.h>

#define RULES(X)   \
	X(drop)    \
	X(keep)    \
	X(count)   \
	X(redact)  \
	X(round)   \
	X(ratio)   \
	X(percent) \
	X(blank)

#define DECLARE(name) extern const struct column_rule column_##name;
#define LIST(name)    &column_##name,

RULES(DECLARE)

const struct column_rule *const column_rules[] = { RULES(LIST) NULL };

const struct column_rule *column_rule_find(const char *name)
{
	for (size_t i = 0; column_rules[i]; i++)
		if (!strcmp(column_rules[i]->name, name))
			return column_rules[i];
	return NULL;
}

const struct sluice_rule_info *sluice_rule_at(size_t i)
{
	const size_t n = sizeof(column_rules) / sizeof(*column_rules) - 1;

	return i < n ? &column_rules[i]->info : NULL;
}
