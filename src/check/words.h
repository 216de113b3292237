/*
 * words.h - what a column's name says about what is in it
 */
#ifndef CHECK_WORDS_H
#define CHECK_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hint {
	HINT_UNKNOWN,
	HINT_COUNT,     /* n, numerator, total, ...                                  */
	HINT_RATIO,     /* rate, percent, proportion, ...                            */
	HINT_SHARE,     /* risk, coverage, ...: a ratio if it looks like one         */
	HINT_STATISTIC, /* mean, sd, ...: of numbers, not a number of people         */
	HINT_MEASURE,   /* days, cost, score, ...: perhaps                           */
	HINT_TIME,      /* year, month, week, date, ...                              */
	HINT_AGE,
	HINT_GROUP, /* decile, band, code, level, ...: a number that stands for a group */
	HINT_FLAG,  /* is, has, any, ...                                         */
};

#define WORDS_MAX 16
#define WORD_SIZE 24

/* A name's words in lower case: cut at what is no letter or digit, at camelHumps and digits. */
struct words {
	uint32_t n;
	uint32_t numbers; /* of them, words of digits */
	char word[WORDS_MAX][WORD_SIZE];
};

void words_of(struct words *w, const char *name, size_t len);
bool words_have(const struct words *w, const char *const *list);
enum hint words_hint(const struct words *w);

/* Letters and digits of a name in lower case, nothing else: how names are compared. */
#define BARE_SIZE 64
uint32_t bare_name(char out[BARE_SIZE], const uint8_t *name, size_t len);

#endif
