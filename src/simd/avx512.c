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
	       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2") &&
	       __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("popcnt") &&
	       __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
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

/* ASCII is passed over 64 bytes at a time, the rest is left to the definition. */
static size_t utf8(const uint8_t *text, size_t len)
{
	size_t i = 0;

	while (i < len) {
		size_t stop, ok;

		if (len - i >= 64) {
			const uint64_t high = _mm512_movepi8_mask(
				_mm512_loadu_si512((const void *)(text + i)));

			i += high ? (size_t)_tzcnt_u64(high) : 64;
			if (!high)
				continue;
		}
		if (text[i] < 0x80) {
			i++;
			continue;
		}
		for (stop = i; stop < len && text[stop] >= 0x80;)
			stop++;
		ok = kernels_scalar.utf8(text + i, stop - i);
		i += ok;
		if (i < stop)
			return i;
	}
	return i;
}

const struct kernels kernels_avx512 = {
	.name = "avx512",
	.supported = supported,
	.scan = scan,
	.count = count,
	.utf8 = utf8,
};
