/*
 * input.h - the files of an audit and what their columns are
 */
#ifndef MODEL_INPUT_H
#define MODEL_INPUT_H

#include "model/cells.h"
#include "model/declare.h"
#include "model/meaning.h"

enum role {
	ROLE_NONE,      /* not looked at                              */
	ROLE_DIMENSION, /* its codes are those of a dimension          */
	ROLE_MEASURE,   /* counts                                      */
	ROLE_FRACTION,  /* a percentage or ratio of two measures       */
	ROLE_WIDE,      /* counts, of one code of a dimension          */
};

struct column_role {
	enum role role;
	uint32_t dimension; /* DIMENSION, WIDE                             */
	uint32_t code;      /* WIDE                                        */
	uint32_t measure;   /* MEASURE, WIDE                               */
	uint32_t fraction;  /* FRACTION: which of the input's              */
	unsigned decimals;  /* FRACTION: the most that the column has      */
	bool inferred;      /* nobody said so                              */
	bool zeros_shown;   /* counts: some text is 0                      */
	bool secondary;     /* counts: a token may hide any                */
	bool sums;          /* DIMENSION: rows of its total are sums of what is shown */
	const struct settings
		*settings; /* counts: what was done to them; NULL = what was said */
};

/* A column of a file of which more is known than its texts tell. */
struct known_column {
	enum role role;                  /* NONE, DIMENSION or MEASURE */
	const struct settings *settings; /* borrowed                   */
	bool secondary, sums;            /* as in struct column_role   */
};

struct fraction_said {
	char *name;
	uint32_t num, den; /* measures             */
	int64_t scale;     /* 100 = percent, else 1 */
};

/* What a file is about as a whole. */
struct sheet_about {
	uint32_t population;
	uint32_t *fixed; /* by dimension: the code that all of it has, CODE_TOTAL = none */
	struct column_role *roles;
	bool earlier; /* it was published before, in this or the same form */
	const struct known_column *known; /* by column, borrowed; NULL = nothing is */
};

enum row_kind { ROW_TOTAL, ROW_AT_MOST, ROW_PERCENT };

struct row_note {
	enum row_kind kind;
	uint32_t sheet, row; /* PERCENT: where it is printed; else CELL_NONE */
	uint32_t dimension;  /* TOTAL: along which                         */
};

struct audit_input {
	struct declaration said;
	struct sheet *sheets;
	struct sheet_about *about;
	uint32_t n_sheets, cap_sheets;
	struct fraction_said *fractions;
	uint32_t n_fractions;
	struct cells cells;
	struct model model;
	struct row_note *notes; /* by the model's rows */
	uint32_t n_notes, cap_notes;
	const char **hidden; /* further tokens, borrowed from what was said */
	size_t n_hidden;
	bool unknown_absent; /* a cell that no file shows is not known to be 0 */
	bool loose;          /* whatever is known of a column, a token may hide any count */
	uint32_t n_differ;   /* cells that two files show with different texts */
	struct place_at differ[2]; /* the first of them, and where it was shown before */
	uint32_t n_bases;          /* cells that two files show rounded to different bases */
	struct place_at bases[2];  /* the first of them, and where it was shown before */
};

/* Add a file. */
enum sluice_status input_file(struct audit_input *in, const char *path,
                              struct sluice_error *err);

/*
 * Take over a sheet that was read, of the people of that name ("" = of all files that say
 * nothing else), with what is known of its columns: borrowed, NULL = nothing.  It is freed with the
 * input, or at once on failure.
 */
enum sluice_status input_sheet_take(struct audit_input *in, struct sheet *sheet,
                                    const char *people, const struct known_column *known,
                                    struct sluice_error *err);

/* columns.c: find out what the columns are; before input_build(). */
enum sluice_status input_columns(struct audit_input *in, struct sluice_error *err);

/* families.c: which codes are the sum of which others; after the codes are known. */
enum sluice_status input_families(struct audit_input *in, struct sluice_error *err);

/* build.c: cells, unknowns and rows. */
enum sluice_status input_build(struct audit_input *in, struct sluice_error *err);

/* relate.c: the rows of the model, from the cells that there are. */
enum sluice_status input_relate(struct audit_input *in, struct sluice_error *err);

/* The dimension of that name, or CELL_NONE. */
uint32_t input_dimension(const struct audit_input *in, const char *name);

/* There is no dimension of that name: with what was said, and those that there are. */
enum sluice_status input_no_dimension(const struct audit_input *in, const struct said_word *s,
                                      const char *name, struct sluice_error *err);

/* The code for a text of a dimension: a declared total's is CODE_TOTAL. */
enum sluice_status input_code(struct audit_input *in, uint32_t dimension, const char *text,
                              uint32_t *code, struct sluice_error *err);

/* The sheet of that name, or CELL_NONE. */
uint32_t input_sheet(const struct audit_input *in, const char *name);

/* How the texts of a column are to be taken. */
struct sense input_sense(const struct audit_input *in, uint32_t sheet, uint32_t col);

/* A key with nested codes led back to one spelling; false = there can be no such cell. */
bool key_settle(const struct audit_input *in, uint32_t *key);

/* Room for one more note, filled by the caller. */
struct row_note *input_note(struct audit_input *in);

void input_free(struct audit_input *in);

#endif
