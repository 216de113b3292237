/*
 * msg.h - the one place that prints
 *
 * Messages are one line on stderr, "sluice: FILE:LINE:COLUMN: text".  What the program
 * was asked for goes to stdout through out(), and out_end() says whether it arrived.
 */
#ifndef CLI_MSG_H
#define CLI_MSG_H

#include <sluice.h>

#include <stdio.h>

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

struct command;

/* Report an error of the library; returns the exit status for it. */
int msg_error(const struct sluice_error *err);

/* The same for an error of the program's own. */
PRINTF_LIKE(2, 3)
int msg_fail(enum sluice_status status, const char *fmt, ...);

/* A wrong command line ('c' may be NULL): points to the help, returns 2. */
PRINTF_LIKE(2, 3)
int msg_usage(const struct command *c, const char *fmt, ...);

/* A remark. */
void msg_note(const char *text);

/* Raw bytes to stderr, for the progress bar. */
void msg_raw(const char *text, size_t len);

/* To stdout. */
PRINTF_LIKE(1, 2)
void out(const char *fmt, ...);

/* A file's name to stdout, with nothing in it that could break the line or move a cursor. */
void out_name(const char *name);

/* From now on out() goes to this file, which is written whole by out_end(). */
int out_to(const char *path);

/* Flush stdout; 0, or the exit status after a message. */
int out_end(void);

#endif
