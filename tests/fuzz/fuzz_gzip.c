/*
 * Gzip: the same bytes and the same verdict whatever the sizes of the reads; what zlib reads to
 * the last bit is read, as the same bytes; what both read is the same.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "io/gzip.h"

#include <zlib.h>

#define MOST ((size_t)8 << 20) /* a bomb is left at that */

struct raw {
	const uint8_t *data;
	size_t left, step;
};

static enum sluice_status raw_read(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                   struct sluice_error *err)
{
	struct raw *r = ctx;

	(void)err;
	*got = r->left < cap ? r->left : cap;
	if (*got > r->step)
		*got = r->step;
	if (*got)
		memcpy(dst, r->data, *got);
	r->data += *got;
	r->left -= *got;
	return SLUICE_OK;
}

struct unpacked {
	struct buf out;
	enum sluice_status status;
	struct sluice_error err;
};

/* 'step' raw bytes come at a time, 'cap' are asked for. */
static void unpack(struct unpacked *u, const struct input *in, size_t step, size_t cap)
{
	struct raw raw = { in->text, in->len, step };
	struct gzip *g;
	size_t got = cap;

	*u = (struct unpacked){ 0 };
	REQUIRE(!gzip_new(raw_read, &raw, 0, &g, NULL), "no memory\n");
	while (u->status == SLUICE_OK && got == cap && u->out.len < MOST) {
		REQUIRE(!buf_reserve(&u->out, cap, NULL), "no memory\n");
		u->status = gzip_read(g, u->out.data + u->out.len, cap, &got, &u->err);
		u->out.len += got;
	}
	gzip_free(g);
}

/* How much comes out before a failure depends on how much went in. */
static bool same(const struct unpacked *a, const struct unpacked *b)
{
	const size_t less = a->out.len < b->out.len ? a->out.len : b->out.len;

	return (a->status != SLUICE_OK || a->out.len == b->out.len) &&
	       (!less || !memcmp(a->out.data, b->out.data, less));
}

/* By zlib, member by member, then zeros; false = refused. */
static bool unpack_by_zlib(struct buf *out, const struct input *in)
{
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)in->text, .avail_in = (uInt)in->len };
	int ret = Z_STREAM_END;

	REQUIRE(inflateInit2(&z, 16 + MAX_WBITS) == Z_OK, "no memory\n");
	do {
		if (ret == Z_STREAM_END)
			inflateReset(&z);
		REQUIRE(!buf_reserve(out, 65536, NULL), "no memory\n");
		z.next_out = out->data + out->len;
		z.avail_out = 65536;
		ret = inflate(&z, Z_NO_FLUSH);
		out->len += 65536 - z.avail_out;
	} while (out->len < MOST &&
	         (ret == Z_OK || (ret == Z_STREAM_END && z.avail_in && *z.next_in)));
	inflateEnd(&z);
	while (z.avail_in && !*z.next_in)
		z.next_in++, z.avail_in--;
	return ret == Z_STREAM_END && !z.avail_in;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t sizes[] = { 1, 2, 3, 7, 100, 511, 4096, 300000 };
	struct input in = { data, size };
	const uint8_t how = take_byte(&in);
	struct unpacked whole, pieces;
	struct buf other = { 0 };
	bool good;

	unpack(&whole, &in, SIZE_MAX, 65536);
	unpack(&pieces, &in, sizes[how % 8], sizes[how / 8 % 8] + 1);
	if (whole.out.len < MOST && pieces.out.len < MOST) {
		REQUIRE(whole.status == pieces.status &&
		                !strcmp(whole.err.text, pieces.err.text),
		        "%s, else %s\n", whole.err.text, pieces.err.text);
		REQUIRE(same(&whole, &pieces), "%zu bytes, else %zu\n", whole.out.len,
		        pieces.out.len);
		good = unpack_by_zlib(&other, &in);
		REQUIRE(!good || whole.status == SLUICE_OK, "zlib reads what %s\n",
		        whole.err.text);
		REQUIRE(!good || (whole.out.len == other.len &&
		                  (!other.len ||
		                   !memcmp(whole.out.data, other.data, other.len))),
		        "zlib reads %zu bytes, not %zu\n", other.len, whole.out.len);
	}
	buf_free(&whole.out);
	buf_free(&pieces.out);
	buf_free(&other);
	return 0;
}
