#include "io/bgzf.h"

#include "io/codec.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS  8u     /* of a bunch                                  */
#define MOST    65536u /* bytes of a block, compressed or not         */
#define HEADER  18u    /* of a block that has no other extra field    */
#define TRAILER 8u
#define SLACK   1024u /* an inflater that has room to spare is done at once */

enum bunch_state { EMPTY, LOADED, TAKEN, DONE };

struct bunch {
	_Atomic enum bunch_state state;
	uint8_t *raw; /* room for BLOCKS + 2 blocks                           */
	size_t raw_len;
	uint32_t n;                 /* blocks                                */
	uint32_t start[BLOCKS + 1]; /* in raw; the last is where they end    */
	uint8_t *out;               /* room for BLOCKS                       */
	uint32_t made[BLOCKS + 1];  /* bytes of out before each block        */
	uint32_t good;              /* blocks that were right, from the first */
	bool last;                  /* what follows in raw is no whole block */
	struct inflater *z;
};

struct bgzf {
	gzip_read_fn read;
	void *ctx;
	struct bunch *bunches;
	uint32_t n;
	_Atomic uint64_t loaded, used; /* bunches so far; used is the reader's   */
	atomic_flag loading;
	atomic_bool stopped; /* nothing more is loaded                           */
	/* whoever loads */
	uint8_t *rest; /* what was read behind the last bunch's blocks           */
	size_t rest_len;
	bool ended;                /* the raw end was seen: it isn't asked again   */
	enum sluice_status status; /* the read's failure, and with what          */
	struct sluice_error err;
	/* the reader */
	bgzf_block_fn block; /* who is told of blocks, or NULL                   */
	void *block_ctx;
	uint64_t told;      /* bunches whose blocks were                        */
	uint64_t raw;       /* bytes before the next such bunch                 */
	uint32_t at;        /* bytes of the first bunch's out that were read    */
	uint64_t members;   /* before it                                        */
	struct gzip *gzip;  /* reads all from here on; NULL = not yet           */
	uint64_t raw_bunch; /* what it reads first                              */
	size_t raw_at;
};

size_t bgzf_bunch_memory(void)
{
	return (2 * BLOCKS + 2) * MOST + SLACK + inflater_memory();
}

void bgzf_free(struct bgzf *g)
{
	if (!g)
		return;
	for (uint32_t i = 0; g->bunches && i < g->n; i++) {
		free(g->bunches[i].raw);
		free(g->bunches[i].out);
		inflater_free(g->bunches[i].z);
	}
	free(g->bunches);
	free(g->rest);
	gzip_free(g->gzip);
	free(g);
}

enum sluice_status bgzf_new(gzip_read_fn read, void *ctx, uint32_t bunches, struct bgzf **out,
                            struct sluice_error *err)
{
	struct bgzf *g = calloc(1, sizeof(*g));
	bool ok;

	*out = NULL;
	if (!g)
		return fail_memory(err);
	g->read = read;
	g->ctx = ctx;
	g->n = bunches;
	g->rest = malloc((size_t)2 * MOST);
	g->bunches = calloc(bunches, sizeof(*g->bunches));
	ok = g->rest && g->bunches;
	for (uint32_t i = 0; ok && i < bunches; i++) {
		struct bunch *b = &g->bunches[i];

		b->raw = malloc((size_t)(BLOCKS + 2) * MOST);
		b->out = malloc((size_t)BLOCKS * MOST + SLACK);
		b->z = inflater_new();
		ok = b->raw && b->out && b->z;
	}
	if (!ok) {
		bgzf_free(g);
		return fail_memory(err);
	}
	*out = g;
	return SLUICE_OK;
}

static struct bunch *bunch_of(const struct bgzf *g, uint64_t number)
{
	return &g->bunches[number % g->n];
}

static uint32_t little_endian(const uint8_t *p, size_t n)
{
	uint32_t value = 0;

	for (size_t i = n; i-- > 0;)
		value = value << 8 | p[i];
	return value;
}

/* ---- load --------------------------------------------------------------------------- */

/* The length of the block that a header begins; 0 = it is none, or one of an odd kind. */
static uint32_t block_size(const uint8_t header[HEADER])
{
	static const uint8_t begin[4] = { 0x1F, 0x8B, 8, 4 };
	static const uint8_t extra[6] = { 6, 0, 'B', 'C', 2, 0 };
	const uint32_t size = little_endian(header + 16, 2) + 1;

	if (memcmp(header, begin, 4) != 0 || memcmp(header + 10, extra, 6) != 0)
		return 0;
	return size > HEADER + TRAILER ? size : 0;
}

/* 'want' bytes from 'at' on, if there are so many. */
static bool read_upto(struct bgzf *g, struct bunch *b, size_t at, size_t want)
{
	while (b->raw_len < at + want) {
		size_t got = 0;

		g->status = g->read(g->ctx, b->raw + b->raw_len, MOST, &got, &g->err);
		b->raw_len += got;
		g->ended = g->status == SLUICE_OK && !got;
		if (g->status != SLUICE_OK || !got)
			return false;
	}
	return true;
}

static void load(struct bgzf *g, struct bunch *b)
{
	uint32_t at = 0, size = 0;

	memcpy(b->raw, g->rest, g->rest_len);
	b->raw_len = g->rest_len;
	g->rest_len = 0;
	for (b->n = 0; b->n < BLOCKS; b->n++, at += size) {
		b->start[b->n] = at;
		if (!read_upto(g, b, at, HEADER) || !(size = block_size(b->raw + at)) ||
		    !read_upto(g, b, at, size))
			break;
	}
	b->start[b->n] = at;
	b->last = b->n < BLOCKS;
	if (b->last)
		return;
	g->rest_len = b->raw_len - at;
	memcpy(g->rest, b->raw + at, g->rest_len);
}

bool bgzf_has_room(const struct bgzf *g)
{
	return !g->stopped && g->loaded - g->used < g->n;
}

void bgzf_load(struct bgzf *g)
{
	if (atomic_flag_test_and_set(&g->loading))
		return;
	if (bgzf_has_room(g)) {
		struct bunch *b = bunch_of(g, g->loaded);

		load(g, b);
		if (b->last)
			g->stopped = true;
		b->state = LOADED;
		g->loaded++;
	}
	atomic_flag_clear(&g->loading);
}

/* ---- inflate -------------------------------------------------------------------------- */

/* Whether the block is right in every point; its bytes are at 'out' then. */
static bool inflate_block(struct inflater *z, const uint8_t *block, uint32_t size, uint8_t *out,
                          uint32_t *made)
{
	const uint8_t *const trailer = block + size - TRAILER;
	const uint32_t crc = little_endian(trailer, 4), len = little_endian(trailer + 4, 4);
	size_t in = size - HEADER - TRAILER, room = MOST + SLACK;

	*made = len;
	inflater_reset(z);
	return len <= MOST && inflater_run(z, block + HEADER, &in, out, &room) == INFLATE_END &&
	       in == size - HEADER - TRAILER && room == len && codec_crc32(0, out, len) == crc;
}

bool bgzf_take(struct bgzf *g, uint32_t *bunch)
{
	for (uint64_t i = g->used; i < g->loaded; i++) {
		enum bunch_state was = LOADED;

		*bunch = (uint32_t)(i % g->n);
		if (atomic_compare_exchange_strong(&g->bunches[*bunch].state, &was, TAKEN))
			return true;
	}
	return false;
}

void bgzf_inflate(struct bgzf *g, uint32_t bunch)
{
	struct bunch *b = &g->bunches[bunch];
	uint32_t len;

	b->made[0] = 0;
	for (b->good = 0; b->good < b->n; b->good++) {
		const uint32_t i = b->good, size = b->start[i + 1] - b->start[i];

		if (!inflate_block(b->z, b->raw + b->start[i], size, b->out + b->made[i], &len))
			break;
		b->made[i + 1] = b->made[i] + len;
	}
	b->state = DONE;
}

/* ---- read --------------------------------------------------------------------------- */

void bgzf_tell(struct bgzf *g, bgzf_block_fn block, void *ctx)
{
	g->block = block;
	g->block_ctx = ctx;
}

/* Of the first bunch, once. */
static enum sluice_status tell(struct bgzf *g, const struct bunch *b, struct sluice_error *err)
{
	if (!g->block || g->told > g->used)
		return SLUICE_OK;
	for (uint32_t i = 0; i < b->good; i++) {
		const uint32_t len = b->made[i + 1] - b->made[i];

		if (len)
			TRY(g->block(g->block_ctx, g->raw + b->start[i], len, err));
	}
	g->raw += b->start[b->good];
	g->told++;
	return SLUICE_OK;
}

bool bgzf_is_ready(const struct bgzf *g, size_t bytes)
{
	const uint64_t loaded = g->loaded;
	size_t have = 0;

	for (uint64_t i = g->used; !g->gzip && i < loaded; i++) {
		const struct bunch *b = bunch_of(g, i);

		if (b->state != DONE)
			return false;
		have += b->made[b->good] - (i == g->used ? g->at : 0);
		if (have >= bytes || b->good < b->n)
			return true;
	}
	return g->gzip || !bgzf_has_room(g);
}

/* The raw bytes that were loaded but not used, then the others: for the ordinary reader. */
static enum sluice_status read_on(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                  struct sluice_error *err)
{
	struct bgzf *g = ctx;

	*got = 0;
	while (g->raw_bunch <= g->loaded) {
		const bool rest = g->raw_bunch == g->loaded;
		const struct bunch *b = bunch_of(g, g->raw_bunch);
		const uint8_t *raw = rest ? g->rest : b->raw;
		const size_t end = rest ? g->rest_len : b->last ? b->raw_len : b->start[b->n];

		*got = end - g->raw_at < cap ? end - g->raw_at : cap;
		if (*got) {
			memcpy(dst, raw + g->raw_at, *got);
			g->raw_at += *got;
			return SLUICE_OK;
		}
		g->raw_bunch++;
		g->raw_at = 0;
	}
	if (g->ended)
		return SLUICE_OK;
	if (g->status == SLUICE_OK)
		return g->read(g->ctx, dst, cap, got, err);
	if (err)
		*err = g->err;
	return g->status;
}

/* From the first bunch's block that is not good on. */
static enum sluice_status go_on_in_sequence(struct bgzf *g, struct sluice_error *err)
{
	const struct bunch *b = bunch_of(g, g->used);

	g->stopped = true;
	while (atomic_flag_test_and_set(&g->loading)) /* for good */
		sched_yield();
	g->raw_bunch = g->used;
	g->raw_at = b->start[b->good];
	return gzip_new(read_on, g, g->members + b->good, &g->gzip, err);
}

/* The first bunch, inflated: usually it is.  If not, this thread doesn't wait for others to begin. */
static struct bunch *first_bunch(struct bgzf *g)
{
	struct bunch *b = bunch_of(g, g->used);

	while (g->loaded == g->used)
		bgzf_load(g);
	while (b->state != DONE) {
		enum bunch_state was = LOADED;

		if (atomic_compare_exchange_strong(&b->state, &was, TAKEN))
			bgzf_inflate(g, (uint32_t)(g->used % g->n));
		else
			sched_yield();
	}
	return b;
}

enum sluice_status bgzf_read(struct bgzf *g, uint8_t *dst, size_t cap, size_t *got,
                             struct sluice_error *err)
{
	*got = 0;
	while (*got < cap && !g->gzip) {
		struct bunch *b = first_bunch(g);
		const size_t left = b->made[b->good] - g->at, room = cap - *got;
		const size_t n = left < room ? left : room;

		TRY(tell(g, b, err));
		memcpy(dst + *got, b->out + g->at, n);
		*got += n;
		g->at += (uint32_t)n;
		if (n < left)
			break;
		if (b->good < b->n || b->last) {
			TRY(go_on_in_sequence(g, err));
			break;
		}
		g->members += b->n;
		g->at = 0;
		b->state = EMPTY;
		g->used++;
	}
	if (*got < cap && g->gzip) {
		size_t more;
		const enum sluice_status status =
			gzip_read(g->gzip, dst + *got, cap - *got, &more, err);

		*got += more;
		return status;
	}
	return SLUICE_OK;
}
