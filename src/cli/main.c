#include "command.h"
#include "docs.h"
#include "msg.h"
#include "signals.h"

#include <string.h>

static const struct command *const commands[] = {
	&command_run,      &command_merge,   &command_split,   &command_release,
	&command_check,    &command_audit,   &command_project, &command_plan,
	&command_policies, &command_version, &command_help,
};

const struct command *command_at(size_t i)
{
	return i < sizeof(commands) / sizeof(*commands) ? commands[i] : NULL;
}

const struct command *command_find(const char *name)
{
	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		return &command_help;
	if (!strcmp(name, "--version") || !strcmp(name, "-V"))
		return &command_version;
	for (size_t i = 0; command_at(i); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct command *c = argc > 1 ? command_find(argv[1]) : NULL;
	struct args args = { 0 };
	int status;

	signals_fill_descriptors();
	if (argc < 2)
		return msg_usage(NULL, "no command");
	if (!c)
		return help_unknown(argv[1]);
	status = args_parse(&args, c, argc - 2, argv + 2);
	if (!status) {
		if (args_has(&args, "help"))
			help_command(c);
		else if (args_has(&args, "version"))
			status = command_version.run(&args);
		else
			status = c->run(&args);
		if (status <= sluice_exit_status(SLUICE_E_CHECK)) {
			const int end = out_end();

			status = end ? end : status;
		}
	}
	args_free(&args);
	return status;
}
