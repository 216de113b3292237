/*
 * cuts.h - all that a chunker makes of an input
 */
#ifndef TESTS_CUTS_H
#define TESTS_CUTS_H

#include "unit/unit.h"

#include "csv/chunk.h"
#include "csv/strict.h"
#include "memory_feed.h"
#include "tables.h"

#define CHUNKS_MAX 4096

/* What became of an input. */
struct cuts {
	struct header header;
	struct buf text; /* the chunks' bytes, one after the other */
	uint32_t lens[CHUNKS_MAX];
	uint32_t n;
	bool cut; /* of the last */
	enum sluice_status status;
	struct sluice_error err;
};

static inline void cut_up(struct cuts *c, const struct feed *feed, uint32_t chunk_bytes)
{
	struct chunk chunk = { 0 };
	struct chunker chunker;
	bool more = true;

	memset(c, 0, sizeof(*c));
	chunker_init(&chunker, feed, kernels_pick(NULL), ',', chunk_bytes);
	c->status = chunker_header(&chunker, &c->header, &c->err);
	while (c->status == SLUICE_OK && more) {
		c->status = chunker_next(&chunker, &chunk, &more, &c->err);
		if (c->status != SLUICE_OK || !more)
			break;
		assert_true(c->n < CHUNKS_MAX && !c->cut && chunk.len);
		table_bytes(&c->text, (const char *)chunk.text, chunk.len);
		c->lens[c->n++] = chunk.len;
		c->cut = chunk.cut;
	}
	chunker_free(&chunker);
	buf_free(&chunk.own);
}

static inline void cut_up_text(struct cuts *c, const uint8_t *text, size_t len, bool mapped,
                               uint32_t chunk_bytes)
{
	struct memory m;
	const struct feed feed = memory_feed(&m, text, len, mapped);

	cut_up(c, &feed, chunk_bytes);
}

static inline void cuts_free(struct cuts *c)
{
	header_free(&c->header);
	buf_free(&c->text);
}

#endif
