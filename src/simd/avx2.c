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

/* Eight at a time without asking whether there are eight: no branch to mispredict. */
static inline uint32_t *put(uint32_t *out, uint64_t m, uint32_t base)
{
	uint32_t *const end = out + __builtin_popcountll(m);

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

/* ASCII is passed over 32 bytes at a time, the rest is left to the definition. */
static size_t utf8(const uint8_t *text, size_t len)
{
	size_t i = 0;

	while (i < len) {
		if (len - i >= 32) {
			const uint32_t high = (uint32_t)_mm256_movemask_epi8(
				_mm256_loadu_si256((const void *)(text + i)));

			if (!high) {
				i += 32;
				continue;
			}
			i += (size_t)_tzcnt_u32(high);
		}
		if (text[i] < 0x80) {
			i++;
			continue;
		}
		/* One run of other characters: at most as long as it stays above ASCII. */
		size_t stop = i;

		while (stop < len && text[stop] >= 0x80)
			stop++;
		const size_t ok = kernels_scalar.utf8(text + i, stop - i);

		i += ok;
		if (i < stop)
			return i;
	}
	return i;
}

const struct kernels kernels_avx2 = {
	.name = "avx2",
	.supported = supported,
	.scan = scan,
	.count = count,
	.utf8 = utf8,
};
