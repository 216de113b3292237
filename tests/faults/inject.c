/*
 * inject.c - make the N-th call of a function fail, by the linker's --wrap
 *
 * `make FAULTS=1` links the program with this: every call that its objects, and those
 * libraries that are there as archives, make to a function of CALLS comes here first.
 *
 *   SLUICE_FAULT=NAME:N:HOW:ERRNO   once = the N-th call fails; on = that and all after it;
 *                                   odd = every other one from there; short = from there
 *                                   read and write take one byte
 *   SLUICE_FAULT_LOG=FILE           at the end "NAME calls" for each, and "fired times"
 *
 * A failing close() closes, as the kernel's does: the descriptor is gone either way.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * What the program's objects call and can fail, and some calls that are likely to join
 * them.  faults.py reads this list, and complains of a call that it does not know.
 */
#define CALLS(X)          \
	X(malloc)         \
	X(calloc)         \
	X(realloc)        \
	X(strdup)         \
	X(strndup)        \
	X(open)           \
	X(fopen)          \
	X(stat)           \
	X(fstat)          \
	X(lseek)          \
	X(realpath)       \
	X(read)           \
	X(write)          \
	X(poll)           \
	X(mmap)           \
	X(madvise)        \
	X(dup)            \
	X(close)          \
	X(fflush)         \
	X(fchmod)         \
	X(fsync)          \
	X(rename)         \
	X(unlink)         \
	X(getentropy)     \
	X(pthread_create) \
	X(aligned_alloc)  \
	X(openat)         \
	X(opendir)        \
	X(pread)          \
	X(writev)         \
	X(fdatasync)      \
	X(ftruncate)      \
	X(mkdir)          \
	X(link)           \
	X(renameat2)      \
	X(getline)        \
	X(pwrite)         \
	X(lstat)          \
	X(remove)         \
	X(rmdir)          \
	X(flock)          \
	X(syncfs)         \
	X(dlopen)         \
	X(glob)           \
	X(nftw)           \
	X(readdir)        \
	X(open_memstream) \
	X(syscall)

enum call {
#define CALL(name) C_##name,
	CALLS(CALL) N_CALLS
};

static const char *const names[N_CALLS] = {
#define NAME(name) #name,
	CALLS(NAME)
};

static atomic_uint counts[N_CALLS], fired;
static struct {
	enum call call; /* N_CALLS = none fails */
	unsigned at;
	enum { ONCE, ON, ODD, SHORT } how;
	int number;
} wanted = { N_CALLS, 0, ONCE, 0 };

/* ---- what is asked for, and what was seen --------------------------------------------- */

static void read_wish(const char *wish)
{
	char name[32], how[8];

	if (sscanf(wish, "%31[a-z_]:%u:%7[a-z]:%d", name, &wanted.at, how, &wanted.number) != 4)
		abort();
	for (enum call c = 0; c < N_CALLS; c++)
		if (!strcmp(names[c], name))
			wanted.call = c;
	wanted.how = !strcmp(how, "once")  ? ONCE
	             : !strcmp(how, "on")  ? ON
	             : !strcmp(how, "odd") ? ODD
	                                   : SHORT;
	if (wanted.call == N_CALLS)
		abort();
}

__attribute__((constructor)) static void begin(void)
{
	const char *wish = getenv("SLUICE_FAULT");

	if (wish)
		read_wish(wish);
}

int __real_open(const char *path, int flags, ...);
ssize_t __real_write(int fd, const void *data, size_t len);
int __real_close(int fd);

__attribute__((destructor)) static void end(void)
{
	const char *log = getenv("SLUICE_FAULT_LOG");
	char text[N_CALLS * 32];
	int len = 0, fd;

	if (!log || (fd = __real_open(log, O_CREAT | O_TRUNC | O_WRONLY, 0600)) < 0)
		return;
	for (enum call c = 0; c < N_CALLS; c++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "%s %u\n", names[c],
		                atomic_load(&counts[c]));
	len += snprintf(text + len, sizeof(text) - (size_t)len, "fired %u\n",
	                atomic_load(&fired));
	if (__real_write(fd, text, (size_t)len) != len)
		abort();
	__real_close(fd);
}

/* Count the call; whether it is to fail (or, under SHORT, to be short). */
static bool struck(enum call c)
{
	const unsigned n = atomic_fetch_add(&counts[c], 1) + 1;
	bool hit = false;

	if (c != wanted.call || n < wanted.at)
		return false;
	switch (wanted.how) {
	case ONCE: hit = n == wanted.at; break;
	case ODD: hit = (n - wanted.at) % 2 == 0; break;
	case ON:
	case SHORT: hit = true; break;
	}
	if (hit)
		atomic_fetch_add(&fired, 1);
	return hit;
}

static bool fails(enum call c)
{
	if (!struck(c))
		return false;
	errno = wanted.number;
	return true;
}

/* ---- the calls -------------------------------------------------------------------------- */

#define WRAP(type, name, failure, parameters, ...) \
	type __real_##name parameters;             \
	type __wrap_##name parameters;             \
	type __wrap_##name parameters              \
	{                                          \
		if (fails(C_##name))               \
			return failure;            \
		return __real_##name(__VA_ARGS__); \
	}

WRAP(void *, malloc, NULL, (size_t size), size)
WRAP(void *, calloc, NULL, (size_t n, size_t size), n, size)
WRAP(void *, realloc, NULL, (void *p, size_t size), p, size)
WRAP(char *, strdup, NULL, (const char *text), text)
WRAP(char *, strndup, NULL, (const char *text, size_t n), text, n)
WRAP(FILE *, fopen, NULL, (const char *path, const char *mode), path, mode)
WRAP(int, stat, -1, (const char *path, struct stat *st), path, st)
WRAP(int, fstat, -1, (int fd, struct stat *st), fd, st)
WRAP(off_t, lseek, -1, (int fd, off_t at, int whence), fd, at, whence)
WRAP(char *, realpath, NULL, (const char *path, char *real), path, real)
WRAP(int, poll, -1, (struct pollfd * fds, nfds_t n, int timeout), fds, n, timeout)
WRAP(void *, mmap, MAP_FAILED,
     (void *at, size_t len, int prot, int flags, int fd, off_t offset), at, len, prot, flags,
     fd, offset)
WRAP(int, madvise, -1, (void *at, size_t len, int advice), at, len, advice)
WRAP(int, dup, -1, (int fd), fd)
WRAP(int, fflush, EOF, (FILE * f), f)
WRAP(int, fchmod, -1, (int fd, mode_t mode), fd, mode)
WRAP(int, fsync, -1, (int fd), fd)
WRAP(int, rename, -1, (const char *from, const char *to), from, to)
WRAP(int, unlink, -1, (const char *path), path)
WRAP(int, getentropy, -1, (void *dst, size_t len), dst, len)
WRAP(int, pthread_create, wanted.number,
     (pthread_t * thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg),
     thread, attr, start, arg)

WRAP(void *, aligned_alloc, NULL, (size_t align, size_t size), align, size)
WRAP(DIR *, opendir, NULL, (const char *path), path)
WRAP(ssize_t, pread, -1, (int fd, void *dst, size_t len, off_t at), fd, dst, len, at)
WRAP(ssize_t, writev, -1, (int fd, const struct iovec *parts, int n), fd, parts, n)
WRAP(int, fdatasync, -1, (int fd), fd)
WRAP(int, ftruncate, -1, (int fd, off_t len), fd, len)
WRAP(int, mkdir, -1, (const char *path, mode_t mode), path, mode)
WRAP(int, link, -1, (const char *from, const char *to), from, to)
WRAP(int, renameat2, -1,
     (int from_fd, const char *from, int to_fd, const char *to, unsigned how), from_fd, from,
     to_fd, to, how)
WRAP(ssize_t, getline, -1, (char **line, size_t *room, FILE *f), line, room, f)
WRAP(ssize_t, pwrite, -1, (int fd, const void *data, size_t len, off_t at), fd, data, len, at)
WRAP(int, lstat, -1, (const char *path, struct stat *st), path, st)
WRAP(int, remove, -1, (const char *path), path)
WRAP(int, rmdir, -1, (const char *path), path)
WRAP(int, flock, -1, (int fd, int how), fd, how)
WRAP(int, syncfs, -1, (int fd), fd)
WRAP(void *, dlopen, NULL, (const char *file, int mode), file, mode)

WRAP(int, glob, wanted.number == ENOMEM ? GLOB_NOSPACE : GLOB_ABORTED,
     (const char *pattern, int flags, int (*wrong)(const char *, int), glob_t *g), pattern,
     flags, wrong, g)
WRAP(int, nftw, -1, (const char *top, __nftw_func_t each, int open_at_once, int flags), top,
     each, open_at_once, flags)
WRAP(struct dirent *, readdir, NULL, (DIR * folder), folder)
WRAP(FILE *, open_memstream, NULL, (char **text, size_t *len), text, len)

/* The C library may not have it: renameat2(). */
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	long at[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		at[i] = va_arg(args, long);
	va_end(args);
	return fails(C_syscall)
	               ? -1
	               : __real_syscall(number, at[0], at[1], at[2], at[3], at[4], at[5]);
}

/* jansson's hash tables begin so, and would do without. */
static int random_fd = -1;

static bool is_random(int fd)
{
	return fd >= 0 && fd == random_fd;
}

/* The mode is there when the flags say that a file may be made. */
#define MODE(mode, flags)                      \
	do {                                   \
		va_list args;                  \
		if (!((flags)&O_CREAT))        \
			break;                 \
		va_start(args, flags);         \
		(mode) = va_arg(args, mode_t); \
		va_end(args);                  \
	} while (0)

int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE(mode, flags);
	if (!strcmp(path, "/dev/urandom"))
		return random_fd = __real_open(path, flags, mode);
	return fails(C_open) ? -1 : __real_open(path, flags, mode);
}

int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE(mode, flags);
	return fails(C_openat) ? -1 : __real_openat(folder, path, flags, mode);
}

int __wrap_close(int fd);
int __wrap_close(int fd)
{
	const bool fail = !is_random(fd) && struck(C_close);
	const int done = __real_close(fd);

	if (is_random(fd))
		random_fd = -1;
	if (fail)
		errno = wanted.number;
	return fail ? -1 : done;
}

ssize_t __real_read(int fd, void *dst, size_t len);
ssize_t __wrap_read(int fd, void *dst, size_t len);
ssize_t __wrap_read(int fd, void *dst, size_t len)
{
	const bool hit = !is_random(fd) && fails(C_read);

	if (hit && wanted.how != SHORT)
		return -1;
	return __real_read(fd, dst, hit && len ? 1 : len);
}

ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	const bool hit = fails(C_write);

	if (hit && wanted.how != SHORT)
		return -1;
	return __real_write(fd, data, hit && len ? 1 : len);
}
