/* Gzip made of pieces: one member, or BGZF blocks, the same bytes every time. */
#include "io_unit.h"

#include "io/deflate.h"

#define SIZE ((size_t)500000)

/* Rows with some noise between them. */
static uint8_t *some_data(void)
{
	uint8_t *data = malloc(SIZE);

	assert_non_null(data);
	fill_noise(data, SIZE);
	for (size_t i = 0; i < SIZE; i++)
		if (i % 100000 > 1000)
			data[i] = (uint8_t) "0123456789,\n"[data[i] % 12];
	return data;
}

/* Compress in pieces of 'step' bytes, each by another compressor where 'others'. */
static void pack(enum sluice_container container, int level, const uint8_t *data, size_t len,
                 size_t step, bool others, struct buf *out)
{
	struct deflate *d[2];
	struct frame frame;

	for (size_t i = 0; i < 2; i++)
		assert_int_equal(deflate_new(container, level, &d[i], NULL), SLUICE_OK);
	assert_int_equal(frame_begin(&frame, container, out, NULL), SLUICE_OK);
	for (size_t pos = 0, i = 0; pos < len; pos += step, i++) {
		const size_t n = len - pos < step ? len - pos : step;
		struct piece piece;

		assert_int_equal(
			deflate_piece(d[others ? i % 2 : 0], data + pos, n, out, &piece, NULL),
			SLUICE_OK);
		assert_int_equal(piece.len, n);
		frame_count(&frame, &piece);
		assert_int_equal(deflate_piece(d[0], data, 0, out, &piece, NULL), SLUICE_OK);
		frame_count(&frame, &piece); /* a chunk may leave no rows */
	}
	assert_int_equal(frame_end(&frame, out, NULL), SLUICE_OK);
	assert_int_equal(frame.len, len);
	deflate_free(d[0]);
	deflate_free(d[1]);
}

/* Unpack one member with zlib, which checks the trailer; returns what it took. */
static size_t unpack_member(const uint8_t *in, size_t len, uint8_t *out, size_t *made)
{
	z_stream s = { 0 };

	assert_int_equal(inflateInit2(&s, 31), Z_OK);
	s.next_in = (Bytef *)(uintptr_t)in;
	s.avail_in = (uInt)len;
	s.next_out = out;
	s.avail_out = (uInt)*made;
	assert_int_equal(inflate(&s, Z_FINISH), Z_STREAM_END);
	*made -= s.avail_out;
	len -= s.avail_in;
	inflateEnd(&s);
	return len;
}

static void gzip_is_one_member_without_time_or_name(void **state)
{
	static const uint8_t header[10] = { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF };
	uint8_t *data = some_data(), *out = malloc(SIZE + 1);
	struct buf b = { 0 };

	(void)state;
	assert_non_null(out);
	for (int level = 0; level <= 9; level++) {
		size_t made = SIZE + 1;

		b.len = 0;
		pack(SLUICE_GZIP, level, data, SIZE, 33333, false, &b);
		assert_memory_equal(b.data, header, sizeof(header));
		assert_int_equal(unpack_member(b.data, b.len, out, &made), b.len);
		assert_int_equal(made, SIZE);
		assert_memory_equal(out, data, SIZE);
	}
	free(data);
	free(out);
	buf_free(&b);
}

static void the_same_pieces_give_the_same_bytes(void **state)
{
	uint8_t *data = some_data();
	struct buf one = { 0 }, two = { 0 };

	(void)state;
	for (int level = 0; level <= 9; level++)
		for (int c = SLUICE_GZIP; c <= SLUICE_BGZF; c++) {
			one.len = 0;
			two.len = 0;
			pack((enum sluice_container)c, level, data, SIZE, 70001, false, &one);
			pack((enum sluice_container)c, level, data, SIZE, 70001, true, &two);
			assert_int_equal(one.len, two.len);
			assert_memory_equal(one.data, two.data, one.len);
		}
	free(data);
	buf_free(&one);
	buf_free(&two);
}

static void bgzf_is_small_blocks_that_say_their_length(void **state)
{
	uint8_t *data = some_data(), *out = malloc(SIZE + 1);
	size_t pos = 0, sum = 0;
	struct buf b = { 0 };

	(void)state;
	assert_non_null(out);
	fill_noise(data + 100000, 200000); /* blocks that have to be stored */
	pack(SLUICE_BGZF, 0, data, SIZE, 150000, false, &b);
	while (pos < b.len) {
		const uint8_t *p = b.data + pos;
		size_t made = SIZE + 1 - sum;
		const size_t size = 1 + (size_t)p[16] + ((size_t)p[17] << 8);

		assert_memory_equal(p + 10, "\6\0BC\2\0", 6);
		assert_int_equal(unpack_member(p, b.len - pos, out + sum, &made), size);
		assert_true(made <= 65280);
		assert_true(made > 0 ||
		            pos + 28 == b.len); /* only the mark of the end is empty */
		pos += size;
		sum += made;
	}
	assert_int_equal(sum, SIZE);
	assert_memory_equal(out, data, SIZE);
	assert_memory_equal(
		b.data + b.len - 28,
		"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0\x42\x43\x02\0\x1b\0\x03\0\0\0\0\0"
		"\0\0\0\0",
		28);
	free(data);
	free(out);
	buf_free(&b);
}

static void nothing_is_valid_too(void **state)
{
	uint8_t out[1];

	(void)state;
	for (int c = SLUICE_GZIP; c <= SLUICE_BGZF; c++) {
		struct buf b = { 0 };
		size_t made = sizeof(out);

		pack((enum sluice_container)c, 1, NULL, 0, 1, false, &b);
		assert_int_equal(unpack_member(b.data, b.len, out, &made), b.len);
		assert_int_equal(made, 0);
		buf_free(&b);
	}
}

static void plain_passes_the_bytes_on(void **state)
{
	struct buf b = { 0 };

	(void)state;
	pack(SLUICE_PLAIN, 0, (const uint8_t *)"a,b\n1,2\n", 8, 3, true, &b);
	assert_int_equal(b.len, 8);
	assert_memory_equal(b.data, "a,b\n1,2\n", 8);
	buf_free(&b);
}

static void levels_are_one_to_nine(void **state)
{
	struct sluice_error err = { 0 };
	struct deflate *d;

	(void)state;
	assert_int_equal(deflate_new(SLUICE_GZIP, 10, &d, &err), SLUICE_E_PLAN);
	assert_null(d);
	assert_string_equal(err.text, "the gzip level must be 1 to 9");
	assert_int_equal(deflate_new(SLUICE_BGZF, -1, &d, &err), SLUICE_E_PLAN);
	deflate_free(NULL);
	assert_int_equal(strncmp(deflate_library(), "libdeflate ", 11), 0);
}

/* More than 4 GiB: the trailer's number wraps, the CRC is combined by arithmetic. */
static void sizes_are_kept_modulo_2_to_the_32(void **state)
{
	const struct piece big = { .crc = 0, .len = UINT64_C(3) << 30 };
	struct frame frame;
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(frame_begin(&frame, SLUICE_GZIP, &b, NULL), SLUICE_OK);
	frame_count(&frame, &big);
	frame_count(&frame, &big);
	assert_int_equal(frame_end(&frame, &b, NULL), SLUICE_OK);
	assert_true(frame.len == UINT64_C(6) << 30);
	assert_memory_equal(b.data + b.len - 4, "\0\0\0\x80", 4);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gzip_is_one_member_without_time_or_name),
		cmocka_unit_test(the_same_pieces_give_the_same_bytes),
		cmocka_unit_test(bgzf_is_small_blocks_that_say_their_length),
		cmocka_unit_test(nothing_is_valid_too),
		cmocka_unit_test(plain_passes_the_bytes_on),
		cmocka_unit_test(levels_are_one_to_nine),
		cmocka_unit_test(sizes_are_kept_modulo_2_to_the_32),
	};

	return cmocka_run_group_tests_name("deflate", tests, NULL, NULL);
}
