/*
 * ring.c - a crew around a ring of slots
 *
 * Slots are numbered by chunk: chunk n is in slot n % n_slots.  Three numbers move
 * forward, written <= taken <= filled, and filled - written <= n_slots: slots before
 * 'taken' were given to a worker, those from there to 'filled' wait for one.  One
 * thread at a time may fill, one may write; both are told by a flag, not by holding
 * the lock, which is held only to look and to change these few members.
 *
 * Each thread does the first of these that it can: fill, so that a slow source (gzip) never
 * waits for its turn (alone, it writes first); write, so that slots come free; prepare
 * what is filled from; work.  Whoever can do none waits for any change.
 */
#include "run/ring.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#endif

struct slot {
	bool done; /* worked on; may be written */
	enum sluice_status status;
	struct sluice_error err;
};

struct ring {
	const struct ring_ops *ops;
	void *ctx;
	uint32_t n_slots, n_threads;
	struct slot *slots;
	pthread_t *threads; /* of workers 1 to n_started */
	uint32_t n_started;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under the lock */
	uint64_t filled, taken, written;
	bool filling, writing, rewinding, loading;
	bool ended; /* there is nothing more to fill */
	bool stop;  /* the first failure was written */
	enum sluice_status status;
	struct sluice_error err;
};

struct member {
	struct ring *ring;
	uint32_t worker;
};

static void *crew(void *arg);

static void stop(struct ring *r, enum sluice_status status, const struct sluice_error *err)
{
	if (status == SLUICE_OK || r->stop)
		return;
	r->stop = true;
	r->status = status;
	r->err = *err;
}

/* Called by worker 0 with the lock held, when it becomes clear that there is work for more. */
static void start_others(struct ring *r)
{
	struct sluice_error err = { 0 };

	while (r->n_started + 1 < r->n_threads) {
		struct member *m = malloc(sizeof(*m));

		if (m)
			*m = (struct member){ r, r->n_started + 1 };
		if (!m || pthread_create(&r->threads[r->n_started], NULL, crew, m)) {
			free(m);
			stop(r, fail(&err, SLUICE_E_MEMORY, "a thread could not be started"),
			     &err);
			return;
		}
		r->n_started++;
	}
}

/* Whether some slot is being filled or worked on. */
static bool is_busy(const struct ring *r)
{
	for (uint64_t n = r->written; n < r->taken; n++)
		if (!r->slots[n % r->n_slots].done)
			return true;
	return r->filling;
}

/* Called as the writer: nobody else writes or, by 'rewinding', fills. */
static void rewind_all(struct ring *r)
{
	struct sluice_error err = { 0 };

	r->rewinding = true;
	while (is_busy(r))
		pthread_cond_wait(&r->changed, &r->lock);
	stop(r,
	     r->ops->rewind(r->ctx, (uint32_t)(r->written % r->n_slots),
	                    (uint32_t)(r->filled - r->written), &err),
	     &err);
	for (; r->filled > r->written; r->filled--)
		r->slots[(r->filled - 1) % r->n_slots].done = false;
	r->taken = r->written;
	r->ended = false;
	r->rewinding = false;
}

static void write_one(struct ring *r)
{
	const uint32_t i = (uint32_t)(r->written % r->n_slots);
	struct slot *s = &r->slots[i];
	enum sluice_status status;

	r->writing = true;
	if (s->status == SLUICE_OK && r->ops->again && r->ops->again(r->ctx, i)) {
		rewind_all(r);
		r->writing = false;
		pthread_cond_broadcast(&r->changed);
		return;
	}
	pthread_mutex_unlock(&r->lock);
	status = r->ops->write(r->ctx, i, s->status, &s->err);
	pthread_mutex_lock(&r->lock);
	r->writing = false;
	s->done = false;
	r->written++;
	stop(r, status, &s->err);
	pthread_cond_broadcast(&r->changed);
}

static void fill_one(struct ring *r, uint32_t worker)
{
	const uint32_t i = (uint32_t)(r->filled % r->n_slots);
	struct slot *s = &r->slots[i];
	bool more = false;

	r->filling = true;
	pthread_mutex_unlock(&r->lock);
	s->err = (struct sluice_error){ 0 };
	s->status = r->ops->fill(r->ctx, i, &more, &s->err);
	pthread_mutex_lock(&r->lock);
	r->filling = false;
	r->ended = !more || s->status != SLUICE_OK;
	if (more || s->status != SLUICE_OK)
		r->filled++;
	if (!worker && r->filled == 2)
		start_others(r);
	pthread_cond_broadcast(&r->changed);
}

static void work_one(struct ring *r, uint32_t worker)
{
	const uint32_t i = (uint32_t)(r->taken++ % r->n_slots);
	struct slot *s = &r->slots[i];

	if (s->status == SLUICE_OK) { /* else there is nothing in it to work on */
		pthread_mutex_unlock(&r->lock);
		s->status = r->ops->work(r->ctx, i, worker, &s->err);
		pthread_mutex_lock(&r->lock);
	}
	s->done = true;
	pthread_cond_broadcast(&r->changed);
}

/* A piece of what is filled from, loaded or prepared; false = there is none. */
static bool prepare_one(struct ring *r)
{
	uint32_t piece;

	if (!r->ops->take || r->ended)
		return false;
	if (r->ops->take(r->ctx, &piece)) {
		pthread_mutex_unlock(&r->lock);
		r->ops->prepare(r->ctx, piece);
		pthread_mutex_lock(&r->lock);
	} else if (!r->loading && r->ops->has_room(r->ctx)) {
		r->loading = true;
		pthread_mutex_unlock(&r->lock);
		r->ops->load(r->ctx);
		pthread_mutex_lock(&r->lock);
		r->loading = false;
	} else {
		return false;
	}
	pthread_cond_broadcast(&r->changed);
	return true;
}

static bool can_write(const struct ring *r)
{
	return !r->writing && r->written < r->taken && r->slots[r->written % r->n_slots].done;
}

static bool can_fill(const struct ring *r)
{
	return !r->filling && !r->rewinding && !r->ended &&
	       r->filled - r->written < r->n_slots &&
	       (!r->ops->is_ready || r->ops->is_ready(r->ctx));
}

static void work(struct ring *r, uint32_t worker)
{
	pthread_mutex_lock(&r->lock);
	while (!r->stop && !(r->ended && r->written == r->filled)) {
		const bool fills = can_fill(r);

		/* Others can write meanwhile, if there are any: a slow source should not wait. */
		if (can_write(r) && !(fills && r->n_started))
			write_one(r);
		else if (fills)
			fill_one(r, worker);
		else if (prepare_one(r))
			;
		else if (!r->rewinding && r->taken < r->filled)
			work_one(r, worker);
		else
			pthread_cond_wait(&r->changed, &r->lock);
	}
	pthread_mutex_unlock(&r->lock);
}

static void *crew(void *arg)
{
	const struct member m = *(struct member *)arg;

	free(arg);
	work(m.ring, m.worker);
	return NULL;
}

enum sluice_status ring_run(const struct ring_ops *ops, void *ctx, uint32_t n_slots,
                            uint32_t n_threads, struct sluice_error *err)
{
	struct ring r = { .ops = ops, .ctx = ctx, .n_slots = n_slots, .n_threads = n_threads };

	r.slots = calloc(n_slots, sizeof(*r.slots));
	r.threads = calloc(n_threads, sizeof(*r.threads));
	if (!r.slots || !r.threads) {
		r.status = fail_memory(&r.err);
		goto out;
	}
	pthread_mutex_init(&r.lock, NULL);
	pthread_cond_init(&r.changed, NULL);
	work(&r, 0);
	for (uint32_t i = 0; i < r.n_started; i++)
		pthread_join(r.threads[i], NULL);
	pthread_cond_destroy(&r.changed);
	pthread_mutex_destroy(&r.lock);
out:
	if (r.status != SLUICE_OK && err)
		*err = r.err;
	free(r.slots);
	free(r.threads);
	return r.status;
}

uint32_t ring_processors(void)
{
	long n = 0;
#ifdef __linux__
	cpu_set_t set;

	if (!sched_getaffinity(0, sizeof(set), &set))
		n = CPU_COUNT(&set);
#endif
	if (n < 1)
		n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : (uint32_t)n;
}
