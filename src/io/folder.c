/*
 * folder.c - made, locked, synced, swapped, removed
 *
 * Syncing is one call for all files of a release: a sync for each of some thousand small
 * files would take longer than everything else together.
 */
#include "io/folder.h"

#include "io/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE (1 << 1)
#endif
#endif

#define FOLDERS_OPEN 32 /* descriptors that a walk may take */

static enum sluice_status failed(struct sluice_error *err, const char *path, const char *what)
{
	fail_errno(err, SLUICE_E_IO, errno, "%s", what);
	fail_source(err, path);
	return SLUICE_E_IO;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Made, or there already; errno says why not. */
static bool is_made(const char *path, unsigned mode)
{
	int why;

	if (!mkdir(path, (mode_t)mode))
		return true;
	why = errno;
	if (is_folder(path))
		return true;
	errno = why;
	return false;
}

enum sluice_status folder_make(const char *path, unsigned mode, struct sluice_error *err)
{
	char *part = strdup(path);
	size_t len = strlen(path);
	bool ok = true;

	if (!part)
		return fail_memory(err);
	while (len > 1 && part[len - 1] == '/')
		part[--len] = '\0';
	for (size_t i = 1; i < len && ok; i++) {
		if (part[i] != '/' || part[i - 1] == '/')
			continue;
		part[i] = '\0';
		ok = is_made(part, 0777);
		part[i] = '/';
	}
	ok = ok && (!*part || is_made(part, mode));
	if (!ok)
		failed(err, path, "cannot make the folder");
	free(part);
	return ok ? SLUICE_OK : SLUICE_E_IO;
}

enum sluice_status folder_make_for(const char *file, struct sluice_error *err)
{
	const char *slash = strrchr(file, '/');
	enum sluice_status status;
	char *folder;

	if (!slash || slash == file)
		return SLUICE_OK;
	folder = strndup(file, (size_t)(slash - file));
	if (!folder)
		return fail_memory(err);
	status = is_folder(folder) ? SLUICE_OK : folder_make(folder, 0777, err);
	free(folder);
	return status;
}

char *folder_real(const char *path)
{
	return realpath(path, NULL);
}

enum sluice_status folder_lock(const char *path, int *fd, struct sluice_error *err)
{
	*fd = fd_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (*fd < 0)
		return failed(err, path, "cannot open the folder");
	if (!flock(*fd, LOCK_EX | LOCK_NB) || (errno != EWOULDBLOCK && errno != EINTR))
		return SLUICE_OK; /* some file systems have no locks */
	close(*fd);
	*fd = -1;
	fail(err, SLUICE_E_IO, "another release is being made in this folder");
	fail_source(err, path);
	return SLUICE_E_IO;
}

void folder_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}

#ifdef __linux__
/* Since 5.8 it tells of writes that failed. */
static bool tells_of_failures(void)
{
	struct utsname name;
	unsigned major = 0, minor = 0;

	return !uname(&name) && sscanf(name.release, "%u.%u", &major, &minor) == 2 &&
	       (major > 5 || (major == 5 && minor >= 8));
}
#endif

/* True: all that is under the descriptor's file system was written, or there is nothing to sync. */
static bool sync_all(int fd)
{
#ifdef __linux__
	if (!syncfs(fd) && tells_of_failures())
		return true;
#endif
	return false;
}

static int sync_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	int fd = -1;

	(void)st;
	(void)at;
	if (kind == FTW_F || kind == FTW_D)
		fd = fd_open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
	if (fd < 0)
		return 0;
	if (fsync(fd) && errno != EINVAL && errno != ENOTSUP && errno != EROFS) {
		close(fd);
		return -1;
	}
	return close(fd);
}

enum sluice_status folder_sync(int fd, struct sluice_error *err)
{
	char name[64];
	char *path;
	int ret;

	if (fd < 0 || sync_all(fd))
		return SLUICE_OK;
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	path = realpath(name, NULL); /* one by one, where the system has nothing better */
	ret = path ? nftw(path, sync_one, FOLDERS_OPEN, FTW_PHYS) : -1;
	free(path);
	return ret ? fail_errno(err, SLUICE_E_IO, errno, "cannot sync the folder") : SLUICE_OK;
}

static char *folder_of(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len && path[len - 1] != '/')
		len--;
	return len ? strndup(path, len) : strdup(".");
}

enum sluice_status folder_sync_name(const char *path, struct sluice_error *err)
{
	char *folder = folder_of(path);
	int fd, ret;

	if (!folder)
		return fail_memory(err);
	fd = fd_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	free(folder);
	if (fd < 0 && errno == EACCES)
		return SLUICE_OK;
	ret = fd < 0 ? -1 : fd_sync(fd);
	if (ret)
		failed(err, path, "written, but the folder cannot be synced");
	if (fd >= 0)
		close(fd);
	return ret ? SLUICE_E_IO : SLUICE_OK;
}

enum sluice_status folder_publish(const char *from, const char *to, struct sluice_error *err)
{
	const int fd = fd_open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	enum sluice_status status;

	if (fd < 0)
		return failed(err, to, "cannot open the folder");
	status = folder_sync(fd, err);
	close(fd);
	TRY(status);
	TRY(file_rename(from, to, err));
	return folder_sync_name(to, err);
}

/* Without a call that does it in one step, a name is missing for a moment; it is put back on failure. */
static int swap_in_steps(const char *a, const char *b)
{
	const size_t room = strlen(b) + sizeof(".old");
	char *aside = malloc(room);
	int ret = -1;

	if (!aside)
		return -1;
	snprintf(aside, room, "%s.old", b);
	if (!rename(b, aside)) {
		ret = rename(a, b);
		if (ret || rename(aside, a)) {
			const int number = errno;

			if (ret)
				(void)!rename(aside, b);
			errno = number;
			ret = -1;
		}
	}
	free(aside);
	return ret;
}

enum sluice_status folder_swap(const char *a, const char *b, struct sluice_error *err)
{
#if defined(__linux__) && defined(SYS_renameat2)
	if (!syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE))
		return SLUICE_OK;
	if (errno != ENOSYS && errno != EINVAL)
		return failed(err, b, "cannot put the new folder in its place");
#endif
	return swap_in_steps(a, b) ? failed(err, b, "cannot put the new folder in its place")
	                           : SLUICE_OK;
}

void folder_remove_empty(const char *path)
{
	(void)!rmdir(path);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	(void)!remove(path);
	return 0;
}

void folder_remove(const char *path)
{
	struct stat st;

	if (!lstat(path, &st))
		nftw(path, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
