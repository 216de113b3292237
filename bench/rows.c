#include "rows.h"

#include "base/shortest.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline char *put(char *p, const char *text)
{
	const size_t len = strlen(text);

	memcpy(p, text, len);
	return p + len;
}

static inline char *put_char(char *p, char c)
{
	*p = c;
	return p + 1;
}

static inline char *put_number(char *p, uint32_t v)
{
	char digits[10];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	memcpy(p, digits + at, sizeof(digits) - at);
	return p + (sizeof(digits) - at);
}

static inline char *put_two(char *p, uint32_t v)
{
	p[0] = (char)('0' + v / 10);
	p[1] = (char)('0' + v % 10);
	return p + 2;
}

static inline char *put_date(char *p, uint32_t year, uint32_t month, uint32_t day)
{
	p = put_char(put_number(p, year), '-');
	p = put_char(put_two(p, month), '-');
	return put_two(p, day);
}

/* A day drawn from 'years' years; the 29th to 31st don't come. */
static inline char *put_day(char *p, struct chance *c, uint32_t first, uint32_t years)
{
	const uint32_t year = first + chance_below(c, years), month = 1 + chance_below(c, 12);

	return put_date(p, year, month, 1 + chance_below(c, 28));
}

static const char *const ages[] = { "0-17",  "18-24", "25-34", "35-44", "45-54",
	                            "55-64", "65-74", "75-84", "85+" };

/* ---- measures: ehrQL's layout; numerators are often small, so that redaction bites ---- */

/* As Python writes the quotient; nothing where the denominator is 0. */
static char *put_ratio(char *p, uint32_t num, uint32_t den)
{
	return den ? p + shortest_print((uint8_t *)p, (double)num / den) : p;
}

static char *measures_row(char *p, struct chance *c, uint64_t i)
{
	static const char *const measures[] = { "asthma_review_rate", "diabetes_hba1c",
		                                "statin_prescribing", "bp_measured",
		                                "covid_vaccination",  "ckd_monitoring" };
	static const char *const regions[] = {
		"North East",    "North West",    "Yorkshire and The Humber",
		"East Midlands", "West Midlands", "East",
		"London",        "South East",    "South West",
	};
	static const uint32_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const uint32_t quintile = 1 + (uint32_t)(i % 5), sex = (uint32_t)(i / 5 % 2);
	const uint32_t region = (uint32_t)(i / 10 % 9), age = (uint32_t)(i / 90 % 9);
	const uint32_t measure = (uint32_t)(i / 810 % 6), month = (uint32_t)(i / 4860 % 12);
	const uint32_t year = 2016 + (uint32_t)(i / 58320 % 10);
	const uint32_t size = chance_below(c, 10);
	const uint32_t den = chance_below(c, size == 0  ? 12
	                                     : size < 3 ? 100
	                                     : size < 8 ? 3000
	                                                : 200000);
	uint32_t num = den ? chance_below(c, den + 1) : 0;

	if (size > 3 && chance_below(c, 4) == 0)
		num = chance_below(c, 8);
	if (num > den)
		num = den;
	p = put_char(put(p, measures[measure]), ',');
	p = put_char(put_date(p, year, month + 1, 1), ',');
	p = put_date(p, year, month + 1, days[month] + (month == 1 && year % 4 == 0));
	p = put_char(put_ratio(put_char(p, ','), num, den), ',');
	p = put_char(put_number(p, num), ',');
	p = put_char(put_number(p, den), ',');
	p = put_char(put(p, sex ? "male" : "female"), ',');
	p = put_char(put(p, ages[age]), ',');
	p = put_char(put(p, regions[region]), ',');
	return put_char(put_number(p, quintile), '\n');
}

/* ---- patient: a dataset of people; some cells in quotes ------------------------------- */

static const char *const quoted_regions[] = {
	"North East",    "North West",    "\"Yorkshire and The Humber\"",
	"East Midlands", "West Midlands", "\"East, of England\"",
	"London",        "South East",    "South West",
};

static inline char *put_flag(char *p, bool set)
{
	p[0] = (char)('0' + set);
	p[1] = ',';
	return p + 2;
}

static char *patient_row(char *p, struct chance *c, uint64_t i)
{
	static const char *const ethnicities[] = { "White",
		                                   "Mixed",
		                                   "Asian or Asian British",
		                                   "Black or Black British",
		                                   "Chinese or Other Ethnic Groups",
		                                   "" };
	static const char *const smoking[] = { "N", "E", "S", "" };
	const uint32_t quintile = chance_below(c, 20);

	p = put_char(put_number(p, 1 + 4 * (uint32_t)i + chance_below(c, 4)), ',');
	p = put_char(put_char(p, chance_below(c, 2) ? 'M' : 'F'), ',');
	p = put_char(put(p, ages[chance_below(c, LEN(ages))]), ',');
	p = put_char(put(p, quoted_regions[chance_below(c, LEN(quoted_regions))]), ',');
	if (quintile)
		p = put_number(p, 1 + quintile % 5);
	p = put_char(put(put_char(p, ','), ethnicities[chance_below(c, LEN(ethnicities))]),
	             ',');
	p = put_date(p, 1925 + chance_below(c, 95), 1 + chance_below(c, 12), 1);
	p = put_char(put_day(put_char(p, ','), c, 1990, 34), ',');
	if (chance_below(c, 12) == 0)
		p = put_day(p, c, 2019, 6);
	p = put_char(p, ',');
	p = put_flag(p, chance_below(c, 14) == 0);
	p = put_flag(p, chance_below(c, 8) == 0);
	p = put_flag(p, chance_below(c, 40) == 0);
	p = put_flag(p, chance_below(c, 30) == 0);
	p = put_flag(p, chance_below(c, 4) != 0);
	if (chance_below(c, 3)) {
		const uint32_t tenths = 160 + chance_below(c, 280);

		p = put_number(put_char(put_number(p, tenths / 10), '.'), tenths % 10);
	}
	p = put_char(put(put_char(p, ','), smoking[chance_below(c, LEN(smoking))]), ',');
	if (chance_below(c, 5))
		p = put_day(p, c, 2018, 7);
	return put_char(p, '\n');
}

/* ---- quoted: nearly every cell in quotes, with delimiters and line ends inside -------- */

static char *put_words(char *p, struct chance *c, uint32_t n)
{
	static const char *const words[] = { "alpha",
		                             "beta, gamma",
		                             "said \"\"hello\"\" twice",
		                             "line one\nline two",
		                             "plain text",
		                             "comma, comma, comma",
		                             "Smith, \"\"Jo\"\"",
		                             "O'Neil",
		                             "multi\r\nline",
		                             "",
		                             "12\"\" monitor",
		                             "Leeds, West Yorkshire" };

	for (uint32_t i = 0; i < n; i++) {
		if (i)
			p = put_char(p, ' ');
		p = put(p, words[chance_below(c, LEN(words))]);
	}
	return p;
}

static char *quoted_row(char *p, struct chance *c, uint64_t i)
{
	p = put(put_number(put_char(p, '"'), 1 + (uint32_t)i), "\",\"");
	p = put(put_words(p, c, 1), "\",\"");
	p = put(put_words(p, c, 2), "\",\"");
	p = put(put_words(p, c, 1 + chance_below(c, 5)), "\",");
	p = put(put_number(p, chance_below(c, 40)), ",\"");
	p = put(put_words(p, c, 1), "\",");
	p = put(put(p, quoted_regions[chance_below(c, LEN(quoted_regions))]), ",\"");
	return put(put_number(p, chance_below(c, 100000)), "\"\n");
}

const struct kind kinds[] = {
	{ "measures",
	  "measure,interval_start,interval_end,ratio,numerator,denominator,sex,age_band,"
	  "region,imd_quintile\n",
	  measures_row },
	{ "patient",
	  "patient_id,sex,age_band,region,imd_quintile,ethnicity,date_of_birth,"
	  "registration_date,death_date,has_diabetes,has_asthma,has_copd,has_ckd,"
	  "had_covid_vaccine,bmi,smoking_status,last_consultation_date\n",
	  patient_row },
	{ "quoted",
	  "\"id\",\"name\",\"address\",\"note\",\"count\",\"free text\",\"region\",\"total\"\n",
	  quoted_row },
	{ 0 },
};

const struct kind *kind_find(const char *name)
{
	for (const struct kind *k = kinds; k->name; k++)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}
