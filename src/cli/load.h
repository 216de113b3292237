/*
 * load.h - a plan from what was typed: a file, --config, flags
 */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include "flags.h"

/* All of a file ("-" = standard input) of at most 1 MiB, to be freed; 0, or an exit status. */
int load_text(const char *path, char **text, size_t *len);

/* The plan in the file ("-" = standard input); 0, or an exit status after a message. */
int load_file(const char *path, struct sluice_plan **plan);

/* The plan that --plan, --config and the rule flags make together. */
int load_plan(const struct args *args, struct sluice_plan **plan);

/* Options that several commands take: threads, memory, chunks, instruction set. */
int load_options(const struct args *args, struct sluice_options *options);

/* Whether both names are, or would be, the same file. */
bool same_file(const char *a, const char *b);

/* Whether the descriptor is of the regular file of that name. */
bool is_descriptor(const char *name, int fd);

#endif
