#include "group/table.h"

#include "base/word.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define GROUP_UNIT  8u /* groups begin at its multiples */
#define BLOCK_BYTES (1u << 20)
#define INDEX_FIRST 1024u

void group_table_init(struct group_table *t, const struct group_spec *spec)
{
	*t = (struct group_table){ .spec = spec };
}

/* Bytes of a group before its key. */
static uint32_t head_bytes(const struct group_spec *s)
{
	return (uint32_t)(sizeof(struct group) +
	                  (s->n_words + s->n_persons) * sizeof(uint64_t));
}

static struct group *group_at(const struct group_table *t, uint32_t at)
{
	const uint64_t byte = (uint64_t)(at - 1) * GROUP_UNIT;

	return (struct group *)(void *)(t->blocks[byte / BLOCK_BYTES] + byte % BLOCK_BYTES);
}

/* ---- memory ------------------------------------------------------------------------- */

static enum sluice_status add_block(struct group_table *t, struct sluice_error *err)
{
	uint8_t **blocks = t->blocks;

	if (t->n_blocks >= UINT32_MAX / (BLOCK_BYTES / GROUP_UNIT))
		return fail_memory(err);
	if ((t->n_blocks & (t->n_blocks - 1)) == 0) {
		const size_t room = t->n_blocks ? 2 * (size_t)t->n_blocks : 1;

		blocks = realloc(blocks, room * sizeof(*blocks));
		if (!blocks)
			return fail_memory(err);
		t->blocks = blocks;
	}
	blocks[t->n_blocks] = malloc(BLOCK_BYTES);
	if (!blocks[t->n_blocks])
		return fail_memory(err);
	t->n_blocks++;
	t->used = 0;
	return SLUICE_OK;
}

/* Room for a group, zeroed up to its key; its place + 1 in units. */
static enum sluice_status add_group(struct group_table *t, const uint8_t *key, uint32_t len,
                                    uint32_t *at, struct sluice_error *err)
{
	const uint32_t head = head_bytes(t->spec);
	const uint32_t bytes = (head + len + GROUP_UNIT - 1) / GROUP_UNIT * GROUP_UNIT;
	struct group *g;

	if (!t->n_blocks || t->used + bytes > BLOCK_BYTES) {
		if (bytes > BLOCK_BYTES)
			return fail_memory(err);
		TRY(add_block(t, err));
	}
	*at = (t->n_blocks - 1) * (BLOCK_BYTES / GROUP_UNIT) + t->used / GROUP_UNIT + 1;
	g = group_at(t, *at);
	memset(g, 0, head);
	g->key_len = len;
	g->key_at = head;
	memcpy((uint8_t *)g + head, key, len);
	t->used += bytes;
	t->n_groups++;
	return SLUICE_OK;
}

static uint64_t key_hash(const uint8_t *key, uint32_t len)
{
	return XXH3_64bits(key, len);
}

static enum sluice_status grow_index(struct group_table *t, struct sluice_error *err)
{
	const uint32_t n = t->n_index ? 2 * t->n_index : INDEX_FIRST;
	struct group_index *index = calloc(n, sizeof(*index));

	if (!index)
		return fail_memory(err);
	for (uint32_t i = 0; i < t->n_index; i++) {
		const struct group_index *old = &t->index[i];
		const struct group *g;
		uint64_t at;

		if (!old->at)
			continue;
		g = group_at(t, old->at);
		at = key_hash(group_key(g), g->key_len) & (n - 1);
		while (index[at].at)
			at = (at + 1) & (n - 1);
		index[at] = *old;
	}
	free(t->index);
	t->index = index;
	t->n_index = n;
	return SLUICE_OK;
}

/* ---- use -------------------------------------------------------------------------------- */

enum sluice_status group_find(struct group_table *t, const uint8_t *key, uint32_t len,
                              struct group **group, struct sluice_error *err)
{
	const uint64_t hash = key_hash(key, len);
	const uint32_t tag = (uint32_t)(hash >> 32);
	struct group_index *slot;
	uint64_t i;

	if (t->n_groups >= t->n_index / 4 * 3)
		TRY(grow_index(t, err));
	for (i = hash & (t->n_index - 1); t->index[i].at; i = (i + 1) & (t->n_index - 1)) {
		struct group *g;

		if (t->index[i].tag != tag)
			continue;
		g = group_at(t, t->index[i].at);
		if (g->key_len == len && !memcmp(group_key(g), key, len)) {
			*group = g;
			return SLUICE_OK;
		}
	}
	slot = &t->index[i];
	TRY(add_group(t, key, len, &slot->at, err));
	slot->tag = tag;
	*group = group_at(t, slot->at);
	return SLUICE_OK;
}

const struct group *group_table_at(const struct group_table *t, uint32_t i)
{
	return t->index[i].at ? group_at(t, t->index[i].at) : NULL;
}

uint64_t group_table_bytes(const struct group_table *t)
{
	return (uint64_t)t->n_blocks * BLOCK_BYTES +
	       3 * sizeof(*t->index) * (uint64_t)t->n_index +
	       2 * sizeof(struct group_sort) * (uint64_t)t->n_groups;
}

uint64_t group_table_group_bytes(const struct group_spec *spec)
{
	/* The index has two and two thirds entries for a group when it has just grown. */
	return head_bytes(spec) + GROUP_UNIT + 3 * sizeof(struct group_index) * 8 / 3 +
	       2 * sizeof(struct group_sort);
}

/* ---- order ------------------------------------------------------------------------------ */

int key_order(const uint8_t *a, uint32_t a_len, const uint8_t *b, uint32_t b_len)
{
	const int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

uint64_t key_prefix(const uint8_t *key, uint32_t len)
{
	uint8_t first[8] = { 0 };

	if (len >= 8)
		return load_big(key);
	memcpy(first, key, len);
	return load_big(first);
}

static int by_key(const void *left, const void *right)
{
	const struct group_sort *a = left, *b = right;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	return key_order(group_key(a->group), a->group->key_len, group_key(b->group),
	                 b->group->key_len);
}

enum sluice_status group_table_sort(struct group_table *t, struct group_sort **sorted,
                                    struct sluice_error *err)
{
	struct group_sort *s = malloc(((size_t)t->n_groups + 1) * sizeof(*s));
	uint32_t n = 0;

	*sorted = s;
	if (!s)
		return fail_memory(err);
	for (uint32_t i = 0; i < t->n_index; i++) {
		struct group *g;

		if (!t->index[i].at)
			continue;
		g = group_at(t, t->index[i].at);
		s[n++] = (struct group_sort){ key_prefix(group_key(g), g->key_len), g };
	}
	qsort(s, n, sizeof(*s), by_key);
	for (uint32_t i = 0; i < n; i++)
		s[i].group->rank = i;
	return SLUICE_OK;
}

void group_table_empty(struct group_table *t)
{
	for (uint32_t i = 0; i < t->n_blocks; i++)
		free(t->blocks[i]);
	free(t->blocks);
	free(t->index);
	group_table_init(t, t->spec);
}
