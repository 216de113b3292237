#include "io/secret.h"

#include "io/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum sluice_status check_mode(int fd, struct sluice_error *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return fail_errno(err, SLUICE_E_IO, errno, "cannot read");
	if (!S_ISREG(st.st_mode))
		return fail(err, SLUICE_E_IO, "is no regular file, as a key's must be");
	if (st.st_mode & 077)
		return fail(err, SLUICE_E_IO,
		            "others may use this key (mode %03o): take it from them with chmod "
		            "600, "
		            "and make another if they may have read it",
		            (unsigned)st.st_mode & 0777);
	return SLUICE_OK;
}

static enum sluice_status read_all(int fd, size_t least, size_t most, struct buf *b,
                                   struct sluice_error *err)
{
	ssize_t n = 1;

	TRY(buf_reserve(b, most + 1, err));
	while (n > 0 && b->len <= most) {
		n = fd_read(fd, b->data + b->len, most + 1 - b->len);
		if (n < 0)
			return fail_errno(err, SLUICE_E_IO, errno, "cannot read");
		b->len += (size_t)n;
	}
	if (b->len < least || b->len > most)
		return fail(
			err, SLUICE_E_IO,
			"a key has %zu to %zu bytes, which nobody can guess, as 'head -c 32 "
			"/dev/urandom' makes them",
			least, most);
	return SLUICE_OK;
}

enum sluice_status secret_read(const char *path, size_t least, size_t most, struct buf *b,
                               struct sluice_error *err)
{
	const int fd = fd_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
	enum sluice_status status;

	b->len = 0;
	if (fd < 0) {
		status = fail_errno(err, SLUICE_E_IO, errno, "cannot open");
	} else {
		status = check_mode(fd, err);
		if (status == SLUICE_OK)
			status = read_all(fd, least, most, b, err);
		close(fd);
	}
	if (status != SLUICE_OK)
		fail_source(err, path);
	return status;
}

void buf_wipe(struct buf *b)
{
	volatile uint8_t *byte = b->data;

	for (size_t i = 0; i < b->cap; i++)
		byte[i] = 0;
	buf_free(b);
}
