/*
 * cmocka.h - as much of it as the kernels' tests use, for scripts/check-neon
 *
 * A cross compiler comes with a libc, not with cmocka.  The first failure ends the run.
 */
#ifndef TESTS_NEON_CMOCKA_H
#define TESTS_NEON_CMOCKA_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
	const char *name;
	void (*test)(void **state);
};

#define cmocka_unit_test(f)             \
	{                               \
		.name = #f, .test = (f) \
	}
#define print_error(...) fprintf(stderr, __VA_ARGS__)

static inline void _fail(const char *file, int line)
{
	print_error("%s:%d: failed\n", file, line);
	exit(1);
}

static inline void _check(int ok, const char *what, const char *file, int line)
{
	if (ok)
		return;
	print_error("not so: %s\n", what);
	_fail(file, line);
}

#define _CHECK(ok, what)       _check((ok) != 0, what, __FILE__, __LINE__)
#define assert_true(a)         _CHECK((a), #a)
#define assert_false(a)        _CHECK(!(a), "!" #a)
#define assert_null(a)         _CHECK(!(a), "!" #a)
#define assert_non_null(a)     _CHECK((a), #a)
#define assert_int_equal(a, b) _CHECK((uintmax_t)(a) == (uintmax_t)(b), #a " == " #b)
#define assert_ptr_equal(a, b) _CHECK((const void *)(a) == (const void *)(b), #a " == " #b)
#define assert_in_range(a, from, to) \
	_CHECK((uintmax_t)(a) - (uintmax_t)(from) <= (uintmax_t)(to) - (uintmax_t)(from), #a)
#define assert_memory_equal(a, b, n) _CHECK(!memcmp((a), (b), (n)), #a " == " #b)

static inline int _run(const struct CMUnitTest *tests, size_t n, int (*setup)(void **),
                       int (*teardown)(void **))
{
	void *state = NULL;

	if (setup && setup(&state))
		return 1;
	for (size_t i = 0; i < n; i++) {
		fprintf(stderr, "[ RUN      ] %s\n", tests[i].name);
		tests[i].test(&state);
	}
	if (teardown && teardown(&state))
		return 1;
	fprintf(stderr, "[  PASSED  ] %zu test(s).\n", n);
	return 0;
}

#define cmocka_run_group_tests(tests, setup, teardown) \
	_run(tests, sizeof(tests) / sizeof(*(tests)), setup, teardown)

#endif
