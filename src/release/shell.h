/*
 * shell.h - a command line in words, as the pipeline takes it apart
 */
#ifndef RELEASE_SHELL_H
#define RELEASE_SHELL_H

#include "base/buf.h"

struct shell_words {
	struct buf text; /* the words, each with its NUL */
	size_t n;
};

/* False: a quote that is never closed, or no memory. */
bool shell_split(struct shell_words *w, const char *line);

/* The i-th word, or NULL. */
const char *shell_word(const struct shell_words *w, size_t i);
void shell_free(struct shell_words *w);

#endif
