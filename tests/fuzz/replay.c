/*
 * replay.c - a fuzz target's main without a fuzzer: every file of the folders given, once whole
 * and then without its last byte, half of it, and so on
 */
#include "fuzz.h"

#include <dirent.h>

#define MOST ((size_t)1 << 20)

static size_t load(const char *path, uint8_t *text)
{
	FILE *f = fopen(path, "rb");
	size_t len;

	REQUIRE(f, "%s cannot be opened\n", path);
	len = fread(text, 1, MOST, f);
	fclose(f);
	return len;
}

/* A copy of its own length, so that a read past its end is noticed. */
static void run(const uint8_t *text, size_t len)
{
	uint8_t *copy = allocate(len);

	memcpy(copy, text, len);
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

int main(int argc, char **argv)
{
	static uint8_t text[MOST];
	unsigned passed = 0;
	char path[4096];

	for (int i = 1; i < argc; i++) {
		DIR *folder = opendir(argv[i]);
		struct dirent *entry;

		REQUIRE(folder, "%s is no folder\n", argv[i]);
		while ((entry = readdir(folder))) {
			size_t len;

			if (entry->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), "%s/%s", argv[i], entry->d_name);
			len = load(path, text);
			run(text, len);
			for (size_t cut = 1; cut < len; cut *= 2)
				run(text, len - cut);
			passed++;
		}
		closedir(folder);
	}
	printf("%u passed, 0 failed\n", passed);
	return 0;
}
