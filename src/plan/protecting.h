/*
 * protecting.h - what a plan says of protecting totals: words, which the attack takes as they are
 *
 * A plan's keys, the flags, the canonical form and what protect/decide.c is told follow from
 * protect_words[].
 */
#ifndef PLAN_PROTECTING_H
#define PLAN_PROTECTING_H

#include "plan/plan.h"

#define PROTECT_SECONDS     60 /* when nothing was said */
#define PROTECT_SECONDS_MAX 86400
#define PROTECT_GROUP_MAX   1000

enum protect_shape {
	PROTECT_NAMES, /* names, one or a list                                    */
	PROTECT_CODES, /* [COLUMN=]CODE: codes of all dimensions, or of each in a map */
	PROTECT_FILES, /* COLUMN=FILE                                             */
	PROTECT_PAIRS, /* SMALL<=LARGE                                            */
};

struct protect_word {
	const char *key;   /* in a plan                */
	const char *flag;  /* on the command line      */
	const char *audit; /* the same word of an audit */
	const char *form;  /* what the flag wants      */
	enum protect_shape shape;
};

/* The last has no key. */
extern const struct protect_word protect_words[];

/* By which more is hidden, or counts are changed; the first is the usual one, the last NULL. */
extern const char *const protect_methods[];

/* The word of that key; NULL = none. */
const struct protect_word *protect_word_find(const char *key);

/* Add a word; 'left' may be NULL. */
enum sluice_status protect_say(const struct sluice_plan *plan, struct output *o,
                               const struct protect_word *word, const char *left,
                               size_t left_len, const char *right, struct place at,
                               struct sluice_error *err);

/* Set what is said once from its text. */
enum sluice_status protect_method(const struct sluice_plan *plan, struct output *o,
                                  const char *text, struct place at, struct sluice_error *err);
enum sluice_status protect_seconds(const struct sluice_plan *plan, struct output *o,
                                   const char *text, struct place at, struct sluice_error *err);
enum sluice_status protect_singletons(const struct sluice_plan *plan, struct output *o,
                                      const char *text, struct place at,
                                      struct sluice_error *err);
enum sluice_status protect_group(const struct sluice_plan *plan, struct output *o,
                                 const char *text, struct place at, struct sluice_error *err);

/* The i-th file of a hierarchy, NULL past the last. */
const char *protect_file(const struct protecting *p, size_t i);

enum sluice_status protect_population(const struct sluice_plan *plan, struct output *o,
                                      const char *text, struct place at,
                                      struct sluice_error *err);

/* Whether counts are changed: then what is published is not what was counted, nor a rounding of it. */
bool protect_changes(const struct protecting *p);

bool protecting_copy(struct protecting *dst, const struct protecting *src);
void protecting_free(struct protecting *p);

#endif
