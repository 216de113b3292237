/* Folders: made, listed, locked, swapped, removed; patterns. */
#include "unit.h"

#include "io/folder.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static char box[] = "folder-XXXXXX";

static int enter(void **state)
{
	(void)state;
	return mkdtemp(box) && !chdir(box) ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	if (chdir(".."))
		return -1;
	folder_remove(box);
	return access(box, F_OK) ? 0 : -1;
}

static void put_file(const char *path, const char *text)
{
	assert_int_equal(folder_make_for(path, NULL), SLUICE_OK);
	unlink(path);
	assert_int_equal(file_write(path, text, strlen(text), NULL), SLUICE_OK);
}

static void expect_file(const char *path, const char *text)
{
	struct buf b = { 0 };

	assert_int_equal(file_read(path, 1000, &b, NULL, NULL), SLUICE_OK);
	assert_int_equal(b.len, strlen(text));
	assert_memory_equal(b.data, text, b.len);
	buf_free(&b);
}

static void expect_list(const struct paths *p, const char *const *names)
{
	size_t n = 0;

	for (; names[n]; n++) {
		assert_true(n < p->n);
		assert_string_equal(p->path[n], names[n]);
	}
	assert_int_equal(p->n, n);
}

static void lists(void **state)
{
	struct paths p;

	(void)state;
	put_file("l/b.csv", "");
	put_file("l/a.csv", "");
	put_file("l/a/x.csv", "");
	put_file("l/.h", "");
	assert_int_equal(folder_make("l/d.csv", 0777, NULL), SLUICE_OK);
	assert_int_equal(folder_list("l", &p, NULL), SLUICE_OK);
	expect_list(&p, (const char *const[]){ ".h", "a.csv", "a/x.csv", "b.csv", NULL });
	paths_free(&p);
	/* A pattern means files, not folders, and not what is hidden. */
	assert_int_equal(files_match("l/*", &p, NULL), SLUICE_OK);
	expect_list(&p, (const char *const[]){ "l/a.csv", "l/b.csv", NULL });
	paths_free(&p);
	assert_int_equal(files_match("l/*.txt", &p, NULL), SLUICE_OK);
	assert_int_equal(p.n, 0);
	paths_free(&p);
}

static void locks(void **state)
{
	int a, b;

	(void)state;
	assert_int_equal(folder_make("lock", 0777, NULL), SLUICE_OK);
	assert_int_equal(folder_lock("lock", &a, NULL), SLUICE_OK);
	assert_int_equal(folder_lock("lock", &b, NULL), SLUICE_E_IO);
	folder_unlock(a);
	assert_int_equal(folder_lock("lock", &b, NULL), SLUICE_OK);
	assert_int_equal(folder_sync(b, NULL), SLUICE_OK);
	folder_unlock(b);
}

static void swaps(void **state)
{
	(void)state;
	put_file("new/x", "new");
	put_file("old/x", "old");
	assert_int_equal(folder_swap("new", "old", NULL), SLUICE_OK);
	expect_file("old/x", "new");
	expect_file("new/x", "old");
	assert_int_equal(folder_swap("nothing", "old", NULL), SLUICE_E_IO);
	expect_file("old/x", "new");
}

static void files(void **state)
{
	struct file_id a, b;
	struct buf buf = { 0 };
	struct stat st;

	(void)state;
	put_file("f/one", "1");
	put_file("f/two", "22");
	assert_true(file_identify("f/one", &a));
	assert_true(file_identify("f/two", &b));
	assert_false(file_id_equal(&a, &b));
	assert_false(file_identify("f/none", &b));
	assert_int_equal(file_link("f/one", "f/three", NULL), SLUICE_OK);
	expect_file("f/three", "1");
	assert_int_equal(file_rename("f/two", "f/three", NULL), SLUICE_OK);
	expect_file("f/three", "22");
	expect_file("f/one", "1");
	assert_int_equal(file_rename("f/one", "f", NULL), SLUICE_E_IO);
	assert_int_equal(file_read("f/three", 1, &buf, NULL, NULL), SLUICE_E_DATA);
	assert_int_equal(file_private("f/secret", "s", 1, NULL), SLUICE_OK);
	assert_int_equal(file_private("f/secret", "t", 1, NULL), SLUICE_OK);
	expect_file("f/secret", "t");
	assert_int_equal(stat("f/secret", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(folder_make("f/folder", 0700, NULL), SLUICE_OK);
	assert_int_equal(file_private("f/folder", "s", 1, NULL), SLUICE_E_IO);
	assert_false(file_identify("f/folder.new", &b)); /* nothing private is left */
	buf_free(&buf);
}

static void why_no_folder_can_be_made_is_said(void **state)
{
	struct sluice_error err = { 0 };

	(void)state;
	assert_int_equal(symlink("nowhere", "link"), 0);
	assert_int_equal(folder_make("link", 0700, &err), SLUICE_E_IO);
	assert_non_null(strstr(err.text, strerror(EEXIST))); /* not that nothing is there */
	assert_int_equal(folder_make("link/below", 0700, &err), SLUICE_E_IO);
	assert_non_null(strstr(err.text, strerror(EEXIST)));
}

/* The first pieces stay, as many as are wanted; all are taken. */
struct taken {
	size_t len;
	uint32_t sum;
};

static void take(void *ctx, const uint8_t *data, size_t len)
{
	struct taken *t = ctx;

	t->len += len;
	for (size_t i = 0; i < len; i++)
		t->sum = t->sum * 31 + data[i];
}

static void what_is_kept_of_a_file_is_its_beginning(void **state)
{
	static const size_t keeps[] = { 0, 1, 262143, 262144, 262145, 524288, 700000, 700001 };
	const size_t len = 700000;
	struct taken whole = { 0 };
	uint8_t *data = malloc(len);
	struct buf text = { 0 };

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i * i >> 3);
	take(&whole, data, len);
	assert_int_equal(file_write("kept", data, len, NULL), SLUICE_OK);
	for (size_t i = 0; i < LENGTH(keeps); i++) {
		struct taken t = { 0 };

		assert_int_equal(file_each("kept", keeps[i], &text, take, &t, NULL, NULL),
		                 SLUICE_OK);
		assert_int_equal(t.len, whole.len);
		assert_int_equal(t.sum, whole.sum);
		assert_int_equal(text.len, keeps[i] < len ? keeps[i] : len);
		assert_memory_equal(text.data, data, text.len);
	}
	buf_free(&text);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lists),
		                            cmocka_unit_test(locks),
		                            cmocka_unit_test(swaps),
		                            cmocka_unit_test(files),
		                            cmocka_unit_test(why_no_folder_can_be_made_is_said),
		                            cmocka_unit_test(
						    what_is_kept_of_a_file_is_its_beginning) };

	return cmocka_run_group_tests(tests, enter, leave);
}
