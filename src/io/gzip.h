/*
 * gzip.h - reading gzip, all of it and strictly (RFC 1952)
 *
 * Several members, empty members, every optional header field, BGZF and trailing
 * zeros are read; anything else that is not gzip to the last bit is refused.
 */
#ifndef IO_GZIP_H
#define IO_GZIP_H

#include "base/fail.h"

/* Raw bytes from below, as many as there are now: *got = 0 only at the end. */
typedef enum sluice_status (*gzip_read_fn)(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                           struct sluice_error *err);

struct gzip;

/* 'members' were read before, by other means: the count goes on. */
enum sluice_status gzip_new(gzip_read_fn read, void *ctx, uint64_t members, struct gzip **out,
                            struct sluice_error *err);

/* As source_read. */
enum sluice_status gzip_read(struct gzip *g, uint8_t *dst, size_t cap, size_t *got,
                             struct sluice_error *err);

void gzip_free(struct gzip *g);

#endif
