#include "audit/audit.h"

#include "attack/words.h"

#include <stdlib.h>
#include <string.h>

enum sluice_status sluice_audit_new(struct sluice_audit **audit, struct sluice_error *err)
{
	*audit = calloc(1, sizeof(**audit));
	if (!*audit)
		return fail_memory(err);
	(*audit)->entry = (struct ledger_entry)LEDGER_NO_ENTRY;
	return SLUICE_OK;
}

enum sluice_status sluice_audit_say(struct sluice_audit *a, const char *word,
                                    const char *argument, struct sluice_error *err)
{
	return declaration_add(&a->in.said, word, argument, err);
}

enum sluice_status sluice_audit_declare(struct sluice_audit *a, const char *text, size_t len,
                                        const char *source, struct sluice_error *err)
{
	return declaration_parse(&a->in.said, text, len, source, err);
}

enum sluice_status sluice_audit_ready(struct sluice_audit *a, sluice_ready_fn ready, void *ctx,
                                      struct sluice_error *err)
{
	struct sluice_use *uses = calloc((size_t)a->in.said.n_said + 1, sizeof(*uses));
	const struct said_word *s;
	const char *version;
	size_t n = 0;
	int ret;

	if (!uses)
		return fail_memory(err);
	(void)lp_library(&version); /* there from now on */
	for (uint32_t at = 0; (s = declaration_next(&a->in.said, "parents", &at));)
		uses[n++] = (struct sluice_use){ SLUICE_READS, s->right };
	ret = ready(ctx, uses, n);
	free(uses);
	return ret ? fail(err, SLUICE_E_IO, "stopped before the first file was read")
	           : SLUICE_OK;
}

enum sluice_status sluice_audit_file(struct sluice_audit *a, const char *path,
                                     struct sluice_error *err)
{
	return input_file(&a->in, path, err);
}

/* ---- the run --------------------------------------------------------------------------- */

static enum sluice_status collect_hidden(struct audit_input *in, struct sluice_error *err)
{
	const struct said_word *s;

	in->hidden = malloc(((size_t)in->said.n_said + 1) * sizeof(*in->hidden));
	if (!in->hidden)
		return fail_memory(err);
	for (uint32_t at = 0; (s = declaration_next(&in->said, "hidden", &at));)
		in->hidden[in->n_hidden++] = s->right;
	for (uint32_t at = 0; (s = declaration_next(&in->said, "absent", &at));)
		in->unknown_absent = !strcmp(s->right, "unknown");
	return SLUICE_OK;
}

/* The first cell of a row that a file shows; the total itself comes first. */
static uint32_t shown_cell(const struct sluice_audit *a, uint32_t row)
{
	const struct model *m = &a->in.model;

	for (uint32_t t = 0; t < m->rows[row].n; t++) {
		const uint32_t cell = m->terms[m->rows[row].first + t].unknown;

		if (a->in.cells.cells[cell].place != CELL_NONE)
			return cell;
	}
	return CELL_NONE;
}

/* Nothing fits: where, without saying what is there. */
static enum sluice_status refuse_impossible(const struct sluice_audit *a,
                                            struct sluice_error *err)
{
	static const char hint[] =
		"the files contradict one another here: no counts fit what is "
		"shown (were they rounded or redacted by other rules? is a row "
		"left out: 'absent'? do the files count other people: "
		"'population'?)";
	const uint32_t at = a->attack.d.conflict;
	uint32_t cell = CELL_NONE;

	if (at < a->in.model.n_rows)
		cell = shown_cell(a, at);
	else if (at - a->in.model.n_rows < a->in.cells.n)
		cell = at - a->in.model.n_rows;
	if (cell == CELL_NONE || a->in.cells.cells[cell].place == CELL_NONE)
		return fail(err, SLUICE_E_DATA, "%s", hint);
	const struct place_at *p = &a->in.cells.places[a->in.cells.cells[cell].place];

	fail_at(err, SLUICE_E_DATA, a->in.sheets[p->sheet].lines[p->row], p->col + 1, "%s",
	        hint);
	fail_source(err, a->in.sheets[p->sheet].name);
	return SLUICE_E_DATA;
}

static int64_t small_limit(const struct sluice_audit *a)
{
	const int64_t t = a->in.said.settings.threshold;

	return t == NO_THRESHOLD ? BOUND_NONE : t;
}

bool audit_reports(const struct sluice_audit *a, uint32_t cell)
{
	const enum verdict v = attack_verdict(&a->attack, cell);

	if (!a->in.cells.cells[cell].wanted || v == VERDICT_SAFE || (a->past && a->past[cell]))
		return false;
	if (a->in.cells.cells[cell].place != CELL_NONE)
		return true;
	/* A cell that nobody shows: only a small count that is known gives people away. */
	return a->attack.d.lo[cell] >= 1 && a->attack.d.hi[cell] <= small_limit(a) &&
	       v != VERDICT_UNDECIDED;
}

bool audit_hides(const struct sluice_audit *a, uint32_t cell)
{
	return a->in.cells.cells[cell].place != CELL_NONE && a->in.cells.cells[cell].token;
}

/*
 * No part's text is taken off the whole: the others of an open dimension, say, of whom there are none,
 * or nothing but what follows of them and of a hidden whole.
 */
static bool takes_nothing(const struct sluice_audit *a, uint32_t whole, uint32_t part)
{
	return a->in.cells.cells[part].place == CELL_NONE &&
	       (audit_hides(a, whole) || !a->attack.d.hi[part]);
}

/* What is left of a whole when the parts that are shown are taken off. */
static enum sluice_status find_together(struct sluice_audit *a, struct sluice_error *err)
{
	const struct model *m = &a->in.model;
	const struct domain *d = &a->attack.d;

	for (uint32_t r = 0; r < m->n_rows && small_limit(a) < BOUND_NONE; r++) {
		const struct term *terms = &m->terms[m->rows[r].first];
		uint32_t n_hidden = 0;
		bool all = true;
		wide lo, hi;

		if (a->in.notes[r].kind != ROW_TOTAL || d->hi[terms[0].unknown] >= BOUND_NONE)
			continue;
		lo = d->lo[terms[0].unknown];
		hi = d->hi[terms[0].unknown];
		for (uint32_t t = 1; t < m->rows[r].n; t++) {
			if (audit_hides(a, terms[t].unknown)) {
				n_hidden++;
				continue;
			}
			lo -= d->hi[terms[t].unknown];
			hi -= d->lo[terms[t].unknown];
			all = all && takes_nothing(a, terms[0].unknown, terms[t].unknown);
		}
		/* All of it hidden: then the whole is a cell that is judged by itself. */
		if (n_hidden < 2 || all || lo < 1 || hi > small_limit(a))
			continue;
		if (!array_grow((void **)&a->together, &a->cap_together, a->n_together,
		                sizeof(*a->together)))
			return fail_memory(err);
		a->together[a->n_together++] =
			(struct together_finding){ r, (int64_t)lo, (int64_t)hi };
	}
	return SLUICE_OK;
}

static enum sluice_status find_groups(struct sluice_audit *a, struct sluice_error *err)
{
	const int64_t most = declaration_number(&a->in.said, "group", -1);
	const struct model *m = &a->in.model;
	const struct domain *d = &a->attack.d;

	for (uint32_t r = 0; r < m->n_rows && most >= 0; r++) {
		const struct term *terms = &m->terms[m->rows[r].first];
		wide all = 0;

		if (a->in.notes[r].kind != ROW_TOTAL || d->lo[terms[0].unknown] < 1)
			continue;
		for (uint32_t t = 1; t < m->rows[r].n; t++)
			all += d->hi[terms[t].unknown];
		for (uint32_t t = 1; t < m->rows[r].n; t++) {
			const uint32_t part = terms[t].unknown;
			const wide rest = all - d->hi[part];

			if (rest > most || d->lo[part] < 1 || m->rows[r].n < 3)
				continue;
			if (!array_grow((void **)&a->groups, &a->cap_groups, a->n_groups,
			                sizeof(*a->groups)))
				return fail_memory(err);
			a->groups[a->n_groups++] =
				(struct group_finding){ terms[0].unknown, part, (int64_t)rest };
		}
	}
	return SLUICE_OK;
}

static void count_verdicts(struct sluice_audit *a)
{
	const struct cells *c = &a->in.cells;

	for (uint32_t i = 0; i < c->n; i++) {
		a->counts.cells += c->cells[i].place != CELL_NONE;
		if (!c->cells[i].wanted)
			continue;
		if (a->past && a->past[i]) {
			a->counts.hidden += c->cells[i].place != CELL_NONE;
		} else if (c->cells[i].place != CELL_NONE) {
			a->counts.hidden++;
			a->counts.by_verdict[attack_verdict(&a->attack, i)]++;
		} else if (audit_reports(a, i)) {
			a->counts.by_verdict[attack_verdict(&a->attack, i)]++;
		}
	}
}

enum sluice_status audit_work(struct sluice_audit *a, const struct effort *effort,
                              struct sluice_error *err)
{
	enum sluice_status status;
	bool *wanted;

	TRY(collect_hidden(&a->in, err));
	TRY(input_columns(&a->in, err));
	TRY(input_families(&a->in, err));
	TRY(input_build(&a->in, err));
	TRY(audit_find_undeclared(a, err));
	wanted = calloc((size_t)a->in.cells.n + 1, sizeof(*wanted));
	if (!wanted)
		return fail_memory(err);
	for (uint32_t i = 0; i < a->in.cells.n; i++)
		wanted[i] = a->in.cells.cells[i].wanted;
	status = attack_run(&a->attack, &a->in.model, effort, wanted, err);
	free(wanted);
	TRY(status);
	if (a->attack.impossible)
		return refuse_impossible(a, err);
	TRY(find_groups(a, err));
	TRY(find_together(a, err));
	TRY(audit_drop_past(a, err));
	count_verdicts(a);
	return SLUICE_OK;
}

enum sluice_status sluice_audit_run(struct sluice_audit *a, struct sluice_error *err)
{
	const struct effort effort = {
		.width = declaration_number(&a->in.said, "width", 2),
		.intervals = declaration_has(&a->in.said, "intervals"),
		.seconds = (double)declaration_number(&a->in.said, "seconds", 60),
		.nodes = (uint64_t)declaration_number(&a->in.said, "nodes", 50000),
	};

	if (a->ran || !a->in.n_sheets)
		return fail(err, SLUICE_E_PLAN, "an audit runs once, on one file or more");
	a->ran = true;
	declaration_finish(&a->in.said);
	return audit_work(a, &effort, err);
}

bool audit_is_unread(const struct sluice_audit *a, uint32_t sheet)
{
	const struct column_role *roles = a->in.about[sheet].roles;

	for (uint32_t c = 0; roles && c < a->in.sheets[sheet].header.n_cols; c++)
		if (roles[c].role == ROLE_MEASURE || roles[c].role == ROLE_WIDE ||
		    roles[c].role == ROLE_FRACTION)
			return false;
	return sheet >= a->n_earlier && a->in.sheets[sheet].n_rows;
}

static bool any_unread(const struct sluice_audit *a)
{
	for (uint32_t i = 0; i < a->in.n_sheets; i++)
		if (audit_is_unread(a, i))
			return true;
	return false;
}

enum sluice_audit_verdict sluice_audit_verdict(const struct sluice_audit *a)
{
	if (a->counts.by_verdict[VERDICT_DISCLOSED] || a->counts.by_verdict[VERDICT_NARROW] ||
	    a->n_groups || a->n_together || a->in.n_bases)
		return SLUICE_AUDIT_DISCLOSES;
	return a->counts.by_verdict[VERDICT_UNDECIDED] || a->n_undeclared || a->in.n_differ ||
	                       any_unread(a)
	               ? SLUICE_AUDIT_REVIEW
	               : SLUICE_AUDIT_SAFE;
}

void sluice_audit_free(struct sluice_audit *a)
{
	if (!a)
		return;
	attack_free(&a->attack);
	input_free(&a->in);
	ledger_end(&a->entry);
	free(a->past);
	free(a->groups);
	free(a->together);
	free(a->undeclared);
	free(a);
}
