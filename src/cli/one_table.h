/*
 * one_table.h - what commands that make one table have in common: run and merge
 */
#ifndef CLI_ONE_TABLE_H
#define CLI_ONE_TABLE_H

#include "flags.h"

/* The name, or NULL when it stands for a standard stream. */
const char *one_table_name(const char *name);

/* --gzip, --bgzf and their level; 0, or an exit status after a message. */
int one_table_container(const struct args *args, const struct sluice_job *job,
                        struct sluice_options *options);

/* Signals, notices and progress, right before the work. */
void one_table_begin(const struct args *args, struct sluice_options *options);

#endif
