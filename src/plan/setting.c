#include "plan/setting.h"

#include "base/number.h"
#include "plan/build.h"

#include <stdio.h>
#include <string.h>

static const char *const roundings[] = {
	[ROUND_NEAREST] = "nearest", [ROUND_HALF_UP] = "half-up", [ROUND_MIDPOINT] = "midpoint",
	[ROUND_UP] = "up",           [ROUND_DOWN] = "down",
};

/* Digits only and no leading zero, so that no reader could take it for octal. */
bool integer_read(const char *text, int64_t max, int64_t *value)
{
	int64_t v = 0;

	if (!*text || (text[0] == '0' && text[1]))
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		v = v * 10 + (*text - '0');
		if (v > max)
			return false;
	}
	*value = v;
	return true;
}

static bool read_threshold(struct settings *s, const char *text)
{
	if (!strcmp(text, "none")) {
		s->threshold = NO_THRESHOLD;
		return true;
	}
	return integer_read(text, NUMBER_MAX, &s->threshold);
}

static void print_threshold(const struct settings *s, char out[SETTING_TEXT])
{
	if (s->threshold == NO_THRESHOLD)
		snprintf(out, SETTING_TEXT, "none");
	else
		snprintf(out, SETTING_TEXT, "%lld", (long long)s->threshold);
}

static bool read_zeros(struct settings *s, const char *text)
{
	s->keep_zeros = !strcmp(text, "keep");
	return s->keep_zeros || !strcmp(text, "redact");
}

static void print_zeros(const struct settings *s, char out[SETTING_TEXT])
{
	snprintf(out, SETTING_TEXT, "%s", s->keep_zeros ? "keep" : "redact");
}

static bool read_round_to(struct settings *s, const char *text)
{
	int64_t value;

	if (!integer_read(text, ROUND_MAX, &value) || value == 0)
		return false;
	s->round_to = (uint32_t)value;
	return true;
}

static void print_round_to(const struct settings *s, char out[SETTING_TEXT])
{
	snprintf(out, SETTING_TEXT, "%u", s->round_to);
}

static bool read_rounding(struct settings *s, const char *text)
{
	for (size_t i = 0; i < sizeof(roundings) / sizeof(*roundings); i++) {
		if (!strcmp(text, roundings[i])) {
			s->rounding = (enum rounding)i;
			return true;
		}
	}
	return false;
}

static void print_rounding(const struct settings *s, char out[SETTING_TEXT])
{
	snprintf(out, SETTING_TEXT, "%s", roundings[s->rounding]);
}

/*
 * A token that reads as a number would be taken for a count by whoever reads the
 * output, and by the next run; "0" is allowed because ehrQL writes it.
 */
static bool read_token(struct settings *s, const char *text)
{
	const size_t len = strlen(text);

	if (len >= TOKEN_SIZE || !text_is_plain(text, len))
		return false;
	if (strcmp(text, "0") != 0 && reads_as_number(text))
		return false;
	memset(s->token, 0, sizeof(s->token)); /* setting_equal() compares all bytes */
	memcpy(s->token, text, len);
	return true;
}

static void print_token(const struct settings *s, char out[SETTING_TEXT])
{
	snprintf(out, SETTING_TEXT, "%s", s->token);
}

static bool read_digits(struct settings *s, const char *text)
{
	int64_t value;

	if (!integer_read(text, 15, &value))
		return false;
	s->digits = (int)value;
	return true;
}

static void print_digits(const struct settings *s, char out[SETTING_TEXT])
{
	if (s->digits == SHORTEST)
		snprintf(out, SETTING_TEXT, "shortest");
	else
		snprintf(out, SETTING_TEXT, "%d", s->digits);
}

#define MEMBER(name) offsetof(struct settings, name), sizeof(((struct settings *)0)->name)

static const struct setting settings[] = {
	{ "threshold", "threshold", SET_THRESHOLD, true, true,
	  "a whole number from 0 to 999999999999999, or none", MEMBER(threshold),
	  read_threshold, print_threshold },
	{ "zeros", "zeros", SET_ZEROS, false, true, "redact or keep", MEMBER(keep_zeros),
	  read_zeros, print_zeros },
	{ "round_to", "round-to", SET_ROUND_TO, true, true,
	  "a whole number from 1 (no rounding) to 1000000", MEMBER(round_to), read_round_to,
	  print_round_to },
	{ "rounding", "rounding", SET_ROUNDING, false, true,
	  "nearest, half-up, midpoint, up or down", MEMBER(rounding), read_rounding,
	  print_rounding },
	{ "token", "token", SET_TOKEN, false, true,
	  "a text of at most 63 bytes, without control bytes, that does not read as a number",
	  MEMBER(token), read_token, print_token },
	{ "digits", "digits", SET_DIGITS, true, false, "a whole number from 0 to 15",
	  MEMBER(digits), read_digits, print_digits },
};

const struct setting *setting_at(size_t i)
{
	return i < sizeof(settings) / sizeof(*settings) ? &settings[i] : NULL;
}

const struct setting *setting_by_key(const char *key)
{
	for (size_t i = 0; setting_at(i); i++)
		if (!strcmp(settings[i].key, key))
			return &settings[i];
	return NULL;
}

const struct setting *setting_by_flag(const char *flag)
{
	for (size_t i = 0; setting_at(i); i++)
		if (!strcmp(settings[i].flag, flag))
			return &settings[i];
	return NULL;
}

bool setting_give(const struct setting *t, struct given *g, const char *text)
{
	if (!t->read(&g->values, text))
		return false;
	g->set |= t->bit;
	return true;
}

void settings_apply(struct settings *s, const struct given *g)
{
	for (size_t i = 0; setting_at(i); i++)
		if (g->set & settings[i].bit)
			memcpy((char *)s + settings[i].offset,
			       (const char *)&g->values + settings[i].offset, settings[i].size);
}

bool setting_equal(const struct setting *t, const struct settings *a, const struct settings *b)
{
	return !memcmp((const char *)a + t->offset, (const char *)b + t->offset, t->size);
}

/* Generous on purpose: "+5", "1,000", " 7" and "0x1F" are numbers to somebody. */
bool reads_as_number(const char *text)
{
	const char *s = text + strspn(text, " +-.,");

	if (*s < '0' || *s > '9')
		return false;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		return true;
	return s[strspn(s, "0123456789+-.,eE_ %")] == '\0';
}

const char *rounding_name(enum rounding rounding)
{
	return roundings[rounding];
}
