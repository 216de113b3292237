/* A result is whole or absent, and nothing else is touched. */
#include "io_unit.h"

#include "io/sink.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

static struct sluice_pending pending;

static struct sink *open_sink(const char *path)
{
	struct sluice_error err = { 0 };
	struct sink *s;

	if (sink_open(path, -1, -1, &pending, &s, &err))
		FAIL("%s\n", err.text);
	return s;
}

static void write_text(struct sink *s, const char *text)
{
	assert_int_equal(sink_write(s, (const uint8_t *)text, strlen(text), NULL), SLUICE_OK);
}

/* Write 'text' to 'path' the good way. */
static void publish(const char *path, const char *text)
{
	struct sluice_error err = { 0 };
	struct sink *s = open_sink(path);

	write_text(s, text);
	if (sink_publish(s, &err))
		FAIL("%s\n", err.text);
	sink_close(s);
}

static void assert_not_opened(const char *path, int fd, int input_fd, enum sluice_status status,
                              const char *why)
{
	struct sluice_error err = { 0 };
	struct sink *s;
	const int names = count_names(".");

	assert_int_equal(sink_open(path, fd, input_fd, &pending, &s, &err), status);
	assert_null(s);
	if (!strstr(err.text, why))
		FAIL("'%s' is not in '%s'\n", why, err.text);
	if (path)
		assert_string_equal(err.source, path);
	assert_int_equal(pending.armed, 0);
	assert_int_equal(count_names("."), names);
}

/* ---- publishing ------------------------------------------------------------------- */

static void the_name_appears_whole_at_the_end(void **state)
{
	struct sink *s;
	struct stat st;

	(void)state;
	umask(027);
	s = open_sink("out.csv");
	assert_int_equal(access("out.csv", F_OK), -1);
	assert_int_equal(pending.armed, 1);
	assert_int_equal(strncmp(pending.path, "./.sluice-", 10), 0);
	assert_int_equal(stat(pending.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	write_text(s, "a,b\n");
	write_text(s, "");
	write_text(s, "1,2\n");
	assert_int_equal(sink_written(s), 8);
	assert_int_equal(access("out.csv", F_OK), -1);
	assert_int_equal(sink_publish(s, NULL), SLUICE_OK);
	assert_int_equal(pending.armed, 0);
	assert_file("out.csv", "a,b\n1,2\n");
	assert_int_equal(stat("out.csv", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(count_names("."), 1);
	sink_close(s);
	assert_file("out.csv", "a,b\n1,2\n");
	umask(022);
}

static void the_umask_is_as_it_was(void **state)
{
	(void)state;
	umask(077);
	publish("out.csv", "a\n");
	assert_int_equal(umask(022), 077);
}

static void an_old_file_survives_until_it_is_replaced(void **state)
{
	struct sink *s;

	(void)state;
	write_file("out.csv", "old\n", 4);
	s = open_sink("out.csv");
	write_text(s, "half");
	assert_file("out.csv", "old\n");
	sink_close(s);
	assert_file("out.csv", "old\n");
	assert_int_equal(count_names("."), 1);
	assert_int_equal(pending.armed, 0);

	publish("out.csv", "new\n");
	assert_file("out.csv", "new\n");
}

static void links_are_replaced_not_followed(void **state)
{
	struct stat st;

	(void)state;
	write_file("target", "old\n", 4);
	assert_int_equal(symlink("target", "soft"), 0);
	assert_int_equal(link("target", "hard"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	publish("soft", "new\n");
	publish("hard", "new\n");
	publish("dangling", "new\n");
	publish("loop", "new\n");
	assert_file("target", "old\n");
	assert_int_equal(lstat("soft", &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_file("hard", "new\n");
	assert_file("dangling", "new\n");
	assert_file("loop", "new\n");
	assert_int_equal(access("nowhere", F_OK), -1);
}

static void odd_names_work(void **state)
{
	char longest[256];
	static const char *const names[] = { "with space", "-dash", "100%s",
		                             "new\nline",  "'q\"",  ".hidden" };

	(void)state;
	memset(longest, 'x', 255);
	longest[255] = '\0';
	publish(longest, "a\n");
	assert_file(longest, "a\n");
	for (size_t i = 0; i < LENGTH(names); i++) {
		publish(names[i], "a\n");
		assert_file(names[i], "a\n");
	}
	assert_int_equal(mkdir("d", 0755), 0);
	publish("d//out", "a\n");
	assert_file("d/out", "a\n");
	assert_int_equal(count_names("d"), 1);
}

static void two_at_once_leave_one_whole(void **state)
{
	struct sluice_pending other = { .armed = 0 };
	struct sink *a = open_sink("out"), *b;

	(void)state;
	assert_int_equal(sink_open("out", -1, -1, &other, &b, NULL), SLUICE_OK);
	assert_string_not_equal(other.path, pending.path);
	write_text(a, "aaaa");
	write_text(b, "bb");
	assert_int_equal(sink_publish(a, NULL), SLUICE_OK);
	assert_file("out", "aaaa");
	assert_int_equal(sink_publish(b, NULL), SLUICE_OK);
	assert_file("out", "bb");
	sink_close(a);
	sink_close(b);
	assert_int_equal(count_names("."), 1);
}

/* ---- refusing --------------------------------------------------------------------- */

static void places_that_cannot_be_written_are_refused(void **state)
{
	(void)state;
	write_file("file", "x", 1);
	assert_int_equal(mkdir("folder", 0755), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(symlink("folder", "to-folder"), 0);
	assert_not_opened("", -1, -1, SLUICE_E_IO, "name is empty");
	assert_not_opened("folder", -1, -1, SLUICE_E_IO, "is a folder");
	assert_not_opened("folder/", -1, -1, SLUICE_E_IO, "is a folder");
	assert_not_opened(".", -1, -1, SLUICE_E_IO, "is a folder");
	assert_not_opened("to-folder", -1, -1, SLUICE_E_IO, "is a folder");
	assert_not_opened("new/", -1, -1, SLUICE_E_IO, "that of a folder");
	assert_not_opened("fifo", -1, -1, SLUICE_E_IO, "not a regular file; write to standard");
	assert_not_opened("/dev/null", -1, -1, SLUICE_E_IO, "not a regular file");
	assert_not_opened("none/out", -1, -1, SLUICE_E_IO, "folder does not exist");
	assert_not_opened("file/out", -1, -1, SLUICE_E_IO, "Not a directory");
	assert_not_opened("file/", -1, -1, SLUICE_E_IO, "Not a directory");
	assert_file("file", "x");
}

static void the_input_is_not_overwritten(void **state)
{
	struct sink *s;
	int fd, null;

	(void)state;
	write_file("in", "x", 1);
	assert_int_equal(symlink("in", "soft"), 0);
	assert_int_equal(link("in", "hard"), 0);
	fd = open("in", O_RDWR);
	assert_not_opened("in", -1, fd, SLUICE_E_PLAN, "same file");
	assert_not_opened("soft", -1, fd, SLUICE_E_PLAN, "same file");
	assert_not_opened("hard", -1, fd, SLUICE_E_PLAN, "same file");
	assert_not_opened(NULL, fd, fd, SLUICE_E_PLAN, "same file");
	close(fd);

	null = open("/dev/null", O_RDWR); /* the same device twice is no harm */
	assert_int_equal(sink_open(NULL, null, null, NULL, &s, NULL), SLUICE_OK);
	sink_close(s);
	close(null);
}

static void a_folder_that_may_not_be_written(void **state)
{
	const uid_t user = geteuid();

	(void)state;
	assert_int_equal(mkdir("locked", 0555), 0);
	assert_int_equal(chmod(".", 0755), 0);
	if (user == 0 && seteuid(65534))
		skip(); /* root may write anywhere */
	assert_not_opened("locked/out", -1, -1, SLUICE_E_IO, "Permission denied");
	assert_int_equal(seteuid(user), 0);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
	const struct rlimit small = { 1000, RLIM_INFINITY };
	struct rlimit old;
	struct sluice_error err = { 0 };
	struct sink *s;
	uint8_t data[800] = { 0 };

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	write_file("out", "old\n", 4);
	s = open_sink("out");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(sink_write(s, data, sizeof(data), &err), SLUICE_OK);
	assert_int_equal(sink_write(s, data, sizeof(data), &err), SLUICE_E_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_string_equal(err.text, "cannot write: File too large");
	assert_string_equal(err.source, "out");
	assert_int_equal(sink_publish(s, &err), SLUICE_E_IO); /* and never published */
	sink_close(s);
	assert_file("out", "old\n");
	assert_int_equal(count_names("."), 1);
}

/* ---- descriptors ------------------------------------------------------------------ */

static void a_descriptor_is_written_and_left_open(void **state)
{
	const int fd = open("out", O_RDWR | O_CREAT, 0600);
	struct sink *s;

	(void)state;
	assert_int_equal(sink_open(NULL, fd, -1, &pending, &s, NULL), SLUICE_OK);
	assert_int_equal(pending.armed, 0);
	write_text(s, "a\n");
	assert_file("out", "a\n"); /* at once */
	assert_int_equal(sink_publish(s, NULL), SLUICE_OK);
	sink_close(s);
	assert_int_equal(write(fd, "b\n", 2), 2);
	assert_file("out", "a\nb\n");
	close(fd);
}

static void trouble_with_a_descriptor_is_told(void **state)
{
	struct sluice_error err = { 0 };
	struct sink *s;
	int fd, ends[2];

	(void)state;
	assert_not_opened(NULL, 987, -1, SLUICE_E_IO, "cannot write");
	fd = open("/dev/full", O_WRONLY);
	if (fd >= 0) {
		assert_int_equal(sink_open(NULL, fd, -1, NULL, &s, NULL), SLUICE_OK);
		assert_int_equal(sink_write(s, (const uint8_t *)"x", 1, &err), SLUICE_E_IO);
		assert_string_equal(err.text, "cannot write: No space left on device");
		sink_close(s);
		close(fd);
	}
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(sink_open(NULL, ends[1], -1, NULL, &s, NULL), SLUICE_OK);
	assert_int_equal(sink_write(s, (const uint8_t *)"x", 1, &err), SLUICE_E_IO);
	assert_string_equal(err.text, "cannot write: Broken pipe");
	sink_close(s);
	close(ends[1]);
}

static void a_full_pipe_in_nonblocking_mode_is_waited_for(void **state)
{
	const size_t len = 1 << 20;
	uint8_t *data = calloc(1, len);
	struct sink *s;
	int ends[2];
	pid_t reader;

	(void)state;
	assert_non_null(data);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	reader = fork();
	if (reader == 0) {
		close(ends[1]);
		usleep(50000);
		while (read(ends[0], data, len) > 0)
			;
		_exit(0);
	}
	close(ends[0]);
	assert_int_equal(sink_open(NULL, ends[1], -1, NULL, &s, NULL), SLUICE_OK);
	assert_int_equal(sink_write(s, data, len, NULL), SLUICE_OK);
	assert_int_equal(sink_publish(s, NULL), SLUICE_OK);
	sink_close(s);
	close(ends[1]);
	free(data);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(the_name_appears_whole_at_the_end),
		IN_FOLDER(the_umask_is_as_it_was),
		IN_FOLDER(an_old_file_survives_until_it_is_replaced),
		IN_FOLDER(links_are_replaced_not_followed),
		IN_FOLDER(odd_names_work),
		IN_FOLDER(two_at_once_leave_one_whole),
		IN_FOLDER(places_that_cannot_be_written_are_refused),
		IN_FOLDER(the_input_is_not_overwritten),
		IN_FOLDER(a_folder_that_may_not_be_written),
		IN_FOLDER(a_full_disk_leaves_the_old_file),
		IN_FOLDER(a_descriptor_is_written_and_left_open),
		IN_FOLDER(trouble_with_a_descriptor_is_told),
		IN_FOLDER(a_full_pipe_in_nonblocking_mode_is_waited_for),
	};

	return cmocka_run_group_tests_name("sink", tests, NULL, NULL);
}
