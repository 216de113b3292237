/*
 * tree.h - a plan's text as a tree of nodes that know their places
 *
 * YAML, and JSON with it, read by libyaml.  What could make two readers see two
 * plans is refused: anchors and aliases, tags, merge keys, several documents, a key
 * given twice, NULs; so is what is larger or deeper than any plan.
 */
#ifndef PLAN_TREE_H
#define PLAN_TREE_H

#include "plan/plan.h"

#define PLAN_LIMIT (1u << 20) /* bytes of text            */
#define TREE_DEPTH 16         /* lists and maps in others */

enum node_kind {
	NODE_NONE, /* a key's value that did not come yet */
	NODE_SCALAR,
	NODE_LIST,
	NODE_MAP,
};

struct node {
	enum node_kind kind;
	bool quoted; /* SCALAR: not plain                       */
	struct place at;
	struct place key_at;
	char *key;          /* in a map; NULL in a list                */
	char *text;         /* SCALAR                                  */
	struct node *items; /* LIST, MAP: in the order of the text     */
	size_t n_items;
};

/* Read the text into *root, to be freed with node_free() whether this fails or not. */
enum sluice_status tree_parse(struct node *root, const char *text, size_t len,
                              const struct sluice_plan *plan, struct sluice_error *err);

/* The value of a key, or NULL. */
const struct node *node_find(const struct node *map, const char *key);

/* "a list", "a map", "a text": for messages. */
const char *node_kind_name(const struct node *n);

void node_free(struct node *n);

#endif
