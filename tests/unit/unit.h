/*
 * unit.h - cmocka, with its headers in the order that it needs
 *
 * cmocka has a macro called fail(), and so takes the name of base/fail.h's function:
 * include this instead of <cmocka.h>, before anything of src/.  A test that wants to
 * give up says FAIL("printf-like").
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef fail
#undef fail_msg
#define FAIL(...)                          \
	do {                               \
		print_error(__VA_ARGS__);  \
		_fail(__FILE__, __LINE__); \
	} while (0)

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

#endif
