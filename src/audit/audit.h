/*
 * audit.h - an audit: its files, the attack on them, and what came of it
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "attack/attack.h"
#include "audit/ledger.h"
#include "model/input.h"

struct audit_counts {
	uint64_t cells;         /* that the files show             */
	uint64_t hidden;        /* that they show without a count */
	uint64_t by_verdict[4]; /* of the hidden ones      */
};

/* A part that is, or may be, all of its whole but for 'group' people. */
struct group_finding {
	uint32_t whole, part;
	int64_t rest; /* the others are this many at the most */
};

/* Hidden parts of a whole that are, together, no more than the threshold: a small count itself. */
struct together_finding {
	uint32_t row; /* of the model */
	int64_t lo, hi;
};

struct sluice_audit {
	struct audit_input in;
	struct attack attack;
	bool ran;
	struct audit_counts counts;
	struct group_finding *groups;
	uint32_t n_groups, cap_groups;
	struct together_finding *together;
	uint32_t n_together, cap_together;
	uint32_t *undeclared; /* dimensions that have what looks like a total */
	uint32_t n_undeclared;
	/* earlier releases */
	struct ledger_entry entry;
	bool has_ledger, records;
	uint32_t n_earlier; /* of the sheets, the first ones                       */
	bool *past;         /* by cell: nothing new has to do with it; may be NULL */
};

/* earlier.c: findings to which the new files add nothing are none. */
enum sluice_status audit_drop_past(struct sluice_audit *a, struct sluice_error *err);

/* The ledger's tables become the first sheets. */
enum sluice_status audit_take_earlier(struct sluice_audit *a, struct ledger *l,
                                      struct sluice_error *err);

/* Files, roles and settings are there: the cells, the attack, what came of it. */
enum sluice_status audit_work(struct sluice_audit *a, const struct effort *effort,
                              struct sluice_error *err);

/* Whether a file shows the cell, but not its count. */
bool audit_hides(const struct sluice_audit *a, uint32_t cell);

/* Whether no column of the file was taken for counts, so that nothing is known of it. */
bool audit_is_unread(const struct sluice_audit *a, uint32_t sheet);

/* Whether the cell's verdict belongs in the report: fallen, or in doubt. */
bool audit_reports(const struct sluice_audit *a, uint32_t cell);

/* sheets[] by sheet: set for those that the cell's interval follows from. */
enum sluice_status audit_involved(const struct sluice_audit *a, uint32_t cell, bool *sheets,
                                  struct sluice_error *err);

/* By enum verdict and by enum sluice_audit_verdict. */
extern const char *const verdict_names[4];
extern const char *const overall_names[3];

/* suggest.c: dimensions that have a code with a total's name that was not declared. */
enum sluice_status audit_find_undeclared(struct sluice_audit *a, struct sluice_error *err);

#endif
