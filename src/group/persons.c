#include "group/persons.h"

#include "base/word.h"

#include <stdlib.h>
#include <string.h>

#define PAIRS_FIRST 4096u

enum sluice_status person_make(struct pairs *p, const uint8_t *text, uint32_t len,
                               struct person *person, struct sluice_error *err)
{
	uint8_t words[16] = { 0 };

	memcpy(words, text, len < PERSON_SHORT ? len : PERSON_SHORT);
	words[15] = len <= PERSON_SHORT ? (uint8_t)len : PERSON_LONG;
	person->first = load_big(words);
	person->rest = load_big(words + 8);
	if (len <= PERSON_SHORT)
		return SLUICE_OK;
	person->rest = (uint64_t)p->texts.len << 8 | PERSON_LONG;
	TRY(buf_add(&p->texts, &len, sizeof(len), err));
	return buf_add(&p->texts, text, len, err);
}

const uint8_t *person_text(const struct pairs *p, const struct person *person, uint8_t *room,
                           uint32_t *len)
{
	const uint8_t *text;

	*len = person->rest & 0xFF;
	if (*len != PERSON_LONG) {
		for (uint32_t i = 0; i < PERSON_SHORT; i++)
			room[i] = (uint8_t)(i < 8 ? person->first >> (56 - 8 * i)
			                          : person->rest >> (120 - 8 * i));
		return room;
	}
	text = p->texts.data + (person->rest >> 8);
	memcpy(len, text, sizeof(*len));
	return text + sizeof(*len);
}

uint8_t *person_bytes(struct pairs *p, const struct person *person, uint8_t *room,
                      uint32_t *len)
{
	const uint8_t *text = person_text(p, person, room, len);

	return text == room ? room : p->texts.data + (text - p->texts.data);
}

enum sluice_status pairs_add(struct pairs *p, struct group *group, struct person person,
                             struct sluice_error *err)
{
	if (p->n == p->cap) {
		const size_t cap = p->cap ? p->cap + p->cap / 2 : PAIRS_FIRST;
		struct pair *list = realloc(p->list, cap * sizeof(*list));

		if (!list)
			return fail_memory(err);
		p->list = list;
		p->cap = cap;
	}
	p->list[p->n++] = (struct pair){ person, { group } };
	return SLUICE_OK;
}

/* ---- order ------------------------------------------------------------------------------ */

static int person_order(const struct pairs *p, const struct person *a, const struct person *b)
{
	uint8_t room[2][PERSON_SHORT];
	uint32_t a_len, b_len;
	const uint8_t *a_text, *b_text;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if ((a->rest & 0xFF) != PERSON_LONG && (b->rest & 0xFF) != PERSON_LONG)
		return (a->rest > b->rest) - (a->rest < b->rest);
	a_text = person_text(p, a, room[0], &a_len);
	b_text = person_text(p, b, room[1], &b_len);
	return key_order(a_text, a_len, b_text, b_len);
}

static int pair_order(const struct pairs *p, const struct pair *a, const struct pair *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return person_order(p, &a->person, &b->person);
}

/* Bottom-up merging: as many comparisons as it takes, and runs that are there cost nothing. */
static void merge_runs(const struct pairs *p, const struct pair *from, struct pair *to,
                       size_t begin, size_t middle, size_t end)
{
	size_t a = begin, b = middle;

	if (middle == end || pair_order(p, &from[middle - 1], &from[middle]) <= 0) {
		memcpy(to + begin, from + begin, (end - begin) * sizeof(*to));
		return;
	}
	for (size_t i = begin; i < end; i++) {
		const bool left =
			b == end || (a < middle && pair_order(p, &from[a], &from[b]) <= 0);

		to[i] = left ? from[a++] : from[b++];
	}
}

#define RUN_FIRST 16u

static void sort_short(const struct pairs *p, struct pair *list, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct pair one = list[i];
		size_t k = i;

		for (; k && pair_order(p, &list[k - 1], &one) > 0; k--)
			list[k] = list[k - 1];
		list[k] = one;
	}
}

static void drop_doubles(struct pairs *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (!n || pair_order(p, &p->list[n - 1], &p->list[i]) != 0)
			p->list[n++] = p->list[i];
	p->n = n;
}

enum sluice_status pairs_order(struct pairs *p, struct sluice_error *err)
{
	struct pair *other = malloc((p->n + 1) * sizeof(*other));

	if (!other)
		return fail_memory(err);
	for (size_t i = 0; i < p->n; i++)
		p->list[i].rank = p->list[i].group->rank;
	for (size_t i = 0; i < p->n; i += RUN_FIRST)
		sort_short(p, p->list + i, p->n - i < RUN_FIRST ? p->n - i : RUN_FIRST);
	for (size_t run = RUN_FIRST; run < p->n; run *= 2) {
		struct pair *from = p->list;

		for (size_t i = 0; i < p->n; i += 2 * run) {
			const size_t middle = p->n - i < run ? p->n : i + run;
			const size_t end = p->n - i < 2 * run ? p->n : i + 2 * run;

			merge_runs(p, from, other, i, middle, end);
		}
		p->list = other;
		p->cap = p->n + 1;
		other = from;
	}
	free(other);
	return SLUICE_OK;
}

enum sluice_status pairs_sort(struct pairs *p, struct sluice_error *err)
{
	TRY(pairs_order(p, err));
	drop_doubles(p);
	return SLUICE_OK;
}

uint64_t pairs_bytes(const struct pairs *p)
{
	return p->cap * 5 / 2 * sizeof(*p->list) + p->texts.cap * 3 / 2;
}

void pairs_empty(struct pairs *p)
{
	free(p->list);
	buf_free(&p->texts);
	*p = (struct pairs){ 0 };
}

unsigned person_orders(const uint8_t *a, uint32_t a_len, const uint8_t *b, uint32_t b_len)
{
	const unsigned text = key_order(a, a_len, b, b_len) < 0 ? ORDER_TEXT : 0;

	if (a_len != b_len)
		return text | (a_len < b_len ? ORDER_LENGTH : 0);
	return text ? ORDER_BOTH : 0;
}
