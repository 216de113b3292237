/*
 * marks.h - what was found of cells, told of the tables that are to blame
 */
#ifndef AUDIT_MARKS_H
#define AUDIT_MARKS_H

#include "audit/tables.h"

/* Tables that count the same people; sheet i of their audit is that of member i. */
struct group_of {
	struct audit_table *tables;
	uint32_t *members, n; /* numbers of tables */
	const struct tables_effort *effort;
};

/* One more of a kind in a column; earlier tables are not judged. */
enum sluice_status mark_add(struct audit_table *t, enum mark_kind kind, uint32_t col,
                            uint64_t line, uint64_t places, struct sluice_error *err);

/* Of the kind, in every table of the group. */
enum sluice_status mark_all(const struct group_of *g, enum mark_kind kind,
                            struct sluice_error *err);

/* All that an audit of the group has found. */
enum sluice_status marks_of(const struct group_of *g, const struct sluice_audit *a,
                            struct sluice_error *err);

#endif
