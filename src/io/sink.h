/*
 * sink.h - where the result goes: a name that is whole or absent, or a descriptor
 *
 * A named sink writes a temporary file (mode 0600, a random name) in the folder of
 * the final name; sink_publish() syncs it, gives it the mode that the umask says,
 * renames it and syncs the folder.  sink_close() without publish removes it.
 */
#ifndef IO_SINK_H
#define IO_SINK_H

#include "base/fail.h"

struct sink;

/*
 * Open the sink for 'path', or for 'fd' when path is NULL.  Refused before anything is made: a
 * folder that does not exist, a name that is a folder or a device, and the file
 * open as 'input_fd' (-1 = none).  A symlink or hard link is replaced, not followed.
 */
enum sluice_status sink_open(const char *path, int fd, int input_fd,
                             struct sluice_pending *pending, struct sink **out,
                             struct sluice_error *err);

/* What is written must not be read by others: mode 0600 whatever the umask. */
void sink_keep_secret(struct sink *s);

/* Write all of data[0..len). */
enum sluice_status sink_write(struct sink *s, const uint8_t *data, size_t len,
                              struct sluice_error *err);

/* All is written: what can fail with the bytes fails here, so that only the renaming is left. */
enum sluice_status sink_seal(struct sink *s, struct sluice_error *err);

/* Give it its name; seals it first where that was not done. */
enum sluice_status sink_publish(struct sink *s, struct sluice_error *err);

uint64_t sink_written(const struct sink *s);

void sink_close(struct sink *s);

#endif
