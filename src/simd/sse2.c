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

struct text64 {
	__m128i v[4];
};

static inline struct text64 fetch(const uint8_t *p, struct seen *s)
{
	const struct text64 t = { { load(p), load(p + 16), load(p + 32), load(p + 48) } };

	for (int i = 0; i < 4; i++) {
		s->high = _mm_or_si128(s->high, t.v[i]);
		s->low = _mm_min_epu8(s->low, t.v[i]);
	}
	return t;
}

static inline uint64_t eq64(const struct text64 *t, uint8_t byte)
{
	return eq16(t->v[0], (char)byte) | eq16(t->v[1], (char)byte) << 16 |
	       eq16(t->v[2], (char)byte) << 32 | eq16(t->v[3], (char)byte) << 48;
}

static inline bool has(const struct text64 *t, uint8_t a, uint8_t b)
{
	const __m128i x = _mm_set1_epi8((char)a), y = _mm_set1_epi8((char)b);
	__m128i found = _mm_setzero_si128();

	for (int i = 0; i < 4; i++)
		found = _mm_or_si128(found, _mm_or_si128(_mm_cmpeq_epi8(t->v[i], x),
		                                         _mm_cmpeq_epi8(t->v[i], y)));
	return _mm_movemask_epi8(found);
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

static inline uint64_t put_one(uint32_t *out, uint64_t m, uint32_t base)
{
	*out = base + (uint32_t)__builtin_ctzll(m | UINT64_C(1) << 63);
	return m & (m - 1);
}

/* Eight at a time without asking whether there are eight: no branch to mispredict. */
static inline uint32_t *put(uint32_t *out, uint64_t m, uint32_t base)
{
	uint32_t *const end = out + ones(m);

	do {
		m = put_one(out, m, base);
		m = put_one(out + 1, m, base);
		m = put_one(out + 2, m, base);
		m = put_one(out + 3, m, base);
		m = put_one(out + 4, m, base);
		m = put_one(out + 5, m, base);
		m = put_one(out + 6, m, base);
		m = put_one(out + 7, m, base);
		out += 8;
	} while (m);
	return end;
}

#include "simd/scan_body.h"

/* ---- counts, two at a time ----------------------------------------------------- */

typedef __m128i lanes;
typedef __m128i where; /* all ones where it holds */
enum { LANES = 2 };
#define LANE_EACH(f) f(0), f(1)

static inline lanes lane_all(uint64_t v)
{
	return _mm_set1_epi64x((long long)v);
}

static inline lanes lane_load(const void *p)
{
	return _mm_loadu_si128(p);
}

static inline void lane_store(void *p, lanes v)
{
	_mm_storeu_si128(p, v);
}

static inline lanes lane_set(const uint64_t v[LANES])
{
	return _mm_set_epi64x((long long)v[1], (long long)v[0]);
}

static inline lanes lane_and(lanes a, lanes b)
{
	return _mm_and_si128(a, b);
}

static inline lanes lane_or(lanes a, lanes b)
{
	return _mm_or_si128(a, b);
}

static inline lanes lane_xor(lanes a, lanes b)
{
	return _mm_xor_si128(a, b);
}

static inline lanes lane_add(lanes a, lanes b)
{
	return _mm_add_epi64(a, b);
}

static inline lanes lane_sub(lanes a, lanes b)
{
	return _mm_sub_epi64(a, b);
}

static inline lanes lane_mul(lanes a, lanes b)
{
	return _mm_mul_epu32(a, b);
}

#define lane_up(v, n)   _mm_slli_epi64(v, n)
#define lane_down(v, n) _mm_srli_epi64(v, n)

/* The first lane of a, the second of b. */
static inline lanes join(lanes a, lanes b)
{
	return _mm_castpd_si128(_mm_move_sd(_mm_castsi128_pd(b), _mm_castsi128_pd(a)));
}

/* A shift takes its number from the first lane. */
static inline lanes lane_up_by(lanes v, lanes by)
{
	return join(_mm_sll_epi64(v, by), _mm_sll_epi64(v, _mm_unpackhi_epi64(by, by)));
}

static inline lanes lane_down_by(lanes v, lanes by)
{
	return join(_mm_srl_epi64(v, by), _mm_srl_epi64(v, _mm_unpackhi_epi64(by, by)));
}

static inline where lane_same(lanes a, lanes b)
{
	const __m128i halves = _mm_cmpeq_epi32(a, b);

	return _mm_and_si128(halves, _mm_shuffle_epi32(halves, _MM_SHUFFLE(2, 3, 0, 1)));
}

static inline where lane_less(lanes a, lanes b)
{
	return _mm_shuffle_epi32(_mm_cmpgt_epi32(b, a), _MM_SHUFFLE(2, 2, 0, 0));
}

static inline lanes lane_pick(where w, lanes a, lanes b)
{
	return _mm_or_si128(_mm_and_si128(w, a), _mm_andnot_si128(w, b));
}

static inline uint64_t lane_bits(where w)
{
	return (uint64_t)(uint32_t)_mm_movemask_pd(_mm_castsi128_pd(w));
}

static inline where where_and(where a, where b)
{
	return _mm_and_si128(a, b);
}

static inline where where_without(where a, where b)
{
	return _mm_andnot_si128(b, a);
}

static inline lanes bytes_add(lanes a, lanes b)
{
	return _mm_add_epi8(a, b);
}

static inline lanes number_of(lanes digits)
{
	const __m128i tens =
		_mm_mullo_epi16(_mm_and_si128(digits, _mm_set1_epi16(255)), _mm_set1_epi16(10));
	const __m128i fours = _mm_madd_epi16(_mm_add_epi16(tens, _mm_srli_epi16(digits, 8)),
	                                     _mm_set1_epi32(0x00010064));

	return _mm_add_epi64(_mm_mul_epu32(fours, lane_all(10000)), _mm_srli_epi64(fours, 32));
}

static inline lanes digits_of(lanes v)
{
	const __m128i high = _mm_srli_epi64(_mm_mul_epu32(v, lane_all(3518437209u)), 45);
	const __m128i low = _mm_sub_epi64(v, _mm_mul_epu32(high, lane_all(10000)));
	__m128i tens, rest;

	v = _mm_or_si128(high, _mm_slli_epi64(low, 32));
	tens = _mm_srli_epi16(_mm_mulhi_epu16(v, _mm_set1_epi16(5243)), 3);
	rest = _mm_sub_epi16(v, _mm_mullo_epi16(tens, _mm_set1_epi16(100)));
	v = _mm_or_si128(tens, _mm_slli_epi32(rest, 16));
	tens = _mm_srli_epi16(_mm_mullo_epi16(v, _mm_set1_epi16(103)), 10);
	rest = _mm_sub_epi16(v, _mm_mullo_epi16(tens, _mm_set1_epi16(10)));
	return _mm_or_si128(tens, _mm_slli_epi16(rest, 8));
}

/* Eight for each byte below the first that is not 0, or the last. */
static inline lanes leading_of(lanes digits)
{
	const __m128i d = _mm_or_si128(digits, lane_all(UINT64_C(1) << 56));
	const __m128i zero = _mm_cmpeq_epi8(d, _mm_setzero_si128());
	const __m128i below = _mm_andnot_si128(_mm_add_epi64(zero, lane_all(1)), zero);

	return _mm_sad_epu8(_mm_and_si128(below, _mm_set1_epi8(8)), _mm_setzero_si128());
}

#include "simd/counts_body.h"

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

/* ---- keys ---------------------------------------------------------------------- */

static inline bytes both(bytes a, bytes b)
{
	return _mm_and_si128(a, b);
}

static inline bytes differ(bytes a, bytes b)
{
	return _mm_xor_si128(a, b);
}

static inline bytes words_add(bytes a, bytes b)
{
	return _mm_add_epi32(a, b);
}

static inline bytes words_turn(bytes v)
{
	return _mm_shuffle_epi32(v, 0x39);
}

static inline void bytes_words(bytes v, uint64_t *a, uint64_t *b)
{
	*a = (uint64_t)_mm_cvtsi128_si64(v);
	*b = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(v, v));
}

#include "simd/find_pair_body.h"

const struct kernels kernels_sse2 = {
	.name = "sse2",
	.supported = supported,
	.scan = scan,
	.counts = counts,
	.doubts = doubts,
	.emit = emit,
	.count = count,
	.utf8 = utf8,
	.find = find,
};
