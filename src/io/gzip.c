/*
 * gzip.c - the frame around deflate, member by member
 *
 * Input is pulled through one buffer.  The header is read byte by byte and nothing of
 * it is kept, however long a name or a comment is; the body goes through the codec
 * straight into the caller's buffer.  A member's checksum and size are compared
 * before a byte of the next member, or the end, is reported.
 */
#include "io/gzip.h"

#include "io/codec.h"

#include <stdlib.h>
#include <string.h>

#define BUFFER ((size_t)256 << 10)

enum { FHCRC = 0x02, FEXTRA = 0x04, FNAME = 0x08, FCOMMENT = 0x10, RESERVED = 0xE0 };

enum state {
	HEADER, /* a member or the end comes next */
	BODY,
	ENDED,
	BROKEN, /* an error was reported */
};

struct gzip {
	gzip_read_fn read;
	void *ctx;
	struct inflater *z;
	enum state state;
	uint64_t member; /* number of the current one, from 1     */
	uint32_t crc;    /* of the member's bytes so far          */
	uint64_t len;    /* the same: their number                */
	bool raw_ended;
	size_t pos, end; /* in[pos..end) is not used yet          */
	uint8_t in[BUFFER];
};

enum sluice_status gzip_new(gzip_read_fn read, void *ctx, uint64_t members, struct gzip **out,
                            struct sluice_error *err)
{
	struct gzip *g = malloc(sizeof(*g));

	*out = NULL;
	if (!g)
		return fail_memory(err);
	memset(g, 0, offsetof(struct gzip, in));
	g->read = read;
	g->ctx = ctx;
	g->member = members;
	g->z = inflater_new();
	if (!g->z) {
		free(g);
		return fail_memory(err);
	}
	*out = g;
	return SLUICE_OK;
}

void gzip_free(struct gzip *g)
{
	if (!g)
		return;
	inflater_free(g->z);
	free(g);
}

/* ---- raw input ---------------------------------------------------------------- */

/* After this there is a byte at in[pos], or raw_ended says that there is none. */
static enum sluice_status fill(struct gzip *g, struct sluice_error *err)
{
	if (g->pos < g->end || g->raw_ended)
		return SLUICE_OK;
	g->pos = 0;
	g->end = 0;
	TRY(g->read(g->ctx, g->in, BUFFER, &g->end, err));
	g->raw_ended = g->end == 0;
	return SLUICE_OK;
}

static enum sluice_status cut_short(const struct gzip *g, const char *part,
                                    struct sluice_error *err)
{
	return fail(err, SLUICE_E_DATA,
	            "gzip: the input ends in the %s of member %llu (cut short)", part,
	            (unsigned long long)g->member);
}

/* The next 'n' bytes, wherever the reads below cut them. */
static enum sluice_status take(struct gzip *g, uint8_t *dst, size_t n, const char *part,
                               struct sluice_error *err)
{
	for (size_t i = 0; i < n; i++) {
		TRY(fill(g, err));
		if (g->raw_ended)
			return cut_short(g, part, err);
		dst[i] = g->in[g->pos++];
	}
	return SLUICE_OK;
}

static uint32_t little_endian(const uint8_t *p, size_t n)
{
	uint32_t value = 0;

	for (size_t i = n; i-- > 0;)
		value = value << 8 | p[i];
	return value;
}

/* ---- header ------------------------------------------------------------------- */

/* Pass over 'n' bytes, counting them in *crc. */
static enum sluice_status skip(struct gzip *g, size_t n, uint32_t *crc,
                               struct sluice_error *err)
{
	while (n) {
		size_t now;

		TRY(fill(g, err));
		if (g->raw_ended)
			return cut_short(g, "header", err);
		now = g->end - g->pos < n ? g->end - g->pos : n;
		*crc = codec_crc32(*crc, g->in + g->pos, now);
		g->pos += now;
		n -= now;
	}
	return SLUICE_OK;
}

/* Pass over a text and the NUL at its end. */
static enum sluice_status skip_text(struct gzip *g, uint32_t *crc, struct sluice_error *err)
{
	for (;;) {
		const uint8_t *nul;

		TRY(fill(g, err));
		if (g->raw_ended)
			return cut_short(g, "header", err);
		nul = memchr(g->in + g->pos, 0, g->end - g->pos);
		if (nul)
			return skip(g, (size_t)(nul - (g->in + g->pos)) + 1, crc, err);
		TRY(skip(g, g->end - g->pos, crc, err));
	}
}

static enum sluice_status header_fields(struct gzip *g, const uint8_t fixed[10],
                                        struct sluice_error *err)
{
	const unsigned flags = fixed[3];
	uint32_t crc = codec_crc32(0, fixed, 10);
	uint8_t two[2];

	if (flags & FEXTRA) {
		TRY(take(g, two, 2, "header", err));
		crc = codec_crc32(crc, two, 2);
		TRY(skip(g, little_endian(two, 2), &crc, err));
	}
	if (flags & FNAME)
		TRY(skip_text(g, &crc, err));
	if (flags & FCOMMENT)
		TRY(skip_text(g, &crc, err));
	if (flags & FHCRC) {
		TRY(take(g, two, 2, "header", err));
		if (little_endian(two, 2) != (crc & 0xFFFF))
			return fail(
				err, SLUICE_E_DATA,
				"gzip: the header of member %llu does not match its checksum "
				"(damaged)",
				(unsigned long long)g->member);
	}
	return SLUICE_OK;
}

/* Only zeros may follow the last member, as tapes and block copies leave them. */
static enum sluice_status padding(struct gzip *g, struct sluice_error *err)
{
	for (;;) {
		TRY(fill(g, err));
		if (g->raw_ended)
			break;
		while (g->pos < g->end)
			if (g->in[g->pos++])
				return fail(
					err, SLUICE_E_DATA,
					"gzip: there is something after the last member that "
					"is not gzip (trailing garbage)");
	}
	g->state = ENDED;
	return SLUICE_OK;
}

/* A member's header, or the end of the input. */
static enum sluice_status begin_member(struct gzip *g, struct sluice_error *err)
{
	const char *wrong = NULL;
	uint8_t fixed[10];

	TRY(fill(g, err));
	if (g->member && (g->raw_ended || g->in[g->pos] == 0))
		return padding(g, err);
	if (g->member && g->in[g->pos] != 0x1F)
		return padding(g, err); /* which refuses it */

	g->member++;
	TRY(take(g, fixed, 2, "header", err));
	if (fixed[0] != 0x1F || fixed[1] != 0x8B)
		return fail(err, SLUICE_E_DATA,
		            g->member == 1 ? "gzip: the input does not begin as gzip does"
		                           : "gzip: there is something after the last member "
		                             "that is not gzip (trailing garbage)");
	TRY(take(g, fixed + 2, 8, "header", err));
	if (fixed[2] != 8)
		wrong = "names an unknown compression method";
	else if (fixed[3] & RESERVED)
		wrong = "has reserved flags set";
	if (wrong)
		return fail(err, SLUICE_E_DATA, "gzip: the header of member %llu %s",
		            (unsigned long long)g->member, wrong);
	TRY(header_fields(g, fixed, err));

	inflater_reset(g->z);
	g->crc = 0;
	g->len = 0;
	g->state = BODY;
	return SLUICE_OK;
}

/* ---- body and trailer ----------------------------------------------------------- */

static enum sluice_status end_member(struct gzip *g, struct sluice_error *err)
{
	const char *wrong = NULL;
	uint8_t trailer[8];

	TRY(take(g, trailer, 8, "trailer", err));
	if (little_endian(trailer, 4) != g->crc)
		wrong = "checksum";
	else if (little_endian(trailer + 4, 4) != (uint32_t)g->len)
		wrong = "size";
	if (wrong)
		return fail(err, SLUICE_E_DATA,
		            "gzip: member %llu does not match its %s (damaged)",
		            (unsigned long long)g->member, wrong);
	g->state = HEADER;
	return SLUICE_OK;
}

static enum sluice_status inflate_some(struct gzip *g, uint8_t *dst, size_t cap, size_t *got,
                                       struct sluice_error *err)
{
	enum inflated result;
	size_t used, made = cap;

	TRY(fill(g, err));
	used = g->end - g->pos;
	result = inflater_run(g->z, g->in + g->pos, &used, dst, &made);
	g->pos += used;
	g->crc = codec_crc32(g->crc, dst, made);
	g->len += made;
	*got += made;

	if (result == INFLATE_END)
		return end_member(g, err);
	if (result == INFLATE_MEMORY)
		return fail_memory(err);
	if (result == INFLATE_MORE && (used || made))
		return SLUICE_OK;
	if (result == INFLATE_MORE && g->raw_ended)
		return cut_short(g, "middle", err);
	return fail(err, SLUICE_E_DATA, "gzip: member %llu is not valid deflate (damaged)",
	            (unsigned long long)g->member);
}

enum sluice_status gzip_read(struct gzip *g, uint8_t *dst, size_t cap, size_t *got,
                             struct sluice_error *err)
{
	enum sluice_status status = SLUICE_OK;

	*got = 0;
	if (g->state == BROKEN)
		return fail(err, SLUICE_E_DATA, "gzip: the input is damaged");
	while (status == SLUICE_OK && *got < cap && g->state != ENDED)
		status = g->state == HEADER ? begin_member(g, err)
		                            : inflate_some(g, dst + *got, cap - *got, got, err);
	if (status != SLUICE_OK)
		g->state = BROKEN;
	return status;
}
