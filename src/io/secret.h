/*
 * secret.h - files that hold a key
 */
#ifndef IO_SECRET_H
#define IO_SECRET_H

#include "base/buf.h"

/*
 * All of a regular file of least..most bytes that only its owner may read: a key that others can
 * read is none.  Links are followed.  Give 'b' to buf_wipe(), whether this fails or not.
 */
enum sluice_status secret_read(const char *path, size_t least, size_t most, struct buf *b,
                               struct sluice_error *err);

/* As buf_free(), but nothing of it is left in memory. */
void buf_wipe(struct buf *b);

#endif
