/*
 * find_header.c - which line holds the column names, and what stands between them
 *
 * Tables are handed in with a title or a comment above the names, or with semicolons; the gate
 * then sees one odd column and lets the table pass.  Only lines that can't be records of the
 * table are taken for something else: comments, single texts, names of which several are empty.
 */
#include "csv/strict.h"
#include "run/inspect.h"

#include <string.h>

#define LINES_MAX 12u
#define HEAD_MAX  65536u

/* A record of the beginning, cut by one delimiter. */
struct first {
	uint32_t at, lines; /* before it                    */
	uint32_t fields, empty, numbers;
	bool comment;
};

struct counted {
	const uint8_t *text;
	uint32_t empty, numbers;
};

static void on_field(void *ctx, uint32_t begin, uint32_t end)
{
	struct counted *c = ctx;

	c->empty += begin == end;
	c->numbers += begin < end && c->text[begin] >= '0' && c->text[begin] <= '9';
}

static uint32_t read_firsts(struct first *first, const uint8_t *text, uint32_t len,
                            uint8_t delimiter)
{
	uint32_t at = 0, lines = 0, n = 0;
	struct record r;

	for (; at < len && n < LINES_MAX; n++) {
		struct counted c = { .text = text + at };

		strict_record(text + at, len - at, delimiter, &r, on_field, &c);
		if (r.why)
			break;
		first[n] = (struct first){ at,      lines,     r.n_fields,
			                   c.empty, c.numbers, text[at] == '#' };
		at += r.len;
		lines += r.lines;
	}
	return n;
}

/* How many of the records have as many fields as the last of them. */
static uint32_t alike(const struct first *first, uint32_t n)
{
	uint32_t count = 0;

	if (!n || first[n - 1].fields < 2)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		count += first[i].fields == first[n - 1].fields;
	return count;
}

static bool is_above(const struct first *f, uint32_t fields)
{
	return f->fields == 1 || (f->comment && f->fields != fields) || f->empty >= 2;
}

uint32_t find_header(const uint8_t *text, size_t len, uint8_t *delimiter, uint32_t *lines)
{
	static const uint8_t delimiters[] = ",;\t|";
	const uint32_t head = len < HEAD_MAX ? (uint32_t)len : HEAD_MAX;
	struct first first[LINES_MAX], best[LINES_MAX];
	uint32_t n_best = 0, most = 0, k = 0;

	*delimiter = ',';
	*lines = 0;
	for (uint32_t d = 0; d < sizeof(delimiters) - 1; d++) {
		const uint32_t n = read_firsts(first, text, head, delimiters[d]);
		const uint32_t count = alike(first, n);

		if (count > most) {
			most = count;
			n_best = n;
			*delimiter = delimiters[d];
			memcpy(best, first, sizeof(first));
		}
	}
	if (n_best < 2)
		return 0;
	while (k + 1 < n_best && is_above(&best[k], best[n_best - 1].fields))
		k++;
	if (!k || best[k].fields != best[n_best - 1].fields ||
	    best[k].empty + best[k].numbers == best[k].fields)
		return 0; /* these are no names */
	*lines = best[k].lines;
	return best[k].at;
}
