/* The sandbox: what is named can be done, nothing else, in every thread; and what is said where it can't be whole. */
#include "sandbox_unit.h"

#include "cli/sandbox_calls.h"

#ifdef __linux__

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define LANDLOCK 444

/* Enter as the flag says, with the names of a run. */
static int enter(const char *how)
{
	const struct sandbox_name names[] = { { path[INPUT], SANDBOX_READ },
		                              { path[OUTPUT], SANDBOX_OUTPUT },
		                              { path[TREE], SANDBOX_TREE },
		                              { NULL, SANDBOX_READ },
		                              { "/none/such", SANDBOX_OUTPUT } };
	const struct flag flag = { "sandbox", 0, "", "", GROUP_OTHER, 0 };
	struct given given = { &flag, how };
	const struct args args = { &command_run, &given, 1, NULL, 0 };

	return sandbox_enter(&args, names, LENGTH(names));
}

/* ---- what a run does ------------------------------------------------------------------- */

static void *allocate(void *arg)
{
	void *p = malloc(3 << 20);

	(void)arg;
	if (p)
		memset(p, 1, 3 << 20);
	free(p);
	return p && opens(path[INPUT], O_RDONLY) && !opens(path[OTHER], O_RDONLY) ? arg : NULL;
}

static int work(void)
{
	char text[4] = "", *real;
	pthread_t thread;
	void *done = NULL;
	int fd;

	if (enter("require"))
		return 1;
	if (!opens(path[INPUT], O_RDONLY) || !opens(path[IN_TREE], O_RDONLY) ||
	    !opens("/proc/self/status", O_RDONLY))
		return 2;
	fd = open(path[BESIDE], O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "abc", 3) != 3 || fchmod(fd, 0640) || fsync(fd) || close(fd) ||
	    rename(path[BESIDE], path[OUTPUT]))
		return 3;
	fd = open(path[OUT_FOLDER], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) || close(fd) || unlink(path[OUTPUT]))
		return 4;
	real = realpath(path[INPUT], NULL);
	if (!real || isatty(0) < 0 || read(fd, text, 0) == 0)
		return 5;
	free(real);
	if (pthread_create(&thread, NULL, allocate, text) || pthread_join(thread, &done) ||
	    done != text)
		return 6;
	raise(SIGTERM);
	return 7;
}

static void a_run_can_do_its_work(void **state)
{
	(void)state;
	assert_int_equal(child(work), 128 + SIGTERM);
}

/* ---- what it does not -------------------------------------------------------------------- */

static int look_elsewhere(void)
{
	if (enter("require"))
		return 100;
	return opens(path[OTHER], O_RDONLY) + 2 * opens("/etc/passwd", O_RDONLY) +
	       4 * opens(path[ELSEWHERE], O_CREAT | O_WRONLY) +
	       8 * opens(path[INPUT], O_WRONLY) + 16 * !mkdir(path[BESIDE], 0700) +
	       32 * !symlink("x", path[BESIDE]) + 64 * opens("/dev/tty", O_RDWR);
}

static int change_others(void)
{
	if (enter("require"))
		return 100;
	return !unlink(path[INPUT]) + 2 * !rename(path[OTHER], path[OUTPUT]) +
	       4 * !link(path[OTHER], path[BESIDE]) + 8 * opens(path[IN_TREE], O_WRONLY) +
	       16 * !rename(path[OUTPUT], path[ELSEWHERE]) + 32 * !kill(getppid(), 0) +
	       64 * (fork() >= 0);
}

static int make_code(void)
{
	void *p;

	if (enter("require"))
		return 100;
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return (p == MAP_FAILED) + 2 * !mprotect(p, 4096, PROT_READ | PROT_EXEC) +
	       4 * (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
	                 0) != MAP_FAILED);
}

static int start_a_program(void)
{
	if (enter("require"))
		return 100;
	execl("/bin/true", "true", (char *)NULL);
	return 1;
}

static int connect_somewhere(void)
{
	return enter("require") ? 100 : socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static int dump_core(void)
{
	struct rlimit limit = { 1, 1 };

	if (enter("require") || getrlimit(RLIMIT_CORE, &limit))
		return 100;
	return limit.rlim_cur || limit.rlim_max;
}

static void it_can_do_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(child(look_elsewhere), 0);
	assert_int_equal(child(change_others), 0);
	assert_int_equal(child(make_code), 0);
	assert_int_equal(child(start_a_program), 128 + SIGSYS);
	assert_int_equal(child(connect_somewhere), 128 + SIGSYS);
	assert_int_equal(child(dump_core), 0);
	assert_int_equal(access(path[OTHER], F_OK), 0);
}

static int look_with_it_off(void)
{
	return enter("off") || !opens(path[OTHER], O_RDONLY);
}

static void off_is_off(void **state)
{
	(void)state;
	assert_int_equal(child(look_with_it_off), 0);
}

/* ---- where the kernel lacks it ------------------------------------------------------------- */

/* That system call is unknown from now on, as on an older kernel or in a container. */
static int forget(uint32_t call)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { LENGTH(code), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* What is said on stderr goes to a file. */
static int said_to(const char *name)
{
	const int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	return fd < 0 || dup2(fd, STDERR_FILENO) < 0;
}

static uint32_t lacking;

static int lack_and_require(void)
{
	return forget(lacking) || said_to(path[OTHER]) ? 100 : enter("require");
}

static int lack_and_go_on(void)
{
	if (forget(lacking) || said_to(path[OTHER]) || enter("auto"))
		return 100;
	return !opens(path[INPUT], O_RDONLY) +
	       2 * (lacking == LANDLOCK ? socket(AF_UNIX, SOCK_STREAM, 0) >= 0
	                                : opens(path[ELSEWHERE], O_RDONLY | O_CREAT));
}

static void assert_said(const char *what)
{
	char text[256] = "";
	const int fd = open(path[OTHER], O_RDONLY);

	assert_true(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	assert_non_null(strstr(text, what));
	assert_int_equal(strcspn(text, "\n"), strlen(text) - 1);
}

static void what_is_missing_is_said_or_refused(void **state)
{
	(void)state;
	lacking = LANDLOCK;
	assert_int_equal(child(lack_and_require), 4);
	assert_said("no Landlock");
	assert_int_equal(child(lack_and_go_on),
	                 128 + SIGSYS); /* of socket(): seccomp is there */
	assert_said("no Landlock (--sandbox=off accepts that");
	lacking = SYS_seccomp;
	assert_int_equal(child(lack_and_require), 4);
	assert_said("no seccomp filters");
	assert_int_equal(child(lack_and_go_on), 0);
	assert_said("no seccomp filters (--sandbox=off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(off_is_off, make_files, remove_files),
		cmocka_unit_test_setup_teardown(a_run_can_do_its_work, make_files,
		                                remove_files),
		cmocka_unit_test_setup_teardown(it_can_do_nothing_else, make_files,
		                                remove_files),
		cmocka_unit_test_setup_teardown(what_is_missing_is_said_or_refused, make_files,
		                                remove_files),
	};
	char text[SANDBOX_TEXT];
	const char *here = sandbox_text(text);

	/* Sanitizers do without, and so do older kernels: the first test needs nothing. */
	if (strstr(here, "no")) {
		printf("SKIPPED what the sandbox does: %s\n", here);
		return _cmocka_run_group_tests("sandbox", tests, 1, NULL, NULL);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void none_is_built_in(void **state)
{
	char text[SANDBOX_TEXT];

	(void)state;
	assert_string_equal(sandbox_text(text), "none is built in");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(none_is_built_in) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
