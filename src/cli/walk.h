/*
 * walk.h - the files that were named, and those in the folders that were named
 */
#ifndef CLI_WALK_H
#define CLI_WALK_H

#include "sandbox.h"

#include <stddef.h>

struct walk {
	char **paths; /* in the order of naming; those of a folder sorted */
	size_t n, cap;
};

/*
 * Add a name; a folder's files instead, to the bottom, but not through links or into hidden
 * folders.  0, or an exit status after a message.
 */
int walk_add(struct walk *w, const char *name);

/* That what is written takes the place of none of them, nor of the manifest; else as above. */
int walk_spares(const struct walk *w, const struct args *args, const char *output,
                const char *manifest);

/* Shut in with these files, and 'more' names; 0, or an exit status after a message. */
int walk_shut_in(const struct walk *w, const struct args *args, const struct sandbox_name *more,
                 size_t n_more);
void walk_list_free(struct walk *w);

#endif
