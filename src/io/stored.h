/*
 * stored.h - deflate without compression: the fallback that always fits
 */
#ifndef IO_STORED_H
#define IO_STORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most bytes that any compressed piece of 'len' bytes takes, because it is stored else. */
size_t stored_bound(size_t len);

/* Write data[0..len) as stored blocks; 'last' marks the last of them.  Returns the length. */
size_t stored_blocks(const uint8_t *data, size_t len, bool last, uint8_t *out);

#endif
