/*
 * utf8_body.h - checking UTF-8 in blocks of 64 bytes
 *
 * An instruction set defines these and then includes this file:
 *	bytes                  a vector of them
 *	bytes load(const uint8_t *p)
 *	bytes either(bytes a, bytes b)  a | b
 *	bool any(bytes v)      whether a bit of it is set
 *	bool any_high(bytes v) whether the top bit of a byte is set
 *	bytes wrong(const uint8_t *p)
 *	                       not 0 where the byte there is wrong, seen with the three
 *	                       before it
 *
 * A byte is judged by what stands before it, so a block is judged without anything being
 * carried from the last one.  A character that is cut short is found where its next byte
 * should have been; the end of the text counts as such a place.
 */
static inline bool block_ascii(const uint8_t *p)
{
	bytes all = load(p);

	for (size_t i = sizeof(bytes); i < 64; i += sizeof(bytes))
		all = either(all, load(p + i));
	return !any_high(all);
}

static inline bool block_wrong(const uint8_t *p)
{
	bytes found = wrong(p);

	for (size_t i = sizeof(bytes); i < 64; i += sizeof(bytes))
		found = either(found, wrong(p + i));
	return any(found);
}

/* The n <= 64 bytes at text + at, where the text begins or ends: beyond it are zeros. */
static bool edge_wrong(const uint8_t *text, size_t at, size_t n)
{
	const size_t before = at < 3 ? at : 3;
	uint8_t piece[16 + 64] = { 0 };

	memcpy(piece + 16 - before, text + at - before, before + n);
	return block_wrong(piece + 16);
}

/* The exact place of a fault at or behind 'at', before which none was found. */
static size_t utf8_from(const uint8_t *text, size_t at, size_t len)
{
	if (at)
		at--;
	while (at && (text[at] & 0xC0) == 0x80) /* back to where a character begins */
		at--;
	return at + kernels_scalar.utf8(text + at, len - at);
}

static size_t utf8(const uint8_t *text, size_t len)
{
	size_t i = 0;

	if (len >= 64) {
		if (edge_wrong(text, 0, 64))
			return utf8_from(text, 0, len);
		for (i = 64; len - i >= 64; i += 64) {
			if (text[i - 1] < 0x80 && block_ascii(text + i))
				continue;
			if (block_wrong(text + i))
				return utf8_from(text, i, len);
		}
	}
	return edge_wrong(text, i, len - i) ? utf8_from(text, i, len) : len;
}
