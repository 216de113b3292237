/*
 * cmd_project.c - what the pipeline will say of a project.yaml
 */
#include "command.h"
#include "load.h"
#include "msg.h"

#include <stdlib.h>
#include <string.h>

static void say_name(const char *what, const char *name)
{
	out("%s", what);
	out_name(name);
	out("': ");
}

static void say(void *ctx, const struct sluice_project_finding *f)
{
	static const char *const severities[] = { "note", "warning", "refused" };
	const char *const *source = ctx;

	out("%s", *source);
	if (f->line)
		out(":%llu:%u", (unsigned long long)f->line, f->column);
	out(": %s: ", severities[f->severity]);
	if (f->action)
		say_name("action '", f->action);
	if (f->file)
		say_name("'", f->file);
	out("%s\n", f->text);
}

/* "a/b" -> "a", "b" -> ".".  Static. */
static const char *folder_of(const char *path)
{
	static char folder[4096];
	const char *slash = strrchr(path, '/');
	const size_t len = slash ? (size_t)(slash - path) : 0;

	if (!slash || len >= sizeof(folder))
		return ".";
	if (!len)
		return "/";
	memcpy(folder, path, len);
	folder[len] = '\0';
	return folder;
}

static int run(const struct args *args)
{
	const char *path = args->n_operands ? args->operands[0] : "project.yaml";
	const char *shown = path;
	struct sluice_error err = { 0 };
	char *text = NULL;
	size_t len = 0;
	int status;

	if (args->n_operands > 1)
		return msg_usage(args->command, "one project at a time: '%.64s' is too many",
		                 args->operands[1]);
	status = load_bytes(path, &text, &len);
	if (!status && sluice_project(text, len, path, folder_of(path), say, &shown, &err)) {
		if (!err.source[0])
			snprintf(err.source, sizeof(err.source), "%.250s", path);
		status = msg_error(&err);
	} else if (!status) {
		out("%s: nothing to refuse\n", path);
	}
	free(text);
	return status;
}

static const char *const examples[] = {
	"sluice project\tproject.yaml of this folder",
	"sluice project study/project.yaml",
	NULL,
};

static const struct flag flags[] = { { 0 } };

const struct command command_project = {
	.name = "project",
	.usage = "[PROJECT]",
	.summary = "what the pipeline will say of a project.yaml and its files",
	.about = "Validate a project.yaml (default: that of this folder) by the pipeline's "
		 "rules "
		 "for\n"
		 "outputs; judge the files that its moderately_sensitive patterns mean now as "
		 "the "
		 "gate\n"
		 "of level 4 will; and name the tables that are released without a plan, or "
		 "that a "
		 "plan\n"
		 "makes but nobody declares.",
	.examples = examples,
	.flags = flags,
	.exits = true,
	.run = run,
};
