#include "model/meaning.h"

#include "base/number.h"

#include <string.h>
#include <strings.h>

#define DIGITS_MAX 15

/* What people write for a redacted count; a policy's own token is known besides. */
static const char *const tokens[] = { "[REDACTED]", "REDACTED", "[R]", "*", "c",
	                              ":",          "..",       ".",   "-", "x",
	                              "suppressed", "s",        "**" };
static const char *const missing[] = { "", "NA", "N/A", "NaN", "null" };

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcasecmp(text, words[i]))
			return true;
	return false;
}

/* "<=7", "<8": the largest count that it allows; -1 = no such text. */
static int64_t at_most(const char *text, size_t len)
{
	const bool or_equal = !strncmp(text, "<=", 2) || !strncmp(text, "\xE2\x89\xA4", 3);
	const size_t skip = or_equal ? (text[0] == '<' ? 2 : 3) : 1;
	size_t from = skip;
	int64_t v;

	if (!or_equal && text[0] != '<')
		return -1;
	while (text[from] == ' ')
		from++;
	v = number_parse((const uint8_t *)text + from, (uint32_t)(len - from));
	return or_equal || v <= 0 ? v : v - 1;
}

enum text_kind text_kind(const char *text, size_t len, const struct sense *sense)
{
	if (sense->settings->threshold != NO_THRESHOLD && len &&
	    !strcmp(text, sense->settings->token))
		return TEXT_TOKEN;
	if (number_parse((const uint8_t *)text, (uint32_t)len) != NUMBER_BAD)
		return TEXT_NUMBER;
	if (sense->settings->threshold != NO_THRESHOLD && !strcmp(text, sense->settings->token))
		return TEXT_TOKEN;
	if (is_one_of(text, tokens, sizeof(tokens) / sizeof(*tokens)) ||
	    is_one_of(text, sense->more, sense->n_more) || at_most(text, len) >= 0)
		return TEXT_TOKEN;
	return is_one_of(text, missing, sizeof(missing) / sizeof(*missing)) ? TEXT_MISSING
	                                                                    : TEXT_OTHER;
}

/* The counts that are rounded to p; false = none is. */
static bool rounded_to(const struct settings *s, int64_t p, int64_t *lo, int64_t *hi)
{
	const int64_t b = s->round_to, half = b / 2;

	*lo = *hi = p;
	if (b == 1)
		return true;
	if (s->rounding == ROUND_MIDPOINT) {
		*lo = p ? p + half - b + 1 : 0;
		*hi = p ? p + half : 0;
		return !p || (p + half) % b == 0;
	}
	switch (s->rounding) {
	case ROUND_NEAREST:
		/* Ties, which only even bases have, go to the even multiple. */
		*hi = p + (b % 2 || p / b % 2 == 0 ? half : half - 1);
		*lo = p - (b % 2 || p / b % 2 == 0 ? half : half - 1);
		break;
	case ROUND_HALF_UP:
		*lo = p - half;
		*hi = p + (b + 1) / 2 - 1;
		break;
	case ROUND_UP: *lo = p - b + 1; break;
	case ROUND_DOWN: *hi = p + b - 1; break;
	case ROUND_MIDPOINT: break;
	}
	if (*lo < 0)
		*lo = 0;
	return p % b == 0;
}

static void token_meaning(const char *text, size_t len, const struct sense *sense,
                          struct unknown *u)
{
	const struct settings *s = sense->settings;
	const int64_t most = at_most(text, len);
	const bool zero = s->threshold != NO_THRESHOLD ? !s->keep_zeros : !sense->zeros_shown;

	*u = (struct unknown){ 0, BOUND_NONE, 1, 0 };
	if (sense->secondary)
		return;
	u->hi = most >= 0 ? most : s->threshold != NO_THRESHOLD ? s->threshold : BOUND_NONE;
	if (u->hi < BOUND_NONE && u->hi > 0 && !zero)
		u->lo = 1;
}

bool text_meaning(const char *text, size_t len, const struct sense *sense, struct unknown *u,
                  const char **why)
{
	const struct settings *s = sense->settings;
	const int64_t p = number_parse((const uint8_t *)text, (uint32_t)len);

	*u = (struct unknown){ 0, BOUND_NONE, 1, 0 };
	switch (text_kind(text, len, sense)) {
	case TEXT_MISSING: return true;
	case TEXT_OTHER: *why = "neither a count nor a known token"; return false;
	case TEXT_TOKEN: token_meaning(text, len, sense, u); return true;
	case TEXT_NUMBER: break;
	}
	if (!rounded_to(s, p, &u->lo, &u->hi)) {
		*why = "not a rounded count, as was declared";
		return false;
	}
	/* What is shown is not redacted: beyond the threshold, or a zero that stays. */
	if (s->threshold != NO_THRESHOLD) {
		if (s->keep_zeros && !u->lo && u->hi > s->threshold && s->threshold > 0) {
			u->gap_lo = 1;
			u->gap_hi = s->threshold;
		} else if (s->keep_zeros && !u->lo) {
			u->hi = 0;
		} else if (u->lo <= s->threshold) {
			u->lo = s->threshold + 1;
		}
	}
	*why = "a count that is redacted, as was declared, but is shown";
	return u->lo <= u->hi;
}

unsigned text_decimals(const char *text, size_t len)
{
	const char *point = memchr(text, '.', len);
	unsigned n = 0;

	if (!point)
		return 0;
	for (const char *p = point + 1; *p >= '0' && *p <= '9'; p++)
		n++;
	return point[1 + n] ? 0 : n;
}

bool text_fraction(const char *text, size_t len, unsigned digits, int64_t *lo, int64_t *hi,
                   int64_t *unit)
{
	int64_t v = 0;
	unsigned n_digits = 0, decimals = 0;
	bool point = false;

	if (len && text[len - 1] == '%')
		len--;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.' && !point && i) {
			point = true;
			continue;
		}
		if (text[i] < '0' || text[i] > '9' || n_digits > 17)
			return false;
		v = v * 10 + (text[i] - '0');
		n_digits += n_digits || text[i] != '0';
		decimals += point;
	}
	if (!len || decimals > DIGITS_MAX + 2)
		return false;
	if (digits > DIGITS_MAX)
		digits = DIGITS_MAX;
	/* Digits past what can be reckoned with only widen the interval. */
	*unit = 2;
	for (unsigned i = 0; i < digits; i++)
		*unit *= 10;
	for (; decimals < digits; decimals++)
		if (__builtin_mul_overflow(v, 10, &v))
			return false;
	*lo = 2 * v - 1;
	*hi = 2 * v + 1;
	for (; decimals > digits; decimals--) {
		v /= 10;
		*lo = 2 * v - 1;
		*hi = 2 * v + 3;
	}
	if (*lo < 0)
		*lo = 0;
	return true;
}
