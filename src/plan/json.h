/*
 * json.h - JSON text in the spelling that a YAML reader takes
 *
 * JSON is YAML but for a few corners: surrogate pairs (as json.dumps writes them),
 * raw characters that YAML takes for line ends or refuses, tabs, keys and colons on
 * two lines.  Text that is JSON is respelt so that the same reader reads it; any
 * other text is left alone, byte for byte.
 */
#ifndef PLAN_JSON_H
#define PLAN_JSON_H

#include "base/buf.h"

/* From 'at' in the new text on, the original stands 'skew' bytes further. */
struct respelling {
	size_t at;
	ptrdiff_t skew;
};

struct respelt {
	const char *text; /* what to read: the original or 'own'       */
	size_t len;
	struct buf own;
	struct buf changes; /* of struct respelling                    */
	const char *why;    /* text that begins like JSON: why it is not, static; else NULL */
	size_t why_at;
};

/* 'text' must outlive *r, which is freed with respelt_free(). */
enum sluice_status json_respell(struct respelt *r, const char *text, size_t len,
                                struct sluice_error *err);

/* The offset in the original of an offset in r->text. */
size_t respelt_origin(const struct respelt *r, size_t at);

void respelt_free(struct respelt *r);

#endif
