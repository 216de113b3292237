/*
 * inquiry.h - one file that is judged, and what a check of it is
 *
 * One check is one file with one const table; registry.c lists them.  --help, the man page and
 * --allow follow from the tables.  run/inspect.c reads the file and calls the checks:
 *
 *   look()    once the file is open: name, size and the text, which may not be a table
 *   cell()    for the cells of each kind that the check asks for, in any order, those that are
 *             alike together (cell_view.times); numbers(), if there is one, for many that are
 *             plainly spelt, which comes to the same; and row() for each row, in order
 *   judge()   when all was read and each column is settled (facts.h)
 *   again()   for the wanted columns' cells of each row a second time, if the check's judge()
 *             asked for that; not for rows of which skim() says that nothing comes of it;
 *             then last()
 *
 * A check's findings go to finding_add(); they never hold a value.
 */
#ifndef CHECK_INQUIRY_H
#define CHECK_INQUIRY_H

#include "base/buf.h"
#include "check/cell.h"
#include "check/facts.h"
#include "check/numbers.h"
#include "column/settings.h"
#include "csv/header.h"

/* What a file is, by its name. */
enum file_kind {
	FILE_TABLE, /* read as CSV                                            */
	FILE_PAGE,  /* html, svg: looked through                              */
	FILE_TEXT,  /* txt, log, json, md: looked through for identifiers      */
	FILE_IMAGE, /* first bytes only                                        */
	FILE_OTHER,
};

/* By what the file is judged; immutable. */
struct terms {
	struct settings settings;
	struct sluice_check_options
		o; /* of the size that this library knows; defaults are in */
};

/* A finding that has its texts with it. */
struct finding {
	struct sluice_finding shown;
	uint32_t check;  /* its number in checks[] */
	uint32_t number; /* in the order of finding */
	char name[72];
	char text[400];
};

#define FINDINGS_MAX 1000 /* listed; more are only counted */
#define STATES_MAX   32

struct inquiry {
	const struct terms *terms;
	const char *name;   /* as it will be released, without folders         */
	const char *suffix; /* of it, with the point; "" = none                 */
	enum file_kind kind;
	bool packed;         /* gzip                                            */
	uint64_t bytes;      /* on the disk                                     */
	const uint8_t *text; /* as much as was read, unpacked; a NUL follows     */
	size_t len;
	bool whole; /* that is all of it */

	/* a table */
	uint8_t delimiter;
	uint32_t skipped;            /* lines before the header            */
	const struct header *header; /* NULL = there is none that can be read */
	struct facts *facts;         /* one for each column                  */
	uint32_t n_cols;
	uint64_t rows;
	struct sluice_error unread; /* why reading stopped; status OK = it did not */
	uint8_t *wanted;            /* columns that again() is called with     */
	bool again;                 /* a check wants that                      */

	uint32_t at; /* the number of the check that is at work */
	uint8_t *state[STATES_MAX];
	struct finding **findings;
	uint32_t n_findings;
	uint64_t n_more; /* that were not kept */
	bool refused;
	struct sluice_error *err;
	enum sluice_status status; /* memory ran out */
};

struct check {
	union { /* the public part, whole or member by member */
		struct sluice_check_info info;
		struct {
			const char *name;
			const char *help;
			enum sluice_severity severity;
			bool firm;
		};
	};
	unsigned kinds; /* 1 << enum cell_kind: of these cells cell() is called */
	size_t state;   /* bytes for each column                                */
	size_t own;     /* bytes for the file, after those of the columns        */
	void (*look)(struct inquiry *q);
	void (*cell)(struct inquiry *q, void *state, const struct cell_view *c);
	void (*numbers)(struct inquiry *q, void *state, const struct numbers *n);
	void (*row)(struct inquiry *q, const uint8_t *text, uint32_t len, uint64_t line);
	void (*judge)(struct inquiry *q);
	bool (*skim)(struct inquiry *q, const struct glance *cells);
	void (*again)(struct inquiry *q, const struct cell_view *cells, uint64_t line);
	void (*last)(struct inquiry *q);
	void (*forget)(struct inquiry *q); /* free what own points to */
};

#define KIND(kind)   (1u << CELL_##kind)
#define KIND_NUMBERS (KIND(WHOLE) | KIND(DECIMAL))

/* All checks, NULL-terminated, in the order of help. */
extern const struct check *const checks[];
uint32_t check_number(const char *name, size_t len); /* UINT32_MAX = there is none */

/* How often something was seen, and where first. */
struct seen {
	uint64_t places, line;
};

static inline void seen_add(struct seen *s, uint64_t line)
{
	if (!s->places++)
		s->line = line;
}

/* The same for all the cells that a view stands for, which come in any order. */
static inline void seen_cell(struct seen *s, const struct cell_view *c)
{
	if (!s->places || c->line < s->line)
		s->line = c->line;
	s->places += c->times;
}

/* The state of the check at work: of a column, and of the file. */
static inline void *state_of(struct inquiry *q, uint32_t col)
{
	return q->state[q->at] + col * checks[q->at]->state;
}
void *state_own(struct inquiry *q);

/*
 * Something was found.  'col' counts from 0, NO_COLUMN = none; 'seen' may be NULL: the whole
 * file.  What the options allow becomes a note.
 */
#define NO_COLUMN UINT32_MAX
PRINTF_LIKE(5, 6)
void finding_add(struct inquiry *q, enum sluice_severity severity, const struct seen *seen,
                 uint32_t col, const char *fmt, ...);
/* The same for what the gate itself refuses. */
PRINTF_LIKE(5, 6)
void finding_firm(struct inquiry *q, enum sluice_severity severity, const struct seen *seen,
                  uint32_t col, const char *fmt, ...);

/* The column's name; NULL = it has none that was read. */
const char *column_name(const struct inquiry *q, uint32_t col);

/* Whether a list of names has the column's. */
bool listed(const char *const *list, size_t n, const struct inquiry *q, uint32_t col);

#endif
