/*
 * man.c - the man page: the tables, and what they can't say
 */
#include "docs.h"
#include "msg.h"

#include <string.h>

/* Sections in roff; everything that a table knows is left to the table. */
static const char plans[] =
	".SH PLANS\n"
	"A plan says what each column of a table is; the order of work follows from it.\n"
	"YAML or JSON, one schema:\n"
	".PP\n.nf\n.RS\n"
	"version: 1\n"
	"policy: opensafely          # or {base: opensafely, threshold: 10}\n"
	"outputs:\n"
	"  measures:\n"
	"    where: {measure: [asthma, copd]}\n"
	"    drop: [patient_id, \"practice*?\"]\n"
	"    keep: [measure, \"interval_*\", sex]\n"
	"    count: [numerator, denominator]\n"
	"    ratio: {ratio: [numerator, denominator]}\n"
	"    other: refuse            # the default in a plan\n"
	".RE\n.fi\n.PP\n"
	"The keys are the flags' long names.  A plan of one table may leave\n"
	".B outputs\nand the name out.  A rule may be a list of maps with settings of their "
	"own:\n"
	".B count: [{columns: [n], threshold: 10}, {columns: [\"total_*\"]}] .\n"
	"Unknown keys, wrong types, a column that two rules claim and a rule that matches no\n"
	"column are errors with line and column.\n"
	".PP\n"
	"A column is named exactly, by a glob with\n.B *\nor by its position,\n.BR #N .\n"
	"A leading\n.B =\ntakes the rest as it stands; a trailing\n.B ?\n"
	"makes the column optional.\n";
static const char groups[] =
	".SH GROUPS\n"
	"Rows become groups before any rule but\n.B where\nworks:\n"
	".PP\n.nf\n.RS\n"
	"group:\n"
	"  by: [sex, age, date]\n"
	"  bins: {age: [0, 18, 40, 65], date: month}\n"
	"  rows: n\n"
	"  persons: {n_people: patient_id}\n"
	"  sum:\n"
	"    n_asthma: has_asthma\n"
	"    cost: {column: cost, contributor: practice, dominance: {n: 1, k: 85}, p_percent: "
	"10}\n"
	"  mean: {mean_bmi: {column: bmi, digits: 1}}\n"
	"  totals: [sex]\n"
	"  totals_from: raw         # default: released\n"
	".RE\n.fi\n.PP\n"
	"The grouped table has the columns in\n.B by\nand those that are made, nothing else; "
	"the "
	"rules\nspeak of it.  What is grouped by is kept, what is made is a count, and a mean "
	"goes "
	"with\nthe number of its values\n.RB ( NAME_n ),\nunless a rule says otherwise.  "
	"There is no minimum,\nmaximum or median: each is the value of one patient or of a "
	"few.\n"
	".PP\nA sum with a\n.B contributor\nis redacted where no more contributors than the "
	"threshold have anything of it,\nwhere the\n.I n\nlargest have over\n.I k\n% of it, or "
	"where all but the two largest\ntogether have less than\n.I p\n% of what the largest "
	"has.\n"
	".PP\n.B perturb:\n{table: ptable.csv, key: secret.key, by: patient_id} gives rows and "
	"persons "
	"noise by\nthe cell-key method: the same people, the same noise, in every table.\n"
	".PP\n.B totals\nadds rows with\n.B Total\nfor a column.  From what is "
	"released, a total tells nothing that its parts\ndo not, and is redacted when one of "
	"them is.  From\n.B raw\nrows it is counted and protected as a\ncell of its own; then "
	"it minus the other parts gives back, up to the rounding, a part that\nis redacted "
	"alone.  "
	"Totals of persons, of means and of midpoints can only be raw.\n"
	".PP\nFlags add to the groups of a plan, but\n.B \\-\\-group\\-by\n"
	"can't change what it groups by.\n";
static const char protects[] =
	".SH TOTALS\n"
	"A redacted count may follow from a total: it is the total less the others.  With\n"
	".PP\n.nf\n.RS\n"
	"protect:\n"
	"  dimensions: [sex, region]        # the columns that name groups\n"
	"  total: Total                     # or {sex: All, region: England}\n"
	"  parents: {region: regions.csv}   # groups of groups: code,parent\n"
	"  nested: [region/county]          # each county lies in one region\n"
	"  open: [region]                   # some people are in none of its codes\n"
	"  at_most: [[numerator, denominator]]\n"
	"  population: NAME                 # in a release: whom the table counts\n"
	"  seconds: 60                      # refuse what is not proven by then\n"
	"  singletons: true                 # protect sums of redacted counts of 1, too\n"
	"  group: 0                         # and that all of a total are in one part\n"
	".RE\n.fi\n.PP\n"
	"further counts are redacted, until the attack of\n.B sluice audit\n"
	"finds nothing in what would be published, or the run is refused.  The token then\n"
	"stands for any count.  The table is read whole first, and must add up; totals of a\n"
	"grouping are cells of their own.  All tables that a plan for\n.B sluice release\n"
	"protects are decided on together: a count that two of them show has one fate.\n"
	"Only dimensions must be said.\n";
static const char releases[] =
	".SH RELEASES\n"
	"An output of a plan for\n.B sluice release\nhas two keys more:\n.BR input ,\n"
	"a pattern as the shell has them, and\n.BR output ,\n"
	"a name in which\n.B {stem}\nis the input's name without .csv or .csv.gz and\n.B "
	"{name}\n"
	"the output's key.  The folder that all outputs have in common gets\n.BR manifest.json "
	",\n"
	".B CONTROLS.md\nand\n.BR report.html .\n"
	"They say only what the tables show.  What the next run has to know of the inputs, to\n"
	"leave alone what has not changed, is in\n.B .FOLDER.sluice\\-state\n"
	"beside the folder (mode 0600), which is not for release: a hash of an input confirms\n"
	"guesses of what was redacted in it.\n.PP\n"
	"Tables that fail or are refused are not written, the others are; with\n"
	".B \\-\\-all\\-or\\-nothing\nthe folder changes as a whole or stays as it was.\n";
static const char numbers[] =
	".SH NUMBERS\n"
	"A count is up to 15 digits without a leading zero, also followed by\n.B .0\n"
	"(as pandas writes it), or a whole number such as\n.B 1e+05\n"
	"(as R does).  Empty,\n.B NA\nand every\n.B --missing\n"
	"text are missing and pass.  The token of the rule passes too.  Everything else is an\n"
	"error with line, column and column name, never with the value: what is not certainly\n"
	"a count might be one to another reader.\n";
static const char input[] =
	".SH INPUT\n"
	"RFC 4180 in UTF-8 with a header, LF or CRLF, a byte order mark allowed; plain or "
	"gzip,\n"
	"which is told by its first bytes.  What two readers would read differently is "
	"refused\n"
	"with its place: stray quotes, an open quote, records of another length than the\n"
	"header, CR without LF, NUL, broken UTF-8, UTF-16, blank lines between records,\n"
	"duplicate or several empty column names, a missing final line end after an empty\n"
	"count, damaged or truncated gzip and anything after it but zeros.\n";
static const char failure[] =
	".SH FILES AND FAILURE\n"
	"A named output is written under a temporary name in its folder (mode 0600), synced\n"
	"and renamed: under its own name it is whole or absent, and what stood there survives "
	"a\n"
	"failed run.  Nothing is published before the last byte of the input, and its\n"
	"checksum, was read and the input was found unchanged.  On standard output rows "
	"stream\n"
	"as they are ready, each of them protected; only exit status 0 means that all are\n"
	"there.  Messages, reports and file names never hold the value of a cell.\n";
static const char limits[] =
	".SH LIMITS\n"
	"Records of up to 16 MiB, 65,535 columns, counts below 10^15.  Without\n.B protect\n"
	"whether a redacted cell can be worked out from totals or from another table is for a\n"
	"person to judge.\n";

/* Text for roff: no escapes, hyphens that are minus signs, no accidental requests. */
static void roff(const char *text)
{
	bool fresh = true;

	for (; *text; text++) {
		if (fresh && (*text == '.' || *text == '\''))
			out("\\&");
		fresh = *text == '\n';
		if (*text == '\\')
			out("\\e");
		else if (*text == '-')
			out("\\-");
		else
			out("%c", *text);
	}
}

static void one_flag(const struct flag *f)
{
	out(".TP\n.B ");
	if (f->letter)
		out("\\-%c, ", f->letter);
	out("\\-\\-");
	roff(f->name);
	if (f->argument) {
		out("%s", f->how & FLAG_OPTIONAL ? "[=\\fI" : " \\fI");
		roff(f->argument);
		out("\\fR%s", f->how & FLAG_OPTIONAL ? "]" : "");
	}
	out("\n");
	roff(f->help);
	out("\n");
}

static void one_command(const struct command *c)
{
	const struct flag *f;

	out(".SS sluice ");
	roff(c->name);
	out(" ");
	roff(c->usage);
	out("\n");
	roff(c->about);
	out("\n");
	for (size_t group = 0; group < N_GROUPS; group++) {
		for (size_t i = 0; (f = flag_at(c, i)); i++) {
			/* --help and --version, the last two, are said once for all. */
			if (f->group == group && !(f->how & FLAG_HIDDEN) && flag_at(c, i + 2))
				one_flag(f);
		}
	}
}

static void examples(void)
{
	out(".SH EXAMPLES\n.nf\n");
	for (size_t i = 0; command_at(i); i++) {
		for (const char *const *e = command_at(i)->examples; e && *e; e++) {
			char text[128];

			snprintf(text, sizeof(text), "%.*s", (int)strcspn(*e, "\t"), *e);
			roff(text);
			out("\n");
		}
	}
	out(".fi\n");
}

static void checks(void)
{
	const struct sluice_check_info *check;

	out(".SH CHECKS\n"
	    "What\n.B sluice check\nlooks for.  Where it says so, --allow does not "
	    "help.\n");
	for (size_t i = 0; (check = sluice_check_at(i)); i++) {
		out(".TP\n.B ");
		roff(check->name);
		out("\n%s%s: ", check->severity == SLUICE_REFUSAL ? "refuses" : "warns",
		    check->firm ? ", whatever is allowed" : "");
		roff(check->help);
		out("\n");
	}
}

static void policies(void)
{
	const struct sluice_policy_info *p;

	out(".SH POLICIES\n");
	for (size_t i = 0; (p = sluice_policy_at(i)); i++) {
		out(".TP\n.B ");
		roff(p->name);
		out("\nthreshold ");
		roff(p->threshold);
		out(", zeros %s, redacted as ", p->zeros);
		roff(p->token);
		out(", rounding ");
		roff(p->rounding);
		out(": ");
		roff(p->note);
		out("\n");
	}
}

void man_page(void)
{
	out(".TH SLUICE 1 \"\" \"sluice %s\" \"User Commands\"\n"
	    ".SH NAME\nsluice \\- disclosure control for CSV tables\n"
	    ".SH SYNOPSIS\n",
	    SLUICE_VERSION);
	for (size_t i = 0; command_at(i); i++) {
		out("%s.B sluice %s\n", i ? ".br\n" : "", command_at(i)->name);
		if (!command_at(i)->usage[0])
			continue;
		roff(command_at(i)->usage);
		out("\n");
	}
	out(".SH DESCRIPTION\n"
	    "Sluice reads a table of counts about people and writes what may leave a secure\n"
	    "environment: small counts redacted, the others rounded, ratios computed from "
	    "what\n"
	    "is released.  What it can't understand without doubt it refuses, and then "
	    "nothing\n"
	    "comes out.\n.PP\nEvery command has\n.B \\-h, \\-\\-help\nand\n"
	    ".BR \"\\-V, \\-\\-version\" .\n"
	    ".SH COMMANDS\n");
	for (size_t i = 0; command_at(i); i++)
		one_command(command_at(i));
	checks();
	policies();
	out("%s%s%s%s%s%s%s", plans, groups, protects, releases, numbers, input, failure);
	out(".SH EXIT STATUS\n");
	for (size_t i = 0; exit_status_text(i); i++)
		out(".TP\n.B %zu\n%s\n", i, exit_status_text(i));
	out(".PP\nA signal, or a closed pipe, removes the unfinished output and then kills\n"
	    "sluice with that signal.\n");
	examples();
	out("%s", limits);
}
