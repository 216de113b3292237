#include "group/value.h"

#include <string.h>

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

enum value_what value_count(const uint8_t *text, uint32_t len, const struct dialect *d,
                            int64_t *value)
{
	*value = number_parse(text, len);
	if (*value != NUMBER_BAD)
		return VALUE_IS_NUMBER;
	if (dialect_missing(d, text, len))
		return VALUE_IS_MISSING;
	if (len != 1 || (*text != 'T' && *text != 'F'))
		return VALUE_IS_BAD;
	*value = *text == 'T';
	return VALUE_IS_NUMBER;
}

/* "17.25": a whole number and decimals; what else a count may be spelt as has none. */
static bool read_decimal(const uint8_t *text, uint32_t len, uwide *parts)
{
	const uint8_t *point = memchr(text, '.', len);
	const uint32_t whole_len = point ? (uint32_t)(point - text) : len;
	const int64_t whole = number_parse(text, whole_len);
	uint32_t n = len - whole_len - !!point, scale = MEAN_SCALE;
	uint64_t rest = 0;

	*parts = 0;
	if (whole == NUMBER_BAD || (point && !n))
		return false;
	for (uint32_t i = 0; point && i < whole_len; i++)
		if (text[i] > '9') /* "1e5.5" */
			return false;
	while (point && n > MEAN_DIGITS && point[n] == '0')
		n--;
	if (n > MEAN_DIGITS)
		return false;
	for (uint32_t i = 1; point && i <= n; i++) {
		if (point[i] < '0' || point[i] > '9')
			return false;
		scale /= 10;
		rest += (uint64_t)(point[i] - '0') * scale;
	}
	*parts = (uwide)whole * MEAN_SCALE + rest;
	return true;
}

enum value_what value_decimal(const uint8_t *text, uint32_t len, const struct dialect *d,
                              uint64_t *low, uint64_t *high)
{
	const bool minus = len > 1 && *text == '-';
	const int64_t count = number_parse(text + minus, len - minus);
	uwide parts = 0;

	if (count != NUMBER_BAD)
		parts = (uwide)count * MEAN_SCALE;
	else if (!read_decimal(text + minus, len - minus, &parts))
		return dialect_missing(d, text, len) ? VALUE_IS_MISSING : VALUE_IS_BAD;
	if (minus)
		parts = -parts;
	*low = (uint64_t)parts;
	*high = (uint64_t)(parts >> 64);
	return VALUE_IS_NUMBER;
}

uint32_t mean_print(uint8_t *out, uint64_t low, uint64_t high, uint64_t n, unsigned digits)
{
	const wide sum = (wide)((uwide)high << 64 | low);
	const uwide size = sum < 0 ? -(uwide)sum : (uwide)sum;
	const uwide by = (uwide)n * MEAN_SCALE;
	uwide whole = size / by, rest = size % by;
	uint64_t decimals = 0, top = 1;
	uint32_t len = 0;

	for (unsigned i = 0; i < digits; i++) {
		decimals = decimals * 10 + (uint64_t)(rest * 10 / by);
		rest = rest * 10 % by;
		top *= 10;
	}
	if (rest * 2 > by || (rest * 2 == by && ((digits ? decimals : whole) & 1)))
		decimals++;
	if (decimals == top || (!digits && decimals)) {
		decimals = 0;
		whole++;
	}
	if (sum < 0 && (whole || decimals))
		out[len++] = '-';
	len += number_print(out + len, (uint64_t)whole);
	if (!digits)
		return len;
	out[len++] = '.';
	for (uint64_t unit = top / 10; unit; unit /= 10)
		out[len++] = (uint8_t)('0' + decimals / unit % 10);
	return len;
}
