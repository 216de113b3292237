/* Hashes: what others compute of the same bytes, however they arrive. */
#include "unit.h"

#include "release/digest.h"

/* SHA-256: FIPS 180-2, appendix B; XXH3-128: xxhsum of the same bytes. */
static void known(void **state)
{
	struct digest d;

	(void)state;
	assert_int_equal(digest_bytes("abc", 3, &d, NULL), SLUICE_OK);
	assert_string_equal(d.sha256,
	                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(d.xxh3, "06b05ab6733a618578af5f94892f3950");
	assert_int_equal(d.bytes, 3);
	assert_int_equal(digest_bytes("", 0, &d, NULL), SLUICE_OK);
	assert_string_equal(d.sha256,
	                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(d.xxh3, "99aa06d3014798d86001c324468d497f");
}

static void in_pieces(void **state)
{
	uint8_t bytes[3000];
	struct digest whole, cut;
	struct digester d;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 >> 3);
	assert_int_equal(digest_bytes(bytes, sizeof(bytes), &whole, NULL), SLUICE_OK);
	for (size_t step = 1; step < sizeof(bytes); step += 97) {
		assert_int_equal(digester_begin(&d, true, NULL), SLUICE_OK);
		for (size_t at = 0; at < sizeof(bytes); at += step)
			digester_take(&d, bytes + at,
			              sizeof(bytes) - at < step ? sizeof(bytes) - at : step);
		digester_end(&d, &cut);
		assert_true(digest_equal(&whole, &cut));
	}
	bytes[1234] ^= 1;
	assert_int_equal(digest_bytes(bytes, sizeof(bytes), &cut, NULL), SLUICE_OK);
	assert_false(digest_equal(&whole, &cut));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(known),
		                            cmocka_unit_test(in_pieces) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
