/* A table's bytes come whole from files, pipes and maps; what is not a table is named. */
#include "io_unit.h"

#include "io/source.h"

#include <sys/wait.h>

#define ROWS "id,n\n1,23\n2,45\n"

/* Read all of it with 'cap' bytes at a time. */
static enum sluice_status read_all(struct source *s, size_t cap, struct buf *out,
                                   struct sluice_error *err)
{
	enum sluice_status status;
	size_t got;

	out->len = 0;
	do {
		assert_int_equal(buf_reserve(out, cap, NULL), SLUICE_OK);
		status = source_read(s, out->data + out->len, cap, &got, err);
		out->len += got;
	} while (status == SLUICE_OK && got == cap);
	return status;
}

static void assert_reads(const char *path, int fd, const char *text, const char *container)
{
	static const size_t caps[] = { 1, 3, 1 << 16 };
	struct sluice_error err = { 0 };
	struct buf out = { 0 };
	struct source *s;

	for (size_t i = 0; i < (path ? LENGTH(caps) : 1); i++) {
		if (source_open(path, fd, false, &s, &err) ||
		    read_all(s, caps[i], &out, &err) || source_finish(s, &err))
			FAIL("%s\n", err.text);
		assert_int_equal(out.len, strlen(text));
		assert_memory_equal(out.data, text, out.len);
		assert_string_equal(source_container(s), container);
		source_close(s);
	}
	buf_free(&out);
}

static void assert_not_opened(const char *path, int fd, enum sluice_status status,
                              const char *why)
{
	struct sluice_error err = { 0 };
	struct source *s;

	assert_int_equal(source_open(path, fd, true, &s, &err), status);
	assert_null(s);
	if (!strstr(err.text, why))
		FAIL("'%s' is not in '%s'\n", why, err.text);
	if (path)
		assert_string_equal(err.source, path);
}

/* A process that writes data[0..len) into a pipe, 'step' bytes at a time. */
static int pipe_from(const void *data, size_t len, size_t step)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		for (size_t i = 0; i < len; i += step) {
			const size_t n = len - i < step ? len - i : step;

			if (write(ends[1], (const uint8_t *)data + i, n) != (ssize_t)n)
				_exit(1);
			usleep(200);
		}
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

static void wait_for_children(void)
{
	while (wait(NULL) > 0)
		;
}

/* ---- reading ----------------------------------------------------------------------- */

static void files_are_read_plain_and_gzipped(void **state)
{
	struct buf gz = { 0 };

	(void)state;
	add_member(&gz, ROWS);
	write_file("t.csv", ROWS, strlen(ROWS));
	write_file("t.csv.gz", gz.data, gz.len);
	write_file("t.other", gz.data, gz.len);
	write_file("empty.csv", "", 0);
	write_file("one.csv", "x", 1);
	assert_reads("t.csv", -1, ROWS, "csv");
	assert_reads("t.csv.gz", -1, ROWS, "csv.gz");
	assert_reads("t.other", -1, ROWS, "csv.gz"); /* by its magic, not its name */
	assert_reads("empty.csv", -1, "", "csv");
	assert_reads("one.csv", -1, "x", "csv");
	assert_reads("/dev/null", -1, "", "csv");
	buf_free(&gz);
}

static void pipes_may_be_slow(void **state)
{
	struct buf gz = { 0 };

	(void)state;
	add_member(&gz, "id,n\n");
	add_member(&gz, "1,23\n2,45\n");
	for (size_t step = 1; step < 20; step += 6) {
		int fd = pipe_from(ROWS, strlen(ROWS), step);

		assert_reads(NULL, fd, ROWS, "csv");
		close(fd);
		fd = pipe_from(gz.data, gz.len, step);
		assert_reads(NULL, fd, ROWS, "csv.gz");
		close(fd);
	}
	wait_for_children();
	buf_free(&gz);
}

static void a_pipe_in_nonblocking_mode_is_waited_for(void **state)
{
	const int fd = pipe_from(ROWS, strlen(ROWS), 2);

	(void)state;
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	assert_reads(NULL, fd, ROWS, "csv");
	close(fd);
	wait_for_children();
}

static void a_descriptor_is_read_from_where_it_stands(void **state)
{
	struct source *s;
	uint64_t len;
	int fd;

	(void)state;
	write_file("t.csv", "skip\n" ROWS, 5 + strlen(ROWS));
	fd = open("t.csv", O_RDONLY);
	assert_int_equal(lseek(fd, 5, SEEK_SET), 5);
	assert_int_equal(source_open(NULL, fd, true, &s, NULL), SLUICE_OK);
	assert_null(source_map(s, &len));
	assert_int_equal(source_size(s), strlen(ROWS));
	source_close(s);
	assert_int_equal(lseek(fd, 5, SEEK_SET), 5);
	assert_reads(NULL, fd, ROWS, "csv");
	close(fd);
}

static void files_without_a_size_are_read(void **state)
{
	struct sluice_error err = { 0 };
	struct buf out = { 0 };
	struct source *s;

	(void)state;
	if (access("/proc/self/status", R_OK))
		skip();
	if (source_open("/proc/self/limits", -1, true, &s, &err) ||
	    read_all(s, 100, &out, &err) || source_finish(s, &err))
		FAIL("%s\n", err.text);
	assert_true(out.len > 100);
	source_close(s);
	buf_free(&out);
}

/* ---- refusing ---------------------------------------------------------------------- */

static void other_formats_are_refused_by_name(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *why;
	} cases[] = {
		{ "PK\3\4rest of it", 14, "is zip" },
		{ "PK\5\6", 4, "is zip" },
		{ "\x28\xB5\x2F\xFD", 4, "is zstd" },
		{ "\xFD"
		  "7zXZ\0",
		  6, "is xz" },
		{ "BZh91AY&SY...", 13, "is bzip2" },
		{ "BZh9\x17rE8P\x90", 10, "is bzip2" },
		{ "\x78\x01..", 4, "is zlib" },
		{ "\x78\x9C..", 4, "is zlib" },
		{ "\x78\xDA..", 4, "is zlib" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		int fd;

		write_file("in.csv", cases[i].bytes, cases[i].len);
		assert_not_opened("in.csv", -1, SLUICE_E_DATA, cases[i].why);
		write_file("in.gz", cases[i].bytes, cases[i].len);
		assert_not_opened("in.gz", -1, SLUICE_E_DATA, cases[i].why);
		fd = pipe_from(cases[i].bytes, cases[i].len, 1);
		assert_not_opened(NULL, fd, SLUICE_E_DATA, cases[i].why);
		close(fd);
	}
	wait_for_children();
}

static void text_that_looks_like_a_magic_is_text(void **state)
{
	static const char *const texts[] = { "x^2,n\n", "BZh9,n\n", "PK,n\n", "BZh91AY&S",
		                             "7zXZ\n",  "x\n",      "B" };

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		write_file("t.csv", texts[i], strlen(texts[i]));
		assert_reads("t.csv", -1, texts[i], "csv");
	}
}

static void a_name_in_gz_must_be_gzip(void **state)
{
	(void)state;
	write_file("plain.csv.gz", ROWS, strlen(ROWS));
	write_file("empty.gz", "", 0);
	write_file("short.gz", "\x1F", 1);
	write_file("bom.GZ", "\xEF\xBB\xBF\x1F\x8B\x08", 6);
	write_file(".gz.csv", ROWS, strlen(ROWS));
	assert_not_opened("plain.csv.gz", -1, SLUICE_E_DATA, "content is not gzip");
	assert_not_opened("empty.gz", -1, SLUICE_E_DATA, "is empty");
	assert_not_opened("short.gz", -1, SLUICE_E_DATA, "content is not gzip");
	assert_not_opened("bom.GZ", -1, SLUICE_E_DATA, "content is not gzip");
	assert_reads(".gz.csv", -1, ROWS, "csv");
}

static void what_is_not_a_file_is_refused(void **state)
{
	int fd;

	(void)state;
	assert_not_opened(".", -1, SLUICE_E_IO, "is a folder, not a table");
	assert_not_opened("missing.csv", -1, SLUICE_E_IO, "No such file");
	assert_not_opened(NULL, 987, SLUICE_E_IO, "Bad file descriptor");
	fd = open("out", O_WRONLY | O_CREAT, 0600);
	assert_not_opened(NULL, fd, SLUICE_E_IO, "cannot read");
	close(fd);
}

static void damage_is_named_with_its_file(void **state)
{
	struct sluice_error err = { 0 };
	struct buf gz = { 0 }, out = { 0 };
	struct source *s;

	(void)state;
	add_member(&gz, ROWS);
	write_file("t.gz", gz.data, gz.len - 1);
	assert_int_equal(source_open("t.gz", -1, false, &s, NULL), SLUICE_OK);
	assert_int_equal(read_all(s, 100, &out, &err), SLUICE_E_DATA);
	assert_string_equal(err.source, "t.gz");
	assert_non_null(strstr(err.text, "trailer of member 1"));
	assert_int_equal(source_finish(s, &err), SLUICE_E_BUG); /* never read to its end */
	source_close(s);
	buf_free(&gz);
	buf_free(&out);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(files_are_read_plain_and_gzipped),
		IN_FOLDER(pipes_may_be_slow),
		IN_FOLDER(a_pipe_in_nonblocking_mode_is_waited_for),
		IN_FOLDER(a_descriptor_is_read_from_where_it_stands),
		IN_FOLDER(files_without_a_size_are_read),
		IN_FOLDER(other_formats_are_refused_by_name),
		IN_FOLDER(text_that_looks_like_a_magic_is_text),
		IN_FOLDER(a_name_in_gz_must_be_gzip),
		IN_FOLDER(what_is_not_a_file_is_refused),
		IN_FOLDER(damage_is_named_with_its_file),
	};

	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
