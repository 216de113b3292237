/*
 * many - a table of N distinct keys in no order, and whether it was grouped rightly
 *
 *   many gen N >table.csv        many check N <grouped.csv
 *
 * Key number i is i times an odd number modulo 2^32, in hex, so that a key tells its i and no two
 * are alike.  Every eighth has a second row, at the end.  What is checked needs neither a
 * hash nor a sort: N keys that ascend, each of some i < N, with the count and the sum
 * that follow from i, are all of them.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ODD   UINT32_C(0x9E3779B1)
#define AGAIN 8u

static uint32_t inverse_of_odd(void)
{
	uint32_t x = ODD;

	for (int i = 0; i < 5; i++) /* Newton: the right bits double */
		x *= 2 - ODD * x;
	return x;
}

static void gen(uint32_t n)
{
	printf("key,v\n");
	for (uint32_t i = 0; i < n; i++)
		printf("%08" PRIx32 ",%" PRIu32 "\n", i * ODD, i % 1000);
	for (uint32_t i = 0; i < n; i += AGAIN)
		printf("%08" PRIx32 ",7\n", i * ODD);
}

static int wrong(uint32_t seen, const char *what)
{
	fprintf(stderr, "many: row %" PRIu32 ": %s\n", seen, what);
	return 1;
}

static int check(uint32_t n)
{
	const uint32_t inverse = inverse_of_odd();
	uint32_t seen = 0, last = 0;
	char line[64], want[64];

	if (!fgets(line, sizeof(line), stdin) || strcmp(line, "key,n,s\n") != 0)
		return wrong(0, "another header");
	for (; fgets(line, sizeof(line), stdin); seen++) {
		const uint32_t key = (uint32_t)strtoul(line, NULL, 16), i = key * inverse;
		const int again = i % AGAIN == 0;

		if (i >= n)
			return wrong(seen, "a key that was not there");
		if (seen && key <= last)
			return wrong(seen, "keys that do not ascend");
		snprintf(want, sizeof(want), "%08" PRIx32 ",%d,%" PRIu32 "\n", key, 1 + again,
		         i % 1000 + (again ? 7 : 0));
		if (strcmp(line, want) != 0)
			return wrong(seen, "another count or sum");
		last = key;
	}
	if (seen != n)
		return wrong(seen, "groups are missing");
	return 0;
}

int main(int argc, char **argv)
{
	const unsigned long n = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

	if (n < 1 || n > UINT32_MAX / 2 ||
	    (strcmp(argv[1], "gen") && strcmp(argv[1], "check"))) {
		fprintf(stderr, "usage: many gen|check N\n");
		return 2;
	}
	if (!strcmp(argv[1], "check"))
		return check((uint32_t)n);
	gen((uint32_t)n);
	return fflush(stdout) || ferror(stdout);
}
