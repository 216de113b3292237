/*
 * report.c - an audit's result as text
 */
#include "attack/words.h"
#include "audit/audit.h"
#include "plan/policy.h"
#include "plan/setting.h"

#include <stdlib.h>
#include <string.h>

const char *const verdict_names[] = { "disclosed", "narrow", "safe", "undecided" };
const char *const overall_names[] = { [SLUICE_AUDIT_SAFE] = "pass",
	                              [SLUICE_AUDIT_REVIEW] = "review",
	                              [SLUICE_AUDIT_DISCLOSES] = "fail" };

/* ---- text ------------------------------------------------------------------------------- */

static enum sluice_status say_cell(const struct words *w, const struct sluice_audit *a,
                                   uint32_t cell, struct buf *out, struct sluice_error *err)
{
	const enum verdict v = attack_verdict(&a->attack, cell);

	TRY(buf_addf(out, err, "\n%-10s ", verdict_names[v]));
	TRY(words_cell(w, cell, out, err));
	TRY(buf_addf(out, err, " ("));
	TRY(words_place(w, cell, out, err));
	TRY(buf_addf(out, err, "): "));
	TRY(words_interval(w, a->attack.d.lo[cell], a->attack.d.hi[cell], out, err));
	TRY(buf_addf(out, err, "\n"));
	if (v == VERDICT_UNDECIDED)
		return buf_addf(out, err,
		                "           neither a proof nor two tables that differ were "
		                "found: look at it, or give more --seconds\n");
	return words_derivation(w, cell, "           ", out, err);
}

static enum sluice_status say_group(const struct words *w, const struct group_finding *g,
                                    struct buf *out, struct sluice_error *err)
{
	TRY(buf_addf(out, err, "\ngroup      "));
	TRY(words_cell(w, g->part, out, err));
	TRY(buf_addf(out, err, " ("));
	TRY(words_place(w, g->part, out, err));
	TRY(buf_addf(out, err, ") is all of "));
	TRY(words_cell(w, g->whole, out, err));
	if (!g->rest)
		return buf_addf(out, err, "\n");
	TRY(buf_addf(out, err, " but for at most "));
	TRY(words_interval(w, g->rest, g->rest, out, err));
	return buf_addf(out, err, "\n");
}

/* "a, b and c": the hidden parts, by their own dimension's code. */
static enum sluice_status say_together(const struct words *w, const struct sluice_audit *a,
                                       const struct together_finding *g, struct buf *out,
                                       struct sluice_error *err)
{
	const struct row *r = &a->in.model.rows[g->row];
	const struct term *terms = &a->in.model.terms[r->first];

	TRY(buf_addf(out, err, "\ntogether   "));
	for (uint32_t t = 1, n = 0; t < r->n; t++) {
		if (!audit_hides(a, terms[t].unknown))
			continue;
		TRY(buf_addf(out, err, "%s", n++ ? " and " : ""));
		TRY(words_cell(w, terms[t].unknown, out, err));
		TRY(buf_addf(out, err, " ("));
		TRY(words_place(w, terms[t].unknown, out, err));
		TRY(buf_addf(out, err, ")"));
	}
	TRY(buf_addf(out, err, " are together "));
	TRY(words_interval(w, g->lo, g->hi, out, err));
	TRY(buf_addf(out, err, ": what the parts that are shown leave of "));
	TRY(words_cell(w, terms[0].unknown, out, err));
	TRY(buf_addf(out, err, " ("));
	TRY(words_place(w, terms[0].unknown, out, err));
	return buf_addf(out, err, ")\n");
}

/* An earlier file has a column of that name. */
static bool named_before(const struct sluice_audit *a, uint32_t sheet, const char *name)
{
	for (uint32_t i = 0; i < sheet; i++)
		if (header_find(&a->in.sheets[i].header, name, strlen(name)) >= 0)
			return true;
	return false;
}

static enum sluice_status say_columns(const struct sluice_audit *a, bool dimensions,
                                      struct buf *out, struct sluice_error *err)
{
	bool any = false;

	for (uint32_t i = a->n_earlier; i < a->in.n_sheets; i++)
		for (uint32_t c = 0; c < a->in.sheets[i].header.n_cols; c++) {
			const struct column_role *r = &a->in.about[i].roles[c];
			const char *name = header_name(&a->in.sheets[i].header, c);
			char shown[72];

			if (!r->inferred || named_before(a, i, name) ||
			    (r->role == ROLE_DIMENSION) != dimensions ||
			    (r->role != ROLE_DIMENSION && r->role != ROLE_MEASURE))
				continue;
			TRY(buf_addf(out, err, "%s%s",
			             any ? ", "
			             : dimensions
			                     ? "  groups by their texts, not by --dimensions: "
			                     : "  counts by their texts, not by --measures: ",
			             printable(shown, name, strlen(name))));
			any = true;
		}
	return any ? buf_addf(out, err, "\n") : SLUICE_OK;
}

static enum sluice_status say_rules(const struct sluice_audit *a, struct buf *out,
                                    struct sluice_error *err)
{
	const struct settings *s = &a->in.said.settings;

	if (s->threshold == NO_THRESHOLD)
		TRY(buf_addf(out, err,
		             "  nothing is redacted by a threshold; a token may hide "
		             "any count"));
	else
		TRY(buf_addf(out, err, "  counts %s%lld are redacted as '%s'%s",
		             s->keep_zeros ? "from 1 to " : "up to ", (long long)s->threshold,
		             s->token,
		             declaration_has(&a->in.said, "secondary")
		                     ? ", and so may others be"
		                     : ""));
	if (s->round_to > 1)
		TRY(buf_addf(out, err, "; the others are rounded (%s %u)\n",
		             rounding_name(s->rounding), s->round_to));
	else
		TRY(buf_addf(out, err, "; the others are exact\n"));
	TRY(buf_addf(out, err,
	             a->in.unknown_absent ? "  a group without a row may have any count\n"
	                                  : "  a group without a row has a count of 0\n"));
	if (a->n_earlier)
		TRY(buf_addf(out, err,
		             "  %u tables of %u earlier releases are known to everybody; what "
		             "follows from them alone is not told again\n",
		             a->n_earlier, a->entry.ledger.n_entries));
	if (a->in.n_sheets > 1)
		TRY(buf_addf(out, err,
		             "  files count the same people unless --population or "
		             "--cell says otherwise\n"));
	return SLUICE_OK;
}

/* ", first at a.csv:3 and b.csv:3" */
static enum sluice_status say_pair(const struct sluice_audit *a, const struct place_at *at,
                                   struct buf *out, struct sluice_error *err)
{
	for (int i = 1; i >= 0; i--) {
		TRY(buf_addf(out, err, "%s", i ? ", first at " : " and "));
		TRY(words_text(out, a->in.sheets[at[i].sheet].name, err));
		TRY(buf_addf(out, err, ":%llu",
		             (unsigned long long)a->in.sheets[at[i].sheet].lines[at[i].row]));
	}
	return SLUICE_OK;
}

static enum sluice_status say_doubts(const struct sluice_audit *a, struct buf *out,
                                     struct sluice_error *err)
{
	for (uint32_t i = 0; i < a->n_undeclared; i++)
		TRY(buf_addf(out, err,
		             "\nreview     %s has what looks like a total, but none was "
		             "declared: --suggest says which adds up\n",
		             a->in.cells.dimensions[a->undeclared[i]].name));
	for (uint32_t i = 0; i < a->in.n_sheets; i++) {
		if (!audit_is_unread(a, i))
			continue;
		TRY(buf_addf(out, err, "\nreview     "));
		TRY(words_text(out, a->in.sheets[i].name, err));
		TRY(buf_addf(out, err,
		             ": no column was taken for counts, so nothing of it was looked "
		             "at: --measures says which are\n"));
	}
	if (a->in.n_differ) {
		TRY(buf_addf(out, err,
		             "\nreview     %u cells are shown twice with different texts",
		             a->in.n_differ));
		TRY(say_pair(a, a->in.differ, out, err));
		TRY(buf_addf(out, err, "\n"));
	}
	if (!a->in.n_bases)
		return SLUICE_OK;
	TRY(buf_addf(out, err, "\nbases      %u cells are shown rounded to two bases",
	             a->in.n_bases));
	TRY(say_pair(a, a->in.bases, out, err));
	return buf_addf(out, err, ": both together leave fewer values than either\n");
}

static enum sluice_status say_all(const struct words *w, const struct sluice_audit *a,
                                  struct buf *out, struct sluice_error *err)
{
	const uint64_t *n = a->counts.by_verdict;
	const char *version;

	TRY(buf_addf(out, err,
	             "%s: %llu of %llu cells are hidden; %llu disclosed, %llu narrow, %llu "
	             "safe, %llu undecided\n",
	             overall_names[sluice_audit_verdict(a)],
	             (unsigned long long)a->counts.hidden, (unsigned long long)a->counts.cells,
	             (unsigned long long)n[VERDICT_DISCLOSED],
	             (unsigned long long)n[VERDICT_NARROW], (unsigned long long)n[VERDICT_SAFE],
	             (unsigned long long)n[VERDICT_UNDECIDED]));
	for (int v = 0; v < 4; v++)
		for (uint32_t i = 0; i < a->in.cells.n; i++)
			if ((int)attack_verdict(&a->attack, i) == v && audit_reports(a, i))
				TRY(say_cell(w, a, i, out, err));
	for (uint32_t i = 0; i < a->n_groups; i++)
		TRY(say_group(w, &a->groups[i], out, err));
	for (uint32_t i = 0; i < a->n_together; i++)
		TRY(say_together(w, a, &a->together[i], out, err));
	TRY(say_doubts(a, out, err));
	TRY(buf_addf(out, err, "\ntaken for granted:\n"));
	TRY(say_rules(a, out, err));
	TRY(say_columns(a, true, out, err));
	TRY(say_columns(a, false, out, err));
	if (!lp_library(&version))
		TRY(buf_addf(out, err,
		             "  this build has no linear programming: more stays "
		             "undecided\n"));
	return SLUICE_OK;
}

enum sluice_status sluice_audit_text(const struct sluice_audit *a, bool values, char **text,
                                     struct sluice_error *err)
{
	const struct words w = { &a->in, &a->attack, values };
	struct buf out = { 0 };
	enum sluice_status status = say_all(&w, a, &out, err);

	if (status == SLUICE_OK)
		status = buf_add(&out, "", 1, err);
	*text = status == SLUICE_OK ? (char *)out.data : NULL;
	if (!*text)
		buf_free(&out);
	return status;
}
