/*
 * select.h - column selectors: exact names, '*' globs, positions
 */
#ifndef PLAN_SELECT_H
#define PLAN_SELECT_H

#include "csv/header.h"
#include "plan/plan.h"

/*
 * Read "name", "gl*b", "#3", "=literal", each but the literal with an optional trailing '?'.
 * On success *s owns its text.
 */
enum sluice_status selector_parse(struct selector *s, const char *text, size_t len,
                                  const struct sluice_plan *plan, struct place at,
                                  struct sluice_error *err);

/* Whether the selector means column 'col'. */
bool selector_matches(const struct selector *s, const struct header *h, uint32_t col);

/* Whether some column of some table could be meant by both. */
bool selectors_may_meet(const struct selector *a, const struct selector *b);

/* The selector as it was said, for messages and dumps: malloc'd, NULL = no memory. */
char *selector_text(const struct selector *s);

void selector_free(struct selector *s);

#endif
