#include "csv/dialect.h"

#include <string.h>

static bool is_text(const uint8_t *text, uint32_t len, const char *other)
{
	return len == strlen(other) && !memcmp(text, other, len);
}

bool dialect_missing(const struct dialect *d, const uint8_t *text, uint32_t len)
{
	if (!len || is_text(text, len, "NA"))
		return true;
	for (size_t i = 0; i < d->n_missing; i++)
		if (is_text(text, len, d->missing[i]))
			return true;
	return false;
}
