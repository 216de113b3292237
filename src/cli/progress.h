/*
 * progress.h - how far a long run has come, on stderr
 *
 * A bar on a terminal that stdout is not on as well, after the first second; with
 * 'wanted' at once, and as a line now and then where stderr is no terminal.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

void progress_begin(bool wanted);

/* As struct sluice_options wants it; 'ctx' is not used. */
void progress_step(void *ctx, uint64_t done, uint64_t total);

/* The same for many tables: how many are done, of how many, and their bytes. */
void progress_tables(uint64_t tables, uint64_t all, uint64_t done, uint64_t total);

/* Take the bar off the screen; the next step draws it again. */
void progress_clear(void);

#endif
