#include "check/cell.h"

#include "base/number.h"

#include <string.h>

#define SHORT_TEXT 96 /* longer ones are no numbers that anybody writes */

struct cursor {
	const char *at, *end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * ASCII digit of a character that Python, too, takes for one (full width, Arabic); *n becomes
 * its bytes.  0 = it is none.
 */
static char foreign_digit(const uint8_t *s, uint32_t left, uint32_t *n)
{
	*n = 2;
	if (left >= 2 && s[0] == 0xD9 && s[1] >= 0xA0 && s[1] <= 0xA9)
		return (char)('0' + s[1] - 0xA0);
	if (left >= 2 && s[0] == 0xDB && s[1] >= 0xB0 && s[1] <= 0xB9)
		return (char)('0' + s[1] - 0xB0);
	*n = 3;
	if (left >= 3 && s[0] == 0xEF && s[1] == 0xBC && s[2] >= 0x90 && s[2] <= 0x99)
		return (char)('0' + s[2] - 0x90);
	return 0;
}

/* Without spaces, in lower case, digits as ASCII; false = longer than 'out'. */
static bool squeeze(char out[SHORT_TEXT], uint32_t *used, const uint8_t *text, uint32_t len)
{
	uint32_t n = 0, step;

	for (uint32_t i = 0; i < len; i += step) {
		char c = (char)text[i];

		step = 1;
		if (c == ' ')
			continue;
		if (text[i] >= 0x80) {
			const char digit = foreign_digit(text + i, len - i, &step);

			if (!digit)
				step = 1;
			else
				c = digit;
		}
		if (n == SHORT_TEXT)
			return false;
		out[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	*used = n;
	return true;
}

static bool one_of(const char *const *list, const char *text, uint32_t len)
{
	for (; *list; list++)
		if (strlen(*list) == len && !memcmp(*list, text, len))
			return true;
	return false;
}

/* ---- numbers ------------------------------------------------------------------------------ */

/* What has been read of a number. */
struct digits {
	uint64_t value;
	int32_t n;       /* digits, all of them                                 */
	int32_t dropped; /* digits that value has no room for                   */
	bool exact;      /* none of those was other than 0                      */
};

/* Digits, single underscores between them allowed as in Python. */
static bool read_digits(struct cursor *c, struct digits *d)
{
	bool any = false;

	for (; c->at < c->end; c->at++) {
		if (*c->at == '_' && any && c->at + 1 < c->end && is_digit(c->at[1]))
			continue;
		if (!is_digit(*c->at))
			break;
		any = true;
		d->n++;
		if (d->value < UINT64_MAX / 10 - 1) {
			d->value = d->value * 10 + (uint64_t)(*c->at - '0');
		} else {
			d->dropped++;
			d->exact = d->exact && *c->at == '0';
		}
	}
	return any;
}

static bool read_exponent(struct cursor *c, int32_t *exponent)
{
	struct digits d = { .exact = true };
	bool negative = false;

	if (c->at < c->end && (*c->at == '+' || *c->at == '-'))
		negative = *c->at++ == '-';
	if (!read_digits(c, &d))
		return false;
	*exponent = d.value > 5000 ? 5000 : (int32_t)d.value;
	if (negative)
		*exponent = -*exponent;
	return true;
}

/* Settle what the digits and the power of ten come to. */
static void settle(struct cell_view *v, const struct digits *d, int32_t places)
{
	v->mantissa = d->value;
	v->exact = d->exact;
	v->printed = places;
	places -= d->dropped;
	if (!v->mantissa)
		places = 0;
	while (places > 0 && v->mantissa % 10 == 0) {
		v->mantissa /= 10;
		places--;
	}
	v->places = places;
	v->kind = places > 0 ? CELL_DECIMAL : CELL_WHOLE;
	v->whole = v->mantissa;
	for (; places < 0 && v->whole != CELL_HUGE; places++)
		v->whole = v->whole > UINT64_MAX / 10 ? CELL_HUGE : v->whole * 10;
	v->negative = v->negative && v->mantissa;
}

static bool read_number(struct cell_view *v, const char *text, uint32_t len)
{
	static const char *const endless[] = { "inf", "infinity", "nan", NULL };
	struct cursor c = { text, text + len };
	struct digits d = { .exact = true };
	int32_t exponent = 0, before;
	bool any, point = false, power = false;

	if (len && (*c.at == '+' || *c.at == '-'))
		v->negative = *c.at++ == '-';
	if (c.at < c.end && !is_digit(*c.at) &&
	    one_of(endless, c.at, (uint32_t)(c.end - c.at))) {
		v->kind = CELL_DECIMAL;
		return true;
	}
	any = read_digits(&c, &d);
	before = d.n;
	if (c.at < c.end && *c.at == '.') {
		point = true;
		c.at++;
		any = read_digits(&c, &d) || any;
	}
	if (any && c.at < c.end && *c.at == 'e') {
		power = true;
		c.at++;
		if (!read_exponent(&c, &exponent))
			return false;
	}
	if (!any || c.at != c.end)
		return false;
	settle(v, &d, d.n - before - exponent);
	v->integer = !point && !power;
	return true;
}

/* Most cells are plain digits, or words that are nothing else. */
static bool read_plain(struct cell_view *c, const uint8_t *text, uint32_t len)
{
	const uint8_t first = len ? text[0] | 0x20 : 0;
	int64_t value;

	if (first >= 'a' && first <= 'z')
		return first != 'n' && first != 'r' && first != 'i';
	value = len ? number_parse_padded(text, len) : NUMBER_BAD;
	if (value < 0 || !is_digit((char)text[len - 1]) || (len > 2 && memchr(text, '.', len)))
		return false;
	for (uint32_t i = 1; i < len; i++)
		if ((text[i] | 0x20) == 'e')
			return false;
	c->kind = CELL_WHOLE;
	c->integer = c->exact = true;
	c->whole = c->mantissa = (uint64_t)value;
	c->places = c->printed = 0;
	return true;
}

void cell_read(struct cell_view *c, const uint8_t *text, uint32_t len)
{
	static const char *const missing[] = { "null", "none", "nan", NULL };
	static const char *const redacted[] = { "[redacted]", "redacted", "na",
		                                "n/a",        "<=7",      NULL };
	char plain[SHORT_TEXT];
	uint32_t n, begin = 0;

	c->text = text;
	c->len = len;
	c->kind = CELL_TEXT;
	c->integer = c->negative = c->exact = false;
	c->whole = 0;
	if (read_plain(c, text, len) || !squeeze(plain, &n, text, len))
		return;
	if (!n || (!is_digit(*plain) && one_of(missing, plain, n))) {
		c->kind = CELL_MISSING;
	} else if (!is_digit(*plain) && one_of(redacted, plain, n)) {
		c->kind = CELL_REDACTED;
	} else {
		/* Python takes other white space off, too. */
		while (n > begin && plain[n - 1] >= '\t' && plain[n - 1] <= '\r')
			n--;
		while (begin < n && plain[begin] >= '\t' && plain[begin] <= '\r')
			begin++;
		if (!read_number(c, plain + begin, n - begin))
			c->negative = false;
	}
}

long double cell_number(const struct cell_view *c)
{
	static const long double powers[] = { 1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,
		                              1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
		                              1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L };
	long double value = (long double)c->mantissa, ten = 10.0L;

	if (c->places >= 0 && c->places < 20)
		return value / powers[c->places];
	for (uint32_t n = (uint32_t)(c->places < 0 ? -c->places : c->places); n;
	     n >>= 1, ten *= ten)
		if (n & 1)
			value = c->places < 0 ? value * ten : value / ten;
	return value;
}

/* ---- texts ---------------------------------------------------------------------------------- */

static void skip_spaces(struct cursor *c)
{
	while (c->at < c->end && *c->at == ' ')
		c->at++;
}

/* Digits with a comma, a space or an apostrophe before each three; *marks counts these. */
static bool read_grouped(struct cursor *c, uint64_t *value, uint32_t *marks)
{
	uint32_t n = 0;

	*value = 0;
	*marks = 0;
	for (; c->at < c->end; c->at++) {
		if (is_digit(*c->at)) {
			*value = *value > UINT64_MAX / 10 - 1
			                 ? CELL_HUGE / 10 - 1
			                 : *value * 10 + (uint64_t)(*c->at - '0');
			n++;
		} else if (n && strchr(", '", *c->at) && *c->at && c->end - c->at > 3 &&
		           is_digit(c->at[1]) && is_digit(c->at[2]) && is_digit(c->at[3]) &&
		           (c->end - c->at == 4 || !is_digit(c->at[4]))) {
			++*marks;
		} else {
			break;
		}
	}
	return n > 0;
}

bool text_is_thousands(const uint8_t *text, uint32_t len, uint64_t *value)
{
	struct cursor c = { (const char *)text, (const char *)text + len };
	uint32_t marks;

	if (len > SHORT_TEXT)
		return false;
	skip_spaces(&c);
	if (!read_grouped(&c, value, &marks) || !marks)
		return false;
	if (c.at + 1 < c.end && *c.at == '.' && c.at[1] == '0')
		for (c.at++; c.at < c.end && *c.at == '0'; c.at++)
			;
	skip_spaces(&c);
	return c.at == c.end;
}

bool text_is_combined(const uint8_t *text, uint32_t len, uint64_t *value)
{
	struct cursor c = { (const char *)text, (const char *)text + len };
	uint32_t marks, digits = 0, points = 0;

	if (len > SHORT_TEXT)
		return false;
	skip_spaces(&c);
	if (!read_grouped(&c, value, &marks))
		return false;
	skip_spaces(&c);
	if (c.at == c.end || *c.at != '(')
		return false;
	c.at++;
	skip_spaces(&c);
	if (c.at < c.end && *c.at == '<')
		c.at++;
	for (; c.at < c.end && (is_digit(*c.at) || *c.at == '.'); c.at++) {
		digits += is_digit(*c.at);
		points += *c.at == '.';
	}
	skip_spaces(&c);
	if (c.at < c.end && *c.at == '%')
		c.at++;
	skip_spaces(&c);
	if (!digits || points > 1 || c.at == c.end || *c.at != ')')
		return false;
	c.at++;
	skip_spaces(&c);
	return c.at == c.end;
}

bool text_is_mark(const uint8_t *text, uint32_t len)
{
	static const char *const marks[] = {
		"*",   "**",           "***",      "-",   "--",
		".",   "..",           "...",      ":",   "#",
		"[r]", "[c]",          "[x]",      "[z]", "suppressed",
		"s",   "(suppressed)", "supp",     "n<8", "hidden",
		"low", "[suppressed]", "censored", "x",   NULL
	};
	char plain[SHORT_TEXT];
	uint32_t n, at = 0;

	if (!squeeze(plain, &n, text, len) || !n)
		return false;
	if (one_of(marks, plain, n) || (n > 3 && !memcmp(plain, "[red", 4)) ||
	    (n > 4 && !memcmp(plain, "redac", 5)))
		return true;
	if (plain[0] == '<' || plain[0] == '~')
		at = 1 + (n > 1 && plain[1] == '=');
	else if (n > 3 && !memcmp(plain, "\xE2\x89\xA4", 3))
		at = 3;
	if (!at || at == n)
		return false;
	while (at < n && is_digit(plain[at]))
		at++;
	return at == n;
}

static uint32_t number_at(const uint8_t *s, uint32_t digits)
{
	uint32_t value = 0;

	for (uint32_t i = 0; i < digits; i++) {
		if (!is_digit((char)s[i]))
			return UINT32_MAX;
		value = value * 10 + (uint32_t)(s[i] - '0');
	}
	return value;
}

bool text_is_date(const uint8_t *text, uint32_t len, uint32_t *year)
{
	uint32_t month, day;

	if (len < 10 || len > 32 || (len > 10 && text[10] != 'T' && text[10] != ' '))
		return false;
	if (text[4] == text[7] && (text[4] == '-' || text[4] == '/')) {
		*year = number_at(text, 4);
		month = number_at(text + 5, 2);
		day = number_at(text + 8, 2);
	} else if (text[2] == text[5] && (text[2] == '/' || text[2] == '-' || text[2] == '.')) {
		*year = number_at(text + 6, 4);
		month = number_at(text + 3, 2);
		day = number_at(text, 2);
	} else {
		return false;
	}
	return *year >= 1800 && *year <= 2200 && month >= 1 && month <= 31 && day >= 1 &&
	       day <= 31;
}
