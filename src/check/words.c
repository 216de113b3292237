#include "check/words.h"

#include <string.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether a word ends between these two letters or digits. */
static bool is_seam(char before, char after)
{
	return is_digit(before) != is_digit(after) ||
	       (before == lower(before) && after != lower(after));
}

void words_of(struct words *w, const char *name, size_t len)
{
	uint32_t used = 0;
	char before = 0;

	*w = (struct words){ 0 };
	for (size_t i = 0; i <= len; i++) {
		const char c = i < len ? name[i] : 0;
		const bool part = is_letter(c) || is_digit(c);

		if (used && (!part || is_seam(before, c))) {
			w->numbers += is_digit(w->word[w->n][0]);
			w->n++;
			used = 0;
		}
		if (w->n == WORDS_MAX)
			return;
		if (part && used + 1 < WORD_SIZE)
			w->word[w->n][used++] = lower(c);
		before = c;
	}
}

bool words_have(const struct words *w, const char *const *list)
{
	for (; *list; list++)
		for (uint32_t i = 0; i < w->n; i++)
			if (w->word[i][0] == **list && !strcmp(w->word[i], *list))
				return true;
	return false;
}

/* ---- roles --------------------------------------------------------------------------------- */

/*
 * Lists from certain to vague.  A vague word says something only where no word of people stands
 * beside it: "days" is a duration, "deaths_28_days" is a count.
 */
static const char *const ratios[] = { "ratio",       "rate",        "rates",      "percent",
	                              "percentage",  "percentages", "pct",        "perc",
	                              "npercent",    "prop",        "proportion", "per",
	                              "proportions", NULL };
static const char *const statistics[] = {
	"mean",        "avg",    "average", "median",   "sd",       "se",      "std",
	"variance",    "iqr",    "lcl",     "ucl",      "estimate", "coef",    "beta",
	"coefficient", "pvalue", "min",     "max",      "minimum",  "maximum", "loglik",
	"aic",         "bic",    "smd",     "quantile", "quartile", NULL
};
static const char *const counts[] = { "n",           "count", "counts",      "numerator",
	                              "denominator", "total", "totals",      "freq",
	                              "frequency",   "nobs",  "frequencies", NULL };
static const char *const people[] = {
	"population", "patients",     "people",        "persons",
	"events",     "cases",        "deaths",        "admissions",
	"episodes",   "appointments", "consultations", "registered",
	"records",    "controls",     "treated",       "exposed",
	"unexposed",  "vaccinated",   "women",         "men",
	"children",   "tests",        "prescriptions", "practices",
	"subjects",   "individuals",  "participants",  "eligible",
	"births",     "censored",     "outcomes",      "males",
	"females",    "admitted",     "died",          "diagnoses",
	NULL
};
static const char *const shares[] = { "share", "prevalence", "incidence",   "coverage",
	                              "risk",  "odds",       "probability", "prob",
	                              "crude", "survival",   "fraction",    "smr",
	                              "hr",    "irr",        "rr",          NULL };
static const char *const measures[] = {
	"var",      "q",      "ci",     "lower",      "upper",    "ll",          "ul",
	"p",        "z",      "t",      "r",          "df",       "score",       "bmi",
	"weight",   "height", "cost",   "price",      "duration", "days",        "hours",
	"minutes",  "weeks",  "months", "years",      "pyears",   "personyears", "py",
	"followup", "conf",   "diff",   "difference", "change",   "statistic",   NULL
};
static const char *const times[] = { "year",     "yr",    "month", "week", "day",      "date",
	                             "quarter",  "time",  "start", "end",  "interval", "period",
	                             "datetime", "epoch", "hour",  NULL };
static const char *const ages[] = { "age", "ages", NULL };
static const char *const groups[] = {
	"imd",      "decile",   "quintile", "percentile", "band",        "group",    "grp",
	"level",    "category", "cat",      "class",      "code",        "snomed",   "icd",
	"dose",     "wave",     "rank",     "order",      "index",       "idx",      "id",
	"position", "version",  "seed",     "bin",        "ethnicity",   "sex",      "gender",
	"region",   "rural",    "urban",    "status",     "stage",       "step",     "type",
	"model",    "row",      "rowid",    "unnamed",    "x",           "key",      "stratum",
	"strata",   "tier",     "grade",    "term",       "deprivation", "practice", "stp",
	"pcn",      "icb",      "ccg",      "lad",        "msoa",        "lsoa",     "cohort",
	NULL
};
static const char *const flags[] = { "is", "has", "had", "any", "ever", "flag", "was", NULL };
static const char *const numbers[] = { "number", "numbers", "num",   "no",    "sum", "size",
	                               "obs",    "pop",     "items", "event", NULL };

enum hint words_hint(const struct words *w)
{
	static const char *const at[] = { "at", NULL };

	if (words_have(w, ratios))
		return HINT_RATIO;
	if (words_have(w, statistics) && (!w->n || strcmp(w->word[0], "n") != 0))
		return HINT_STATISTIC;
	if (words_have(w, counts) || words_have(w, people))
		return HINT_COUNT;
	if (words_have(w, shares))
		return words_have(w, at) ? HINT_COUNT : HINT_SHARE; /* "at risk" */
	if (w->n && !strcmp(w->word[0], "number"))
		return HINT_COUNT; /* number of ...; a dose number is a group's */
	if (words_have(w, measures))
		return HINT_MEASURE;
	if (words_have(w, ages))
		return HINT_AGE;
	if (words_have(w, times))
		return HINT_TIME;
	if (words_have(w, groups))
		return HINT_GROUP;
	if (words_have(w, flags))
		return HINT_FLAG;
	return words_have(w, numbers) ? HINT_COUNT : HINT_UNKNOWN;
}

uint32_t bare_name(char out[BARE_SIZE], const uint8_t *name, size_t len)
{
	uint32_t n = 0;

	for (size_t i = 0; i < len && n + 1 < BARE_SIZE; i++)
		if (is_letter((char)name[i]) || is_digit((char)name[i]))
			out[n++] = lower((char)name[i]);
	out[n] = '\0';
	return n;
}
