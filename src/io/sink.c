/*
 * sink.c - a result that is whole or absent
 *
 * A named result is written to a temporary file beside it.  The order of work at the
 * end matters: mode, fsync, rename, fsync of the folder; only then is the name whole
 * whatever happens to the machine.
 */
#include "io/sink.h"

#include "io/fd.h"
#include "io/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sink {
	char *path;       /* the final name, NULL = a descriptor */
	struct temp temp; /* the unfinished file, if 'path'      */
	int fd;           /* what is written to                  */
	int folder_fd;    /* -1 = none                           */
	uint64_t written;
	bool failed;
};

/* ---- may we write there? ------------------------------------------------------------ */

static enum sluice_status refuse_input(const struct stat *a, int input_fd,
                                       struct sluice_error *err)
{
	struct stat b;

	if (input_fd < 0 || !S_ISREG(a->st_mode))
		return SLUICE_OK;
	if (fstat(input_fd, &b))
		return fail_errno(err, SLUICE_E_IO, errno, "cannot compare it with the input");
	if (a->st_dev == b.st_dev && a->st_ino == b.st_ino)
		return fail(err, SLUICE_E_PLAN, "input and output are the same file");
	return SLUICE_OK;
}

/* Links are followed here: what a name means to the user is what it leads to. */
static enum sluice_status check_name(const char *path, int input_fd, struct sluice_error *err)
{
	const size_t len = strlen(path);
	struct stat st;

	if (!len)
		return fail(err, SLUICE_E_IO, "the output's name is empty");
	if (stat(path, &st)) {
		if (errno == ENOENT && path[len - 1] == '/')
			return fail(err, SLUICE_E_IO, "the output's name is that of a folder");
		return errno == ENOENT || errno == ELOOP
		               ? SLUICE_OK
		               : fail_errno(err, SLUICE_E_IO, errno, "cannot write there");
	}
	if (S_ISDIR(st.st_mode))
		return fail(err, SLUICE_E_IO, "the output is a folder; name a file in it");
	if (!S_ISREG(st.st_mode))
		return fail(err, SLUICE_E_IO,
		            "the output is not a regular file; write to standard output and "
		            "redirect it there");
	return refuse_input(&st, input_fd, err);
}

/* Opened early, so that nothing is left to fail between rename and sync. */
static enum sluice_status open_folder(struct sink *s, const char *folder,
                                      struct sluice_error *err)
{
	s->folder_fd = fd_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (s->folder_fd >= 0 || errno == EACCES) /* one may write where one may not list */
		return SLUICE_OK;
	if (errno == ENOENT)
		return fail(err, SLUICE_E_IO, "the output's folder does not exist");
	if (errno == ENOTDIR)
		return fail(err, SLUICE_E_IO, "the output's folder is not a folder");
	return fail_errno(err, SLUICE_E_IO, errno, "cannot open the output's folder");
}

/* ---- open and close ------------------------------------------------------------------- */

/* "a/b" -> "a", "b" -> ".", "/b" -> "/".  The caller's. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	while (slash > path && slash[-1] == '/')
		slash--;
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Links to open descriptors live there; replacing one is never what was meant. */
static enum sluice_status check_folder(const char *folder, struct sluice_error *err)
{
	char *real = realpath(folder, NULL); /* else open_folder() says why not */
	const bool device = real && (!strcmp(real, "/dev") || !strncmp(real, "/dev/fd", 7) ||
	                             !strncmp(real, "/proc", 5));

	if (!real && errno == ENOMEM)
		return fail_memory(err);
	free(real);
	if (!device)
		return SLUICE_OK;
	return fail(err, SLUICE_E_IO,
	            "the output is not a regular file; write to standard output and redirect "
	            "it there");
}

static enum sluice_status open_named(struct sink *s, const char *path, int input_fd,
                                     struct sluice_pending *pending, struct sluice_error *err)
{
	enum sluice_status status;
	char *folder;

	TRY(check_name(path, input_fd, err));
	s->path = strdup(path);
	folder = folder_of(path);
	if (s->path && folder) {
		status = check_folder(folder, err);
		if (status == SLUICE_OK)
			status = open_folder(s, folder, err);
		if (status == SLUICE_OK)
			status = temp_open(&s->temp, folder, pending, err);
	} else {
		status = fail_memory(err);
	}
	s->fd = s->temp.fd;
	free(folder);
	return status;
}

static enum sluice_status check_fd(const struct sink *s, int input_fd, struct sluice_error *err)
{
	struct stat st;

	if (fstat(s->fd, &st))
		return fail_errno(err, SLUICE_E_IO, errno, "cannot write");
	return refuse_input(&st, input_fd, err);
}

enum sluice_status sink_open(const char *path, int fd, int input_fd,
                             struct sluice_pending *pending, struct sink **out,
                             struct sluice_error *err)
{
	struct sink *s = calloc(1, sizeof(*s));
	enum sluice_status status;

	*out = NULL;
	if (!s)
		return fail_memory(err);
	s->folder_fd = -1;
	s->temp.fd = -1;
	s->fd = fd;
	status =
		path ? open_named(s, path, input_fd, pending, err) : check_fd(s, input_fd, err);
	if (status != SLUICE_OK) {
		fail_source(err, path);
		sink_close(s);
		return status;
	}
	*out = s;
	return SLUICE_OK;
}

void sink_close(struct sink *s)
{
	if (!s)
		return;
	temp_remove(&s->temp);
	if (s->folder_fd >= 0)
		close(s->folder_fd);
	free(s->path);
	free(s);
}

/* ---- use -------------------------------------------------------------------------------- */

static enum sluice_status failed(struct sink *s, int number, const char *what,
                                 struct sluice_error *err)
{
	s->failed = true;
	fail_errno(err, SLUICE_E_IO, number, "%s", what);
	fail_source(err, s->path);
	return SLUICE_E_IO;
}

void sink_keep_secret(struct sink *s)
{
	s->temp.secret = true;
}

enum sluice_status sink_write(struct sink *s, const uint8_t *data, size_t len,
                              struct sluice_error *err)
{
	if (fd_write(s->fd, data, len, &s->written))
		return failed(s, errno, "cannot write", err);
	return SLUICE_OK;
}

/* Some file systems report a full disk at the last close only; any close brings it out. */
static enum sluice_status publish_fd(struct sink *s, struct sluice_error *err)
{
	const int copy = dup(s->fd);

	if (copy >= 0 && close(copy) && errno != EINTR)
		return failed(s, errno, "cannot write", err);
	return SLUICE_OK;
}

enum sluice_status sink_seal(struct sink *s, struct sluice_error *err)
{
	if (s->failed) {
		fail(err, SLUICE_E_IO, "cannot publish: an earlier write failed");
		fail_source(err, s->path);
		return SLUICE_E_IO;
	}
	if (!s->path)
		return publish_fd(s, err);
	return temp_seal(&s->temp) ? failed(s, errno, "cannot write", err) : SLUICE_OK;
}

enum sluice_status sink_publish(struct sink *s, struct sluice_error *err)
{
	TRY(sink_seal(s, err));
	if (!s->path)
		return SLUICE_OK;
	if (temp_publish(&s->temp, s->path))
		return failed(s, errno, "cannot write", err);
	if (s->folder_fd >= 0 && fd_sync(s->folder_fd))
		return failed(s, errno, "written, but the folder cannot be synced", err);
	return SLUICE_OK;
}

uint64_t sink_written(const struct sink *s)
{
	return s->written;
}
