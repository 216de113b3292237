/*
 * Manifests and ledgers: what is read of a text is what another reader has of it; what that one
 * refuses is refused; and what is written of it reads back.
 */
#include "fuzz.h"

#include "plan/canon.h"
#include "plan/json_read.h"

/* Numbers with a fraction, and what is very deep, are not for us. */
static bool is_expected(const uint8_t *text, size_t size)
{
	size_t depth = 0;

	for (size_t i = 0; i < size; i++) {
		if (strchr(".eE", text[i]))
			return false;
		depth += text[i] == '[' || text[i] == '{';
	}
	return depth < 60;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *value, *other, *again;
	char *text;

	other = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
	                   NULL);
	if (json_read((const char *)data, size, &value, NULL) != SLUICE_OK) {
		REQUIRE(!value, "what is refused is none\n");
		REQUIRE(!other || !is_expected(data, size), "another reader reads it\n");
		json_decref(other);
		return 0;
	}
	REQUIRE(other && json_equal(value, other), "another reader reads something else\n");
	text = canon_text(value, JSON_COMPACT | JSON_ENCODE_ANY);
	REQUIRE(text && json_read(text, strlen(text), &again, NULL) == SLUICE_OK &&
	                json_equal(value, again),
	        "what was written is not read\n");
	free(text);
	json_decref(again);
	json_decref(value);
	json_decref(other);
	return 0;
}
