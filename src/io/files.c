/*
 * files.c - files of a release: told apart, read, written, listed
 */
#include "io/folder.h"

#include "io/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__APPLE__)
#define st_mtim st_mtimespec
#endif

#define PIECE        (256u << 10)
#define FOLDERS_DEEP 64

static enum sluice_status failed(struct sluice_error *err, const char *path, const char *what)
{
	fail_errno(err, SLUICE_E_IO, errno, "%s", what);
	fail_source(err, path);
	return SLUICE_E_IO;
}

static struct file_id id_of(const struct stat *st)
{
	return (struct file_id){ (uint64_t)st->st_dev, (uint64_t)st->st_ino,
		                 (uint64_t)st->st_size, (int64_t)st->st_mtim.tv_sec,
		                 (int64_t)st->st_mtim.tv_nsec };
}

bool file_identify(const char *path, struct file_id *id)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	*id = id_of(&st);
	return true;
}

bool file_is_missing(const char *path)
{
	struct stat st;

	return stat(path, &st) && (errno == ENOENT || errno == ENOTDIR);
}

bool file_id_equal(const struct file_id *a, const struct file_id *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->seconds == b->seconds && a->nanoseconds == b->nanoseconds;
}

static int open_read(const char *path, struct stat *st)
{
	int fd = fd_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);

	if (fd >= 0 && fstat(fd, st)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

enum sluice_status file_read(const char *path, size_t limit, struct buf *b, struct file_id *id,
                             struct sluice_error *err)
{
	struct stat st = { 0 };
	const int fd = open_read(path, &st);
	enum sluice_status status = SLUICE_OK;
	ssize_t n = 1;

	b->len = 0;
	if (fd < 0)
		return failed(err, path, "cannot open");
	if (id)
		*id = id_of(&st);
	if (st.st_size > 0 && (uint64_t)st.st_size <= limit)
		status = buf_reserve(b, (size_t)st.st_size + 1, err);
	while (status == SLUICE_OK && n > 0 && b->len <= limit) {
		if (b->cap - b->len < 1)
			status = buf_reserve(b, PIECE, err);
		if (status != SLUICE_OK)
			break;
		n = fd_read(fd, b->data + b->len, b->cap - b->len);
		b->len += n > 0 ? (size_t)n : 0;
	}
	if (status == SLUICE_OK && n < 0)
		status = failed(err, path, "cannot read");
	else if (status == SLUICE_OK && b->len > limit)
		status = fail(err, SLUICE_E_DATA, "is larger than %zu bytes", limit);
	close(fd);
	if (status != SLUICE_OK)
		fail_source(err, path);
	return status;
}

/* The next piece behind what is kept; *n is 0 at the end and -1 if it can't be read. */
static enum sluice_status next_piece(int fd, size_t keep, struct buf *text, ssize_t *n,
                                     struct sluice_error *err)
{
	const size_t left = keep > text->len ? keep - text->len : 0;

	TRY(buf_reserve(text, PIECE, err));
	*n = fd_read(fd, text->data + text->len, left && left < PIECE ? left : PIECE);
	return SLUICE_OK;
}

enum sluice_status file_each(const char *path, size_t keep, struct buf *text,
                             void (*take)(void *ctx, const uint8_t *data, size_t len),
                             void *ctx, struct file_id *id, struct sluice_error *err)
{
	struct stat st = { 0 };
	enum sluice_status status;
	ssize_t n = 1;
	int fd;

	text->len = 0;
	fd = open_read(path, &st);
	if (fd < 0)
		return failed(err, path, "cannot open");
	if (id)
		*id = id_of(&st);
	while ((status = next_piece(fd, keep, text, &n, err)) == SLUICE_OK && n > 0) {
		take(ctx, text->data + text->len, (size_t)n);
		text->len += text->len < keep ? (size_t)n : 0;
	}
	if (status == SLUICE_OK && n < 0)
		status = failed(err, path, "cannot read");
	close(fd);
	return status;
}

enum sluice_status file_create(const char *path, int *fd, struct sluice_error *err)
{
	*fd = fd_open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0666);
	return *fd < 0 ? failed(err, path, "cannot write there") : SLUICE_OK;
}

enum sluice_status file_close(const char *path, int fd, struct sluice_error *err)
{
	return close(fd) && errno != EINTR ? failed(err, path, "cannot write") : SLUICE_OK;
}

enum sluice_status file_write(const char *path, const void *data, size_t len,
                              struct sluice_error *err)
{
	uint64_t done = 0;
	int fd, ret;

	TRY(file_create(path, &fd, err));
	ret = fd_write(fd, data, len, &done);
	if (ret) {
		failed(err, path, "cannot write");
		close(fd);
		return SLUICE_E_IO;
	}
	return file_close(path, fd, err);
}

enum sluice_status file_private(const char *path, const void *data, size_t len,
                                struct sluice_error *err)
{
	struct buf other = { 0 };
	enum sluice_status status = buf_addf(&other, err, "%s.new", path);
	const char *name = (const char *)other.data;
	uint64_t done = 0;
	int fd;

	if (status == SLUICE_OK) {
		unlink(name); /* left by a run that was killed */
		fd = fd_open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0 || fd_write(fd, data, len, &done))
			status = failed(err, path, "cannot write there");
		if (fd >= 0 && file_close(path, fd, err) && status == SLUICE_OK)
			status = SLUICE_E_IO;
		if (status == SLUICE_OK && rename(name, path))
			status = failed(err, path, "cannot write there");
		if (status != SLUICE_OK && fd >= 0)
			unlink(name);
	}
	buf_free(&other);
	return status;
}

enum sluice_status file_rename(const char *from, const char *to, struct sluice_error *err)
{
	struct stat st;

	if (!lstat(to, &st) && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) {
		fail(err, SLUICE_E_IO, "the output is not a regular file");
		fail_source(err, to);
		return SLUICE_E_IO;
	}
	return rename(from, to) ? failed(err, to, "cannot write") : SLUICE_OK;
}

enum sluice_status file_link(const char *from, const char *to, struct sluice_error *err)
{
	struct buf all = { 0 };
	enum sluice_status status;

	if (!link(from, to))
		return SLUICE_OK;
	status = file_read(from, SIZE_MAX - 1, &all, NULL, err);
	if (status == SLUICE_OK)
		status = file_write(to, all.data, all.len, err);
	buf_free(&all);
	return status;
}

/* ---- lists ------------------------------------------------------------------------- */

void paths_free(struct paths *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->path[i]);
	free(p->path);
	*p = (struct paths){ 0 };
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct paths *p)
{
	if (p->n)
		qsort(p->path, p->n, sizeof(*p->path), by_bytes);
}

static enum sluice_status add(struct paths *p, const char *path, struct sluice_error *err)
{
	char **more = p->n & (p->n - 1)
	                      ? p->path
	                      : realloc(p->path, (p->n ? 2 * p->n : 1) * sizeof(*more));

	if (!more)
		return fail_memory(err);
	p->path = more;
	p->path[p->n] = strdup(path);
	if (!p->path[p->n])
		return fail_memory(err);
	p->n++;
	return SLUICE_OK;
}

/* A folder that can't be looked into may hold what is meant. */
static int is_unseen(const char *folder, int number)
{
	(void)folder;
	return number != ENOENT && number != ENOTDIR;
}

/* A link that leads nowhere is no file; what can't be seen may be one. */
static enum sluice_status add_file(struct paths *found, const char *path,
                                   struct sluice_error *err)
{
	struct stat st;

	if (stat(path, &st))
		return errno == ENOENT ? SLUICE_OK : failed(err, path, "cannot open");
	return S_ISDIR(st.st_mode) ? SLUICE_OK : add(found, path, err);
}

enum sluice_status files_match(const char *pattern, struct paths *found,
                               struct sluice_error *err)
{
	enum sluice_status status = SLUICE_OK;
	glob_t g = { 0 };
	int ret;

	*found = (struct paths){ 0 };
	ret = glob(pattern, GLOB_NOSORT, is_unseen, &g);
	if (ret == GLOB_NOMATCH)
		return SLUICE_OK;
	if (ret) {
		status = ret == GLOB_NOSPACE ? fail_memory(err)
		                             : failed(err, pattern, "cannot look for files");
		globfree(&g);
		return status;
	}
	for (size_t i = 0; i < g.gl_pathc && status == SLUICE_OK; i++)
		status = add_file(found, g.gl_pathv[i], err);
	globfree(&g);
	sort(found);
	if (status != SLUICE_OK)
		paths_free(found);
	return status;
}

static enum sluice_status list_in(const char *folder, size_t base, unsigned depth,
                                  struct paths *found, struct sluice_error *err);

static enum sluice_status list_one(const char *path, size_t base, unsigned depth,
                                   struct paths *found, struct sluice_error *err)
{
	struct stat st;

	if (lstat(path, &st)) /* it may have gone just now */
		return errno == ENOENT ? SLUICE_OK : failed(err, path, "cannot open");
	return S_ISDIR(st.st_mode) ? list_in(path, base, depth + 1, found, err)
	                           : add(found, path + base + 1, err);
}

/* All in 'folder', whose name is 'base' bytes of the root's and the rest. */
static enum sluice_status list_in(const char *folder, size_t base, unsigned depth,
                                  struct paths *found, struct sluice_error *err)
{
	enum sluice_status status = SLUICE_OK;
	DIR *d = opendir(folder);
	struct dirent *e;

	if (!d || depth > FOLDERS_DEEP) {
		if (d)
			closedir(d);
		return failed(err, folder, "cannot look into the folder");
	}
	while (status == SLUICE_OK && (errno = 0, e = readdir(d))) {
		struct buf name = { 0 };

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		status = buf_addf(&name, err, "%s/%s", folder, e->d_name);
		if (status == SLUICE_OK)
			status = list_one((char *)name.data, base, depth, found, err);
		buf_free(&name);
	}
	if (status == SLUICE_OK && errno)
		status = failed(err, folder, "cannot look into the folder");
	closedir(d);
	return status;
}

enum sluice_status folder_list(const char *path, struct paths *found, struct sluice_error *err)
{
	enum sluice_status status;

	*found = (struct paths){ 0 };
	status = list_in(path, strlen(path), 0, found, err);
	sort(found);
	if (status != SLUICE_OK)
		paths_free(found);
	return status;
}
