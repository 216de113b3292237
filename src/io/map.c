/*
 * map.c - mapping, and what to do when a mapped file shrinks
 *
 * A page of a mapped file that lies past the file's (new) end raises SIGBUS.  The
 * program's handler calls source_sigbus(), which looks the address up in a fixed table
 * of atomics, lays zeros over the rest of the mapping and notes that it did.  The
 * job goes on with zeros until source_finish() refuses the result.
 *
 * A thread that faults is inside a job that is alive, so its own entry does not change
 * under the handler.  Entries of other jobs may come and go; 'begin' is written last
 * and cleared first, and read twice.
 */
#include "io/map.h"

#include "io/source.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#define SLOTS  64
#define WINDOW ((size_t)4 << 20) /* pages are given back in steps of this */

struct map_slot {
	atomic_bool taken;
	atomic_uintptr_t begin; /* 0 = nothing mapped */
	atomic_uintptr_t end;
	atomic_bool cut;
};

static struct map_slot registry[SLOTS];

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static struct map_slot *slot_take(void)
{
	for (size_t i = 0; i < SLOTS; i++) {
		bool taken = false;

		if (atomic_compare_exchange_strong(&registry[i].taken, &taken, true))
			return &registry[i];
	}
	return NULL;
}

static void slot_give(struct map_slot *slot)
{
	atomic_store(&slot->begin, 0);
	atomic_store(&slot->end, 0);
	atomic_store(&slot->cut, false);
	atomic_store(&slot->taken, false);
}

bool map_open(struct map *m, int fd, uint64_t len)
{
	const size_t page = page_size();
	struct map_slot *slot;
	size_t reserved;
	void *base;

	if (!len || len > SIZE_MAX / 2)
		return false;
	slot = slot_take();
	if (!slot)
		return false;

	/* Zeros first, one page too many, and the file over their beginning: the padding. */
	reserved = ((size_t)len + page - 1) / page * page + page;
	base = mmap(NULL, reserved, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
	            0);
	if (base == MAP_FAILED)
		goto no_slot;
	if (mmap(base, (size_t)len, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED)
		goto no_map;
	(void)madvise(base, (size_t)len, MADV_SEQUENTIAL);

	atomic_store(&slot->end, (uintptr_t)base + reserved);
	atomic_store(&slot->begin, (uintptr_t)base);
	*m = (struct map){
		.base = base, .len = (size_t)len, .reserved = reserved, .slot = slot
	};
	return true;
no_map:
	munmap(base, reserved);
no_slot:
	slot_give(slot);
	return false;
}

void map_want(const struct map *m, uint64_t offset, uint64_t len)
{
#ifdef MADV_POPULATE_READ
	const size_t page = page_size();
	const size_t begin = (size_t)offset / page * page;

	/* A failure (an older kernel, a file cut short) shows when the pages are touched. */
	(void)madvise(m->base + begin, (size_t)(offset + len) - begin, MADV_POPULATE_READ);
#else
	(void)m, (void)offset, (void)len;
#endif
}

void map_release(struct map *m, uint64_t offset)
{
	const size_t upto = (size_t)(offset < m->len ? offset : m->len) / WINDOW * WINDOW;

	if (upto > m->released) {
		(void)madvise(m->base + m->released, upto - m->released, MADV_DONTNEED);
		m->released = upto;
	}
}

bool map_was_cut(const struct map *m)
{
	return m->slot && atomic_load(&m->slot->cut);
}

void map_close(struct map *m)
{
	if (!m->base)
		return;
	slot_give(m->slot); /* first: a SIGBUS at a reused address is not ours */
	munmap(m->base, m->reserved);
	*m = (struct map){ 0 };
}

bool source_sigbus(void *address)
{
	const uintptr_t at = (uintptr_t)address;
	const int saved = errno; /* of whatever was interrupted */
	bool ours = false;

	for (size_t i = 0; i < SLOTS; i++) {
		struct map_slot *slot = &registry[i];
		const uintptr_t begin = atomic_load(&slot->begin);
		const uintptr_t end = atomic_load(&slot->end);
		uintptr_t from;

		if (!begin || at < begin || at >= end || atomic_load(&slot->begin) != begin)
			continue;
		from = at - (at - begin) % page_size();
		atomic_store(&slot->cut, true);
		ours = mmap((uint8_t *)begin + (from - begin), end - from, PROT_READ,
		            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1,
		            0) != MAP_FAILED;
		break;
	}
	errno = saved;
	return ours;
}
