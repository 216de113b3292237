/*
 * kernels - what each kernel does in a second, by instruction set:  kernels [KIND]
 *
 * On windows of a generated table that stay in the cache, as in the line.  Whatever is
 * timed has first done the same as the scalar kernels; the time is the shortest of SHOTS.
 */
#include "simd/kernels.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TABLE = 1 << 20, WINDOW = 128 << 10, SHOTS = 7, LAPS = 32, MAX_ROWS = WINDOW / 8 };

struct bench {
	const char *name;
	const char *unit;
	/* Do it once, over the whole table; returns how many units. */
	size_t (*go)(const struct kernels *k);
	/* Whether the last go did what it should; the scalar one's is kept as the measure. */
	bool (*same)(bool keep);
};

static uint8_t table[TABLE + ROW_ROOM + KERNEL_PAD], mixed[TABLE + KERNEL_PAD];
static size_t table_len, mixed_len;

static uint64_t mix(uint64_t sum, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ p[i]) * UINT64_C(0x100000001B3);
	return sum;
}

/* Compare with what the scalar kernels came to, or remember it. */
static bool agrees(uint64_t *kept, uint64_t sum, bool keep)
{
	if (keep)
		*kept = sum;
	return *kept == sum;
}

/* ---- scan ------------------------------------------------------------------------ */

static uint32_t found[TABLE + ROW_ROOM + 2 * KERNEL_PAD];
static uint32_t found_len;
static struct scan scanned;

static size_t scan_go(const struct kernels *k)
{
	const struct scan start = SCAN_START;

	scanned = start;
	found_len = 0;
	for (uint32_t at = 0; at < table_len; at += WINDOW) {
		const uint32_t left = (uint32_t)table_len - at;

		found_len += k->scan(table, at, at + (left < WINDOW ? left : WINDOW), ',',
		                     &scanned, found + found_len);
	}
	return table_len;
}

static bool scan_same(bool keep)
{
	static uint64_t kept;
	const uint64_t seen[] = { found_len,           scanned.quoted,      scanned.after_sep,
		                  scanned.after_quote, scanned.after_close, scanned.after_cr,
		                  !!scanned.bad,       !!scanned.high,      !!scanned.cr,
		                  scanned.records,     scanned.lines };

	return agrees(&kept, mix(mix(0, seen, sizeof(seen)), found, 4 * (size_t)found_len),
	              keep);
}

/* ---- count, utf8 ----------------------------------------------------------------- */

static size_t counted, well_formed;

static size_t count_go(const struct kernels *k)
{
	counted = k->count(table, table_len, '"') + k->count(table, table_len, '\n');
	return 2 * table_len;
}

static bool count_same(bool keep)
{
	static uint64_t kept;

	return agrees(&kept, counted, keep);
}

static size_t ascii_go(const struct kernels *k)
{
	well_formed = k->utf8(table, table_len);
	return table_len;
}

static size_t utf8_go(const struct kernels *k)
{
	well_formed = k->utf8(mixed, mixed_len);
	return mixed_len;
}

static bool ascii_same(bool keep)
{
	(void)keep;
	return well_formed == table_len;
}

static bool utf8_same(bool keep)
{
	(void)keep;
	return well_formed == mixed_len;
}

/* ---- counts ---------------------------------------------------------------------- */

enum { N_BLOCKS = 256, APART = 10 };

/* Cells of 16 bytes, APART ends from row to row, as in a table. */
static uint8_t counted_text[N_BLOCKS * COUNT_BLOCK * 16 + KERNEL_PAD];
static uint32_t counted_ends[N_BLOCKS * COUNT_BLOCK * APART];
static struct count_block blocks[N_BLOCKS];
static int64_t values[N_BLOCKS][COUNT_BLOCK];
static uint8_t texts[16 + N_BLOCKS * COUNT_BLOCK * 8 + KERNEL_PAD] = "[REDACTED]";
static uint64_t cells[N_BLOCKS][COUNT_BLOCK];

/* Counts as in the measures' tables, a few of them missing. */
static void counts_make(struct chance *c)
{
	static const uint32_t tops[] = { 8, 12, 100, 3000, 3000, 200000 };

	for (uint32_t i = 0; i < N_BLOCKS * COUNT_BLOCK; i++) {
		uint32_t *end = counted_ends + (size_t)APART * i + 1;
		char *text = (char *)counted_text + (size_t)16 * i;
		int len = 0;

		if (chance_below(c, 50))
			len = snprintf(text, 16, "%u",
			               chance_below(c, tops[chance_below(c, 6)]));
		end[-1] = 16 * i - 1;
		end[0] = 16 * i + (uint32_t)len;
	}
	for (uint32_t i = 0; i < N_BLOCKS; i++)
		blocks[i] = (struct count_block){
			.text = counted_text,
			.ends = counted_ends + (size_t)APART * COUNT_BLOCK * i + 1,
			.stride = APART,
		};
}

static uint8_t *text_of(uint32_t block)
{
	return texts + 16 + (size_t)8 * COUNT_BLOCK * block;
}

static size_t counts_go(const struct kernels *k)
{
	/* Threshold 7, to the nearest 5: shift is 62 - clz(base). */
	static const struct count_rule rule = {
		.low = 8,
		.add = 2,
		.magic = (uint32_t)(((UINT64_C(1) << 33) + 4) / 5),
		.shift = 33,
		.base = 5,
		.redacted = -2,
		.token = UINT64_C(10) << 32,
	};

	for (uint32_t i = 0; i < N_BLOCKS; i++)
		k->counts(&rule, &blocks[i], COUNT_BLOCK, values[i], text_of(i), cells[i],
		          (uint32_t)(text_of(i) - texts));
	return (size_t)N_BLOCKS * COUNT_BLOCK;
}

static bool counts_same(bool keep)
{
	static uint64_t kept;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < N_BLOCKS; i++) {
		const struct count_block *b = &blocks[i];
		const uint64_t bits[] = { b->odd, b->redacted, b->rounded };

		sum = mix(sum, bits, sizeof(bits));
		for (uint32_t j = 0; j < COUNT_BLOCK; j++) {
			if (b->odd >> j & 1)
				continue;
			sum = mix(sum, &values[i][j], 8);
			sum = mix(sum, &cells[i][j], 8);
			if (!(b->redacted >> j & 1))
				sum = mix(sum, text_of(i) + (size_t)8 * j, cells[i][j] >> 32);
		}
	}
	return agrees(&kept, sum, keep);
}

/* ---- doubts: on what counts made -------------------------------------------------- */

static uint64_t doubted;

static size_t doubts_go(const struct kernels *k)
{
	/* Above 7, divisible by 5. */
	static const struct doubt_rule rule = {
		.token = UINT64_C(10) << 32,
		.least = 8,
		.inverse = 0xCCCCCCCD,
		.most = UINT32_MAX / 5,
	};

	doubted = 0;
	for (uint32_t i = 0; i < N_BLOCKS; i++)
		doubted = mix(doubted,
		              &(uint64_t){ k->doubts(&rule, cells[i], COUNT_BLOCK, texts) }, 8);
	return (size_t)N_BLOCKS * COUNT_BLOCK;
}

static bool doubts_same(bool keep)
{
	static uint64_t kept;

	return agrees(&kept, doubted, keep);
}

/* ---- emit: W1's shape, on the first window ------------------------------------------ */

static uint32_t ends[1 + WINDOW + KERNEL_PAD];
static uint64_t released[2][MAX_ROWS];
static uint8_t written[2 * WINDOW + KERNEL_PAD];
static struct emit_rows shape;
static size_t written_len;

/* Columns 2 and the last are dropped, 4 and 5 replaced. */
static bool emit_make(void)
{
	static const uint8_t cell_text[10 + 5 + KERNEL_PAD] = "[REDACTED]12345";
	static struct emit_stretch s[5];
	const struct scan start = SCAN_START;
	struct scan scan = start;
	const uint32_t n = kernels_scalar.scan(table, 0, WINDOW, ',', &scan, ends + 1);
	uint32_t n_cols = 1;

	while (n_cols < n && table[ends[n_cols]] != '\n')
		n_cols++;
	if (n_cols < 8)
		return false;
	ends[0] = UINT32_MAX;
	for (uint32_t i = 0; i < MAX_ROWS; i++)
		for (uint32_t j = 0; j < 2; j++)
			released[j][i] =
				(i + j) % 7 ? UINT64_C(4) << 32 | 10 : UINT64_C(10) << 32;
	s[0] = (struct emit_stretch){ .first = 0, .last = 1, .skip = 1, .more = 1 };
	s[1] = s[0];
	s[1].first = s[1].last = 3;
	s[2] = (struct emit_stretch){ .cell = released[0], .after = { ',' }, .after_len = 1 };
	s[3] = (struct emit_stretch){ .cell = released[1] };
	s[4] = (struct emit_stretch){
		.first = 6, .last = n_cols - 2, .after = { '\n' }, .after_len = 1
	};
	shape = (struct emit_rows){ .text = table,
		                    .ends = ends + 1,
		                    .n_rows = n / n_cols,
		                    .n_cols = n_cols,
		                    .cells = cell_text,
		                    .stretches = s,
		                    .n_stretches = 5 };
	return shape.n_rows <= MAX_ROWS;
}

static size_t emit_go(const struct kernels *k)
{
	written_len = 0;
	for (uint32_t i = 0; i < 8; i++)
		written_len = (size_t)(k->emit(&shape, written) - written);
	return 8 * written_len;
}

static bool emit_same(bool keep)
{
	static uint64_t kept;

	return agrees(&kept, mix(written_len, written, written_len), keep);
}

/* ---- all of them ----------------------------------------------------------------- */

static const struct bench benches[] = {
	{ "scan", "GB/s", scan_go, scan_same },
	{ "count", "GB/s", count_go, count_same },
	{ "utf8, ASCII", "GB/s", ascii_go, ascii_same },
	{ "utf8, mixed", "GB/s", utf8_go, utf8_same },
	{ "counts", "G cells/s", counts_go, counts_same },
	{ "doubts", "G cells/s", doubts_go, doubts_same },
	{ "emit", "GB/s", emit_go, emit_same },
};
enum { N_BENCHES = sizeof(benches) / sizeof(benches[0]) };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double best(const struct bench *b, const struct kernels *k)
{
	double least = 0;
	size_t n = 0;

	for (int shot = 0; shot < SHOTS; shot++) {
		const double start = now();
		double took;

		for (int lap = 0; lap < LAPS; lap++)
			n = b->go(k);
		took = now() - start;
		if (shot == 0 || took < least)
			least = took;
	}
	return (double)n * LAPS / least / 1e9;
}

static void tables_make(const struct kind *kind)
{
	static const char *const letters[] = {
		"a", "b", " ", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x8C\x8A"
	};
	struct chance c = { .state = 1 };
	char *p = (char *)table;

	for (uint64_t i = 0; p < (char *)table + TABLE; i++)
		p = kind->row(p, &c, i);
	table_len = (size_t)(p - (char *)table);
	while (mixed_len < TABLE - 4) {
		const char *letter = letters[chance_below(&c, 6)];

		memcpy(mixed + mixed_len, letter, strlen(letter));
		mixed_len += strlen(letter);
	}
	counts_make(&c);
}

int main(int argc, char **argv)
{
	const struct kind *kind = kind_find(argc > 1 ? argv[1] : "measures");
	int wrong = 0;

	if (!kind || argc > 2) {
		fprintf(stderr, "usage: kernels [KIND]\n");
		return 2;
	}
	tables_make(kind);
	if (!emit_make())
		return 2;
	printf("%-14s", kind->name);
	for (const struct kernels *const *k = kernels_all; *k; k++)
		if ((*k)->supported())
			printf("%9s", (*k)->name);
	printf("\n");
	for (int i = 0; i < N_BENCHES; i++) {
		const struct bench *b = &benches[i];

		b->go(&kernels_scalar);
		b->same(true);
		printf("%-14s", b->name);
		for (const struct kernels *const *k = kernels_all; *k; k++) {
			if (!(*k)->supported())
				continue;
			b->go(*k);
			if (b->same(false)) {
				printf("%9.2f", best(b, *k));
			} else {
				printf("%9s", "WRONG");
				wrong = 1;
			}
			fflush(stdout);
		}
		printf("  %s\n", b->unit);
	}
	return wrong;
}
