/*
 * meaning.h - what a published text says of the count behind it
 */
#ifndef MODEL_MEANING_H
#define MODEL_MEANING_H

#include "column/settings.h"
#include "model/model.h"

enum text_kind {
	TEXT_NUMBER,
	TEXT_TOKEN,   /* redacted: the policy's token, a known one, or one like <=7 */
	TEXT_MISSING, /* empty, NA: nothing is known                            */
	TEXT_OTHER,   /* none of these                                          */
};

/* How texts are to be taken. */
struct sense {
	const struct settings *settings;
	bool secondary;    /* a token may stand for any count, not only a small one */
	bool zeros_shown;  /* no policy: the column shows 0, so tokens are not 0     */
	const char **more; /* further texts that stand for a redacted count         */
	size_t n_more;
};

enum text_kind text_kind(const char *text, size_t len, const struct sense *sense);

/* The counts that the text may stand for; false = no count is published so (why: static). */
bool text_meaning(const char *text, size_t len, const struct sense *sense,
                  struct unknown *meaning, const char **why);

/*
 * A fraction as printed: num * scale / den is no less than lo / unit and no more than hi /
 * unit, when its text has 'digits' decimals at the most.  False: not a number, or too long.
 */
bool text_fraction(const char *text, size_t len, unsigned digits, int64_t *lo, int64_t *hi,
                   int64_t *unit);

/* Decimals of a text that is a number; 0 for others. */
unsigned text_decimals(const char *text, size_t len);

#endif
