/*
 * Every instruction set against the definition, and the definition against the referee.
 *
 * Texts end KERNEL_PAD bytes, and indexes KERNEL_PAD entries, before a page that may not
 * be touched.
 */
#include "unit/unit.h"

#include "chance.h"
#include "csv/strict.h"
#include "guard.h"
#include "simd/kernels.h"

#define LONGEST 300

struct found {
	struct scan scan;
	uint32_t n;
	uint32_t out[LONGEST + KERNEL_PAD];
};

static struct guard text_guard, index_guard;

static int make_guards(void **state)
{
	(void)state;
	text_guard = guard_new(LONGEST + 64 + KERNEL_PAD);
	index_guard = guard_new((LONGEST + KERNEL_PAD) * sizeof(uint32_t));
	return 0;
}

static int free_guards(void **state)
{
	(void)state;
	guard_free(&text_guard);
	guard_free(&index_guard);
	return 0;
}

/* The i-th table of an instruction set that is not the definition and runs here. */
static const struct kernels *other(size_t i)
{
	const struct kernels *k = kernels_all[i];

	return k && k != &kernels_scalar && k->supported() ? k : NULL;
}

/* A text of the guarded memory: 'behind' bytes of padding follow it. */
static uint8_t *place(const uint8_t *from, uint32_t len, uint32_t behind)
{
	uint8_t *text = text_guard.end - behind - len;

	memset(text_guard.end - behind, '"', behind); /* what may be read, but never used */
	memcpy(text, from, len);
	return text;
}

/* text[0..len) in windows of 'step' bytes, the index of each ending at the guard. */
static void scan_in_steps(const struct kernels *k, const uint8_t *text, uint32_t len,
                          uint32_t step, uint8_t delim, struct found *f)
{
	f->scan = (struct scan)SCAN_START;
	f->n = 0;
	for (uint32_t at = 0; at < len;) {
		const uint32_t to = len - at < step ? len : at + step;
		uint32_t *out = (uint32_t *)(void *)index_guard.end - (to - at) - KERNEL_PAD;
		const uint32_t n = k->scan(text, at, to, delim, &f->scan, out);

		assert_true(n <= to - at);
		memcpy(f->out + f->n, out, n * sizeof(*out));
		f->n += n;
		at = to;
	}
}

static void assert_same(const struct kernels *k, const struct found *got,
                        const struct found *want, const uint8_t *text, uint32_t len)
{
	const struct scan *a = &got->scan, *b = &want->scan;

	if (got->n == want->n && !memcmp(got->out, want->out, got->n * sizeof(*got->out)) &&
	    !a->bad == !b->bad && !a->high == !b->high && !a->cr == !b->cr &&
	    a->quoted == b->quoted && a->after_sep == b->after_sep &&
	    a->after_quote == b->after_quote && a->after_close == b->after_close &&
	    a->after_cr == b->after_cr && a->records == b->records && a->lines == b->lines)
		return;
	print_error("%s differs on %u bytes:", k->name, len);
	for (uint32_t i = 0; i < len; i++)
		print_error(" %02x", text[i]);
	FAIL("\n%u found, %u wanted; bad %d, wanted %d\n", got->n, want->n, a->bad != 0,
	     b->bad != 0);
}

static const struct {
	const char *bytes;
	size_t n;
} alphabets[] = {
	{ "\",\n\ra", 5 },
	{ "\",\na", 4 },
	{ "\"\"\"\",\n", 6 },
	{ "aaaaaaaaaaaaaaaaaaaaaa,,,,,,\n", 29 },
	{ ",\n", 2 },
	{ "\"", 1 },
	{ ",", 1 },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n\r\0", 59 },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n\"\xC3", 59 },
	{ "\",\n\ra\0\xC3\xA9\x7F\x80\xFF ;\t", 14 },
};

/* Where the text ends and what it is split into decide nothing. */
static void scans_agree_at_every_length_and_split(void **state)
{
	static const uint8_t delims[] = { ',', ';', '\t', ' ', '|', '.', 1, 0x7F };
	static struct found want, got;
	struct chance c = { 1 };
	uint8_t text[LONGEST];

	(void)state;
	for (uint32_t len = 0; len <= LONGEST; len++) {
		for (size_t a = 0; a < LENGTH(alphabets); a++) {
			const uint8_t delim = a ? ',' : delims[len % LENGTH(delims)];
			const uint8_t *placed;

			chance_text(&c, text, len, alphabets[a].bytes, alphabets[a].n);
			for (uint32_t i = 0; i < len; i++)
				text[i] = text[i] == ',' ? delim : text[i];
			placed = place(text, len, KERNEL_PAD);
			scan_in_steps(&kernels_scalar, placed, len, UINT32_MAX, delim, &want);
			for (size_t i = 0; kernels_all[i]; i++) {
				for (uint32_t step = 64; other(i) && step < len + 64;
				     step += 64) {
					scan_in_steps(other(i), placed, len, step, delim, &got);
					assert_same(other(i), &got, &want, text, len);
				}
			}
		}
	}
}

static void scans_agree_at_every_alignment(void **state)
{
	static struct found want, got;
	struct chance c = { 2 };
	uint8_t text[LONGEST];

	(void)state;
	for (uint32_t align = 0; align < 64; align++) {
		for (int round = 0; round < 200; round++) {
			const uint32_t len = chance_below(&c, LONGEST + 1);
			const size_t a = (size_t)round % LENGTH(alphabets);
			const uint8_t *placed;

			chance_text(&c, text, len, alphabets[a].bytes, alphabets[a].n);
			placed = place(text, len, KERNEL_PAD + align);
			scan_in_steps(&kernels_scalar, placed, len, UINT32_MAX, ',', &want);
			for (size_t i = 0; kernels_all[i]; i++) {
				if (!other(i))
					continue;
				scan_in_steps(other(i), placed, len, 64 + align / 8 * 64, ',',
				              &got);
				assert_same(other(i), &got, &want, text, len);
			}
		}
	}
}

static void a_scan_is_the_same_however_it_is_split(void **state)
{
	static struct found want, got;
	struct chance c = { 3 };
	uint8_t text[LONGEST];

	(void)state;
	for (int round = 0; round < 3000; round++) {
		const size_t a = (size_t)round % LENGTH(alphabets);
		const uint32_t len = chance_below(&c, LONGEST + 1);

		chance_text(&c, text, len, alphabets[a].bytes, alphabets[a].n);
		scan_in_steps(&kernels_scalar, text, len, UINT32_MAX, ',', &want);
		scan_in_steps(&kernels_scalar, text, len, 1 + chance_below(&c, 70), ',', &got);
		assert_same(&kernels_scalar, &got, &want, text, len);
	}
}

/* Any state that can be carried into a window, not only those that short texts lead to. */
static void every_carry_is_carried(void **state)
{
	static struct found want, got;
	struct chance c = { 4 };
	uint8_t text[64 + LONGEST];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		const size_t a = (size_t)round % 3;
		const uint32_t len = 64 + chance_below(&c, 66);

		memset(text, 'x', 64);
		text[0] = chance_below(&c, 2) ? '"' : 'x';
		chance_text(&c, text + 61, len - 61, alphabets[a].bytes, alphabets[a].n);
		scan_in_steps(&kernels_scalar, text, len, 64, ',', &want);
		for (size_t i = 0; kernels_all[i]; i++) {
			if (!other(i))
				continue;
			scan_in_steps(other(i), place(text, len, KERNEL_PAD), len, 64, ',',
			              &got);
			assert_same(other(i), &got, &want, text, len);
		}
	}
}

static void counts_agree(void **state)
{
	static uint8_t many[3 * 255 * 64 + 77];
	struct chance c = { 5 };
	uint8_t text[LONGEST];

	(void)state;
	for (uint32_t len = 0; len <= LONGEST; len++) {
		chance_text(&c, text, len, "\"\"\",\xFF\x80z", 7);
		for (size_t i = 0; kernels_all[i]; i++)
			for (uint32_t behind = KERNEL_PAD; other(i) && behind < KERNEL_PAD + 64;
			     behind++)
				assert_int_equal(
					other(i)->count(place(text, len, behind), len, '"'),
					kernels_scalar.count(text, len, '"'));
	}
	memset(many, '"', sizeof(many)); /* so many that byte counters would overflow */
	for (size_t i = 0; kernels_all[i]; i++)
		for (size_t len = 0; other(i) && len < sizeof(many);
		     len += len < 17000 ? 1 : 977)
			assert_int_equal(other(i)->count(many, len, '"'), len);
}

/* Whether the referee, record by record, finds what the kernels have a flag for. */
static bool referee_objects(const uint8_t *text, uint32_t len)
{
	struct record r;

	for (uint32_t at = 0; at < len; at += r.len) {
		strict_record(text + at, len - at, ',', &r, NULL, NULL);
		if (r.why == REFUSE_UNTERMINATED || (r.why == REFUSE_CR && at + r.len == len))
			return false; /* the end of the text came first: a carry, not a flag */
		if (r.why)
			return true;
	}
	return false;
}

static void every_short_text_is_judged_alike(void **state)
{
	static const uint8_t letters[] = { '"', ',', '\n', '\r', 'a' };
	static struct found want, got;
	unsigned long n = 1, texts = 0;
	uint8_t text[8];

	(void)state;
	for (uint32_t len = 0; len <= 8; len++, n *= LENGTH(letters)) {
		for (unsigned long v = 0; v < n; v++, texts++) {
			const uint8_t *placed;
			unsigned long rest = v;

			for (uint32_t i = 0; i < len; i++, rest /= LENGTH(letters))
				text[i] = letters[rest % LENGTH(letters)];
			placed = place(text, len, KERNEL_PAD);
			scan_in_steps(&kernels_scalar, placed, len, 64, ',', &want);
			if (referee_objects(text, len) != (want.scan.bad != 0))
				assert_same(&kernels_scalar, &(struct found){ 0 }, &want, text,
				            len);
			for (size_t i = 0; kernels_all[i]; i++) {
				if (!other(i))
					continue;
				scan_in_steps(other(i), placed, len, 64, ',', &got);
				assert_same(other(i), &got, &want, text, len);
			}
		}
	}
	assert_int_equal(texts, 488281);
}

static void long_texts_are_judged_alike(void **state)
{
	static struct found f;
	struct chance c = { 7 };
	uint8_t text[LONGEST];
	int objections = 0;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		const uint32_t len = chance_below(&c, 60);

		chance_text(&c, text, len, "\"\",,\n\naaaaaaa\r\n\0", 14 + (round & 3) / 2);
		scan_in_steps(&kernels_scalar, text, len, 64, ',', &f);
		assert_int_equal(referee_objects(text, len), f.scan.bad != 0);
		objections += f.scan.bad != 0;
	}
	assert_in_range(objections, 20000, 99000);
}

static void a_table_is_picked_by_its_name(void **state)
{
	(void)state;
	assert_ptr_equal(kernels_pick("scalar"), &kernels_scalar);
	assert_null(kernels_pick("mmx"));
	assert_non_null(kernels_pick(NULL));
	for (size_t i = 0; kernels_all[i]; i++)
		assert_ptr_equal(kernels_pick(kernels_all[i]->name),
		                 kernels_all[i]->supported() ? kernels_all[i] : NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scans_agree_at_every_length_and_split),
		cmocka_unit_test(scans_agree_at_every_alignment),
		cmocka_unit_test(a_scan_is_the_same_however_it_is_split),
		cmocka_unit_test(every_carry_is_carried),
		cmocka_unit_test(counts_agree),
		cmocka_unit_test(every_short_text_is_judged_alike),
		cmocka_unit_test(long_texts_are_judged_alike),
		cmocka_unit_test(a_table_is_picked_by_its_name),
	};

	return cmocka_run_group_tests(tests, make_guards, free_guards);
}
