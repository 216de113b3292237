/*
 * place.c - practices, networks, boards, authorities and small areas
 *
 * The policy for results: nothing that identifies, or could identify, an Integrated Care Board,
 * a Local Authority (or MSOA), a Primary Care Network or a practice.  Regions may be shown.
 */
#include "check/inquiry.h"

#include <string.h>

static const char *const always[] = {
	"pcn",     "icb",  "icbs", "stp",  "stps", "ccg",      "subicb",
	"msoa",    "lsoa", "oa11", "utla", "ltla", "listsize", "localauthority",
	"ladcode", NULL
};
static const char *const practices[] = { "practice", "surgery", NULL };
static const char *const of_numbers[] = { "n",         "count", "number", "num",  "total",
	                                  "practices", "type",  "range",  "best", NULL };

/* Of a column: cells that are codes of places by their form. */
struct codes {
	struct seen areas;     /* E01, E02, E06..E09, E38, E54, ...: no other code looks so */
	struct seen practices; /* A81001, U12345: others might                              */
};

static bool digits(const uint8_t *text, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

/* The Office for National Statistics' codes of areas that may not be shown. */
static bool is_area(const uint8_t *s, uint32_t len)
{
	static const char kinds[] = "E00E01E02E06E07E08E09E38E54W00W01W02W06S00S01S02S12N09";

	if (len != 9 || !digits(s + 1, 8))
		return false;
	for (const char *k = kinds; *k; k += 3)
		if (!memcmp(k, s, 3))
			return true;
	return false;
}

static void cell(struct inquiry *q, void *state, const struct cell_view *c)
{
	struct codes *s = state;

	(void)q;
	if (is_area(c->text, c->len))
		seen_cell(&s->areas, c);
	else if (c->len == 6 && c->text[0] >= 'A' && c->text[0] <= 'Y' &&
	         digits(c->text + 1, 5))
		seen_cell(&s->practices, c);
}

/* What the name says: "practice", "gp practice id", "LA"; not "number of practices". */
static bool is_named(const struct words *w, const char *name)
{
	char bare[BARE_SIZE];

	bare_name(bare, (const uint8_t *)name, strlen(name));
	if (words_have(w, always) || strstr(bare, "localauthority") || strstr(bare, "listsize"))
		return true;
	if (words_have(w, of_numbers))
		return false;
	return words_have(w, practices) || !strcmp(bare, "la") || !strcmp(bare, "lad") ||
	       !strcmp(bare, "gp");
}

static void judge(struct inquiry *q)
{
	for (uint32_t col = 0; col < q->n_cols; col++) {
		const struct codes *s = state_of(q, col);
		const struct facts *f = &q->facts[col];
		const struct seen all = { f->cells - f->missing, q->skipped + 1 };

		if (is_named(&f->words, column_name(q, col)) && f->missing < f->cells)
			finding_add(
				q, SLUICE_REFUSAL, &all, col,
				"practices, PCNs, ICBs, local authorities and MSOAs may not be "
				"released: drop the column, or aggregate over it");
		else if (s->areas.places)
			finding_add(q, SLUICE_REFUSAL, &s->areas, col,
			            "codes of small areas, local authorities or ICBs, which "
			            "may not be "
			            "released: drop the column, or aggregate over it");
		else if (s->practices.places >= 3 && s->practices.places * 5 >= f->text * 4)
			finding_add(q, SLUICE_WARNING, &s->practices, col,
			            "a letter and five digits, as codes of practices and PCNs "
			            "are: these "
			            "may not be released");
	}
}

const struct check check_place = {
	.name = "place",
	.help = "practices, PCNs, ICBs, local authorities, MSOAs: by a column's name or its "
		"codes",
	.severity = SLUICE_REFUSAL,
	.kinds = KIND(TEXT),
	.state = sizeof(struct codes),
	.cell = cell,
	.judge = judge,
};
