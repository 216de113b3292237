/*
 * UTF-8: every instruction set against the definition, and the definition against what
 * decoding and encoding again gives.
 *
 * Texts begin a static array, so that a sanitizer sees what is read before them, or end
 * KERNEL_PAD bytes before a page that may not be touched.
 */
#include "unit/unit.h"

#include "chance.h"
#include "guard.h"
#include "simd/kernels.h"

#define LONGEST 300

static struct guard guard;

static int make_guard(void **state)
{
	(void)state;
	guard = guard_new(LONGEST + KERNEL_PAD);
	return 0;
}

static int free_guard(void **state)
{
	(void)state;
	guard_free(&guard);
	return 0;
}

/* Every table must find that 'want' bytes of the text are well-formed. */
static void assert_well_formed(const uint8_t *text, size_t len, size_t want)
{
	for (size_t k = 0; kernels_all[k]; k++) {
		const size_t got =
			kernels_all[k]->supported() ? kernels_all[k]->utf8(text, len) : want;

		if (got == want)
			continue;
		print_error("%s: %zu of %zu bytes, wanted %zu:", kernels_all[k]->name, got, len,
		            want);
		for (size_t i = 0; i < len && i < LONGEST; i++)
			print_error(" %02x", text[i]);
		FAIL("\n");
	}
}

/* The same of a copy that ends where no more than the padding may be read. */
static void assert_agreed(const uint8_t *text, size_t len)
{
	uint8_t *const placed = guard.end - KERNEL_PAD - len;

	memset(guard.end - KERNEL_PAD, 0xBF, KERNEL_PAD);
	memcpy(placed, text, len);
	assert_well_formed(placed, len, kernels_scalar.utf8(text, len));
}

/* The character's bytes at out; their number. */
static size_t encode(uint32_t c, uint8_t *out)
{
	const size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const uint8_t lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };

	for (size_t i = n; --i; c >>= 6)
		out[i] = (uint8_t)(0x80 | (c & 0x3F));
	out[0] = (uint8_t)(lead[n] | c);
	return n;
}

/* Length of the well-formed character at s[0..len): what is encoded as it stands there. */
static size_t decoded(const uint8_t *s, size_t len)
{
	for (size_t n = 1; n <= len && n <= 4; n++) {
		uint32_t c = n == 1 ? s[0] : s[0] & (0x7Fu >> n);
		uint8_t again[4];

		for (size_t i = 1; i < n; i++)
			c = c << 6 | (s[i] & 0x3F);
		if (c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) && encode(c, again) == n &&
		    !memcmp(again, s, n))
			return n;
	}
	return 0;
}

static size_t decoded_prefix(const uint8_t *s, size_t len)
{
	size_t i = 0, n;

	while (i < len && (n = decoded(s + i, len - i)))
		i += n;
	return i;
}

/* The bytes around which the rules change. */
static const char borders[] = "a\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED"
			      "\xEE\xEF\xF0\xF1\xF3\xF4\xF5\xF8\xFF";
#define N_BORDERS (sizeof(borders) - 1)

static void every_character_is_taken(void **state)
{
	static uint8_t text[4 * 0x110000];
	size_t len = 0;

	(void)state;
	for (uint32_t c = 0; c < 0x110000; c++)
		if (c < 0xD800 || c > 0xDFFF)
			len += encode(c, text + len);
	assert_int_equal(len, 0x80 + 2 * 0x780 + 3 * 0xF000 + 4 * 0x100000);
	for (size_t cut = 0; cut < 64; cut++)
		assert_well_formed(text + cut, len - cut, len - cut);
}

static void every_pair_and_border_is_judged_alike(void **state)
{
	uint8_t text[4];

	(void)state;
	for (uint32_t v = 0; v < 0x10000; v++) {
		text[0] = (uint8_t)(v >> 8);
		text[1] = (uint8_t)v;
		assert_well_formed(text, 2, decoded_prefix(text, 2));
	}
	for (uint32_t v = 0; v < N_BORDERS * N_BORDERS * N_BORDERS * N_BORDERS; v++) {
		uint32_t rest = v;

		for (int i = 0; i < 4; i++, rest /= N_BORDERS)
			text[i] = (uint8_t)borders[rest % N_BORDERS];
		assert_well_formed(text, 4, decoded_prefix(text, 4));
	}
}

/* text[0..len) of one character, ASCII in front where it does not fit. */
static void fill(uint8_t *text, size_t len, const char *character)
{
	const size_t n = strlen(character);

	memset(text, 'a', len % n);
	for (size_t i = len % n; i < len; i += n)
		memcpy(text + i, character, n);
}

static const char *const characters[] = { "a", "\xC3\xA9", "\xE6\xBC\xA2", "\xF0\x9F\x8C\x8A" };

/* Whatever begins or breaks off anywhere, behind and before text of any kind. */
static void every_fault_is_found_at_every_place(void **state)
{
	static const char *const faults[] = {
		"\x80",
		"\xBF",
		"\xC0",
		"\xC1",
		"\xC3",
		"\xDF",
		"\xE2",
		"\xF0",
		"\xF4",
		"\xF5",
		"\xFF",
		"\xC0\x80",
		"\xC1\xBF",
		"\xC3\xC3",
		"\xC3\xA9\xA9",
		"\xE2\x82",
		"\xE0\x9F\xBF",
		"\xE0\x80\x80",
		"\xED\xA0\x80",
		"\xED\xBF\xBF",
		"\xEF\xBF",
		"\xE2\x82\xAC\x80",
		"\xF0\x9F",
		"\xF0\x9F\x8C",
		"\xF0\x8F\xBF\xBF",
		"\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80",
		"\xF0\x9F\x8C\x8A\x8A",
		"\xF8\x88\x80\x80\x80",
		"\xE2\x82\xE2\x82\xAC",
		"\xF0\x9F\x8C\xC3\xA9",
		"\xF4\x80\x80\xF4\x80\x80\x80",
	};
	static const size_t behind[] = { 0, 1, 2, 3, 12, 60, 61, 62, 63, 64, 65, 130 };
	static uint8_t text[LONGEST];

	(void)state;
	for (size_t f = 0; f < LENGTH(faults); f++)
		for (size_t at = 0; at <= 130; at++)
			for (size_t c = 0; c < LENGTH(characters); c++) {
				const size_t n = strlen(faults[f]);

				fill(text, at, characters[c]);
				memcpy(text + at, faults[f], n);
				assert_in_range(decoded_prefix(text, at + n), at, at + n - 1);
				for (size_t b = 0; b < LENGTH(behind); b++) {
					fill(text + at + n, behind[b], characters[(c + b) % 4]);
					assert_agreed(text, at + n + behind[b]);
				}
			}
}

/* Characters of all lengths; then some bytes are changed, or the end is cut off. */
static void what_is_spoilt_anywhere_is_judged_alike(void **state)
{
	struct chance c = { 9 };
	static uint8_t text[LONGEST];
	int spoilt = 0;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		const uint32_t most = chance_below(&c, LONGEST - 4),
			       kinds = 1 + chance_below(&c, 4);
		uint32_t len = 0;

		while (len < most) {
			const char *one = characters[chance_below(&c, kinds)];

			memcpy(text + len, one, strlen(one));
			len += (uint32_t)strlen(one);
		}
		for (uint32_t n = chance_below(&c, 3); n && len; n--)
			text[chance_below(&c, len)] =
				(uint8_t)borders[chance_below(&c, N_BORDERS)];
		len -= len && chance_below(&c, 2);
		assert_int_equal(kernels_scalar.utf8(text, len), decoded_prefix(text, len));
		assert_agreed(text, len);
		assert_well_formed(text, len, kernels_scalar.utf8(text, len));
		spoilt += kernels_scalar.utf8(text, len) < len;
	}
	assert_in_range(spoilt, 50000, 150000);
}

static void what_is_odd_in_ascii_is_judged_alike(void **state)
{
	struct chance c = { 6 };
	static uint8_t text[LONGEST];

	(void)state;
	for (int round = 0; round < 200000; round++) {
		const uint32_t len = chance_below(&c, 1 + (round % 8 ? 90 : LONGEST));

		memset(text, 'a', len);
		for (uint32_t n = chance_below(&c, 6); n && len; n--) {
			const uint32_t at = chance_below(&c, len);
			const uint32_t run = 1 + chance_below(&c, 4);

			chance_text(&c, text + at, len - at < run ? len - at : run, borders,
			            N_BORDERS);
		}
		assert_agreed(text, len);
	}
}

static void utf8_is_what_unicode_says(void **state)
{
	static const struct {
		const char *text;
		size_t len, ok;
	} cases[] = {
		{ "", 0, 0 },
		{ "a", 1, 1 },
		{ "\x7F", 1, 1 },
		{ "\x80", 1, 0 },
		{ "a\xC3", 2, 1 },
		{ "\xC2\x80", 2, 2 },
		{ "\xC1\xBF", 2, 0 },
		{ "\xDF\xBF", 2, 2 },
		{ "\xE0\x9F\xBF", 3, 0 },
		{ "\xE0\xA0\x80", 3, 3 },
		{ "\xED\x9F\xBF", 3, 3 },
		{ "\xED\xA0\x80", 3, 0 }, /* a surrogate */
		{ "\xEE\x80\x80", 3, 3 },
		{ "\xEF\xBF\xBF", 3, 3 },
		{ "\xE2\x82", 2, 0 },
		{ "\xF0\x8F\xBF\xBF", 4, 0 },
		{ "\xF0\x90\x80\x80", 4, 4 },
		{ "\xF4\x8F\xBF\xBF", 4, 4 },
		{ "\xF4\x90\x80\x80", 4, 0 },
		{ "\xF5\x80\x80\x80", 4, 0 },
		{ "ab\xC3\xA9z\xFFz", 7, 5 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_well_formed((const uint8_t *)cases[i].text, cases[i].len, cases[i].ok);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_what_unicode_says),
		cmocka_unit_test(every_character_is_taken),
		cmocka_unit_test(every_pair_and_border_is_judged_alike),
		cmocka_unit_test(every_fault_is_found_at_every_place),
		cmocka_unit_test(what_is_spoilt_anywhere_is_judged_alike),
		cmocka_unit_test(what_is_odd_in_ascii_is_judged_alike),
	};

	return cmocka_run_group_tests(tests, make_guard, free_guard);
}
