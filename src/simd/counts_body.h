/*
 * counts_body.h - what is done to counts, and the second look at them, written once
 *
 * An instruction set defines these and then includes this file:
 *	lanes, LANES           a vector of so many 64-bit numbers
 *	LANE_EACH(f)           f(0), f(1), ... for each lane
 *	where                  in which lanes a comparison holds
 *	lanes lane_all(uint64_t v)        v in every lane
 *	lanes lane_load(const void *p), void lane_store(void *p, lanes v)
 *	lanes lane_set(const uint64_t v[LANES])  for small arrays that live in registers
 *	lanes lane_and(a, b), lane_or(a, b), lane_xor(a, b), lane_add(a, b), lane_sub(a, b)
 *	lanes lane_mul(a, b)              products of the lower halves
 *	lanes lane_up(v, n), lane_down(v, n)     shifted by a constant
 *	lanes lane_up_by(v, by), lane_down_by(v, by)  by 0 to 64 each; by more: anything
 *	where lane_same(a, b)             the whole lanes are equal
 *	where lane_less(a, b)             a < b, both below 2^31
 *	lanes lane_pick(where w, a, b)    a where it holds, else b
 *	uint64_t lane_bits(where w)       bit i: it holds in lane i
 *	where where_and(a, b), where_without(a, b)
 *	lanes bytes_add(a, b)             byte by byte
 *	lanes number_of(lanes digits)     the value of eight digits a lane, first one lowest
 *	lanes digits_of(lanes v)          the other way round, for numbers below COUNT_LIMIT
 *	lanes leading_of(lanes digits)    bits of zeros in front of the first digit that is none,
 *	                                  or of the last digit
 */
#define LANE_ZEROS UINT64_C(0x3030303030303030)
#define LANE_BITS  (UINT64_MAX >> (64 - LANES))
#define LANE_TOPS  UINT64_C(0x8080808080808080)

/* Digits without their 0x30: a byte above 9 has, or gets, its top bit. */
static inline lanes over_nine(lanes digits)
{
	const lanes over =
		lane_or(digits, bytes_add(digits, lane_all(UINT64_C(0x7676767676767676))));

	return lane_and(over, lane_all(LANE_TOPS));
}

/* Zeros in front of digits that are 'len' bytes long. */
static inline lanes right_aligned(lanes digits, lanes len)
{
	return lane_up_by(digits, lane_sub(lane_all(64), lane_up(len, 3)));
}

/* ---- redact, round, print ---------------------------------------------------------- */

struct count_lanes { /* a rule, spread out once a block */
	lanes low, add, magic, shift, base, sub, redacted, token;
	where keep_zeros;
	bool even;
};

static inline struct count_lanes count_lanes(const struct count_rule *r)
{
	return (struct count_lanes){
		.low = lane_all(r->low),
		.add = lane_all(r->add),
		.magic = lane_all(r->magic),
		.shift = lane_all(r->shift),
		.base = lane_all(r->base),
		.sub = lane_all(r->sub),
		.redacted = lane_all((uint64_t)r->redacted),
		.token = lane_all(r->token),
		.keep_zeros = lane_same(lane_all(r->keep_zeros), lane_all(1)),
		.even = r->even,
	};
}

static inline lanes round_lanes(const struct count_lanes *r, lanes v, where none)
{
	const lanes x = lane_add(v, r->add);
	lanes q = lane_down_by(lane_mul(x, r->magic), r->shift);

	if (r->even) {
		const where tie = lane_same(lane_mul(q, r->base), x);

		q = lane_sub(q, lane_pick(tie, lane_and(q, lane_all(1)), lane_all(0)));
	}
	return lane_sub(lane_mul(q, r->base), lane_pick(none, lane_all(0), r->sub));
}

/* The first eight bytes of cells, and their lengths. */
struct count_text {
	lanes word, len;
};

static inline uint64_t word_at(const uint8_t *text)
{
	uint64_t word;

	memcpy(&word, text, 8);
	return word;
}

/* Rows are told apart by few registers: the first half of them, and the other. */
#define CELL_END(i)  (((i) < LANES / 2 ? ends : half) + (i) % (LANES / 2) * stride)
#define CELL_PAIR(i) word_at((const uint8_t *)(CELL_END(i) - 1))
#define CELL_WORD(i) word_at(text + (CELL_END(i)[-1] + 1))

static inline __attribute__((always_inline)) struct count_text count_text(const uint8_t *text,
                                                                          const uint32_t *ends,
                                                                          size_t stride)
{
	const uint32_t *const half = ends + LANES / 2 * stride;
	const uint64_t pair[LANES] = { LANE_EACH(CELL_PAIR) };
	const uint64_t word[LANES] = { LANE_EACH(CELL_WORD) };
	const lanes two = lane_set(pair);
	struct count_text t;
	where quoted;

	t.word = lane_set(word);
	t.len = lane_sub(lane_sub(lane_down(two, 32), two), lane_all(1));
	t.len = lane_and(t.len, lane_all(UINT32_MAX));
	quoted = where_and(lane_same(lane_and(t.word, lane_all(0xFF)), lane_all('"')),
	                   lane_less(lane_all(2), t.len));
	t.word = lane_pick(quoted, lane_down(t.word, 8), t.word);
	t.len = lane_sub(t.len, lane_pick(quoted, lane_all(2), lane_all(0)));
	return t;
}

/* Where cells of eight bytes each begin. */
#define ORDERED(i) (begin + 8 * (uint64_t)(i))
static inline lanes in_order(uint64_t begin)
{
	const uint64_t order[LANES] = { LANE_EACH(ORDERED) };

	return lane_set(order);
}

/* One step: LANES cells, of rows that lie 'stride' ends apart. */
struct count_step {
	lanes value, text, cell;
	uint64_t odd, redacted, rounded;
};

static inline __attribute__((always_inline)) struct count_step count_step(
	const struct count_lanes *r, struct count_text in, lanes place)
{
	const lanes zero = lane_all(0);
	const lanes raw = lane_xor(in.word, lane_all(LANE_ZEROS));
	const lanes digits = right_aligned(raw, in.len);
	const lanes size = lane_down(lane_sub(in.len, lane_all(1)), 3);
	const lanes v = number_of(digits);
	const where none = lane_same(v, zero);
	const where leading = where_without(lane_same(lane_and(raw, lane_all(0xFF)), zero),
	                                    lane_same(in.len, lane_all(1)));
	const lanes kept = round_lanes(r, v, none);
	const where plain =
		where_and(lane_same(lane_or(over_nine(digits), size), zero),
	                  where_without(lane_less(kept, lane_all(COUNT_LIMIT)), leading));
	const where low = where_without(lane_less(v, r->low), where_and(none, r->keep_zeros));
	const lanes made = digits_of(kept), skip = leading_of(made);
	const lanes printed = lane_sub(lane_all(64), skip);

	return (struct count_step){
		.value = lane_pick(low, r->redacted, kept),
		.text = lane_down_by(lane_or(made, lane_all(LANE_ZEROS)), skip),
		.cell = lane_pick(low, r->token, lane_or(place, lane_up(printed, 29))),
		.odd = lane_bits(plain) ^ LANE_BITS,
		.redacted = lane_bits(low),
		.rounded = lane_bits(lane_same(kept, v)) ^ LANE_BITS,
	};
}

/* Fewer than LANES rows: their ends, and the last one's again and again. */
static inline const uint32_t *fill_up(uint32_t last[2 * LANES], const uint32_t *ends,
                                      size_t stride, uint32_t n)
{
	for (uint32_t i = 0; i < LANES; i++)
		memcpy(last + (size_t)2 * i, ends + (i < n ? i : n - 1) * stride - 1, 8);
	return last + 1;
}

static void counts(const struct count_rule *rule, struct count_block *b, uint32_t n,
                   int64_t *value, uint8_t *text, uint64_t *cell, uint32_t offset)
{
	const uint64_t used = n ? UINT64_MAX >> (COUNT_BLOCK - n) : 0;
	const struct count_lanes r = count_lanes(rule);
	const uint8_t *const from = b->text;
	const uint32_t *ends = b->ends;
	const size_t stride = b->stride;
	uint64_t odd = 0, redacted = 0, rounded = 0;
	lanes place = in_order(offset);

	for (uint32_t i = 0; i < n; i += LANES, ends += LANES * stride) {
		uint32_t last[2 * LANES];
		const bool whole = n - i >= LANES;
		const struct count_step s = count_step(
			&r,
			whole ? count_text(from, ends, stride)
			      : count_text(from, fill_up(last, ends, stride, n - i), 2),
			place);

		lane_store(text + (size_t)8 * i, s.text);
		lane_store(cell + i, s.cell);
		lane_store(value + i, s.value);
		odd |= s.odd << i;
		redacted |= s.redacted << i;
		rounded |= s.rounded << i;
		place = lane_add(place, lane_all(8 * LANES));
	}
	b->odd = odd & used;
	b->redacted = redacted & used & ~odd;
	b->rounded = rounded & used & ~odd & ~redacted;
}

/* ---- the second look ----------------------------------------------------------------- */

struct doubt_lanes {
	lanes token, least, off, inverse, turn, most;
	where zero;
};

static inline struct doubt_lanes doubt_lanes(const struct doubt_rule *r)
{
	return (struct doubt_lanes){
		.token = lane_all(r->token),
		.least = lane_all(r->least),
		.off = lane_all(r->off),
		.inverse = lane_all(r->inverse),
		.turn = lane_all(r->turn),
		.most = lane_all(r->most),
		.zero = lane_same(lane_all(r->zero), lane_all(1)),
	};
}

/* Fewer than LANES cells: tokens for the others. */
static inline const uint64_t *fill_cells(uint64_t last[LANES], const uint64_t *cell, uint32_t n,
                                         uint64_t token)
{
	for (uint32_t i = 0; i < LANES; i++)
		last[i] = i < n ? cell[i] : token;
	return last;
}

#define TEXT_WORD(i) word_at(texts + (uint32_t)cell[i])
/* Eight bytes each, where cells lie anywhere. */
static inline lanes words_at(const uint8_t *texts, const uint64_t *cell)
{
	const uint64_t word[LANES] = { LANE_EACH(TEXT_WORD) };

	return lane_set(word);
}

/* As number_of(), but by other arithmetic: a mistake there must not hide here. */
static inline lanes value_of(lanes d)
{
	const lanes tens = lane_add(lane_up(d, 3), lane_up(d, 1));
	const lanes pairs = lane_and(lane_add(tens, lane_down(d, 8)),
	                             lane_all(UINT64_C(0x00FF00FF00FF00FF)));
	const lanes hundreds =
		lane_add(lane_add(lane_up(pairs, 6), lane_up(pairs, 5)), lane_up(pairs, 2));
	const lanes fours = lane_and(lane_add(hundreds, lane_down(pairs, 16)),
	                             lane_all(UINT64_C(0x0000FFFF0000FFFF)));

	return lane_add(lane_mul(fours, lane_all(10000)), lane_down(fours, 32));
}

/* Bit i: cell i, with these first bytes, is not known to be fit to leave. */
static inline uint64_t doubt_step(const struct doubt_lanes *r, lanes cell, lanes word)
{
	const lanes zero = lane_all(0), half = lane_all(UINT32_MAX);
	const lanes len = lane_down(cell, 32);
	const lanes digits = right_aligned(lane_xor(word, lane_all(LANE_ZEROS)), len);
	const lanes v = value_of(digits);
	const lanes size = lane_down(lane_sub(len, lane_all(1)), 3);
	/* A number is divisible if, times the inverse and turned, it is not above 'most'. */
	const lanes x = lane_and(lane_mul(lane_add(v, r->off), r->inverse), half);
	const lanes turned = lane_and(lane_down_by(lane_or(x, lane_up(x, 32)), r->turn), half);
	/* Differences below zero have the top bit. */
	const lanes below = lane_or(lane_sub(v, r->least), lane_sub(r->most, turned));
	const where plain = lane_same(lane_or(over_nine(digits), size), zero);
	const where fits = lane_same(lane_down(below, 63), zero);
	const where none = where_and(lane_same(v, zero), r->zero);

	return (~lane_bits(plain) | ~(lane_bits(fits) | lane_bits(none))) &
	       ~lane_bits(lane_same(cell, r->token)) & LANE_BITS;
}

/* What is released usually lies in order, eight bytes a cell: then one load fetches LANES. */
static uint64_t doubts(const struct doubt_rule *rule, const uint64_t *cell, uint32_t n,
                       const uint8_t *texts)
{
	const uint64_t used = n ? UINT64_MAX >> (COUNT_BLOCK - n) : 0;
	const struct doubt_lanes r = doubt_lanes(rule);
	uint64_t doubt = 0, last[LANES];
	uint32_t first = 0, begin;
	lanes place;

	while (first + 1 < n && cell[first] == rule->token)
		first++;
	begin = (uint32_t)cell[first] - 8 * first;
	/* A place that is none, where the first could not lie in order. */
	place = in_order((uint32_t)cell[first] < 8 * first ? UINT64_C(1) << 32 : begin);
	for (uint32_t i = 0; i < n; i += LANES) {
		const uint64_t *c = n - i < LANES
		                            ? fill_cells(last, cell + i, n - i, rule->token)
		                            : cell + i;
		const lanes cells = lane_load(c);
		const uint64_t token = lane_bits(lane_same(cells, r.token));
		const uint64_t here =
			lane_bits(lane_same(lane_and(cells, lane_all(UINT32_MAX)), place));
		const lanes word =
			(token | here) == LANE_BITS
				? lane_load(texts + (here & ~token ? begin + 8 * i : 0))
				: words_at(texts, c);

		doubt |= doubt_step(&r, cells, word) << i;
		place = lane_add(place, lane_all(8 * LANES));
	}
	return doubt & used;
}
