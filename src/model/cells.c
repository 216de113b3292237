#include "model/cells.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* ---- names ----------------------------------------------------------------------------- */

static uint32_t *names_slot(const struct names *n, const char *text)
{
	uint32_t at = (uint32_t)XXH3_64bits(text, strlen(text)) & (n->n_slots - 1);

	while (n->slots[at] && strcmp(n->names[n->slots[at] - 1], text) != 0)
		at = (at + 1) & (n->n_slots - 1);
	return &n->slots[at];
}

uint32_t names_find(const struct names *n, const char *text)
{
	return n->n_slots ? *names_slot(n, text) - 1 : CELL_NONE;
}

static bool names_grow(struct names *n)
{
	const uint32_t wanted = n->n_slots ? n->n_slots * 2 : 64;
	uint32_t *old = n->slots;

	n->slots = calloc(wanted, sizeof(*n->slots));
	if (!n->slots) {
		n->slots = old;
		return false;
	}
	free(old);
	n->n_slots = wanted;
	for (uint32_t i = 0; i < n->n; i++)
		*names_slot(n, n->names[i]) = i + 1;
	return true;
}

enum sluice_status names_add(struct names *n, const char *text, uint32_t *id,
                             struct sluice_error *err)
{
	uint32_t *slot;

	if (n->n * 2 >= n->n_slots && !names_grow(n))
		return fail_memory(err);
	slot = names_slot(n, text);
	if (!*slot) {
		if (!array_grow((void **)&n->names, &n->cap, n->n, sizeof(*n->names)))
			return fail_memory(err);
		n->names[n->n] = strdup(text);
		if (!n->names[n->n])
			return fail_memory(err);
		*slot = ++n->n;
	}
	*id = *slot - 1;
	return SLUICE_OK;
}

void names_free(struct names *n)
{
	for (uint32_t i = 0; i < n->n; i++)
		free(n->names[i]);
	free(n->names);
	free(n->slots);
	*n = (struct names){ 0 };
}

/* ---- cells ----------------------------------------------------------------------------- */

static uint32_t *cells_slot(const struct cells *c, const uint32_t *key)
{
	const size_t size = cells_width(c) * sizeof(*key);
	uint32_t at = (uint32_t)XXH3_64bits(key, size) & (c->n_slots - 1);

	while (c->slots[at] && memcmp(cell_key(c, c->slots[at] - 1), key, size) != 0)
		at = (at + 1) & (c->n_slots - 1);
	return &c->slots[at];
}

uint32_t cells_find(const struct cells *c, const uint32_t *key)
{
	return c->n_slots ? *cells_slot(c, key) - 1 : CELL_NONE;
}

static bool cells_grow(struct cells *c)
{
	const uint32_t wanted = c->n_slots ? c->n_slots * 2 : 1024;
	uint32_t *old = c->slots;

	c->slots = calloc(wanted, sizeof(*c->slots));
	if (!c->slots) {
		c->slots = old;
		return false;
	}
	free(old);
	c->n_slots = wanted;
	for (uint32_t i = 0; i < c->n; i++)
		*cells_slot(c, cell_key(c, i)) = i + 1;
	return true;
}

enum sluice_status cells_add(struct cells *c, struct model *m, const uint32_t *key,
                             uint32_t *cell, struct sluice_error *err)
{
	const size_t size = cells_width(c) * sizeof(*key);
	uint32_t copy[64], unknown;
	uint32_t *slot;

	if (size > sizeof(copy))
		return fail(err, SLUICE_E_PLAN, "more dimensions than an audit can hold");
	if (c->n * 2 >= c->n_slots && !cells_grow(c))
		return fail_memory(err);
	slot = cells_slot(c, key);
	*cell = *slot - 1;
	if (*slot)
		return SLUICE_OK;
	if (c->n >= CELLS_LIMIT)
		return fail(err, SLUICE_E_MEMORY,
		            "the files speak of more than %u cells with all their totals",
		            CELLS_LIMIT);
	memcpy(copy, key, size); /* 'key' may be one of ours, which are about to move */
	if (!array_grow((void **)&c->keys, &c->cap_keys, c->n, size) ||
	    !array_grow((void **)&c->cells, &c->cap, c->n, sizeof(*c->cells)))
		return fail_memory(err);
	*cell = c->n++;
	memcpy(cell_key(c, *cell), copy, size);
	c->cells[*cell] = (struct cell_at){ .place = CELL_NONE };
	*slot = c->n;
	return model_unknown(m, 0, BOUND_NONE, &unknown, err);
}

enum sluice_status cells_place(struct cells *c, uint32_t cell, struct place_at place,
                               struct sluice_error *err)
{
	if (!array_grow((void **)&c->places, &c->cap_places, c->n_places, sizeof(*c->places)))
		return fail_memory(err);
	place.next = c->cells[cell].place;
	c->cells[cell].place = c->n_places;
	c->places[c->n_places++] = place;
	return SLUICE_OK;
}

void cells_free(struct cells *c)
{
	for (uint32_t i = 0; i < c->n_dimensions; i++) {
		free(c->dimensions[i].name);
		names_free(&c->dimensions[i].codes);
		free(c->dimensions[i].families);
		free(c->dimensions[i].children);
		free(c->dimensions[i].outer);
	}
	free(c->dimensions);
	names_free(&c->measures);
	names_free(&c->populations);
	free(c->keys);
	free(c->cells);
	free(c->places);
	free(c->slots);
	*c = (struct cells){ 0 };
}
