/* A mapped file is safe to read whatever happens to it, and a changed input is refused. */
#include "io_unit.h"

#include "io/source.h"

#include <signal.h>

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

/* ---- input that changes -------------------------------------------------------------- */

static void assert_changed(void (*change)(void), bool map, const char *why)
{
	struct sluice_error err = { 0 };
	struct buf out = { 0 };
	struct source *s;
	uint8_t one[12];
	size_t got;

	write_file("t.csv", ROWS, strlen(ROWS));
	assert_int_equal(source_open("t.csv", -1, map, &s, NULL), SLUICE_OK);
	if (!map) {
		assert_int_equal(source_read(s, one, sizeof(one), &got, NULL), SLUICE_OK);
		assert_int_equal(got, sizeof(one));
	}
	usleep(20000); /* the clock of file times is a coarse one */
	change();
	if (!map)
		assert_int_equal(read_all(s, 100, &out, NULL), SLUICE_OK);
	assert_int_equal(source_finish(s, &err), SLUICE_E_IO);
	if (!strstr(err.text, why))
		FAIL("'%s' is not in '%s'\n", why, err.text);
	source_close(s);
	buf_free(&out);
}

static void cut(void)
{
	assert_int_equal(truncate("t.csv", 5), 0);
}

static void grow(void)
{
	assert_int_equal(truncate("t.csv", 100), 0);
}

static void rewrite(void)
{
	const int fd = open("t.csv", O_WRONLY);

	assert_int_equal(write(fd, "ID", 2), 2);
	close(fd);
}

static void input_that_changes_is_refused(void **state)
{
	(void)state;
	for (int map = 0; map < 2; map++) {
		assert_changed(cut, map, "was cut short");
		assert_changed(grow, map, "grew");
		assert_changed(rewrite, map, "was changed");
	}
}

/* ---- mapping --------------------------------------------------------------------------- */

static void a_map_holds_the_file_and_zeros_after_it(void **state)
{
	static const uint8_t zeros[BUF_PAD];
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t lens[] = { 1, 100, page - 1, page, page + 1, 3 * page - BUF_PAD };
	uint8_t *data = malloc(4 * page);

	(void)state;
	assert_non_null(data);
	fill_noise(data, 4 * page);
	data[0] = 'x'; /* no magic */
	data[1] = 'y';
	for (size_t i = 0; i < LENGTH(lens); i++) {
		struct source *s;
		const uint8_t *map;
		uint64_t len;

		write_file("t.csv", data, lens[i]);
		assert_int_equal(source_open("t.csv", -1, true, &s, NULL), SLUICE_OK);
		map = source_map(s, &len);
		assert_non_null(map);
		assert_int_equal(len, lens[i]);
		assert_int_equal(source_size(s), len);
		assert_memory_equal(map, data, len);
		assert_memory_equal(map + len, zeros, sizeof(zeros));
		source_release(s, len);
		assert_int_equal(source_taken(s), len);
		assert_int_equal(source_finish(s, NULL), SLUICE_OK);
		source_close(s);
	}
	free(data);
}

static void only_plain_files_are_mapped(void **state)
{
	struct buf gz = { 0 };
	struct source *s;
	uint64_t len;

	(void)state;
	add_member(&gz, ROWS);
	write_file("t.gz", gz.data, gz.len);
	write_file("empty.csv", "", 0);
	assert_int_equal(source_open("t.gz", -1, true, &s, NULL), SLUICE_OK);
	assert_null(source_map(s, &len));
	source_close(s);
	assert_int_equal(source_open("empty.csv", -1, true, &s, NULL), SLUICE_OK);
	assert_null(source_map(s, &len));
	source_close(s);
	buf_free(&gz);
}

static void released_windows_can_go(void **state)
{
	const size_t len = (size_t)33 << 20;
	uint8_t *data = calloc(1, len);
	struct source *s;
	const uint8_t *map;
	uint64_t got, sum = 0;

	(void)state;
	assert_non_null(data);
	data[len - 1] = 1;
	write_file("big.csv", data, len);
	assert_int_equal(source_open("big.csv", -1, true, &s, NULL), SLUICE_OK);
	map = source_map(s, &got);
	for (size_t i = 0; i < len; i += 1 << 20) {
		sum += map[i] + map[i + (1 << 20) - 1];
		source_release(s, i);
	}
	assert_int_equal(sum, 1);
	assert_int_equal(source_finish(s, NULL), SLUICE_OK);
	source_close(s);
	free(data);
}

static void on_sigbus(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	if (!source_sigbus(info->si_addr))
		_exit(99);
}

static void a_map_that_shrinks_reads_as_zeros_and_is_refused(void **state)
{
	const size_t len = 100 * (size_t)sysconf(_SC_PAGESIZE);
	struct sigaction action = { .sa_flags = SA_SIGINFO }, old;
	struct sluice_error err = { 0 };
	uint8_t *data = malloc(len);
	struct source *s, *other;
	const uint8_t *map;
	uint64_t got, sum = 0;

	(void)state;
	assert_non_null(data);
	memset(data, 'x', len);
	action.sa_sigaction = on_sigbus;
	assert_int_equal(sigaction(SIGBUS, &action, &old), 0);
	write_file("t.csv", data, len);
	write_file("other.csv", data, len);
	assert_int_equal(source_open("other.csv", -1, true, &other, NULL), SLUICE_OK);
	assert_int_equal(source_open("t.csv", -1, true, &s, NULL), SLUICE_OK);
	map = source_map(s, &got);
	assert_int_equal(truncate("t.csv", 10), 0);
	for (size_t i = 0; i < len; i++)
		sum += map[i];
	assert_int_equal(sum, 10 * 'x');
	assert_int_equal(source_finish(s, &err), SLUICE_E_IO);
	assert_non_null(strstr(err.text, "was cut short"));
	assert_string_equal(err.source, "t.csv");
	source_close(s);

	map = source_map(other, &got);
	assert_memory_equal(map, data, len);
	assert_int_equal(source_finish(other, &err), SLUICE_OK);
	assert_false(source_sigbus(data));
	assert_false(source_sigbus(NULL));
	source_close(other);
	assert_int_equal(sigaction(SIGBUS, &old, NULL), 0);
	free(data);
}

static void more_maps_than_places_are_read_instead(void **state)
{
	struct source *all[100];
	unsigned mapped = 0;

	(void)state;
	write_file("t.csv", ROWS, strlen(ROWS));
	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < LENGTH(all); i++) {
			uint64_t len;

			assert_int_equal(source_open("t.csv", -1, true, &all[i], NULL),
			                 SLUICE_OK);
			mapped += source_map(all[i], &len) != NULL;
		}
		for (size_t i = 0; i < LENGTH(all); i++) {
			struct buf out = { 0 };
			uint64_t len;

			if (!source_map(all[i], &len)) {
				assert_int_equal(read_all(all[i], 10, &out, NULL), SLUICE_OK);
				assert_int_equal(out.len, strlen(ROWS));
				assert_int_equal(source_finish(all[i], NULL), SLUICE_OK);
			}
			buf_free(&out);
			source_close(all[i]);
		}
	}
	assert_int_equal(mapped, 2 * 64);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(input_that_changes_is_refused),
		IN_FOLDER(a_map_holds_the_file_and_zeros_after_it),
		IN_FOLDER(only_plain_files_are_mapped),
		IN_FOLDER(released_windows_can_go),
		IN_FOLDER(a_map_that_shrinks_reads_as_zeros_and_is_refused),
		IN_FOLDER(more_maps_than_places_are_read_instead),
	};

	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
