/*
 * population.c - whom each of several tables counts: the same people, one group of them, or others
 *
 * A condition of 'where' that is one code of a dimension makes the table's cells those of that
 * code.  On an ungrouped table's own dimension it only chooses among its rows.  Any other makes another population, with
 * cells of its own; so does what the plan says.
 */
#include "protect/decide.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct people {
	struct decision *d;
	uint32_t table;
	struct sluice_error *err;
};

static const struct output *said(const struct people *p)
{
	return p->d->tables[p->table].said;
}

/* The table's own dimension of that name, else CELL_NONE. */
static uint32_t own_dimension(const struct decision *d, uint32_t table, const char *name)
{
	const struct sheet *s = &d->in.sheets[table];

	for (uint32_t c = 0; c < s->header.n_cols; c++)
		if (d->in.about[table].roles[c].role == ROLE_DIMENSION &&
		    !strcmp(header_name(&s->header, c), name))
			return c;
	return CELL_NONE;
}

/* Whether another table has rows of that code. */
static bool is_code(const struct decision *d, const char *dimension, const char *code)
{
	for (uint32_t i = 0; i < d->n_tables; i++) {
		const uint32_t col = own_dimension(d, i, dimension);

		for (uint32_t row = 0; col != CELL_NONE && row < d->in.sheets[i].n_rows; row++)
			if (!strcmp(sheet_text(&d->in.sheets[i], row, col), code))
				return true;
	}
	return false;
}

/* Rows are chosen, or groups, but none of them counts fewer people for it. */
static bool only_chooses(const struct people *p, const char *name)
{
	if (own_dimension(p->d, p->table, name) == CELL_NONE)
		return false;
	return !said(p)->group.n_by || (!said(p)->group.n_totals && !said(p)->group.n_bandings);
}

/* True: the condition is one code of a dimension, which is noted. */
static enum sluice_status take_code(const struct people *p, const struct condition *c,
                                    const char *name, bool *taken)
{
	struct sheet_about *about = &p->d->in.about[p->table];
	const uint32_t dimension = input_dimension(&p->d->in, name);

	*taken = false;
	if (dimension == CELL_NONE || c->negated || c->n_values != 1 ||
	    own_dimension(p->d, p->table, name) != CELL_NONE ||
	    !is_code(p->d, name, c->values[0]))
		return SLUICE_OK;
	*taken = true;
	return input_code(&p->d->in, dimension, c->values[0], &about->fixed[dimension], p->err);
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* "sex\1F\1M": one text for one condition, in whatever order its values were said. */
static char *condition_text(const struct condition *c)
{
	char **values = malloc((c->n_values + 1) * sizeof(*values));
	struct buf b = { 0 };
	bool ok = values;

	if (ok)
		memcpy(values, c->values, c->n_values * sizeof(*values));
	if (ok)
		qsort(values, c->n_values, sizeof(*values), by_text);
	ok = ok && !buf_addf(&b, NULL, "%s%u%s", c->negated ? "!" : "", c->column.position,
	                     c->column.text ? c->column.text : "");
	for (size_t i = 0; ok && i < c->n_values; i++)
		ok = !buf_addf(&b, NULL, "\1%s", values[i]);
	free(values);
	if (!ok)
		buf_free(&b);
	return (char *)b.data;
}

/* The conditions that make another population, as its name. */
static enum sluice_status tag(const struct people *p, struct buf *name)
{
	const struct output *o = said(p);
	char **texts = calloc(o->n_where + 1, sizeof(*texts));
	enum sluice_status status = texts ? SLUICE_OK : fail_memory(p->err);
	size_t n = 0;

	for (size_t i = 0; status == SLUICE_OK && i < o->n_where; i++) {
		const struct condition *c = &o->where[i];
		const char *column = c->column.kind == SELECT_NAME ? c->column.text : "";
		bool taken = only_chooses(p, column);

		if (!taken)
			status = take_code(p, c, column, &taken);
		if (status == SLUICE_OK && !taken && !(texts[n++] = condition_text(c)))
			status = fail_memory(p->err);
	}
	if (texts && status == SLUICE_OK)
		qsort(texts, n, sizeof(*texts), by_text);
	for (size_t i = 0; status == SLUICE_OK && i < n; i++)
		status = buf_addf(name, p->err, "\2%s", texts[i]);
	for (size_t i = 0; texts && i < n; i++)
		free(texts[i]);
	free(texts);
	return status;
}

/* The name as it was said, with {stem} for the name of the table's file without .csv or .csv.gz. */
static enum sluice_status fill_name(const char *said, const char *path, struct buf *name,
                                    struct sluice_error *err)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *stem;
	size_t len = strlen(base);

	if (len > 3 && !strcasecmp(base + len - 3, ".gz"))
		len -= 3;
	if (len > 4 && !strncasecmp(base + len - 4, ".csv", 4))
		len -= 4;
	for (; (stem = strstr(said, "{stem}")); said = stem + strlen("{stem}")) {
		TRY(buf_add(name, said, (size_t)(stem - said), err));
		TRY(buf_add(name, base, len, err));
	}
	return buf_add(name, said, strlen(said), err);
}

enum sluice_status decide_populations(struct decision *d, struct sluice_error *err)
{
	for (uint32_t i = 0; i < d->n_tables; i++) {
		const struct people p = { d, i, err };
		const char *declared = said(&p)->protect.population;
		struct buf name = { 0 };
		enum sluice_status status = tag(&p, &name);

		if (status == SLUICE_OK && declared) {
			name.len = 0;
			status = fill_name(declared, d->in.sheets[i].name, &name, err);
		}
		if (status == SLUICE_OK)
			status = buf_add(&name, "", 1, err);
		if (status == SLUICE_OK)
			status = names_add(&d->in.cells.populations, (char *)name.data,
			                   &d->in.about[i].population, err);
		buf_free(&name);
		TRY(status);
	}
	return SLUICE_OK;
}
