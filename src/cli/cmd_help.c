#include "command.h"
#include "docs.h"
#include "msg.h"

static int run(const struct args *args)
{
	const char *shell = args_value(args, "completion");

	if (args->n_operands > 1)
		return msg_usage(args->command, "too many arguments");
	if (args_has(args, "man")) {
		man_page();
	} else if (shell) {
		if (!completion(shell))
			return msg_usage(args->command, "no completion for '%.64s'", shell);
	} else if (!args->n_operands) {
		help_program();
	} else {
		const struct command *c = command_find(args->operands[0]);

		if (!c)
			return help_unknown(args->operands[0]);
		help_command(c);
	}
	return 0;
}

static const struct flag flags[] = {
	{ "man", 0, NULL, "the man page, for man(1)", GROUP_OTHER, 0 },
	{ "completion", 0, "bash|zsh|fish", "what the shell needs to complete sluice's flags",
	  GROUP_OTHER, 0 },
	{ 0 },
};

static const char *const examples[] = {
	"sluice help run",
	"sluice help --man | man -l -",
	"source <(sluice help --completion bash)",
	NULL,
};

const struct command command_help = {
	.name = "help",
	.usage = "[COMMAND]",
	.summary = "how a command is used",
	.about = "Print how a command is used, or what there is.",
	.examples = examples,
	.flags = flags,
	.run = run,
};
