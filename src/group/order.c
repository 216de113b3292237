#include "group/order.h"

#include <string.h>

void order_init(struct order *o, const struct group_spec *spec)
{
	*o = (struct order){ .orders = ORDER_BOTH };
	group_table_init(&o->open, spec);
}

void order_free(struct order *o)
{
	buf_free(&o->last);
	group_table_empty(&o->open);
}

/* The groups in 'keys' have counted the person; those that had before lose one. */
static enum sluice_status note(struct order *o, const struct buf *keys, uint32_t word,
                               struct group_table *fixes, struct sluice_error *err)
{
	for (size_t at = 0; at < keys->len;) {
		struct group *open, *fix;
		const uint8_t *key;
		uint32_t len;

		memcpy(&len, keys->data + at, sizeof(len));
		key = keys->data + at + sizeof(len);
		at += sizeof(len) + len;
		TRY(group_find(&o->open, key, len, &open, err));
		if (open->words[0]) {
			TRY(group_find(fixes, key, len, &fix, err));
			fix->words[word]--; /* wraps: joined with its group, it subtracts */
		}
		open->words[0] = 1;
	}
	return SLUICE_OK;
}

static bool same_text(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && !memcmp(a->data, b->data, a->len);
}

enum sluice_status order_account(struct order *o, const struct group_spec *spec, uint32_t k,
                                 const struct order_facts *facts, struct group_table *fixes,
                                 struct sluice_error *err)
{
	const uint32_t word = spec->persons[k].word;
	bool goes_on;

	if (!facts->any)
		return SLUICE_OK;
	goes_on = o->any && same_text(&o->last, &facts->first);
	if (o->any && !goes_on)
		o->orders &= person_orders(o->last.data, (uint32_t)o->last.len,
		                           facts->first.data, (uint32_t)facts->first.len);
	o->orders &= facts->orders;
	if (goes_on)
		TRY(note(o, &facts->first_groups, word, fixes, err));
	if (!goes_on || !facts->one) {
		group_table_empty(&o->open);
		TRY(note(o, &facts->last_groups, word, fixes, err));
	}
	o->any = true;
	o->last.len = 0;
	return buf_add(&o->last, facts->last.data, facts->last.len, err);
}
