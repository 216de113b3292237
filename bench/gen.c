/*
 * gen - write a benchmark table:  gen KIND BYTES [SEED] >table.csv
 *
 * The table ends with the first row that makes it BYTES long or longer.
 */
#include "rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char out[1 << 20];

static int usage(void)
{
	fprintf(stderr, "usage: gen KIND BYTES [SEED]\nkinds:");
	for (const struct kind *k = kinds; k->name; k++)
		fprintf(stderr, " %s", k->name);
	fprintf(stderr, "\n");
	return 2;
}

static bool number(const char *text, uint64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoull(text, &end, 10);
	return !errno && end != text && !*end && *text != '-';
}

static bool flush(const char *p, size_t len)
{
	while (len) {
		const ssize_t n = write(STDOUT_FILENO, p, len);

		if (n < 0 && errno != EINTR) {
			perror("gen");
			return false;
		}
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	const struct kind *k = argc > 2 ? kind_find(argv[1]) : NULL;
	struct chance c = { .state = 1 };
	uint64_t want, done = 0;
	char *p = out;

	if (!k || argc > 4 || !number(argv[2], &want) ||
	    (argc == 4 && !number(argv[3], &c.state)))
		return usage();
	memcpy(p, k->header, strlen(k->header));
	p += strlen(k->header);
	for (uint64_t i = 0; done + (uint64_t)(p - out) < want; i++) {
		p = k->row(p, &c, i);
		if ((size_t)(p - out) > sizeof(out) - ROW_ROOM) {
			if (!flush(out, (size_t)(p - out)))
				return 1;
			done += (uint64_t)(p - out);
			p = out;
		}
	}
	return flush(out, (size_t)(p - out)) ? 0 : 1;
}
