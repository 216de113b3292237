#include "load.h"
#include "command.h"
#include "msg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLAN_MAX    (1u << 20)
#define CHUNK_MAX   (16u << 20)
#define THREADS_MAX 256

/* All of the file, at most PLAN_MAX bytes and one more; -1 = failed, see errno. */
static ssize_t slurp(int fd, char *text)
{
	size_t len = 0;

	while (len <= PLAN_MAX) {
		const ssize_t n = read(fd, text + len, PLAN_MAX + 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

static int parse(const char *text, size_t len, const char *source, struct sluice_plan **plan)
{
	struct sluice_error err = { 0 };

	if (sluice_plan_parse(text, len, source, plan, &err))
		return msg_error(&err);
	return 0;
}

int load_text(const char *path, char **out_text, size_t *out_len)
{
	const bool is_stdin = !strcmp(path, "-");
	const int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text = malloc(PLAN_MAX + 1);
	ssize_t len = -1;
	int status = 0;

	if (!text)
		status = msg_fail(SLUICE_E_MEMORY, "out of memory");
	else if (fd < 0 || (len = slurp(fd, text)) < 0)
		status = msg_fail(SLUICE_E_IO, "%s: %s", path, strerror(errno));
	else if (len > (ssize_t)PLAN_MAX)
		status = msg_fail(SLUICE_E_PLAN, "%s: a plan of more than 1 MiB", path);
	if (fd >= 0 && !is_stdin)
		close(fd);
	if (status) {
		free(text);
		text = NULL;
	}
	*out_text = text;
	*out_len = status ? 0 : (size_t)len;
	return status;
}

int load_file(const char *path, struct sluice_plan **plan)
{
	size_t len;
	char *text;
	int status = load_text(path, &text, &len);

	if (!status)
		status = parse(text, len, strcmp(path, "-") ? path : "<stdin>", plan);
	free(text);
	return status;
}

/* What --plan or --config say; *base stays NULL without them. */
static int load_base(const struct args *args, struct sluice_plan **base)
{
	const char *path = args_value(args, "plan"), *config = args_value(args, "config");

	if (path && config)
		return msg_usage(args->command, "'--plan' and '--config' exclude each other");
	if (path && !strcmp(path, "-"))
		return msg_usage(
			args->command,
			"the plan can't come from standard input, '--config' takes one");
	if (path)
		return load_file(path, base);
	return config ? parse(config, strlen(config), "<config>", base) : 0;
}

int load_plan(const struct args *args, struct sluice_plan **plan)
{
	struct sluice_plan *base = NULL;
	struct sluice_error err = { 0 };
	enum sluice_status status;
	int exit_status;

	*plan = NULL;
	exit_status = load_base(args, &base);
	if (exit_status)
		return exit_status;
	status = sluice_plan_begin(base, plan, &err);
	for (size_t i = 0; i < args->n_given && !status; i++)
		if (args->given[i].flag->how & FLAG_PLAN)
			status = sluice_plan_add(*plan, args->given[i].flag->name,
			                         args->given[i].value, &err);
	if (!status)
		status = sluice_plan_finish(*plan, &err);
	sluice_plan_free(base);
	if (!status)
		return 0;
	sluice_plan_free(*plan);
	*plan = NULL;
	return msg_error(&err);
}

/* --isa: one of those that this machine can run. */
static int load_isa(const struct args *args, struct sluice_options *options)
{
	const char *wanted = args_value(args, "isa"), *isa;
	char names[256] = "";
	size_t len = 0;

	if (!wanted)
		return 0;
	for (size_t i = 0; (isa = sluice_isa_at(i)); i++) {
		if (!strcmp(isa, wanted)) {
			options->isa = isa;
			return 0;
		}
		if (len < sizeof(names))
			len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
			                        len ? ", " : "", isa);
	}
	return msg_usage(args->command, "no instruction set '%.64s' here, there is %s", wanted,
	                 names);
}

int load_options(const struct args *args, struct sluice_options *options)
{
	uint64_t threads = 0, chunk = 0;
	int status = args_number(args, "threads", false, 0, THREADS_MAX, &threads);

	if (!status)
		status = args_number(args, "memory", true, 1, UINT64_MAX,
		                     &options->memory_limit);
	if (!status)
		status = args_number(args, "chunk-bytes", true, 1, CHUNK_MAX, &chunk);
	if (!status)
		status = load_isa(args, options);
	options->threads = (unsigned)threads;
	options->chunk_bytes = (uint32_t)chunk;
	return status;
}

bool same_file(const char *a, const char *b)
{
	const char *name_a = strrchr(a, '/'), *name_b = strrchr(b, '/');
	char folder_a[4096], folder_b[4096];
	struct stat x, y;

	if (!stat(a, &x) && !stat(b, &y))
		return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
	name_a = name_a ? name_a + 1 : a;
	name_b = name_b ? name_b + 1 : b;
	if (strcmp(name_a, name_b) != 0)
		return false;
	snprintf(folder_a, sizeof(folder_a), "%.*s.", (int)(name_a - a), a);
	snprintf(folder_b, sizeof(folder_b), "%.*s.", (int)(name_b - b), b);
	return !stat(folder_a, &x) && !stat(folder_b, &y) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

bool is_descriptor(const char *name, int fd)
{
	struct stat x, y;

	return !stat(name, &x) && !fstat(fd, &y) && S_ISREG(x.st_mode) &&
	       x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}
