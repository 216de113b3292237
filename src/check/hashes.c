#include "check/hashes.h"

#include <stdlib.h>
#include <xxhash.h>

#define LEAST 64u

static uint64_t *place(const struct hashes *h, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & (h->cap - 1);

	while (h->slots[at] && h->slots[at] != hash)
		at = (at + 1) & (h->cap - 1);
	return &h->slots[at];
}

static enum sluice_status grow(struct hashes *h, uint32_t cap, struct sluice_error *err)
{
	struct hashes more = { .cap = cap, .n = h->n };

	more.slots = calloc(more.cap, sizeof(*more.slots));
	if (!more.slots)
		return fail_memory(err);
	for (uint32_t i = 0; i < h->cap; i++)
		if (h->slots[i])
			*place(&more, h->slots[i]) = h->slots[i];
	free(h->slots);
	*h = more;
	return SLUICE_OK;
}

enum sluice_status hashes_expect(struct hashes *h, size_t n, struct sluice_error *err)
{
	uint32_t cap = LEAST;

	while (cap / 2 <= n && cap < 2 * HASHES_MAX)
		cap *= 2;
	return grow(h, cap, err);
}

enum sluice_status hashes_add(struct hashes *h, const void *data, size_t len, bool *there,
                              struct sluice_error *err)
{
	const uint64_t hash = XXH3_64bits(data, len) | 1;
	uint64_t *slot;

	*there = false;
	if (2 * h->n >= h->cap && h->cap < 2 * HASHES_MAX)
		TRY(grow(h, h->cap ? 2 * h->cap : LEAST, err));
	slot = place(h, hash);
	*there = *slot == hash;
	if (!*there && h->n < HASHES_MAX) {
		*slot = hash;
		h->n++;
	}
	return SLUICE_OK;
}

void hashes_free(struct hashes *h)
{
	free(h->slots);
	*h = (struct hashes){ 0 };
}
