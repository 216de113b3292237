/*
 * The crew around the ring: everything once, written in order, the first failure told,
 * nobody left waiting (a hang is a failure, after 60 seconds).
 */
#include "unit.h"

#include "run/ring.h"

#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#define THREADS_MAX 8
#define SLOTS_MAX   10
#define PIECES      3

enum piece { EMPTY, LOADED, TAKEN, DONE };
enum stage { NOWHERE, IN_FILL, IN_WORK, IN_WRITE };

/* One failure that is planned: at the chunk of that number, in that stage. */
struct fault {
	enum stage stage;
	uint64_t chunk;
};

struct line {
	uint32_t n_slots, n_threads;
	bool pieces;
	uint64_t n_chunks;
	struct fault faults[3];
	uint64_t wrong_guess[2];      /* chunks to be taken back, once; 0 = none */
	uint64_t taken_back;          /* how often that was done */
	uint64_t chunk_in[SLOTS_MAX]; /* what each slot holds */
	bool worked[SLOTS_MAX];
	uint64_t filled, written, failures_written;
	atomic_int filling, writing, working;
	/* pieces that every fill uses one of, while there are any */
	atomic_int piece[PIECES]; /* an enum piece */
	atomic_ulong loaded, used;
	atomic_int loading, prepared;
	atomic_int of_worker[THREADS_MAX];
	atomic_bool wrong; /* cmocka's assertions are for its own thread */
};

static bool fails(const struct line *l, enum stage stage, uint64_t chunk)
{
	for (size_t i = 0; i < LENGTH(l->faults); i++)
		if (l->faults[i].stage == stage && l->faults[i].chunk == chunk)
			return true;
	return false;
}

/* Some take long, some take none: a thread that is overtaken shows what order depends on. */
static void dawdle(uint64_t chunk)
{
	if (chunk % 7 == 3)
		usleep(50);
	else if (chunk % 3 == 1)
		sched_yield();
}

/* ---- what is filled from ---------------------------------------------------------- */

static bool on_is_ready(void *ctx)
{
	struct line *l = ctx;

	return l->used >= l->n_chunks || l->piece[l->used % PIECES] == DONE;
}

static bool on_has_room(void *ctx)
{
	struct line *l = ctx;

	return l->loaded < l->n_chunks && l->loaded - l->used < PIECES;
}

static void on_load(void *ctx)
{
	struct line *l = ctx;
	const unsigned long n = l->loaded;

	if (atomic_fetch_add(&l->loading, 1) != 0 || l->piece[n % PIECES] != EMPTY)
		l->wrong = true;
	dawdle(n);
	l->piece[n % PIECES] = LOADED;
	l->loaded++;
	atomic_fetch_sub(&l->loading, 1);
}

static bool on_take(void *ctx, uint32_t *piece)
{
	struct line *l = ctx;

	for (*piece = 0; *piece < PIECES; ++*piece)
		if (l->piece[*piece] == LOADED) {
			l->piece[*piece] = TAKEN;
			return true;
		}
	return false;
}

static void on_prepare(void *ctx, uint32_t piece)
{
	struct line *l = ctx;

	if (l->piece[piece] != TAKEN)
		l->wrong = true;
	dawdle(piece + 2);
	l->prepared++;
	l->piece[piece] = DONE;
}

/* ---- the line -------------------------------------------------------------------- */

static enum sluice_status on_fill(void *ctx, uint32_t slot, bool *more,
                                  struct sluice_error *err)
{
	struct line *l = ctx;
	const uint64_t chunk = l->filled;

	if (atomic_fetch_add(&l->filling, 1) != 0 || slot != chunk % l->n_slots)
		l->wrong = true;
	if (l->pieces && l->used < l->n_chunks) {
		if (l->piece[l->used % PIECES] != DONE)
			l->wrong = true;
		l->piece[l->used % PIECES] = EMPTY;
		l->used++;
	}
	*more = chunk < l->n_chunks;
	l->chunk_in[slot] = chunk;
	l->worked[slot] = false;
	l->filled++;
	atomic_fetch_sub(&l->filling, 1);
	if (fails(l, IN_FILL, chunk))
		return fail(err, SLUICE_E_IO, "fill %u", (unsigned)chunk);
	return SLUICE_OK;
}

static enum sluice_status on_work(void *ctx, uint32_t slot, uint32_t worker,
                                  struct sluice_error *err)
{
	struct line *l = ctx;
	const uint64_t chunk = l->chunk_in[slot];

	if (worker >= l->n_threads || atomic_fetch_add(&l->of_worker[worker], 1) != 0)
		l->wrong = true; /* a worker is one thread at a time */
	atomic_fetch_add(&l->working, 1);
	dawdle(chunk);
	l->worked[slot] = true;
	atomic_fetch_sub(&l->working, 1);
	atomic_fetch_sub(&l->of_worker[worker], 1);
	if (fails(l, IN_WORK, chunk))
		return fail(err, SLUICE_E_DATA, "work %u", (unsigned)chunk);
	return SLUICE_OK;
}

static enum sluice_status on_write(void *ctx, uint32_t slot, enum sluice_status status,
                                   struct sluice_error *err)
{
	struct line *l = ctx;
	const uint64_t chunk = l->chunk_in[slot];

	if (atomic_fetch_add(&l->writing, 1) != 0 || chunk != l->written ||
	    l->failures_written || (status == SLUICE_OK && !l->worked[slot]))
		l->wrong = true;
	l->written++;
	l->failures_written += status != SLUICE_OK;
	dawdle(chunk + 1);
	atomic_fetch_sub(&l->writing, 1);
	if (status == SLUICE_OK && fails(l, IN_WRITE, chunk))
		return fail(err, SLUICE_E_CHECK, "write %u", (unsigned)chunk);
	return status;
}

/* The place of the chunk among the wrong guesses, if it was not taken back yet. */
static uint64_t *wrong_guess(struct line *l, uint64_t chunk)
{
	for (size_t i = 0; i < LENGTH(l->wrong_guess); i++)
		if (chunk && l->wrong_guess[i] == chunk)
			return &l->wrong_guess[i];
	return NULL;
}

static bool on_again(void *ctx, uint32_t slot)
{
	struct line *l = ctx;

	if (l->chunk_in[slot] != l->written || !l->worked[slot])
		l->wrong = true;
	return wrong_guess(l, l->chunk_in[slot]);
}

static enum sluice_status on_rewind(void *ctx, uint32_t first, uint32_t n,
                                    struct sluice_error *err)
{
	struct line *l = ctx;
	const uint64_t chunk = l->chunk_in[first];

	(void)err;
	if (chunk != l->written || !n || n > l->n_slots || l->filling || l->working ||
	    l->writing)
		l->wrong = true;
	for (uint32_t i = 0; i < n; i++)
		if (l->chunk_in[(first + i) % l->n_slots] != chunk + i)
			l->wrong = true;
	*wrong_guess(l, chunk) = 0;
	l->filled = chunk;
	l->taken_back++;
	return SLUICE_OK;
}

#define ALONE                                                                   \
	.fill = on_fill, .work = on_work, .write = on_write, .again = on_again, \
	.rewind = on_rewind

static const struct ring_ops ops = { ALONE, .is_ready = NULL };
static const struct ring_ops ops_of_pieces = {
	ALONE,           .is_ready = on_is_ready, .has_room = on_has_room,
	.load = on_load, .take = on_take,         .prepare = on_prepare
};

/* The fault that must be reported: of the lowest chunk, and there the earliest stage. */
static const struct fault *first_fault(const struct line *l)
{
	const struct fault *first = NULL;

	for (size_t i = 0; i < LENGTH(l->faults); i++) {
		const struct fault *f = &l->faults[i];

		if (f->stage == NOWHERE || f->chunk >= l->n_chunks + (f->stage == IN_FILL))
			continue;
		if (!first || f->chunk < first->chunk ||
		    (f->chunk == first->chunk && f->stage < first->stage))
			first = f;
	}
	return first;
}

static void run_line(struct line *l)
{
	static const char *const names[] = { "", "fill", "work", "write" };
	static const enum sluice_status statuses[] = { SLUICE_OK, SLUICE_E_IO, SLUICE_E_DATA,
		                                       SLUICE_E_CHECK };
	const struct fault *first = first_fault(l);
	struct sluice_error err = { 0 };
	enum sluice_status status;

	l->pieces = (l->n_slots + l->n_threads) % 2;
	status = ring_run(l->pieces ? &ops_of_pieces : &ops, l, l->n_slots, l->n_threads, &err);
	assert_false(l->wrong);
	if (l->pieces && !first)
		assert_int_equal(l->prepared, l->n_chunks);
	if (!first) {
		assert_int_equal(status, SLUICE_OK);
		assert_int_equal(l->written, l->n_chunks);
		assert_int_equal(err.status, SLUICE_OK);
	} else {
		char said[32];

		snprintf(said, sizeof(said), "%s %u", names[first->stage],
		         (unsigned)first->chunk);
		assert_int_equal(status, statuses[first->stage]);
		assert_int_equal(err.status, status);
		assert_string_equal(err.text, said);
		assert_int_equal(l->written, first->chunk + 1);
		assert_true(l->filled <= first->chunk + 1 + l->n_slots);
	}
}

/* Every number of threads with every number of slots that goes with it. */
static void run_all_sizes(uint64_t n_chunks, const struct fault faults[3])
{
	for (uint32_t threads = 1; threads <= THREADS_MAX; threads++)
		for (uint32_t slots = threads; slots <= SLOTS_MAX; slots++) {
			struct line l = { .n_slots = slots,
				          .n_threads = threads,
				          .n_chunks = n_chunks };

			memcpy(l.faults, faults, sizeof(l.faults));
			run_line(&l);
		}
}

static void chunks_are_written_once_and_in_order(void **state)
{
	static const struct fault none[3];

	(void)state;
	for (uint64_t n = 0; n < 30; n += 1 + n / 8)
		run_all_sizes(n, none);
	run_all_sizes(150, none);
}

static void one_failure_anywhere_ends_it(void **state)
{
	(void)state;
	for (enum stage stage = IN_FILL; stage <= IN_WRITE; stage++)
		for (uint64_t chunk = 0; chunk < 26; chunk += 1 + chunk / 4)
			run_all_sizes(24, (const struct fault[3]){ { stage, chunk } });
}

static void the_failure_of_the_lowest_number_is_the_one_told(void **state)
{
	static const struct fault cases[][3] = {
		{ { IN_WORK, 5 }, { IN_WORK, 6 }, { IN_WORK, 7 } },
		{ { IN_WORK, 9 }, { IN_WORK, 8 }, { IN_FILL, 12 } },
		{ { IN_FILL, 6 }, { IN_WORK, 3 }, { IN_WRITE, 4 } },
		{ { IN_WRITE, 2 }, { IN_WORK, 3 }, { IN_FILL, 4 } },
		{ { IN_FILL, 0 }, { IN_WORK, 1 }, { NOWHERE, 0 } },
		{ { IN_WORK, 0 }, { IN_WORK, 1 }, { IN_WRITE, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		for (int again = 0; again < 5; again++)
			run_all_sizes(40, cases[i]);
}

static void wrong_guesses_are_taken_back_with_all_that_came_after(void **state)
{
	static const struct {
		uint64_t wrong[2];
		struct fault fault;
		uint64_t taken_back;
	} cases[] = {
		{ { 1, 0 }, { NOWHERE, 0 }, 1 },  { { 19, 0 }, { NOWHERE, 0 }, 1 },
		{ { 5, 6 }, { NOWHERE, 0 }, 2 },  { { 3, 12 }, { NOWHERE, 0 }, 2 },
		{ { 4, 0 }, { IN_WORK, 5 }, 1 },  { { 4, 0 }, { IN_FILL, 6 }, 1 },
		{ { 4, 0 }, { IN_WORK, 4 }, 0 },  { { 4, 0 }, { IN_WRITE, 3 }, 0 },
		{ { 4, 0 }, { IN_WRITE, 4 }, 1 }, { { 9, 18 }, { IN_FILL, 20 }, 2 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		for (uint32_t threads = 1; threads <= THREADS_MAX; threads++)
			for (uint32_t slots = threads; slots <= SLOTS_MAX; slots++) {
				struct line l = { .n_slots = slots,
					          .n_threads = threads,
					          .n_chunks = 20,
					          .faults = { cases[i].fault } };

				memcpy(l.wrong_guess, cases[i].wrong, sizeof(l.wrong_guess));
				run_line(&l);
				assert_int_equal(l.taken_back, cases[i].taken_back);
			}
}

/* Short runs end in many ways: with workers that wait, start, or were not started yet. */
static void many_short_runs_end(void **state)
{
	static const struct fault none[3];

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct line l = { .n_slots = 6,
			          .n_threads = 4,
			          .n_chunks = (uint64_t)i % 5,
			          .faults = { { (enum stage)(i % 4), (uint64_t)i % 3 } } };

		run_line(&l);
	}
	run_all_sizes(2, none);
}

static void there_is_a_processor(void **state)
{
	(void)state;
	assert_in_range(ring_processors(), 1, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_are_written_once_and_in_order),
		cmocka_unit_test(one_failure_anywhere_ends_it),
		cmocka_unit_test(the_failure_of_the_lowest_number_is_the_one_told),
		cmocka_unit_test(wrong_guesses_are_taken_back_with_all_that_came_after),
		cmocka_unit_test(many_short_runs_end),
		cmocka_unit_test(there_is_a_processor),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
