/*
 * cmd_plan.c - look at a plan without running it
 */
#include "command.h"
#include "load.h"
#include "msg.h"
#include "sandbox.h"

#include <string.h>

static int explain(const struct args *args, const struct sluice_plan *plan)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	const char *input = args->n_operands > 1 ? args->operands[1] : NULL;
	struct sluice_error err = { 0 };
	char *text = NULL;
	const int status = load_options(args, &options);

	if (status)
		return status;
	if (sluice_explain(plan, input, &options, &text, &err))
		return msg_error(&err);
	out("%s", text);
	sluice_free(text);
	return 0;
}

static int dump(const struct sluice_plan *plan)
{
	char *text = sluice_plan_dump(plan);

	if (!text)
		return msg_fail(SLUICE_E_MEMORY, "out of memory");
	out("%s", text);
	sluice_free(text);
	return 0;
}

static int run(const struct args *args)
{
	const bool explains = args_has(args, "explain"), dumps = args_has(args, "dump");
	const struct sandbox_name input = { args->n_operands > 1 ? args->operands[1] : NULL,
		                            SANDBOX_READ };
	struct sluice_plan *plan = NULL;
	int status;

	if (!args->n_operands)
		return msg_usage(args->command, "name a plan");
	if (args->n_operands > 1 + (size_t)explains)
		return msg_usage(args->command, "'%.64s' is too many",
		                 args->operands[1 + explains]);
	if (explains && args->n_operands > 1 && !strcmp(args->operands[1], "-"))
		return msg_usage(args->command, "'--explain' needs the name of a table");
	if (explains && dumps)
		return msg_usage(args->command, "'--explain' and '--dump' exclude each other");
	status = load_file(args->operands[0], &plan);
	if (status)
		return status;
	status = sandbox_enter(args, &input, 1);
	if (status) {
		/* said already */
	} else if (explains) {
		status = explain(args, plan);
	} else if (dumps) {
		status = dump(plan);
	} else {
		const size_t n = sluice_plan_outputs(plan);
		char hex[33];

		sluice_plan_hash(plan, hex);
		out("%s: %zu output%s, hash %s\n", args->operands[0], n, n == 1 ? "" : "s",
		    hex);
	}
	sluice_plan_free(plan);
	return status;
}

static const struct flag flags[] = {
	{ "explain", 0, NULL,
	  "what it will do, and the memory for it; with INPUT's header, column by column",
	  GROUP_OTHER, 0 },
	{ "dump", 0, NULL, "its canonical form and hash", GROUP_OTHER, 0 },
	{ "threads", 'j', "N", "for --explain: as in run", GROUP_RESOURCES, 0 },
	{ "memory", 0, "SIZE", "for --explain: as in run", GROUP_RESOURCES, 0 },
	{ "chunk-bytes", 0, "N", "the unit of work", GROUP_RESOURCES, FLAG_HIDDEN },
	{ 0 },
};

static const char *const examples[] = {
	"sluice plan plan.yaml\tis it right?",
	"sluice plan plan.yaml --explain table.csv\twhat will happen to each column?",
	"sluice plan plan.yaml --dump\tthe same plan always gives the same text and hash",
	NULL,
};

const struct command command_plan = {
	.name = "plan",
	.usage = "PLAN [--explain [INPUT]] [--dump]",
	.summary = "validate a plan, explain it, print its canonical form",
	.about = "Read a plan, '-' for standard input, and say whether it is right.  Nothing "
		 "is\n"
		 "written.",
	.examples = examples,
	.flags = flags,
	.sandboxed = true,
	.exits = true,
	.run = run,
};
