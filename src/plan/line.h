/*
 * line.h - a plan's output bound to one table's header: the compiled line
 */
#ifndef PLAN_LINE_H
#define PLAN_LINE_H

#include "csv/emit.h"
#include "csv/header.h"
#include "plan/group_line.h"
#include "table/where.h"

/* What happens to an input column, or which rule makes a new one. */
struct line_column {
	const struct rule *rule; /* in the plan; NULL = none names it        */
	int32_t bound;           /* index in line.rules, -1 = none           */
	bool out;                /* it is in the output                      */
	const char *name;        /* as the input or the plan has it, unquoted */
	uint32_t name_len;
	bool suffixed; /* the plan's suffix is appended to it      */
};

/* Everything that workers share; immutable after line_bind(). */
struct line {
	const struct output *output;
	const struct header *header;
	const struct group_line *grouped; /* the table is made by it; NULL = it is read    */
	struct line_column *columns;      /* header.n_cols, then the new ones      */
	uint32_t n_columns;
	struct bound_rule *rules; /* in the order of work                  */
	uint32_t n_rules;
	struct bound_where *where;
	uint32_t n_where;
	uint32_t n_out;    /* columns in the output                 */
	struct buf tokens; /* how every batch's scratch begins      */
	struct buf head;   /* the header record as written          */
	struct emitter emitter;
};

/*
 * Bind to the header of the table that is read, or, with 'grouped', of that which it makes, whose
 * columns have the grouping's own rules where the plan has none; every touched column's slot is the number of its bound rule.  Fails when a rule
 * matches no column, two rules claim one, a ratio's part is not a released count, no
 * column is left, or a column has no rule and the plan refuses such.  'notice' (may be
 * NULL) is told once of columns that are kept though no rule names them.
 */
enum sluice_status line_bind(struct line *l, const struct sluice_plan *plan,
                             const struct output *output, const struct header *header,
                             const struct group_line *grouped, const struct kernels *kernels,
                             void (*notice)(void *ctx, const char *text), void *ctx,
                             struct sluice_error *err);

void line_free(struct line *l);

#endif
