/*
 * avx2.c - built with -mavx2 and friends; runs only where supported() says so
 *
 * Nothing here but the table may be visible outside: an inline function compiled for
 * AVX2 must never be the copy that the linker keeps for everyone.
 */
#include "simd/kernels.h"

#include <immintrin.h>
#include <string.h>

static bool supported(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
	       __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi") &&
	       __builtin_cpu_supports("bmi2");
}

struct seen {
	__m256i high; /* or of all bytes: the top bits          */
	__m256i low;  /* least of all bytes: a zero is a NUL    */
};
#define SEEN_START                                           \
	{                                                    \
		_mm256_setzero_si256(), _mm256_set1_epi8(-1) \
	}

struct text64 {
	__m256i lo, hi;
};

static inline struct text64 fetch(const uint8_t *p, struct seen *s)
{
	const __m256i lo = _mm256_loadu_si256((const void *)p);
	const __m256i hi = _mm256_loadu_si256((const void *)(p + 32));

	s->high = _mm256_or_si256(s->high, _mm256_or_si256(lo, hi));
	s->low = _mm256_min_epu8(s->low, _mm256_min_epu8(lo, hi));
	return (struct text64){ lo, hi };
}

static inline uint64_t eq64(const struct text64 *v, uint8_t byte)
{
	const __m256i want = _mm256_set1_epi8((char)byte);
	const uint32_t m0 = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v->lo, want));
	const uint32_t m1 = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v->hi, want));

	return m0 | (uint64_t)m1 << 32;
}

static inline bool has(const struct text64 *v, uint8_t a, uint8_t b)
{
	const __m256i x = _mm256_set1_epi8((char)a), y = _mm256_set1_epi8((char)b);
	const __m256i lo =
		_mm256_or_si256(_mm256_cmpeq_epi8(v->lo, x), _mm256_cmpeq_epi8(v->lo, y));
	const __m256i hi =
		_mm256_or_si256(_mm256_cmpeq_epi8(v->hi, x), _mm256_cmpeq_epi8(v->hi, y));

	return _mm256_movemask_epi8(_mm256_or_si256(lo, hi));
}

static inline void seen_into(const struct seen *s, struct scan *scan)
{
	const __m256i zero = _mm256_cmpeq_epi8(s->low, _mm256_setzero_si256());

	scan->high |= (uint64_t)(uint32_t)_mm256_movemask_epi8(s->high);
	scan->bad |= (uint64_t)(uint32_t)_mm256_movemask_epi8(zero);
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

static inline uint64_t put_one(uint32_t *out, uint64_t m, uint32_t base)
{
	*out = base + (uint32_t)_tzcnt_u64(m);
	return _blsr_u64(m);
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

/* ---- counts, four at a time ---------------------------------------------------- */

typedef __m256i lanes;
typedef __m256i where; /* all ones where it holds */
enum { LANES = 4 };
#define LANE_EACH(f) f(0), f(1), f(2), f(3)

static inline lanes lane_all(uint64_t v)
{
	return _mm256_set1_epi64x((long long)v);
}

static inline lanes lane_load(const void *p)
{
	return _mm256_loadu_si256(p);
}

static inline void lane_store(void *p, lanes v)
{
	_mm256_storeu_si256(p, v);
}

static inline lanes lane_set(const uint64_t v[LANES])
{
	return _mm256_set_epi64x((long long)v[3], (long long)v[2], (long long)v[1],
	                         (long long)v[0]);
}

static inline lanes lane_and(lanes a, lanes b)
{
	return _mm256_and_si256(a, b);
}

static inline lanes lane_or(lanes a, lanes b)
{
	return _mm256_or_si256(a, b);
}

static inline lanes lane_xor(lanes a, lanes b)
{
	return _mm256_xor_si256(a, b);
}

static inline lanes lane_add(lanes a, lanes b)
{
	return _mm256_add_epi64(a, b);
}

static inline lanes lane_sub(lanes a, lanes b)
{
	return _mm256_sub_epi64(a, b);
}

static inline lanes lane_mul(lanes a, lanes b)
{
	return _mm256_mul_epu32(a, b);
}

#define lane_up(v, n)   _mm256_slli_epi64(v, n)
#define lane_down(v, n) _mm256_srli_epi64(v, n)

static inline lanes lane_up_by(lanes v, lanes by)
{
	return _mm256_sllv_epi64(v, by);
}

static inline lanes lane_down_by(lanes v, lanes by)
{
	return _mm256_srlv_epi64(v, by);
}

static inline where lane_same(lanes a, lanes b)
{
	return _mm256_cmpeq_epi64(a, b);
}

static inline where lane_less(lanes a, lanes b)
{
	return _mm256_cmpgt_epi64(b, a);
}

static inline lanes lane_pick(where w, lanes a, lanes b)
{
	return _mm256_blendv_epi8(b, a, w);
}

static inline uint64_t lane_bits(where w)
{
	return (uint64_t)_mm256_movemask_pd(_mm256_castsi256_pd(w));
}

static inline where where_and(where a, where b)
{
	return _mm256_and_si256(a, b);
}

static inline where where_without(where a, where b)
{
	return _mm256_andnot_si256(b, a);
}

static inline lanes bytes_add(lanes a, lanes b)
{
	return _mm256_add_epi8(a, b);
}

static inline lanes number_of(lanes digits)
{
	const __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010A));
	const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00010064));

	return _mm256_add_epi64(_mm256_mul_epu32(fours, lane_all(10000)),
	                        _mm256_srli_epi64(fours, 32));
}

static inline lanes digits_of(lanes v)
{
	const __m256i high = _mm256_srli_epi64(_mm256_mul_epu32(v, lane_all(3518437209u)), 45);
	const __m256i low = _mm256_sub_epi64(v, _mm256_mul_epu32(high, lane_all(10000)));
	__m256i tens, rest;

	v = _mm256_or_si256(high, _mm256_slli_epi64(low, 32));
	tens = _mm256_srli_epi16(_mm256_mulhi_epu16(v, _mm256_set1_epi16(5243)), 3);
	rest = _mm256_sub_epi32(v, _mm256_madd_epi16(tens, _mm256_set1_epi32(100)));
	v = _mm256_or_si256(tens, _mm256_slli_epi32(rest, 16));
	tens = _mm256_srli_epi16(_mm256_mullo_epi16(v, _mm256_set1_epi16(103)), 10);
	rest = _mm256_sub_epi16(v, _mm256_maddubs_epi16(tens, _mm256_set1_epi16(10)));
	return _mm256_or_si256(tens, _mm256_slli_epi16(rest, 8));
}

/* Ones in all bytes below the first that is not 0, or the last, are counted. */
static inline lanes leading_of(lanes digits)
{
	const __m256i d = _mm256_or_si256(digits, lane_all(UINT64_C(1) << 56));
	const __m256i zero = _mm256_cmpeq_epi8(d, _mm256_setzero_si256());
	const __m256i below = _mm256_andnot_si256(_mm256_add_epi64(zero, lane_all(1)), zero);

	return _mm256_sad_epu8(_mm256_and_si256(below, _mm256_set1_epi8(8)),
	                       _mm256_setzero_si256());
}

#include "simd/counts_body.h"

static inline void copy64(uint8_t *out, const uint8_t *text)
{
	const __m256i lo = _mm256_loadu_si256((const void *)text);
	const __m256i hi = _mm256_loadu_si256((const void *)(text + 32));

	_mm256_storeu_si256((void *)out, lo);
	_mm256_storeu_si256((void *)(out + 32), hi);
}

#include "simd/emit_body.h"

static size_t count(const uint8_t *text, size_t len, uint8_t byte)
{
	const __m256i want = _mm256_set1_epi8((char)byte);
	__m256i total = _mm256_setzero_si256();
	size_t i = 0, n;

	while (len - i >= 32) { /* byte counters, emptied before they overflow */
		const size_t stop = len - i > 255 * 32 ? i + 255 * 32 : len;
		__m256i sum = _mm256_setzero_si256();

		for (; stop - i >= 32; i += 32)
			sum = _mm256_sub_epi8(
				sum,
				_mm256_cmpeq_epi8(_mm256_loadu_si256((const void *)(text + i)),
			                          want));
		total = _mm256_add_epi64(total, _mm256_sad_epu8(sum, _mm256_setzero_si256()));
	}
	n = (size_t)_mm256_extract_epi64(total, 0) + (size_t)_mm256_extract_epi64(total, 1) +
	    (size_t)_mm256_extract_epi64(total, 2) + (size_t)_mm256_extract_epi64(total, 3);
	for (; i < len; i++)
		n += text[i] == byte;
	return n;
}

/* ---- UTF-8 --------------------------------------------------------------------- */

typedef __m256i bytes;

static inline bytes load(const uint8_t *p)
{
	return _mm256_loadu_si256((const void *)p);
}

static inline bytes all(uint8_t byte)
{
	return _mm256_set1_epi8((char)byte);
}

static inline bytes either(bytes a, bytes b)
{
	return _mm256_or_si256(a, b);
}

static inline bytes both(bytes a, bytes b)
{
	return _mm256_and_si256(a, b);
}

static inline bytes differ(bytes a, bytes b)
{
	return _mm256_xor_si256(a, b);
}

static inline bytes less(bytes a, bytes b)
{
	return _mm256_subs_epu8(a, b);
}

static inline bytes upper(bytes v)
{
	return both(_mm256_srli_epi16(v, 4), all(15));
}

static inline bytes pick(const uint8_t *table, bytes v)
{
	const __m128i t = _mm_loadu_si128((const void *)table);

	return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(t), v);
}

static inline bool any(bytes v)
{
	return !_mm256_testz_si256(v, v);
}

static inline bool any_high(bytes v)
{
	return _mm256_movemask_epi8(v);
}

#include "simd/utf8_table_body.h"

#include "simd/utf8_body.h"

/* ---- keys ---------------------------------------------------------------------- */

#include "simd/find_ramp_body.h"

typedef __m256i key32;

static inline key32 key_take(const uint8_t *text, uint32_t len)
{
	return both(load(text), load(key_ramp + FIND_FIELD - len));
}

static inline key32 key_mix(key32 h, key32 v)
{
	return _mm256_add_epi32(_mm256_shuffle_epi32(h, 0x39), v);
}

static inline key32 key_differ(key32 d, key32 v, const uint8_t *kept)
{
	return either(d, differ(v, load(kept)));
}

static inline bool key_any(key32 v)
{
	return any(v);
}

static inline void key_halves(key32 h, uint64_t *a, uint64_t *b)
{
	const __m128i hi = _mm_shuffle_epi32(_mm256_extracti128_si256(h, 1), 0x4E);
	const __m128i v = _mm_add_epi32(_mm256_castsi256_si128(h), hi);

	*a = (uint64_t)_mm_cvtsi128_si64(v);
	*b = (uint64_t)_mm_extract_epi64(v, 1);
}

#include "simd/find_body.h"

const struct kernels kernels_avx2 = {
	.name = "avx2",
	.supported = supported,
	.scan = scan,
	.counts = counts,
	.doubts = doubts,
	.emit = emit,
	.count = count,
	.utf8 = utf8,
	.find = find,
};
