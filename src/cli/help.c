/*
 * help.c - --help: usage, what it does, examples, flags, exit status
 */
#include "docs.h"
#include "msg.h"

#include <string.h>

#define WIDTH  80
#define INDENT 26 /* where a flag's explanation begins   */

static const char *const exit_statuses[] = {
	"the output is complete and every check passed",
	"a check refused the result: nothing was published, the report says why",
	"the command line or the plan is wrong",
	"the input is not what the plan expects",
	"reading, writing, memory or threads failed",
};

const char *exit_status_text(size_t status)
{
	return status < sizeof(exit_statuses) / sizeof(*exit_statuses) ? exit_statuses[status]
	                                                               : NULL;
}

const char *flag_text(char text[FLAG_TEXT], const struct flag *f)
{
	const bool optional = f->how & FLAG_OPTIONAL;

	snprintf(text, FLAG_TEXT, "%c%c%s--%s%s%s%s", f->letter ? '-' : ' ',
	         f->letter ? f->letter : ' ', f->letter ? ", " : "  ", f->name,
	         !f->argument ? ""
	         : optional   ? "[="
	                      : " ",
	         f->argument ? f->argument : "", f->argument && optional ? "]" : "");
	return text;
}

/* Words, broken at WIDTH; the first line begins at column 'at', the others at 'indent'. */
static void wrapped(const char *text, size_t at, size_t indent)
{
	while (*text) {
		const size_t word = strcspn(text, " ");

		if (at + word > WIDTH && at > indent) {
			out("\n%*s", (int)indent, "");
			at = indent;
		}
		out("%.*s", (int)word, text);
		text += word;
		at += word;
		if (*text == ' ') {
			text++;
			if (at + 1 + strcspn(text, " ") <= WIDTH)
				out(" ");
			at++;
		}
	}
	out("\n");
}

static void entry(const char *left, const char *right)
{
	size_t at = 2 + strlen(left);

	out("  %s", left);
	if (at + 2 > INDENT) {
		out("\n");
		at = 0;
	}
	out("%*s", (int)(INDENT - at), "");
	wrapped(right, INDENT, INDENT);
}

static void flags_of(const struct command *c)
{
	char text[FLAG_TEXT];
	const struct flag *f;

	for (size_t group = 0; group < N_GROUPS; group++) {
		bool any = false;

		for (size_t i = 0; (f = flag_at(c, i)); i++) {
			if (f->group != group || (f->how & FLAG_HIDDEN))
				continue;
			if (!any)
				out("\n%s:\n", flag_groups[group]);
			any = true;
			entry(flag_text(text, f), f->help);
		}
		if (any && group == GROUP_RULES)
			out("  COLS: names with commas between, '*' globs or #N; '?' after "
			    "one: "
			    "it may be\n  missing; '=' in front: the whole argument is one "
			    "name.\n");
	}
}

static void checks_of(void)
{
	const struct sluice_check_info *check;

	out("\nChecks (! refuses, of ? a person has to judge):\n");
	for (size_t i = 0; (check = sluice_check_at(i)); i++) {
		char text[FLAG_TEXT];

		snprintf(text, sizeof(text), "%c %s",
		         check->severity == SLUICE_REFUSAL ? '!' : '?', check->name);
		entry(text, check->help);
	}
}

static void examples_of(const struct command *c)
{
	out("\n");
	for (const char *const *e = c->examples; *e; e++) {
		const size_t len = strcspn(*e, "\t");

		out("  %.*s\n", (int)len, *e);
		if ((*e)[len])
			out("      %s\n", *e + len + 1);
	}
}

static void exit_of(void)
{
	out("\nExit status:\n");
	for (size_t i = 0; exit_status_text(i); i++)
		out("  %zu  %s\n", i, exit_status_text(i));
	out("A signal, or a closed pipe, removes the unfinished output and then kills sluice\n"
	    "with that signal: only 0 means complete.\n");
}

void help_command(const struct command *c)
{
	out("Usage: sluice %s%s%s\n\n%s\n", c->name, *c->usage ? " " : "", c->usage, c->about);
	if (c->examples)
		examples_of(c);
	flags_of(c);
	if (c->checks)
		checks_of();
	if (c->exits)
		exit_of();
}

void help_program(void)
{
	out("Usage: sluice COMMAND ...\n\n"
	    "Disclosure control for CSV tables: columns dropped, small counts redacted, the\n"
	    "others rounded, ratios computed again; or nothing comes out.\n\n"
	    "  sluice run -d patient_id -c numerator,denominator table.csv -o out.csv\n"
	    "      drop a column, redact and round two counts\n"
	    "  sluice run -p plan.yaml < table.csv > out.csv\n"
	    "      the rules from a plan, as a filter\n"
	    "\nCommands:\n");
	for (size_t i = 0; command_at(i); i++)
		out("  %-10s  %s\n", command_at(i)->name, command_at(i)->summary);
	out("\n'sluice COMMAND --help' or 'sluice help COMMAND' says more.\n");
	exit_of();
}

int help_unknown(const char *name)
{
	const char *best = NULL;

	for (size_t i = 0; command_at(i); i++)
		best = nearer(name, command_at(i)->name, best);
	if (best)
		return msg_usage(NULL, "unknown command '%.64s' (did you mean '%s'?)", name,
		                 best);
	return msg_usage(NULL, "unknown %s '%.64s'", *name == '-' ? "flag" : "command", name);
}
