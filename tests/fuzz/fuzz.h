/*
 * fuzz.h - what the fuzz targets share: choices, and what to do when a property fails
 *
 * A target takes its choices from the end of its input, so that what comes before is the text
 * itself and a corpus can be read.  replay.c runs targets on files without a fuzzer.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(property, ...)                                                                 \
	do {                                                                                   \
		if (!(property)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #property); \
			fprintf(stderr, __VA_ARGS__);                                          \
			abort();                                                               \
		}                                                                              \
	} while (0)

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

struct input {
	const uint8_t *text;
	size_t len;
};

/* The last byte of what is left; 0 when nothing is. */
static inline uint8_t take_byte(struct input *in)
{
	return in->len ? in->text[--in->len] : 0;
}

static inline void *allocate(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		abort();
	return p;
}

#endif
