/*
 * numbers.h - plainly spelt numbers, which most cells of a table of counts are
 *
 * What these cells are is settled by a few words of arithmetic, and a check may take many of
 * one column at a time.  cell.h is the definition: nothing here reads a number otherwise than
 * cell_read() does, and what is spelt in another way is left to that.
 */
#ifndef CHECK_NUMBERS_H
#define CHECK_NUMBERS_H

#include "base/number.h"
#include "check/cell.h"

#define NUMBERS_MAX 256
#define NUMBERS_PAD 24 /* bytes after a text that may be read */

/* Numbers of one column in the order of the rows; all of them whole, or none. */
struct numbers {
	uint32_t n;
	uint32_t col;
	enum cell_kind kind;         /* CELL_WHOLE, CELL_DECIMAL                    */
	uint64_t line;               /* of row 0; each row is a line                */
	uint32_t value[NUMBERS_MAX]; /* of decimals the whole part         */
	uint32_t row[NUMBERS_MAX];
	uint32_t len[NUMBERS_MAX];
	const uint8_t *text[NUMBERS_MAX];
};

/* One of them as any other cell. */
static inline struct cell_view numbers_view(const struct numbers *n, uint32_t i)
{
	struct cell_view view = { .col = n->col, .line = n->line + n->row[i], .times = 1 };

	cell_read(&view, n->text[i], n->len[i]);
	return view;
}

/* Up to eight digits, no zero in front. */
static inline bool plain_whole(const uint8_t *text, uint32_t len, uint32_t *value)
{
	uint64_t v = load_little(text) ^ UINT64_C(0x3030303030303030);

	if (len - 1 >= 8 || (!(v & 0xFF) && len > 1))
		return false;
	v <<= 64 - 8 * len;
	if (number_odd(v))
		return false;
	*value = (uint32_t)number_eight(v);
	return true;
}

/*
 * Up to seven digits, a point and digits, not all of which are 0; 19 digits in all, so that
 * 64 bits hold them.  *point: the bytes before the point.
 */
static inline bool plain_decimal(const uint8_t *text, uint32_t len, uint32_t *whole,
                                 uint32_t *point)
{
	const uint64_t zeros = UINT64_C(0x3030303030303030);
	uint64_t a = load_little(text) ^ zeros, b = 0, c = 0, odd;
	uint32_t bits; /* before the point */

	if (len - 3 > 17)
		return false;
	if (len > 16) {
		b = load_little(text + 8) ^ zeros;
		c = (load_little(text + 16) ^ zeros) & ~(~UINT64_C(0) << 8 * (len - 16));
	} else if (len > 8) {
		b = (load_little(text + 8) ^ zeros) << (128 - 8 * len);
	} else if (len < 8) {
		a &= ~(~UINT64_C(0) << 8 * len);
	}
	odd = number_odd(a);
	if (!odd || (odd & (odd - 1)) || (number_odd(b) | number_odd(c)))
		return false;
	bits = (uint32_t)__builtin_ctzll(odd) - 7;
	if (!bits || (a >> bits & 0xFF) != ('.' ^ '0') || !(a >> bits >> 8 | b | c))
		return false;
	*whole = (uint32_t)number_eight(a << (64 - bits));
	*point = bits / 8;
	return true;
}

/* ---- a row at a glance ------------------------------------------------------------------- */

/* What is known of a cell without reading all of it. */
struct glance {
	enum {
		GLANCE_OTHER,  /* it has to be read                           */
		GLANCE_NUMBER, /* plainly spelt                               */
		GLANCE_NONE,   /* certainly no number                         */
	} is;
	uint32_t decimals; /* digits after the point, 0 = it is whole         */
	double value;      /* within a few units of its last place            */
};

/* Up to 18 digits as a fraction. */
static inline double glance_fraction(const uint8_t *text, uint32_t len)
{
	static const double units[] = { 1,     1e-1,  1e-2,  1e-3,  1e-4,  1e-5,  1e-6,
		                        1e-7,  1e-8,  1e-9,  1e-10, 1e-11, 1e-12, 1e-13,
		                        1e-14, 1e-15, 1e-16, 1e-17, 1e-18 };
	const uint64_t zeros = UINT64_C(0x3030303030303030);
	double sum = 0;

	for (uint32_t at = 0; at < len; at += 8) {
		const uint32_t n = len - at < 8 ? len - at : 8;
		const uint64_t v = (load_little(text + at) ^ zeros) << ((64 - 8 * n) & 63);

		sum += (double)number_eight(v) * units[at + n];
	}
	return sum;
}

static inline bool glance_number(struct glance *g, const uint8_t *text, uint32_t len)
{
	uint32_t whole, point;

	g->is = GLANCE_NUMBER;
	g->decimals = 0;
	if (plain_whole(text, len, &whole)) {
		g->value = whole;
		return true;
	}
	if (!plain_decimal(text, len, &whole, &point))
		return false;
	g->decimals = len - point - 1;
	g->value = whole + glance_fraction(text + point + 1, g->decimals);
	return true;
}

#endif
