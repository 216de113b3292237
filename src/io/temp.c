#include "io/temp.h"

#include "io/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES  100
#define RANDOM 12 /* letters of 5 bits each */

/* ---- name ---------------------------------------------------------------------------- */

static int random_bytes(uint8_t *dst, size_t len)
{
	ssize_t n = -1;
	int fd;

	if (!getentropy(dst, len))
		return 0;
	fd = fd_open("/dev/urandom", O_RDONLY | O_CLOEXEC, 0);
	if (fd >= 0) {
		n = fd_read(fd, dst, len);
		close(fd);
	}
	return n == (ssize_t)len ? 0 : -1;
}

/* The folder's name is short of the final name's length, so the longest name works too. */
static int random_name(char *path, size_t room, const char *folder)
{
	static const char letters[33] = "abcdefghijklmnopqrstuvwxyz234567";
	const bool slash = folder[strlen(folder) - 1] == '/';
	uint8_t bytes[RANDOM];
	char name[RANDOM + 1] = { 0 };

	if (random_bytes(bytes, sizeof(bytes)))
		return -1;
	for (size_t i = 0; i < RANDOM; i++)
		name[i] = letters[bytes[i] % 32];
	snprintf(path, room, "%s%s.sluice-%s.tmp", folder, slash ? "" : "/", name);
	return 0;
}

/* ---- the signal handler's copy of the name ----------------------------------------------- */

static void arm(struct temp *t)
{
	if (!t->pending)
		return;
	memcpy(t->pending->path, t->path, strlen(t->path) + 1);
	atomic_thread_fence(memory_order_seq_cst); /* the handler may run in another thread */
	t->pending->armed = 1;
}

static void disarm(struct temp *t)
{
	if (t->pending)
		t->pending->armed = 0;
}

/* ---- life ------------------------------------------------------------------------------- */

static int create(struct temp *t, size_t room, const char *folder)
{
	for (int i = 0; i < TRIES; i++) {
		if (random_name(t->path, room, folder))
			return -1;
		arm(t);
		t->fd = fd_open(t->path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW,
		                S_IRUSR | S_IWUSR);
		if (t->fd >= 0)
			return 0;
		disarm(t);
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

enum sluice_status temp_open(struct temp *t, const char *folder, struct sluice_pending *pending,
                             struct sluice_error *err)
{
	const size_t room = strlen(folder) + sizeof("/.sluice-.tmp") + RANDOM;

	*t = (struct temp){ .fd = -1, .pending = pending };
	if (pending && room > sizeof(pending->path))
		return fail_errno(err, SLUICE_E_IO, ENAMETOOLONG, "cannot write there");
	t->path = malloc(room);
	if (!t->path)
		return fail_memory(err);
	if (create(t, room, folder)) {
		const int number = errno;

		fail_errno(err, SLUICE_E_IO, number, "cannot write in the output's folder");
		free(t->path);
		t->path = NULL;
		errno = number;
		return SLUICE_E_IO;
	}
	return SLUICE_OK;
}

void temp_remove(struct temp *t)
{
	if (!t->path)
		return;
	if (t->fd >= 0)
		close(t->fd);
	unlink(t->path);
	disarm(t);
	free(t->path);
	*t = (struct temp){ .fd = -1 };
}

/* ---- publish --------------------------------------------------------------------------- */

/* To read the umask one has to set it, and other threads would see that: ask Linux first. */
static mode_t current_umask(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned mask = 0;
	bool found = false;
	char line[256];

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "Umask: %o", &mask) == 1;
	if (f)
		fclose(f);
	if (!found) {
		mask = umask(S_IRWXG | S_IRWXO);
		umask((mode_t)mask);
	}
	return (mode_t)mask;
}

int temp_seal(struct temp *t)
{
	int ret;

	if (t->fd < 0)
		return 0;
	if ((!t->secret && fchmod(t->fd, 0666 & ~current_umask())) || fd_sync(t->fd))
		return -1;
	ret = close(t->fd);
	t->fd = -1;
	return ret && errno != EINTR ? -1 : 0;
}

int temp_publish(struct temp *t, const char *path)
{
	if (temp_seal(t) || rename(t->path, path))
		return -1;
	disarm(t);
	free(t->path);
	t->path = NULL;
	return 0;
}
