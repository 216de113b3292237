/*
 * ledger.h - what was published before: a file that only gets longer
 *
 * One line of JSON for each release, with the hash of the line before it and its own, so that no
 * entry can be changed, left out or put in between unnoticed.  It holds what the tables show
 * and what was said of them, and nothing that was not published.  No clock: a date is what
 * somebody said.
 */
#ifndef AUDIT_LEDGER_H
#define AUDIT_LEDGER_H

#include "io/locked.h"
#include "model/input.h"

#include <jansson.h>

#define LEDGER_LIMIT (64u << 20) /* bytes */
#define LEDGER_HASH  65

/* A table of an earlier release, ready to be attacked with new ones. */
struct ledger_table {
	char *name;   /* as it is named in messages: with its release */
	char *people; /* "" = of all files that say nothing else    */
	struct sheet sheet;
	struct known_column *columns;
	struct settings *settings; /* by column */
	uint32_t n_columns;
	struct declaration said;
	struct names
		grouped; /* dimensions whose hierarchies were in files, which must be named again */
};

struct ledger {
	struct buf text; /* as it lies there */
	char head[LEDGER_HASH];
	uint32_t n_entries;
	struct ledger_table *tables;
	uint32_t n_tables, cap_tables;
	json_t *known; /* the tables' own JSON: for what is there already */
};

/* Read and verify; a file that is not there, or is empty, is a ledger without releases. */
enum sluice_status ledger_read(struct ledger *l, const char *path, struct sluice_error *err);
void ledger_free(struct ledger *l);

/* ---- ledger_write.c: one more entry --------------------------------------------------------- */

/* A table that is published now. */
struct ledger_new {
	const char *name, *people;
	const struct sheet *sheet;
	const struct known_column *columns;
	const struct declaration *said;
};

struct ledger_entry {
	struct locked file;
	struct ledger ledger; /* as it is, read under the lock */
	json_t *tables;
	bool any; /* something is to be written */
};

#define LEDGER_NO_ENTRY                                     \
	{                                                   \
		.file = {.lock = -1, .temp = { .fd = -1 } } \
	}

/* Lock the file and read it. */
enum sluice_status ledger_begin(struct ledger_entry *e, const char *path,
                                struct sluice_error *err);

/* Whether it is there already, text for text. */
enum sluice_status ledger_knows(const struct ledger *l, const struct ledger_new *t, bool *known,
                                struct sluice_error *err);

/* What is there already is not added again. */
enum sluice_status ledger_add(struct ledger_entry *e, const struct ledger_new *t,
                              struct sluice_error *err);

/* Refused unless it is YYYY-MM-DD or NULL. */
enum sluice_status date_check(const char *date, struct sluice_error *err);

/* All that can fail; the date as date_check() has it. */
enum sluice_status ledger_stage(struct ledger_entry *e, const char *date,
                                struct sluice_error *err);
enum sluice_status ledger_commit(struct ledger_entry *e, struct sluice_error *err);
void ledger_end(struct ledger_entry *e);

/* ---- shared by reading and writing ------------------------------------------------------------ */

/* SHA-256 as hexadecimal text; an entry's is of its line up to LEDGER_TAIL. */
#define LEDGER_TAIL ",\"hash\":\""
void sha256_hex(const char *text, size_t len, char hash[LEDGER_HASH]);

/* Words that speak of the tables, and so go with them. */
extern const char *const ledger_words[];

#endif
