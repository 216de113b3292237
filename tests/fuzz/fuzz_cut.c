/*
 * The chunker and the tokenizer: accepted if and only if the referee accepts, the same fields, and
 * for any kernel, window, chunk and feed the same first offence at the same place.
 */
#include "referee.h"

#include "csv/chunk.h"
#include "csv/strict.h"
#include "csv/tokenize.h"
#include "memory_feed.h"
#include "run/chain.h"

struct way {
	const struct kernels *kernels;
	uint32_t window, chunk_bytes;
	bool mapped;
};

struct reading {
	struct buf fields; /* "line:length:bytes" of each */
	uint64_t n;
	enum sluice_status status;
	struct sluice_error err;
};

static void add_field(struct reading *r, uint64_t line, struct field f)
{
	REQUIRE(!buf_addf(&r->fields, NULL, "%llu:%u:", (unsigned long long)line, f.len) &&
	                !buf_add(&r->fields, f.text, f.len, NULL),
	        "no memory\n");
	r->n++;
}

static void read_chunk(struct reading *r, struct tokenizer *t, struct batch *b,
                       const struct chunk *chunk, struct chain_base *base)
{
	const size_t before = r->fields.len;
	const bool blank = base->blank_line;
	struct chunk_facts facts;
	bool more = true;

	tokenizer_begin(t, chunk->text, chunk->len, chunk->cut);
	while ((r->status = tokenizer_next(t, b, &more, &r->err)) == SLUICE_OK && more)
		for (uint32_t row = 0; row < b->n_rows; row++)
			for (uint32_t col = 0; col < b->n_cols; col++)
				add_field(r, base->lines + batch_line(b, row, col),
				          batch_field(b, row, col));
	facts = (struct chunk_facts){ .lines = t->lines,
		                      .rows = t->rows,
		                      .blank_line = t->blank_line,
		                      .all_blank = t->all_blank };
	r->status = chain_account(base, &facts, r->status, &r->err);
	if (blank && r->status != SLUICE_OK)
		r->fields.len = before; /* the offence was in a chunk before this one */
}

static void read_table(struct reading *r, const struct way *way, const uint8_t *text,
                       size_t len, uint32_t n_cols)
{
	struct memory memory;
	const struct feed feed = memory_feed(&memory, text, len, way->mapped);
	struct chain_base base = { .lines = 1 };
	struct tokenizer t;
	struct chunker chunker;
	struct chunk chunk = { 0 };
	struct header h = { 0 };
	struct batch b = { 0 };
	bool more = true;

	*r = (struct reading){ 0 };
	chunker_init(&chunker, &feed, way->kernels, ',', way->chunk_bytes);
	REQUIRE(!chunker_header(&chunker, &h, NULL) && h.n_cols == n_cols, "the header\n");
	REQUIRE(!tokenizer_init(&t, way->kernels, ',', n_cols, way->window, NULL),
	        "no memory\n");
	while (r->status == SLUICE_OK && more) {
		r->status = chunker_next(&chunker, &chunk, &more, &r->err);
		if (r->status == SLUICE_OK && more)
			read_chunk(r, &t, &b, &chunk, &base);
	}
	tokenizer_free(&t);
	chunker_free(&chunker);
	header_free(&h);
	buf_free(&chunk.own);
	batch_free(&b);
}

static void compare(const struct reading *a, const struct reading *b, const struct way *way)
{
	REQUIRE(a->status == b->status && a->err.line == b->err.line &&
	                a->err.column == b->err.column && !strcmp(a->err.text, b->err.text),
	        "%s, window %u, chunk %u, mapped %d: %d at %llu:%u %s, else %d at %llu:%u %s\n",
	        way->kernels->name, way->window, way->chunk_bytes, way->mapped, (int)b->status,
	        (unsigned long long)b->err.line, b->err.column, b->err.text, (int)a->status,
	        (unsigned long long)a->err.line, a->err.column, a->err.text);
	REQUIRE(a->fields.len == b->fields.len &&
	                (!a->fields.len ||
	                 !memcmp(a->fields.data, b->fields.data, a->fields.len)),
	        "other fields by %s, window %u, chunk %u, mapped %d\n", way->kernels->name,
	        way->window, way->chunk_bytes, way->mapped);
}

/* What the referee says, as a reading; lines are counted here. */
static void judge(const struct reading *r, const uint8_t *text, size_t len, uint32_t n_cols)
{
	struct ref_table t;
	const bool good = referee_read(&t, text, len, ',');
	struct reading want = { 0 };
	uint64_t line = 1;
	size_t at = 0;

	REQUIRE(good == (r->status == SLUICE_OK), "the referee says %d, the tokenizer %s\n",
	        good, r->err.text);
	for (size_t i = n_cols; good && i < t.n_cells; i++) {
		for (; at < t.cells[i].at; at++)
			line += text[at] == '\n';
		add_field(&want, line,
		          (struct field){ text + t.cells[i].at, (uint32_t)t.cells[i].len });
	}
	REQUIRE(!good ||
	                (want.n == r->n && want.fields.len == r->fields.len &&
	                 (!want.n || !memcmp(want.fields.data, r->fields.data, r->fields.len))),
	        "other fields than the referee's\n");
	buf_free(&want.fields);
	free(t.cells);
}

static struct way draw_way(struct input *in)
{
	static const uint32_t windows[] = { 64, 128, 4096, 131072 };
	static const uint32_t chunks[] = { 1, 2, 13, 64, 100, 300, 1000, 65536 };
	const uint8_t a = take_byte(in), b = take_byte(in);
	size_t n = 0;

	while (kernels_all[n])
		n++;
	n = a / 4 % n;
	return (struct way){ kernels_all[kernels_all[n]->supported() ? n : 0], windows[a % 4],
		             chunks[b % 8], b >> 7 };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const uint32_t n_cols = 1 + take_byte(&in) % 8;
	const struct way ways[] = { { &kernels_scalar, 131072, 1 << 20, true },
		                    draw_way(&in),
		                    draw_way(&in) };
	struct reading first, r;
	size_t len = 2 * n_cols;
	uint8_t *text;

	if (!ways[1].kernels->supported() || !ways[2].kernels->supported())
		return 0;
	text = allocate(len + in.len + BUF_PAD);
	for (uint32_t i = 0; i < n_cols; i++) {
		text[2 * i] = (uint8_t)('a' + i);
		text[2 * i + 1] = i + 1 < n_cols ? ',' : '\n';
	}
	memcpy(text + len, in.text, in.len);
	len += in.len;
	memset(text + len, 0, BUF_PAD);

	read_table(&first, &ways[0], text, len, n_cols);
	judge(&first, text, len, n_cols);
	for (size_t i = 1; i < LENGTH(ways); i++) {
		read_table(&r, &ways[i], text, len, n_cols);
		compare(&first, &r, &ways[i]);
		buf_free(&r.fields);
	}
	buf_free(&first.fields);
	free(text);
	return 0;
}
