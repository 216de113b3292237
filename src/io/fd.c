#include "io/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#define MOST ((size_t)1 << 30) /* macOS refuses 2 GiB and more in one call */

/* True: try again.  Somebody may have given us a descriptor in non-blocking mode. */
static bool again(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

int fd_open(const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = open(path, flags, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

ssize_t fd_read(int fd, uint8_t *dst, size_t cap)
{
	ssize_t n;

	do
		n = read(fd, dst, cap < MOST ? cap : MOST);
	while (n < 0 && again(fd, POLLIN));
	return n;
}

int fd_write(int fd, const uint8_t *data, size_t len, uint64_t *done)
{
	while (len) {
		const ssize_t n = write(fd, data, len < MOST ? len : MOST);

		if (n > 0) {
			data += n;
			len -= (size_t)n;
			*done += (uint64_t)n;
		} else if (n == 0) {
			errno = EIO; /* no progress and no reason: never loop on it */
			return -1;
		} else if (!again(fd, POLLOUT)) {
			return -1;
		}
	}
	return 0;
}

int fd_sync(int fd)
{
	int ret;

	do
		ret = fsync(fd);
	while (ret && errno == EINTR);
	return ret && errno != EINVAL && errno != ENOTSUP && errno != EROFS ? -1 : 0;
}
