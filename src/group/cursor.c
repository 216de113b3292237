#include "group/cursor.h"

#include "group/contribution.h"

#include <stdlib.h>
#include <string.h>

enum sluice_status cursor_of_table(struct cursor *c, struct group_table *t, struct pairs *pairs,
                                   uint64_t kept, struct sluice_error *err)
{
	*c = (struct cursor){ .spec = t->spec, .kept = kept, .pairs = pairs, .reader.fd = -1 };
	c->n_sorted = t->n_groups;
	c->next_pair = calloc((size_t)t->spec->n_persons + 1, sizeof(*c->next_pair));
	if (!c->next_pair)
		return fail_memory(err);
	TRY(group_table_sort(t, &c->sorted, err));
	for (uint32_t k = 0; k < t->spec->n_persons; k++) {
		if (!(kept >> k & 1))
			continue;
		if (!t->spec->persons[k].dominance) {
			TRY(pairs_sort(&pairs[k], err));
			continue;
		}
		TRY(pairs_order(&pairs[k], err));
		contributions_join(&pairs[k]);
	}
	return SLUICE_OK;
}

enum sluice_status cursor_of_run(struct cursor *c, const struct group_spec *spec, uint64_t kept,
                                 int fd, uint64_t at, uint64_t end, size_t cap,
                                 struct sluice_error *err)
{
	*c = (struct cursor){ .spec = spec, .kept = kept };
	return record_open(&c->reader, spec->n_words, fd, at, end, cap, err);
}

/* A run whose keys do not ascend would give a group twice. */
static enum sluice_status next_record(struct cursor *c, bool *more, struct sluice_error *err)
{
	struct record_reader *r = &c->reader;
	const uint64_t before = c->prefix;
	const bool first = !c->key;

	TRY(record_next(r, more, err));
	c->key = r->key.data ? r->key.data : (const uint8_t *)"";
	c->key_len = (uint32_t)r->key.len;
	c->prefix = key_prefix(c->key, c->key_len);
	c->words = r->words;
	if (*more && !first && c->prefix < before)
		return fail(err, SLUICE_E_DATA, "the partial table is damaged");
	return SLUICE_OK;
}

enum sluice_status cursor_next(struct cursor *c, bool *more, struct sluice_error *err)
{
	const struct group *g;

	if (!c->sorted)
		return next_record(c, more, err);
	*more = c->next < c->n_sorted;
	if (!*more)
		return SLUICE_OK;
	c->prefix = c->sorted[c->next].prefix;
	g = c->sorted[c->next++].group;
	c->key = group_key(g);
	c->key_len = g->key_len;
	c->words = g->words;
	return SLUICE_OK;
}

enum sluice_status cursor_person(struct cursor *c, uint32_t k, bool *more,
                                 struct sluice_error *err)
{
	const struct pairs *p;
	size_t *next;

	*more = false;
	if (!(c->kept >> k & 1))
		return SLUICE_OK;
	if (!c->sorted)
		return record_next_person(&c->reader, &c->person, &c->person_len, more, err);
	p = &c->pairs[k];
	next = &c->next_pair[k];
	*more = *next < p->n && p->list[*next].rank == c->next - 1;
	if (*more)
		c->person = person_text(p, &p->list[(*next)++].person, c->room, &c->person_len);
	return SLUICE_OK;
}

void cursor_close(struct cursor *c)
{
	free(c->sorted);
	free(c->next_pair);
	record_close(&c->reader);
	*c = (struct cursor){ .reader.fd = -1 };
}
