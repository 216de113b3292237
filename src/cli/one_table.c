#include "one_table.h"

#include "msg.h"
#include "progress.h"
#include "signals.h"

#include <string.h>
#include <unistd.h>

static void notice(void *ctx, const char *text)
{
	(void)ctx;
	msg_note(text);
}

const char *one_table_name(const char *name)
{
	return name && strcmp(name, "-") != 0 ? name : NULL;
}

int one_table_container(const struct args *args, const struct sluice_job *job,
                        struct sluice_options *options)
{
	uint64_t level = 0;
	const int status = args_number(args, "gzip", false, 1, 9, &level);

	options->gzip_level = (int)level;
	if (args_has(args, "bgzf"))
		options->container = SLUICE_BGZF;
	else if (args_has(args, "gzip"))
		options->container = SLUICE_GZIP;
	if (!status && options->container != SLUICE_BY_NAME && !job->output &&
	    isatty(STDOUT_FILENO))
		return msg_usage(args->command, "gzip is nothing for a terminal");
	return status;
}

void one_table_begin(const struct args *args, struct sluice_options *options)
{
	static struct sluice_pending pending[SLUICE_PENDING];

	signals_install(pending);
	options->pending = pending;
	options->map_input = true;
	if (args_has(args, "quiet"))
		return;
	options->notice = notice;
	options->progress = progress_step;
	progress_begin(args_has(args, "progress"));
}
