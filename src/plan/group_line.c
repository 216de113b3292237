/*
 * group_line.c - which columns are read for a grouping, and which it makes
 */
#include "plan/group_line.h"

#include "csv/emit.h"
#include "plan/claim.h"
#include "plan/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct binding {
	struct group_line *g;
	const struct sluice_plan *plan;
	const struct grouping *said;
	const struct header *header;
	uint8_t delimiter;
	struct sluice_error *err;
};

/* ---- the grouped table's columns -------------------------------------------------------- */

static struct grouped_column *add_column(struct binding *b, enum grouped_kind kind, uint32_t at,
                                         const char *name)
{
	struct grouped_column *c = &b->g->spec.columns[b->g->spec.n_columns++];

	*c = (struct grouped_column){ .kind = kind, .at = at };
	printable(c->name, name, strlen(name));
	return c;
}

/* Append a name to the header. */
static enum sluice_status add_name(struct binding *b, const char *name)
{
	struct buf *head = &b->g->head;

	if (b->g->spec.n_columns > 1)
		TRY(buf_add(head, &b->delimiter, 1, b->err));
	return emit_field(head, name, strlen(name), b->delimiter, b->err);
}

/* ---- what is grouped by --------------------------------------------------------------------- */

static bool has_key(const struct group_spec *s, uint32_t col)
{
	for (uint32_t i = 0; i < s->n_keys; i++)
		if (s->keys[i].col == col)
			return true;
	return false;
}

static enum sluice_status add_key(struct binding *b, uint32_t col)
{
	struct group_spec *s = &b->g->spec;
	const char *name = header_name(b->header, col);
	struct group_key *k = &s->keys[s->n_keys];

	*k = (struct group_key){ .col = col };
	printable(k->name, name, b->header->columns[col].name_len);
	add_column(b, GROUPED_KEY, s->n_keys++, name);
	return add_name(b, name);
}

static enum sluice_status bind_keys(struct binding *b)
{
	for (size_t i = 0; i < b->said->n_by; i++) {
		const struct selector *by = &b->said->by[i];
		bool found = false;
		uint32_t none;

		for (uint32_t col = 0; col < b->header->n_cols; col++) {
			if (!selector_matches(by, b->header, col))
				continue;
			found = true;
			if (!has_key(&b->g->spec, col))
				TRY(add_key(b, col));
		}
		if (!found && !by->optional)
			TRY(claim_one(b->header, b->plan, by, "group", &none, b->err));
	}
	if (b->g->spec.n_keys)
		return SLUICE_OK;
	return plan_fail(b->plan, b->err, b->said->at, "no column is left to group by");
}

/* The key of the column that a selector means. */
static enum sluice_status find_key(struct binding *b, const struct selector *s,
                                   const char *what, struct group_key **key)
{
	struct group_spec *spec = &b->g->spec;
	uint32_t col = 0;

	TRY(claim_one(b->header, b->plan, s, what, &col, b->err));
	for (uint32_t i = 0; i < spec->n_keys; i++) {
		*key = &spec->keys[i];
		if ((*key)->col == col)
			return SLUICE_OK;
	}
	return plan_fail(b->plan, b->err, s->at, "'%s' is for columns that are grouped by",
	                 what);
}

static enum sluice_status bind_bins(struct binding *b)
{
	for (size_t i = 0; i < b->said->n_bandings; i++) {
		const struct banding *banding = &b->said->bandings[i];
		struct group_key *key = NULL;

		TRY(find_key(b, &banding->column, "bins", &key));
		if (key->bins)
			return plan_fail(b->plan, b->err, banding->at,
			                 "column '%s' has bins twice", key->name);
		key->bins = &banding->bins;
	}
	return SLUICE_OK;
}

/* Every choice of the columns that have totals, but none of them. */
static enum sluice_status bind_totals(struct binding *b)
{
	struct group_spec *s = &b->g->spec;
	uint64_t all = 0, *sets;
	uint32_t n;

	for (size_t i = 0; i < b->said->n_totals; i++) {
		const struct selector *totals = &b->said->totals[i];
		bool found = false;

		for (uint32_t k = 0; k < s->n_keys; k++) {
			if (!selector_matches(totals, b->header, s->keys[k].col))
				continue;
			found = s->keys[k].totals = true;
			all |= k < 64 ? UINT64_C(1) << k : 0;
		}
		if (!found && !totals->optional)
			return plan_fail(b->plan, b->err, totals->at,
			                 "'totals' is for columns that are grouped by");
	}
	if (!all)
		return SLUICE_OK;
	if (s->n_keys > 64 || __builtin_popcountll(all) > TOTALS_LIMIT)
		return plan_fail(b->plan, b->err, b->said->totals[0].at,
		                 "totals of at most %d columns, of 64 grouped by",
		                 TOTALS_LIMIT);
	sets = malloc((sizeof(*sets)) << TOTALS_LIMIT);
	if (!sets)
		return fail_memory(b->err);
	n = 0;
	for (uint64_t set = all; set; set = (set - 1) & all)
		sets[n++] = set;
	*(b->said->totals_raw ? &s->totals : &s->sums) = sets;
	*(b->said->totals_raw ? &s->n_totals : &s->n_sums) = n;
	return SLUICE_OK;
}

/* ---- what is made ---------------------------------------------------------------------------- */

static uint32_t add_word(struct group_spec *s, enum word_kind kind)
{
	s->words[s->n_words] = kind;
	return s->n_words++;
}

static enum sluice_status bind_persons(struct binding *b, const struct aggregate *a)
{
	struct group_spec *s = &b->g->spec;
	struct group_persons *p = &s->persons[s->n_persons++];
	struct grouped_column *c;

	TRY(claim_one(b->header, b->plan, &a->column, "persons", &p->col, b->err));
	printable(p->name, header_name(b->header, p->col), b->header->columns[p->col].name_len);
	p->word = add_word(s, WORD_COUNT);
	c = add_column(b, GROUPED_COUNT, p->word, a->name);
	c->persons = true;
	c->people = s->n_persons;
	return add_name(b, a->name);
}

/* Who contributes to the sum that column c is. */
static enum sluice_status bind_contributor(struct binding *b, const struct aggregate *a,
                                           struct grouped_column *c)
{
	struct group_spec *s = &b->g->spec;
	struct group_persons *p = &s->persons[s->n_persons++];

	TRY(claim_one(b->header, b->plan, &a->contributor, "contributor", &p->col, b->err));
	printable(p->name, header_name(b->header, p->col), b->header->columns[p->col].name_len);
	p->dominance = &a->dominance;
	p->value = s->n_values - 1;
	c->people = s->n_persons;
	return SLUICE_OK;
}

/* A second column of the same values would give back what the first hides. */
static enum sluice_status refuse_again(const struct binding *b)
{
	const struct group_spec *s = &b->g->spec;

	for (uint32_t k = 0; k < s->n_persons; k++) {
		const uint32_t value = s->persons[k].value;

		for (uint32_t i = 0; s->persons[k].dominance && i < s->n_values; i++)
			if (i != value && s->values[i].col == s->values[value].col)
				return plan_fail(
					b->plan, b->err, b->said->at,
					"column '%s' is added up with contributors, and "
					"once more: the other column would tell what is "
					"redacted in the first",
					s->values[i].name);
	}
	return SLUICE_OK;
}

static enum sluice_status bind_value(struct binding *b, const struct aggregate *a)
{
	const bool mean = a->kind == AGGREGATE_MEAN;
	struct group_spec *s = &b->g->spec;
	struct group_value *v = &s->values[s->n_values++];
	enum sluice_status status;
	struct buf name = { 0 };

	TRY(claim_one(b->header, b->plan, &a->column, mean ? "mean" : "sum", &v->col, b->err));
	printable(v->name, header_name(b->header, v->col), b->header->columns[v->col].name_len);
	v->decimal = mean;
	v->word = add_word(s, mean ? WORD_LOW : WORD_SUM);
	if (!mean) {
		struct grouped_column *c = add_column(b, GROUPED_COUNT, v->word, a->name);

		if (a->contributed)
			TRY(bind_contributor(b, a, c));
		return add_name(b, a->name);
	}
	add_word(s, WORD_HIGH);
	status = buf_addf(&name, b->err, "%s_n", a->name);
	if (status == SLUICE_OK) {
		add_column(b, GROUPED_COUNT, add_word(s, WORD_COUNT), (char *)name.data);
		status = add_name(b, (char *)name.data);
	}
	buf_free(&name);
	TRY(status);
	add_column(b, GROUPED_MEAN, v->word, a->name)->digits = a->digits;
	return add_name(b, a->name);
}

/* Rows that get noise have a word for the sum of their record keys. */
static enum sluice_status bind_perturb(struct binding *b)
{
	const struct perturbing *p = &b->said->perturb;
	struct group_noise *noise = &b->g->spec.noise;

	noise->wanted = p->table != NULL;
	if (!p->has_by && !p->has_record_key)
		return SLUICE_OK;
	TRY(claim_one(b->header, b->plan, p->has_by ? &p->by : &p->record_key, "perturb",
	              &noise->col, b->err));
	printable(noise->name, header_name(b->header, noise->col),
	          b->header->columns[noise->col].name_len);
	noise->word = add_word(&b->g->spec, WORD_COUNT);
	return SLUICE_OK;
}

static enum sluice_status bind_aggregates(struct binding *b)
{
	add_word(&b->g->spec, WORD_COUNT);
	TRY(bind_perturb(b));
	for (size_t i = 0; i < b->said->n_aggregates; i++) {
		const struct aggregate *a = &b->said->aggregates[i];

		switch (a->kind) {
		case AGGREGATE_ROWS:
			add_column(b, GROUPED_COUNT, 0, a->name);
			TRY(add_name(b, a->name));
			break;
		case AGGREGATE_PERSONS: TRY(bind_persons(b, a)); break;
		case AGGREGATE_SUM:
		case AGGREGATE_MEAN: TRY(bind_value(b, a)); break;
		}
	}
	if (b->g->spec.n_persons > 64)
		return plan_fail(b->plan, b->err, b->said->at, "at most 64 columns of persons");
	return refuse_again(b);
}

/* ---- the whole -------------------------------------------------------------------------------- */

static enum sluice_status bind_where(struct binding *b, const struct output *o)
{
	b->g->where = calloc(o->n_where + 1, sizeof(*b->g->where));
	if (!b->g->where)
		return fail_memory(b->err);
	for (size_t i = 0; i < o->n_where; i++)
		TRY(claim_where(b->header, b->plan, &o->where[i], &b->g->where[b->g->n_where++],
		                b->err));
	return SLUICE_OK;
}

static enum sluice_status make_room(struct binding *b)
{
	const size_t keys = b->header->n_cols, n = b->said->n_aggregates;
	struct group_spec *s = &b->g->spec;

	s->keys = calloc(keys, sizeof(*s->keys));
	s->values = calloc(n + 1, sizeof(*s->values));
	s->persons = calloc(n + 1, sizeof(*s->persons));
	s->words = calloc(3 * n + 2, sizeof(*s->words));
	s->columns = calloc(keys + 2 * n, sizeof(*s->columns));
	if (s->keys && s->values && s->persons && s->words && s->columns)
		return SLUICE_OK;
	return fail_memory(b->err);
}

enum sluice_status group_bind(struct group_line *g, const struct sluice_plan *plan,
                              const struct output *output, const struct header *header,
                              struct sluice_error *err)
{
	struct binding b = { g, plan, &output->group, header, output->dialect.delimiter, err };

	*g = (struct group_line){ .spec.dialect = &output->dialect };
	TRY(make_room(&b));
	TRY(bind_where(&b, output));
	TRY(bind_keys(&b));
	TRY(bind_bins(&b));
	TRY(bind_totals(&b));
	return bind_aggregates(&b);
}

void group_line_free(struct group_line *g)
{
	group_spec_free(&g->spec);
	free(g->where);
	buf_free(&g->head);
	*g = (struct group_line){ 0 };
}
