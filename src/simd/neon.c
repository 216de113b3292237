/*
 * neon.c - AdvSIMD, which every aarch64 has: built without -m flags
 *
 * There is no instruction that gathers top bits, but a load that deals 64 bytes out to
 * four vectors, so that neighbours stand in the same place and four shifts bring their
 * bits together.
 */
#include "simd/kernels.h"

#include <arm_neon.h>
#include <string.h>

static bool supported(void)
{
	return true;
}

struct seen {
	uint8x16_t high; /* or of all bytes: the top bits          */
	uint8x16_t low;  /* least of all bytes: a zero is a NUL    */
};
#define SEEN_START                             \
	{                                      \
		vdupq_n_u8(0), vdupq_n_u8(255) \
	}

struct text64 {
	uint8x16x4_t v;
};

static inline struct text64 fetch(const uint8_t *p, struct seen *s)
{
	const uint8x16x4_t v = vld4q_u8(p);

	s->high = vorrq_u8(vorrq_u8(s->high, vorrq_u8(v.val[0], v.val[1])),
	                   vorrq_u8(v.val[2], v.val[3]));
	s->low = vminq_u8(vminq_u8(s->low, vminq_u8(v.val[0], v.val[1])),
	                  vminq_u8(v.val[2], v.val[3]));
	return (struct text64){ v };
}

static inline bool has(const struct text64 *t, uint8_t a, uint8_t b)
{
	const uint8x16_t x = vdupq_n_u8(a), y = vdupq_n_u8(b);
	uint8x16_t found = vdupq_n_u8(0);

	for (int i = 0; i < 4; i++)
		found = vorrq_u8(found,
		                 vorrq_u8(vceqq_u8(t->v.val[i], x), vceqq_u8(t->v.val[i], y)));
	return vmaxvq_u8(found);
}

/* Bit 4 * i + k of the mask is byte i of vector k. */
static inline uint64_t eq64(const struct text64 *t, uint8_t byte)
{
	const uint8x16_t want = vdupq_n_u8(byte);
	const uint8x16x4_t v = t->v;
	const uint8x16_t first =
		vsriq_n_u8(vceqq_u8(v.val[1], want), vceqq_u8(v.val[0], want), 1);
	const uint8x16_t last =
		vsriq_n_u8(vceqq_u8(v.val[3], want), vceqq_u8(v.val[2], want), 1);
	const uint8x16_t four = vsriq_n_u8(last, first, 2);
	const uint8x16_t twice =
		vsriq_n_u8(four, four, 4); /* the same four bits, above and below */

	return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(twice), 4)),
	                     0);
}

static inline void seen_into(const struct seen *s, struct scan *scan)
{
	scan->high |= vmaxvq_u8(s->high) >> 7;
	scan->bad |= !vminvq_u8(s->low);
}

static inline uint64_t prefix_xor(uint64_t m)
{
#if defined(__ARM_FEATURE_AES)
	return vgetq_lane_u64(vreinterpretq_u64_p128(vmull_p64(m, UINT64_MAX)), 0);
#else
	for (int i = 1; i < 64; i *= 2)
		m ^= m << i;
	return m;
#endif
}

static inline uint64_t ones(uint64_t m)
{
	return vaddv_u8(vcnt_u8(vcreate_u8(m)));
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

typedef uint64x2_t lanes;
typedef uint64x2_t where; /* all ones where it holds */
enum { LANES = 2 };
#define LANE_EACH(f) f(0), f(1)

static inline lanes lane_all(uint64_t v)
{
	return vdupq_n_u64(v);
}

static inline lanes lane_load(const void *p)
{
	return vreinterpretq_u64_u8(vld1q_u8(p));
}

static inline void lane_store(void *p, lanes v)
{
	vst1q_u8(p, vreinterpretq_u8_u64(v));
}

static inline lanes lane_set(const uint64_t v[LANES])
{
	return vcombine_u64(vcreate_u64(v[0]), vcreate_u64(v[1]));
}

static inline lanes lane_and(lanes a, lanes b)
{
	return vandq_u64(a, b);
}

static inline lanes lane_or(lanes a, lanes b)
{
	return vorrq_u64(a, b);
}

static inline lanes lane_xor(lanes a, lanes b)
{
	return veorq_u64(a, b);
}

static inline lanes lane_add(lanes a, lanes b)
{
	return vaddq_u64(a, b);
}

static inline lanes lane_sub(lanes a, lanes b)
{
	return vsubq_u64(a, b);
}

static inline lanes lane_mul(lanes a, lanes b)
{
	return vmull_u32(vmovn_u64(a), vmovn_u64(b));
}

#define lane_up(v, n)   vshlq_n_u64(v, n)
#define lane_down(v, n) vshrq_n_u64(v, n)

static inline lanes lane_up_by(lanes v, lanes by)
{
	return vshlq_u64(v, vreinterpretq_s64_u64(by));
}

static inline lanes lane_down_by(lanes v, lanes by)
{
	return vshlq_u64(v, vnegq_s64(vreinterpretq_s64_u64(by)));
}

static inline where lane_same(lanes a, lanes b)
{
	return vceqq_u64(a, b);
}

static inline where lane_less(lanes a, lanes b)
{
	return vcltq_u64(a, b);
}

static inline lanes lane_pick(where w, lanes a, lanes b)
{
	return vbslq_u64(w, a, b);
}

static inline uint64_t lane_bits(where w)
{
	return (vgetq_lane_u64(w, 0) & 1) | (vgetq_lane_u64(w, 1) & 2);
}

static inline where where_and(where a, where b)
{
	return vandq_u64(a, b);
}

static inline where where_without(where a, where b)
{
	return vbicq_u64(a, b);
}

static inline lanes bytes_add(lanes a, lanes b)
{
	return vreinterpretq_u64_u8(vaddq_u8(vreinterpretq_u8_u64(a), vreinterpretq_u8_u64(b)));
}

static inline lanes number_of(lanes digits)
{
	const uint16x8_t d = vreinterpretq_u16_u64(digits);
	const uint32x4_t pairs = vreinterpretq_u32_u16(
		vmlaq_n_u16(vshrq_n_u16(d, 8), vandq_u16(d, vdupq_n_u16(0xFF)), 10));
	const uint64x2_t fours = vreinterpretq_u64_u32(vmlaq_n_u32(
		vshrq_n_u32(pairs, 16), vandq_u32(pairs, vdupq_n_u32(0xFFFF)), 100));

	return vaddq_u64(vmull_n_u32(vmovn_u64(fours), 10000), vshrq_n_u64(fours, 32));
}

static inline lanes digits_of(lanes v)
{
	const uint64x2_t high = vshrq_n_u64(vmull_n_u32(vmovn_u64(v), 3518437209u), 45);
	const uint64x2_t low = vsubq_u64(v, vmull_n_u32(vmovn_u64(high), 10000));
	const uint32x4_t fours = vreinterpretq_u32_u64(vorrq_u64(high, vshlq_n_u64(low, 32)));
	const uint32x4_t hundreds = vshrq_n_u32(vmulq_n_u32(fours, 10486), 20);
	const uint16x8_t pairs = vreinterpretq_u16_u32(
		vorrq_u32(hundreds, vshlq_n_u32(vmlsq_n_u32(fours, hundreds, 100), 16)));
	const uint16x8_t tens = vshrq_n_u16(vmulq_n_u16(pairs, 103), 10);

	return vreinterpretq_u64_u16(
		vorrq_u16(tens, vshlq_n_u16(vmlsq_n_u16(pairs, tens, 10), 8)));
}

/* All bits below the first byte that is not 0, or the last: eight for each zero. */
static inline lanes leading_of(lanes digits)
{
	const uint8x16_t d =
		vreinterpretq_u8_u64(vorrq_u64(digits, vdupq_n_u64(UINT64_C(1) << 56)));
	const uint64x2_t used = vreinterpretq_u64_u8(vtstq_u8(d, d));
	const uint64x2_t below = vbicq_u64(vsubq_u64(used, vdupq_n_u64(1)), used);

	return vpaddlq_u32(vpaddlq_u16(vpaddlq_u8(vcntq_u8(vreinterpretq_u8_u64(below)))));
}

#include "simd/counts_body.h"

static inline void copy64(uint8_t *out, const uint8_t *text)
{
	const uint8x16_t a = vld1q_u8(text), b = vld1q_u8(text + 16);
	const uint8x16_t c = vld1q_u8(text + 32), d = vld1q_u8(text + 48);

	vst1q_u8(out, a);
	vst1q_u8(out + 16, b);
	vst1q_u8(out + 32, c);
	vst1q_u8(out + 48, d);
}

#include "simd/emit_body.h"

static size_t count(const uint8_t *text, size_t len, uint8_t byte)
{
	const uint8x16_t want = vdupq_n_u8(byte);
	size_t i = 0, n = 0;

	while (len - i >= 16) { /* byte counters, emptied before they overflow */
		const size_t stop = len - i > 255 * 16 ? i + 255 * 16 : len;
		uint8x16_t sum = vdupq_n_u8(0);

		for (; stop - i >= 16; i += 16)
			sum = vsubq_u8(sum, vceqq_u8(vld1q_u8(text + i), want));
		n += vaddlvq_u8(sum);
	}
	for (; i < len; i++)
		n += text[i] == byte;
	return n;
}

/* ---- UTF-8 --------------------------------------------------------------------- */

typedef uint8x16_t bytes;

static inline bytes load(const uint8_t *p)
{
	return vld1q_u8(p);
}

static inline bytes all(uint8_t byte)
{
	return vdupq_n_u8(byte);
}

static inline bytes either(bytes a, bytes b)
{
	return vorrq_u8(a, b);
}

static inline bytes both(bytes a, bytes b)
{
	return vandq_u8(a, b);
}

static inline bytes differ(bytes a, bytes b)
{
	return veorq_u8(a, b);
}

static inline bytes less(bytes a, bytes b)
{
	return vqsubq_u8(a, b);
}

static inline bytes upper(bytes v)
{
	return vshrq_n_u8(v, 4);
}

static inline bytes pick(const uint8_t *table, bytes v)
{
	return vqtbl1q_u8(vld1q_u8(table), v);
}

static inline bool any(bytes v)
{
	return vmaxvq_u8(v);
}

static inline bool any_high(bytes v)
{
	return vmaxvq_u8(v) >> 7;
}

#include "simd/utf8_table_body.h"

#include "simd/utf8_body.h"

/* ---- keys ---------------------------------------------------------------------- */

static inline bytes words_add(bytes a, bytes b)
{
	return vreinterpretq_u8_u32(
		vaddq_u32(vreinterpretq_u32_u8(a), vreinterpretq_u32_u8(b)));
}

static inline bytes words_turn(bytes v)
{
	return vextq_u8(v, v, 4);
}

static inline void bytes_words(bytes v, uint64_t *a, uint64_t *b)
{
	*a = vgetq_lane_u64(vreinterpretq_u64_u8(v), 0);
	*b = vgetq_lane_u64(vreinterpretq_u64_u8(v), 1);
}

#include "simd/find_pair_body.h"

const struct kernels kernels_neon = {
	.name = "neon",
	.supported = supported,
	.scan = scan,
	.counts = counts,
	.doubts = doubts,
	.emit = emit,
	.count = count,
	.utf8 = utf8,
	.find = find,
};
