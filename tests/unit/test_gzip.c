/* Gzip is read to its last bit, wherever the input is cut into reads, or it is refused. */
#include "io_unit.h"

#include "io/gzip.h"

#include <sys/resource.h>

/* Feeds bytes from memory, 'step' at a time, all of it 'times' times. */
struct feed {
	const uint8_t *data;
	size_t len, pos, step;
	unsigned times;
};

static enum sluice_status feed_read(void *ctx, uint8_t *dst, size_t cap, size_t *got,
                                    struct sluice_error *err)
{
	struct feed *f = ctx;
	size_t n;

	(void)err;
	if (f->pos == f->len && f->times > 1) {
		f->times--;
		f->pos = 0;
	}
	n = f->len - f->pos;
	if (f->step && n > f->step)
		n = f->step;
	if (n > cap)
		n = cap;
	if (n)
		memcpy(dst, f->data + f->pos, n);
	f->pos += n;
	*got = n;
	return SLUICE_OK;
}

/* Unpack in[0..len) with reads of 'step' bytes below and 'cap' bytes above. */
static enum sluice_status unpack(const uint8_t *in, size_t len, size_t step, size_t cap,
                                 struct buf *out, struct sluice_error *err)
{
	struct feed feed = { .data = in, .len = len, .step = step };
	enum sluice_status status;
	struct gzip *g;
	size_t got;

	out->len = 0;
	assert_int_equal(gzip_new(feed_read, &feed, 0, &g, err), SLUICE_OK);
	do {
		assert_int_equal(buf_reserve(out, cap, NULL), SLUICE_OK);
		status = gzip_read(g, out->data + out->len, cap, &got, err);
		assert_true(got <= cap);
		out->len += got;
	} while (status == SLUICE_OK && got == cap);
	if (status != SLUICE_OK) /* and it stays so */
		assert_int_equal(gzip_read(g, out->data, 1, &got, NULL), SLUICE_E_DATA);
	gzip_free(g);
	return status;
}

static void assert_unpacks(const struct buf *in, const char *text)
{
	static const size_t steps[] = { 0, 1, 2, 3, 7, 64 };
	static const size_t caps[] = { 1, 2, 5, 4096, 1 << 20 };
	struct buf out = { 0 };

	for (size_t i = 0; i < LENGTH(steps); i++)
		for (size_t j = 0; j < LENGTH(caps); j++) {
			struct sluice_error err = { 0 };

			if (unpack(in->data, in->len, steps[i], caps[j], &out, &err))
				FAIL("%s\n", err.text);
			assert_int_equal(out.len, strlen(text));
			assert_memory_equal(out.data, text, out.len);
		}
	buf_free(&out);
}

static void assert_refused(const struct buf *in, const char *why)
{
	static const size_t steps[] = { 0, 1, 3 };
	struct buf out = { 0 };

	for (size_t i = 0; i < LENGTH(steps); i++) {
		struct sluice_error err = { 0 };

		assert_int_equal(unpack(in->data, in->len, steps[i], 100, &out, &err),
		                 SLUICE_E_DATA);
		assert_int_equal(err.status, SLUICE_E_DATA);
		if (!strstr(err.text, why))
			FAIL("'%s' is not in '%s'\n", why, err.text);
	}
	buf_free(&out);
}

#define ROWS "id,n\n1,23\n2,45\n"

/* ---- what is read --------------------------------------------------------------- */

static void members_are_joined_and_may_be_empty(void **state)
{
	struct buf in = { 0 };

	(void)state;
	add_member(&in, "");
	add_member(&in, "id,n\n1,");
	add_member(&in, "");
	add_member(&in, "23\n2,45\n");
	add_member(&in, "");
	assert_unpacks(&in, ROWS);
	buf_free(&in);
}

static void every_optional_field_is_read(void **state)
{
	static const uint8_t extra[300] = { 1, 2, 3 };
	struct buf in = { 0 };

	(void)state;
	for (unsigned flags = 0; flags < 0x20; flags++) {
		in.len = 0;
		add_header(&in, (uint8_t)flags);
		if (flags & 4) {
			add_number(&in, sizeof(extra), 2);
			add(&in, extra, sizeof(extra));
		}
		if (flags & 8)
			add(&in, "../name.csv", sizeof("../name.csv"));
		if (flags & 16)
			add(&in, "", 1);
		if (flags & 2)
			add_number(&in, (uint32_t)crc32(0, in.data, (uInt)in.len), 2);
		add_body(&in, ROWS, strlen(ROWS));
		assert_unpacks(&in, ROWS);
	}
	buf_free(&in);
}

static void a_comment_of_a_mebibyte_is_passed_over(void **state)
{
	struct buf in = { 0 };

	(void)state;
	add_header(&in, 4 | 16);
	add_number(&in, 65535, 2);
	for (size_t i = 0; i < 65535; i++)
		add(&in, "x", 1);
	for (size_t i = 0; i < 1 << 20; i++)
		add(&in, "c", 1);
	add(&in, "", 1);
	add_body(&in, ROWS, strlen(ROWS));
	assert_unpacks(&in, ROWS);
	buf_free(&in);
}

static void zeros_may_follow(void **state)
{
	static const uint8_t zeros[1024];
	struct buf in = { 0 };

	(void)state;
	add_member(&in, ROWS);
	add(&in, zeros, 1);
	assert_unpacks(&in, ROWS);
	add(&in, zeros, sizeof(zeros));
	assert_unpacks(&in, ROWS);
	buf_free(&in);
}

static void a_bomb_needs_no_memory(void **state)
{
	const size_t size = (size_t)64 << 20, cap = 1 << 20;
	uint8_t *zeros = calloc(1, size);
	struct rusage before, after;
	struct feed feed = { .times = 16 };
	struct buf in = { 0 };
	struct gzip *g;
	uint64_t sum = 0;
	size_t got;

	(void)state;
	assert_non_null(zeros);
	add_header(&in, 0);
	add_body(&in, zeros, size);
	feed.data = in.data;
	feed.len = in.len;
	assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
	assert_int_equal(gzip_new(feed_read, &feed, 0, &g, NULL), SLUICE_OK);
	do {
		assert_int_equal(gzip_read(g, zeros, cap, &got, NULL), SLUICE_OK);
		sum += got;
	} while (got == cap);
	assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
	assert_true(sum == (uint64_t)size * 16); /* 1 GiB */
	assert_true(after.ru_maxrss - before.ru_maxrss < 8 << 10);
	gzip_free(g);
	free(zeros);
	buf_free(&in);
}

/* ---- what is refused ------------------------------------------------------------- */

static void each_damage_has_its_own_message(void **state)
{
	struct buf good = { 0 }, in = { 0 };
	const struct {
		size_t at; /* from the end where negative */
		int end;
		uint8_t flip;
		const char *why;
	} cases[] = {
		{ 2, 0, 0x01, "unknown compression method" },
		{ 3, 0, 0x20, "reserved flags" },
		{ 3, 0, 0x40, "reserved flags" },
		{ 3, 0, 0x80, "reserved flags" },
		{ 8, 1, 0x10, "checksum (damaged)" },
		{ 4, 1, 0x10, "size (damaged)" },
		{ 1, 1, 0x80, "size (damaged)" },
		{ 10, 0, 0x06,
		  "not valid deflate" }, /* the first block's type becomes 3 or 0 */
	};

	(void)state;
	add_member(&good, ROWS ROWS ROWS);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		in.len = 0;
		add(&in, good.data, good.len);
		in.data[cases[i].end ? in.len - cases[i].at : cases[i].at] ^= cases[i].flip;
		assert_refused(&in, cases[i].why);
	}
	buf_free(&good);
	buf_free(&in);
}

static void a_wrong_header_checksum_is_refused(void **state)
{
	struct buf in = { 0 };

	(void)state;
	add_header(&in, 2);
	add_number(&in, 1 ^ (uint32_t)crc32(0, in.data, (uInt)in.len), 2);
	add_body(&in, ROWS, strlen(ROWS));
	assert_refused(&in, "header of member 1 does not match its checksum");
	buf_free(&in);
}

static void only_zeros_and_members_may_follow(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *why;
	} cases[] = {
		{ "x", 1, "trailing garbage" },
		{ "\x1F\x8C", 2, "trailing garbage" },
		{ "\0\0\0x", 4, "trailing garbage" },
		{ "\0\x1F\x8B\x08", 4, "trailing garbage" },
		{ "\x1F", 1, "header of member 2 (cut short)" },
		{ "\x1F\x8B\x08", 3, "header of member 2 (cut short)" },
	};
	struct buf in = { 0 };

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		in.len = 0;
		add_member(&in, ROWS);
		add(&in, cases[i].bytes, cases[i].len);
		assert_refused(&in, cases[i].why);
	}
	buf_free(&in);
}

/* Two members, the first with every field; its length in *first. */
static void add_two(struct buf *in, size_t *first)
{
	add_header(in, 0x1E);
	add_number(in, 3, 2);
	add(in, "abc", 3);
	add(in, "name", 5);
	add(in, "why", 4);
	add_number(in, (uint32_t)crc32(0, in->data, (uInt)in->len), 2);
	add_body(in, ROWS ROWS, strlen(ROWS ROWS));
	*first = in->len;
	add_member(in, ROWS);
}

static void a_cut_anywhere_is_noticed(void **state)
{
	struct buf in = { 0 }, out = { 0 };
	size_t first;

	(void)state;
	add_two(&in, &first);
	for (size_t len = 0; len < in.len; len++)
		for (size_t step = 0; step < 4; step++) {
			struct sluice_error err = { 0 };
			const enum sluice_status status =
				unpack(in.data, len, step, 1 + step * 50, &out, &err);

			assert_int_equal(status, len == first ? SLUICE_OK : SLUICE_E_DATA);
			if (status)
				assert_non_null(strstr(err.text, "cut short"));
		}
	buf_free(&in);
	buf_free(&out);
}

static void a_flipped_bit_is_noticed_or_harmless(void **state)
{
	static const char text[] = ROWS ROWS ROWS;
	struct buf in = { 0 }, out = { 0 };
	unsigned refused = 0;
	size_t first;

	(void)state;
	add_two(&in, &first);
	for (size_t bit = 0; bit < in.len * 8; bit++) {
		in.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		for (size_t step = 0; step < 2; step++)
			if (unpack(in.data, in.len, step, 64, &out, NULL) == SLUICE_OK) {
				assert_int_equal(out.len, strlen(text));
				assert_memory_equal(out.data, text, out.len);
			} else {
				refused++;
			}
		in.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(refused > in.len * 8); /* of twice as many: most */
	buf_free(&in);
	buf_free(&out);
}

static void damage_late_in_a_long_member_comes_after_its_bytes(void **state)
{
	const size_t len = 3 << 20;
	uint8_t *data = malloc(len);
	struct sluice_error err = { 0 };
	struct buf in = { 0 }, out = { 0 };

	(void)state;
	assert_non_null(data);
	fill_noise(data, len);
	add_header(&in, 0);
	add_body(&in, data, len);
	in.data[in.len - 100] ^= 1; /* in a stored block: valid deflate */
	assert_int_equal(unpack(in.data, in.len, 5000, 1 << 16, &out, &err), SLUICE_E_DATA);
	assert_non_null(strstr(err.text, "checksum"));
	assert_int_equal(out.len, len);
	free(data);
	buf_free(&in);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_joined_and_may_be_empty),
		cmocka_unit_test(every_optional_field_is_read),
		cmocka_unit_test(a_comment_of_a_mebibyte_is_passed_over),
		cmocka_unit_test(zeros_may_follow),
		cmocka_unit_test(a_bomb_needs_no_memory),
		cmocka_unit_test(each_damage_has_its_own_message),
		cmocka_unit_test(a_wrong_header_checksum_is_refused),
		cmocka_unit_test(only_zeros_and_members_may_follow),
		cmocka_unit_test(a_cut_anywhere_is_noticed),
		cmocka_unit_test(a_flipped_bit_is_noticed_or_harmless),
		cmocka_unit_test(damage_late_in_a_long_member_comes_after_its_bytes),
	};

	return cmocka_run_group_tests_name("gzip", tests, NULL, NULL);
}
