/*
 * tables.h - tables that will be published together: what follows from all of them
 *
 * For those who have many tables and know what their columns are.  Tables are put together
 * only where it is known, or where it shows, that they count the same people; then each
 * group of them is attacked by itself.  Groups from which nothing can follow cost nothing.
 */
#ifndef AUDIT_TABLES_H
#define AUDIT_TABLES_H

#include "audit/audit.h"

/* What is found in a table, and where first; in the order of how bad it is. */
enum mark_kind {
	MARK_DISCLOSED, /* hidden counts that follow                                 */
	MARK_TOGETHER,  /* hidden counts whose sum is small, and follows             */
	MARK_INVOLVED,  /* shown counts from which those of another table follow     */
	MARK_NARROW,    /* hidden counts that are left with too few values           */
	MARK_BASES,     /* counts that another table shows rounded to another base   */
	MARK_UNDECIDED, /* hidden counts of which nothing was proven                 */
	MARK_DIFFERS,   /* counts that another table shows with another text         */
	MARK_EARLIER,   /* contradicts what was published before                      */
	MARK_CONFLICT,  /* no counts fit what is shown                               */
	MARK_BEYOND,    /* more cells than the effort allows                         */
	MARK_TOO_LARGE, /* more text than is read                                    */
	MARK_UNREAD,    /* not a table of counts as they were said to be             */
	MARKS,
};

struct mark {
	enum mark_kind kind;
	uint32_t col; /* CELL_NONE = none */
	uint64_t line, places;
};

struct audit_table {
	const char *path;   /* where it lies; NULL = 'sheet' is there        */
	const char *name;   /* as messages and reports call it                */
	const char *people; /* whom it counts; NULL = nothing is known of that */
	uint8_t delimiter;
	bool earlier; /* already published: it is part of the attack, but is not judged */
	struct known_column *columns; /* the caller's, as all names here */
	uint32_t n_columns;
	const struct declaration *said; /* of it; may be NULL */
	struct sheet sheet;             /* as long as it is needed */
	bool too_large;                 /* it was tried */
	/* what came of it */
	struct mark *marks;
	uint32_t n_marks, cap_marks;
	bool attacked;
	struct buf html; /* its piece of a page, if one was wanted */
};

struct tables_effort {
	enum sluice_audit_mode mode;
	bool html;
};

/* All tables; what is found is in their marks.  What can't be read as counts is no failure. */
enum sluice_status tables_attack(struct audit_table *tables, uint32_t n,
                                 const struct tables_effort *effort, struct sluice_error *err);

void audit_table_free(struct audit_table *t);

#endif
