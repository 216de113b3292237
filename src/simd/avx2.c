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

struct masks {
	uint64_t quote, delim, lf, cr, used;
};

struct seen {
	__m256i high; /* or of all bytes: the top bits          */
	__m256i low;  /* least of all bytes: a zero is a NUL    */
};
#define SEEN_START                                           \
	{                                                    \
		_mm256_setzero_si256(), _mm256_set1_epi8(-1) \
	}

static inline uint64_t eq64(__m256i lo, __m256i hi, char c)
{
	const __m256i want = _mm256_set1_epi8(c);
	const uint32_t m0 = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(lo, want));
	const uint32_t m1 = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(hi, want));

	return m0 | (uint64_t)m1 << 32;
}

static inline struct masks look(const uint8_t *p, uint8_t delim, struct seen *s)
{
	const __m256i lo = _mm256_loadu_si256((const void *)p);
	const __m256i hi = _mm256_loadu_si256((const void *)(p + 32));

	s->high = _mm256_or_si256(s->high, _mm256_or_si256(lo, hi));
	s->low = _mm256_min_epu8(s->low, _mm256_min_epu8(lo, hi));
	return (struct masks){ .quote = eq64(lo, hi, '"'),
		               .delim = eq64(lo, hi, (char)delim),
		               .lf = eq64(lo, hi, '\n'),
		               .cr = eq64(lo, hi, '\r') };
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

/* Eight at a time without asking whether there are eight: no branch to mispredict. */
static inline uint32_t *put(uint32_t *out, uint64_t m, uint32_t base)
{
	uint32_t *const end = out + ones(m);

	do {
		for (int i = 0; i < 8; i++) {
			out[i] = base + (uint32_t)_tzcnt_u64(m);
			m = _blsr_u64(m);
		}
		out += 8;
	} while (m);
	return end;
}

#include "simd/scan_body.h"

/* ---- counts, four at a time ---------------------------------------------------- */

static inline __m256i dup64(uint64_t v)
{
	return _mm256_set1_epi64x((long long)v);
}

/* The lanes of a comparison as bits. */
static inline uint64_t bits(__m256i lanes)
{
	return (uint64_t)_mm256_movemask_pd(_mm256_castsi256_pd(lanes));
}

/* The value of eight digits a lane, first digit in the lowest byte. */
static inline __m256i number_of(__m256i digits)
{
	const __m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010A));
	const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00010064));

	return _mm256_add_epi64(_mm256_mul_epu32(fours, dup64(10000)),
	                        _mm256_srli_epi64(fours, 32));
}

static inline __m256i round_lanes(const struct count_rule *r, __m256i value)
{
	const __m256i base = dup64(r->base);
	const __m256i x = _mm256_add_epi64(value, dup64(r->add));
	const __m256i none = _mm256_cmpeq_epi64(value, _mm256_setzero_si256());
	__m256i q = _mm256_srl_epi64(_mm256_mul_epu32(x, dup64(r->magic)),
	                             _mm_cvtsi32_si128((int)r->shift));

	if (r->even) {
		const __m256i tie = _mm256_cmpeq_epi64(_mm256_mul_epu32(q, base), x);

		q = _mm256_andnot_si256(_mm256_and_si256(tie, dup64(1)), q);
	}
	return _mm256_sub_epi64(_mm256_mul_epu32(q, base),
	                        _mm256_andnot_si256(none, dup64(r->sub)));
}

/* Eight decimal digits a lane, as numbers, first digit in the lowest byte. */
static inline __m256i digits_of(__m256i v)
{
	const __m256i high = _mm256_srli_epi64(_mm256_mul_epu32(v, dup64(3518437209u)), 45);
	const __m256i low = _mm256_sub_epi64(v, _mm256_mul_epu32(high, dup64(10000)));
	__m256i tens, rest;

	v = _mm256_or_si256(high, _mm256_slli_epi64(low, 32));
	tens = _mm256_srli_epi32(_mm256_mullo_epi32(v, _mm256_set1_epi32(10486)), 20);
	rest = _mm256_sub_epi32(v, _mm256_mullo_epi32(tens, _mm256_set1_epi32(100)));
	v = _mm256_or_si256(tens, _mm256_slli_epi32(rest, 16));
	tens = _mm256_srli_epi16(_mm256_mullo_epi16(v, _mm256_set1_epi16(103)), 10);
	rest = _mm256_sub_epi16(v, _mm256_mullo_epi16(tens, _mm256_set1_epi16(10)));
	return _mm256_or_si256(tens, _mm256_slli_epi16(rest, 8));
}

/* How many digits each lane's number has: one, and one for each power of ten that it reaches. */
static inline __m256i length_of(__m256i v)
{
	static const int reach[] = { 9, 99, 999, 9999, 99999, 999999, 9999999 };
	__m256i n = dup64(1);

	for (int i = 0; i < 7; i++)
		n = _mm256_sub_epi32(n, _mm256_cmpgt_epi32(v, _mm256_set1_epi64x(reach[i])));
	return _mm256_and_si256(n, dup64(15)); /* the upper halves hold no number */
}

static inline __m256i odd_lanes(__m256i raw, __m256i len, __m256i digits, __m256i kept)
{
	const __m256i zero = _mm256_setzero_si256();
	const __m256i over =
		_mm256_or_si256(digits, _mm256_add_epi8(digits, _mm256_set1_epi8(0x76)));
	const __m256i plain = _mm256_cmpeq_epi64(
		_mm256_and_si256(over, dup64(UINT64_C(0x8080808080808080))), zero);
	const __m256i leading = _mm256_andnot_si256(
		_mm256_cmpeq_epi64(len, dup64(1)),
		_mm256_cmpeq_epi64(_mm256_and_si256(raw, dup64(0xFF)), zero));
	const __m256i size = _mm256_or_si256(_mm256_cmpgt_epi64(len, dup64(8)),
	                                     _mm256_cmpeq_epi64(len, zero));
	const __m256i high = _mm256_cmpgt_epi64(kept, dup64(COUNT_LIMIT - 1));

	return _mm256_or_si256(_mm256_or_si256(_mm256_or_si256(leading, size), high),
	                       _mm256_xor_si256(plain, dup64(UINT64_MAX)));
}

static void counts(const struct count_rule *r, struct count_block *b, uint32_t n,
                   int64_t *value, uint8_t *text, uint64_t *cell, uint32_t offset)
{
	const uint64_t used = UINT64_MAX >> (COUNT_BLOCK - n);
	const __m256i zeros = dup64(UINT64_C(0x3030303030303030));
	const __m256i keep = dup64(r->keep_zeros ? UINT64_MAX : 0);
	__m256i place = _mm256_add_epi64(_mm256_set_epi64x(24, 16, 8, 0), dup64(offset));

	b->odd = b->redacted = b->rounded = 0;
	for (uint32_t i = 0; i < n; i += 4, place = _mm256_add_epi64(place, dup64(32))) {
		const __m256i raw =
			_mm256_xor_si256(_mm256_loadu_si256((const void *)(b->raw + i)), zeros);
		const __m256i len =
			_mm256_cvtepu32_epi64(_mm_loadu_si128((const void *)(b->len + i)));
		const __m256i digits = _mm256_sllv_epi64(
			raw, _mm256_sub_epi64(dup64(64), _mm256_slli_epi64(len, 3)));
		const __m256i v = number_of(digits), kept = round_lanes(r, v);
		const __m256i stays =
			_mm256_and_si256(keep, _mm256_cmpeq_epi64(v, _mm256_setzero_si256()));
		const __m256i redacted =
			_mm256_andnot_si256(stays, _mm256_cmpgt_epi64(dup64(r->low), v));
		const __m256i made = _mm256_or_si256(digits_of(kept), zeros);
		const __m256i printed = length_of(kept);
		const __m256i skip = _mm256_sub_epi64(dup64(64), _mm256_slli_epi64(printed, 3));

		_mm256_storeu_si256((void *)(text + 8 * i), _mm256_srlv_epi64(made, skip));
		_mm256_storeu_si256(
			(void *)(cell + i),
			_mm256_blendv_epi8(
				_mm256_or_si256(place, _mm256_slli_epi64(printed, 32)),
				dup64(r->token), redacted));
		_mm256_storeu_si256(
			(void *)(value + i),
			_mm256_blendv_epi8(kept, dup64((uint64_t)r->redacted), redacted));
		b->odd |= bits(odd_lanes(raw, len, digits, kept)) << i;
		b->redacted |= bits(redacted) << i;
		b->rounded |= (bits(_mm256_cmpeq_epi64(kept, v)) ^ 15) << i;
	}
	b->odd &= used;
	b->redacted &= used & ~b->odd;
	b->rounded &= used & ~b->odd & ~b->redacted;
}

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

const struct kernels kernels_avx2 = {
	.name = "avx2",
	.supported = supported,
	.scan = scan,
	.counts = counts,
	.emit = emit,
	.count = count,
	.utf8 = utf8,
};
