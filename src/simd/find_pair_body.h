/*
 * find_pair_body.h - what find_body.h asks for, where a vector has 16 bytes
 *
 * Besides bytes, load(), both(), either(), differ() and any() an instruction set defines these:
 *	bytes words_add(bytes a, bytes b)  32-bit words, added
 *	bytes words_turn(bytes v)         turned round by one: the first becomes the last
 *	void bytes_words(bytes v, uint64_t *a, uint64_t *b)  its two halves
 */
#include "simd/find_ramp_body.h"

typedef struct {
	bytes lo, hi;
} key32;

static inline key32 key_take(const uint8_t *text, uint32_t len)
{
	const uint8_t *mask = key_ramp + FIND_FIELD - len;

	return (key32){ both(load(text), load(mask)), both(load(text + 16), load(mask + 16)) };
}

static inline key32 key_mix(key32 h, key32 v)
{
	return (key32){ words_add(words_turn(h.lo), v.lo), words_add(words_turn(h.hi), v.hi) };
}

static inline key32 key_differ(key32 d, key32 v, const uint8_t *kept)
{
	return (key32){ either(d.lo, differ(v.lo, load(kept))),
		        either(d.hi, differ(v.hi, load(kept + 16))) };
}

static inline bool key_any(key32 v)
{
	return any(either(v.lo, v.hi));
}

static inline void key_halves(key32 h, uint64_t *a, uint64_t *b)
{
	bytes_words(words_add(h.lo, words_turn(words_turn(h.hi))), a, b);
}

#include "simd/find_body.h"
