/*
 * map.h - a regular file in memory, safe to read even when somebody cuts it
 *
 * MAP_PAD zero bytes and more can be read after the file's last byte.  Every mapping
 * is in a registry (the library's only global), where source_sigbus() finds it.
 */
#ifndef IO_MAP_H
#define IO_MAP_H

#include "base/buf.h"

#define MAP_PAD BUF_PAD

struct map_slot; /* the registry's entry */

struct map {
	uint8_t *base;   /* NULL = not mapped                   */
	size_t len;      /* of the file                         */
	size_t reserved; /* of address space, whole pages       */
	size_t released; /* given back from the front, in bytes */
	struct map_slot *slot;
};

/*
 * Map fd's first 'len' (> 0) bytes.  False, and nothing done, where that cannot be: the file
 * system, the address space or the registry says no.  The caller reads instead.
 */
bool map_open(struct map *m, int fd, uint64_t len);

/* These bytes will be looked at now: their pages are better brought in at once than one by one. */
void map_want(const struct map *m, uint64_t offset, uint64_t len);

/* The bytes before 'offset' will not be looked at again. */
void map_release(struct map *m, uint64_t offset);

/* Was a page found missing? */
bool map_was_cut(const struct map *m);

void map_close(struct map *m);

#endif
