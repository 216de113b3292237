/*
 * tables.c - many tables: put together where they belong, attacked, and marked
 */
#include "audit/tables.h"

#include "audit/agree.h"
#include "audit/grid.h"
#include "audit/marks.h"

#include <stdlib.h>
#include <string.h>

/* What an effort allows.  Work is bounded by numbers, not by the clock, which is a last resort. */
static const struct limits {
	uint64_t cells, touched; /* that are shown; with all totals that they may be part of */
	uint64_t nodes;
	double seconds;
} limits[] = {
	[SLUICE_AUDIT_FAST] = { 20000, 400000, 2000, 10 },
	[SLUICE_AUDIT_FULL] = { 2000000, 8000000, 50000, 300 },
};

/* ---- one group --------------------------------------------------------------------------- */

static enum sluice_status copy_said(struct declaration *to, const struct declaration *from,
                                    struct sluice_error *err)
{
	for (uint32_t i = 0; from && i < from->n_said; i++)
		TRY(declaration_say(to, from->said[i].word->name, from->said[i].left,
		                    from->said[i].right, err));
	return SLUICE_OK;
}

/* The largest threshold: what is no more is a small count, wherever it is worked out. */
static void take_threshold(struct settings *s, const struct audit_table *t)
{
	for (uint32_t c = 0; c < t->n_columns; c++)
		if (t->columns[c].settings && t->columns[c].settings->threshold > s->threshold)
			s->threshold = t->columns[c].settings->threshold;
}

static enum sluice_status set_up(const struct group_of *g, struct sluice_audit *a, bool loose,
                                 struct sluice_error *err)
{
	for (uint32_t i = 0; i < g->n; i++) {
		struct audit_table *t = &g->tables[g->members[i]];

		TRY(copy_said(&a->in.said, t->said, err));
		TRY(input_sheet_take(&a->in, &t->sheet, "", t->columns, err));
	}
	declaration_finish(&a->in.said);
	for (uint32_t i = 0; i < g->n; i++)
		take_threshold(&a->in.said.settings, &g->tables[g->members[i]]);
	a->in.loose = loose;
	return SLUICE_OK;
}

static void take_sheets_back(const struct group_of *g, struct sluice_audit *a)
{
	for (uint32_t i = 0; i < a->in.n_sheets; i++) {
		g->tables[g->members[i]].sheet = a->in.sheets[i];
		a->in.sheets[i] = (struct sheet){ 0 };
	}
}

/* The member that an error names, or the group's size. */
static uint32_t blamed(const struct group_of *g, const struct sluice_error *why)
{
	struct sluice_error shown = { 0 };
	uint32_t i = 0;

	for (; i < g->n; i++) {
		shown.source[0] = 0;
		fail_source(&shown, g->tables[g->members[i]].name);
		if (!strcmp(shown.source, why->source))
			break;
	}
	return i;
}

static void leave_out(struct group_of *g, uint32_t i)
{
	sheet_free(&g->tables[g->members[i]].sheet);
	memmove(g->members + i, g->members + i + 1, (g->n - i - 1) * sizeof(*g->members));
	g->n--;
}

static bool has_earlier(const struct group_of *g)
{
	bool any = false;

	for (uint32_t i = 0; i < g->n; i++)
		any = any || g->tables[g->members[i]].earlier;
	return any;
}

static void drop_earlier(struct group_of *g)
{
	for (uint32_t i = g->n; i-- > 0;)
		if (g->tables[g->members[i]].earlier)
			leave_out(g, i);
}

/* It failed: which of the tables is not to be had, and is there anything left? */
static enum sluice_status settle_failure(struct group_of *g, const struct sluice_audit *a,
                                         const struct sluice_error *why, bool conflict,
                                         struct sluice_error *err)
{
	const uint32_t i = blamed(g, why);

	if (why->status == SLUICE_E_MEMORY && a->in.cells.n < CELLS_LIMIT)
		return fail_memory(err);
	if (why->status == SLUICE_E_PLAN || why->status == SLUICE_E_IO ||
	    (why->source[0] && i == g->n)) { /* of what was said, not of a table */
		if (err)
			*err = *why;
		return why->status;
	}
	if (why->status == SLUICE_E_MEMORY || (i == g->n && !has_earlier(g))) {
		TRY(mark_all(g, why->status == SLUICE_E_MEMORY ? MARK_BEYOND : MARK_CONFLICT,
		             err));
		g->n = 0;
		return SLUICE_OK;
	}
	if (has_earlier(g)) { /* perhaps they count other people */
		drop_earlier(g);
		return mark_all(g, MARK_EARLIER, err);
	}
	if (conflict && g->n > 1) { /* which of them is wrong, nobody can tell */
		TRY(mark_all(g, MARK_CONFLICT, err));
		g->n = 0;
		return SLUICE_OK;
	}
	TRY(mark_add(&g->tables[g->members[i]], conflict ? MARK_CONFLICT : MARK_UNREAD,
	             CELL_NONE, why->line, 1, err));
	leave_out(g, i);
	return SLUICE_OK;
}

/* A table that will be refused is not to be seen elsewhere. */
static bool is_to_blame(const struct audit_table *t)
{
	bool any = false;

	for (uint32_t i = 0; i < t->n_marks; i++)
		any = any || t->marks[i].kind < MARK_UNDECIDED;
	return any;
}

static enum sluice_status tell(const struct group_of *g, const struct sluice_audit *a,
                               struct sluice_error *err)
{
	TRY(marks_of(g, a, err));
	for (uint32_t i = 0; i < g->n; i++) {
		struct audit_table *t = &g->tables[g->members[i]];

		t->attacked = true;
		if (g->effort->html && !t->earlier)
			TRY(grid_piece(&t->html, a, i,
			               &(struct grid_options){ .shown = !is_to_blame(t) },
			               err));
	}
	return SLUICE_OK;
}

/* Attack what is left of the group; again where tokens may hide more than small counts. */
static enum sluice_status attack_group(struct group_of *g, struct sluice_error *err)
{
	const struct limits *l = &limits[g->effort->mode];
	const struct effort effort = { .width = 2, .seconds = l->seconds, .nodes = l->nodes };

	for (bool loose = false; g->n;) {
		struct sluice_error why = { 0 };
		struct sluice_audit *a;
		enum sluice_status status = sluice_audit_new(&a, err);
		bool failed = false;

		if (status == SLUICE_OK)
			status = set_up(g, a, loose, err);
		if (status == SLUICE_OK)
			failed = audit_work(a, &effort, &why) != SLUICE_OK;
		if (status == SLUICE_OK && !failed)
			status = tell(g, a, err);
		if (a)
			take_sheets_back(g, a);
		if (status == SLUICE_OK && failed && (loose || why.status != SLUICE_E_DATA))
			status = settle_failure(g, a, &why, a->attack.impossible, err);
		sluice_audit_free(a);
		if (status != SLUICE_OK || !failed)
			return status;
		loose = why.status == SLUICE_E_DATA && !loose;
	}
	return SLUICE_OK;
}

/* ---- which, and how much ------------------------------------------------------------------ */

static uint32_t count_role(const struct audit_table *t, enum role role)
{
	uint32_t n = 0;

	for (uint32_t c = 0; c < t->n_columns; c++)
		n += t->columns[c].role == role;
	return n;
}

/* Nothing ties the cells of one table together but what is said of it. */
static bool can_follow(const struct group_of *g)
{
	static const char *const ties[] = { "total",   "parents", "nested",
		                            "at-most", "percent", "ratio" };
	bool any = false, is_new = false;

	for (uint32_t i = 0; i < g->n; i++) {
		const struct audit_table *t = &g->tables[g->members[i]];

		is_new = is_new || !t->earlier;
		for (size_t k = 0; t->said && k < sizeof(ties) / sizeof(*ties); k++)
			any = any || declaration_has(t->said, ties[k]);
	}
	return is_new && (any || g->n > 1);
}

static enum sluice_status read_sheets(struct group_of *g, struct sluice_error *err)
{
	for (uint32_t i = 0; i < g->n;) {
		struct audit_table *t = &g->tables[g->members[i]];
		struct sluice_error why = { 0 };
		enum sluice_status status = SLUICE_OK;

		if (!t->sheet.name)
			status = table_read(t, &why);
		if (status == SLUICE_E_IO || status == SLUICE_E_MEMORY) {
			if (err)
				*err = why; /* nothing is known of it: nothing to go on without */
			return status;
		}
		if (status == SLUICE_OK && t->sheet.header.n_cols == t->n_columns &&
		    count_role(t, ROLE_MEASURE)) {
			i++;
			continue;
		}
		TRY(mark_add(t, t->too_large ? MARK_TOO_LARGE : MARK_UNREAD, CELL_NONE,
		             why.line, 1, err));
		leave_out(g, i);
	}
	return SLUICE_OK;
}

static bool is_beyond(const struct group_of *g)
{
	const struct limits *l = &limits[g->effort->mode];
	uint64_t cells = 0, touched = 0;

	for (uint32_t i = 0; i < g->n; i++) {
		const struct audit_table *t = &g->tables[g->members[i]];
		const uint64_t n = (uint64_t)t->sheet.n_rows * count_role(t, ROLE_MEASURE);
		const uint32_t dimensions = count_role(t, ROLE_DIMENSION);

		cells += n;
		touched += n << (dimensions < 20 ? dimensions : 20);
	}
	return cells > l->cells || touched > l->touched;
}

static enum sluice_status work_on(struct group_of *g, struct sluice_error *err)
{
	enum sluice_status status = SLUICE_OK;

	if (can_follow(g)) {
		status = read_sheets(g, err);
		if (status == SLUICE_OK && is_beyond(g))
			status = mark_all(g, MARK_BEYOND, err);
		else if (status == SLUICE_OK)
			status = attack_group(g, err);
	}
	for (uint32_t i = 0; i < g->n; i++)
		sheet_free(&g->tables[g->members[i]].sheet);
	return status;
}

enum sluice_status tables_attack(struct audit_table *tables, uint32_t n,
                                 const struct tables_effort *effort, struct sluice_error *err)
{
	uint32_t *leader, *members;
	enum sluice_status status;

	if (effort->mode == SLUICE_AUDIT_OFF || !n)
		return SLUICE_OK;
	leader = malloc(n * sizeof(*leader));
	members = malloc(n * sizeof(*members));
	status = leader && members ? tables_agree(tables, n, leader, err) : fail_memory(err);
	for (uint32_t i = 0; status == SLUICE_OK && i < n; i++) {
		struct group_of g = { tables, members, 0, effort };

		if (leader[i] != i)
			continue;
		for (uint32_t k = i; k < n; k++)
			if (leader[k] == i)
				members[g.n++] = k;
		status = work_on(&g, err);
	}
	free(leader);
	free(members);
	return status;
}

void audit_table_free(struct audit_table *t)
{
	sheet_free(&t->sheet);
	free(t->marks);
	buf_free(&t->html);
}
