/*
 * docs.h - what is written about the program by the program, from its tables
 */
#ifndef CLI_DOCS_H
#define CLI_DOCS_H

#include "command.h"

/* What each exit status means; NULL past the last. */
const char *exit_status_text(size_t status);

/* "-d, --drop COLS", as in help. */
#define FLAG_TEXT 96
const char *flag_text(char text[FLAG_TEXT], const struct flag *f);

/* --help of the program and of a command. */
void help_program(void);
void help_command(const struct command *c);

/* No such command: a message, maybe with the one that was meant; returns 2. */
int help_unknown(const char *name);

/* sluice.1 */
void man_page(void);

/* For bash, zsh or fish; false for any other shell. */
bool completion(const char *shell);

#endif
