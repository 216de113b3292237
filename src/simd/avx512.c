/*
 * avx512.c - built with -mavx512bw, -mavx512vbmi2 and friends; runs only where supported() says so
 *
 * A comparison gives its 64-bit mask at once, and one compress turns a mask into
 * positions.
 */
#include "simd/kernels.h"

#include <immintrin.h>
#include <string.h>

static bool supported(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd") &&
	       __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("pclmul") &&
	       __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi") &&
	       __builtin_cpu_supports("bmi2");
}

struct seen {
	__m512i high; /* or of all bytes: the top bits       */
	__m512i low;  /* least of all bytes: a zero is a NUL */
};
#define SEEN_START                                           \
	{                                                    \
		_mm512_setzero_si512(), _mm512_set1_epi8(-1) \
	}

struct text64 {
	__m512i v;
};

static inline struct text64 fetch(const uint8_t *p, struct seen *s)
{
	const __m512i v = _mm512_loadu_si512((const void *)p);

	s->high = _mm512_or_si512(s->high, v);
	s->low = _mm512_min_epu8(s->low, v);
	return (struct text64){ v };
}

static inline uint64_t eq64(const struct text64 *v, uint8_t byte)
{
	return _mm512_cmpeq_epi8_mask(v->v, _mm512_set1_epi8((char)byte));
}

static inline bool has(const struct text64 *v, uint8_t a, uint8_t b)
{
	return !_kortestz_mask64_u8(eq64(v, a), eq64(v, b));
}

static inline void seen_into(const struct seen *s, struct scan *scan)
{
	scan->high |= _mm512_movepi8_mask(s->high);
	scan->bad |= _mm512_testn_epi8_mask(s->low, s->low);
}

static inline uint64_t prefix_xor(uint64_t m)
{
	const __m128i v = _mm_set_epi64x(0, (long long)m);

	return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(v, _mm_set1_epi8(-1), 0));
}

static inline uint64_t ones(uint64_t m)
{
	return (uint64_t)__builtin_popcountll(m);
}

static inline void put16(uint32_t *out, __m128i numbers, __m512i base)
{
	_mm512_storeu_si512(out, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(numbers)));
}

static inline uint32_t *put(uint32_t *out, uint64_t m, uint32_t base)
{
	const __m512i numbers =
		_mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48,
	                        47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32,
	                        31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
	                        15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
	const __m512i found = _mm512_maskz_compress_epi8(m, numbers);
	const __m512i start = _mm512_set1_epi32((int)base);
	const int n = __builtin_popcountll(m);

	put16(out, _mm512_castsi512_si128(found), start);
	if (n > 16)
		put16(out + 16, _mm512_extracti32x4_epi32(found, 1), start);
	if (n > 32) {
		put16(out + 32, _mm512_extracti32x4_epi32(found, 2), start);
		put16(out + 48, _mm512_extracti32x4_epi32(found, 3), start);
	}
	return out + n;
}

#include "simd/scan_body.h"

/* ---- counts, eight at a time --------------------------------------------------- */

typedef __m512i lanes;
typedef __mmask8 where;
enum { LANES = 8 };
#define LANE_EACH(f) f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7)

static inline lanes lane_all(uint64_t v)
{
	return _mm512_set1_epi64((long long)v);
}

static inline lanes lane_load(const void *p)
{
	return _mm512_loadu_si512(p);
}

static inline void lane_store(void *p, lanes v)
{
	_mm512_storeu_si512(p, v);
}

static inline lanes lane_set(const uint64_t v[LANES])
{
	return _mm512_set_epi64((long long)v[7], (long long)v[6], (long long)v[5],
	                        (long long)v[4], (long long)v[3], (long long)v[2],
	                        (long long)v[1], (long long)v[0]);
}

static inline lanes lane_and(lanes a, lanes b)
{
	return _mm512_and_si512(a, b);
}

static inline lanes lane_or(lanes a, lanes b)
{
	return _mm512_or_si512(a, b);
}

static inline lanes lane_xor(lanes a, lanes b)
{
	return _mm512_xor_si512(a, b);
}

static inline lanes lane_add(lanes a, lanes b)
{
	return _mm512_add_epi64(a, b);
}

static inline lanes lane_sub(lanes a, lanes b)
{
	return _mm512_sub_epi64(a, b);
}

static inline lanes lane_mul(lanes a, lanes b)
{
	return _mm512_mul_epu32(a, b);
}

#define lane_up(v, n)   _mm512_slli_epi64(v, n)
#define lane_down(v, n) _mm512_srli_epi64(v, n)

static inline lanes lane_up_by(lanes v, lanes by)
{
	return _mm512_sllv_epi64(v, by);
}

static inline lanes lane_down_by(lanes v, lanes by)
{
	return _mm512_srlv_epi64(v, by);
}

static inline where lane_same(lanes a, lanes b)
{
	return _mm512_cmpeq_epi64_mask(a, b);
}

static inline where lane_less(lanes a, lanes b)
{
	return _mm512_cmplt_epu64_mask(a, b);
}

static inline lanes lane_pick(where w, lanes a, lanes b)
{
	return _mm512_mask_mov_epi64(b, w, a);
}

static inline uint64_t lane_bits(where w)
{
	return w;
}

static inline where where_and(where a, where b)
{
	return a & b;
}

static inline where where_without(where a, where b)
{
	return a & (where)~b;
}

static inline lanes bytes_add(lanes a, lanes b)
{
	return _mm512_add_epi8(a, b);
}

static inline lanes number_of(lanes digits)
{
	const __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A));
	const __m512i fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00010064));

	return _mm512_add_epi64(_mm512_mul_epu32(fours, lane_all(10000)),
	                        _mm512_srli_epi64(fours, 32));
}

static inline lanes digits_of(lanes v)
{
	const __m512i high = _mm512_srli_epi64(_mm512_mul_epu32(v, lane_all(3518437209u)), 45);
	const __m512i low = _mm512_sub_epi64(v, _mm512_mul_epu32(high, lane_all(10000)));
	__m512i tens, rest;

	v = _mm512_or_si512(high, _mm512_slli_epi64(low, 32));
	tens = _mm512_srli_epi16(_mm512_mulhi_epu16(v, _mm512_set1_epi16(5243)), 3);
	rest = _mm512_sub_epi32(v, _mm512_madd_epi16(tens, _mm512_set1_epi32(100)));
	v = _mm512_or_si512(tens, _mm512_slli_epi32(rest, 16));
	tens = _mm512_srli_epi16(_mm512_mullo_epi16(v, _mm512_set1_epi16(103)), 10);
	rest = _mm512_sub_epi16(v, _mm512_maddubs_epi16(tens, _mm512_set1_epi16(10)));
	return _mm512_or_si512(tens, _mm512_slli_epi16(rest, 8));
}

/* The lowest bit set tells the first digit; the last one is printed always. */
static inline lanes leading_of(lanes digits)
{
	const __m512i d = _mm512_or_si512(digits, lane_all(UINT64_C(1) << 56));
	const __m512i lowest = _mm512_and_si512(d, _mm512_sub_epi64(_mm512_setzero_si512(), d));

	return _mm512_andnot_si512(lane_all(7),
	                           _mm512_sub_epi64(lane_all(63), _mm512_lzcnt_epi64(lowest)));
}

#include "simd/counts_body.h"

static inline void copy64(uint8_t *out, const uint8_t *text)
{
	_mm512_storeu_si512(out, _mm512_loadu_si512(text));
}

#include "simd/emit_body.h"

static size_t count(const uint8_t *text, size_t len, uint8_t byte)
{
	const __m512i want = _mm512_set1_epi8((char)byte);
	size_t i = 0, n = 0;

	for (; len - i >= 64; i += 64)
		n += (size_t)__builtin_popcountll(_mm512_cmpeq_epi8_mask(
			_mm512_loadu_si512((const void *)(text + i)), want));
	for (; i < len; i++)
		n += text[i] == byte;
	return n;
}

/* ---- UTF-8 --------------------------------------------------------------------- */

typedef __m512i bytes;

static inline bytes load(const uint8_t *p)
{
	return _mm512_loadu_si512((const void *)p);
}

static inline bytes all(uint8_t byte)
{
	return _mm512_set1_epi8((char)byte);
}

static inline bytes either(bytes a, bytes b)
{
	return _mm512_or_si512(a, b);
}

static inline bytes both(bytes a, bytes b)
{
	return _mm512_and_si512(a, b);
}

static inline bytes differ(bytes a, bytes b)
{
	return _mm512_xor_si512(a, b);
}

static inline bytes less(bytes a, bytes b)
{
	return _mm512_subs_epu8(a, b);
}

static inline bytes upper(bytes v)
{
	return both(_mm512_srli_epi16(v, 4), all(15));
}

static inline bytes pick(const uint8_t *table, bytes v)
{
	const __m128i t = _mm_loadu_si128((const void *)table);

	return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(t), v);
}

static inline bool any(bytes v)
{
	return _mm512_test_epi8_mask(v, v);
}

static inline bool any_high(bytes v)
{
	return _mm512_movepi8_mask(v);
}

#include "simd/utf8_table_body.h"

#include "simd/utf8_body.h"

/* ---- keys ---------------------------------------------------------------------- */

#include "simd/find_ramp_body.h"

typedef __m256i key32;

static inline key32 key_take(const uint8_t *text, uint32_t len)
{
	const __m256i mask = _mm256_loadu_si256((const void *)(key_ramp + FIND_FIELD - len));

	return _mm256_and_si256(_mm256_loadu_si256((const void *)text), mask);
}

static inline key32 key_mix(key32 h, key32 v)
{
	return _mm256_add_epi32(_mm256_shuffle_epi32(h, 0x39), v);
}

static inline key32 key_differ(key32 d, key32 v, const uint8_t *kept)
{
	const __m256i k = _mm256_load_si256((const void *)kept);

	return _mm256_ternarylogic_epi64(d, v, k, 0xF6); /* d | (v ^ k) */
}

static inline bool key_any(key32 v)
{
	return !_mm256_testz_si256(v, v);
}

static inline void key_halves(key32 h, uint64_t *a, uint64_t *b)
{
	const __m128i hi = _mm_shuffle_epi32(_mm256_extracti128_si256(h, 1), 0x4E);
	const __m128i v = _mm_add_epi32(_mm256_castsi256_si128(h), hi);

	*a = (uint64_t)_mm_cvtsi128_si64(v);
	*b = (uint64_t)_mm_extract_epi64(v, 1);
}

#include "simd/find_body.h"

const struct kernels kernels_avx512 = {
	.name = "avx512",
	.supported = supported,
	.scan = scan,
	.counts = counts,
	.doubts = doubts,
	.emit = emit,
	.count = count,
	.utf8 = utf8,
	.find = find,
};
