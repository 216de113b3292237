/*
 * with.h - JSON put together piece by piece: what lacks a piece is NULL, and so is the whole
 */
#ifndef AUDIT_WITH_H
#define AUDIT_WITH_H

#include <jansson.h>

/* Both take the list or map, and the piece, and give what there is then. */
static inline json_t *with(json_t *list, json_t *item)
{
	if (!json_array_append_new(list, item))
		return list;
	json_decref(list);
	return NULL;
}

static inline json_t *put(json_t *map, const char *key, json_t *value)
{
	if (!json_object_set_new(map, key, value))
		return map;
	json_decref(map);
	return NULL;
}

#endif
