/*
 * registry.c - the checks of files there are, in the order of help; one line each
 */
#include "check/inquiry.h"

#include <string.h>

#define CHECKS(X)     \
	X(size)       \
	X(type)       \
	X(rows)       \
	X(reading)    \
	X(header)     \
	X(identifier) \
	X(place)      \
	X(small)      \
	X(rounding)   \
	X(ratio)      \
	X(combined)   \
	X(mixed)      \
	X(duplicate)  \
	X(key)        \
	X(birth)      \
	X(formula)    \
	X(script)     \
	X(disclosed)  \
	X(narrow)     \
	X(undecided)  \
	X(total)

#define DECLARE(name) extern const struct check check_##name;
#define LIST(name)    &check_##name,

CHECKS(DECLARE)

const struct check *const checks[] = { CHECKS(LIST) NULL };

#define N_CHECKS (sizeof(checks) / sizeof(*checks) - 1)

_Static_assert(N_CHECKS <= STATES_MAX, "a state for each check");

uint32_t check_number(const char *name, size_t len)
{
	for (uint32_t i = 0; checks[i]; i++)
		if (strlen(checks[i]->name) == len && !memcmp(checks[i]->name, name, len))
			return i;
	return UINT32_MAX;
}

const struct sluice_check_info *sluice_check_at(size_t i)
{
	return i < N_CHECKS ? &checks[i]->info : NULL;
}
