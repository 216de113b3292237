/*
 * setting.h - the settings by name: how each is spelt, read and shown
 */
#ifndef PLAN_SETTING_H
#define PLAN_SETTING_H

#include "column/settings.h"

#include <stddef.h>

struct given;

#define SETTING_TEXT TOKEN_SIZE /* room that printing needs */

struct setting {
	const char *key;     /* in a plan                                  */
	const char *flag;    /* on the command line                        */
	unsigned bit;        /* SET_...                                    */
	bool number;         /* a number in a plan: may not be quoted      */
	bool policy;         /* a policy has it, not only a rule           */
	const char *expects; /* what it must be, for messages              */
	size_t offset, size; /* of its member in struct settings           */
	bool (*read)(struct settings *s, const char *text);
	void (*print)(const struct settings *s, char out[SETTING_TEXT]);
};

/* Digits only and no leading zero, at most 'max'. */
bool integer_read(const char *text, int64_t max, int64_t *value);

/* The i-th setting; NULL past the last. */
const struct setting *setting_at(size_t i);

/* By plan key, by flag; NULL if there is none. */
const struct setting *setting_by_key(const char *key);
const struct setting *setting_by_flag(const char *flag);

/* Read it into g; false when 'text' is not what it expects. */
bool setting_give(const struct setting *t, struct given *g, const char *text);

/* Overwrite in *s what was given. */
void settings_apply(struct settings *s, const struct given *g);

/* Whether both have the same in the setting. */
bool setting_equal(const struct setting *t, const struct settings *a, const struct settings *b);

/* Whether some reader would take the text as a number. */
bool reads_as_number(const char *text);

/* "nearest", ... */
const char *rounding_name(enum rounding rounding);

#endif
