#include "group/record_key.h"

#include "base/word.h"

/* What no identifier begins with: fields hold no NUL. */
static const uint8_t check[] = "\0sluice: is it the same secret?";

void secret_init(struct secret *s, const uint8_t *key, size_t len)
{
	hmac_sha256_set_key(&s->hmac, len, key);
}

/* Each call works on a copy, so threads may share the secret. */
static uint64_t digest(const struct secret *s, const uint8_t *a, size_t a_len, const uint8_t *b,
                       size_t b_len)
{
	struct hmac_sha256_ctx hmac = s->hmac;
	uint8_t first[8];

	hmac_sha256_update(&hmac, a_len, a);
	hmac_sha256_update(&hmac, b_len, b);
	hmac_sha256_digest(&hmac, sizeof(first), first);
	return load_little(first);
}

uint64_t secret_record_key(const struct secret *s, const uint8_t *id, size_t len,
                           uint64_t modulus)
{
	return digest(s, id, len, NULL, 0) % modulus;
}

uint64_t secret_check(const struct secret *s, uint64_t modulus)
{
	uint8_t text[8];

	store_little(text, modulus);
	return digest(s, check, sizeof(check), text, sizeof(text));
}

void secret_wipe(struct secret *s)
{
	volatile uint8_t *byte = (volatile uint8_t *)s;

	for (size_t i = 0; i < sizeof(*s); i++)
		byte[i] = 0;
}
