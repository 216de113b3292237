/*
 * group_line.h - a plan's grouping bound to one table's header
 */
#ifndef PLAN_GROUP_LINE_H
#define PLAN_GROUP_LINE_H

#include "csv/header.h"
#include "plan/plan.h"
#include "table/where.h"

/* Immutable once bound; workers share it. */
struct group_line {
	struct group_spec spec;
	struct bound_where *where; /* on the table that is read                   */
	uint32_t n_where;
	struct buf head; /* the grouped table's header, a record without its line end */
};

/* Bind; the plan's output has a grouping.  'header' is that of the table that is read. */
enum sluice_status group_bind(struct group_line *g, const struct sluice_plan *plan,
                              const struct output *output, const struct header *header,
                              struct sluice_error *err);

void group_line_free(struct group_line *g);

#endif
