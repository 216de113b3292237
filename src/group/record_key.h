/*
 * record_key.h - the number that each person carries into every count, and that nobody can guess
 *
 * HMAC-SHA256 of the identifier under a secret, so that a person's key is the same in every table
 * and every release, and says nothing to those who don't have the secret.  A plain hash would not
 * do: identifiers can be enumerated, and whoever has the keys can take the noise off.
 */
#ifndef GROUP_RECORD_KEY_H
#define GROUP_RECORD_KEY_H

#include <nettle/hmac.h>
#include <stddef.h>

#define SECRET_LEAST 16u /* bytes */
#define SECRET_MOST  4096u

struct secret {
	struct hmac_sha256_ctx hmac;
};

void secret_init(struct secret *s, const uint8_t *key, size_t len);

/* The record key of an identifier, below 'modulus' (at most 2^32).  By any thread. */
uint64_t secret_record_key(const struct secret *s, const uint8_t *id, size_t len,
                           uint64_t modulus);

/* The same for the same secret and modulus; says nothing else of them. */
uint64_t secret_check(const struct secret *s, uint64_t modulus);

/* So that nothing of it is left in memory. */
void secret_wipe(struct secret *s);

#endif
