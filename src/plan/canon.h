/*
 * canon.h - the canonical form: two plans that do the same have the same
 *
 * What every setting comes to is written out, so that the form, and its hash, mean
 * the same for ever; what makes no difference (the order of columns in a list, how
 * a list is split) is put in order.
 */
#ifndef PLAN_CANON_H
#define PLAN_CANON_H

#include "plan/select.h"

#include <jansson.h>

/* Set a key; false without memory.  'value' is taken over, and may be NULL. */
bool canon_put(json_t *map, const char *key, json_t *value);

/*
 * The JSON as text, to be given to free(); NULL without memory.  Instead of json_dumps(), which
 * goes on when memory runs out amid a key (jansson 2.14) and leaves that key out.
 */
char *canon_text(const json_t *json, size_t flags);

/* Sorted and without doubles; NULL without memory, or if a text is NULL. */
json_t *canon_texts(const char *const *texts, size_t n);

/* The same of a list of texts. */
json_t *canon_list(const json_t *list);

/* Append the selector as it is said to a list of texts; false without memory. */
bool canon_append(json_t *list, const struct selector *s);

/* The map with its keys in order; NULL without memory. */
json_t *canon_sorted(json_t *map);

/* The settings in 'which' that differ from those of 'base' (NULL = all of them) into 'map'. */
bool canon_settings(json_t *map, const struct settings *s, const struct settings *base,
                    unsigned which);

/* Every rule of the output, its conditions and its grouping, into 'map'. */
bool canon_rules(json_t *map, const struct output *o);
bool canon_where(json_t *map, const struct output *o);
bool canon_group(json_t *map, const struct output *o);
bool canon_protect(json_t *map, const struct output *o);

/*
 * What an output says of its columns, as a plan of bare rules that means the same; where it is
 * read and written, and how it is described, are left out.  To be freed with free(); NULL = no memory.
 */
char *plan_dump_rules(const struct output *o);

#endif
