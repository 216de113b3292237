/* The sandbox of a release: its folders are filled and change places, and no others. */
#include "sandbox_unit.h"

#ifdef __linux__

#include <sys/file.h>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

/* OUT_FOLDER changes places with TREE beside it; the table is INPUT. */
static int enter(const char *how)
{
	const struct sluice_use uses[] = { { SLUICE_READS, path[INPUT] },
		                           { SLUICE_FILLS, path[OUT_FOLDER] },
		                           { SLUICE_FILLS, path[TREE] },
		                           { SLUICE_MOVES, path[OUT_FOLDER] } };
	const struct flag flag = { "sandbox", 0, "", "", GROUP_OTHER, 0 };
	struct given given = { &flag, how };
	const struct args args = { &command_release, &given, 1, NULL, 0 };
	const struct sandbox_name none = { NULL, SANDBOX_SPOOL };

	return sandbox_enter_for(&args, uses, LENGTH(uses), &none, 1);
}

/* ---- what it does ------------------------------------------------------------------------- */

static int make_and_rename(void)
{
	int fd;

	if (chdir(path[OUT_FOLDER]) || enter("require") || !opens(path[INPUT], O_RDONLY))
		return 1;
	if (mkdir("stage", 0700) || !opens("stage/0", O_CREAT | O_EXCL | O_WRONLY) ||
	    rename("stage/0", "o.csv") || rmdir("stage") || unlink("o.csv"))
		return 2;
	fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) || syncfs(fd) || close(fd))
		return 3;
	return 0;
}

/* What may be done in a folder stays with it, wherever it is. */
static int exchange(void)
{
	if (chdir(top) || enter("require") ||
	    syscall(SYS_renameat2, AT_FDCWD, "out", AT_FDCWD, "tree", RENAME_EXCHANGE))
		return 1;
	if (!opens("out/a.csv", O_RDWR) || !opens("tree/o.csv", O_RDWR))
		return 2;
	return rename("out/a.csv", "tree/a.csv") || unlink("tree/a.csv") ||
	       unlink("tree/o.csv");
}

static void a_release_fills_and_swaps_its_folders(void **state)
{
	(void)state;
	assert_int_equal(child(make_and_rename), 0);
	assert_int_equal(close(open(path[OUTPUT], O_CREAT | O_WRONLY, 0600)), 0);
	assert_int_equal(child(exchange), 0);
}

/* ---- what it does not ----------------------------------------------------------------------- */

static int look_and_write_elsewhere(void)
{
	if (enter("require"))
		return 100;
	return opens(path[OTHER], O_RDONLY) + 2 * opens(top, O_RDONLY | O_DIRECTORY) +
	       4 * opens(path[ELSEWHERE], O_CREAT | O_WRONLY) +
	       8 * opens(path[INPUT], O_WRONLY) + 16 * !unlink(path[OTHER]) +
	       32 * opens("/etc/passwd", O_RDONLY);
}

static int move_elsewhere(void)
{
	if (enter("require"))
		return 100;
	return !rename(path[OTHER], path[OUTPUT]) + 2 * !rename(path[OUTPUT], path[ELSEWHERE]) +
	       4 * !link(path[OTHER], path[BESIDE]) + 8 * !link(path[OUTPUT], path[ELSEWHERE]) +
	       16 * !symlink("x", path[BESIDE]);
}

static void it_fills_no_other(void **state)
{
	(void)state;
	assert_int_equal(child(look_and_write_elsewhere), 0);
	assert_int_equal(child(move_elsewhere), 0);
	assert_int_equal(access(path[OTHER], F_OK), 0);
}

static int go_without(void)
{
	return enter("off") || rename(path[OTHER], path[ELSEWHERE]) ||
	       rename(path[ELSEWHERE], path[OTHER]);
}

static void off_is_off(void **state)
{
	(void)state;
	assert_int_equal(child(go_without), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(off_is_off, make_files, remove_files),
		cmocka_unit_test_setup_teardown(a_release_fills_and_swaps_its_folders,
		                                make_files, remove_files),
		cmocka_unit_test_setup_teardown(it_fills_no_other, make_files, remove_files),
	};
	char text[SANDBOX_TEXT];
	const char *here = sandbox_text(text);

	/* The first Landlock lets nothing be renamed from folder to folder. */
	if (strstr(here, "no") || strstr(here, "Landlock 1,")) {
		printf("SKIPPED the sandbox of a release: %s\n", here);
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
