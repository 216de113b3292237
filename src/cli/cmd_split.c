/*
 * cmd_split.c - where a large table can be cut, as JSON
 */
#include "command.h"
#include "load.h"
#include "msg.h"
#include "one_table.h"
#include "progress.h"
#include "sandbox.h"

#include <stdlib.h>

#define PIECES_MAX 1000000

static int print(bool bgzf, const struct sluice_piece *header,
                 const struct sluice_piece *pieces, size_t n)
{
	out("{\"container\": \"%s\", \"bytes\": %llu, \"header\": %llu, \"pieces\": [",
	    bgzf ? "bgzf" : "plain", (unsigned long long)pieces[n - 1].end,
	    (unsigned long long)header->end);
	for (size_t i = 0; i < n; i++) {
		out("%s\n {\"start\": %llu, \"end\": %llu, \"line\": %llu", i ? "," : "",
		    (unsigned long long)pieces[i].start, (unsigned long long)pieces[i].end,
		    (unsigned long long)pieces[i].line);
		if (bgzf)
			out(", \"block\": %llu, \"skip\": %lu",
			    (unsigned long long)pieces[i].block, (unsigned long)pieces[i].skip);
		out("}");
	}
	out("\n]}\n");
	return 0;
}

static int index_of(const struct args *args, uint64_t n)
{
	struct sluice_options options = SLUICE_OPTIONS_INIT;
	enum sluice_container container;
	struct sluice_piece header, *pieces = malloc((size_t)n * sizeof(*pieces));
	const struct sandbox_name input = { args->operands[0], SANDBOX_READ };
	struct sluice_error err = { 0 };
	size_t found = (size_t)n;
	int status = load_options(args, &options);

	if (!status)
		status = sandbox_enter(args, &input, 1);
	if (!status && !pieces)
		status = msg_fail(SLUICE_E_MEMORY, "out of memory");
	if (!status) {
		one_table_begin(args, &options);
		if (sluice_split_index(args->operands[0], &options, &container, &header, pieces,
		                       &found, &err))
			status = msg_error(&err);
		progress_clear();
		if (!status)
			status = print(container == SLUICE_BGZF, &header, pieces, found);
	}
	free(pieces);
	return status;
}

static int run(const struct args *args)
{
	uint64_t n = 0;
	const int status = args_number(args, "index", false, 1, PIECES_MAX, &n);

	if (status)
		return status;
	if (!n)
		return msg_usage(args->command, "say into how many pieces: '--index N'");
	if (args->n_operands != 1 || !one_table_name(args->operands[0]))
		return msg_usage(args->command, "name the one table that is to be cut");
	return index_of(args, n);
}

static const struct flag flags[] = {
	{ "index", 0, "N", "print where up to N pieces begin and end", GROUP_TABLE, 0 },
	{ "threads", 'j', "N", "workers (default: one for each core)", GROUP_RESOURCES, 0 },
	{ "isa", 0, "NAME", "instruction set; 'sluice version' lists them", GROUP_RESOURCES,
	  0 },
	{ "chunk-bytes", 0, "N", "the unit of work", GROUP_RESOURCES, FLAG_HIDDEN },
	{ "quiet", 'q', NULL, "errors only", GROUP_OTHER, 0 },
	{ 0 },
};

static const char *const examples[] = {
	"sluice split --index 16 huge.csv",
	"sluice split --index 16 huge.csv.bgz",
	NULL,
};

const struct command command_split = {
	.name = "split",
	.usage = "--index N INPUT",
	.summary = "say where a large table can be cut into pieces",
	.about =
		"Where a CSV file, plain or BGZF, can be cut so that no record is, whatever "
		"its\n"
		"quotes hold: byte offsets as JSON, with the line on which each piece begins.\n"
		"A piece behind the header's bytes is a table that 'sluice run' takes from a\n"
		"pipe; what comes out of the pieces, each without its header, is what comes "
		"out\n"
		"of the whole.  Of BGZF the offsets are those of the uncompressed table; "
		"'block'\n"
		"is where in the file to begin to inflate, 'skip' what to pass over then.  "
		"Other\n"
		"gzip can only be read from its start, so it is refused.  Nothing is written.",
	.examples = examples,
	.flags = flags,
	.sandboxed = true,
	.exits = true,
	.run = run,
};
