/* A buf grows, keeps what it holds, and can be read past its end. */
#include "unit.h"

#include "base/buf.h"

static void a_zeroed_buf_is_empty(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
}

static void even_an_empty_buf_has_padding_once_reserved(void **state)
{
	static const uint8_t nothing[BUF_PAD];
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(buf_reserve(&b, 0, NULL), SLUICE_OK);
	assert_non_null(b.data);
	assert_memory_equal(b.data + b.cap, nothing, BUF_PAD);
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.cap, 0);
}

static void what_is_added_stays_while_it_grows(void **state)
{
	struct buf b = { 0 };
	uint8_t piece[97];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		memset(piece, (int)(i & 0xFF), sizeof(piece));
		assert_int_equal(buf_add(&b, piece, i % sizeof(piece), NULL), SLUICE_OK);
		assert_true(b.len <= b.cap);
		memset(b.data + b.cap, 0xEE, BUF_PAD); /* all of it may be hit */
	}
	for (unsigned i = 0, at = 0; i < 1000; i++)
		for (unsigned j = 0; j < i % sizeof(piece); j++)
			assert_int_equal(b.data[at++], i & 0xFF);
	buf_free(&b);
}

static void reserving_keeps_len_and_gives_room(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(buf_add(&b, "abc", 3, NULL), SLUICE_OK);
	assert_int_equal(buf_reserve(&b, 1 << 20, NULL), SLUICE_OK);
	assert_int_equal(b.len, 3);
	assert_true(b.cap - b.len >= 1 << 20);
	memset(b.data + b.len, 1, (1 << 20) + BUF_PAD);
	assert_memory_equal(b.data, "abc", 3);
	buf_free(&b);
}

static void nothing_can_be_added_from_nowhere(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(buf_add(&b, NULL, 0, NULL), SLUICE_OK);
	assert_int_equal(b.len, 0);
	buf_free(&b);
}

static void a_size_that_cannot_be_is_out_of_memory(void **state)
{
	struct sluice_error err = { 0 };
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(buf_add(&b, "abc", 3, NULL), SLUICE_OK);
	assert_int_equal(buf_reserve(&b, SIZE_MAX, &err), SLUICE_E_MEMORY);
	assert_int_equal(err.status, SLUICE_E_MEMORY);
	assert_int_equal(buf_reserve(&b, SIZE_MAX / 4, NULL), SLUICE_E_MEMORY);
	assert_memory_equal(b.data, "abc", 3);
	buf_free(&b);
}

static void texts_are_formatted_at_the_end(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 300; i++)
		assert_int_equal(buf_addf(&b, NULL, "%d,", i % 10), SLUICE_OK);
	assert_int_equal(b.len, 600);
	assert_memory_equal(b.data + 590, "5,6,7,8,9,", 10);
	assert_int_equal(buf_addf(&b, NULL, "%*s|", 5000, ""), SLUICE_OK);
	assert_int_equal(b.len, 600 + 5001);
	assert_int_equal(b.data[b.len - 1], '|');
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zeroed_buf_is_empty),
		cmocka_unit_test(even_an_empty_buf_has_padding_once_reserved),
		cmocka_unit_test(what_is_added_stays_while_it_grows),
		cmocka_unit_test(reserving_keeps_len_and_gives_room),
		cmocka_unit_test(nothing_can_be_added_from_nowhere),
		cmocka_unit_test(a_size_that_cannot_be_is_out_of_memory),
		cmocka_unit_test(texts_are_formatted_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
