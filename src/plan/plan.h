/*
 * plan.h - a plan in memory: parsed, validated, then never changed
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/fail.h"
#include "column/rule.h"
#include "csv/dialect.h"
#include "group/spec.h"

/* Where something was said: in the plan's text, or (0, 0) by a flag. */
struct place {
	uint32_t line, column;
};

enum select_kind {
	SELECT_NAME,
	SELECT_GLOB,     /* '*' stands for any run of bytes */
	SELECT_POSITION, /* #N, 1-based                     */
};

/* Which columns a rule means. */
struct selector {
	enum select_kind kind;
	bool optional;     /* said with a trailing '?'                          */
	char *text;        /* the name or glob as it is compared                */
	uint32_t position; /* 1-based                                           */
	struct place at;
};

/* Settings of which only some were said. */
struct given {
	unsigned set; /* SET_... */
	struct settings values;
};

struct rule {
	const struct column_rule *type;
	char *name;            /* FRACTION: the column to make                 */
	struct selector count; /* STATISTICS: the count                        */
	struct selector *
		columns; /* COLUMNS, STATISTICS: the columns; FRACTION: [numerator, denominator] */
	size_t n_columns;
	struct given given;       /* the rule's own words                         */
	struct settings settings; /* resolved: policy, then the rule's own words  */
	struct place at;
};

/* Only rows whose field is (or, negated, is not) one of the values. */
struct condition {
	struct selector column;
	bool negated;
	char **values;
	size_t n_values;
	struct place at;
};

/* A column that grouping makes. */
enum aggregate_kind {
	AGGREGATE_ROWS,    /* rows of the group                                        */
	AGGREGATE_PERSONS, /* distinct values of a column; missing ones are no person  */
	AGGREGATE_SUM,     /* of counts, or of T and F                                 */
	AGGREGATE_MEAN,    /* sum over the number of values: makes a column for each   */
};

/* Many decimals of a mean tell the exact sum, and with it the count that was rounded. */
#define MEAN_USUAL 1

struct aggregate {
	enum aggregate_kind kind;
	char *name;             /* the column to make; MEAN: its number of values is NAME_n */
	struct selector column; /* what it is made of; ROWS: none                           */
	int digits;             /* MEAN: decimals                                         */
	bool contributed;       /* SUM: it is told who has what of it, and                */
	struct selector contributor; /* this column tells                                  */
	struct dominance dominance;  /* what makes it unsafe                               */
	struct place at;
};

/* The bands of one of the columns that are grouped by. */
struct banding {
	struct selector column;
	struct bins bins;
	struct place at;
};

/* Noise for the counts that grouping makes. */
struct perturbing {
	char *table;        /* name of the file; NULL = no noise                     */
	char *key;          /* name of the secret's file; NULL = there are record keys */
	bool has_by;        /* rows get noise, by the identifiers in                  */
	struct selector by; /* ... this column, or                                    */
	bool has_record_key;
	struct selector record_key; /* ... by the keys in this one */
	struct place at;
};

/* Rows become groups; all rules but 'where' speak of the grouped table. */
struct grouping {
	struct selector *by;
	size_t n_by;
	struct aggregate *aggregates; /* rows, persons, sums, means; within each as said      */
	size_t n_aggregates;
	struct banding *bandings;
	size_t n_bandings;
	struct selector *totals; /* of the columns grouped by: rows with TOTAL_LABEL, too */
	size_t n_totals;
	bool totals_raw; /* a total is counted and protected as any cell, not the sum
	                        * of what is released                                     */
	struct perturbing perturb;
	struct place at;       /* n_by == 0: there is no grouping                         */
	struct rule by_rule;   /* resolved: for columns grouped by that no rule names     */
	struct rule sum_rule;  /* for rows, persons, sums, numbers of values              */
	struct rule mean_rule; /* for means: a 'blank'; its count is found by its name    */
};

/* One word on what is protected; see protect_words[]. */
struct protect_said {
	const struct protect_word *word;
	char *left, *right; /* left may be NULL */
	struct place at;
};

/* Counts stay behind so that no redacted one follows from totals. */
struct protecting {
	struct protect_said *said;
	size_t n_said;
	const char *method; /* static: of protect_methods[]               */
	char *population;   /* NULL = by 'where'                          */
	int64_t seconds;    /* for the proof; 0 = not said                */
	int64_t one_part;   /* 'group' and one more; 0 = not said         */
	bool singletons;
	bool given;
	struct place at;
};

enum other { OTHER_REFUSE, OTHER_KEEP, OTHER_DROP };

struct column_note {
	char *column, *text;
};

/* For the people who check the output. */
struct describe {
	char *context, *population; /* NULL = not said */
	struct column_note *columns;
	size_t n_columns;
};

/* One word on the tables, as the audit knows it; see model/declare.h. */
struct audit_said {
	const char *word;   /* static                                          */
	char *left, *right; /* left may be NULL                                */
	struct place at;
};

/* What the audit of a release has to know. */
struct auditing {
	struct audit_said *said;
	size_t n_said;
	char *population; /* whom the output counts; NULL = not said              */
	enum sluice_audit_mode mode;
	bool mode_given;
};

/* How the output was said, as far as resolving it needs to know. */
struct said {
	bool other;          /* 'other' was given, not only by default               */
	bool own_suffix;     /* the policy's own suffix is wanted                    */
	bool totals_from;    /* what totals are made of was given                    */
	struct place policy; /* where its policy was given                           */
};

/* One table that the plan makes. */
struct output {
	char *name;           /* the key under outputs; "" for bare rules             */
	char *input, *output; /* patterns; NULL = not said                            */
	struct place input_at, output_at;
	struct condition *where;
	size_t n_where;
	struct grouping group;
	struct protecting protect;
	struct rule *rules; /* in the order of column_rules[], then as said         */
	size_t n_rules;
	enum other other;
	const struct policy *policy; /* the base                                      */
	struct given given;          /* what the plan changes in it                          */
	struct settings settings;    /* resolved                                         */
	char *suffix;                /* appended to the names of rounded columns; NULL = none */
	struct dialect dialect;      /* missing texts are owned here                       */
	bool crlf_given;
	struct describe describe;
	struct auditing audit;
	struct said said;
	struct place at;
};

struct flags; /* flags.c: what was added since sluice_plan_begin() */

struct sluice_plan {
	char *source; /* its name in messages; "" = the command line */
	struct output *outputs;
	size_t n_outputs;
	bool finished;
	struct flags *flags; /* NULL when finished                                    */
	char hash[33];       /* of the canonical form, once finished                  */
};

/* Fail at a place of the plan; without a place, as the command line's. */
PRINTF_LIKE(4, 5)
enum sluice_status plan_fail(const struct sluice_plan *plan, struct sluice_error *err,
                             struct place at, const char *fmt, ...);

#endif
