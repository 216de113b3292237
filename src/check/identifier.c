/*
 * identifier.c - columns that name or number a person
 *
 * The gate looks for the exact name "patient_id" in a header that Python's csv module makes
 * of the file.  Here letters and digits are compared, whatever else stands between them, and
 * before the table is read: in the first lines, cut at every usual delimiter, so that neither
 * a byte order mark, nor a comment before the header, nor an encoding hides a name.
 */
#include "check/inquiry.h"

#include <string.h>

#define HEAD_LINES 10
#define HEAD_BYTES 65536u

static const char *const identifiers[] = { "patientid",
	                                   "patientpseudoid",
	                                   "patientpseudonym",
	                                   "patientkey",
	                                   "patientnumber",
	                                   "patientno",
	                                   "ptid",
	                                   "pseudoid",
	                                   "pseudonym",
	                                   "personid",
	                                   "personkey",
	                                   "nhsnumber",
	                                   "nhsno",
	                                   "newnhsnumber",
	                                   "chinumber",
	                                   "emisid",
	                                   "registrationid",
	                                   "hospitalnumber",
	                                   "mrn",
	                                   "participantid",
	                                   "subjectid",
	                                   "individualid",
	                                   "dateofbirth",
	                                   "dob",
	                                   "birthdate",
	                                   "surname",
	                                   "forename",
	                                   "firstname",
	                                   "lastname",
	                                   "fullname",
	                                   "postcode",
	                                   "uprn",
	                                   "householdid",
	                                   "email",
	                                   "phonenumber",
	                                   "telephone",
	                                   NULL };

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_listed(const struct inquiry *q, const char *bare)
{
	const struct sluice_check_options *o = &q->terms->o;
	char own[BARE_SIZE];

	for (size_t i = 0; identifiers[i]; i++)
		if (*identifiers[i] == *bare && !strcmp(identifiers[i], bare))
			return true;
	for (size_t i = 0; i < o->n_identifiers; i++) {
		bare_name(own, (const uint8_t *)o->identifiers[i], strlen(o->identifiers[i]));
		if (*own && !strcmp(own, bare))
			return true;
	}
	return false;
}

/* Whether the name is one, or one that a join made of it: "patient_id_x", "patient_id.1". */
static bool is_identifier(const struct inquiry *q, const uint8_t *name, size_t len)
{
	char bare[BARE_SIZE];
	uint32_t n = bare_name(bare, name, len);

	if (!n)
		return false;
	if (is_listed(q, bare))
		return true;
	if (len > 2 && (name[len - 1] == 'x' || name[len - 1] == 'y') &&
	    !is_letter_or_digit((char)(name[len - 2] | 0x20)))
		bare[--n] = '\0';
	while (n && bare[n - 1] >= '0' && bare[n - 1] <= '9')
		bare[--n] = '\0';
	return n && is_listed(q, bare);
}

static void found(struct inquiry *q, uint64_t line, uint32_t col, bool gate)
{
	const struct seen seen = { 1, line };

	if (gate)
		finding_firm(
			q, SLUICE_REFUSAL, &seen, col,
			"a column of patient identifiers, which the gate refuses: drop it");
	else
		finding_add(q, SLUICE_REFUSAL, &seen, col,
		            "the name of a column that identifies people: drop it");
}

/* ---- the header that was read ------------------------------------------------------------- */

static void look_at_header(struct inquiry *q)
{
	for (uint32_t col = 0; col < q->n_cols; col++) {
		const char *name = column_name(q, col);

		if (is_identifier(q, (const uint8_t *)name, q->header->columns[col].name_len))
			found(q, q->skipped + 1, col, !strcmp(name, "patient_id"));
	}
}

/* ---- the first lines, whatever they are ---------------------------------------------------- */

struct line {
	const uint8_t *text;
	size_t len;
};

static bool is_delimiter(uint8_t c)
{
	return c == ',' || c == ';' || c == '\t' || c == '|';
}

/* The i-th field of a line, cut at every usual delimiter; false = it has no such. */
static bool field_of(const struct line *l, uint32_t i, struct line *field)
{
	size_t at = 0, end;

	for (;; at = end + 1) {
		for (end = at; end < l->len && !is_delimiter(l->text[end]);)
			end++;
		if (!i--) {
			*field = (struct line){ l->text + at, end - at };
			return true;
		}
		if (end == l->len)
			return false;
	}
}

static bool has_digit(const struct line *l)
{
	for (size_t i = 0; i < l->len; i++)
		if (l->text[i] >= '0' && l->text[i] <= '9')
			return true;
	return false;
}

static bool next_line(const struct inquiry *q, size_t *at, struct line *l)
{
	const size_t limit = q->len < HEAD_BYTES ? q->len : HEAD_BYTES;
	size_t end = *at;

	if (*at >= limit)
		return false;
	while (end < limit && q->text[end] != '\n' && q->text[end] != '\r')
		end++;
	*l = (struct line){ q->text + *at, end - *at };
	*at = end + 1 + (end + 1 < limit && q->text[end] == '\r' && q->text[end + 1] == '\n');
	return true;
}

/* What the gate finds: these letters, maybe in quotes. */
static bool is_gates_own(const struct line *field)
{
	static const char name[] = "patient_id";
	const size_t len = sizeof(name) - 1;

	return (field->len == len && !memcmp(field->text, name, len)) ||
	       (field->len == len + 2 && field->text[0] == '"' &&
	        !memcmp(field->text + 1, name, len) && field->text[len + 1] == '"');
}

/*
 * A name in a line that was not read as the header: a column, if a field with digits stands
 * below it or nothing does; else perhaps a list of variables, which a person has to see.
 */
static void judge_line(struct inquiry *q, uint64_t number, const struct line *l,
                       const struct line *below)
{
	struct line field, under;

	for (uint32_t i = 0; field_of(l, i, &field); i++) {
		const struct seen seen = { 1, number };

		if (!is_identifier(q, field.text, field.len))
			continue;
		if (number == 1 && is_gates_own(&field))
			found(q, number, i, true);
		else if (number == 1 || !below->len || !field_of(below, i, &under) ||
		         has_digit(&under))
			found(q, number, i, false);
		else
			finding_add(q, SLUICE_WARNING, &seen, i,
			            "the name of a column that identifies people stands in a "
			            "row; a "
			            "list of variables, or a second header?");
	}
}

static void look_at_lines(struct inquiry *q)
{
	struct line line = { 0 }, below = { 0 };
	const uint64_t read = q->header ? q->skipped + 1 : 0; /* judged by its names */
	size_t at = 0;
	bool more = next_line(q, &at, &line);

	for (uint64_t number = 1; more && number <= HEAD_LINES; number++) {
		more = next_line(q, &at, &below);
		if (!more)
			below = (struct line){ 0 };
		if (number != read)
			judge_line(q, number, &line, &below);
		line = below;
	}
}

/* ---- texts -------------------------------------------------------------------------------- */

static bool is_word_byte(uint8_t c)
{
	return c >= 0x80 || c == '_' || c == '-' || c == '.' ||
	       is_letter_or_digit((char)(c | 0x20));
}

/* In prose only what speaks of patients is told: a postcode may be that of the office. */
static bool is_patients(const uint8_t *word, size_t len)
{
	char bare[BARE_SIZE];

	bare_name(bare, word, len);
	return !strncmp(bare, "patient", 7) || !strncmp(bare, "nhs", 3) ||
	       !strncmp(bare, "person", 6);
}

/* Words of a text that are such names: a table under another name, or a log that prints one. */
static void look_at_text(struct inquiry *q)
{
	struct seen seen = { 0 };
	uint64_t line = 1;

	for (size_t i = 0; i < q->len; i++) {
		const size_t begin = i;

		while (i < q->len && is_word_byte(q->text[i]))
			i++;
		if (is_patients(q->text + begin, i - begin) &&
		    is_identifier(q, q->text + begin, i - begin))
			seen_add(&seen, line);
		line += i < q->len && q->text[i] == '\n';
	}
	if (seen.places)
		finding_add(
			q, SLUICE_WARNING, &seen, NO_COLUMN,
			"a name of what identifies people; see that no such data are printed");
}

static void judge(struct inquiry *q)
{
	if (q->kind == FILE_TEXT || q->kind == FILE_PAGE) {
		look_at_text(q);
	} else if (q->kind == FILE_TABLE) {
		look_at_header(q);
		look_at_lines(q);
	}
}

const struct check check_identifier = {
	.name = "identifier",
	.help = "columns that identify people: patient_id in any spelling, NHS numbers, names, "
		"postcodes, birth dates",
	.severity = SLUICE_REFUSAL,
	.judge = judge,
};
