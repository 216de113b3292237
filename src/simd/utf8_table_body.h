/*
 * utf8_table_body.h - what is wrong with a byte of UTF-8, by three tables
 *
 * After Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte"
 * (2021).  All that can be wrong with two neighbours shows in three half bytes: both of
 * the first, the upper one of the second.  Each table says what a half byte leaves
 * possible, one bit for each fault; a fault is there if all three allow it.  What
 * remains is whether a third or fourth byte is one that continues.
 *
 * An instruction set defines, besides what utf8_body.h asks for:
 *	bytes all(uint8_t byte)
 *	bytes both(bytes a, bytes b)    a & b
 *	bytes differ(bytes a, bytes b)  a ^ b
 *	bytes less(bytes a, bytes b)    a - b, not below 0
 *	bytes upper(bytes v)            v >> 4
 *	bytes pick(const uint8_t *table, bytes v)  table[v], of 16 entries, v < 16
 */
enum fault {
	CUT = 1,         /* not one that continues, where one is due         */
	STRAY = 2,       /* one that continues after ASCII                   */
	LONG_2 = 4,      /* C0, C1: ASCII in two bytes                       */
	LONG_3 = 8,      /* E0 80 to E0 9F: less than U+0800 in three        */
	SURROGATE = 16,  /* ED A0 to ED BF                                   */
	ABOVE = 32,      /* F4 90 and more: past U+10FFFF                    */
	LONG_4 = 64,     /* F0 80 to F0 8F: less than U+10000 in four        */
	ABOVE_80 = 64,   /* F5 80 and more; no lower half allows both        */
	CONTINUES = 128, /* one that continues after another                 */

	FIRST = CUT | STRAY | CONTINUES,   /* what any lower half allows      */
	HIGH = FIRST | ABOVE | ABOVE_80,   /* F5 to FF                        */
	TAIL = STRAY | LONG_2 | CONTINUES, /* what any that continues allows  */
};

#define FOUR(entry) entry, entry, entry, entry
static const uint8_t first_upper[16] = {
	FOUR(STRAY),
	FOUR(STRAY),
	FOUR(CONTINUES),
	CUT | LONG_2,
	CUT,
	CUT | LONG_3 | SURROGATE,
	CUT | LONG_4 | ABOVE | ABOVE_80,
};

static const uint8_t first_lower[16] = {
	FIRST | LONG_2 | LONG_3 | LONG_4,
	FIRST | LONG_2,
	FIRST,
	FIRST,
	FIRST | ABOVE,
	FOUR(HIGH),
	FOUR(HIGH),
	HIGH | SURROGATE,
	HIGH,
	HIGH,
};

static const uint8_t second_upper[16] = {
	FOUR(CUT),
	FOUR(CUT),
	TAIL | LONG_3 | LONG_4 | ABOVE_80,
	TAIL | LONG_3 | ABOVE,
	TAIL | SURROGATE | ABOVE,
	TAIL | SURROGATE | ABOVE,
	FOUR(CUT),
};
#undef FOUR

static inline bytes wrong(const uint8_t *p)
{
	const bytes byte = load(p), first = load(p - 1);
	const bytes faults = both(
		both(pick(first_upper, upper(first)), pick(first_lower, both(first, all(15)))),
		pick(second_upper, upper(byte)));
	/* The top bit: a third byte, two after E0 or more, or a fourth, three after F0. */
	const bytes later = either(less(load(p - 2), all(0xE0 - 0x80)),
	                           less(load(p - 3), all(0xF0 - 0x80)));

	/* There, and only there, may one that continues follow another. */
	return differ(faults, both(later, all(CONTINUES)));
}
