/*
 * zpiece.h - pieces of raw deflate made by zlib, for either codec
 */
#ifndef IO_ZPIECE_H
#define IO_ZPIECE_H

#include <stddef.h>
#include <stdint.h>

struct zpiece;

/* Level 1 to 9.  NULL: no memory. */
struct zpiece *zpiece_new(int level);
void zpiece_free(struct zpiece *z);

/* As deflater_piece(), but 0 where the result would not fit into 'cap' bytes. */
size_t zpiece_run(struct zpiece *z, const uint8_t *data, size_t len, uint8_t *out, size_t cap);

#endif
