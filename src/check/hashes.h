/*
 * hashes.h - a growing set of hashes: has this been seen before?
 */
#ifndef CHECK_HASHES_H
#define CHECK_HASHES_H

#include "base/buf.h"

#define HASHES_MAX (1u << 20)

/* A zeroed one is empty; freed with hashes_free(). */
struct hashes {
	uint64_t *slots; /* 0 = free */
	uint32_t cap, n;
};

/* Whether it was there; it is now, as long as there is room. */
enum sluice_status hashes_add(struct hashes *h, const void *data, size_t len, bool *there,
                              struct sluice_error *err);
/* So many will be added, if that is known; of an empty set. */
enum sluice_status hashes_expect(struct hashes *h, size_t n, struct sluice_error *err);
void hashes_free(struct hashes *h);

#endif
