/*
 * sse2.c - what every x86-64 can do: built without -m flags
 */
#include "simd/kernels.h"

#include <emmintrin.h>
#include <string.h>

static bool supported(void)
{
	return true;
}

struct masks {
	uint64_t quote, delim, lf, cr, used;
};

struct seen {
	__m128i high; /* or of all bytes: the top bits          */
	__m128i low;  /* least of all bytes: a zero is a NUL    */
};
#define SEEN_START                                     \
	{                                              \
		_mm_setzero_si128(), _mm_set1_epi8(-1) \
	}

static inline __m128i load(const uint8_t *p)
{
	return _mm_loadu_si128((const void *)p);
}

static inline uint64_t eq16(__m128i v, char c)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

static inline struct masks look(const uint8_t *p, uint8_t delim, struct seen *s)
{
	struct masks m = { 0 };

	for (int i = 48; i >= 0; i -= 16) {
		const __m128i v = load(p + i);

		s->high = _mm_or_si128(s->high, v);
		s->low = _mm_min_epu8(s->low, v);
		m.quote = m.quote << 16 | eq16(v, '"');
		m.delim = m.delim << 16 | eq16(v, (char)delim);
		m.lf = m.lf << 16 | eq16(v, '\n');
		m.cr = m.cr << 16 | eq16(v, '\r');
	}
	return m;
}

static inline void seen_into(const struct seen *s, struct scan *scan)
{
	scan->high |= (uint64_t)(uint32_t)_mm_movemask_epi8(s->high);
	scan->bad |= eq16(s->low, 0);
}

static inline uint64_t prefix_xor(uint64_t m)
{
	for (int i = 1; i < 64; i *= 2)
		m ^= m << i;
	return m;
}

/* Neighbours added in pairs, thrice, then all bytes by one multiplication. */
static inline uint64_t ones(uint64_t m)
{
	m -= m >> 1 & UINT64_C(0x5555555555555555);
	m = (m & UINT64_C(0x3333333333333333)) + (m >> 2 & UINT64_C(0x3333333333333333));
	m = (m + (m >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
	return m * UINT64_C(0x0101010101010101) >> 56;
}

/* Eight at a time without asking whether there are eight: no branch to mispredict. */
static inline uint32_t *put(uint32_t *out, uint64_t m, uint32_t base)
{
	uint32_t *const end = out + ones(m);

	do {
		for (int i = 0; i < 8; i++) {
			out[i] = base + (uint32_t)__builtin_ctzll(m | UINT64_C(1) << 63);
			m &= m - 1;
		}
		out += 8;
	} while (m);
	return end;
}

#include "simd/scan_body.h"

/* ---- counts, two at a time ----------------------------------------------------- */

static inline __m128i dup64(uint64_t v)
{
	return _mm_set1_epi64x((long long)v);
}

/* One number for each lane. */
static inline __m128i pair(uint64_t first, uint64_t second)
{
	return _mm_set_epi64x((long long)second, (long long)first);
}

/* The first lane of a, the second of b. */
static inline __m128i join(__m128i a, __m128i b)
{
	return _mm_castpd_si128(_mm_move_sd(_mm_castsi128_pd(b), _mm_castsi128_pd(a)));
}

/* Both lanes wholly what the lower half of each is. */
static inline __m128i spread(__m128i lanes)
{
	return _mm_shuffle_epi32(lanes, _MM_SHUFFLE(2, 2, 0, 0));
}

static inline __m128i choose(__m128i lanes, uint64_t then, __m128i otherwise)
{
	return _mm_or_si128(_mm_and_si128(lanes, dup64(then)),
	                    _mm_andnot_si128(lanes, otherwise));
}

/* The lanes of a comparison as bits. */
static inline uint64_t bits(__m128i lanes)
{
	return (uint64_t)(uint32_t)_mm_movemask_pd(_mm_castsi128_pd(lanes));
}

/* The value of eight digits a lane, first digit in the lowest byte. */
static inline __m128i number_of(__m128i digits)
{
	const __m128i tens =
		_mm_mullo_epi16(_mm_and_si128(digits, _mm_set1_epi16(255)), _mm_set1_epi16(10));
	const __m128i fours = _mm_madd_epi16(_mm_add_epi16(tens, _mm_srli_epi16(digits, 8)),
	                                     _mm_set1_epi32(0x00010064));

	return _mm_add_epi64(_mm_mul_epu32(fours, dup64(10000)), _mm_srli_epi64(fours, 32));
}

static inline __m128i round_lanes(const struct count_rule *r, __m128i value)
{
	const __m128i base = dup64(r->base);
	const __m128i x = _mm_add_epi64(value, dup64(r->add));
	const __m128i none = _mm_cmpeq_epi32(value, _mm_setzero_si128());
	__m128i q = _mm_srl_epi64(_mm_mul_epu32(x, dup64(r->magic)),
	                          _mm_cvtsi32_si128((int)r->shift));

	if (r->even) {
		const __m128i tie = _mm_cmpeq_epi32(_mm_mul_epu32(q, base), x);

		q = _mm_andnot_si128(_mm_and_si128(tie, dup64(1)), q);
	}
	return _mm_sub_epi64(_mm_mul_epu32(q, base), _mm_andnot_si128(none, dup64(r->sub)));
}

/* Eight decimal digits a lane, as numbers, first digit in the lowest byte. */
static inline __m128i digits_of(__m128i v)
{
	const __m128i high = _mm_srli_epi64(_mm_mul_epu32(v, dup64(3518437209u)), 45);
	const __m128i low = _mm_sub_epi64(v, _mm_mul_epu32(high, dup64(10000)));
	__m128i tens, rest;

	v = _mm_or_si128(high, _mm_slli_epi64(low, 32));
	tens = _mm_srli_epi16(_mm_mulhi_epu16(v, _mm_set1_epi16(5243)), 3);
	rest = _mm_sub_epi16(v, _mm_mullo_epi16(tens, _mm_set1_epi16(100)));
	v = _mm_or_si128(tens, _mm_slli_epi32(rest, 16));
	tens = _mm_srli_epi16(_mm_mullo_epi16(v, _mm_set1_epi16(103)), 10);
	rest = _mm_sub_epi16(v, _mm_mullo_epi16(tens, _mm_set1_epi16(10)));
	return _mm_or_si128(tens, _mm_slli_epi16(rest, 8));
}

/* Whether a cell of this length that begins with 'first' is no count. */
static inline uint64_t odd_length(uint64_t raw, uint64_t len)
{
	return (uint64_t)(len - 1 > 7) | ((uint64_t) !(raw & 0xFF) & (uint64_t)(len != 1));
}

/* Which lanes hold other bytes than digits. */
static inline uint64_t odd_digits(__m128i digits)
{
	const __m128i over = _mm_or_si128(digits, _mm_add_epi8(digits, _mm_set1_epi8(0x76)));
	const unsigned m = (unsigned)_mm_movemask_epi8(over);

	return (uint64_t)((m & 0xFF) != 0) | (uint64_t)(m > 0xFF) << 1;
}

/* Print what is kept of cells i and i + 1; their places. */
static inline __m128i print(__m128i kept, uint8_t *text, uint32_t offset)
{
	const __m128i made = digits_of(kept);
	const unsigned used = ~(unsigned)eq16(made, 0);
	/* The first digit that is no zero, or the last. */
	const unsigned a = (unsigned)__builtin_ctz((used & 0xFF) | 0x80);
	const unsigned b = (unsigned)__builtin_ctz((used >> 8 & 0xFF) | 0x80);
	const __m128i shown = _mm_or_si128(made, _mm_set1_epi8('0'));

	_mm_storeu_si128((void *)text,
	                 join(_mm_srl_epi64(shown, _mm_cvtsi32_si128((int)(8 * a))),
	                      _mm_srl_epi64(shown, _mm_cvtsi32_si128((int)(8 * b)))));
	return pair((uint64_t)(8 - a) << 32 | offset, (uint64_t)(8 - b) << 32 | (offset + 8));
}

static void counts(const struct count_rule *r, struct count_block *b, uint32_t n,
                   int64_t *value, uint8_t *text, uint64_t *cell, uint32_t offset)
{
	const uint64_t used = UINT64_MAX >> (COUNT_BLOCK - n);
	const __m128i zero = _mm_setzero_si128(), keep = dup64(r->keep_zeros ? UINT64_MAX : 0);
	const __m128i lowest = dup64(r->low), highest = dup64(COUNT_LIMIT - 1);
	uint64_t odd = 0, redacted = 0, rounded = 0;

	for (uint32_t i = 0; i < n; i += 2) {
		const __m128i raw =
			_mm_xor_si128(load((const void *)(b->raw + i)), _mm_set1_epi8('0'));
		const uint64_t len0 = b->len[i], len1 = b->len[i + 1];
		/* Zeros in front; a shift by more than 63 leaves none but zeros. */
		const __m128i digits =
			join(_mm_sll_epi64(raw, _mm_cvtsi64_si128((long long)(64 - 8 * len0))),
		             _mm_sll_epi64(raw, _mm_cvtsi64_si128((long long)(64 - 8 * len1))));
		const __m128i v = number_of(digits), kept = round_lanes(r, v);
		const __m128i stays = _mm_and_si128(keep, _mm_cmpeq_epi32(v, zero));
		const __m128i low = spread(_mm_andnot_si128(stays, _mm_cmpgt_epi32(lowest, v)));
		const __m128i place = print(kept, text + (size_t)8 * i, offset + 8 * i);
		const uint64_t lengths = odd_length(b->raw[i] ^ '0', len0) |
		                         odd_length(b->raw[i + 1] ^ '0', len1) << 1;

		_mm_storeu_si128((void *)(cell + i), choose(low, r->token, place));
		_mm_storeu_si128((void *)(value + i), choose(low, (uint64_t)r->redacted, kept));
		odd |= (lengths | odd_digits(digits) |
		        bits(spread(_mm_cmpgt_epi32(kept, highest))))
		       << i;
		redacted |= bits(low) << i;
		rounded |= (bits(spread(_mm_cmpeq_epi32(kept, v))) ^ 3) << i;
	}
	b->odd = odd & used;
	b->redacted = redacted & used & ~odd;
	b->rounded = rounded & used & ~odd & ~redacted;
}

static inline void copy64(uint8_t *out, const uint8_t *text)
{
	const __m128i a = load(text), b = load(text + 16);
	const __m128i c = load(text + 32), d = load(text + 48);

	_mm_storeu_si128((void *)out, a);
	_mm_storeu_si128((void *)(out + 16), b);
	_mm_storeu_si128((void *)(out + 32), c);
	_mm_storeu_si128((void *)(out + 48), d);
}

#include "simd/emit_body.h"

static size_t count(const uint8_t *text, size_t len, uint8_t byte)
{
	const __m128i want = _mm_set1_epi8((char)byte), zero = _mm_setzero_si128();
	__m128i total = zero;
	size_t i = 0, n;

	while (len - i >= 16) { /* byte counters, emptied before they overflow */
		const size_t stop = len - i > 255 * 16 ? i + 255 * 16 : len;
		__m128i sum = zero;

		for (; stop - i >= 16; i += 16)
			sum = _mm_sub_epi8(sum, _mm_cmpeq_epi8(load(text + i), want));
		total = _mm_add_epi64(total, _mm_sad_epu8(sum, zero));
	}
	n = (size_t)_mm_cvtsi128_si64(total) +
	    (size_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(total, total));
	for (; i < len; i++)
		n += text[i] == byte;
	return n;
}

/* ---- UTF-8: without table lookups, each fault is a comparison of its own ------- */

typedef __m128i bytes;

static inline bytes either(bytes a, bytes b)
{
	return _mm_or_si128(a, b);
}

static inline bool any_high(bytes v)
{
	return _mm_movemask_epi8(v);
}

static inline bool any(bytes v)
{
	return eq16(v, 0) != 0xFFFF;
}

static inline bytes equal(bytes v, int byte)
{
	return _mm_cmpeq_epi8(v, _mm_set1_epi8((char)byte));
}

/* v - byte, not below 0 */
static inline bytes less(bytes v, int byte)
{
	return _mm_subs_epu8(v, _mm_set1_epi8((char)byte));
}

static inline bytes wrong(const uint8_t *p)
{
	const bytes byte = load(p), first = load(p - 1);
	/* The top bit: after C0, two after E0, three after F0 one that continues is due. */
	const bytes due =
		either(less(first, 0xC0 - 0x80),
	               either(less(load(p - 2), 0xE0 - 0x80), less(load(p - 3), 0xF0 - 0x80)));
	const bytes is = _mm_cmplt_epi8(byte, _mm_set1_epi8((char)0xC0));
	const bytes never = either(equal(_mm_and_si128(byte, _mm_set1_epi8((char)0xFE)), 0xC0),
	                           less(byte, 0xF4));
	/* Of those that continue: 90 to BF, A0 to BF. */
	const bytes from_90 = _mm_cmpgt_epi8(byte, _mm_set1_epi8((char)0x8F));
	const bytes from_a0 = _mm_cmpgt_epi8(byte, _mm_set1_epi8((char)0x9F));
	const bytes too_low = either(_mm_andnot_si128(from_a0, equal(first, 0xE0)),
	                             _mm_andnot_si128(from_90, equal(first, 0xF0)));
	const bytes too_high = either(_mm_and_si128(from_a0, equal(first, 0xED)),
	                              _mm_and_si128(from_90, equal(first, 0xF4)));

	return either(either(never, either(too_low, too_high)),
	              _mm_and_si128(_mm_xor_si128(due, is), _mm_set1_epi8((char)0x80)));
}

#include "simd/utf8_body.h"

const struct kernels kernels_sse2 = {
	.name = "sse2",
	.supported = supported,
	.scan = scan,
	.counts = counts,
	.emit = emit,
	.count = count,
	.utf8 = utf8,
};
