#include "io/spool.h"

#include "io/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum sluice_status spool_new(const char *folder, int *fd, struct sluice_error *err)
{
	struct temp temp;
	enum sluice_status status;
	int number;

#ifdef O_TMPFILE
	do
		*fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, S_IRUSR | S_IWUSR);
	while (*fd < 0 && errno == EINTR);
	if (*fd >= 0)
		return SLUICE_OK;
#endif
	*fd = -1;
	status = temp_open(&temp, folder, NULL, err);
	number = errno;
	if (status == SLUICE_E_MEMORY)
		return status;
	if (status == SLUICE_OK) {
		do
			*fd = open(temp.path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		while (*fd < 0 && errno == EINTR);
		number = errno;
		temp_remove(&temp);
	}
	if (*fd < 0)
		return fail_errno(err, SLUICE_E_IO, number,
		                  "cannot write in the temporary folder (groups beyond the "
		                  "memory allowed go there; --temp takes another)");
	return SLUICE_OK;
}

enum sluice_status spool_open(const char *path, int *fd, uint64_t *size,
                              struct sluice_error *err)
{
	struct stat stat;

	do
		*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	while (*fd < 0 && errno == EINTR);
	if (*fd < 0 || fstat(*fd, &stat)) {
		fail_errno(err, SLUICE_E_IO, errno, "cannot open");
		fail_source(err, path);
		return SLUICE_E_IO;
	}
	*size = (uint64_t)stat.st_size;
	if (S_ISREG(stat.st_mode))
		return SLUICE_OK;
	fail(err, SLUICE_E_IO, "is not a regular file");
	fail_source(err, path);
	return SLUICE_E_IO;
}

enum sluice_status spool_write(int fd, uint64_t at, const uint8_t *data, size_t len,
                               struct sluice_error *err)
{
	while (len) {
		const ssize_t n = pwrite(fd, data, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_errno(
				err, SLUICE_E_IO, n ? errno : ENOSPC,
				"cannot write the temporary file (groups beyond the memory "
				"allowed go there; --temp takes another folder)");
		data += n;
		len -= (size_t)n;
		at += (uint64_t)n;
	}
	return SLUICE_OK;
}

enum sluice_status spool_read(int fd, uint64_t at, uint8_t *dst, size_t cap, size_t *got,
                              struct sluice_error *err)
{
	*got = 0;
	while (*got < cap) {
		const ssize_t n = pread(fd, dst + *got, cap - *got, (off_t)(at + *got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(err, SLUICE_E_IO, errno, "cannot read");
		if (!n)
			break;
		*got += (size_t)n;
	}
	return SLUICE_OK;
}

void spool_close(int fd)
{
	if (fd >= 0)
		close(fd);
}
