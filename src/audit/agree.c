#include "audit/agree.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define FEW_AGREE   3   /* numbers that agree by chance hardly ever are so many */
#define LARGE_AGREE 100 /* or so large                                          */

enum sluice_status table_read(struct audit_table *t, struct sluice_error *err)
{
	enum sluice_status status;
	char *name;

	if (t->sheet.name)
		return SLUICE_OK;
	if (t->too_large)
		return fail(err, SLUICE_E_DATA, "more text than an audit reads");
	status = sheet_read(&t->sheet, t->path, t->delimiter, err);
	t->too_large = t->sheet.too_large;
	if (t->too_large)
		status = SLUICE_E_DATA;
	name = status == SLUICE_OK ? strdup(t->name) : NULL;
	if (!name) {
		sheet_free(&t->sheet); /* what was read of it is not the table */
		return status == SLUICE_OK ? fail_memory(err) : status;
	}
	free(t->sheet.name);
	t->sheet.name = name;
	return SLUICE_OK;
}

/* ---- cells by what they count ----------------------------------------------------------- */

/* The cells of tables that were found to agree: a hash of what is counted, and the text. */
struct seen_cell {
	uint64_t key; /* 0 = empty */
	const char *text;
};

struct seen {
	struct seen_cell *slots;
	size_t n, n_slots;
};

static struct seen_cell *seen_slot(const struct seen *s, uint64_t key)
{
	size_t at = (size_t)key & (s->n_slots - 1);

	while (s->slots[at].key && s->slots[at].key != key)
		at = (at + 1) & (s->n_slots - 1);
	return &s->slots[at];
}

static bool seen_add(struct seen *s, uint64_t key, const char *text)
{
	if (s->n * 2 >= s->n_slots) {
		struct seen more = { .n = s->n, .n_slots = s->n_slots ? s->n_slots * 2 : 256 };

		more.slots = calloc(more.n_slots, sizeof(*more.slots));
		if (!more.slots)
			return false;
		for (size_t i = 0; i < s->n_slots; i++)
			if (s->slots[i].key)
				*seen_slot(&more, s->slots[i].key) = s->slots[i];
		free(s->slots);
		*s = more;
	}
	s->n += !seen_slot(s, key)->key;
	*seen_slot(s, key) = (struct seen_cell){ key, text };
	return true;
}

static bool is_total(const struct declaration *d, const char *dimension, const char *code)
{
	const struct said_word *s;

	for (uint32_t at = 0; d && (s = declaration_next(d, "total", &at));)
		if (!strcmp(s->right, code) && (!s->left || !strcmp(s->left, dimension)))
			return true;
	return false;
}

static uint64_t hash_pair(const char *name, const char *code)
{
	return XXH3_64bits_withSeed(code, strlen(code), XXH3_64bits(name, strlen(name)));
}

/* A sum over names and codes doesn't depend on the order of columns. */
static uint64_t row_hash(const struct audit_table *t, uint32_t row)
{
	uint64_t sum = 0;

	for (uint32_t c = 0; c < t->n_columns; c++) {
		const char *name = header_name(&t->sheet.header, c);
		const char *code = sheet_text(&t->sheet, row, c);

		if (t->columns[c].role == ROLE_DIMENSION && !is_total(t->said, name, code))
			sum += hash_pair(name, code);
	}
	return sum;
}

struct compared {
	uint32_t same, differ;
	bool large;
};

typedef bool (*cell_fn)(void *ctx, uint64_t key, const char *text);

/* Until 'fn' has had enough. */
static void each_cell(const struct audit_table *t, cell_fn fn, void *ctx)
{
	for (uint32_t row = 0; row < t->sheet.n_rows; row++) {
		const uint64_t sum = row_hash(t, row);

		for (uint32_t c = 0; c < t->n_columns; c++) {
			const char *name = header_name(&t->sheet.header, c);

			if (t->columns[c].role == ROLE_MEASURE &&
			    !fn(ctx, (sum ^ hash_pair("", name)) | 1,
			        sheet_text(&t->sheet, row, c)))
				return;
		}
	}
}

struct comparing {
	struct seen *seen;
	struct compared c;
	bool failed;
};

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

static bool compare_cell(void *ctx, uint64_t key, const char *text)
{
	struct comparing *c = ctx;
	const char *other = c->seen->n_slots ? seen_slot(c->seen, key)->text : NULL;

	if (!other || !is_number(text) || !is_number(other) || !strcmp(text, "0"))
		return true;
	if (strcmp(text, other) != 0) {
		c->c.differ++;
		return false;
	}
	c->c.same++;
	c->c.large = c->c.large || strtoll(text, NULL, 10) >= LARGE_AGREE;
	return true;
}

static bool add_cell(void *ctx, uint64_t key, const char *text)
{
	struct comparing *c = ctx;

	c->failed = c->failed || !seen_add(c->seen, key, text);
	return !c->failed;
}

/* ---- tables ------------------------------------------------------------------------------- */

/* Only tables with totals have cells in common that say something. */
static enum sluice_status is_candidate(struct audit_table *t, bool *is,
                                       struct sluice_error *err)
{
	struct sluice_error why = { 0 };
	enum sluice_status status;

	*is = false;
	if (t->people || !t->said || !declaration_has(t->said, "total"))
		return SLUICE_OK;
	status = table_read(t, &why);
	*is = status == SLUICE_OK && t->sheet.header.n_cols == t->n_columns;
	if (status != SLUICE_E_IO && status != SLUICE_E_MEMORY)
		return SLUICE_OK;
	if (err)
		*err = why; /* it would be taken for one that is alone */
	return status;
}

static enum sluice_status join(struct audit_table *tables, uint32_t i, struct seen *seen,
                               uint32_t *leader, struct sluice_error *err)
{
	struct comparing c = { .seen = NULL };

	for (uint32_t k = 0; k < i && leader[i] == i; k++) {
		if (!seen[k].n_slots)
			continue;
		c = (struct comparing){ .seen = &seen[k] };
		each_cell(&tables[i], compare_cell, &c);
		if (!c.c.differ && (c.c.same >= FEW_AGREE || c.c.large))
			leader[i] = k;
	}
	c = (struct comparing){ .seen = &seen[leader[i]] };
	each_cell(&tables[i], add_cell, &c);
	return c.failed ? fail_memory(err) : SLUICE_OK;
}

/* Those that say the same belong together; the others are alone for now. */
static enum sluice_status group_people(const struct audit_table *tables, uint32_t n,
                                       uint32_t *leader, struct sluice_error *err)
{
	uint32_t *first = malloc(((size_t)n + 1) * sizeof(*first)), id; /* by name */
	enum sluice_status status = first ? SLUICE_OK : fail_memory(err);
	struct names names = { 0 };

	for (uint32_t i = 0; status == SLUICE_OK && i < n; i++) {
		const uint32_t before = names.n;

		leader[i] = i;
		if (!tables[i].people)
			continue;
		status = names_add(&names, tables[i].people, &id, err);
		if (status == SLUICE_OK && names.n > before)
			first[id] = i;
		if (status == SLUICE_OK)
			leader[i] = first[id];
	}
	names_free(&names);
	free(first);
	return status;
}

enum sluice_status tables_agree(struct audit_table *tables, uint32_t n, uint32_t *leader,
                                struct sluice_error *err)
{
	struct seen *seen = calloc((size_t)n + 1, sizeof(*seen));
	enum sluice_status status = seen ? SLUICE_OK : fail_memory(err);

	if (status == SLUICE_OK)
		status = group_people(tables, n, leader, err);
	for (uint32_t i = 0; status == SLUICE_OK && i < n; i++) {
		bool is;

		status = is_candidate(&tables[i], &is, err);
		if (status == SLUICE_OK && is)
			status = join(tables, i, seen, leader, err);
	}
	for (uint32_t i = 0; seen && i < n; i++)
		free(seen[i].slots);
	free(seen);
	return status;
}
