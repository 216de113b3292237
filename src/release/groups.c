#include "release/groups.h"

#include "plan/protecting.h"
#include "plan/setting.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_SHOWN 12

/* Those that mean something to the rule; a manifest that was read has no others. */
static bool same_settings(const struct report_column *a, const struct report_column *b)
{
	for (size_t i = 0; setting_at(i); i++)
		if ((a->takes & setting_at(i)->bit) &&
		    !setting_equal(setting_at(i), &a->settings, &b->settings))
			return false;
	return true;
}

static bool alike(const struct table *a, const struct table *b)
{
	const struct sluice_report *x = a->report, *y = b->report;

	if (a->which != b->which || x->n_columns != y->n_columns)
		return false;
	for (uint32_t i = 0; i < x->n_columns; i++) {
		const struct report_column *c = &x->columns[i], *d = &y->columns[i];

		if (strcmp(c->name, d->name) != 0 || strcmp(c->rule, d->rule) != 0 ||
		    c->out != d->out || c->takes != d->takes || !same_settings(c, d))
			return false;
	}
	return true;
}

static bool is_released(const struct table *t)
{
	return t->outcome == SLUICE_WRITTEN || t->outcome == SLUICE_UNCHANGED;
}

/* The pattern of the group's names: {stem} may be anything. */
static char *pattern_of(const struct table *t)
{
	struct text p = { 0 };

	for (const char *s = t->said->output; *s;) {
		const size_t plain = strcspn(s, "{");

		put_bytes(&p, s, plain);
		s += plain;
		if (!*s)
			break;
		put(&p, s[1] == 's' ? "*" : t->said->name);
		s += 6;
	}
	put_bytes(&p, "", 1);
	if (p.status != SLUICE_OK)
		buf_free(&p.b);
	return (char *)p.b.data;
}

static void add(struct group *g, const struct table *t)
{
	const struct tally cells = table_cells(t);

	g->tables[g->n++] = t;
	g->cells.cells += cells.cells;
	g->cells.redacted += cells.redacted;
	g->cells.rounded += cells.rounded;
	g->cells.missing += cells.missing;
	g->rows += t->report->rows_out;
}

static void find_wildcard(struct group *g, const struct release *r)
{
	char *pattern = g->n > 1 ? pattern_of(g->tables[0]) : NULL;
	size_t n = 0;

	for (size_t i = 0; pattern && i < r->n_tables; i++)
		n += !fnmatch(pattern, r->tables[i].output, FNM_PATHNAME);
	g->wildcard = pattern && n == g->n;
	free(pattern);
}

enum sluice_status groups_make(struct groups *g, const struct release *r)
{
	const struct table **members = calloc(r->n_tables + 1, sizeof(*members));
	bool *taken = calloc(r->n_tables + 1, sizeof(*taken));
	size_t used = 0;

	*g = (struct groups){ .group = calloc(r->n_tables + 1, sizeof(*g->group)) };
	g->members.data = (uint8_t *)members;
	for (size_t i = 0; g->group && members && taken && i < r->n_tables; i++) {
		struct group *group = &g->group[g->n];

		if (taken[i] || !is_released(&r->tables[i]))
			continue;
		group->tables = members + used;
		for (size_t k = i; k < r->n_tables; k++) {
			if (taken[k] || !is_released(&r->tables[k]) ||
			    !alike(&r->tables[i], &r->tables[k]))
				continue;
			taken[k] = true;
			add(group, &r->tables[k]);
		}
		used += group->n;
		find_wildcard(group, r);
		g->n++;
	}
	free(taken);
	return g->group && members && taken ? SLUICE_OK : SLUICE_E_MEMORY;
}

void groups_free(struct groups *g)
{
	free(g->group);
	buf_free(&g->members);
}

void group_files(struct text *t, const struct release *r, const struct group *g,
                 const char *open, const char *shut)
{
	char *pattern = g->wildcard ? pattern_of(g->tables[0]) : NULL;

	(void)r;
	if (pattern) {
		put_f(t, "%s%s%s", open, pattern, shut);
		free(pattern);
		return;
	}
	for (size_t i = 0; i < g->n; i++) {
		if (i == NAMES_SHOWN && g->n > NAMES_SHOWN + 1) {
			put_f(t, " and %zu more", g->n - i);
			return;
		}
		put_f(t, "%s%s%s%s", i ? ", " : "", open, g->tables[i]->output, shut);
	}
}

static void put_rounding(struct text *t, const struct settings *s)
{
	switch (s->rounding) {
	case ROUND_NEAREST: put_f(t, "rounded to the nearest %u", s->round_to); break;
	case ROUND_HALF_UP:
		put_f(t, "rounded to the nearest %u, halves up", s->round_to);
		break;
	case ROUND_MIDPOINT: put_f(t, "midpoint %u rounded", s->round_to); break;
	case ROUND_UP: put_f(t, "rounded up to a multiple of %u", s->round_to); break;
	case ROUND_DOWN: put_f(t, "rounded down to a multiple of %u", s->round_to); break;
	}
}

static bool redacts(const struct report_column *c)
{
	return (c->takes & SET_THRESHOLD) && c->settings.threshold != NO_THRESHOLD;
}

static bool rounds(const struct report_column *c)
{
	return (c->takes & SET_ROUND_TO) && c->settings.round_to > 1;
}

bool sum_contributed(const struct output *o, const char *name)
{
	for (size_t i = 0; i < o->group.n_aggregates; i++)
		if (o->group.aggregates[i].contributed &&
		    !strcmp(o->group.aggregates[i].name, name))
			return true;
	return false;
}

static void count_words(struct text *t, const struct output *o, const struct report_column *c)
{
	put(t, "count: ");
	if (protect_changes(&o->protect) && rounds(c)) {
		put_f(t, "replaced by the multiple of %u below or above, so that totals add up",
		      c->settings.round_to);
		return;
	}
	if (protect_changes(&o->protect)) {
		put_f(t, "those from 1 to %lld changed, so that totals add up",
		      (long long)c->settings.threshold);
		return;
	}
	if (redacts(c))
		put_f(t, "redacted up to %lld%s", (long long)c->settings.threshold,
		      c->settings.keep_zeros ? ", zeros kept" : "");
	if (sum_contributed(o, c->name))
		put_f(t, "%sredacted where few contributors have most of it",
		      redacts(c) ? "; " : "");
	if (o->group.perturb.table)
		put(t, redacts(c) ? ", then noise" : "noise");
	put(t, rounds(c) && (redacts(c) || o->group.perturb.table) ? ", then " : "");
	if (rounds(c))
		put_rounding(t, &c->settings);
}

void column_words(struct text *t, const struct output *o, const struct report_column *c)
{
	const bool counts = c->takes & (SET_THRESHOLD | SET_ROUND_TO);

	if (!strcmp(c->rule, "drop")) {
		put(t, "left out");
	} else if (!strcmp(c->rule, "ratio") || !strcmp(c->rule, "percent")) {
		put_f(t, "%s computed again from the released counts",
		      *c->rule == 'r' ? "ratio" : "percentage");
	} else if (!strcmp(c->rule, "blank")) {
		put(t, "redacted where its count is");
	} else if (!strcmp(c->rule, "keep")) {
		put(t, c->said ? "as it was" : "as it was (no rule names it)");
	} else if (redacts(c) || rounds(c) ||
	           (counts && (o->group.perturb.table || sum_contributed(o, c->name)))) {
		count_words(t, o, c);
	} else {
		put_f(t, "%s", c->rule);
	}
}

const char *column_note(const struct output *o, const char *name)
{
	for (size_t i = 0; i < o->describe.n_columns; i++)
		if (!strcmp(o->describe.columns[i].column, name))
			return o->describe.columns[i].text;
	return NULL;
}

const struct report_column *group_count(const struct group *g)
{
	const struct sluice_report *r = g->tables[0]->report;

	for (uint32_t i = 0; i < r->n_columns; i++)
		if (r->columns[i].out && (redacts(&r->columns[i]) || rounds(&r->columns[i])))
			return &r->columns[i];
	return NULL;
}
