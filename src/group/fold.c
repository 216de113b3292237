#include "group/fold.h"

#include "group/cell_key.h"
#include "group/contribution.h"
#include "group/cursor.h"
#include "group/merge.h"
#include "group/sums.h"
#include "group/value.h"

#include <stdlib.h>
#include <string.h>

/* ---- life ------------------------------------------------------------------------------- */

enum sluice_status fold_init(struct fold *f, const struct group_spec *spec,
                             const struct kernels *kernels, uint64_t kept, struct spill *spill,
                             uint64_t budget, struct sluice_error *err)
{
	*f = (struct fold){ .spec = spec, .kept = kept, .spill = spill, .budget = budget };
	group_table_init(&f->table, spec);
	f->persons = calloc((size_t)spec->n_persons + 1, sizeof(*f->persons));
	f->pairs = calloc((size_t)spec->n_persons + 1, sizeof(*f->pairs));
	f->missing = calloc((size_t)spec->n_values + spec->n_persons + 1, sizeof(*f->missing));
	if (!f->persons || !f->pairs || !f->missing)
		return fail_memory(err);
	TRY(sums_init(f, err));
	return finder_init(&f->finder, spec, kernels, &f->table, err);
}

void order_facts_free(struct order_facts *facts)
{
	buf_free(&facts->first);
	buf_free(&facts->last);
	buf_free(&facts->first_groups);
	buf_free(&facts->last_groups);
}

void fold_free(struct fold *f)
{
	for (uint32_t k = 0; f->spec && k < f->spec->n_persons; k++) {
		if (f->persons) {
			buf_free(&f->persons[k].current);
			free(f->persons[k].counted);
		}
		if (f->pairs)
			pairs_empty(&f->pairs[k]);
	}
	if (f->spec)
		group_table_empty(&f->table);
	finder_free(&f->finder);
	free(f->persons);
	free(f->pairs);
	free(f->missing);
	free(f->runs);
	buf_free(&f->tmp);
	buf_free(&f->record);
	*f = (struct fold){ 0 };
}

/* ---- persons ------------------------------------------------------------------------------ */

/* The keys of the groups that counted the current person: length, then bytes. */
static enum sluice_status note_groups(const struct fold_persons *p, struct buf *keys,
                                      struct sluice_error *err)
{
	keys->len = 0;
	for (uint32_t i = 0; i < p->n_counted; i++) {
		const struct group *g = p->counted[i];

		TRY(buf_add(keys, &g->key_len, sizeof(g->key_len), err));
		TRY(buf_add(keys, group_key(g), g->key_len, err));
	}
	return SLUICE_OK;
}

static enum sluice_status note_text(struct buf *to, const struct field *text,
                                    struct sluice_error *err)
{
	to->len = 0;
	return buf_add(to, text->text, text->len, err);
}

/* Another person than in the row before, in a column that is counted in order. */
static enum sluice_status change_person(struct fold_persons *p, struct field text,
                                        struct sluice_error *err)
{
	struct order_facts *facts = p->facts;

	if (!facts->any) {
		TRY(note_text(&facts->first, &text, err));
	} else {
		facts->orders &= person_orders(p->current.data, (uint32_t)p->current.len,
		                               text.text, text.len);
		if (facts->one)
			TRY(note_groups(p, &facts->first_groups, err));
	}
	facts->one = !facts->any;
	facts->any = true;
	p->n_counted = 0;
	return SLUICE_OK;
}

static enum sluice_status count_person(struct fold_persons *p, struct group *g, uint32_t word,
                                       struct sluice_error *err)
{
	g->words[word]++;
	if (p->n_counted == p->cap_counted) {
		const uint32_t cap = p->cap_counted ? 2 * p->cap_counted : 64;
		struct group **counted = realloc(p->counted, cap * sizeof(*counted));

		if (!counted)
			return fail_memory(err);
		p->counted = counted;
		p->cap_counted = cap;
	}
	p->counted[p->n_counted++] = g;
	return SLUICE_OK;
}

/* The row's person, if there is one, is the current one from now on. */
static enum sluice_status meet_person(struct fold *f, uint32_t k, const struct batch *b,
                                      uint32_t row, bool *missing, struct sluice_error *err)
{
	const struct group_persons *column = &f->spec->persons[k];
	struct fold_persons *p = &f->persons[k];
	bool ok;
	const struct field text = batch_unquote(batch_field(b, row, column->col), &f->tmp, &ok);

	*missing = false;
	if (!ok)
		return fail_memory(err);
	if (p->any && text.len == p->current.len &&
	    !memcmp(text.text, p->current.data, text.len))
		return SLUICE_OK;
	*missing = dialect_missing(f->spec->dialect, text.text, text.len);
	if (*missing)
		return SLUICE_OK;
	if (text.len >= KEY_LIMIT)
		return fail_at(err, SLUICE_E_DATA, batch_line(b, row, column->col),
		               column->col + 1, "an identifier over 64 KiB (column '%s')",
		               column->name);
	if (f->kept >> k & 1)
		TRY(person_make(&f->pairs[k], text.text, text.len, &p->person, err));
	else
		TRY(change_person(p, text, err));
	p->any = true;
	p->stamp++;
	return note_text(&p->current, &text, err);
}

/* The row's contributor is the current one; a missing one is as if the identifier were empty. */
static enum sluice_status meet_contributor(struct fold *f, uint32_t k, const struct batch *b,
                                           uint32_t row, struct sluice_error *err)
{
	const struct group_persons *column = &f->spec->persons[k];
	struct fold_persons *p = &f->persons[k];
	bool ok;
	struct field text = batch_unquote(batch_field(b, row, column->col), &f->tmp, &ok);

	if (!ok)
		return fail_memory(err);
	if (dialect_missing(f->spec->dialect, text.text, text.len)) {
		f->missing[f->spec->n_values + k]++;
		text.len = 0;
	}
	if (p->any && text.len == p->current.len &&
	    !memcmp(text.text, p->current.data, text.len))
		return SLUICE_OK;
	if (text.len >= KEY_LIMIT - CONTRIBUTION_TAIL)
		return fail_at(err, SLUICE_E_DATA, batch_line(b, row, column->col),
		               column->col + 1, "an identifier over 64 KiB (column '%s')",
		               column->name);
	p->any = true;
	p->first = f->pairs[k].n;
	return note_text(&p->current, &text, err);
}

/* What the row adds to a sum is its contributor's: a pair for each group and stretch of rows. */
static enum sluice_status fold_contributor(struct fold *f, uint32_t k, const struct batch *b,
                                           uint32_t row, struct group **groups,
                                           struct sluice_error *err)
{
	const struct fold_persons *p = &f->persons[k];
	struct pairs *pairs = &f->pairs[k];
	uint64_t value;
	bool there;

	TRY(sums_value(f, f->spec->persons[k].value, b, row, &value, &there, err));
	TRY(meet_contributor(f, k, b, row, err));
	if (!there)
		return SLUICE_OK;
	for (uint32_t t = 0; t <= f->spec->n_totals; t++) {
		uint64_t *stamp = &groups[t]->words[f->spec->n_words + k];

		if (*stamp <= p->first) { /* 1 + a pair's place: an earlier stretch's */
			TRY(contribution_begin(pairs, groups[t], p->current.data,
			                       (uint32_t)p->current.len, &f->tmp, err));
			*stamp = pairs->n;
		}
		contribution_more(pairs, *stamp - 1, value);
	}
	return SLUICE_OK;
}

static enum sluice_status fold_persons(struct fold *f, const struct batch *b, uint32_t row,
                                       struct group **groups, struct sluice_error *err)
{
	for (uint32_t k = 0; k < f->spec->n_persons; k++) {
		struct fold_persons *p = &f->persons[k];
		bool missing;

		if (f->spec->persons[k].dominance) {
			TRY(fold_contributor(f, k, b, row, groups, err));
			continue;
		}
		TRY(meet_person(f, k, b, row, &missing, err));
		if (missing) {
			f->missing[f->spec->n_values + k]++;
			continue;
		}
		for (uint32_t t = 0; t <= f->spec->n_totals; t++) {
			uint64_t *stamp = &groups[t]->words[f->spec->n_words + k];

			if (*stamp == p->stamp)
				continue;
			*stamp = p->stamp;
			if (f->kept >> k & 1)
				TRY(pairs_add(&f->pairs[k], groups[t], p->person, err));
			else
				TRY(count_person(p, groups[t], f->spec->persons[k].word, err));
		}
	}
	return SLUICE_OK;
}

/* ---- rows ----------------------------------------------------------------------------------- */

void fold_begin(struct fold *f, struct order_facts *facts)
{
	const size_t n = (size_t)f->spec->n_values + f->spec->n_persons;

	memset(f->missing, 0, n * sizeof(*f->missing));
	for (uint32_t k = 0; k < f->spec->n_persons; k++) {
		struct fold_persons *p = &f->persons[k];

		p->any = false;
		p->n_counted = 0;
		p->facts = &facts[k];
		p->facts->orders = ORDER_BOTH;
		p->facts->any = p->facts->one = false;
		p->facts->first_groups.len = p->facts->last_groups.len = 0;
	}
}

/* The rows from.. whose groups are found: counted, added up, and their persons met. */
static enum sluice_status fold_found(struct fold *f, const struct batch *b, uint32_t from,
                                     uint32_t n, struct sluice_error *err)
{
	bool odd = f->spec->n_persons || f->spec->noise.word;

	for (uint32_t t = 0; t <= f->spec->n_totals; t++) {
		struct group **groups = f->finder.groups + t;

		for (uint32_t i = 0; i < n; i++) {
			struct group *g = groups[(size_t)f->finder.place[i] * f->finder.stride];

			g->words[0]++;
			f->words[i] = g->words;
		}
		odd |= sums_digits(f, b, from, n);
	}
	for (uint32_t i = 0; odd && i < n; i++) {
		const uint32_t row = batch_row(b, from + i);
		struct group **groups = finder_groups(&f->finder, i);

		if (f->odd[i])
			TRY(sums_others(f, b, row, groups, f->odd[i], err));
		if (f->spec->noise.word)
			TRY(cell_key_row(f, b, row, groups, err));
		if (f->spec->n_persons)
			TRY(fold_persons(f, b, row, groups, err));
	}
	return SLUICE_OK;
}

enum sluice_status fold_batch(struct fold *f, const struct batch *b, struct sluice_error *err)
{
	uint32_t found;

	for (uint32_t from = 0; from < b->n_rows; from += found) {
		TRY(finder_find(&f->finder, b, from, &found, err));
		TRY(fold_found(f, b, from, found, err));
	}
	return SLUICE_OK;
}

/* ---- the end of a chunk --------------------------------------------------------------------- */

static enum sluice_status end_order(struct fold_persons *p, struct sluice_error *err)
{
	struct order_facts *facts = p->facts;

	if (!facts->any)
		return SLUICE_OK;
	facts->last.len = 0;
	TRY(buf_add(&facts->last, p->current.data, p->current.len, err));
	if (facts->one)
		TRY(note_groups(p, &facts->first_groups, err));
	return note_groups(p, &facts->last_groups, err);
}

enum sluice_status fold_spill(struct fold *f, struct sluice_error *err)
{
	struct cursor cursor = { 0 };
	struct record_writer w = { 0 };
	struct merge m = { 0 };
	bool more = true;
	enum sluice_status status = cursor_of_table(&cursor, &f->table, f->pairs, f->kept, err);

	if (status == SLUICE_OK)
		status = merge_open(&m, f->spec, f->kept, &cursor, 1, err);
	if (status == SLUICE_OK)
		status = spill_begin_run(f->spill, f->spec->n_words, &w, err);
	while (status == SLUICE_OK && more)
		status = merge_next(&m, &w, &more, err);
	if (status == SLUICE_OK)
		status = spill_end_run(f->spill, &w, err);
	record_writer_free(&w);
	merge_close(&m);
	cursor_close(&cursor);
	group_table_empty(&f->table);
	finder_forget(&f->finder);
	for (uint32_t k = 0; k < f->spec->n_persons; k++)
		pairs_empty(&f->pairs[k]);
	return status;
}

enum sluice_status fold_end(struct fold *f, struct sluice_error *err)
{
	uint64_t bytes = group_table_bytes(&f->table);

	for (uint32_t k = 0; k < f->spec->n_persons; k++) {
		bytes += pairs_bytes(&f->pairs[k]);
		if (!(f->kept >> k & 1))
			TRY(end_order(&f->persons[k], err));
	}
	return bytes > f->budget ? fold_spill(f, err) : SLUICE_OK;
}

uint64_t fold_growth(const struct group_spec *spec, uint32_t n_cols)
{
	const uint64_t group = group_table_group_bytes(spec);
	const uint64_t pair = 4 * sizeof(struct pair); /* room to grow and to be sorted */
	uint64_t each = group + spec->n_persons * pair, texts = 0;

	for (uint64_t kept = group_always_kept(spec); kept; kept &= kept - 1) {
		each += 2 * (sizeof(uint32_t) + CONTRIBUTION_TAIL); /* beside an identifier */
		texts += 2;                                         /* for each group, too   */
	}
	return (1 + spec->n_totals) * (each / n_cols + texts + 1) + 1;
}

uint64_t fold_memory(const struct group_spec *spec)
{
	return sizeof(struct fold) + finder_bytes(spec);
}
