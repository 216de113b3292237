/*
 * derive.c - the steps that led to a cell's interval, in words
 */
#include "attack/words.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MAX 24
#define TERMS_MAX 16

/* ---- a step as a sum -------------------------------------------------------------------- */

/* den * unknown = constant + sum of factor * other, each at a bound. */
struct sum_of {
	wide *factors; /* by unknown; zero for those that are not in it */
	bool *listed;  /* by unknown: it is among the others            */
	uint32_t *others, n_others;
	wide constant, den;
};

static void add_factor(struct sum_of *s, uint32_t unknown, wide factor)
{
	if (!s->listed[unknown])
		s->others[s->n_others++] = unknown;
	s->listed[unknown] = true;
	s->factors[unknown] += factor;
}

/* Whether the row's lower end is the one that a step with that factor has used. */
static int64_t row_end(const struct row *r, bool upper, bool positive)
{
	return (positive == upper) ? r->hi : r->lo;
}

static void sum_row(struct sum_of *s, const struct model *m, const struct step *step)
{
	const struct row *r = &m->rows[step->of];
	wide own = 0;

	for (uint32_t t = 0; t < r->n; t++)
		if (m->terms[r->first + t].unknown == step->unknown)
			own = m->terms[r->first + t].factor;
	for (uint32_t t = 0; t < r->n; t++)
		if (m->terms[r->first + t].unknown != step->unknown)
			add_factor(s, m->terms[r->first + t].unknown,
			           own > 0 ? -m->terms[r->first + t].factor
			                   : m->terms[r->first + t].factor);
	s->den = own > 0 ? own : -own;
	s->constant = (wide)row_end(r, step->upper, own > 0) * (own > 0 ? 1 : -1);
}

static void sum_sum(struct sum_of *s, const struct domain *d, const struct step *step)
{
	const struct sum *sum = &d->sums[step->of];

	s->den = sum->den;
	for (uint32_t i = 0; i < sum->n; i++) {
		const struct sum_term *t = &d->sum_terms[sum->first + i];
		const struct row *r = &d->model->rows[t->row];

		s->constant += (wide)t->factor * row_end(r, step->upper, t->factor > 0);
		for (uint32_t k = 0; k < r->n; k++)
			add_factor(s, d->model->terms[r->first + k].unknown,
			           -(wide)t->factor * d->model->terms[r->first + k].factor);
	}
	add_factor(s, step->unknown, sum->den);
}

/* The bound as it was before a step, and the step that had set it. */
static int64_t bound_before(const struct domain *d, uint32_t unknown, bool upper, uint32_t step,
                            uint32_t *why)
{
	*why = upper ? d->why_hi[unknown] : d->why_lo[unknown];
	while (*why != STEP_NONE && *why >= step)
		*why = d->steps[*why].prev;
	if (*why != STEP_NONE)
		return d->steps[*why].value;
	return upper ? d->model->unknowns[unknown].hi : d->model->unknowns[unknown].lo;
}

/* ---- the derivation ----------------------------------------------------------------------- */

struct telling {
	const struct words *w;
	struct buf *out;
	struct sluice_error *err;
	struct sum_of sum;
	bool *needed;             /* by step            */
	uint32_t *steps, n_steps; /* those that are     */
	uint32_t cap_steps;
};

static void make_sum(struct telling *t, const struct step *s)
{
	const struct domain *d = &t->w->attack->d;

	while (t->sum.n_others) {
		const uint32_t u = t->sum.others[--t->sum.n_others];

		t->sum.factors[u] = 0;
		t->sum.listed[u] = false;
	}
	t->sum.constant = 0;
	if (s->reason == REASON_ROW)
		sum_row(&t->sum, d->model, s);
	else
		sum_sum(&t->sum, d, s);
}

static bool need(struct telling *t, uint32_t step)
{
	if (step == STEP_NONE || t->needed[step])
		return true;
	if (!array_grow((void **)&t->steps, &t->cap_steps, t->n_steps, sizeof(*t->steps)))
		return false;
	t->needed[step] = true;
	t->steps[t->n_steps++] = step;
	return true;
}

/* What the step rests on. */
static bool need_below(struct telling *t, uint32_t step)
{
	const struct domain *d = &t->w->attack->d;
	const struct step *s = &d->steps[step];
	bool fits = true;
	uint32_t why;

	if (s->reason == REASON_GAP)
		return need(t, s->prev);
	if (s->reason != REASON_ROW && s->reason != REASON_SUM)
		return true;
	make_sum(t, s);
	for (uint32_t k = 0; k < t->sum.n_others && fits; k++) {
		const uint32_t u = t->sum.others[k];

		if (!t->sum.factors[u])
			continue;
		bound_before(d, u, (t->sum.factors[u] > 0) == s->upper, step, &why);
		fits = need(t, why);
	}
	return fits;
}

static int compare_steps(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* All steps that the cell's bounds rest on, in the order in which they were made. */
static bool find_steps(struct telling *t, uint32_t cell)
{
	const struct domain *d = &t->w->attack->d;
	bool fits = need(t, d->why_lo[cell]) && need(t, d->why_hi[cell]);

	for (uint32_t i = 0; i < t->n_steps && fits; i++)
		fits = need_below(t, t->steps[i]);
	if (fits && t->n_steps)
		qsort(t->steps, t->n_steps, sizeof(*t->steps), compare_steps);
	return fits;
}

static enum sluice_status tell_factor(struct telling *t, wide factor)
{
	const wide f = factor < 0 ? -factor : factor;

	if (f == t->sum.den || t->sum.den >= 1 << 30 || !t->w->values)
		return SLUICE_OK;
	if (f % t->sum.den == 0)
		return buf_addf(t->out, t->err, "%lld x ", (long long)(f / t->sum.den));
	return buf_addf(t->out, t->err, "%lld/%lld x ", (long long)f, (long long)t->sum.den);
}

/* "- 57 (n of sex=M, t.csv:4)"; what is not exact says which end it is. */
static enum sluice_status tell_term(struct telling *t, uint32_t step, uint32_t u, bool first)
{
	const struct domain *d = &t->w->attack->d;
	const bool upper = (t->sum.factors[u] > 0) == d->steps[step].upper;
	const uint32_t subject = d->steps[step].unknown;
	uint32_t why;
	const int64_t v = bound_before(d, u, upper, step, &why);
	const int64_t other = bound_before(d, u, !upper, step, &why);

	TRY(buf_addf(t->out, t->err, "%s",
	             t->sum.factors[u] < 0 ? (first ? "- " : " - ") : (first ? "" : " + ")));
	TRY(tell_factor(t, t->sum.factors[u]));
	TRY(words_number(t->w, v, t->out, t->err));
	TRY(buf_addf(t->out, t->err, " (%s",
	             v == other ? ""
	             : upper    ? "at most: "
	                        : "at least: "));
	if (cell_key(&t->w->in->cells, u)[1] == cell_key(&t->w->in->cells, subject)[1])
		TRY(words_codes(t->w, u, t->out, t->err));
	else
		TRY(words_cell(t->w, u, t->out, t->err));
	if (t->w->in->cells.cells[u].place != CELL_NONE) {
		TRY(buf_addf(t->out, t->err, ", "));
		TRY(words_place(t->w, u, t->out, t->err));
	}
	return buf_addf(t->out, t->err, ")");
}

/* Totals first, then what is taken off; zeros that are known say nothing. */
static enum sluice_status tell_sum(struct telling *t, uint32_t step)
{
	const struct domain *d = &t->w->attack->d;
	uint32_t n = 0, zeros = 0, more = 0;

	for (int sign = 1; sign >= -1; sign -= 2)
		for (uint32_t k = 0; k < t->sum.n_others; k++) {
			const uint32_t u = t->sum.others[k];
			uint32_t why;

			if (!t->sum.factors[u] || (t->sum.factors[u] > 0) != (sign > 0))
				continue;
			if (!bound_before(d, u, (t->sum.factors[u] > 0) == d->steps[step].upper,
			                  step, &why))
				zeros++;
			else if (n >= TERMS_MAX)
				more++;
			else
				TRY(tell_term(t, step, u, !n++));
		}
	if (t->sum.constant && t->w->values)
		TRY(buf_addf(t->out, t->err, " + %lld",
		             (long long)(t->sum.constant / t->sum.den)));
	if (more)
		TRY(buf_addf(t->out, t->err, " and %u more", more));
	if (!n && zeros)
		return buf_addf(t->out, t->err, "%u that can be 0", zeros);
	return SLUICE_OK;
}

static bool is_exact(const struct telling *t, uint32_t step)
{
	const struct domain *d = &t->w->attack->d;

	for (uint32_t k = 0; k < t->sum.n_others; k++) {
		const uint32_t u = t->sum.others[k];
		uint32_t why;

		if (t->sum.factors[u] && bound_before(d, u, true, step, &why) !=
		                                 bound_before(d, u, false, step, &why))
			return false;
	}
	return true;
}

/* An exact value was told by the step that found its other bound: one line is enough. */
static bool is_told(struct telling *t, uint32_t n)
{
	const struct domain *d = &t->w->attack->d;
	const struct step *s = &d->steps[t->steps[n]];

	while (n-- > 0) {
		const struct step *e = &d->steps[t->steps[n]];

		if (e->unknown != s->unknown || e->upper == s->upper || e->value != s->value ||
		    (e->reason != REASON_ROW && e->reason != REASON_SUM))
			continue;
		if (e->reason == REASON_ROW && t->w->in->notes[e->of].kind != ROW_TOTAL)
			return false;
		make_sum(t, e);
		return is_exact(t, t->steps[n]);
	}
	return false;
}

/* What is printed as a fraction, and "no more than", say it better in words than as sums. */
static enum sluice_status tell_relation(struct telling *t, uint32_t step,
                                        const struct row_note *note)
{
	const struct audit_input *in = t->w->in;

	if (note->kind == ROW_PERCENT) {
		const struct sheet *s = &in->sheets[note->sheet];

		TRY(buf_addf(t->out, t->err, "by the fraction printed in line %llu",
		             (unsigned long long)s->lines[note->row]));
		if (in->n_sheets > 1) {
			TRY(buf_addf(t->out, t->err, " of "));
			TRY(words_text(t->out, s->name, t->err));
		}
		TRY(buf_addf(t->out, t->err, " with "));
	} else {
		TRY(buf_addf(t->out, t->err,
		             t->w->attack->d.steps[step].upper ? "no more than "
		                                               : "no less than "));
	}
	t->sum.den = 1 << 30; /* the factor is not told */
	return tell_term(t, step, t->sum.others[0], true);
}

static enum sluice_status tell_step(struct telling *t, uint32_t step, const char *indent)
{
	const struct step *s = &t->w->attack->d.steps[step];
	const bool is_sum = s->reason == REASON_ROW || s->reason == REASON_SUM;
	const bool is_total =
		is_sum && (s->reason != REASON_ROW || t->w->in->notes[s->of].kind == ROW_TOTAL);

	if (is_sum)
		make_sum(t, s);
	TRY(buf_addf(t->out, t->err, "%s", indent));
	TRY(words_cell(t->w, s->unknown, t->out, t->err));
	TRY(buf_addf(t->out, t->err, " is %s",
	             is_total && is_exact(t, step) ? ""
	             : s->upper                    ? "at most "
	                                           : "at least "));
	TRY(words_number(t->w, s->value, t->out, t->err));
	if (s->reason == REASON_ROW && t->w->in->notes[s->of].kind != ROW_TOTAL) {
		TRY(buf_addf(t->out, t->err, ": "));
		TRY(tell_relation(t, step, &t->w->in->notes[s->of]));
	} else if (is_sum) {
		TRY(buf_addf(t->out, t->err, ": "));
		TRY(tell_sum(t, step));
	} else if (s->reason == REASON_GAP) {
		TRY(buf_addf(t->out, t->err, ": what is redacted is not shown"));
	} else {
		TRY(buf_addf(t->out, t->err,
		             ": of all whole-number tables that fit, which were tried, none "
		             "has %s",
		             s->upper ? "more" : "less"));
	}
	return buf_addf(t->out, t->err, "\n");
}

enum sluice_status words_derivation(const struct words *w, uint32_t cell, const char *indent,
                                    struct buf *out, struct sluice_error *err)
{
	const struct domain *d = &w->attack->d;
	const size_t n = (size_t)d->model->n_unknowns + 1;
	struct telling t = { .w = w, .out = out, .err = err };
	enum sluice_status status = SLUICE_OK;
	uint32_t lines = 0, left = 0;

	t.needed = calloc((size_t)d->n_steps + 1, sizeof(*t.needed));
	t.sum.factors = calloc(n, sizeof(*t.sum.factors));
	t.sum.listed = calloc(n, sizeof(*t.sum.listed));
	t.sum.others = calloc(n, sizeof(*t.sum.others));
	if (!t.needed || !t.sum.factors || !t.sum.listed || !t.sum.others ||
	    !find_steps(&t, cell))
		status = fail_memory(err);
	for (uint32_t i = 0; i < t.n_steps && status == SLUICE_OK; i++) {
		if (is_told(&t, i))
			continue;
		if (lines < LINES_MAX)
			status = tell_step(&t, t.steps[i], indent);
		else
			left++;
		lines++;
	}
	if (status == SLUICE_OK && !lines) {
		status = buf_addf(out, err, "%sits own texts leave no more: ", indent);
		if (status == SLUICE_OK)
			status = words_place(w, cell, out, err);
		if (status == SLUICE_OK)
			status = buf_addf(out, err, "\n");
	}
	if (status == SLUICE_OK && left)
		status = buf_addf(out, err, "%sand %u steps more\n", indent, left);
	free(t.needed);
	free(t.steps);
	free(t.sum.factors);
	free(t.sum.listed);
	free(t.sum.others);
	return status;
}
