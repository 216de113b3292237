/*
 * cmd_audit.c - what can be worked out from tables that are about to be published
 */
#include "command.h"
#include "load.h"
#include "msg.h"
#include "sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct asked {
	const struct args *args;
	int refused; /* the exit status, where the sandbox was refused */
};

/* The folder that one is to be made in, with those above it that are not there, either. */
static char *folder_of(const char *path)
{
	char *folder = path ? strdup(path) : NULL;
	size_t len = folder ? strlen(folder) : 0;
	struct stat st;

	while (len > 1 && folder[len - 1] == '/')
		folder[--len] = '\0';
	while (folder && strrchr(folder, '/') > folder) {
		*strrchr(folder, '/') = '\0';
		if (!stat(folder, &st))
			return folder;
	}
	if (folder)
		memcpy(folder, *folder == '/' ? "/" : ".", 2);
	return folder;
}

static int on_ready(void *ctx, const struct sluice_use *uses, size_t n)
{
	struct asked *asked = ctx;
	const struct args *args = asked->args;
	struct sandbox_name *files = calloc(args->n_operands + 4, sizeof(*files));
	char *beside = folder_of(args_value(args, "sacro"));
	size_t n_files = 0;

	if (!files || (args_has(args, "sacro") && !beside)) {
		free(files);
		free(beside);
		return asked->refused = msg_fail(SLUICE_E_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < args->n_operands; i++)
		files[n_files++] = (struct sandbox_name){ args->operands[i], SANDBOX_READ };
	files[n_files++] =
		(struct sandbox_name){ args_value(args, "ledger"), SANDBOX_APPENDED };
	files[n_files++] = (struct sandbox_name){ args_value(args, "html"), SANDBOX_OUTPUT };
	files[n_files++] = (struct sandbox_name){ args_value(args, "jj"), SANDBOX_OUTPUT };
	files[n_files++] = (struct sandbox_name){ beside, SANDBOX_FOLDER };
	asked->refused = sandbox_enter_for(args, uses, n, files, n_files);
	free(files);
	free(beside);
	return asked->refused;
}

/* What was typed, then, shut in, the files. */
static enum sluice_status set_up(struct asked *asked, struct sluice_audit *audit,
                                 const char *text, size_t len, struct sluice_error *err)
{
	const struct args *args = asked->args;
	const char *path = args_value(args, "declare"), *ledger = args_value(args, "ledger");

	if (path && sluice_audit_declare(audit, text, len, path, err))
		return err->status;
	for (size_t i = 0; i < args->n_given; i++)
		if ((args->given[i].flag->how & FLAG_PLAN) &&
		    sluice_audit_say(audit, args->given[i].flag->name, args->given[i].value,
		                     err))
			return err->status;
	if (sluice_audit_ready(audit, on_ready, asked, err))
		return err->status;
	if (ledger && sluice_audit_ledger(audit, ledger, args_has(args, "record"), err))
		return err->status;
	for (size_t i = 0; i < args->n_operands; i++)
		if (sluice_audit_file(audit, args->operands[i], err))
			return err->status;
	return SLUICE_OK;
}

/* Into the ledger, unless something follows and nobody said that it was published all the same. */
static int record(const struct args *args, struct sluice_audit *audit)
{
	const char *how = args_value(args, "record");
	struct sluice_error err = { 0 };
	bool added = false;

	if (!args_has(args, "record"))
		return 0;
	if (sluice_audit_verdict(audit) != SLUICE_AUDIT_SAFE && !how) {
		msg_note("not recorded: say --record=always if it is published all the same");
		return 0;
	}
	if (sluice_audit_record(audit, args_value(args, "date"), &added, &err))
		return msg_error(&err);
	msg_note(added ? "recorded" : "recorded before: nothing was added");
	return 0;
}

/* Whole or not at all. */
static int save(const char *path, const char *text)
{
	struct sluice_error err = { 0 };

	return sluice_write_file(path, text, strlen(text), NULL, &err) ? msg_error(&err) : 0;
}

/* What was asked for besides the report. */
static int more(const struct args *args, struct sluice_audit *audit)
{
	const bool values = !args_has(args, "no-values");
	const char *page = args_value(args, "html"), *folder = args_value(args, "sacro");
	const char *jj = args_value(args, "jj");
	struct sluice_error err = { 0 };
	char *text = NULL;
	int status = 0;

	if (page && sluice_audit_html(audit, values, &text, &err))
		status = msg_error(&err);
	if (page && !status)
		status = save(page, text);
	sluice_free(text);
	text = NULL;
	if (!status && folder &&
	    sluice_audit_sacro(audit, folder, args_value(args, "date"), &err))
		status = msg_error(&err);
	if (!status && jj && sluice_audit_jj(audit, &text, &err))
		status = msg_error(&err);
	if (!status && jj)
		status = save(jj, text);
	sluice_free(text);
	return status;
}

static int report(const struct args *args, struct sluice_audit *audit)
{
	const char *format = args_value(args, "format");
	const bool values = !args_has(args, "no-values");
	const bool json = format && !strcmp(format, "json");
	struct sluice_error err = { 0 };
	char *text = NULL;
	int status = 0;

	if (args_has(args, "suggest")) {
		if (sluice_audit_suggest(audit, &text, &err))
			return msg_error(&err);
	} else if (sluice_audit_run(audit, &err) ||
	           (json ? sluice_audit_json(audit, values, &text, &err)
	                 : sluice_audit_text(audit, values, &text, &err))) {
		return msg_error(&err);
	}
	out("%s%s", text, json ? "\n" : "");
	sluice_free(text);
	if (!args_has(args, "suggest"))
		status = more(args, audit);
	if (!args_has(args, "suggest") && !status)
		status = record(args, audit);
	if (status)
		return status;
	if (args_has(args, "suggest") || sluice_audit_verdict(audit) == SLUICE_AUDIT_SAFE)
		return 0;
	return out_end() ? sluice_exit_status(SLUICE_E_IO) : sluice_exit_status(SLUICE_E_CHECK);
}

/* Whether a file of that name is read: a table, a ledger, what was declared, a hierarchy. */
static bool is_read(const struct args *args, const char *name)
{
	static const char *const flags[] = { "ledger", "declare" };

	for (size_t i = 0; i < args->n_operands; i++)
		if (same_file(name, args->operands[i]))
			return true;
	for (size_t i = 0; i < 2; i++)
		if (args_value(args, flags[i]) && same_file(name, args_value(args, flags[i])))
			return true;
	for (size_t i = 0; i < args->n_given; i++) {
		const char *file = !strcmp(args->given[i].flag->name, "parents")
		                           ? strchr(args->given[i].value, '=')
		                           : NULL;

		if (file && same_file(name, file + 1))
			return true;
	}
	return false;
}

/* What is written may not take the place of what is read, nor of the other. */
static int check_names(const struct args *args)
{
	const char *const made[] = { args_value(args, "html"), args_value(args, "jj") };

	for (size_t i = 0; i < 2; i++)
		if (made[i] && is_read(args, made[i]))
			return msg_usage(args->command,
			                 "'%.64s' is read: it can't be written, too", made[i]);
	if (made[0] && made[1] && same_file(made[0], made[1]))
		return msg_usage(args->command, "'--html' and '--jj' can't be the same file");
	return 0;
}

static int run(const struct args *args)
{
	const char *format = args_value(args, "format"), *path = args_value(args, "declare");
	struct asked asked = { args, 0 };
	struct sluice_audit *audit = NULL;
	struct sluice_error err = { 0 };
	char *text = NULL;
	size_t len = 0;
	int status;

	if (!args->n_operands)
		return msg_usage(args->command,
		                 "name the files that are about to be published");
	if (format && strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
		return msg_usage(args->command, "'--format' is text or json");
	if (args_has(args, "record") && !args_has(args, "ledger"))
		return msg_usage(args->command, "'--record' goes with '--ledger'");
	if (args_value(args, "record") && strcmp(args_value(args, "record"), "always") != 0)
		return msg_usage(args->command, "'--record' or '--record=always'");
	if (args_has(args, "no-values") && args_has(args, "jj"))
		return msg_usage(args->command,
		                 "'--jj' is made of counts: it can't go with '--no-values'");
	status = check_names(args);
	if (status)
		return status;
	umask(S_IRWXG | S_IRWXO); /* what is written may hold hidden counts that follow */
	status = path ? load_bytes(path, &text, &len) : 0;
	if (status) {
		sluice_free(text);
		return status;
	}
	if (sluice_audit_new(&audit, &err) || set_up(&asked, audit, text, len, &err))
		status = asked.refused ? asked.refused : msg_error(&err);
	else
		status = report(args, audit);
	sluice_audit_free(audit);
	sluice_free(text);
	return status;
}

#define SAY (FLAG_PLAN | FLAG_REPEATS)

static const struct flag flags[] = {
	{ "dimensions", 'd', "COLS", "columns that say whom a row counts", GROUP_TABLE, SAY },
	{ "measures", 'm', "COLS", "columns of counts", GROUP_TABLE, SAY },
	{ "total", 't', "[COL=]CODE", "the code that stands for all of a dimension",
	  GROUP_TABLE, SAY },
	{ "parents", 0, "COL=FILE", "a CSV of two columns: each code and the group it is in",
	  GROUP_TABLE, SAY },
	{ "nested", 0, "COL/COL", "the second column's codes each lie in one of the first's",
	  GROUP_TABLE, SAY },
	{ "open", 0, "COLS", "dimensions whose codes don't cover everybody", GROUP_TABLE, SAY },
	{ "absent", 0, "HOW",
	  "a group without a row has a count of 'zero' (so it is) or 'unknown'", GROUP_TABLE,
	  FLAG_PLAN },
	{ "wide", 0, "MAP", "MEASURE@COL=CODE:COLUMN,...: columns that stand side by side",
	  GROUP_TABLE, SAY },
	{ "at-most", 0, "A<=B", "a measure is never more than another", GROUP_TABLE, SAY },
	{ "percent", 0, "NAME=NUM/DEN", "a column of percentages of true counts", GROUP_TABLE,
	  SAY },
	{ "ratio", 0, "NAME=NUM/DEN", "a column of ratios of true counts", GROUP_TABLE, SAY },
	{ "cell", 0, "FILE:COL=CODE", "a whole file is about one code, such as sex=F",
	  GROUP_TABLE, SAY },
	{ "population", 0, "FILE=NAME", "a file counts other people than the rest", GROUP_TABLE,
	  SAY },
	{ "ledger", 0, "FILE", "what was published before, see --record", GROUP_FILES, 0 },
	{ "record", 0, "always",
	  "the files are published: into the ledger with them, if nothing follows; 'always': "
	  "whatever follows",
	  GROUP_FILES, FLAG_OPTIONAL },
	{ "date", 0, "YYYY-MM-DD", "when, for the ledger and ACRO", GROUP_FILES, 0 },
	{ "declare", 0, "FILE", "YAML or JSON with these words as keys", GROUP_FILES, 0 },
	{ "policy", 0, "NAME", "what was done to the counts; see 'sluice policies'",
	  GROUP_POLICY, FLAG_PLAN },
	{ "threshold", 0, "N", "counts up to it were redacted", GROUP_POLICY, FLAG_PLAN },
	{ "zeros", 0, "HOW", "zeros were: redact or keep", GROUP_POLICY, FLAG_PLAN },
	{ "token", 0, "TEXT", "what stands for a redacted count", GROUP_POLICY, FLAG_PLAN },
	{ "hidden", 0, "TEXTS", "further texts that hide a count", GROUP_POLICY, SAY },
	{ "secondary", 0, NULL, "a token may hide any count, not only a small one",
	  GROUP_POLICY, FLAG_PLAN },
	{ "round-to", 0, "N", "counts were rounded to multiples of it", GROUP_POLICY,
	  FLAG_PLAN },
	{ "rounding", 0, "HOW", "nearest, half-up, midpoint, up, down", GROUP_POLICY,
	  FLAG_PLAN },
	{ "digits", 0, "N", "decimals of percentages, if trailing zeros were cut", GROUP_POLICY,
	  FLAG_PLAN },
	{ "width", 0, "N", "values that a hidden count must be left with (default: 2)",
	  GROUP_OTHER, FLAG_PLAN },
	{ "group", 0, "N", "report groups that hold everybody but N at most", GROUP_OTHER,
	  FLAG_PLAN },
	{ "intervals", 0, NULL,
	  "the whole interval of every hidden count, however long it takes", GROUP_OTHER,
	  FLAG_PLAN },
	{ "seconds", 0, "N", "then what is open stays undecided (default: 60)", GROUP_RESOURCES,
	  FLAG_PLAN },
	{ "nodes", 0, "N", "steps of one search", GROUP_RESOURCES, FLAG_PLAN | FLAG_HIDDEN },
	{ "suggest", 0, NULL, "say which codes add up as totals, and stop", GROUP_OTHER, 0 },
	{ "html", 0, "FILE", "a page, too, with each table drawn", GROUP_FILES, 0 },
	{ "sacro", 0, "FOLDER", "the result and the files as ACRO writes them, too",
	  GROUP_FILES, 0 },
	{ "jj", 0, "FILE", "cells and sums for tau-ARGUS, too, as one table that fits has them",
	  GROUP_FILES, 0 },
	{ "format", 0, "HOW", "text or json", GROUP_OTHER, 0 },
	{ "no-values", 0, NULL, "leave out all numbers: for a log", GROUP_OTHER, 0 },
	{ 0 },
};

static const char *const examples[] = {
	"sluice audit --suggest table.csv\twhich codes are totals?",
	"sluice audit --policy opensafely -t Total table.csv\twhat follows from it?",
	"sluice audit -t Total --format json a.csv b.csv\tfrom both together?",
	NULL,
};

const struct command command_audit = {
	.name = "audit",
	.usage = "FILE...",
	.summary = "what can be worked out from tables that are about to be published",
	.about =
		"Read the CSV files that are about to be published, all of them together, and "
		"say\n"
		"which hidden counts follow from them, exactly or within too few values, and "
		"how.\n"
		"Every claim is proven in exact arithmetic: a disclosed count by the cells "
		"that "
		"it\n"
		"follows from, a safe one by whole-number tables that fit and differ in it.  "
		"What\n"
		"is neither is undecided and needs review: the exit status is 1, as for a "
		"leak.\n"
		"\n"
		"The report names groups and numbers, hidden ones too where they follow; it is "
		"for\n"
		"those who check outputs.  Nothing but standard output and the files that are "
		"asked\nfor get it.",
	.examples = examples,
	.flags = flags,
	.sandboxed = true,
	.exits = true,
	.run = run,
};
