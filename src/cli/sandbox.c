/*
 * sandbox.c - the process shuts itself in
 *
 * In this order, since each step needs what a later one takes away: no new privileges, no
 * core, no debugger; Landlock, which knows files; seccomp, which knows system calls.
 * Where one of the two is missing the other is used all the same.
 */
#include "sandbox.h"
#include "command.h"
#include "msg.h"
#include "sandbox_calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct flag sandbox_flag = {
	"sandbox",
	0,
	"auto|require|off",
	"shut the work in with its files; require: or fail (default: auto, which says where it "
	"can't)",
	GROUP_RESOURCES,
	0
};

#if defined(__linux__) && !defined(NO_SANDBOX)
#define BUILT_IN true

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Landlock, which headers may know less of than the kernel -------------------------------- */

#ifndef SYS_landlock_create_ruleset /* the same on every architecture */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

enum {
	ACCESS_WRITE_FILE = 1 << 1,
	ACCESS_READ_FILE = 1 << 2,
	ACCESS_READ_DIR = 1 << 3,
	ACCESS_REMOVE_DIR = 1 << 4,
	ACCESS_REMOVE_FILE = 1 << 5,
	ACCESS_MAKE_DIR = 1 << 7,
	ACCESS_MAKE_REG = 1 << 8,
	ACCESS_REFER = 1 << 13, /* rename from folder to folder: since version 2 */
};

struct ruleset {
	uint64_t files, network, scoped;
};

struct __attribute__((packed)) beneath {
	uint64_t allowed;
	int32_t fd;
};

/* What each version can deny, in its own first members: all of it is denied. */
static const struct {
	struct ruleset denies;
	size_t size;
} versions[] = {
	{ { 0x1FFF, 0, 0 }, 8 },  { { 0x3FFF, 0, 0 }, 8 },  { { 0x7FFF, 0, 0 }, 8 },
	{ { 0x7FFF, 3, 0 }, 16 }, { { 0xFFFF, 3, 0 }, 16 }, { { 0xFFFF, 3, 3 }, 24 },
};

static int version_here(void)
{
	const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);

	return version > 0 ? (int)version : 0;
}

/* The folder that a file of that name is in. */
static bool folder_of(const char *name, char folder[4096])
{
	const char *slash = strrchr(name, '/');
	const size_t len = slash ? (size_t)(slash - name) + 1 : 1;

	if (len >= 4096)
		return false;
	memcpy(folder, slash ? name : ".", len);
	folder[len] = '\0';
	return true;
}

static uint64_t access_for(const struct sandbox_name *n, int fd)
{
	struct stat st;
	const bool is_folder = !fstat(fd, &st) && S_ISDIR(st.st_mode);

	switch (n->how) {
	case SANDBOX_OUTPUT:
		return ACCESS_READ_DIR | ACCESS_WRITE_FILE | ACCESS_MAKE_REG |
		       ACCESS_REMOVE_FILE;
	case SANDBOX_SPOOL:
	case SANDBOX_APPENDED:
		return ACCESS_READ_DIR | ACCESS_READ_FILE | ACCESS_WRITE_FILE |
		       ACCESS_MAKE_REG | ACCESS_REMOVE_FILE;
	case SANDBOX_FOLDER:
		return ACCESS_READ_DIR | ACCESS_READ_FILE | ACCESS_WRITE_FILE |
		       ACCESS_MAKE_REG | ACCESS_MAKE_DIR | ACCESS_REMOVE_FILE |
		       ACCESS_REMOVE_DIR | ACCESS_REFER;
	case SANDBOX_BESIDE: return ACCESS_READ_DIR | ACCESS_READ_FILE;
	case SANDBOX_MOVED: return ACCESS_MAKE_DIR | ACCESS_REMOVE_DIR | ACCESS_REFER;
	case SANDBOX_TREE:
		if (is_folder)
			return ACCESS_READ_DIR | ACCESS_READ_FILE;
		break;
	case SANDBOX_READ: break;
	}
	return is_folder ? ACCESS_READ_DIR : ACCESS_READ_FILE; /* to be told that it is one */
}

/* What is not there now can't be opened later either; the library will say so. */
static int allow(int ruleset, const struct sandbox_name *n)
{
	struct beneath rule;
	const bool above = n->how == SANDBOX_OUTPUT || n->how == SANDBOX_MOVED ||
	                   n->how == SANDBOX_BESIDE || n->how == SANDBOX_APPENDED;
	char folder[4096];
	int ret, fd;

	if (!n->name || (above && !folder_of(n->name, folder)))
		return 0;
	fd = open(above ? folder : n->name, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return 0;
	rule = (struct beneath){ access_for(n, fd), fd };
	ret = (int)syscall(SYS_landlock_add_rule, ruleset, 1, &rule, 0);
	close(fd);
	return ret && errno != EBADFD ? -1 : 0; /* EBADFD: a pipe, which needs no rule */
}

/* The version that it takes: the first one lets nothing be renamed from folder to folder. */
static int version_for(const struct sandbox_name *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (names[i].how == SANDBOX_FOLDER || names[i].how == SANDBOX_MOVED)
			return 2;
	return 1;
}

static int limit_files(const struct sandbox_name *names, size_t n)
{
	static const struct sandbox_name own = { "/proc/self/status",
		                                 SANDBOX_READ }; /* umask */
	const int version = version_here();
	const size_t most = sizeof(versions) / sizeof(*versions);
	const size_t v = (size_t)version < most ? (size_t)version : most;
	int ruleset, ret;

	if (version < version_for(names, n))
		return -1;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &versions[v - 1].denies,
	                       versions[v - 1].size, 0);
	if (ruleset < 0)
		return -1;
	ret = allow(ruleset, &own);
	for (size_t i = 0; i < n && !ret; i++)
		ret = allow(ruleset, &names[i]);
	if (!ret)
		ret = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
	return ret;
}

/* ---- all of it ---------------------------------------------------------------------------------- */

/* What is missing, as a text; NULL = nothing. */
static const char *enter(const struct sandbox_name *names, size_t n)
{
	const struct rlimit none = { 0, 0 };
	bool files, calls;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return "privileges can't be given up";
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || setrlimit(RLIMIT_CORE, &none))
		return "core dumps can't be forbidden";
	files = !limit_files(names, n);
	calls = !sandbox_calls_limit();
	if (files && calls)
		return NULL;
	return files   ? "no seccomp filters"
	       : calls ? "no Landlock"
	               : "no Landlock, no seccomp filters";
}

const char *sandbox_text(char text[SANDBOX_TEXT])
{
	const int version = version_here();
	char landlock[32] = "no Landlock";

	if (version)
		snprintf(landlock, sizeof(landlock), "Landlock %d", version);
	snprintf(text, SANDBOX_TEXT, "%s, %s", landlock,
	         sandbox_calls_known() ? "seccomp" : "no seccomp filters");
	return text;
}

#else
#define BUILT_IN false /* nobody expects it: no note */

static const char *enter(const struct sandbox_name *names, size_t n)
{
	(void)names, (void)n;
	return "none is built in";
}

const char *sandbox_text(char text[SANDBOX_TEXT])
{
	memcpy(text, "none is built in", sizeof("none is built in"));
	return text;
}

#endif

int sandbox_enter(const struct args *args, const struct sandbox_name *names, size_t n)
{
	const char *wanted = args_value(args, "sandbox"), *missing;
	const bool required = wanted && !strcmp(wanted, "require");
	char note[160];

	if (wanted && !strcmp(wanted, "off"))
		return 0;
	if (wanted && !required && strcmp(wanted, "auto") != 0)
		return msg_usage(args->command, "'--sandbox' is auto, require or off");
	missing = enter(names, n);
	if (missing && required)
		return msg_fail(SLUICE_E_IO, "the sandbox is not whole here: %s", missing);
	if (missing && BUILT_IN && !args_has(args, "quiet")) {
		snprintf(note, sizeof(note),
		         "the sandbox is not whole here: %s (--sandbox=off accepts that, "
		         "--sandbox=require refuses)",
		         missing);
		msg_note(note);
	}
	return 0;
}

int sandbox_enter_for(const struct args *args, const struct sluice_use *uses, size_t n,
                      const struct sandbox_name *more, size_t n_more)
{
	static const int how[] = { [SLUICE_READS] = SANDBOX_READ,
		                   [SLUICE_FILLS] = SANDBOX_FOLDER,
		                   [SLUICE_REPLACES] = SANDBOX_OUTPUT,
		                   [SLUICE_MOVES] = SANDBOX_MOVED,
		                   [SLUICE_APPENDS] = SANDBOX_APPENDED };
	struct sandbox_name *names = calloc(n + n_more + 1, sizeof(*names));
	int status;

	if (!names)
		return msg_fail(SLUICE_E_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++) {
		names[i].name = uses[i].path;
		names[i].how = how[uses[i].kind];
	}
	if (n_more)
		memcpy(names + n, more, n_more * sizeof(*more));
	status = sandbox_enter(args, names, n + n_more);
	free(names);
	return status;
}
