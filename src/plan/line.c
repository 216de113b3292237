/*
 * line.c - compile the line: rules in their safe order, and the shape of the output
 *
 * The order follows from the rules' stages, not from what was typed first, so
 * nobody can round before redacting or take a ratio of raw counts.
 */
#include "plan/line.h"

#include "plan/claim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct binding {
	struct line *l;
	const struct sluice_plan *plan;
	const struct kernels *kernels;
	struct sluice_error *err;
};

/* ---- rules ---------------------------------------------------------------------- */

/* A redacted count whose token is "0" was released as a zero, and counts as one. */
static bool is_zero(const struct settings *s)
{
	return !strcmp(s->token, "0");
}

/* The token as it is written stands in 'tokens', where every batch's scratch begins. */
static enum sluice_status put_token(struct binding *b, struct bound_rule *r)
{
	struct buf *tokens = &b->l->tokens;
	/* A derived column has no 0 for "redacted": that would be a value. */
	const bool none = r->type->stage == STAGE_DERIVED && is_zero(&r->settings);
	const char *text = none ? "" : r->settings.token;

	r->token.off = (uint32_t)tokens->len;
	TRY(emit_field(tokens, text, strlen(text), b->l->output->dialect.delimiter, b->err));
	r->token.len = (uint32_t)tokens->len - r->token.off;
	return SLUICE_OK;
}

/* A derived column is made of, or goes with, the count in column 'col'. */
static enum sluice_status add_part(struct binding *b, struct bound_rule *r, uint32_t col,
                                   bool must_redact, const char *what, struct place at)
{
	const struct line_column *c = &b->l->columns[col];
	const struct rule *part = c->rule;
	char shown[72];

	if (!part || !part->type->releases ||
	    (must_redact && part->settings.threshold == NO_THRESHOLD))
		return plan_fail(b->plan, b->err, at,
		                 "the %s of %s '%s' must be %s: column '%s' is %s", what,
		                 r->type->name, r->name,
		                 must_redact ? "redacted (count or redact)"
		                             : "a released count (count, redact or round)",
		                 printable(shown, c->name, c->name_len),
		                 !part                  ? "not named by any rule"
		                 : part->type->releases ? "a count without a threshold"
		                                        : part->type->name);
	if (r->n_parts == PARTS)
		return plan_fail(b->plan, b->err, at, "%s '%s' goes with more than %d counts",
		                 r->type->name, r->name, PARTS);
	r->part_token_is_zero[r->n_parts] = is_zero(&part->settings);
	r->part[r->n_parts++] = (uint32_t)c->bound;
	return SLUICE_OK;
}

static enum sluice_status bind_part(struct binding *b, struct bound_rule *r,
                                    const struct selector *s, bool must_redact,
                                    const char *what)
{
	char text[160];
	uint32_t col = 0;

	snprintf(text, sizeof(text), "%s of %s '%s'", what, r->type->name, r->name);
	TRY(claim_one(b->l->header, b->plan, s, text, &col, b->err));
	return add_part(b, r, col, must_redact, what, s->at);
}

/* A mean of few goes, be it few values or the values of few persons. */
static enum sluice_status bind_mean(struct binding *b, struct bound_rule *r,
                                    const struct rule *said)
{
	const struct group_spec *s = &b->l->grouped->spec;

	TRY(add_part(b, r, r->col - 1, true, "number of values", said->at));
	for (uint32_t col = 0; col < s->n_columns; col++)
		if (s->columns[col].persons)
			TRY(add_part(b, r, col, true, "number of persons", said->at));
	return SLUICE_OK;
}

static enum sluice_status bind_parts(struct binding *b, struct bound_rule *r,
                                     const struct rule *said)
{
	if (said == &b->l->output->group.mean_rule)
		return bind_mean(b, r, said);
	switch (said->type->shape) {
	case SHAPE_COLUMNS: break;
	case SHAPE_FRACTION:
		TRY(bind_part(b, r, &said->columns[0], false, "numerator"));
		TRY(bind_part(b, r, &said->columns[1], false, "denominator"));
		break;
	case SHAPE_STATISTICS: TRY(bind_part(b, r, &said->count, true, "count")); break;
	}
	return SLUICE_OK;
}

static enum sluice_status bind_rule(struct binding *b, uint32_t col)
{
	struct line_column *c = &b->l->columns[col];
	struct bound_rule *r = &b->l->rules[b->l->n_rules];

	*r = (struct bound_rule){ .type = c->rule->type,
		                  .settings = c->rule->settings,
		                  .col = col,
		                  .slot = b->l->n_rules,
		                  .dialect = &b->l->output->dialect,
		                  .kernels = b->kernels };
	printable(r->name, c->name, c->name_len);
	c->bound = (int32_t)b->l->n_rules++;
	TRY(put_token(b, r));
	return bind_parts(b, r, c->rule);
}

/* Stage by stage, so that counts are bound before what is derived from them. */
static enum sluice_status bind_rules(struct binding *b)
{
	struct line *l = b->l;

	l->rules = calloc(l->n_columns, sizeof(*l->rules));
	if (!l->rules)
		return fail_memory(b->err);
	for (int stage = STAGE_DROP; stage <= STAGE_DERIVED; stage++) {
		for (uint32_t col = 0; col < l->n_columns; col++) {
			const struct rule *rule = l->columns[col].rule;

			if (rule && rule->type->touches && (int)rule->type->stage == stage)
				TRY(bind_rule(b, col));
		}
	}
	return SLUICE_OK;
}

/* Rows chosen by a count's raw value would tell what its redaction hides. */
static enum sluice_status check_where(struct binding *b, const struct condition *c,
                                      uint32_t col)
{
	const struct line_column *lc = &b->l->columns[col];
	char shown[72];

	if (!lc->rule || !lc->rule->type->releases)
		return SLUICE_OK;
	return plan_fail(b->plan, b->err, c->at,
	                 "'where' on column '%s', a count: which rows are there would tell "
	                 "its value",
	                 printable(shown, lc->name, lc->name_len));
}

static enum sluice_status bind_where(struct binding *b)
{
	struct line *l = b->l;
	const struct output *o = l->output;

	l->where = calloc(o->n_where + 1, sizeof(*l->where));
	if (!l->where)
		return fail_memory(b->err);
	/* Of a grouped table the rows were chosen before they were grouped. */
	for (size_t i = 0; i < o->n_where && !l->grouped; i++) {
		struct bound_where *w = &l->where[l->n_where++];

		TRY(claim_where(l->header, b->plan, &o->where[i], w, b->err));
		TRY(check_where(b, &o->where[i], w->col));
	}
	return SLUICE_OK;
}

/* ---- the output's shape ----------------------------------------------------------- */

/* "a, b and 3 more" into text. */
static void list_names(const struct line *l, char *text, size_t size)
{
	char shown[72];
	size_t used = 0;
	uint32_t more = 0;

	text[0] = '\0';
	for (uint32_t col = 0; col < l->header->n_cols; col++) {
		const struct line_column *c = &l->columns[col];

		if (c->rule)
			continue;
		printable(shown, c->name, c->name_len);
		if (used + strlen(shown) + 32 > size) {
			more++;
			continue;
		}
		used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
		                         shown);
	}
	if (more)
		snprintf(text + used, size - used, " and %u more", more);
}

static enum sluice_status settle_others(struct binding *b,
                                        void (*notice)(void *ctx, const char *text), void *ctx)
{
	const struct line *l = b->l;
	const enum other other = l->output->other;
	char names[300], text[400];
	uint32_t n = 0, first = 0;

	for (uint32_t col = 0; col < l->n_columns; col++) {
		struct line_column *c = &b->l->columns[col];

		c->out = c->rule ? !c->rule->type->leaves : other == OTHER_KEEP;
		b->l->n_out += c->out;
		n += !c->rule;
		if (!c->rule && !first)
			first = col + 1;
	}
	if (n)
		list_names(l, names, sizeof(names));
	if (n && other == OTHER_REFUSE)
		return fail_at(b->err, SLUICE_E_DATA, 1, first,
		               "no rule names %s, and such columns are refused: add a rule, "
		               "or say 'other: drop' or 'other: keep'",
		               names);
	if (!l->n_out)
		return plan_fail(b->plan, b->err, l->output->at, "no column is left");
	if (n && other == OTHER_KEEP && notice && !l->output->said.other) {
		snprintf(text, sizeof(text), "no rule names %s: kept as %s", names,
		         n == 1 ? "it is" : "they are");
		notice(ctx, text);
	}
	return SLUICE_OK;
}

/* Untouched neighbours become one stretch. */
static enum sluice_status shape_records(struct binding *b)
{
	struct line *l = b->l;
	struct emitter *e = &l->emitter;
	struct stretch *last = NULL;

	*e = (struct emitter){ .kernels = b->kernels,
		               .delimiter = l->output->dialect.delimiter,
		               .crlf = l->output->dialect.crlf,
		               .lone = l->n_out == 1 };
	e->stretches = calloc(l->n_columns, sizeof(*e->stretches));
	if (!e->stretches)
		return fail_memory(b->err);
	for (uint32_t col = 0; col < l->n_columns; col++) {
		const struct line_column *c = &l->columns[col];

		if (!c->out)
			continue;
		if (c->bound < 0 && last && last->slot < 0 && last->last + 1 == col) {
			last->last = col;
			continue;
		}
		last = &e->stretches[e->n_stretches++];
		*last = (struct stretch){ c->bound, col, col };
	}
	return SLUICE_OK;
}

/* Suffixes mark rounded counts, as the midpoint-6 convention asks for. */
static enum sluice_status put_name(struct binding *b, struct line_column *c, uint32_t col)
{
	const struct line *l = b->l;
	const char *suffix = l->output->suffix;
	struct buf name = { 0 };
	enum sluice_status status;

	c->suffixed = suffix && c->rule && (c->rule->type->takes & SET_ROUND_TO);
	if (!c->suffixed && col < l->header->n_cols) /* its own bytes */
		return buf_add(&b->l->head, l->header->text.data + l->header->columns[col].raw,
		               l->header->columns[col].raw_len, b->err);
	status = buf_add(&name, c->name, c->name_len, b->err);
	if (status == SLUICE_OK && c->suffixed)
		status = buf_add(&name, suffix, strlen(suffix), b->err);
	if (status == SLUICE_OK)
		status = emit_field(&b->l->head, (const char *)name.data, name.len,
		                    l->emitter.delimiter, b->err);
	buf_free(&name);
	return status;
}

/* Suffixes and new columns can make a name twice: what is written can be read again. */
static enum sluice_status check_head(struct binding *b)
{
	const struct line *l = b->l;
	struct sluice_error why = { 0 };
	struct header head = { 0 };
	const enum sluice_status status = header_read(&head, l->emitter.delimiter, l->head.data,
	                                              (uint32_t)l->head.len, &why);

	header_free(&head);
	if (status == SLUICE_E_DATA)
		return plan_fail(b->plan, b->err, l->output->at, "in the output, %s", why.text);
	return status == SLUICE_OK ? SLUICE_OK : fail_memory(b->err);
}

static enum sluice_status shape_header(struct binding *b)
{
	struct line *l = b->l;
	bool first = true;

	for (uint32_t col = 0; col < l->n_columns; col++) {
		if (!l->columns[col].out)
			continue;
		if (!first)
			TRY(buf_add(&l->head, &l->emitter.delimiter, 1, b->err));
		first = false;
		TRY(put_name(b, &l->columns[col], col));
	}
	if (!l->head.len)
		TRY(buf_add(&l->head, "\"\"", 2, b->err)); /* one column without a name */
	if (l->emitter.crlf)
		TRY(buf_add(&l->head, "\r", 1, b->err));
	TRY(buf_add(&l->head, "\n", 1, b->err));
	return check_head(b);
}

enum sluice_status line_bind(struct line *l, const struct sluice_plan *plan,
                             const struct output *output, const struct header *header,
                             const struct group_line *grouped, const struct kernels *kernels,
                             void (*notice)(void *ctx, const char *text), void *ctx,
                             struct sluice_error *err)
{
	struct binding b = { l, plan, kernels, err };

	*l = (struct line){ .output = output, .header = header, .grouped = grouped };
	if (output->group.n_by && !grouped)
		return fail(err, SLUICE_E_BUG, "rows that are to be grouped are not");
	TRY(claim_columns(l, plan, err));
	if (grouped)
		claim_grouped(l);
	TRY(bind_where(&b));
	TRY(bind_rules(&b));
	TRY(settle_others(&b, notice, ctx));
	TRY(shape_records(&b));
	return shape_header(&b);
}

void line_free(struct line *l)
{
	free(l->columns);
	free(l->rules);
	free(l->where);
	buf_free(&l->tokens);
	buf_free(&l->head);
	free(l->emitter.stretches);
	*l = (struct line){ 0 };
}
