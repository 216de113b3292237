/*
 * audited.h - the tables of a release on their way through the audit
 */
#ifndef RELEASE_AUDITED_H
#define RELEASE_AUDITED_H

#include "audit/tables.h"
#include "release/release.h"

/* A table with all that its part of the audit borrows. */
struct audited {
	struct table *table;
	struct known_column *columns;
	struct settings *settings; /* by column */
	struct declaration said;
	char *people;
};

struct all_audited {
	struct audited *parts;
	struct audit_table *tables;
	const struct table **sorted; /* of the release, by input */
	uint32_t n, n_earlier;       /* of the release; of the ledger, after those */
};

/* audited_words.c: what the plan says of the table, as the audit's words. */
enum sluice_status audited_words(const struct release *r, struct audited *p,
                                 struct sluice_error *err);

/* What the plan says of columns that no table has is refused, with its place. */
enum sluice_status audited_names(const struct release *r, struct sluice_error *err);

/* Rows of one code only. */
bool audited_one_code(const struct condition *c);

/* audited_ledger.c: with a ledger, lock and read it; its tables join, and what it knows is no news. */
enum sluice_status audited_earlier(struct release *r, struct all_audited *all,
                                   struct sluice_error *err);

/* What will be released joins the entry that is to be written. */
enum sluice_status audited_record(struct release *r, struct all_audited *all,
                                  struct sluice_error *err);

/* It is written, after all else has its name. */
enum sluice_status audited_commit(struct release *r, struct sluice_error *err);

#endif
