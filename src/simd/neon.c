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

struct masks {
	uint64_t quote, delim, lf, cr, used;
};

struct seen {
	uint8x16_t high; /* or of all bytes: the top bits          */
	uint8x16_t low;  /* least of all bytes: a zero is a NUL    */
};
#define SEEN_START                             \
	{                                      \
		vdupq_n_u8(0), vdupq_n_u8(255) \
	}

/* Bit 4 * i + k of the mask is byte i of vector k. */
static inline uint64_t eq64(uint8x16x4_t v, uint8_t byte)
{
	const uint8x16_t want = vdupq_n_u8(byte);
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

static inline struct masks look(const uint8_t *p, uint8_t delim, struct seen *s)
{
	const uint8x16x4_t v = vld4q_u8(p);

	s->high = vorrq_u8(vorrq_u8(s->high, vorrq_u8(v.val[0], v.val[1])),
	                   vorrq_u8(v.val[2], v.val[3]));
	s->low = vminq_u8(vminq_u8(s->low, vminq_u8(v.val[0], v.val[1])),
	                  vminq_u8(v.val[2], v.val[3]));
	return (struct masks){ .quote = eq64(v, '"'),
		               .delim = eq64(v, delim),
		               .lf = eq64(v, '\n'),
		               .cr = eq64(v, '\r') };
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

/* The value of eight digits a lane, first digit in the lowest byte. */
static inline uint64x2_t number_of(uint64x2_t digits)
{
	const uint16x8_t d = vreinterpretq_u16_u64(digits);
	const uint32x4_t pairs = vreinterpretq_u32_u16(
		vmlaq_n_u16(vshrq_n_u16(d, 8), vandq_u16(d, vdupq_n_u16(0xFF)), 10));
	const uint64x2_t fours = vreinterpretq_u64_u32(vmlaq_n_u32(
		vshrq_n_u32(pairs, 16), vandq_u32(pairs, vdupq_n_u32(0xFFFF)), 100));

	return vaddq_u64(vmull_n_u32(vmovn_u64(fours), 10000), vshrq_n_u64(fours, 32));
}

static inline uint64x2_t round_lanes(const struct count_rule *r, uint64x2_t value)
{
	const uint64x2_t x = vaddq_u64(value, vdupq_n_u64(r->add));
	uint64x2_t q =
		vshlq_u64(vmull_n_u32(vmovn_u64(x), r->magic), vdupq_n_s64(-(int64_t)r->shift));

	if (r->even) {
		const uint64x2_t tie = vceqq_u64(vmull_n_u32(vmovn_u64(q), r->base), x);

		q = vbicq_u64(q, vandq_u64(tie, vdupq_n_u64(1)));
	}
	return vsubq_u64(vmull_n_u32(vmovn_u64(q), r->base),
	                 vandq_u64(vtstq_u64(value, value), vdupq_n_u64(r->sub)));
}

/* Eight decimal digits a lane, as numbers, first digit in the lowest byte. */
static inline uint64x2_t digits_of(uint64x2_t v)
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

/* How far to shift for a lane's number to begin at its first digit that is no zero. */
static inline uint64x2_t leading_of(uint64x2_t digits)
{
	/* The last one is printed always; the lowest bit set tells the first. */
	const uint8x16_t d =
		vreinterpretq_u8_u64(vorrq_u64(digits, vdupq_n_u64(UINT64_C(1) << 56)));
	const uint64x2_t used = vreinterpretq_u64_u8(vtstq_u8(d, d));
	const uint64x2_t below = vbicq_u64(vsubq_u64(used, vdupq_n_u64(1)), used);

	/* All bits below it: eight for each zero. */
	return vpaddlq_u32(vpaddlq_u16(vpaddlq_u8(vcntq_u8(vreinterpretq_u8_u64(below)))));
}

/* The lanes of a comparison as bits. */
static inline uint64_t bits(uint64x2_t lanes)
{
	return (vgetq_lane_u64(lanes, 0) & 1) | (vgetq_lane_u64(lanes, 1) & 2);
}

static inline uint64x2_t odd_lanes(uint64x2_t raw, uint64x2_t len, uint64x2_t digits,
                                   uint64x2_t kept)
{
	const uint64x2_t one = vdupq_n_u64(1);
	const uint64x2_t over =
		vreinterpretq_u64_u8(vcgtq_u8(vreinterpretq_u8_u64(digits), vdupq_n_u8(9)));
	const uint64x2_t leading =
		vbicq_u64(vceqzq_u64(vandq_u64(raw, vdupq_n_u64(0xFF))), vceqq_u64(len, one));
	const uint64x2_t size = vcgtq_u64(vsubq_u64(len, one), vdupq_n_u64(7));

	return vorrq_u64(
		vorrq_u64(leading, size),
		vorrq_u64(vtstq_u64(over, over), vcgeq_u64(kept, vdupq_n_u64(COUNT_LIMIT))));
}

static void counts(const struct count_rule *r, struct count_block *b, uint32_t n,
                   int64_t *value, uint8_t *text, uint64_t *cell, uint32_t offset)
{
	const uint64_t used = UINT64_MAX >> (COUNT_BLOCK - n);
	const uint64x2_t zeros = vdupq_n_u64(UINT64_C(0x3030303030303030));
	const uint64x2_t keep = vdupq_n_u64(r->keep_zeros ? UINT64_MAX : 0);
	uint64x2_t place = vcombine_u64(vcreate_u64(offset), vcreate_u64((uint64_t)offset + 8));

	b->odd = b->redacted = b->rounded = 0;
	for (uint32_t i = 0; i < n; i += 2, place = vaddq_u64(place, vdupq_n_u64(16))) {
		const uint64x2_t raw = veorq_u64(vld1q_u64(b->raw + i), zeros);
		const uint64x2_t len = vmovl_u32(vld1_u32(b->len + i));
		/* Zeros in front. */
		const uint64x2_t digits = vshlq_u64(
			raw,
			vreinterpretq_s64_u64(vsubq_u64(vdupq_n_u64(64), vshlq_n_u64(len, 3))));
		const uint64x2_t v = number_of(digits), kept = round_lanes(r, v);
		const uint64x2_t redacted = vbicq_u64(vcltq_u64(v, vdupq_n_u64(r->low)),
		                                      vandq_u64(keep, vceqzq_u64(v)));
		const uint64x2_t made = digits_of(kept), skip = leading_of(made);
		const uint64x2_t printed = vsubq_u64(vdupq_n_u64(64), skip);
		const uint64x2_t shown = vshlq_u64(vorrq_u64(made, zeros),
		                                   vnegq_s64(vreinterpretq_s64_u64(skip)));

		vst1q_u8(text + (size_t)8 * i, vreinterpretq_u8_u64(shown));
		vst1q_u64(cell + i, vbslq_u64(redacted, vdupq_n_u64(r->token),
		                              vorrq_u64(place, vshlq_n_u64(printed, 29))));
		vst1q_s64(value + i, vbslq_s64(redacted, vdupq_n_s64(r->redacted),
		                               vreinterpretq_s64_u64(kept)));
		b->odd |= bits(odd_lanes(raw, len, digits, kept)) << i;
		b->redacted |= bits(redacted) << i;
		b->rounded |= (bits(vceqq_u64(kept, v)) ^ 3) << i;
	}
	b->odd &= used;
	b->redacted &= used & ~b->odd;
	b->rounded &= used & ~b->odd & ~b->redacted;
}

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

const struct kernels kernels_neon = {
	.name = "neon",
	.supported = supported,
	.scan = scan,
	.counts = counts,
	.emit = emit,
	.count = count,
	.utf8 = utf8,
};
