/*
 * Chunks that end where a line end may stand inside quotes, and are taken back when it does:
 * what comes of it is what counting gives, also when the input breaks off.
 */
#include "unit/unit.h"

#include "cuts.h"

#define AHEAD_MAX 6

/* Whether the chunk ends inside quotes, as a worker would find out. */
static bool is_split(const struct chunk *chunk)
{
	struct record r;

	for (uint32_t at = 0; at < chunk->len; at += r.len) {
		strict_record(chunk->text + at, chunk->len - at, ',', &r, NULL, NULL);
		if (!r.ended)
			return true;
	}
	return false;
}

/* The same by guesses: 'ahead' chunks are out before the first of them is looked at. */
static void cut_up_by_guess(struct cuts *c, const struct feed *feed, uint32_t chunk_bytes,
                            uint32_t ahead)
{
	struct chunk slots[AHEAD_MAX] = { { 0 } };
	enum sluice_status filled[AHEAD_MAX];
	uint64_t written = 0, next = 0;
	struct chunker chunker;
	bool more = true;

	memset(c, 0, sizeof(*c));
	chunker_init(&chunker, feed, kernels_pick(NULL), ',', chunk_bytes);
	chunker.guess = true;
	c->status = chunker_header(&chunker, &c->header, &c->err);
	while (c->status == SLUICE_OK) {
		struct chunk *first = &slots[written % ahead];

		while (more && next - written < ahead) {
			filled[next % ahead] =
				chunker_next(&chunker, &slots[next % ahead], &more, &c->err);
			if (filled[next % ahead] != SLUICE_OK)
				more = false;
			next += more || filled[next % ahead] != SLUICE_OK;
		}
		if (written == next)
			break;
		c->status = filled[written % ahead];
		if (c->status != SLUICE_OK)
			break;
		if (first->guessed && is_split(first)) {
			struct chunk *out[AHEAD_MAX];

			for (uint64_t i = written; i < next; i++)
				out[i - written] = &slots[i % ahead];
			c->err = (struct sluice_error){ 0 };
			assert_int_equal(
				chunker_rewind(&chunker, out, (uint32_t)(next - written), NULL),
				SLUICE_OK);
			next = written;
			more = true;
			continue;
		}
		table_bytes(&c->text, (const char *)first->text, first->len);
		c->lens[c->n++] = first->len;
		c->cut = first->cut;
		written++;
	}
	chunker_free(&chunker);
	for (uint32_t i = 0; i < AHEAD_MAX; i++)
		buf_free(&slots[i].own);
}

/* Compare with what counting gives, from an input that breaks off or does not. */
static void assert_guessed(const struct buf *text, size_t len, bool mapped, bool broken,
                           uint32_t chunk_bytes, uint32_t ahead)
{
	static struct cuts counted, guessed;
	struct memory m;
	struct feed feed = memory_feed(&m, text->data, len, mapped);

	m.broken = broken;
	cut_up(&counted, &feed, chunk_bytes);
	feed = memory_feed(&m, text->data, len, mapped);
	m.broken = broken;
	cut_up_by_guess(&guessed, &feed, chunk_bytes, ahead);
	assert_int_equal(guessed.status, counted.status);
	assert_string_equal(guessed.err.text, counted.err.text);
	assert_int_equal(guessed.n, counted.n);
	assert_memory_equal(guessed.lens, counted.lens, sizeof(counted.lens));
	assert_int_equal(guessed.text.len, counted.text.len);
	assert_int_equal(guessed.cut, counted.cut);
	if (counted.text.len)
		assert_memory_equal(guessed.text.data, counted.text.data, counted.text.len);
	cuts_free(&counted);
	cuts_free(&guessed);
}

/* Records without quotes but for one, which holds line ends: a guess that is wrong, late. */
static void add_one_quoted(struct buf *b, struct chance *c)
{
	for (uint32_t i = chance_below(c, 60); i; i--)
		table_bytes(b, "abcdef,g\n", 9);
	table_bytes(b, "\"", 1);
	for (uint32_t i = chance_below(c, 60); i; i--)
		table_bytes(b, &"\nx\ny,z\n"[chance_below(c, 6)], 2);
	table_bytes(b, "\",h\n", 4);
	for (uint32_t i = chance_below(c, 60); i; i--)
		table_bytes(b, "ijklmn,o\n", 9);
}

/* A header that the first read just reaches over, where 'long_name' is said. */
static void add_header(struct buf *b, uint32_t n_cols, bool long_name)
{
	for (uint32_t i = long_name ? 65500 - 7 * n_cols : 0; i; i--)
		table_bytes(b, "x", 1);
	for (uint32_t i = 0; i < n_cols; i++)
		assert_int_equal(buf_addf(b, NULL, "c%u%s", i, i + 1 < n_cols ? "," : "\n"),
		                 SLUICE_OK);
}

static void guesses_that_are_taken_back_leave_no_trace(void **state)
{
	static const uint32_t sizes[] = { 1, 7, 20, 64, 100, 333, 1000, 65536 };
	struct chance c = { 22 };

	(void)state;
	for (int round = 0; round < 1500; round++) {
		const bool broken = round % 3 == 0;
		const struct taste taste = taste_draw(&c);
		struct buf text = { 0 };

		add_header(&text, round % 2 ? 2 : taste.n_cols, broken);
		if (round % 2)
			add_one_quoted(&text, &c);
		else
			table_records(&text, &c, &taste, chance_below(&c, 60));
		for (int way = 0; way < 4; way++) {
			const uint32_t chunk_bytes = sizes[chance_below(&c, LENGTH(sizes))];
			size_t len = text.len;

			if (broken && len > 65536)
				len = 65536 + chance_below(&c, (uint32_t)len - 65536);
			assert_guessed(&text, len, !broken && way % 2, broken, chunk_bytes,
			               1 + chance_below(&c, AHEAD_MAX));
		}
		buf_free(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guesses_that_are_taken_back_leave_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
