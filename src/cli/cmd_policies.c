#include "command.h"
#include "msg.h"

#include <string.h>

enum { NAME, THRESHOLD, ZEROS, TOKEN, ROUNDING, N_COLUMNS };

static const char *const titles[N_COLUMNS] = { "name", "threshold", "zeros", "redacted as",
	                                       "rounding" };

static const char *cell(const struct sluice_policy_info *p, int column)
{
	switch (column) {
	case NAME: return p->name;
	case THRESHOLD: return p->threshold;
	case ZEROS: return p->zeros;
	case TOKEN: return p->token;
	default: return p->rounding;
	}
}

static int run(const struct args *args)
{
	const struct sluice_policy_info *p;
	size_t width[N_COLUMNS];

	if (args->n_operands)
		return msg_usage(args->command, "takes no arguments");
	for (int c = 0; c < N_COLUMNS; c++) {
		width[c] = strlen(titles[c]);
		for (size_t i = 0; (p = sluice_policy_at(i)); i++)
			if (strlen(cell(p, c)) > width[c])
				width[c] = strlen(cell(p, c));
		out("%-*s  ", (int)width[c], titles[c]);
	}
	out("notes\n");
	for (size_t i = 0; (p = sluice_policy_at(i)); i++) {
		for (int c = 0; c < N_COLUMNS; c++)
			out("%-*s  ", (int)width[c], cell(p, c));
		out("%s\n", p->note);
	}
	return 0;
}

static const char *const examples[] = {
	"sluice policies",
	"sluice run --policy hes -c n table.csv",
	NULL,
};

const struct command command_policies = {
	.name = "policies",
	.usage = "",
	.summary = "the built-in policies with their numbers",
	.about = "Print the policies that --policy and a plan may name: counts up to the "
		 "threshold\n"
		 "(zero among them, if zeros are redacted) are written as the token, the "
		 "others\n"
		 "are rounded.",
	.examples = examples,
	.run = run,
};
