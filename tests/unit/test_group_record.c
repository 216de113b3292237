/* Groups go to disk and come back the same; what is damaged is refused, never believed to the crash. */
#include "groups.h"

#include "chance.h"
#include "io/spool.h"

#include <unistd.h>

/* ---- a run of random groups ------------------------------------------------------------ */

struct made {
	uint32_t key_len, n_people;
	uint8_t key[200];
	uint64_t words[LENGTH(groups_words)];
	char people[5][40];
};

static int key_cmp(const void *left, const void *right)
{
	const struct made *a = left, *b = right;

	return key_order(a->key, a->key_len, b->key, b->key_len);
}

static struct made *draw(struct chance *c, uint32_t n)
{
	struct made *list = calloc(n, sizeof(*list));

	assert_non_null(list);
	for (uint32_t i = 0; i < n; i++) {
		struct made *m = &list[i];

		m->key_len = 6 + chance_below(c, chance_below(c, 9) ? 4 : 190);
		memset(m->key, 'k', sizeof(m->key));
		snprintf((char *)m->key, 7, "%06u", i); /* no two alike */
		m->key[6] = (uint8_t)chance_below(c, 256);
		for (uint32_t w = 0; w < LENGTH(m->words); w++)
			m->words[w] = chance_next(c) >> chance_below(c, 64);
		m->words[1] = 0;
		m->n_people = chance_below(c, 6) % 6 % 5;
		for (uint32_t p = 0; p < m->n_people; p++)
			snprintf(m->people[p], sizeof(m->people[p]), "%u-%0*u", p,
			         1 + (int)chance_below(c, 20), chance_below(c, 10));
	}
	qsort(list, n, sizeof(*list), key_cmp);
	return list;
}

static enum sluice_status to_buf(void *ctx, const uint8_t *data, size_t len,
                                 struct sluice_error *err)
{
	return buf_add(ctx, data, len, err);
}

static void write_run(struct buf *out, const struct made *list, uint32_t n)
{
	struct record_writer w = { .n_words = LENGTH(groups_words),
		                   .write = to_buf,
		                   .ctx = out };

	for (uint32_t i = 0; i < n; i++) {
		WELL(record_group(&w, list[i].key, list[i].key_len, list[i].words, &err));
		for (uint32_t p = 0; p < list[i].n_people; p++)
			WELL(record_person(&w, (const uint8_t *)list[i].people[p],
			                   (uint32_t)strlen(list[i].people[p]), &err));
		WELL(record_break(&w, &err));
	}
	WELL(record_end(&w, &err));
	record_writer_free(&w);
}

/* The bytes in an unnamed file. */
static int spooled(const struct buf *b)
{
	int fd;

	WELL(spool_new("/tmp", &fd, &err));
	WELL(spool_write(fd, 0, b->data, b->len, &err));
	return fd;
}

/* ---- there and back ---------------------------------------------------------------------- */

static void groups_come_back(void **state)
{
	struct chance c = { .state = 11 };

	(void)state;
	for (uint32_t n = 0; n < 6000; n = n * 5 + 1) {
		struct made *list = draw(&c, n ? n : 1);
		struct cursor cursor = { 0 };
		struct buf out = { 0 };
		bool more;
		int fd;

		WELL(buf_add(&out, "before", 6, &err));
		write_run(&out, list, n);
		fd = spooled(&out);
		WELL(cursor_of_run(&cursor, &groups_spec, 1, fd, 6, out.len,
		                   1 + chance_below(&c, 100), &err));
		for (uint32_t i = 0; i < n; i++) {
			WELL(cursor_next(&cursor, &more, &err));
			assert_true(more);
			assert_int_equal(cursor.key_len, list[i].key_len);
			assert_memory_equal(cursor.key, list[i].key, cursor.key_len);
			assert_memory_equal(cursor.words, list[i].words, sizeof(list[i].words));
			for (uint32_t p = 0; p < list[i].n_people; p++) {
				WELL(cursor_person(&cursor, 0, &more, &err));
				assert_true(more);
				assert_int_equal(cursor.person_len, strlen(list[i].people[p]));
				assert_memory_equal(cursor.person, list[i].people[p],
				                    cursor.person_len);
			}
			WELL(cursor_person(&cursor, 0, &more, &err));
			assert_false(more);
		}
		WELL(cursor_next(&cursor, &more, &err));
		assert_false(more);
		cursor_close(&cursor);
		spool_close(fd);
		buf_free(&out);
		free(list);
	}
}

static void keys_and_persons_of_64_kib_come_back(void **state)
{
	static uint8_t key[KEY_LIMIT];
	struct record_writer w = { .n_words = 1, .write = to_buf };
	struct record_reader r = { 0 };
	struct buf out = { 0 };
	const uint64_t words[1] = { UINT64_MAX };
	const uint8_t *text;
	uint32_t len;
	bool more;
	int fd;

	(void)state;
	memset(key, 'x', sizeof(key));
	w.ctx = &out;
	for (uint32_t i = 0; i < 9; i++) {
		key[i % 2 ? 0 : KEY_LIMIT - 1] = (uint8_t)('x' + i);
		WELL(record_group(&w, key, KEY_LIMIT - i % 3, words, &err));
		WELL(record_person(&w, key, KEY_LIMIT - 1, &err));
		WELL(record_break(&w, &err));
	}
	WELL(record_end(&w, &err));
	record_writer_free(&w);
	fd = spooled(&out);
	memset(key, 'x', sizeof(key));
	WELL(record_open(&r, 1, fd, 0, out.len, 1, &err));
	for (uint32_t i = 0; i < 9; i++) {
		key[i % 2 ? 0 : KEY_LIMIT - 1] = (uint8_t)('x' + i);
		WELL(record_next(&r, &more, &err));
		assert_true(more);
		assert_int_equal(r.key.len, KEY_LIMIT - i % 3);
		assert_memory_equal(r.key.data, key, r.key.len);
		assert_true(r.words[0] == UINT64_MAX);
		WELL(record_next_person(&r, &text, &len, &more, &err));
		assert_true(more && len == KEY_LIMIT - 1 && !memcmp(text, key, len));
		WELL(record_next_person(&r, &text, &len, &more, &err));
		assert_false(more);
	}
	WELL(record_next(&r, &more, &err));
	assert_false(more);
	record_close(&r);
	spool_close(fd);
	buf_free(&out);
}

/* ---- damage ------------------------------------------------------------------------------ */

/* Read all that can be read, through a merge; whatever it is, it must end, and end well. */
static enum sluice_status read_all(const struct buf *b, size_t end, uint32_t *n)
{
	const int fd = spooled(b);
	struct cursor cursor = { 0 };
	struct merge m = { 0 };
	bool more = true;
	enum sluice_status status;

	*n = 0;
	WELL(cursor_of_run(&cursor, &groups_spec, 1, fd, 0, end, 64, &err));
	status = merge_open(&m, &groups_spec, 1, &cursor, 1, NULL);
	while (status == SLUICE_OK && more) {
		status = merge_next(&m, NULL, &more, NULL);
		*n += more;
	}
	merge_close(&m);
	cursor_close(&cursor);
	spool_close(fd);
	return status;
}

static void what_is_damaged_is_refused_or_read_to_its_end(void **state)
{
	struct chance c = { .state = 17 };
	struct made *list = draw(&c, 40);
	struct buf out = { 0 };
	uint32_t n, refused = 0;

	(void)state;
	write_run(&out, list, 40);
	assert_int_equal(read_all(&out, out.len, &n), SLUICE_OK);
	assert_int_equal(n, 40);
	for (size_t cut = 0; cut < out.len; cut++) /* the 0 at the end is missed */
		assert_int_equal(read_all(&out, cut, &n), SLUICE_E_DATA);
	for (size_t i = 0; i < 4 * out.len; i++) {
		const size_t at = i % out.len;
		const uint8_t was = out.data[at];
		enum sluice_status status;

		out.data[at] = (uint8_t)(i < out.len ? was ^ 0x80 : chance_next(&c));
		status = read_all(&out, out.len, &n);
		assert_true(status == SLUICE_OK || status == SLUICE_E_DATA);
		refused += status != SLUICE_OK;
		out.data[at] = was;
	}
	assert_true(refused > out.len / 4);
	buf_free(&out);
	free(list);
}

static void noise_is_refused(void **state)
{
	struct chance c = { .state = 19 };
	uint8_t noise[400];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct buf b = { 0 };
		enum sluice_status status;
		uint32_t n;

		for (size_t k = 0; k < sizeof(noise); k++)
			noise[k] = (uint8_t)(chance_next(&c) >> (i % 8 * 7 % 9));
		noise[0] = 1;
		WELL(buf_add(&b, noise, sizeof(noise), &err));
		status = read_all(&b, b.len, &n);
		assert_true(status == SLUICE_OK || status == SLUICE_E_DATA);
		buf_free(&b);
	}
}

static void a_run_that_does_not_ascend_is_refused(void **state)
{
	struct made list[2] = { { .key_len = 1, .key = "b" }, { .key_len = 1, .key = "a" } };
	struct buf out = { 0 };
	uint32_t n;

	(void)state;
	write_run(&out, list, 2);
	assert_int_equal(read_all(&out, out.len, &n), SLUICE_E_DATA);
	buf_free(&out);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_come_back),
		cmocka_unit_test(keys_and_persons_of_64_kib_come_back),
		cmocka_unit_test(what_is_damaged_is_refused_or_read_to_its_end),
		cmocka_unit_test(noise_is_refused),
		cmocka_unit_test(a_run_that_does_not_ascend_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
