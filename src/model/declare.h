/*
 * declare.h - what is said about the files: by flags, or by a file of the same words
 *
 * Every word of audit_words[] is a flag of `sluice audit` and a key of its declaration file;
 * there, a list gives the word several times and a map gives LEFT=RIGHT pairs.
 */
#ifndef MODEL_DECLARE_H
#define MODEL_DECLARE_H

#include "base/fail.h"
#include "plan/plan.h"

enum word_shape {
	WORD_LIST,    /* names, with commas between; may be said again */
	WORD_PAIR,    /* LEFT=RIGHT, may be said again                  */
	WORD_MAYBE,   /* [LEFT=]RIGHT, may be said again                */
	WORD_AT_MOST, /* LEFT<=RIGHT                                    */
	WORD_NUMBER,
	WORD_CHOICE,  /* one of 'choices'                               */
	WORD_YES,     /* takes nothing                                  */
	WORD_SETTING, /* policy, threshold, ...: see plan/setting.h     */
};

struct audit_word {
	const char *name;
	enum word_shape shape;
	int64_t min, max;
	const char *choices[3];
};

struct said_word {
	const struct audit_word *word;
	char *left, *right; /* left may be NULL */
	int64_t number;
	struct place at; /* in the file that said it; no line = a flag did */
	char *source;    /* that file; NULL = a flag */
};

struct declaration {
	struct said_word *said;
	uint32_t n_said, cap_said;
	const struct policy *policy; /* NULL = counts are as they are */
	struct given given;
	struct settings settings; /* resolved by declaration_finish() */
};

const struct audit_word *audit_word_find(const char *name);

/* A flag with its argument as typed (NULL = none). */
enum sluice_status declaration_add(struct declaration *d, const char *name,
                                   const char *argument, struct sluice_error *err);

/* A word of lists or pairs with its sides as they are; left may be NULL. */
enum sluice_status declaration_say(struct declaration *d, const char *name, const char *left,
                                   const char *right, struct sluice_error *err);

/* YAML or JSON: a map with the words as keys. */
enum sluice_status declaration_parse(struct declaration *d, const char *text, size_t len,
                                     const char *source, struct sluice_error *err);

/* All was said: resolve the settings. */
void declaration_finish(struct declaration *d);

/* The next said word of that name after *at (start at 0), or NULL. */
const struct said_word *declaration_next(const struct declaration *d, const char *name,
                                         uint32_t *at);
bool declaration_has(const struct declaration *d, const char *name);
int64_t declaration_number(const struct declaration *d, const char *name, int64_t otherwise);

/* What was said can't be: with its place, if it has one. */
enum sluice_status declaration_refuse(const struct said_word *s, struct sluice_error *err,
                                      const char *text);

void declaration_free(struct declaration *d);

#endif
