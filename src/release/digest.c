#include "release/digest.h"

#include <string.h>

void hex_text(char *hex, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * len] = '\0';
}

enum sluice_status digester_begin(struct digester *d, bool both, struct sluice_error *err)
{
	*d = (struct digester){ .both = both, .quick = XXH3_createState() };
	if (!d->quick || XXH3_128bits_reset(d->quick) != XXH_OK)
		return fail_memory(err);
	if (both)
		sha256_init(&d->slow);
	return SLUICE_OK;
}

void digester_take(struct digester *d, const uint8_t *data, size_t len)
{
	(void)XXH3_128bits_update(d->quick, data, len);
	if (d->both)
		sha256_update(&d->slow, len, data);
	d->bytes += len;
}

void digester_end(struct digester *d, struct digest *out)
{
	XXH128_canonical_t quick;
	uint8_t slow[SHA256_DIGEST_SIZE];

	*out = (struct digest){ .bytes = d->bytes };
	XXH128_canonicalFromHash(&quick, XXH3_128bits_digest(d->quick));
	hex_text(out->xxh3, quick.digest, sizeof(quick.digest));
	XXH3_freeState(d->quick);
	if (!d->both)
		return;
	sha256_digest(&d->slow, sizeof(slow), slow);
	hex_text(out->sha256, slow, sizeof(slow));
}

enum sluice_status digest_bytes(const void *data, size_t len, struct digest *out,
                                struct sluice_error *err)
{
	struct digester d;

	TRY(digester_begin(&d, true, err));
	digester_take(&d, data, len);
	digester_end(&d, out);
	return SLUICE_OK;
}

static void take(void *ctx, const uint8_t *data, size_t len)
{
	digester_take(ctx, data, len);
}

enum sluice_status digest_file(const char *path, bool both, size_t keep, struct buf *text,
                               struct digest *out, struct file_id *id, struct sluice_error *err)
{
	struct digester d;
	enum sluice_status status;

	TRY(digester_begin(&d, both, err));
	status = file_each(path, keep, text, take, &d, id, err);
	digester_end(&d, out);
	return status;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return a->bytes == b->bytes && !strcmp(a->xxh3, b->xxh3) &&
	       !strcmp(a->sha256, b->sha256);
}
