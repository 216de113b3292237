/*
 * cmd_release.c - every table of a plan, judged before anyone else judges it
 */
#include "command.h"
#include "load.h"
#include "msg.h"
#include "progress.h"
#include "sandbox.h"
#include "signals.h"

#include <stdlib.h>
#include <string.h>

#define MESSAGES 20 /* about tables, one by one; then only their number */

struct telling {
	const struct args *args;
	const char *temp; /* where groups are spilled, NULL = there are none */
	int refused;      /* the exit status, where the sandbox was refused  */
	unsigned long long said, unsaid;
	bool quiet;
};

static void say_verdict(const struct sluice_release_table *t)
{
	const struct sluice_finding *f;

	for (size_t i = 0; (f = sluice_verdict_at(t->verdict, i)); i++) {
		char text[1024];

		if (f->severity != SLUICE_WARNING)
			continue;
		snprintf(text, sizeof(text), "%s: %s%s%s%s", t->output, f->text,
		         f->name ? " (column '" : "", f->name ? f->name : "",
		         f->name ? "')" : "");
		msg_note(text);
	}
}

static void say_notices(const struct sluice_release_table *t)
{
	for (const char *line = t->notices; *line;) {
		const size_t len = strcspn(line, "\n");
		char text[1024];

		snprintf(text, sizeof(text), "%s: %.*s", t->input, (int)len, line);
		msg_note(text);
		line += len + (line[len] == '\n');
	}
}

static void on_table(void *ctx, const struct sluice_release_table *t)
{
	struct telling *telling = ctx;
	const bool speaks =
		t->err || *t->notices || (t->verdict && sluice_verdict_at(t->verdict, 0));

	if (!speaks || (telling->quiet && !t->err))
		return;
	if (telling->said >= MESSAGES) {
		telling->unsaid++;
		return;
	}
	telling->said++;
	if (t->err)
		msg_error(t->err);
	if (!telling->quiet && !t->err)
		say_notices(t);
	if (!telling->quiet && t->outcome == SLUICE_WRITTEN && t->verdict)
		say_verdict(t);
}

/* Everything is named, nothing is read: from here on nothing but that. */
static int on_ready(void *ctx, const struct sluice_use *uses, size_t n)
{
	struct telling *telling = ctx;
	const struct sandbox_name temp = { telling->temp, SANDBOX_SPOOL };

	telling->refused = sandbox_enter_for(telling->args, uses, n, &temp, 1);
	return telling->refused;
}

static void on_progress(void *ctx, const struct sluice_release_progress *p)
{
	(void)ctx;
	progress_tables(p->tables_done, p->tables, p->bytes_done, p->bytes);
}

static void say_summary(const struct sluice_release_summary *s)
{
	if (!s->rewrote && s->unchanged == s->tables)
		out("%s: %llu tables, nothing has changed, nothing was written\n", s->folder,
		    (unsigned long long)s->tables);
	else
		out("%s: %llu written, %llu unchanged, %llu refused, %llu failed\n", s->folder,
		    (unsigned long long)s->written, (unsigned long long)s->unchanged,
		    (unsigned long long)s->refused, (unsigned long long)s->failed);
}

static void say_strangers(const struct sluice_release_summary *s)
{
	char text[1400];

	if (!s->strangers)
		return;
	snprintf(text, sizeof(text), "%s: %llu file%s not of this release, such as '%.200s'",
	         s->folder, (unsigned long long)s->strangers,
	         s->strangers == 1 ? " is" : "s are", s->stranger);
	msg_note(text);
}

static void say_forgotten(const struct sluice_release_summary *s)
{
	char text[1200];

	if (!s->forgets)
		return;
	snprintf(
		text, sizeof(text),
		"%s: what the next run needs could not be written beside it, so that run makes "
		"every table again",
		s->folder);
	msg_note(text);
}

static int run_release(const struct args *args, const struct sluice_plan *plan,
                       struct sluice_release_options *release, struct sluice_options *options)
{
	static struct telling telling;
	struct sluice_release_summary summary = { 0 };
	struct sluice_error err = { 0 };
	enum sluice_status status;
	char text[96];

	telling.args = args;
	telling.temp = sluice_plan_groups(plan) ? options->temp_folder : NULL;
	telling.quiet = args_has(args, "quiet");
	options->stop = signals_stop();
	options->map_input = true;
	release->table = on_table;
	release->ready = on_ready;
	release->ctx = &telling;
	if (!telling.quiet) {
		release->progress = on_progress;
		progress_begin(args_has(args, "progress"));
	}
	status = sluice_release(plan, release, options, &summary, &err);
	progress_clear();
	signals_stopped();
	if (telling.refused)
		return telling.refused;
	if (telling.unsaid) {
		snprintf(text, sizeof(text),
		         "and %llu more tables of which something is to be said",
		         telling.unsaid);
		msg_note(text);
	}
	if (!telling.quiet) {
		say_strangers(&summary);
		say_forgotten(&summary);
	}
	if (summary.tables && !telling.quiet && (summary.rewrote || status == SLUICE_OK))
		say_summary(&summary);
	return status ? msg_error(&err) : 0;
}

/* --allow, as often as it was given. */
static const char **take_allowed(const struct args *args, size_t *n)
{
	const char **allowed = calloc(args->n_given + 1, sizeof(*allowed));

	*n = 0;
	for (size_t i = 0; allowed && i < args->n_given; i++)
		if (!strcmp(args->given[i].flag->name, "allow"))
			allowed[(*n)++] = args->given[i].value;
	return allowed;
}

static int load_release_plan(const struct args *args, struct sluice_plan **plan)
{
	const char *config = args_value(args, "config");

	if (args->n_operands > 1)
		return msg_usage(args->command, "one plan at a time: '%.64s' is too many",
		                 args->operands[1]);
	if (config && args->n_operands)
		return msg_usage(args->command, "a plan and '--config' exclude each other");
	if (config)
		return load_text(config, "<config>", plan);
	if (!args->n_operands)
		return msg_usage(args->command, "name a plan");
	return load_file(args->operands[0], plan);
}

static int run(const struct args *args)
{
	struct sluice_release_options release = SLUICE_RELEASE_OPTIONS_INIT;
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_plan *plan = NULL;
	const char **allowed = take_allowed(args, &release.n_allow);
	int status = load_options(args, &options);

	if (!allowed)
		status = msg_fail(SLUICE_E_MEMORY, "out of memory");
	release.allow = allowed;
	release.all_or_nothing = args_has(args, "all-or-nothing");
	release.again = args_has(args, "again");
	release.folder = args_value(args, "folder");
	release.workspace = args_value(args, "airlock");
	release.username = args_value(args, "username");
	release.audit = args_value(args, "audit");
	release.ledger = args_value(args, "ledger");
	release.date = args_value(args, "date");
	if (!status && release.username && !release.workspace)
		status = msg_usage(args->command, "'--username' goes with '--airlock'");
	if (!status)
		status = load_release_plan(args, &plan);
	if (!status)
		status = run_release(args, plan, &release, &options);
	sluice_plan_free(plan);
	free(allowed);
	return status;
}

static const struct flag flags[] = {
	{ "config", 0, "JSON", "the plan as an argument", GROUP_RULES, 0 },
	{ "all-or-nothing", 'a', NULL,
	  "the folder changes as a whole, or stays as it was: one table that fails keeps all "
	  "back",
	  GROUP_FILES, 0 },
	{ "again", 0, NULL, "make also what has not changed since the last run", GROUP_FILES,
	  0 },
	{ "folder", 0, "FOLDER",
	  "where manifest and report go (default: the folder that all outputs have in common)",
	  GROUP_FILES, 0 },
	{ "ledger", 0, "FILE",
	  "what was released before is part of the audit, and what is released now joins it",
	  GROUP_FILES, 0 },
	{ "date", 0, "YYYY-MM-DD", "when, for the ledger", GROUP_FILES, 0 },
	{ "airlock", 0, "WORKSPACE",
	  "write regular_release_requests.json for this workspace, too", GROUP_FILES, 0 },
	{ "username", 0, "NAME", "who asks for that release", GROUP_FILES, 0 },
	{ "allow", 0, "CHECK[=COLUMN]",
	  "what this check says does not refuse a table; it stays in the report", GROUP_POLICY,
	  FLAG_REPEATS },
	{ "audit", 0, "off|fast|full",
	  "what follows from all tables together refuses them (default: as the plan says, or "
	  "fast)",
	  GROUP_POLICY, 0 },
	{ "threads", 'j', "N", "workers (default: one for each core)", GROUP_RESOURCES, 0 },
	{ "memory", 0, "SIZE", "fail rather than use more for a table; K, M or G may follow",
	  GROUP_RESOURCES, 0 },
	{ "isa", 0, "NAME", "instruction set; 'sluice version' lists them", GROUP_RESOURCES,
	  0 },
	{ "chunk-bytes", 0, "N", "the unit of work", GROUP_RESOURCES, FLAG_HIDDEN },
	{ "progress", 0, NULL, "show progress at once, also where stderr is no terminal",
	  GROUP_OTHER, 0 },
	{ "quiet", 'q', NULL, "errors only", GROUP_OTHER, 0 },
	{ 0 },
};

static const char *const examples[] = {
	"sluice release release.yaml\tevery table of the plan, checked, with manifest and "
	"report",
	"sluice release release.yaml --all-or-nothing\tnone, unless all are fit",
	NULL,
};

const struct command command_release = {
	.name = "release",
	.usage = "PLAN [--all-or-nothing]",
	.summary = "every table of a plan, checked, with manifest and report",
	.about =
		"Make every output that the plan names; 'input' is a pattern, {stem} in "
		"'output' "
		"is\n"
		"the input's name without .csv or .csv.gz, {name} the output's in the plan.\n"
		"Each table is checked as 'sluice check' does before it gets its name; one "
		"that\n"
		"fails or is refused is not written.  Beside the tables: manifest.json, which\n"
		"proves them, CONTROLS.md, the texts that output checkers ask for, and\n"
		"report.html.  Tables whose input, plan and program have not changed are left\n"
		"alone.",
	.examples = examples,
	.flags = flags,
	.sandboxed = true,
	.exits = true,
	.run = run,
};
