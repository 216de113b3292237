#include "command.h"
#include "msg.h"
#include "sandbox.h"

static int run(const struct args *args)
{
	const char *text, *version;
	char sandbox[SANDBOX_TEXT];

	if (args->n_operands && args->command == &command_version)
		return msg_usage(args->command, "takes no arguments");
	out("sluice %s\ninstruction set: %s (of", SLUICE_VERSION, sluice_isa_at(0));
	for (size_t i = 0; (text = sluice_isa_at(i)); i++)
		out("%s %s", i ? "," : "", text);
	out(")\nlibraries:");
	for (size_t i = 0; (text = sluice_library_at(i, &version)); i++)
		out("%s %s %s", i ? "," : "", text, version);
	out("\nsandbox: %s\n", sandbox_text(sandbox));
	return 0;
}

const struct command command_version = {
	.name = "version",
	.usage = "",
	.summary = "version, instruction set picked, libraries, sandbox",
	.about = "Print the version, the instruction set that is used among those that this\n"
		 "machine can run, the libraries at work, and what the system offers to shut "
		 "the\n"
		 "work in with its files.",
	.run = run,
};
