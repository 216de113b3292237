/*
 * explain.c - the compiled line in words
 *
 * Without an input it speaks of the plan's selectors; with one, of each of the
 * table's columns.  Values of 'where' are counted, not shown.
 */
#include "plan/policy.h"
#include "plan/protecting.h"
#include "plan/select.h"
#include "plan/setting.h"
#include "run/job.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
	struct buf buf;
	struct sluice_error *err;
	enum sluice_status status;
};

PRINTF_LIKE(2, 3)
static void say(struct text *t, const char *fmt, ...)
{
	char line[640];
	va_list args;

	if (t->status != SLUICE_OK)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	t->status = buf_add(&t->buf, line, strlen(line), t->err);
}

/* "<= 7 to [REDACTED], zeros too; the rest to nearest 5" */
static void say_settings(struct text *t, const struct settings *s, unsigned takes)
{
	const bool redacts = (takes & SET_THRESHOLD) && s->threshold != NO_THRESHOLD;
	const bool rounds = (takes & SET_ROUND_TO) && s->round_to > 1;

	if (redacts)
		say(t, "%s counts <= %lld become %s%s%s",
		    s->keep_zeros ? " zeros stay, other" : "", (long long)s->threshold,
		    s->token[0] ? "'" : "", s->token[0] ? s->token : "empty",
		    s->token[0] ? "'" : "");
	if (rounds)
		say(t, "%s rounded, %s %u", redacts ? ", the rest is" : " all counts are",
		    rounding_name(s->rounding), s->round_to);
	if ((takes & SET_DIGITS) && s->digits != SHORTEST)
		say(t, " with %d decimals", s->digits);
}

static void say_selectors(struct text *t, const struct selector *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *said = selector_text(&s[i]);
		char shown[72];

		if (said)
			say(t, "%s%s", i ? ", " : "", printable(shown, said, strlen(said)));
		else if (t->status == SLUICE_OK)
			t->status = fail_memory(t->err);
		free(said);
	}
}

static void say_rule(struct text *t, const struct rule *r)
{
	char shown[72];

	say(t, "  %-8s ", r->type->name);
	switch (r->type->shape) {
	case SHAPE_COLUMNS: say_selectors(t, r->columns, r->n_columns); break;
	case SHAPE_FRACTION:
		say(t, "%s = ", printable(shown, r->name, strlen(r->name)));
		say_selectors(t, &r->columns[0], 1);
		say(t, " / ");
		say_selectors(t, &r->columns[1], 1);
		say(t, ", as released; redacted when a part is");
		break;
	case SHAPE_STATISTICS:
		say_selectors(t, r->columns, r->n_columns);
		say(t, ": gone where ");
		say_selectors(t, &r->count, 1);
		say(t, " is redacted");
		break;
	}
	if (r->type->takes & (SET_THRESHOLD | SET_ROUND_TO))
		say(t, ":");
	say_settings(t, &r->settings, r->type->takes);
	say(t, "\n");
}

static void say_name(struct text *t, const char *name)
{
	char shown[72];

	say(t, "%s", printable(shown, name, strlen(name)));
}

static void say_bins(struct text *t, const struct banding *b)
{
	static const char *const spans[] = {
		[BINS_MONTH] = "months", [BINS_QUARTER] = "quarters", [BINS_YEAR] = "years"
	};
	const size_t n = b->bins.n_edges;

	say(t, "  %-8s ", "");
	say_selectors(t, &b->column, 1);
	if (b->bins.kind != BINS_NUMBERS)
		say(t, " in %s\n", spans[b->bins.kind]);
	else
		say(t, " in %zu band%s from %lld\n", n, n == 1 ? "" : "s",
		    (long long)b->bins.edges[0]);
}

/* What makes a sum unsafe besides its size. */
static void say_contributors(struct text *t, const struct aggregate *a)
{
	const struct dominance *d = &a->dominance;
	char percent[PERCENT_TEXT];

	say(t, " of ");
	say_selectors(t, &a->contributor, 1);
	say(t, ", gone where they are few");
	for (uint32_t i = 0; i < d->n_rules; i++)
		say(t, ", where %u ha%s over %s %%", d->rules[i].n,
		    d->rules[i].n == 1 ? "s" : "ve", percent_print(percent, d->rules[i].k));
	if (d->p)
		say(t, ", by the p %% rule, %s", percent_print(percent, d->p));
}

static void say_aggregate(struct text *t, const struct aggregate *a)
{
	static const char *const of[] = { [AGGREGATE_ROWS] = "the number of rows",
		                          [AGGREGATE_PERSONS] = "the number of distinct ",
		                          [AGGREGATE_SUM] = "the sum of ",
		                          [AGGREGATE_MEAN] = "the mean of " };

	say(t, "  %-8s ", "");
	say_name(t, a->name);
	say(t, " = %s", of[a->kind]);
	if (a->kind != AGGREGATE_ROWS)
		say_selectors(t, &a->column, 1);
	if (a->contributed)
		say_contributors(t, a);
	if (a->kind == AGGREGATE_MEAN) {
		say(t, " with %d decimal%s; ", a->digits, a->digits == 1 ? "" : "s");
		say_name(t, a->name);
		say(t, "_n = the number of its values");
	}
	say(t, "\n");
}

static void say_perturb(struct text *t, const struct perturbing *p)
{
	if (!p->table)
		return;
	say(t, "  %-8s every count gets noise by ", "perturb");
	say_name(t, p->table);
	if (p->key) {
		say(t, ", and record keys by the secret in ");
		say_name(t, p->key);
	}
	if (p->has_by || p->has_record_key) {
		say(t, p->has_by ? "; of rows, by " : " and the record keys in ");
		say_selectors(t, p->has_by ? &p->by : &p->record_key, 1);
	}
	say(t, "\n");
}

static void say_group(struct text *t, const struct grouping *g)
{
	if (!g->n_by)
		return;
	say(t, "  %-8s by ", "group");
	say_selectors(t, g->by, g->n_by);
	say(t, "; what follows speaks of the groups\n");
	for (size_t i = 0; i < g->n_bandings; i++)
		say_bins(t, &g->bandings[i]);
	for (size_t i = 0; i < g->n_aggregates; i++)
		say_aggregate(t, &g->aggregates[i]);
	if (g->n_totals) {
		say(t, "  %-8s with %s in ", "", TOTAL_LABEL);
		say_selectors(t, g->totals, g->n_totals);
		say(t, g->totals_raw ? ": cells of their own\n"
		                     : ": sums of released counts, redacted when a part is\n");
	}
	say_perturb(t, &g->perturb);
	say(t, "  %-8s what is made and no rule names:", g->sum_rule.type->name);
	if (g->perturb.table && g->sum_rule.settings.threshold == NO_THRESHOLD &&
	    g->sum_rule.settings.round_to == 1)
		say(t, " with its noise as it is");
	say_settings(t, &g->sum_rule.settings, g->sum_rule.type->takes);
	say(t, "\n");
	if (g->aggregates[g->n_aggregates - 1].kind == AGGREGATE_MEAN) /* they come last */
		say(t, "  %-8s a mean that no rule names: gone where its NAME_n is redacted\n",
		    g->mean_rule.type->name);
}

/* The words of one kind, after what they are; codes are the table's business, so they are counted. */
static void say_protect(struct text *t, const struct protecting *p)
{
	uint32_t n_totals = 0, n_files = 0;
	const char *between = "";

	if (!p->given)
		return;
	say(t, "  %-8s ", "protect");
	for (size_t i = 0; i < p->n_said; i++) {
		const struct protect_word *w = p->said[i].word;

		n_totals += w->shape == PROTECT_CODES;
		n_files += w->shape == PROTECT_FILES;
		if (strcmp(w->key, "dimensions") != 0)
			continue;
		say(t, "%s", between);
		say_name(t, p->said[i].right);
		between = ", ";
	}
	say(t, " name groups, %u code%s of totals", n_totals, n_totals == 1 ? "" : "s");
	if (n_files)
		say(t, ", %u hierarch%s", n_files, n_files == 1 ? "y" : "ies");
	say(t, ":\n  %-8s further counts are redacted, until none that is redacted follows\n",
	    "");
	say(t, "  %-8s (or the run is refused, after %lld s); the table is read whole first\n",
	    "", (long long)p->seconds);
}

static void say_line(struct text *t, const struct output *o)
{
	static const char *const others[] = { [OTHER_REFUSE] = "are refused",
		                              [OTHER_KEEP] = "are kept",
		                              [OTHER_DROP] = "are left out" };

	say(t, "policy    %s\n", o->policy->name);
	if (o->input)
		say(t, "input     %s\n", o->input);
	if (o->output)
		say(t, "output    %s\n", o->output);
	say(t, "the line, in this order whatever the order in the plan:\n");
	for (size_t i = 0; i < o->n_where; i++) {
		say(t, "  %-8s ", "where");
		say_selectors(t, &o->where[i].column, 1);
		say(t, " is %s %zu value%s\n", o->where[i].negated ? "none of" : "one of",
		    o->where[i].n_values, o->where[i].n_values == 1 ? "" : "s");
	}
	say_group(t, &o->group);
	for (int stage = STAGE_DROP; stage <= STAGE_DERIVED; stage++)
		for (size_t i = 0; i < o->n_rules; i++)
			if ((int)o->rules[i].type->stage == stage)
				say_rule(t, &o->rules[i]);
	say_protect(t, &o->protect);
	if (!o->group.n_by)
		say(t, "  %-8s columns that no rule names %s\n", "other", others[o->other]);
	say(t, "  %-8s no released count is low or off the rounding grid\n", "check");
}

/* ---- with a table at hand ------------------------------------------------------------ */

static void say_columns(struct text *t, const struct line *l)
{
	char shown[72];

	say(t, "columns:\n");
	for (uint32_t col = 0; col < l->n_columns; col++) {
		const struct line_column *c = &l->columns[col];
		const char *rule = c->rule ? c->rule->type->name : c->out ? "(keep)" : "(drop)";

		say(t, "  %5u  %-8s %s%s", col + 1, rule,
		    printable(shown, c->name, c->name_len),
		    col >= l->header->n_cols ? " (new)" : "");
		if (c->suffixed)
			say(t, ", written as %s%s", shown, l->output->suffix);
		if (c->rule && (c->rule->type->takes & (SET_THRESHOLD | SET_ROUND_TO))) {
			say(t, ":");
			say_settings(t, &c->rule->settings, c->rule->type->takes);
		}
		say(t, "\n");
	}
	say(t, "%u of %u columns are written%s\n", l->n_out, l->n_columns,
	    l->emitter.crlf ? ", lines end in CRLF" : "");
}

static enum sluice_status bind_table(struct job *j, struct group_job *g, const char *input,
                                     struct sluice_error *err)
{
	struct feed feed;

	TRY(source_open(input, -1, false, &j->source, err));
	feed = feed_of(j->source);
	chunker_init(&j->chunker, &feed, j->chain.kernels, j->chain.output->dialect.delimiter,
	             j->settings.chunk_bytes);
	if (j->chain.output->group.n_by)
		TRY(group_job_bind(g, j, err));
	else
		TRY(chunker_header(&j->chunker, &j->chain.header, err));
	return chain_bind(&j->chain, NULL, NULL, err);
}

static enum sluice_status explain_table(struct text *t, const struct sluice_plan *plan,
                                        const char *input, const struct settled *s)
{
	struct job j = {
		.settings = *s,
		.chain = { .kernels = s->kernels, .plan = plan, .output = &plan->outputs[0] }
	};
	struct group_job group = { 0 };
	const enum sluice_status status = bind_table(&j, &group, input, t->err);

	if (status == SLUICE_OK) {
		say_columns(t, &j.chain.line);
		say(t,
		    "memory: about %llu MiB with %u thread%s, more for records over %u KiB\n",
		    (unsigned long long)(report_memory(s, &j.chain, true, true, true) >> 20) +
		            1,
		    s->threads, s->threads == 1 ? "" : "s", s->chunk_bytes >> 10);
		if (j.chain.grouped)
			say(t, "        and %llu MiB for groups, unless --memory says less\n",
			    (unsigned long long)GROUPS_DEFAULT >> 20);
	} else {
		fail_source(t->err, input);
	}
	group_job_free(&group);
	chunker_free(&j.chunker);
	chain_free(&j.chain);
	source_close(j.source);
	return status;
}

enum sluice_status sluice_explain(const struct sluice_plan *plan, const char *input,
                                  const struct sluice_options *options, char **text,
                                  struct sluice_error *err)
{
	struct sluice_error own = { 0 };
	struct text t = { .err = &own };
	struct settled settled;
	enum sluice_status status = options_settle(&settled, options, &own);

	*text = NULL;
	for (size_t i = 0; status == SLUICE_OK && i < plan->n_outputs; i++) {
		if (plan->outputs[i].name[0])
			say(&t, "%s%s:\n", i ? "\n" : "", plan->outputs[i].name);
		say_line(&t, &plan->outputs[i]);
	}
	if (status == SLUICE_OK && input && plan->n_outputs != 1)
		status = fail(&own, SLUICE_E_PLAN,
		              "the plan names %zu outputs; one table can be "
		              "explained with a plan of one",
		              plan->n_outputs);
	else if (status == SLUICE_OK && input)
		status = explain_table(&t, plan, input, &settled);
	if (status == SLUICE_OK)
		status = t.status;
	if (status == SLUICE_OK)
		status = buf_add(&t.buf, "", 1, &own);
	if (status == SLUICE_OK) {
		*text = (char *)t.buf.data;
		return SLUICE_OK;
	}
	buf_free(&t.buf);
	if (err)
		*err = own;
	return status;
}
