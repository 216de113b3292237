/*
 * command.h - what a command of the program is
 *
 * One command is one file cmd_*.c with one const table; main.c lists them.  Parsing,
 * --help, the man page and the completions follow from the tables.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "flags.h"

struct command {
	const char *name;
	const char *usage;           /* what follows the name                          */
	const char *summary;         /* one line                                       */
	const char *about;           /* paragraphs, with line breaks at 80 columns     */
	const char *const *examples; /* "command line\twhat it does", NULL-terminated  */
	const struct flag *flags;    /* its own, ended by one without a name           */
	bool rules;                  /* takes the rules of sluice_rule_at() as flags   */
	bool sandboxed;              /* shuts itself in: takes --sandbox (sandbox.h)   */
	bool checks;                 /* help lists those of sluice_check_at()          */
	bool exits;                  /* help lists the exit status                     */
	int (*run)(const struct args *args); /* returns the exit status                */
};

extern const struct command command_run;
extern const struct command command_merge;
extern const struct command command_release;
extern const struct command command_project;
extern const struct command command_check;
extern const struct command command_audit;
extern const struct command command_split;
extern const struct command command_plan;
extern const struct command command_policies;
extern const struct command command_version;
extern const struct command command_help;

/* In the order of help; NULL past the last. */
const struct command *command_at(size_t i);
const struct command *command_find(const char *name);

#endif
