/*
 * flags.h - flags: one table, one parser
 *
 * Long flags are --name, --name=value or --name value; short ones -n, -nvalue or
 * -n value.  A value that may be missing is only taken when it is joined.  "--" ends
 * the flags, "-" is an operand.
 */
#ifndef CLI_FLAGS_H
#define CLI_FLAGS_H

#include <sluice.h>

struct command;

enum flag_group {
	GROUP_RULES,
	GROUP_GROUPS,
	GROUP_PROTECT,
	GROUP_POLICY,
	GROUP_TABLE,
	GROUP_FILES,
	GROUP_RESOURCES,
	GROUP_OTHER,
	N_GROUPS,
};
extern const char *const flag_groups[N_GROUPS]; /* their titles */

enum {
	FLAG_PLAN = 1 << 0,     /* goes to sluice_plan_add() as it was typed */
	FLAG_REPEATS = 1 << 1,  /* may be given again                        */
	FLAG_OPTIONAL = 1 << 2, /* the value may be missing                  */
	FLAG_HIDDEN = 1 << 3,   /* for tests: not in help                    */
};

struct flag {
	const char *name;     /* long, without dashes                       */
	char letter;          /* short, 0 = none                            */
	const char *argument; /* as help shows it; NULL = takes none        */
	const char *help;
	enum flag_group group;
	unsigned how;
};

/* A flag as it was typed. */
struct given {
	const struct flag *flag;
	const char *value; /* NULL = none */
};

/* A command line, parsed; borrows argv. */
struct args {
	const struct command *command;
	struct given *given;
	size_t n_given;
	const char **operands;
	size_t n_operands;
};

/* The i-th flag of a command, the rules first; NULL past the last. */
const struct flag *flag_at(const struct command *c, size_t i);

/* Parse what follows the command's name; 0, or an exit status after a message. */
int args_parse(struct args *args, const struct command *c, int argc, char **argv);
void args_free(struct args *args);

/* Whether the flag was given, and its last value (NULL without one). */
bool args_has(const struct args *args, const char *name);
const char *args_value(const struct args *args, const char *name);

/*
 * A whole number from min to max into *value, which is left alone when the flag was not given
 * or has no value; with 'sizes', K, M, G and T (powers of 1024) may follow.
 */
int args_number(const struct args *args, const char *name, bool sizes, uint64_t min,
                uint64_t max, uint64_t *value);

/* The name that 'typed' was perhaps meant to be, or NULL: keep the nearer of it and 'best'. */
const char *nearer(const char *typed, const char *candidate, const char *best);

#endif
