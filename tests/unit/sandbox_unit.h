/*
 * sandbox_unit.h - what tests of the sandbox share: a folder with files, and a child that shuts itself in
 */
#ifndef SANDBOX_UNIT_H
#define SANDBOX_UNIT_H

#include "unit.h"

#include "cli/command.h"
#include "cli/msg.h"
#include "cli/sandbox.h"

/* main.c's, for help.c. */
const struct command *command_at(size_t i)
{
	(void)i;
	return NULL;
}

const struct command *command_find(const char *name)
{
	(void)name;
	return NULL;
}

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char top[64], path[8][96]; /* a folder with files, made before each test */
enum { INPUT, OTHER, OUT_FOLDER, OUTPUT, BESIDE, ELSEWHERE, TREE, IN_TREE };

static int make_files(void **state)
{
	static const char *const names[] = {
		"in.csv",   "other.csv",     "out",  "out/o.csv",
		"out/.tmp", "elsewhere.csv", "tree", "tree/a.csv"
	};

	(void)state;
	snprintf(top, sizeof(top), "/tmp/sandbox-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	for (size_t i = 0; i < LENGTH(names); i++) {
		snprintf(path[i], sizeof(path[i]), "%s/%s", top, names[i]);
		if (i == OUT_FOLDER || i == TREE
		            ? mkdir(path[i], 0700)
		            : close(open(path[i], O_CREAT | O_WRONLY, 0600)))
			return -1;
	}
	unlink(path[BESIDE]);
	unlink(path[ELSEWHERE]);
	return 0;
}

static int remove_files(void **state)
{
	(void)state;
	for (size_t i = LENGTH(path); i-- > 0;)
		remove(path[i]);
	return rmdir(top);
}

/* In a child of its own: its exit status, or 128 and the signal that ended it. */
static int child(int (*act)(void))
{
	const pid_t pid = fork();
	int how = 0;

	assert_true(pid >= 0);
	if (!pid)
		_exit(act());
	assert_int_equal(waitpid(pid, &how, 0), pid);
	return WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}

static bool opens(const char *name, int flags)
{
	const int fd = open(name, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

#endif

#endif
