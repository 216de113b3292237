/*
 * kernels.h - the only door between portable code and instruction sets
 *
 * A kernel is a pure function over bytes.  Each instruction set exports exactly
 * one 'const struct kernels'; nothing else in src/ includes an intrinsics header.
 * scalar.c is the definition of correct: every other table must agree with it bit
 * for bit (tests/diff).  Every kernel may read, but never use, KERNEL_PAD bytes
 * past its text.
 */
#ifndef SIMD_KERNELS_H
#define SIMD_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_PAD 64 /* readable bytes after every text; out[] has as many entries to spare */

/*
 * State of one scan, carried from window to window of one chunk.  Start from
 * SCAN_START at the first byte of a record.  The first five members are the
 * carries; the others gather what was seen and are the caller's to read and clear.
 */
struct scan {
	uint64_t quoted;      /* all ones: the next byte is inside quotes              */
	uint64_t after_sep;   /* 1: the previous byte ended a field (or nothing came)  */
	uint64_t after_quote; /* 1: the previous byte was a quote                     */
	uint64_t after_close; /* 1: the previous byte was a closing quote             */
	uint64_t after_cr;    /* 1: the previous byte was a CR outside quotes          */
	uint64_t bad;         /* not 0: an illegal quote, a CR without LF, or a NUL    */
	uint64_t high;        /* not 0: a byte >= 0x80                                 */
	uint64_t cr;          /* not 0: a CR outside quotes                            */
	uint64_t records;     /* LFs outside quotes                                    */
	uint64_t lines;       /* LFs, inside quotes and outside                        */
};
#define SCAN_START             \
	{                      \
		.after_sep = 1 \
	}

/*
 * What is done to a count below COUNT_LIMIT: redacted when below 'low'; else
 * x = count + add, q = x * magic >> shift, which is x / base exactly; where 'even' is
 * set and base divides x, an odd q loses one (ties to even); then q * base - sub,
 * and 0 stays 0.
 */
#define COUNT_LIMIT 100000000u /* eight digits */

struct count_rule {
	uint32_t low;
	bool keep_zeros; /* 0 is not redacted, whatever 'low' */
	bool even;
	uint32_t add, magic, shift, base, sub;
	int64_t redacted; /* the value that stands for "redacted" */
	uint64_t token;   /* its cell: length << 32 | offset      */
};

/* A column's cells in up to COUNT_BLOCK rows, and what became of them. */
#define COUNT_BLOCK 64

struct count_block {
	/* in */
	const uint8_t *text;
	const uint32_t *ends; /* the cell of row i ends at ends[i * stride] and begins */
	size_t stride;        /* behind ends[i * stride - 1]                           */
	/* out: bit i is cell i */
	uint64_t odd;      /* not done: no plain digits, more than eight, or too high */
	uint64_t redacted; /* of those done                                           */
	uint64_t rounded;  /* of those done, changed by rounding                      */
};

/*
 * What may leave: the token; 0 if 'zero' says so; a count below COUNT_LIMIT that is no less than
 * 'least' and, with 'off' added, divisible by the base: multiplied by 'inverse' (of the
 * base's odd part, modulo 2^32) and turned right by 'turn' bits (the base's power of two) it is
 * no more than 'most', which is (2^32 - 1) / base.
 */
struct doubt_rule {
	uint64_t token; /* its cell: length << 32 | offset */
	bool zero;
	uint32_t least; /* up to COUNT_LIMIT               */
	uint32_t off;   /* below 2^30                      */
	uint32_t inverse, turn, most;
};

/*
 * One stretch of each output record: a run of input fields, or a cell.  A run may bring the
 * delimiter in front of it, or what ends it, from the input, so that nothing needs to be
 * written there.
 */
struct emit_stretch {
	const uint64_t
		*cell; /* one for each row, length << 32 | offset in cells; NULL = a run */
	uint32_t first, last; /* the run's fields                                             */
	uint32_t skip;        /* 0: the byte in front of the run is written, too; else 1      */
	uint32_t more;        /* 1: the byte that ends it is written, too; else 0             */
	uint32_t after_len;   /* 0, 1 or 2: the delimiter, or the line end                    */
	uint8_t after[2];     /* what is written behind it                                    */
	bool trim;            /* the run's last byte is not written when it is a CR; more = 0 */
};

struct emit_rows {
	const uint8_t *text;
	const uint32_t *ends; /* as batch.h has it: ends[-1] exists                           */
	const uint32_t *rows; /* NULL = all                                                   */
	uint32_t n_rows, n_cols;
	const uint8_t *cells;
	const struct emit_stretch *stretches;
	uint32_t n_stretches;
};

/*
 * Rows whose key, the raw fields of some columns, is sought among spellings that are kept.
 * Place p holds one at kept + p * n_keys * FIND_FIELD: each field, and zeros after it.  A field
 * of FIND_FIELD bytes or more is never kept, so that the last byte is a zero: where it is not,
 * the place is empty.  (Nor is there a NUL in a field.)
 *
 * The place is (a * FIND_A + b * FIND_B) >> shift, modulo 2^64.  a and b are the first and the
 * second half of 16 bytes; these come about like this: begin with 32 zeros; for each field, turn
 * the 32-bit words of both halves round by one (the first becomes the last), and add the field's
 * 32 bytes, word by word; then add the second half, its words turned by two, to the first.
 */
#define FIND_KEYS  6
#define FIND_FIELD 32
#define FIND_NONE  UINT32_MAX
#define FIND_A     UINT64_C(0x9E3779B97F4A7C15)
#define FIND_B     UINT64_C(0xC2B2AE3D27D4EB4F)

struct find_rows {
	const uint8_t *text;
	const uint32_t *ends; /* as batch.h has it: ends[-1] exists                           */
	const uint32_t *rows; /* NULL = all                                                   */
	uint32_t n_cols;
	bool cr;         /* a CR at the end of the last column's field is not the field's    */
	uint32_t n_keys; /* 1 to FIND_KEYS                                                   */
	uint32_t shift;  /* 64 - bits of a place, 32 to 63                                   */
	uint32_t cols[FIND_KEYS];
	const uint8_t *kept; /* aligned to FIND_FIELD */
};

struct kernels {
	const char *name;
	bool (*supported)(void);

	/*
	 * Store the offset of every 'delim' and LF outside quotes of
	 * text[from..to) into out[], in order; return how many.  'from' is where
	 * the last call on this scan stopped.  out[] has room for to - from +
	 * KERNEL_PAD entries.
	 */
	uint32_t (*scan)(const uint8_t *text, uint32_t from, uint32_t to, uint8_t delim,
	                 struct scan *s, uint32_t *out);

	/*
	 * Redact, round and print the n <= COUNT_BLOCK cells of *b: value[i] is what is
	 * released, the eight bytes at text + 8 * i its digits, cell[i] their place
	 * (length << 32 | offset, with 'offset' that of text) or the token's.  All
	 * three have room for COUNT_BLOCK.  Quotes around more than nothing are passed over.  What is
	 * written for odd cells is junk.
	 */
	void (*counts)(const struct count_rule *r, struct count_block *b, uint32_t n,
	               int64_t *value, uint8_t *text, uint64_t *cell, uint32_t offset);

	/*
	 * Bit i is set unless cell[i], of n <= COUNT_BLOCK, is the token's or has eight plain
	 * digits at most that may leave.  The cells lie in 'texts'.
	 */
	uint64_t (*doubts)(const struct doubt_rule *r, const uint64_t *cell, uint32_t n,
	                   const uint8_t *texts);

	/*
	 * Write the records at 'out' and return their end.  KERNEL_PAD bytes after it may be
	 * written, as many after text and cells be read.
	 */
	uint8_t *(*emit)(const struct emit_rows *e, uint8_t *out);

	/* How many bytes of text[0..len) are 'byte'. */
	size_t (*count)(const uint8_t *text, size_t len, uint8_t byte);

	/*
	 * Length of the longest well-formed UTF-8 prefix of text[0..len) (RFC 3629:
	 * shortest forms, no surrogates); len = all of it is.
	 */
	size_t (*utf8)(const uint8_t *text, size_t len);

	/*
	 * Store where the keys of the first n rows are kept into place[], up to the first row
	 * that is at none of its two places, p and p ^ 1; return how many come before it.  Its p
	 * is stored as well, or FIND_NONE if one of its fields is too long.
	 */
	uint32_t (*find)(const struct find_rows *f, uint32_t n, uint32_t *place);
};

extern const struct kernels kernels_scalar;
extern const struct kernels kernels_sse2;
extern const struct kernels kernels_avx2;
extern const struct kernels kernels_avx512;
extern const struct kernels kernels_neon;

/* The best table that this machine can run, or the named one; NULL if there is none. */
const struct kernels *kernels_pick(const char *name);

/* All compiled-in tables, best first, NULL-terminated. */
extern const struct kernels *const kernels_all[];

#endif
