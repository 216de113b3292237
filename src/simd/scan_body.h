/*
 * scan_body.h - the vector algorithm of the scan, written once
 *
 * An instruction set defines these and then includes this file:
 *	struct seen            what is gathered over blocks without masks
 *	struct masks look(const uint8_t *p, uint8_t delim, struct seen *s)
 *	                       bit i of each mask: what p[i] is, i < 64
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
 * block before.
 */

/* Everything about a block that holds quotes, or follows one that ended in quotes. */
static inline uint64_t block_quoted(const struct masks *m, unsigned left, struct scan *s)
{
	const uint64_t inside = prefix_xor(m->quote) ^ s->quoted;
	const uint64_t seps = (m->delim | m->lf) & ~inside;
	const uint64_t opens = m->quote & inside, closes = m->quote & ~inside;
	const uint64_t cr = m->cr & ~inside;

	s->bad |= opens & ~((seps << 1 | s->after_sep) | (m->quote << 1 | s->after_quote));
	s->bad |= (closes << 1 | s->after_close) & m->used & ~(seps | m->quote | cr);
	s->bad |= (cr << 1 | s->after_cr) & m->used & ~(m->lf & ~inside);
	s->cr |= cr;
	s->records += ones(m->lf & ~inside);
	s->quoted = 0 - (inside >> (left - 1) & 1);
	s->after_sep = seps >> (left - 1) & 1;
	s->after_quote = m->quote >> (left - 1) & 1;
	s->after_close = closes >> (left - 1) & 1;
	s->after_cr = cr >> (left - 1) & 1;
	return seps;
}

/* The same where no quote is near. */
static inline uint64_t block_plain(const struct masks *m, unsigned left, struct scan *s)
{
	const uint64_t seps = m->delim | m->lf;

	if (m->cr | s->after_cr) {
		s->bad |= (m->cr << 1 | s->after_cr) & m->used & ~m->lf;
		s->cr |= m->cr;
		s->after_cr = m->cr >> (left - 1) & 1;
	}
	s->records += ones(m->lf);
	s->after_sep = seps >> (left - 1) & 1;
	return seps;
}

static inline __attribute__((always_inline)) uint32_t *block(const uint8_t *p, uint32_t base,
                                                             unsigned left, uint8_t delim,
                                                             struct seen *seen, struct scan *s,
                                                             uint32_t *out)
{
	struct masks m = look(p, delim, seen);
	uint64_t seps;

	m.used = ~UINT64_C(0) >> (64 - left);
	s->lines += ones(m.lf);
	if (m.quote | s->quoted | s->after_quote)
		seps = block_quoted(&m, left, s);
	else
		seps = block_plain(&m, left, s);
	return put(out, seps, base);
}

static uint32_t scan(const uint8_t *text, uint32_t from, uint32_t to, uint8_t delim,
                     struct scan *state, uint32_t *out)
{
	struct scan s = *state; /* a copy can live in registers */
	struct seen seen = SEEN_START;
	uint32_t *end = out;
	uint32_t i = from;

	for (; to - i >= 64; i += 64)
		end = block(text + i, i, 64, delim, &seen, &s, end);
	if (i < to) {
		uint8_t tail[64];

		/* a byte that means nothing */
		memset(tail, delim == ' ' ? '.' : ' ', sizeof(tail));
		memcpy(tail, text + i, to - i);
		end = block(tail, i, to - i, delim, &seen, &s, end);
	}
	seen_into(&seen, &s);
	*state = s;
	return (uint32_t)(end - out);
}
