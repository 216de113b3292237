/*
 * BGZF in bunches, against the reader of ordinary gzip: the same bytes, and the same
 * refusal, whatever is done to the input and whoever inflates when.
 */
#include "io_unit.h"

#include "chance.h"
#include "io/bgzf.h"
#include "io/deflate.h"

/* Feeds bytes from memory in steps; 'broken' = the read fails at the end. */
struct feed {
	const struct buf *data;
	size_t pos, step;
	bool broken;
};

static enum sluice_status feed_read(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                    struct sluice_error *err)
{
	struct feed *f = ctx;
	const size_t left = f->data->len - f->pos;

	*got = left < f->step ? left : f->step;
	*got = *got < cap ? *got : cap;
	if (*got)
		memcpy(dst, f->data->data + f->pos, *got);
	f->pos += *got;
	if (f->broken && !*got)
		return fail(err, SLUICE_E_IO, "cannot read");
	return SLUICE_OK;
}

struct unpacked {
	struct buf out;
	enum sluice_status status;
	struct sluice_error err;
};

static void unpack_in_sequence(struct unpacked *u, struct feed feed, size_t cap)
{
	struct gzip *g;
	size_t got;

	*u = (struct unpacked){ 0 };
	assert_int_equal(gzip_new(feed_read, &feed, 0, &g, NULL), SLUICE_OK);
	do {
		assert_int_equal(buf_reserve(&u->out, cap, NULL), SLUICE_OK);
		u->status = gzip_read(g, u->out.data + u->out.len, cap, &got, &u->err);
		u->out.len += got;
	} while (u->status == SLUICE_OK && got == cap);
	gzip_free(g);
}

static uint32_t inflated_ahead; /* bunches that somebody else than the reader inflated */

/* What a crew does, in one of the orders that it may come to. */
static void crew(struct bgzf *g, struct chance *c, uint32_t busy)
{
	while (busy && chance_below(c, busy + 1)) {
		uint32_t bunch;

		if (chance_below(c, 2)) {
			if (bgzf_has_room(g))
				bgzf_load(g);
		} else if (bgzf_take(g, &bunch)) {
			bgzf_inflate(g, bunch);
			inflated_ahead++;
		}
	}
}

static void unpack_in_bunches(struct unpacked *u, struct feed feed, size_t cap,
                              struct chance *c)
{
	const uint32_t busy = chance_below(c, 8);
	struct bgzf *g;
	size_t got;

	*u = (struct unpacked){ 0 };
	assert_int_equal(bgzf_new(feed_read, &feed, 1 + chance_below(c, 5), &g, NULL),
	                 SLUICE_OK);
	do {
		crew(g, c, busy);
		while (chance_below(c, 2) && !bgzf_is_ready(g, cap)) {
			/* Then there is something to be done for it, and this is it. */
			uint32_t bunch;

			if (bgzf_take(g, &bunch))
				bgzf_inflate(g, bunch);
			else
				bgzf_load(g);
		}
		assert_int_equal(buf_reserve(&u->out, cap, NULL), SLUICE_OK);
		u->status = bgzf_read(g, u->out.data + u->out.len, cap, &got, &u->err);
		assert_true(got <= cap);
		u->out.len += got;
	} while (u->status == SLUICE_OK && got == cap);
	bgzf_free(g);
}

static void assert_the_same(const struct buf *packed, bool broken, struct chance *c,
                            struct unpacked *want)
{
	const size_t cap = 1 + chance_below(c, chance_below(c, 2) ? 100 : 300000);
	const struct feed feed = { .data = packed,
		                   .step = 1 + chance_below(c, 100000),
		                   .broken = broken };
	struct unpacked got;
	size_t len;

	unpack_in_sequence(want, feed, cap);
	unpack_in_bunches(&got, feed, cap, c);
	assert_int_equal(got.status, want->status);
	assert_string_equal(got.err.text, want->err.text);
	/*
	 * How much comes of a damaged member before it is refused depends on how the reads
	 * below and above are cut; that is so in sequence, too.
	 */
	if (want->status == SLUICE_OK)
		assert_int_equal(got.out.len, want->out.len);
	assert_in_range(got.out.len + 66000, want->out.len, want->out.len + 132000);
	len = got.out.len < want->out.len ? got.out.len : want->out.len;
	if (len)
		assert_memory_equal(got.out.data, want->out.data, len);
	buf_free(&got.out);
}

/* ---- inputs ------------------------------------------------------------------------ */

static void add_blocks(struct buf *packed, struct chance *c, uint32_t pieces)
{
	struct deflate *d;
	struct piece piece;
	uint8_t *text = malloc(200000);

	assert_non_null(text);
	assert_int_equal(deflate_new(SLUICE_BGZF, 1, &d, NULL), SLUICE_OK);
	for (; pieces; pieces--) {
		const uint32_t most = chance_below(c, 10) ? 2000 : 200000;
		const uint32_t len = chance_below(c, most);

		if (chance_below(c, 8))
			chance_text(c, text, len, "abcdefgh,\n1234567890", 20);
		else
			fill_noise(text, len);
		assert_int_equal(deflate_piece(d, text, len, packed, &piece, NULL), SLUICE_OK);
	}
	deflate_free(d);
	free(text);
}

/* Members that are no BGZF, or say so and are not: read all the same, by whom it concerns. */
static void add_odd_member(struct buf *packed, struct chance *c)
{
	static const char *const text = "a,b\n1,2\n";
	const size_t from = packed->len;

	switch (chance_below(c, 5)) {
	case 0: add_member(packed, text); return;
	case 1: /* another extra field in front */
		add_header(packed, 4);
		add(packed, "\x0C\0XY\2\0..BC\2\0\x30\0", 14);
		add_body(packed, text, strlen(text));
		return;
	case 2: /* a length that is too high, or low */
	case 3:
		add_header(packed, 4);
		add(packed, "\6\0BC\2\0", 6);
		add_number(packed, chance_below(c, 100), 2);
		add_body(packed, text, strlen(text));
		return;
	default: /* bytes behind the stream that the length covers */
		add_header(packed, 4);
		add(packed, "\6\0BC\2\0\0\0", 8);
		add_body(packed, text, strlen(text));
		add_text(packed, "12345678");
		packed->data[from + 16] = (uint8_t)(packed->len - from - 1);
	}
}

static void add_end(struct buf *packed)
{
	struct frame f;

	assert_int_equal(frame_begin(&f, SLUICE_BGZF, packed, NULL), SLUICE_OK);
	assert_int_equal(frame_end(&f, packed, NULL), SLUICE_OK);
}

static void what_is_right_is_read_the_same(void **state)
{
	struct chance c = { 41 };

	(void)state;
	inflated_ahead = 0;
	for (int round = 0; round < 150; round++) {
		struct buf packed = { 0 };
		struct unpacked want;

		add_blocks(&packed, &c, 1 + chance_below(&c, 60));
		if (round % 3 == 1)
			add_member(&packed, "in between\n");
		if (round % 3)
			add_blocks(&packed, &c, chance_below(&c, 20));
		if (round % 2)
			add_end(&packed);
		if (round % 5 == 0)
			add(&packed, "\0\0\0\0", chance_below(&c, 5));
		if (packed.len)
			assert_the_same(&packed, false, &c, &want);
		assert_int_equal(packed.len ? want.status : SLUICE_OK, SLUICE_OK);
		buf_free(&want.out);
		buf_free(&packed);
	}
	assert_in_range(inflated_ahead, 200, 100000);
}

static void what_is_wrong_is_refused_the_same(void **state)
{
	struct chance c = { 42 };
	uint32_t refused = 0, late = 0;

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct buf packed = { 0 };
		struct unpacked want;

		add_blocks(&packed, &c, 1 + chance_below(&c, 40));
		if (round % 4 == 0)
			add_odd_member(&packed, &c);
		if (round % 2)
			add_blocks(&packed, &c, 1 + chance_below(&c, 30));
		add_end(&packed);
		switch (chance_below(&c, 4)) {
		case 0:
			packed.data[chance_below(&c, (uint32_t)packed.len)] ^= 1u << round % 8;
			break;
		case 1: packed.len -= chance_below(&c, (uint32_t)packed.len); break;
		case 2: add_text(&packed, "garbage"); break;
		}
		assert_the_same(&packed, round % 7 == 0, &c, &want);
		refused += want.status != SLUICE_OK;
		late += want.status != SLUICE_OK && want.out.len > 100000;
		buf_free(&want.out);
		buf_free(&packed);
	}
	assert_in_range(refused, 150, 490);
	assert_in_range(late, 30, 490);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_right_is_read_the_same),
		cmocka_unit_test(what_is_wrong_is_refused_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
