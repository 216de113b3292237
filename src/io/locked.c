#include "io/locked.h"

#include "io/fd.h"
#include "io/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 100

static enum sluice_status failed(struct sluice_error *err, const char *path, const char *what)
{
	fail_errno(err, SLUICE_E_IO, errno, "%s", what);
	fail_source(err, path);
	return SLUICE_E_IO;
}

/* The name may have got another file since this one was opened. */
static enum sluice_status is_current(const struct locked *l, bool *current,
                                     struct sluice_error *err)
{
	struct stat ours, named;

	*current = false;
	if (fstat(l->lock, &ours))
		return failed(err, l->path, "cannot open");
	if (stat(l->path, &named))
		return errno == ENOENT ? SLUICE_OK : failed(err, l->path, "cannot open");
	*current = ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
	return SLUICE_OK;
}

static enum sluice_status open_it(struct locked *l, struct sluice_error *err)
{
	const int flags = O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	struct stat st;

	l->lock = fd_open(l->path, flags, 0);
	if (l->lock < 0 && errno == ENOENT) {
		l->lock = fd_open(l->path, flags | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
		l->made = l->lock >= 0;
		if (l->lock < 0 && errno == EEXIST) /* somebody else was quicker */
			l->lock = fd_open(l->path, flags, 0);
	}
	if (l->lock < 0)
		return failed(err, l->path, "cannot open");
	if (!fstat(l->lock, &st) && S_ISREG(st.st_mode))
		return SLUICE_OK;
	fail(err, SLUICE_E_IO, "is not a regular file");
	fail_source(err, l->path);
	return SLUICE_E_IO;
}

enum sluice_status locked_open(struct locked *l, const char *path, struct sluice_error *err)
{
	bool current;

	*l = (struct locked){ .lock = -1, .temp = { .fd = -1 } };
	l->path = realpath(path, NULL);
	if (!l->path)
		l->path = strdup(path);
	if (!l->path)
		return fail_memory(err);
	for (int i = 0; i < TRIES; i++) {
		TRY(open_it(l, err));
		if (flock(l->lock, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
			break;
		TRY(is_current(l, &current, err));
		if (current) /* some file systems have no locks */
			return SLUICE_OK;
		close(l->lock);
		l->lock = -1;
		l->made = false;
	}
	if (l->lock >= 0)
		close(l->lock);
	l->lock = -1;
	l->made = false;
	fail(err, SLUICE_E_IO, "another run is writing to it: try again when that is done");
	fail_source(err, path);
	return SLUICE_E_IO;
}

enum sluice_status locked_stage(struct locked *l, const void *data, size_t len,
                                struct sluice_error *err)
{
	const char *slash = strrchr(l->path, '/');
	char *folder = slash ? strndup(l->path, (size_t)(slash - l->path) + 1) : strdup(".");
	enum sluice_status status;
	uint64_t done = 0;

	if (!folder)
		return fail_memory(err);
	status = temp_open(&l->temp, folder, NULL, err);
	free(folder);
	l->temp.secret = true;
	if (status == SLUICE_OK &&
	    (fd_write(l->temp.fd, data, len, &done) || temp_seal(&l->temp)))
		status = failed(err, l->path, "cannot write");
	if (status != SLUICE_OK)
		fail_source(err, l->path);
	return status;
}

enum sluice_status locked_commit(struct locked *l, struct sluice_error *err)
{
	if (temp_publish(&l->temp, l->path))
		return failed(err, l->path, "cannot write");
	l->made = false;
	return folder_sync_name(l->path, err);
}

void locked_close(struct locked *l)
{
	bool current;

	temp_remove(&l->temp);
	if (l->lock >= 0) {
		if (l->made && !is_current(l, &current, NULL) && current)
			unlink(l->path);
		close(l->lock);
	}
	free(l->path);
	*l = (struct locked){ .lock = -1, .temp = { .fd = -1 } };
}
