/*
 * ratio.c - do shares equal what is released of their parts?
 *
 * The commonest reason for a refusal: counts were rounded, and the rate beside them was
 * computed from the raw ones, which it then tells.  Which columns a rate is made from is
 * known from a plan or from ehrQL's names, or is found out: a pair of counts whose quotient
 * is the rate, or lies as near to it in every row as rounding can explain.
 *
 * A rate may be printed with fewer digits than a double has; it equals the quotient if the
 * quotient would be printed so.
 */
#include "check/inquiry.h"

#include <stdlib.h>
#include <string.h>

#define TRIPLES_MAX 4096
#define NEAR        3.5L  /* how far rounding may take a count: half of 6, and a bit  */
#define TELLING     0.25L /* a row tells something if rounding explains less than this */

struct triple {
	uint32_t ratio, part[2];
	uint32_t scale; /* 0 = not known yet       */
	bool known;     /* by name or plan         */
	bool dead;      /* certainly something else */
	uint64_t rows, exact, near, telling, far;
	long double error;
	struct seen wrong;  /* not the quotient                    */
	struct seen stands; /* a number where a part is not shown  */
};

struct own {
	struct triple *triples;
	uint32_t n, n_parts;
	uint32_t n_known; /* they come first     */
	bool more;        /* there were too many */
};

/* ---- which columns ------------------------------------------------------------------------- */

static void add(struct inquiry *q, uint32_t ratio, uint32_t num, uint32_t den, uint32_t scale,
                bool known)
{
	struct own *o = state_own(q);
	struct triple *more;

	if (o->n == TRIPLES_MAX) {
		o->more = true;
		return;
	}
	if (!(o->n & (o->n - 1))) {
		more = realloc(o->triples, (o->n ? 2 * o->n : 1) * sizeof(*more));
		if (!more) {
			q->status = fail_memory(q->err);
			return;
		}
		o->triples = more;
	}
	o->triples[o->n++] = (struct triple){
		.ratio = ratio, .part = { num, den }, .scale = scale, .known = known
	};
	o->n_known += known;
	q->wanted[ratio] = q->wanted[num] = q->wanted[den] = 1;
	q->again = true;
}

static bool is_known(const struct own *o, uint32_t col)
{
	for (uint32_t i = 0; i < o->n; i++)
		if (o->triples[i].known && o->triples[i].ratio == col)
			return true;
	return false;
}

static void add_named(struct inquiry *q, const struct sluice_ratio *r)
{
	const int32_t ratio = header_find(q->header, r->ratio, strlen(r->ratio));
	const int32_t num = header_find(q->header, r->numerator, strlen(r->numerator));
	const int32_t den = header_find(q->header, r->denominator, strlen(r->denominator));

	if (ratio >= 0 && num >= 0 && den >= 0 && !is_known(state_own(q), (uint32_t)ratio))
		add(q, (uint32_t)ratio, (uint32_t)num, (uint32_t)den, r->scale, true);
}

/* Whether its name says that it is one. */
static bool is_named(const struct facts *f)
{
	return f->hint == HINT_RATIO || (f->hint == HINT_SHARE && f->decimal);
}

/* Whether a column may be a rate of counts that stand beside it. */
static bool may_be_ratio(const struct facts *f)
{
	if (f->negative || f->whole + f->decimal == 0)
		return false;
	return f->hint == HINT_RATIO || f->hint == HINT_SHARE ||
	       (f->decimal && f->hint != HINT_STATISTIC && f->hint != HINT_AGE);
}

static bool may_be_part(const struct facts *f)
{
	return f->whole && (f->counting != COUNTS_NO || f->hint == HINT_COUNT);
}

static void search(struct inquiry *q, uint32_t ratio)
{
	for (uint32_t num = 0; num < q->n_cols; num++) {
		if (num == ratio || !may_be_part(&q->facts[num]))
			continue;
		for (uint32_t den = 0; den < q->n_cols; den++)
			if (den != num && den != ratio && may_be_part(&q->facts[den]))
				add(q, ratio, num, den, 0, false);
	}
}

static void judge(struct inquiry *q)
{
	static const struct sluice_ratio ehrql = { "ratio", "numerator", "denominator", 1 };
	const struct sluice_check_options *o = &q->terms->o;
	struct own *own = state_own(q);

	if (!q->n_cols || !q->rows)
		return;
	for (size_t i = 0; i < o->n_ratios; i++)
		add_named(q, &o->ratios[i]);
	add_named(q, &ehrql);
	for (uint32_t col = 0; col < q->n_cols; col++)
		own->n_parts += may_be_part(&q->facts[col]);
	for (uint32_t col = 0; col < q->n_cols; col++) {
		if (may_be_ratio(&q->facts[col]) && !is_known(own, col) && !own->more)
			search(q, col);
	}
}

/* ---- row by row ---------------------------------------------------------------------------- */

/* Half a unit of the last printed digit, and what doubles lose on the way. */
static long double slack(const struct cell_view *r, long double quotient)
{
	static const long double units[] = { 0.5e0L,   0.5e-1L,  0.5e-2L,  0.5e-3L,  0.5e-4L,
		                             0.5e-5L,  0.5e-6L,  0.5e-7L,  0.5e-8L,  0.5e-9L,
		                             0.5e-10L, 0.5e-11L, 0.5e-12L, 0.5e-13L, 0.5e-14L,
		                             0.5e-15L, 0.5e-16L };
	const int32_t last = sizeof(units) / sizeof(*units) - 1;
	long double unit = units[r->printed < 0 ? 0 : r->printed > last ? last : r->printed];

	for (int32_t i = r->printed; i < 0 && i > -40; i++)
		unit *= 10;
	return unit * (1 + 1e-9L) + quotient * 1e-14L;
}

static bool within(long double a, long double b, long double by)
{
	return a - b <= by && b - a <= by;
}

/* The usual scale that makes the quotient come nearest to the rate. */
static uint32_t guess_scale(long double rate, long double quotient)
{
	static const uint32_t scales[] = { 1, 100, 1000, 10000, 100000, 1000000 };
	long double best = 0;
	uint32_t scale = 1;

	for (size_t i = 0; i < sizeof(scales) / sizeof(*scales); i++) {
		const long double a = quotient * scales[i] / rate;
		const long double off = a > 1 ? a : 1 / a;

		if (!i || off < best) {
			best = off;
			scale = scales[i];
		}
	}
	return scale;
}

static void compare(struct triple *t, const struct cell_view *rate, uint64_t n, uint64_t d,
                    uint64_t line)
{
	const long double r = cell_number(rate), num = (long double)n, den = (long double)d;
	const long double less = num > NEAR ? num - NEAR : 0;
	const long double few = den > NEAR + 0.5L ? den - NEAR : 0.5L;
	long double quotient = num / den, by, low, high;

	if (!t->scale && n && r > 0)
		t->scale = guess_scale(r, quotient);
	if (!t->scale)
		return; /* nothing says how often yet: 0 of 10 is 0 at any scale */
	quotient *= t->scale;
	by = slack(rate, quotient);
	low = t->scale * less / (den + NEAR);
	high = t->scale * (num + NEAR) / few;
	t->rows++;
	t->error += quotient > 0 ? (r > quotient ? r - quotient : quotient - r) / quotient : r;
	t->telling += high - low <= TELLING * quotient;
	if (within(r, quotient, by)) {
		t->exact++;
		return;
	}
	seen_add(&t->wrong, line);
	if (r + by >= low && r - by <= high)
		t->near++;
	else
		t->far++;
	t->dead = !t->known && t->far > 2 + t->rows / 20;
}

static bool is_hidden(const struct cell_view *c)
{
	return c->kind == CELL_MISSING || c->kind == CELL_REDACTED;
}

static void meet(struct triple *t, const struct cell_view *cells, uint64_t line)
{
	const struct cell_view *rate = &cells[t->ratio];
	const struct cell_view *num = &cells[t->part[0]], *den = &cells[t->part[1]];

	if ((rate->kind != CELL_WHOLE && rate->kind != CELL_DECIMAL) || !rate->exact)
		return;
	if (is_hidden(num) || is_hidden(den)) {
		seen_add(&t->stands, line);
		return;
	}
	if (num->kind != CELL_WHOLE || den->kind != CELL_WHOLE || num->negative ||
	    den->negative)
		return;
	if (den->whole && !rate->negative) {
		compare(t, rate, num->whole, den->whole, line);
	} else if (rate->mantissa) { /* of nobody, or below 0 */
		seen_add(&t->wrong, line);
		t->far++;
	}
}

/*
 * Whether meet() would find that the rate is the quotient, or no number; of a rate whose parts
 * are known nothing else matters.  It has 1e-14 of the quotient and half a unit of the last
 * digit to spare (slack()); what is so much nearer can't be called wrong by better arithmetic.
 */
static bool is_plainly_right(const struct triple *t, const struct glance *cells)
{
	static const double units[] = { 0.499e0,   0.499e-1,  0.499e-2,  0.499e-3,  0.499e-4,
		                        0.499e-5,  0.499e-6,  0.499e-7,  0.499e-8,  0.499e-9,
		                        0.499e-10, 0.499e-11, 0.499e-12, 0.499e-13, 0.499e-14,
		                        0.499e-15, 0.499e-16 };
	const uint32_t last = sizeof(units) / sizeof(*units) - 1;
	const struct glance *rate = &cells[t->ratio];
	const struct glance *num = &cells[t->part[0]], *den = &cells[t->part[1]];
	double quotient, off;

	if (rate->is != GLANCE_NUMBER)
		return rate->is == GLANCE_NONE;
	if (num->is != GLANCE_NUMBER || den->is != GLANCE_NUMBER || num->decimals ||
	    den->decimals || den->value <= 0 || !t->scale)
		return false;
	quotient = num->value * t->scale / den->value;
	off = rate->value > quotient ? rate->value - quotient : quotient - rate->value;
	return off <= quotient * 5e-15 + units[rate->decimals < last ? rate->decimals : last];
}

static bool skim(struct inquiry *q, const struct glance *cells)
{
	const struct own *o = state_own(q);

	if (o->n_known < o->n)
		return false;
	for (uint32_t i = 0; i < o->n; i++)
		if (!is_plainly_right(&o->triples[i], cells))
			return false;
	return true;
}

static void again(struct inquiry *q, const struct cell_view *cells, uint64_t line)
{
	struct own *o = state_own(q);

	for (uint32_t i = 0; i < o->n; i++)
		if (!o->triples[i].dead)
			meet(&o->triples[i], cells, line);
}

/* ---- the verdict ---------------------------------------------------------------------------- */

/*
 * Whether what was searched for was found: by chance so many rows don't agree.  Where a column
 * says that it is a rate, and there are just two that it can be made from, little is enough.
 */
static bool is_related(const struct own *o, const struct triple *t, const struct facts *rate)
{
	if (t->known)
		return true;
	if (is_named(rate) && o->n_parts == 2 && !t->far &&
	    (t->telling || t->exact || !t->rows))
		return true;
	if (t->dead || !t->rows || (t->exact + t->near) * 20 < t->rows * 19)
		return false;
	if (t->rows < 3)
		return is_named(rate) && (t->telling == t->rows || t->exact == t->rows);
	return t->exact * 2 >= t->rows || (t->telling >= 3 && t->telling * 3 >= t->rows);
}

/* The better explanation of a rate. */
static bool is_better(const struct triple *a, const struct triple *b)
{
	if (!b || a->known != b->known)
		return !b || a->known;
	if (a->exact * b->rows != b->exact * a->rows)
		return a->exact * b->rows > b->exact * a->rows;
	return a->error * (long double)b->rows < b->error * (long double)a->rows;
}

static void say(struct inquiry *q, const struct triple *t)
{
	char num[72] = "", den[72] = "";

	for (int i = 0; i < 2; i++) {
		const char *name = column_name(q, t->part[i]);

		printable(i ? den : num, name, strlen(name));
	}
	if (t->wrong.places)
		finding_add(
			q, SLUICE_REFUSAL, &t->wrong, t->ratio,
			"not the quotient of the released '%s' and '%s': compute it from them, "
			"or it tells the counts before rounding",
			num, den);
	if (t->stands.places)
		finding_add(
			q, SLUICE_REFUSAL, &t->stands, t->ratio,
			"a number stands where '%s' or '%s' is redacted or missing: redact it, "
			"too",
			num, den);
}

static void last(struct inquiry *q)
{
	const struct own *o = state_own(q);

	for (uint32_t col = 0; col < q->n_cols; col++) {
		const struct triple *best = NULL;

		for (uint32_t i = 0; i < o->n; i++)
			if (o->triples[i].ratio == col &&
			    is_related(o, &o->triples[i], &q->facts[col]) &&
			    is_better(&o->triples[i], best))
				best = &o->triples[i];
		if (best)
			say(q, best);
		else if (is_named(&q->facts[col]) && may_be_ratio(&q->facts[col]))
			finding_add(q, SLUICE_NOTE, NULL, col,
			            "no two columns of counts here make this share: output "
			            "checkers "
			            "ask for the counts behind it");
	}
	if (o->more)
		finding_add(
			q, SLUICE_WARNING, NULL, NO_COLUMN,
			"too many columns to look for the counts behind each share: name them "
			"with --ratio, or write a long table");
}

static void forget(struct inquiry *q)
{
	free(((struct own *)state_own(q))->triples);
}

const struct check check_ratio = {
	.name = "ratio",
	.help = "ratios and percentages that don't equal the released numerator over "
		"denominator",
	.severity = SLUICE_REFUSAL,
	.own = sizeof(struct own),
	.judge = judge,
	.skim = skim,
	.again = again,
	.last = last,
	.forget = forget,
};
