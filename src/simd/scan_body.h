/*
 * scan_body.h - the vector algorithm of the scan, written once
 *
 * An instruction set defines these and then includes this file:
 *	struct seen            what is gathered over blocks without masks
 *	struct text64          64 bytes in vectors
 *	struct text64 fetch(const uint8_t *p, struct seen *s)
 *	bool has(const struct text64 *v, uint8_t a, uint8_t b)  whether either occurs
 *	uint64_t eq64(const struct text64 *v, uint8_t byte)  bit i: byte i is this one
 *	void seen_into(const struct seen *s, struct scan *scan)
 *	uint64_t prefix_xor(uint64_t m)  bit i = m[0] ^ ... ^ m[i]
 *	uint64_t ones(uint64_t m)  how many bits of m are set
 *	uint32_t *put(uint32_t *out, uint64_t m, uint32_t base)
 *	                       base + the number of each bit set; may write 64 entries
 *
 * Inside quotes is the prefix xor of the quotes; a quote counts as inside when it
 * opens, as outside when it closes, and a doubled quote closes and opens again.  So
 * legality is a matter of neighbours: what stands before an opening quote, after a
 * closing one and after a CR.  Each is one shift by a bit with a carry from the
 * block before.  Where neither quote nor CR is near, nothing of this is asked.
 */

/* What the block before has to say: its last bits. */
struct before {
	uint64_t quoted; /* all ones or none                            */
	uint64_t seps, quotes, closes, crs;
};

/* Any block, of which 'left' bytes are used. */
static inline __attribute__((always_inline)) uint64_t block_any(const struct text64 *v,
                                                                uint8_t delim, unsigned left,
                                                                struct before *b,
                                                                struct scan *s)
{
	const uint64_t used = ~UINT64_C(0) >> (64 - left);
	const uint64_t quotes = eq64(v, '"'), lf = eq64(v, '\n');
	const uint64_t inside = prefix_xor(quotes) ^ b->quoted;
	const uint64_t seps = (eq64(v, delim) | lf) & ~inside, edges = seps | quotes;
	const uint64_t closes = quotes & ~inside, crs = eq64(v, '\r') & ~inside;
	const uint64_t after_edge = edges << 1 | (b->seps | b->quotes) >> 63;
	const uint64_t after_close = closes << 1 | b->closes >> 63;

	s->bad |= (quotes & inside & ~after_edge) | (after_close & used & ~edges & ~crs);
	if (crs | b->crs) {
		s->bad |= (crs << 1 | b->crs >> 63) & used & ~(lf & ~inside);
		s->cr |= crs;
	}
	s->records += ones(lf & ~inside);
	s->lines += ones(lf);
	*b = (struct before){ .quoted = 0 - (inside >> (left - 1) & 1),
		              .seps = seps << (64 - left),
		              .quotes = quotes << (64 - left),
		              .closes = closes << (64 - left),
		              .crs = crs << (64 - left) };
	return seps;
}

#define AHEAD 8192

static inline bool is_near(const struct before *b)
{
	return b->quoted | b->quotes >> 63 | b->crs >> 63;
}

static uint32_t scan(const uint8_t *text, uint32_t from, uint32_t to, uint8_t delim,
                     struct scan *state, uint32_t *out)
{
	struct scan s = *state; /* a copy can live in registers */
	struct before b = { s.quoted, s.after_sep << 63, s.after_quote << 63,
		            s.after_close << 63, s.after_cr << 63 };
	struct seen seen = SEEN_START;
	uint64_t plain_lf = 0;
	uint32_t *end = out;
	uint32_t i = from;
	bool near = is_near(&b);

	for (; to - i >= 64; i += 64) {
		const struct text64 v = fetch(text + i, &seen);

		/* Beyond a page, where the processor itself doesn't look ahead; be it nowhere. */
		__builtin_prefetch((const void *)((uintptr_t)text + i + AHEAD));
		if (near | has(&v, '"', '\r')) {
			end = put(end, block_any(&v, delim, 64, &b, &s), i);
			near = is_near(&b);
		} else {
			const uint64_t lf = eq64(&v, '\n');

			b.seps = eq64(&v, delim) | lf;
			plain_lf += ones(lf);
			end = put(end, b.seps, i);
		}
	}
	if (i < to) {
		uint8_t tail[64];
		struct text64 v;

		/* a byte that means nothing */
		memset(tail, delim == ' ' ? '.' : ' ', sizeof(tail));
		memcpy(tail, text + i, to - i);
		v = fetch(tail, &seen);
		end = put(end, block_any(&v, delim, to - i, &b, &s), i);
	}
	seen_into(&seen, &s);
	s.quoted = b.quoted;
	s.after_sep = b.seps >> 63;
	s.after_quote = b.quotes >> 63;
	s.after_close = b.closes >> 63;
	s.after_cr = b.crs >> 63;
	s.records += plain_lf;
	s.lines += plain_lf;
	*state = s;
	return (uint32_t)(end - out);
}
