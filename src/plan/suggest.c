#include "plan/suggest.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 32 /* no word of ours is longer */
#define NEAR     2

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	const unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Insertions, deletions and replacements from one to the other; both within WORD_MAX. */
static unsigned edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned row[WORD_MAX + 1];

	for (unsigned j = 0; j <= b_len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			const unsigned above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
			               diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[b_len];
}

void suggest(struct suggestion *s, const char *typed, const char *word)
{
	const size_t typed_len = strlen(typed), word_len = strlen(word);
	unsigned distance;

	if (typed_len > WORD_MAX || word_len > WORD_MAX)
		return;
	distance = edit_distance(typed, typed_len, word, word_len);
	/* A word that has nothing in common with what was typed is no help. */
	if (distance > NEAR || distance >= typed_len || distance >= word_len)
		return;
	if (!s->word || distance < s->distance)
		*s = (struct suggestion){ word, distance };
}

const char *suggestion_text(const struct suggestion *s, char out[SUGGESTION_TEXT])
{
	out[0] = '\0';
	if (s->word)
		snprintf(out, SUGGESTION_TEXT, "; did you mean '%s'?", s->word);
	return out;
}
