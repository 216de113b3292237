#include "group/dominance.h"

#include <stdio.h>
#include <string.h>

__extension__ typedef __int128 wide;

#define WHOLE ((wide)100 * PERCENT_PARTS) /* 100 % */
#define MOST  (UINT64_C(1) << 62)         /* where totals stay: far over what is released */

void largest_add(struct largest *l, uint64_t amount)
{
	uint32_t i = DOMINANCE_LARGEST;

	l->n++;
	l->n_any += amount != 0;
	l->total = l->total + amount < MOST ? l->total + amount : MOST;
	for (; i && l->amounts[i - 1] < amount; i--)
		if (i < DOMINANCE_LARGEST)
			l->amounts[i] = l->amounts[i - 1];
	if (i < DOMINANCE_LARGEST)
		l->amounts[i] = amount;
}

bool dominance_unsafe(const struct dominance *d, const struct largest *l, int64_t threshold)
{
	const wide rest = (wide)l->total - l->amounts[0] - l->amounts[1];

	const uint64_t n = l->n_any ? l->n_any : l->n;

	if (n && threshold >= 0 && n <= (uint64_t)threshold)
		return true;
	if (d->p && rest * WHOLE < (wide)l->amounts[0] * d->p)
		return true;
	for (uint32_t r = 0; r < d->n_rules; r++) {
		wide top = 0;

		for (uint32_t i = 0; i < d->rules[r].n && i < DOMINANCE_LARGEST; i++)
			top += l->amounts[i];
		if (top * WHOLE > (wide)l->total * d->rules[r].k)
			return true;
	}
	return false;
}

bool percent_read(const char *text, uint32_t *parts)
{
	uint32_t unit = PERCENT_PARTS;
	uint64_t value = 0;
	size_t n = strspn(text, "0123456789");

	if (!n || n > 3 || (n > 1 && *text == '0'))
		return false;
	for (size_t i = 0; i < n; i++)
		value = value * 10 + (uint64_t)(text[i] - '0');
	value *= PERCENT_PARTS;
	text += n;
	if (*text == '.') {
		n = strspn(++text, "0123456789");
		if (!n || n > 6)
			return false;
		for (size_t i = 0; i < n; i++)
			value += (uint64_t)(text[i] - '0') * (unit /= 10);
		text += n;
	}
	*parts = (uint32_t)value;
	return !*text && value && value <= (uint64_t)WHOLE;
}

const char *percent_print(char out[PERCENT_TEXT], uint32_t parts)
{
	int n = snprintf(out, PERCENT_TEXT, "%u.%06u", parts / PERCENT_PARTS % 1000,
	                 parts % PERCENT_PARTS);

	while (out[n - 1] == '0')
		n--;
	out[n - (out[n - 1] == '.')] = '\0';
	return out;
}
