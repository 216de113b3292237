/*
 * digest.h - bytes by two hashes: XXH3-128, which is quick, and SHA-256, which others know
 */
#ifndef RELEASE_DIGEST_H
#define RELEASE_DIGEST_H

#include "release/release.h"

#include <nettle/sha2.h>
#include <xxhash.h>

struct digester {
	XXH3_state_t *quick;
	struct sha256_ctx slow;
	bool both;
	uint64_t bytes;
};

/* 'both': SHA-256, too. */
enum sluice_status digester_begin(struct digester *d, bool both, struct sluice_error *err);
void digester_take(struct digester *d, const uint8_t *data, size_t len);

/* The result; the digester is gone then. */
void digester_end(struct digester *d, struct digest *out);

/* Of bytes that are all there, and of a file, whose first 'keep' bytes are in 'text' then. */
enum sluice_status digest_bytes(const void *data, size_t len, struct digest *out,
                                struct sluice_error *err);
enum sluice_status digest_file(const char *path, bool both, size_t keep, struct buf *text,
                               struct digest *out, struct file_id *id,
                               struct sluice_error *err);

bool digest_equal(const struct digest *a, const struct digest *b);

/* Hexadecimal text; 'hex' has room for 2 * len + 1. */
void hex_text(char *hex, const uint8_t *bytes, size_t len);

#endif
