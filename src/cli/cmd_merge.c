/*
 * cmd_merge.c - partial tables to one protected table
 */
#include "command.h"
#include "load.h"
#include "msg.h"
#include "one_table.h"
#include "progress.h"
#include "sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Neither output nor report may take the place of something that is read. */
static int check_names(const struct args *args, const struct sluice_job *job)
{
	for (size_t i = 0; i < args->n_operands; i++) {
		const char *input = args->operands[i];

		if (!one_table_name(input))
			return msg_usage(args->command, "partial tables are read by name");
		if ((job->output && same_file(input, job->output)) ||
		    (job->report && same_file(input, job->report)))
			return msg_usage(args->command,
			                 "'%.64s' is read: it can't be written, too", input);
	}
	if (job->report && job->output && same_file(job->report, job->output))
		return msg_usage(args->command, "the report can't be the output");
	return 0;
}

static int take_job(const struct args *args, struct sluice_job *job)
{
	const char *output = args_value(args, "output"), *report = args_value(args, "report");

	if (!args->n_operands)
		return msg_usage(args->command, "no partial table: name those to be merged");
	if (output && !*output)
		return msg_usage(args->command, "'--output' needs a name");
	if (report && (!*report || !strcmp(report, "-")))
		return msg_usage(args->command, "'--report' needs the name of a file");
	job->output = one_table_name(output);
	job->output_fd = 1;
	job->report = report;
	job->partial = args_has(args, "partial");
	return check_names(args, job);
}

/* Nor of what their plan reads. */
static int check_files(const struct args *args, const struct sluice_job *job,
                       const struct sluice_plan *plan)
{
	const char *name;

	for (size_t i = 0; plan && (name = sluice_plan_file(plan, i)); i++)
		if ((job->output && same_file(name, job->output)) ||
		    (job->report && same_file(name, job->report)))
			return msg_usage(args->command,
			                 "the plan reads '%.64s': it can't be written, too",
			                 name);
	return 0;
}

/* One that can be read twice: all have the same plan, and what comes from a pipe comes once. */
static const char *first_file(const struct args *args)
{
	struct stat st;

	for (size_t i = 0; i < args->n_operands; i++)
		if (!stat(args->operands[i], &st) && S_ISREG(st.st_mode))
			return args->operands[i];
	return NULL;
}

static int shut_in(const struct args *args, const struct sluice_job *job)
{
	const char *first = first_file(args);
	struct sluice_plan *plan = NULL;
	struct sluice_error err = { 0 };
	struct sandbox_name *names;
	size_t n = 0, n_files = 0;
	int status;

	if (first && sluice_partial_plan(first, &plan, &err))
		return msg_error(&err);
	while (plan && sluice_plan_file(plan, n_files))
		n_files++;
	names = calloc(args->n_operands + n_files + 2, sizeof(*names));
	if (!names) {
		sluice_plan_free(plan);
		return msg_fail(SLUICE_E_MEMORY, "out of memory");
	}
	status = plan ? check_files(args, job, plan) : 0;
	for (size_t i = 0; i < n_files; i++)
		names[n++] = (struct sandbox_name){ sluice_plan_file(plan, i), SANDBOX_READ };
	for (size_t i = 0; i < args->n_operands; i++)
		names[n++] = (struct sandbox_name){ args->operands[i], SANDBOX_READ };
	names[n++] = (struct sandbox_name){ job->output, SANDBOX_OUTPUT };
	names[n++] = (struct sandbox_name){ job->report, SANDBOX_OUTPUT };
	if (!status)
		status = sandbox_enter(args, names, n);
	free(names);
	sluice_plan_free(plan);
	return status;
}

static int run(const struct args *args)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_job job = { 0 };
	struct sluice_error err = { 0 };
	int status = take_job(args, &job);

	if (!status)
		status = one_table_container(args, &job, &options);
	if (!status && job.partial && options.container != SLUICE_BY_NAME)
		status = msg_usage(args->command, "a partial table is not compressed");
	if (!status)
		status = load_options(args, &options);
	if (!status)
		status = shut_in(args, &job);
	if (status)
		return status;
	one_table_begin(args, &options);
	if (sluice_merge(args->operands, args->n_operands, &job, &options, NULL, &err))
		status = msg_error(&err);
	progress_clear();
	return status;
}

static const struct flag flags[] = {
	{ "partial", 0, NULL, "write a larger partial table, to be merged again", GROUP_GROUPS,
	  0 },
	{ "output", 'o', "FILE", "whole or not at all (default: standard output)", GROUP_FILES,
	  0 },
	{ "gzip", 'z', "LEVEL", "gzip, level 1 to 9 (default: if FILE ends in .gz)",
	  GROUP_FILES, FLAG_OPTIONAL },
	{ "bgzf", 0, NULL, "gzip in blocks, for readers that work in parallel", GROUP_FILES,
	  0 },
	{ "report", 0, "FILE", "what was done, as JSON: counts, never a value", GROUP_FILES,
	  0 },
	{ "threads", 'j', "N", "workers (default: one for each core)", GROUP_RESOURCES, 0 },
	{ "memory", 0, "SIZE", "use no more; K, M or G may follow", GROUP_RESOURCES, 0 },
	{ "isa", 0, "NAME", "instruction set; 'sluice version' lists them", GROUP_RESOURCES,
	  0 },
	{ "chunk-bytes", 0, "N", "the unit of work", GROUP_RESOURCES, FLAG_HIDDEN },
	{ "quiet", 'q', NULL, "errors only", GROUP_OTHER, 0 },
	{ 0 },
};

static const char *const examples[] = {
	"sluice run -g sex --rows n --partial part1.csv -o part1.partial",
	"sluice merge part1.partial part2.partial -o counts.csv",
	"sluice merge --partial 2024-*.partial -o 2024.partial",
	NULL,
};

const struct command command_merge = {
	.name = "merge",
	.usage = "[-o OUTPUT] PARTIAL...",
	.summary = "join partial tables of groups, and protect what they make",
	.about = "A table that is too large for one machine, or comes in parts, is grouped "
		 "part by\n"
		 "part with 'sluice run --partial'.  Merging gives the bytes that one run over "
		 "the\n"
		 "whole would have given, in any order and however it was split.  The partial\n"
		 "tables hold the plan, and must all have been made by the same one.  Their\n"
		 "groups are not protected: they must not be released.",
	.examples = examples,
	.flags = flags,
	.exits = true,
	.sandboxed = true,
	.run = run,
};
