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

struct masks {
	uint64_t quote, delim, lf, cr, used;
};

struct seen {
	__m512i high; /* or of all bytes: the top bits       */
	__m512i low;  /* least of all bytes: a zero is a NUL */
};
#define SEEN_START                                           \
	{                                                    \
		_mm512_setzero_si512(), _mm512_set1_epi8(-1) \
	}

static inline struct masks look(const uint8_t *p, uint8_t delim, struct seen *s)
{
	const __m512i v = _mm512_loadu_si512((const void *)p);

	s->high = _mm512_or_si512(s->high, v);
	s->low = _mm512_min_epu8(s->low, v);
	return (struct masks){ .quote = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')),
		               .delim =
		                       _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)delim)),
		               .lf = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n')),
		               .cr = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\r')) };
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

static inline __m512i dup64(uint64_t v)
{
	return _mm512_set1_epi64((long long)v);
}

/* The value of eight digits a lane, first digit in the lowest byte. */
static inline __m512i number_of(__m512i digits)
{
	const __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A));
	const __m512i fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00010064));

	return _mm512_add_epi64(_mm512_mul_epu32(fours, dup64(10000)),
	                        _mm512_srli_epi64(fours, 32));
}

static inline __m512i round_lanes(const struct count_rule *r, __m512i value)
{
	const __m512i base = dup64(r->base);
	const __m512i x = _mm512_add_epi64(value, dup64(r->add));
	__m512i q = _mm512_srl_epi64(_mm512_mul_epu32(x, dup64(r->magic)),
	                             _mm_cvtsi32_si128((int)r->shift));

	if (r->even) {
		const __mmask8 tie = _mm512_cmpeq_epi64_mask(_mm512_mul_epu32(q, base), x);

		q = _mm512_mask_andnot_epi64(q, tie, dup64(1), q);
	}
	return _mm512_sub_epi64(
		_mm512_mul_epu32(q, base),
		_mm512_maskz_set1_epi64(_mm512_test_epi64_mask(value, value), r->sub));
}

/* Eight decimal digits a lane, as numbers, first digit in the lowest byte. */
static inline __m512i digits_of(__m512i v)
{
	const __m512i high = _mm512_srli_epi64(_mm512_mul_epu32(v, dup64(3518437209u)), 45);
	__m512i tens;

	v = _mm512_or_si512(
		high, _mm512_slli_epi64(
			      _mm512_sub_epi64(v, _mm512_mul_epu32(high, dup64(10000))), 32));
	tens = _mm512_srli_epi32(_mm512_mullo_epi32(v, _mm512_set1_epi32(10486)), 20);
	v = _mm512_or_si512(
		tens,
		_mm512_slli_epi32(
			_mm512_sub_epi32(v, _mm512_mullo_epi32(tens, _mm512_set1_epi32(100))),
			16));
	tens = _mm512_srli_epi16(_mm512_mullo_epi16(v, _mm512_set1_epi16(103)), 10);
	return _mm512_or_si512(
		tens,
		_mm512_slli_epi16(
			_mm512_sub_epi16(v, _mm512_mullo_epi16(tens, _mm512_set1_epi16(10))),
			8));
}

static void counts(const struct count_rule *r, struct count_block *b, uint32_t n,
                   int64_t *value, uint8_t *text, uint64_t *cell, uint32_t offset)
{
	const uint64_t used = UINT64_MAX >> (COUNT_BLOCK - n);
	const __m512i zeros = dup64(UINT64_C(0x3030303030303030));
	const __m512i one = dup64(1);
	__m512i place =
		_mm512_add_epi64(_mm512_set_epi64(56, 48, 40, 32, 24, 16, 8, 0), dup64(offset));

	b->odd = b->redacted = b->rounded = 0;
	for (uint32_t i = 0; i < n; i += 8, place = _mm512_add_epi64(place, dup64(64))) {
		const __m512i raw = _mm512_xor_si512(_mm512_loadu_si512(b->raw + i), zeros);
		const __m512i len =
			_mm512_cvtepu32_epi64(_mm256_loadu_si256((const void *)(b->len + i)));
		const __m512i digits = _mm512_sllv_epi64(
			raw, _mm512_sub_epi64(dup64(64), _mm512_slli_epi64(len, 3)));
		const __m512i high = _mm512_or_si512(
			digits, _mm512_add_epi8(digits, _mm512_set1_epi8(0x76)));
		const __m512i v = number_of(digits), kept = round_lanes(r, v);
		const __mmask8 leading = _mm512_testn_epi64_mask(raw, dup64(0xFF)) &
		                         _mm512_cmpneq_epi64_mask(len, one);
		const __mmask8 odd =
			_mm512_cmpge_epu64_mask(_mm512_sub_epi64(len, one), dup64(8)) |
			leading |
			_mm512_test_epi64_mask(high, dup64(UINT64_C(0x8080808080808080))) |
			_mm512_cmpge_epu64_mask(kept, dup64(COUNT_LIMIT));
		const __mmask8 zero = r->keep_zeros ? _mm512_testn_epi64_mask(v, v) : 0;
		const __mmask8 redacted =
			_mm512_cmplt_epu64_mask(v, dup64(r->low)) & (__mmask8)~zero;
		const __m512i made = digits_of(kept);
		/* The lowest bit set tells the first digit; the last one is printed always. */
		const __m512i first = _mm512_or_si512(made, dup64(UINT64_C(1) << 56));
		const __m512i skip = _mm512_andnot_si512(
			dup64(7),
			_mm512_sub_epi64(dup64(63),
		                         _mm512_lzcnt_epi64(_mm512_and_si512(
						 first, _mm512_sub_epi64(_mm512_setzero_si512(),
		                                                         first)))));
		const __m512i printed = _mm512_sub_epi64(dup64(8), _mm512_srli_epi64(skip, 3));

		_mm512_storeu_si512(text + 8 * i,
		                    _mm512_srlv_epi64(_mm512_or_si512(made, zeros), skip));
		_mm512_storeu_si512(
			cell + i,
			_mm512_mask_mov_epi64(
				_mm512_or_si512(place, _mm512_slli_epi64(printed, 32)),
				redacted, dup64(r->token)));
		_mm512_storeu_si512(
			value + i,
			_mm512_mask_mov_epi64(kept, redacted, dup64((uint64_t)r->redacted)));
		b->odd |= (uint64_t)odd << i;
		b->redacted |= (uint64_t)redacted << i;
		b->rounded |= (uint64_t)_mm512_cmpneq_epi64_mask(kept, v) << i;
	}
	b->odd &= used;
	b->redacted &= used & ~b->odd;
	b->rounded &= used & ~b->odd & ~b->redacted;
}

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

const struct kernels kernels_avx512 = {
	.name = "avx512",
	.supported = supported,
	.scan = scan,
	.counts = counts,
	.emit = emit,
	.count = count,
	.utf8 = utf8,
};
