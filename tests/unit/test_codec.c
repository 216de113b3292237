/* The codec, whichever is built: exact at the end of a stream, the same bytes every time. */
#include "io_unit.h"

#include "io/codec.h"
#include "io/stored.h"

static const char text[] = "sex,age,n\nF,30-39,125\nM,30-39,130\nF,40-49,120\nM,40-49,125\n";

/* Inflate all of in[0..len) in one call; returns what was taken. */
static size_t inflate_all(const uint8_t *in, size_t len, uint8_t *out, size_t *made)
{
	struct inflater *z = inflater_new();

	assert_non_null(z);
	assert_int_equal(inflater_run(z, in, &len, out, made), INFLATE_END);
	inflater_free(z);
	return len;
}

static void checksums_agree_with_zlib(void **state)
{
	uint8_t data[1000];
	uint32_t crc = 0;

	(void)state;
	fill_noise(data, sizeof(data));
	for (size_t i = 0; i < sizeof(data); i += 125)
		crc = codec_crc32(crc, data + i, 125);
	assert_int_equal(crc, crc32(0, data, sizeof(data)));
	assert_int_equal(codec_crc32(0, data, 0), 0);
}

/* Nothing behind the stream is taken, wherever input and output are cut. */
static void a_stream_ends_where_it_ends(void **state)
{
	static const uint8_t after[16] = "trailer bytes ..";
	struct inflater *z = inflater_new();
	uint8_t out[sizeof(text)];
	struct buf in = { 0 };

	(void)state;
	assert_non_null(z);
	for (int level = 0; level <= 9; level++) {
		size_t end;

		in.len = 0;
		add_deflate(&in, text, sizeof(text), level);
		end = in.len;
		add(&in, after, sizeof(after));
		for (size_t cut_in = 1; cut_in <= in.len; cut_in++)
			for (size_t cut_out = 1; cut_out <= sizeof(text); cut_out += 3) {
				enum inflated result = INFLATE_MORE;
				size_t pos = 0, made = 0;

				inflater_reset(z);
				while (result == INFLATE_MORE) {
					size_t used =
						in.len - pos < cut_in ? in.len - pos : cut_in;
					size_t room = sizeof(out) - made < cut_out
					                      ? sizeof(out) - made
					                      : cut_out;

					result = inflater_run(z, in.data + pos, &used,
					                      out + made, &room);
					pos += used;
					made += room;
				}
				assert_int_equal(result, INFLATE_END);
				assert_int_equal(pos, end);
				assert_int_equal(made, sizeof(text));
				assert_memory_equal(out, text, made);
			}
	}
	inflater_free(z);
	buf_free(&in);
}

static void what_is_not_deflate_is_bad(void **state)
{
	static const struct {
		uint8_t bytes[8];
		size_t len;
	} cases[] = {
		{ { 0x07 }, 8 },                /* block type 3                     */
		{ { 0x01, 1, 0, 0, 0 }, 8 },    /* stored, length and ~length differ */
		{ { 0x03, 0x02, 0, 0, 0 }, 8 }, /* a match before the beginning     */
		{ { 0xFD, 0xFF }, 8 },          /* too many codes                   */
	};
	struct inflater *z = inflater_new();
	uint8_t out[100];

	(void)state;
	assert_non_null(z);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t used = cases[i].len, made = sizeof(out);

		inflater_reset(z);
		assert_int_equal(inflater_run(z, cases[i].bytes, &used, out, &made),
		                 INFLATE_BAD);
	}
	inflater_free(z);
}

/* Each piece stands alone; joined, and closed by an empty block, they are one stream. */
static void pieces_join_at_every_level(void **state)
{
	static const uint8_t last[2] = { 3, 0 };
	const size_t n = 200000;
	uint8_t *data = malloc(n), *out = malloc(n + 1);

	(void)state;
	assert_true(data && out);
	fill_noise(data, n);
	for (size_t i = 0; i < n; i++)
		if (i % 50000 >= 20000) /* noise and rows in turn */
			data[i] = (uint8_t)text[i % (sizeof(text) - 1)];
	for (int level = 1; level <= 9; level++) {
		struct deflater *z = deflater_new(level);
		struct buf b = { 0 };
		size_t made = n + 1;

		assert_non_null(z);
		for (size_t pos = 0, len; pos < n; pos += len) {
			size_t took;

			len = 1 + pos * 7 % 60000;
			if (len > n - pos)
				len = n - pos;
			assert_int_equal(buf_reserve(&b, stored_bound(len), NULL), SLUICE_OK);
			took = deflater_piece(z, data + pos, len, b.data + b.len);
			assert_in_range(took, 1, stored_bound(len));
			b.len += took;
		}
		add(&b, last, sizeof(last));
		assert_int_equal(inflate_all(b.data, b.len, out, &made), b.len);
		assert_int_equal(made, n);
		assert_memory_equal(out, data, n);
		deflater_free(z);
		buf_free(&b);
	}
	free(data);
	free(out);
}

static void a_piece_does_not_depend_on_earlier_ones(void **state)
{
	const size_t n = 100000;
	uint8_t *data = malloc(n), *a = malloc(stored_bound(n)), *b = malloc(stored_bound(n));

	(void)state;
	assert_true(data && a && b);
	for (int level = 1; level <= 9; level++) {
		struct deflater *fresh = deflater_new(level), *used = deflater_new(level);
		size_t len;

		assert_true(fresh && used);
		for (size_t i = 0; i < n; i++)
			data[i] = (uint8_t)text[(i * i / 977) % (sizeof(text) - 1)];
		for (size_t some = 1; some < n; some = some * 5 + 3)
			deflater_piece(used, data + n - some, some, b);
		len = deflater_piece(fresh, data, n, a);
		assert_true(len < n);
		assert_int_equal(deflater_piece(used, data, n, b), len);
		assert_memory_equal(a, b, len);
		deflater_free(fresh);
		deflater_free(used);
	}
	free(data);
	free(a);
	free(b);
}

static void noise_is_stored_within_the_bound(void **state)
{
	static const size_t lens[] = { 1, 2, 100, 65534, 65535, 65536, 131070, 131071, 300000 };
	uint8_t *data = malloc(300000), *out = malloc(stored_bound(300000));

	(void)state;
	assert_true(data && out);
	fill_noise(data, 300000);
	for (int level = 1; level <= 9; level += 2)
		for (size_t i = 0; i < LENGTH(lens); i++) {
			struct deflater *z = deflater_new(level);

			assert_non_null(z);
			assert_in_range(deflater_piece(z, data, lens[i], out), lens[i],
			                stored_bound(lens[i]));
			deflater_free(z);
		}
	free(data);
	free(out);
}

static void stored_blocks_are_deflate(void **state)
{
	static const size_t lens[] = { 0, 1, 65535, 65536, 200000 };
	uint8_t *data = malloc(200000), *in = malloc(stored_bound(200000)),
		*out = malloc(200001);

	(void)state;
	assert_true(data && in && out);
	fill_noise(data, 200000);
	for (size_t i = 0; i < LENGTH(lens); i++) {
		const size_t len = stored_blocks(data, lens[i], true, in);
		size_t made = 200001;

		assert_true(len <= stored_bound(lens[i]));
		assert_int_equal(inflate_all(in, len, out, &made), len);
		assert_int_equal(made, lens[i]);
		assert_memory_equal(out, data, made);
	}
	free(data);
	free(in);
	free(out);
}

static void nothing_is_freed_without_harm(void **state)
{
	(void)state;
	inflater_free(NULL);
	deflater_free(NULL);
	assert_true(strlen(codec_name()) > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checksums_agree_with_zlib),
		cmocka_unit_test(a_stream_ends_where_it_ends),
		cmocka_unit_test(what_is_not_deflate_is_bad),
		cmocka_unit_test(pieces_join_at_every_level),
		cmocka_unit_test(a_piece_does_not_depend_on_earlier_ones),
		cmocka_unit_test(noise_is_stored_within_the_bound),
		cmocka_unit_test(stored_blocks_are_deflate),
		cmocka_unit_test(nothing_is_freed_without_harm),
	};

	return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
