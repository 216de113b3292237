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
			if (!strcmp(w->word[i], *list))
				return true;
	return false;
}

/* ---- roles --------------------------------------------------------------------------------- */

static const char *const ratios[] = { "ratio",      "rate",        "rates",    "percent",
	                              "percentage", "pct",         "perc",     "proportion",
	                              "prop",       "percentages", "npercent", NULL };
/* Of a ratio, but also of the counts that it is made from: "n at risk". */
static const char *const shares[] = { "share", "prevalence", "incidence",   "coverage",
	                              "risk",  "odds",       "probability", "prob",
	                              "per",   "crude",      "survival",    "fraction",
	                              "smr",   "hr",         "irr",         "rr",
	                              NULL };
static const char *const statistics[] = {
	"mean",     "avg",     "average",  "median",     "sd",          "se",
	"std",      "stderr",  "var",      "variance",   "iqr",         "q",
	"quantile", "ci",      "lower",    "upper",      "lcl",         "ucl",
	"ll",       "ul",      "estimate", "coef",       "coefficient", "beta",
	"pvalue",   "p",       "z",        "t",          "statistic",   "min",
	"max",      "minimum", "maximum",  "loglik",     "aic",         "bic",
	"r",        "df",      "score",    "bmi",        "weight",      "height",
	"cost",     "price",   "duration", "days",       "hours",       "minutes",
	"weeks",    "months",  "years",    "pyears",     "personyears", "py",
	"followup", "conf",    "diff",     "difference", "change",      "smd",
	NULL
};
/* A name with one of these is a count's, unless it is a ratio's or statistic's. */
static const char *const counts[] = { "n",      "count",       "counts",  "numerator",
	                              "total",  "denominator", "freq",    "frequency",
	                              "totals", "nobs",        "counter", NULL };
/* With one of these, unless something else speaks against it. */
static const char *const people[] = {
	"number",        "num",        "no",         "population", "pop",
	"patients",      "people",     "persons",    "events",     "event",
	"cases",         "deaths",     "admissions", "episodes",   "appointments",
	"consultations", "registered", "records",    "obs",        "sum",
	"controls",      "treated",    "exposed",    "unexposed",  "vaccinated",
	"women",         "men",        "children",   "tests",      "prescriptions",
	"items",         "practices",  "size",       "subjects",   "individuals",
	"participants",  "eligible",   "numbers",    "births",     "censored",
	"outcomes",      NULL
};
static const char *const times[] = { "year",     "yr",    "month", "week", "day",      "date",
	                             "quarter",  "time",  "start", "end",  "interval", "period",
	                             "datetime", "epoch", "hour",  NULL };
static const char *const ages[] = { "age", "ages", NULL };
static const char *const groups[] = {
	"imd",      "decile",   "quintile",    "quartile", "percentile", "band",      "group",
	"grp",      "level",    "category",    "cat",      "class",      "code",      "snomed",
	"icd",      "dose",     "wave",        "rank",     "order",      "index",     "idx",
	"id",       "position", "version",     "seed",     "bin",        "ethnicity", "sex",
	"gender",   "region",   "rural",       "urban",    "status",     "stage",     "step",
	"type",     "model",    "row",         "rowid",    "number",     "unnamed",   "x",
	"key",      "stratum",  "strata",      "quantile", "tier",       "grade",     "term",
	"practice", "stp",      "pcn",         "icb",      "ccg",        "lad",       "msoa",
	"lsoa",     "cohort",   "deprivation", NULL
};
static const char *const flags[] = { "is",   "has", "had", "any", "ever",
	                             "flag", "in",  "was", NULL };

enum role words_role(const struct words *w)
{
	if (words_have(w, ratios))
		return ROLE_RATIO;
	if (words_have(w, counts) && (!words_have(w, statistics) || !strcmp(w->word[0], "n")))
		return ROLE_COUNT;
	if (words_have(w, shares))
		return ROLE_RATIO;
	if (words_have(w, statistics))
		return ROLE_STATISTIC;
	if (words_have(w, ages))
		return ROLE_AGE;
	if (w->n && !strcmp(w->word[0], "number"))
		return ROLE_COUNT; /* number of ...; a dose number is a group */
	if (words_have(w, times))
		return ROLE_TIME;
	if (words_have(w, groups))
		return ROLE_GROUP;
	if (words_have(w, flags))
		return ROLE_FLAG;
	return words_have(w, people) ? ROLE_COUNT : ROLE_UNKNOWN;
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
