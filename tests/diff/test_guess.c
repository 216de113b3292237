/*
 * Chunks that end where a line end may stand inside quotes, and are taken back when it does:
 * what comes of it is what counting gives, also when the input breaks off.
 */
#include "unit/unit.h"

#include "cuts.h"

#define AHEAD_MAX 6

static uint32_t probed,
	taken_back; /* chunks cut by a probe and kept, and guesses that were wrong */

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
                            uint32_t ahead, enum cut_by by)
{
	struct chunk slots[AHEAD_MAX] = { { 0 } };
	enum sluice_status filled[AHEAD_MAX];
	uint64_t written = 0, next = 0;
	struct chunker chunker;
	bool more = true;

	memset(c, 0, sizeof(*c));
	chunker_init(&chunker, feed, kernels_pick(NULL), ',', chunk_bytes);
	chunker.by = by;
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
			taken_back++;
			c->err = (struct sluice_error){ 0 };
			assert_int_equal(
				chunker_rewind(&chunker, out, (uint32_t)(next - written), NULL),
				SLUICE_OK);
			next = written;
			more = true;
			continue;
		}
		probed += first->guessed && chunker.by == CUT_BY_PROBE;
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
                           uint32_t chunk_bytes, uint32_t ahead, enum cut_by by)
{
	static struct cuts counted, guessed;
	struct memory m;
	struct feed feed = memory_feed(&m, text->data, len, mapped);

	m.broken = broken;
	cut_up(&counted, &feed, chunk_bytes);
	feed = memory_feed(&m, text->data, len, mapped);
	m.broken = broken;
	cut_up_by_guess(&guessed, &feed, chunk_bytes, ahead, by);
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
			               1 + chance_below(&c, AHEAD_MAX),
			               chance_below(&c, 2) ? CUT_BY_LAST : CUT_BY_PROBE);
		}
		buf_free(&text);
	}
}

/*
 * Line ends in nearly every record's quotes, and at 'lure' others what looks like records.
 * Chunks are so long that a probe pays.
 */
static void add_quoted(struct buf *b, struct chance *c, uint32_t records, uint32_t lure)
{
	for (uint32_t i = 0; i < records; i++) {
		if (lure && !chance_below(c, lure))
			assert_int_equal(
				buf_addf(b, NULL, "%u,\"a\nb,c\nd,e\nf,g\nh,i\n\"\n", i),
				SLUICE_OK);
		else
			assert_int_equal(
				buf_addf(b, NULL, "\"%u\nx, y\",\"multi\nline\n\"\n", i),
				SLUICE_OK);
	}
}

static void probes_that_are_taken_back_leave_no_trace(void **state)
{
	static const uint32_t lures[] = { 0, 0, 2, 20, 1000 };
	struct chance c = { 23 };

	(void)state;
	probed = taken_back = 0;
	for (int round = 0; round < 120; round++) {
		const bool broken = round % 3 == 0;
		struct buf text = { 0 };

		add_header(&text, 2, broken);
		add_quoted(&text, &c, 1000 + chance_below(&c, 3000),
		           lures[(size_t)round % LENGTH(lures)]);
		assert_guessed(&text, text.len, !broken && round % 2, broken,
		               5000 + chance_below(&c, 40000), 1 + chance_below(&c, AHEAD_MAX),
		               chance_below(&c, 2) ? CUT_BY_LAST : CUT_BY_PROBE);
		buf_free(&text);
	}
	assert_in_range(probed, 200, 100000);
	assert_in_range(taken_back, 30, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guesses_that_are_taken_back_leave_no_trace),
		cmocka_unit_test(probes_that_are_taken_back_leave_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
