/*
 * cmd_run.c - one table through a plan: the pipe stage
 */
#include "command.h"
#include "load.h"
#include "msg.h"
#include "one_table.h"
#include "progress.h"
#include "sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Input and output from the command line. */
static int take_files(const struct args *args, struct sluice_job *job)
{
	const char *output = args_value(args, "output");

	if (args->n_operands > 1)
		return msg_usage(args->command, "one table at a time: '%.64s' is too many",
		                 args->operands[1]);
	if (output && !*output)
		return msg_usage(args->command, "'--output' needs a name");
	if (args->n_operands && !*args->operands[0])
		return msg_usage(args->command, "the input needs a name");
	job->input = args->n_operands ? one_table_name(args->operands[0]) : NULL;
	job->input_fd = STDIN_FILENO;
	job->output = one_table_name(output);
	job->output_fd = STDOUT_FILENO;
	if (!args->n_operands && isatty(STDIN_FILENO))
		return msg_usage(args->command, "no input: name a file or pipe one in");
	return 0;
}

/* Whether the name means the input or output, which may be a redirected file. */
static bool is_input(const struct sluice_job *job, const char *name)
{
	return job->input ? same_file(name, job->input) : is_descriptor(name, STDIN_FILENO);
}

static bool is_output(const struct sluice_job *job, const char *name)
{
	return job->output ? same_file(name, job->output) : is_descriptor(name, STDOUT_FILENO);
}

/* The report and the plan may be neither the table that is read nor the one that is written. */
static int check_names(const struct args *args, const struct sluice_job *job,
                       const struct sluice_options *options)
{
	const char *report = args_value(args, "report"), *plan = args_value(args, "plan");

	if (report && (!*report || !strcmp(report, "-")))
		return msg_usage(args->command, "'--report' needs the name of a file");
	if (report && (is_input(job, report) || is_output(job, report) ||
	               (plan && same_file(report, plan))))
		return msg_usage(args->command,
		                 "the report can't be the input, the output or the plan");
	if (plan && is_output(job, plan))
		return msg_usage(args->command, "the output can't have the name of the plan");
	if (job->partial && options->container != SLUICE_BY_NAME)
		return msg_usage(args->command, "a partial table is not compressed");
	return 0;
}

/* Nor may they take the place of what the plan reads besides. */
static int check_files(const struct args *args, const struct sluice_job *job)
{
	const char *name;

	for (size_t i = 0; (name = sluice_plan_file(job->plan, i)); i++)
		if (is_output(job, name) || (job->report && same_file(job->report, name)))
			return msg_usage(args->command,
			                 "the plan reads '%.64s': it can't be written, too",
			                 name);
	return 0;
}

/* Everything that the job will open. */
static int shut_in(const struct args *args, const struct sluice_job *job,
                   const struct sluice_options *options)
{
	struct sandbox_name *names;
	size_t n = 0, n_files = 0;
	int status;

	while (sluice_plan_file(job->plan, n_files))
		n_files++;
	names = calloc(n_files + 4, sizeof(*names));
	if (!names)
		return msg_fail(SLUICE_E_MEMORY, "out of memory");
	names[n++] = (struct sandbox_name){ job->input, SANDBOX_READ };
	names[n++] = (struct sandbox_name){ job->output, SANDBOX_OUTPUT };
	names[n++] = (struct sandbox_name){ job->report, SANDBOX_OUTPUT };
	if (sluice_plan_groups(job->plan))
		names[n++] = (struct sandbox_name){ options->temp_folder, SANDBOX_SPOOL };
	for (size_t i = 0; i < n_files; i++)
		names[n++] =
			(struct sandbox_name){ sluice_plan_file(job->plan, i), SANDBOX_READ };
	status = sandbox_enter(args, names, n);
	free(names);
	return status;
}

static int run_job(const struct args *args, const struct sluice_job *job,
                   struct sluice_options *options)
{
	struct sluice_error err = { 0 };
	int status = shut_in(args, job, options);

	if (status)
		return status;
	one_table_begin(args, options);
	if (sluice_run(job, options, NULL, &err))
		status = msg_error(&err);
	progress_clear();
	return status;
}

static int run(const struct args *args)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	struct sluice_job job = { 0 };
	struct sluice_plan *plan = NULL;
	int status = take_files(args, &job);

	job.partial = args_has(args, "partial");
	if (!status)
		status = one_table_container(args, &job, &options);
	if (!status)
		status = load_options(args, &options);
	if (!status)
		status = check_names(args, &job, &options);
	if (!status)
		status = load_plan(args, &plan);
	job.plan = plan;
	job.report = args_value(args, "report");
	if (!status)
		status = check_files(args, &job);
	if (!status)
		status = run_job(args, &job, &options);
	sluice_plan_free(plan);
	return status;
}

static const struct flag flags[] = {
	{ "where", 'w', "COL=V[,V...]", "only rows with these values; COL!=V: without them",
	  GROUP_RULES, FLAG_PLAN | FLAG_REPEATS },
	{ "plan", 'p', "FILE", "rules from a plan (YAML or JSON); flags add to them",
	  GROUP_RULES, 0 },
	{ "config", 0, "JSON", "the same as an argument", GROUP_RULES, 0 },
	{ "other", 0, "keep|drop|refuse",
	  "columns that no rule names; run keeps them and says so, a plan refuses", GROUP_RULES,
	  FLAG_PLAN },
	{ "group-by", 'g', "COLS",
	  "rows with the same values become one; not over a plan that groups", GROUP_GROUPS,
	  FLAG_PLAN },
	{ "rows", 0, "NAME", "a column with the number of a group's rows", GROUP_GROUPS,
	  FLAG_PLAN },
	{ "persons", 0, "NAME=COL", "the number of distinct values of COL", GROUP_GROUPS,
	  FLAG_PLAN | FLAG_REPEATS },
	{ "sum", 0, "NAME=COL", "the sum of COL: counts, or T and F", GROUP_GROUPS,
	  FLAG_PLAN | FLAG_REPEATS },
	{ "contributor", 0, "NAME=COL", "whose the rows of the sum NAME are", GROUP_GROUPS,
	  FLAG_PLAN | FLAG_REPEATS },
	{ "dominance", 0, "NAME=N,K", "hide the sum where its N largest have over K %",
	  GROUP_GROUPS, FLAG_PLAN | FLAG_REPEATS },
	{ "p-percent", 0, "NAME=P",
	  "hide the sum where the second could reckon the first to P %", GROUP_GROUPS,
	  FLAG_PLAN | FLAG_REPEATS },
	{ "mean", 0, "NAME=COL", "the mean of COL, and as NAME_n the number of its values",
	  GROUP_GROUPS, FLAG_PLAN | FLAG_REPEATS },
	{ "bins", 0, "COL=0,18,65", "bands of numbers; of dates: COL=month|quarter|year",
	  GROUP_GROUPS, FLAG_PLAN | FLAG_REPEATS },
	{ "totals", 0, "COLS", "rows with Total for these columns, too", GROUP_GROUPS,
	  FLAG_PLAN },
	{ "totals-from", 0, "released|raw",
	  "totals add up what is released (default), or are cells of their own", GROUP_GROUPS,
	  FLAG_PLAN },
	{ "partial", 0, NULL,
	  "write the groups as they are, for 'sluice merge': never to be released",
	  GROUP_GROUPS, 0 },
	{ "protect", 0, "COLS",
	  "redact further counts, so that none follows from totals; COLS name the groups",
	  GROUP_PROTECT, FLAG_PLAN | FLAG_REPEATS },
	{ "protect-total", 0, "[COL=]CODE", "the code of totals (default: Total)",
	  GROUP_PROTECT, FLAG_PLAN | FLAG_REPEATS },
	{ "protect-parents", 0, "COL=FILE", "codes of groups of codes: lines of code,parent",
	  GROUP_PROTECT, FLAG_PLAN | FLAG_REPEATS },
	{ "protect-nested", 0, "OUTER/INNER", "each code of INNER lies in one of OUTER",
	  GROUP_PROTECT, FLAG_PLAN | FLAG_REPEATS },
	{ "protect-open", 0, "COLS", "whose codes leave some people out: totals are more",
	  GROUP_PROTECT, FLAG_PLAN | FLAG_REPEATS },
	{ "protect-at-most", 0, "COL<=COL", "a count that is never more than another",
	  GROUP_PROTECT, FLAG_PLAN | FLAG_REPEATS },
	{ "protect-method", 0, "suppress|small-counts|controlled",
	  "redact more (default), or change counts so that they add up", GROUP_PROTECT,
	  FLAG_PLAN },
	{ "protect-seconds", 0, "N", "refuse what is not proven by then (default: 60)",
	  GROUP_PROTECT, FLAG_PLAN },
	{ "protect-singletons", 0, NULL,
	  "nor may sums of redacted counts of 1 (or, where zeros are redacted, of 0) follow",
	  GROUP_PROTECT, FLAG_PLAN },
	{ "protect-group", 0, "N",
	  "nor that all of a total, but for N people at most, are in one part", GROUP_PROTECT,
	  FLAG_PLAN },
	{ "policy", 0, "NAME", "'sluice policies' lists them (default: opensafely)",
	  GROUP_POLICY, FLAG_PLAN },
	{ "threshold", 0, "N", "redact counts up to N; none = redact nothing", GROUP_POLICY,
	  FLAG_PLAN },
	{ "zeros", 0, "redact|keep", "what becomes of a count of 0", GROUP_POLICY, FLAG_PLAN },
	{ "round-to", 0, "N", "round counts to multiples of N; 1 = not at all", GROUP_POLICY,
	  FLAG_PLAN },
	{ "rounding", 0, "nearest|half-up|midpoint|up|down", "how; nearest takes ties to even",
	  GROUP_POLICY, FLAG_PLAN },
	{ "token", 0, "TEXT", "what stands for a redacted count", GROUP_POLICY, FLAG_PLAN },
	{ "digits", 0, "N", "decimals of ratios and means (default: as many as it takes)",
	  GROUP_POLICY, FLAG_PLAN },
	{ "suffix", 0, "TEXT",
	  "add TEXT, or what the policy offers, to the names of rounded columns", GROUP_POLICY,
	  FLAG_PLAN | FLAG_OPTIONAL },
	{ "delimiter", 0, "C", "the character between fields, or tab (default: a comma)",
	  GROUP_TABLE, FLAG_PLAN },
	{ "missing", 0, "TEXT", "a text that stands for no count, besides empty and NA",
	  GROUP_TABLE, FLAG_PLAN | FLAG_REPEATS },
	{ "crlf", 0, NULL, "end the lines of the output with CRLF", GROUP_TABLE, FLAG_PLAN },
	{ "output", 'o', "FILE", "whole or not at all (default: standard output)", GROUP_FILES,
	  0 },
	{ "gzip", 'z', "LEVEL", "gzip, level 1 to 9 (default: if FILE ends in .gz)",
	  GROUP_FILES, FLAG_OPTIONAL },
	{ "bgzf", 0, NULL, "gzip in blocks, for readers that work in parallel", GROUP_FILES,
	  0 },
	{ "report", 0, "FILE", "what was done, as JSON: counts, never a value", GROUP_FILES,
	  0 },
	{ "threads", 'j', "N", "workers (default: one for each core)", GROUP_RESOURCES, 0 },
	{ "memory", 0, "SIZE",
	  "use no more; K, M or G may follow (groups go to disk then, else it fails)",
	  GROUP_RESOURCES, 0 },
	{ "temp", 0, "FOLDER",
	  "for groups that memory has no room for (default: $TMPDIR, /tmp)", GROUP_RESOURCES,
	  0 },
	{ "isa", 0, "NAME", "instruction set; 'sluice version' lists them", GROUP_RESOURCES,
	  0 },
	{ "chunk-bytes", 0, "N", "the unit of work", GROUP_RESOURCES, FLAG_HIDDEN },
	{ "progress", 0, NULL, "show progress at once, also where stderr is no terminal",
	  GROUP_OTHER, 0 },
	{ "quiet", 'q', NULL, "errors only", GROUP_OTHER, 0 },
	{ 0 },
};

static const char *const examples[] = {
	"sluice run -d patient_id -c numerator,denominator table.csv -o out.csv",
	"sluice run -c n,total --percent share=n/total --policy hes table.csv.gz",
	"zcat big.csv.gz | sluice run -c 'n_*' -w sex=F,M -z > out.csv.gz",
	"sluice run -g sex,age --bins age=0,18,40,65 --rows n --persons people=id visits.csv",
	"sluice run -p plan.yaml table.csv -o out.csv --report report.json",
	NULL,
};

const struct command command_run = {
	.name = "run",
	.usage = "[RULES] [-o OUTPUT] [INPUT]",
	.summary = "one table through disclosure control: the pipe stage",
	.about = "Carry one CSV table, plain or gzipped, through disclosure control: choose "
		 "rows,\n"
		 "group them, drop columns, redact small counts, round the others, compute "
		 "ratios\n"
		 "again; in this order, whatever the order of the flags.  Without INPUT, or "
		 "with\n"
		 "'-', standard input is read.  OUTPUT appears only if everything succeeded.",
	.examples = examples,
	.flags = flags,
	.rules = true,
	.sandboxed = true,
	.exits = true,
	.run = run,
};
