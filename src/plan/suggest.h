/*
 * suggest.h - "did you mean?"
 */
#ifndef PLAN_SUGGEST_H
#define PLAN_SUGGEST_H

#include <stddef.h>

/* The best of the words that were offered; start from zeros. */
struct suggestion {
	const char *word; /* NULL = none is near */
	unsigned distance;
};

/* Offer a word for what was typed; borrowed. */
void suggest(struct suggestion *s, const char *typed, const char *word);

#define SUGGESTION_TEXT 64

/* "; did you mean 'count'?" or nothing, into 'out'; returns 'out'. */
const char *suggestion_text(const struct suggestion *s, char out[SUGGESTION_TEXT]);

#endif
