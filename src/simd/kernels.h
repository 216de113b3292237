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

	/* How many bytes of text[0..len) are 'byte'. */
	size_t (*count)(const uint8_t *text, size_t len, uint8_t byte);

	/*
	 * Length of the longest well-formed UTF-8 prefix of text[0..len) (RFC 3629:
	 * shortest forms, no surrogates); len = all of it is.
	 */
	size_t (*utf8)(const uint8_t *text, size_t len);
};

extern const struct kernels kernels_scalar;
extern const struct kernels kernels_avx2;
extern const struct kernels kernels_avx512;

/* The best table that this machine can run, or the named one; NULL if there is none. */
const struct kernels *kernels_pick(const char *name);

/* All compiled-in tables, best first, NULL-terminated. */
extern const struct kernels *const kernels_all[];

#endif
