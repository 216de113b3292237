/*
 * rule.h - what a column rule is
 *
 * One rule is one file with one const table; registry.c lists them.  Plan keys,
 * flags, help, the man page and --explain follow from the tables.  To add one, see
 * src/README.md.
 */
#ifndef COLUMN_RULE_H
#define COLUMN_RULE_H

#include "column/settings.h"
#include "csv/batch.h"
#include "csv/dialect.h"
#include "simd/kernels.h"

/* What a rule is given. */
enum rule_shape {
	SHAPE_COLUMNS,    /* a list of columns                                     */
	SHAPE_FRACTION,   /* a column's name, numerator and denominator            */
	SHAPE_STATISTICS, /* a count, and the columns that go with it              */
};

/* The order of work; within a stage, the order of the columns. */
enum rule_stage {
	STAGE_DROP,
	STAGE_KEEP,
	STAGE_COUNT,   /* redact, then round                                    */
	STAGE_DERIVED, /* what is made from released counts                     */
};

/* Cells by what became of them. */
struct tally {
	uint64_t cells;
	uint64_t redacted; /* replaced by the token in this run                    */
	uint64_t already;  /* were the token in the input                          */
	uint64_t rounded;  /* changed by rounding                                  */
	uint64_t missing;
	uint64_t secondary; /* of the redacted: for the sake of others              */
};

#define PARTS 8 /* no more counts that one column is made of, or goes with */

/* A rule bound to one column of one table.  Immutable while batches run. */
struct bound_rule {
	const struct column_rule *type;
	struct settings settings;
	uint32_t col;         /* input column; n_cols and more: a new one              */
	uint32_t slot;        /* of the batch's touched columns                        */
	uint32_t part[PARTS]; /* slots of numerator and denominator, or of the counts  */
	uint32_t n_parts;
	bool part_token_is_zero[PARTS]; /* a redacted part counts as 0: its token is "0" */
	char name[72]; /* the column's, fit for a message                       */
	const struct dialect *dialect;
	const struct kernels *kernels;
	struct cell token; /* at the start of the scratch: the token as written     */
};

/* Memory of one worker for one bound rule; zeroed at the start. */
struct rule_state {
	struct tally tally;
	struct buf tmp; /* for unquoting      */
	void *own;      /* freed with free()  */
};

struct column_rule {
	union { /* the public part, whole or member by member */
		struct sluice_rule_info info;
		struct {
			const char *name;     /* plan key and long flag */
			char flag;            /* short flag, 0 = none   */
			const char *argument; /* as help shows it       */
			const char *help;     /* one line               */
		};
	};
	enum rule_shape shape;
	enum rule_stage stage;
	unsigned takes; /* SET_...: the settings that mean something here     */
	bool leaves;    /* the column is not in the output                    */
	bool touches;   /* it writes cells                                    */
	bool releases;  /* it makes a count that a ratio may be taken of      */
	size_t state;   /* bytes that it keeps in rule_state.own, for the record  */
	/* Fill the column's cells (and values) for the batch; NULL = nothing to do. */
	enum sluice_status (*apply)(const struct bound_rule *r, struct rule_state *s,
	                            struct batch *b, struct sluice_error *err);
};

/* All column rules, NULL-terminated, in the order of help. */
extern const struct column_rule *const column_rules[];

/* By plan key; NULL if there is none. */
const struct column_rule *column_rule_find(const char *name);

#endif
