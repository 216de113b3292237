/*
 * fd.h - open(2), read(2), write(2) and fsync(2) as this program wants them
 *
 * Interrupted calls are repeated, a descriptor in non-blocking mode is waited for,
 * and lengths are kept below what some kernels refuse.
 */
#ifndef IO_FD_H
#define IO_FD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* As open(2), whatever interrupts it: a FIFO waits for its writer, a network for its server. */
int fd_open(const char *path, int flags, mode_t mode);

/* At least one byte unless the input ended (0) or failed (-1, errno). */
ssize_t fd_read(int fd, uint8_t *dst, size_t cap);

/* All of data[0..len): 0, or -1 with errno; *done (added to) is what was written. */
int fd_write(int fd, const uint8_t *data, size_t len, uint64_t *done);

/* As fsync(2), but what has nothing to sync is no failure. */
int fd_sync(int fd);

#endif
