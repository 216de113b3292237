/*
 * buf.h - a growable run of bytes with room to over-read and over-write
 *
 * Every buf keeps BUF_PAD bytes after its capacity, so that code may load and
 * store whole vectors at its end.  Owned by whoever declared it; buf_free()
 * gives it back.  A zeroed struct is an empty buf.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/fail.h"

#define BUF_PAD 128

struct buf {
	uint8_t *data;
	size_t len;   /* bytes in use                                    */
	size_t cap;   /* bytes that may be used; BUF_PAD more may be hit */
	size_t limit; /* cap never gets beyond it; 0 = none            */
};

/* Make room for 'extra' bytes after len; the contents stay. */
enum sluice_status buf_reserve(struct buf *b, size_t extra, struct sluice_error *err);

/* Append; grows as needed. */
enum sluice_status buf_add(struct buf *b, const void *data, size_t len,
                           struct sluice_error *err);
PRINTF_LIKE(3, 4)
enum sluice_status buf_addf(struct buf *b, struct sluice_error *err, const char *fmt, ...);

void buf_free(struct buf *b);

#endif
