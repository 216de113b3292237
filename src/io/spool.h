/*
 * spool.h - files that are read back by place: unnamed temporary ones, and partial tables
 */
#ifndef IO_SPOOL_H
#define IO_SPOOL_H

#include "base/fail.h"

/*
 * A new file in 'folder' that nobody else can open: mode 0600, its name removed at once,
 * so that nothing is left of it whatever happens.
 */
enum sluice_status spool_new(const char *folder, int *fd, struct sluice_error *err);

/* A regular file, to be read; its size. */
enum sluice_status spool_open(const char *path, int *fd, uint64_t *size,
                              struct sluice_error *err);

/* All of it, at that offset. */
enum sluice_status spool_write(int fd, uint64_t at, const uint8_t *data, size_t len,
                               struct sluice_error *err);

/* As much as there is; *got < cap only at the end. */
enum sluice_status spool_read(int fd, uint64_t at, uint8_t *dst, size_t cap, size_t *got,
                              struct sluice_error *err);

/* fd < 0 is accepted. */
void spool_close(int fd);

#endif
