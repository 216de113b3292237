/*
 * temp.h - the unfinished file beside a result
 */
#ifndef IO_TEMP_H
#define IO_TEMP_H

#include "base/fail.h"

struct temp {
	char *path; /* NULL = none */
	int fd;     /* -1 = none   */
	struct sluice_pending *pending;
	bool secret; /* stays 0600 under its name, too */
};

/* Create it in 'folder', mode 0600, under a name that cannot be guessed. */
enum sluice_status temp_open(struct temp *t, const char *folder, struct sluice_pending *pending,
                             struct sluice_error *err);

/* Nothing more will be written: mode, sync and close.  -1 with errno. */
int temp_seal(struct temp *t);

/*
 * Give it the mode that the umask says, sync it and rename it to 'path'.  0, or -1 with
 * errno; then it is still there.
 */
int temp_publish(struct temp *t, const char *path);

/* Remove it, if it was not published. */
void temp_remove(struct temp *t);

#endif
