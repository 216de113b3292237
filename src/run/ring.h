/*
 * ring.h - ordered hand-over between one reader, N workers and one writer
 *
 * A fixed ring of slots, one chunk a slot, numbered in sequence.  There is no reader
 * thread and no writer thread: every thread of the crew does what is most useful next,
 * writing the oldest finished slot, else reading the next chunk, else working on one.
 * One reads at a time, one writes at a time, in sequence.  The ring's size bounds
 * memory.  The failure of the lowest sequence number is the one reported, so the
 * message does not depend on scheduling.
 *
 * ring.c is the only file that may name pthread_*.
 */
#ifndef RUN_RING_H
#define RUN_RING_H

#include "base/fail.h"

struct ring_ops {
	/* Fill the slot with the next chunk; *more = false at the end.  Never concurrent. */
	enum sluice_status (*fill)(void *ctx, uint32_t slot, bool *more,
	                           struct sluice_error *err);
	/* Work on the slot.  Concurrent; 'worker' is below the number of threads. */
	enum sluice_status (*work)(void *ctx, uint32_t slot, uint32_t worker,
	                           struct sluice_error *err);
	/* Write the slot.  In sequence, never concurrent; also called, with the slot's failure as 'status', for the
	 * first slot that failed: what it returns then is the ring's result. */
	enum sluice_status (*write)(void *ctx, uint32_t slot, enum sluice_status status,
	                            struct sluice_error *err);
	/* Whether the slot, next to be written, must be filled again, and all after it; NULL = never. */
	bool (*again)(void *ctx, uint32_t slot);
	/* Take back n slots from 'first' on; nobody fills or works meanwhile. */
	enum sluice_status (*rewind)(void *ctx, uint32_t first, uint32_t n,
	                             struct sluice_error *err);
	/*
	 * What fill() reads may be made ready in parallel, piece by piece; all five are NULL if not.
	 * is_ready: whether fill() need not wait; has_room: whether there is a piece to load (both quick).
	 * load: never concurrent.  take: whether there is a loaded piece, which is the
	 * caller's then (quick).  prepare: concurrent.
	 */
	bool (*is_ready)(void *ctx);
	bool (*has_room)(void *ctx);
	void (*load)(void *ctx);
	bool (*take)(void *ctx, uint32_t *piece);
	void (*prepare)(void *ctx, uint32_t piece);
};

/*
 * Run until the end or the first failure.  The calling thread is worker 0; others are started
 * when a second chunk is met.  n_slots >= n_threads.
 */
enum sluice_status ring_run(const struct ring_ops *ops, void *ctx, uint32_t n_slots,
                            uint32_t n_threads, struct sluice_error *err);

/* Processors that this process may run on. */
uint32_t ring_processors(void);

#endif
