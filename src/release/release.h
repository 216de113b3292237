/*
 * release.h - a release's parts: its tables, and what is known of each
 */
#ifndef RELEASE_RELEASE_H
#define RELEASE_RELEASE_H

#include "audit/ledger.h"
#include "io/folder.h"
#include "plan/plan.h"
#include "run/options.h"
#include "run/report.h"

#define MANIFEST_NAME "manifest.json"
#define CONTROLS_NAME "CONTROLS.md"
#define REPORT_NAME   "report.html"
#define AIRLOCK_NAME  "regular_release_requests.json"

struct manifest;
struct protect_given;

/* Bytes by two hashes, as hexadecimal text. */
struct digest {
	uint64_t bytes;
	char xxh3[33];   /* XXH3-128 */
	char sha256[65]; /* "" = not wanted */
};

/* One input to one output.  Every text is owned by it but 'below'. */
struct table {
	size_t which;              /* of the plan's outputs                             */
	const struct output *said; /* that one                                          */
	char *input, *output;      /* names from the working folder                     */
	const char *below;         /* the output's below the release's folder           */
	char *staged;              /* where it is until it gets its name; NULL = nowhere */
	struct file_id id;         /* of the input, when the release began              */

	/* what is known, from this run or, where nothing changed, the last one */
	struct digest in, out;
	uint32_t columns_out;
	char key[33]; /* of all that the output follows from */
	struct sluice_report *report;
	struct protect_given
		*given; /* what becomes of its counts; NULL = it is not protected */

	/* what came of it */
	enum sluice_outcome outcome;
	struct sluice_error err;
	struct sluice_verdict *verdict;    /* only until it was told */
	struct buf remarks;                /* of the verdict, for CONTROLS.md */
	uint64_t n_findings[3], n_allowed; /* by severity */
	struct buf notices;
	struct buf html; /* its piece of the report */
	struct buf grid; /* what follows from it, drawn; nothing, where nothing can follow */
};

struct release {
	const struct sluice_plan *plan;
	struct sluice_release_options o;
	struct sluice_options run;     /* for each table                              */
	const struct kernels *kernels; /* to look at what came out                    */
	uint32_t threads;
	char heard[33];    /* of the files that the audit is told of; "" = there is none */
	char together[33]; /* of all that protected tables follow from; "" = there is none */
	char *folder;      /* where the tables go, without a slash at its end              */
	char *stage;       /* a folder of ours: nothing in it has its name yet             */
	struct table *tables;
	size_t n_tables;
	struct ledger_entry entry; /* with a ledger: locked from the audit to the end */
	struct sluice_release_progress progress;
	struct sluice_release_summary summary;
};

/* names.c: every input, and the name of its output; refuses what can't be. */
enum sluice_status release_names(struct release *r, struct sluice_error *err);

/* The release's folder and a name in it; the caller's, NULL = no memory. */
char *release_path(const struct release *r, const char *name);

/* table.c */
struct table_memory { /* of one worker */
	struct buf piece, text;
};
void table_memory_free(struct table_memory *m);

/* Hash the input; where 'last' (may be NULL) and the output are right,
 * nothing is to be done, and what 'last' knows is taken over. */
enum sluice_status table_begin(const struct release *r, struct table *t, struct table *last,
                               struct table_memory *m, struct sluice_error *err);

/* Whether table_begin() would find nothing to do; the input's hash is in t->in. */
bool table_is_unchanged(const struct release *r, struct table *t, const struct table *last,
                        struct table_memory *m);

/* together.c: decide on all tables that the plan protects; what fails is their affair. */
enum sluice_status tables_protect(struct release *r, struct manifest *last,
                                  struct table_memory *m, struct sluice_error *err);

/* Make and judge it, with so many threads. */
enum sluice_status table_make(const struct release *r, struct table *t, uint32_t threads,
                              struct table_memory *m, struct sluice_error *err);

/* Judge what is at 'path', and make its piece of the report. */
enum sluice_status table_judge(const struct release *r, struct table *t, const char *path,
                               struct table_memory *m, struct sluice_error *err);
void table_free(struct table *t);
void given_free(struct protect_given *given); /* together.c */

/* Its verdict has got more: is it refused now?  And its piece of the report anew. */
enum sluice_status table_judged(const struct release *r, struct table *t, const char *path,
                                struct table_memory *m, struct sluice_error *err);

/* Keep of the verdict what the documents say of it. */
enum sluice_status table_remarks(struct table *t, struct sluice_error *err);

/* Cells of the released columns, all together. */
struct tally table_cells(const struct table *t);

#endif
