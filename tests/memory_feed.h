/*
 * memory_feed.h - a text as the chunker's input: mapped, or read
 */
#ifndef TESTS_MEMORY_FEED_H
#define TESTS_MEMORY_FEED_H

#include "csv/chunk.h"

#include <string.h>

struct memory {
	const uint8_t *text;
	size_t left;
	bool broken; /* after 'left' comes a failure, not the end */
};

static inline enum sluice_status memory_read(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                             struct sluice_error *err)
{
	struct memory *m = ctx;

	*got = m->left < cap ? m->left : cap;
	memcpy(dst, m->text, *got);
	m->text += *got;
	m->left -= *got;
	if (*got < cap && m->broken)
		return fail(err, SLUICE_E_IO, "the input broke off");
	return SLUICE_OK;
}

/* 'm' is the reader's place and must outlive the feed. */
static inline struct feed memory_feed(struct memory *m, const uint8_t *text, size_t len,
                                      bool mapped)
{
	*m = (struct memory){ .text = text, .left = len };
	return (struct feed){
		.map = mapped ? text : NULL, .map_len = len, .read = memory_read, .ctx = m
	};
}

#endif
