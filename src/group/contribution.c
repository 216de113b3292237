#include "group/contribution.h"

#include <string.h>

#define AMOUNT_BYTES 7u

/* The most significant first. */
static uint64_t get_amount(const uint8_t *at)
{
	uint64_t amount = 0;

	for (uint32_t i = 0; i < AMOUNT_BYTES; i++)
		amount = amount << 8 | at[i];
	return amount;
}

static void put_amount(uint8_t *at, uint64_t amount)
{
	for (uint32_t i = AMOUNT_BYTES; i; amount >>= 8)
		at[--i] = (uint8_t)amount;
}

bool contribution_same(const uint8_t *a, uint32_t a_len, const uint8_t *b, uint32_t b_len)
{
	return a_len == b_len && a_len >= CONTRIBUTION_TAIL &&
	       !memcmp(a, b, a_len - AMOUNT_BYTES);
}

bool contribution_amount(const uint8_t *text, uint32_t len, uint64_t *amount)
{
	const uint8_t *stop = memchr(text, 0, len);

	if (!stop || (uint32_t)(stop - text) + CONTRIBUTION_TAIL != len)
		return false;
	*amount = get_amount(stop + 1);
	return *amount <= GROUP_LIMIT;
}

void contribution_add(uint8_t *text, uint32_t len, uint64_t amount)
{
	uint8_t *at = text + len - AMOUNT_BYTES;
	const uint64_t sum = get_amount(at) + amount;

	put_amount(at, sum < GROUP_LIMIT ? sum : GROUP_LIMIT);
}

enum sluice_status contribution_begin(struct pairs *p, struct group *group, const uint8_t *id,
                                      uint32_t len, struct buf *tmp, struct sluice_error *err)
{
	static const uint8_t tail[CONTRIBUTION_TAIL] = { 0 };
	struct person person;

	tmp->len = 0;
	TRY(buf_add(tmp, id, len, err));
	TRY(buf_add(tmp, tail, sizeof(tail), err));
	TRY(person_make(p, tmp->data, (uint32_t)tmp->len, &person, err));
	return pairs_add(p, group, person, err);
}

void contribution_more(struct pairs *p, size_t i, uint64_t amount)
{
	struct person *person = &p->list[i].person;
	uint8_t room[PERSON_SHORT];
	uint32_t len;
	uint8_t *text = person_bytes(p, person, room, &len);

	contribution_add(text, len, amount);
	if (text == room) /* as short as before, so that it takes no memory */
		person_make(p, room, len, person, NULL);
}

static bool same_contributor(const struct pairs *p, const struct pair *a, const struct pair *b)
{
	uint8_t room[2][PERSON_SHORT];
	uint32_t a_len, b_len;
	const uint8_t *a_text = person_text(p, &a->person, room[0], &a_len);
	const uint8_t *b_text = person_text(p, &b->person, room[1], &b_len);

	return a->rank == b->rank && contribution_same(a_text, a_len, b_text, b_len);
}

void contributions_join(struct pairs *p)
{
	uint8_t room[PERSON_SHORT];
	uint64_t amount = 0;
	uint32_t len;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		const uint8_t *text = person_text(p, &p->list[i].person, room, &len);

		if (n && same_contributor(p, &p->list[n - 1], &p->list[i])) {
			contribution_amount(text, len, &amount);
			contribution_more(p, n - 1, amount);
		} else {
			p->list[n++] = p->list[i];
		}
	}
	p->n = n;
}
