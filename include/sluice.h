/*
 * sluice.h - stream a CSV table through disclosure control
 *
 * This is the whole public interface.  Read it top to bottom: errors, plans,
 * options, reports, jobs (path to path), checks of what is to leave, filters (bytes
 * pushed in).
 *
 * Conventions used throughout:
 *   - A function that can fail returns enum sluice_status and, when 'err' is
 *     not NULL, says where and why in *err.  SLUICE_OK is zero.
 *   - X_new/X_parse hands ownership to the caller, X_free takes it back and
 *     accepts NULL.  Every other pointer argument is borrowed for the call
 *     only, unless its comment says otherwise.  A returned 'char *' that is not
 *     const is the caller's, to be given to sluice_free().
 *   - Distinct handles may be used by distinct threads at once; a plan may be
 *     shared by any number of jobs and filters once it is finished.
 *   - Sizes are bytes, rows are data records (the header is none of them),
 *     lines and columns count from 1.
 *   - The library never prints, exits, reads the environment or installs
 *     signal handlers.
 *   - No text that the library makes (errors, notices, reports) holds the value
 *     of a cell.  Column names are not values.
 */
#ifndef SLUICE_H
#define SLUICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLUICE_VERSION "0.1.0"

#if defined(__GNUC__)
#define SLUICE_API __attribute__((visibility("default")))
#else
#define SLUICE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- errors ---------------------------------------------------------------- */

enum sluice_status {
	SLUICE_OK = 0,
	SLUICE_E_CHECK,  /* a check refused the result: nothing was published     */
	SLUICE_E_PLAN,   /* the plan, or an option, is wrong                      */
	SLUICE_E_DATA,   /* the input is not the table that the plan expects      */
	SLUICE_E_IO,     /* reading, writing or (de)compression failed            */
	SLUICE_E_MEMORY, /* an allocation failed or a limit of memory was reached */
	SLUICE_E_BUG,    /* an internal invariant broke: please report it         */
};

/* Where and why.  Everything is held in the struct: nothing to free. */
struct sluice_error {
	enum sluice_status status;
	char source[256]; /* the plan or the input, as the caller named it; may be empty */
	uint64_t line;    /* physical line in the source, 0 = not known                  */
	uint32_t column;  /* input: the field's number; plan: the byte in the line       */
	char text[512];   /* one line without prefix and newline, printable UTF-8        */
};

/* What a shell should see for a status: 0 OK, 1 check, 2 plan, 3 data, 4 the rest. */
SLUICE_API int sluice_exit_status(enum sluice_status status);

/* Give back a string that the library returned.  NULL is accepted. */
SLUICE_API void sluice_free(char *text);

/* ---- plans ----------------------------------------------------------------- */

/*
 * A plan says what each column of a table is: dropped, kept, a count, a ratio of
 * two counts.  The safe order of work follows from it.  The language is in the
 * README; it is the same in YAML and in JSON.
 */
struct sluice_plan;

/*
 * Read a plan from YAML or JSON text of 'len' bytes (at most 1 MiB).  'source'
 * is its name in messages.  The plan is ready for use.
 */
SLUICE_API enum sluice_status sluice_plan_parse(const char *text, size_t len,
                                                const char *source, struct sluice_plan **plan,
                                                struct sluice_error *err);

/*
 * A plan built from rules one by one, as a command line does.  Begin with 'base'
 * (parsed, left unchanged; NULL = an empty plan), add each flag with its long name
 * without dashes ("count", "where", "policy", ...) and its argument as typed, then
 * finish.  The order of the additions does not matter.  A plan begun so keeps
 * columns that no rule names ("other" is "keep") unless it has a base or says so.
 */
SLUICE_API enum sluice_status sluice_plan_begin(const struct sluice_plan *base,
                                                struct sluice_plan **plan,
                                                struct sluice_error *err);
SLUICE_API enum sluice_status sluice_plan_add(struct sluice_plan *plan, const char *flag,
                                              const char *argument, struct sluice_error *err);
SLUICE_API enum sluice_status sluice_plan_finish(struct sluice_plan *plan,
                                                 struct sluice_error *err);

/* Number of outputs that the plan names; a plan of bare rules has one. */
SLUICE_API size_t sluice_plan_outputs(const struct sluice_plan *plan);

/* Whether one of the outputs groups rows, and so may need the temporary folder. */
SLUICE_API bool sluice_plan_groups(const struct sluice_plan *plan);

/*
 * The name of the i-th file besides tables that is read when the plan is carried out (hierarchies of
 * 'protect', a perturbation table, a key), NULL past the last; the plan's.  What is in them is
 * not in the plan, its form or its hash.
 */
SLUICE_API const char *sluice_plan_file(const struct sluice_plan *plan, size_t i);

/* The canonical form (YAML that is also JSON after its first line, a comment with the hash). */
SLUICE_API char *sluice_plan_dump(const struct sluice_plan *plan);

/* XXH3-128 of the canonical form, 32 hexadecimal digits and a NUL. */
SLUICE_API void sluice_plan_hash(const struct sluice_plan *plan, char hex[33]);

SLUICE_API void sluice_plan_free(struct sluice_plan *plan);

/* What can be said in a plan or on a command line; tables of the program. */
struct sluice_rule_info {
	const char *name;     /* plan key and long flag                              */
	char flag;            /* short flag, 0 = none                                */
	const char *argument; /* as help shows it: "COLS", "NAME=NUM/DEN"            */
	const char *help;     /* one line                                            */
};
struct sluice_policy_info {
	const char *name;
	const char *threshold; /* printable: "7" or "-"                    */
	const char *zeros;     /* "redact" or "keep"                       */
	const char *token;     /* printable: "[REDACTED]", "empty", "-"    */
	const char *rounding;  /* printable: "nearest 5", "none"           */
	const char *note;      /* where it comes from, what is particular  */
};

/* The i-th column rule, table step or policy; NULL past the last.  Static storage. */
SLUICE_API const struct sluice_rule_info *sluice_rule_at(size_t i);
SLUICE_API const struct sluice_policy_info *sluice_policy_at(size_t i);

/* ---- options --------------------------------------------------------------- */

enum sluice_container {
	SLUICE_BY_NAME = 0, /* gzip when the output's name ends in ".gz", else plain */
	SLUICE_PLAIN,
	SLUICE_GZIP, /* one member, no time, no name                                 */
	SLUICE_BGZF, /* gzip in blocks of at most 64 KiB, for readers in parallel    */
};

/*
 * The name of an unfinished output, for a signal handler that must remove it: when
 * 'armed' is not zero, 'path' is complete and may be unlinked.  Set by the library
 * before the file exists and cleared after it is published or removed.
 */
struct sluice_pending {
	char path[4096];
	volatile int armed;
};
#define SLUICE_PENDING 2 /* a job has so many: the output's and the report's */

/* Zero means "default" for every field; start from SLUICE_OPTIONS_INIT. */
struct sluice_options {
	size_t size;           /* sizeof(struct sluice_options): lets fields be added      */
	unsigned threads;      /* 0 = one per core; never changes the output               */
	uint32_t chunk_bytes;  /* 0 = 512 KiB; the unit of work and of memory                */
	uint64_t memory_limit; /* 0 = none; a run that would need more is SLUICE_E_MEMORY  */
	const char *isa;       /* NULL = best; "scalar", "avx2", ... to pin it             */
	enum sluice_container container;
	int gzip_level; /* 0 = default (1); 1 to 9                                  */
	bool map_input; /* map regular files: only where SIGBUS calls sluice_sigbus */
	struct sluice_pending
		*pending; /* SLUICE_PENDING of them, or NULL; borrowed for the run */
	/* Called by one thread at a time, now and then: input bytes read and in all (0 = unknown). */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	/* Called with a one-line remark for the user, such as columns that no rule names. */
	void (*notice)(void *ctx, const char *text);
	void *ctx; /* handed to both                                           */
	/* Where groups go that memory has no room for, in files without a name; NULL = "/tmp". */
	const char *temp_folder;
	/* Not NULL: a run ends with SLUICE_E_IO soon after this is no longer zero. */
	const volatile int *stop;
};
#define SLUICE_OPTIONS_INIT                           \
	{                                             \
		.size = sizeof(struct sluice_options) \
	}

/*
 * For a SIGBUS handler installed with SA_SIGINFO, called with info->si_addr: true
 * when the address lay in an input that a job has mapped and that was cut short
 * while it was read.  The page then reads as zeros, the handler may return, and
 * the job ends with SLUICE_E_IO.  False: not ours, the handler must let it kill.
 */
SLUICE_API bool sluice_sigbus(void *address);

/* The instruction sets that this machine can run, best first; NULL past the last. */
SLUICE_API const char *sluice_isa_at(size_t i);

/* The i-th library at work and its version, both static; NULL past the last. */
SLUICE_API const char *sluice_library_at(size_t i, const char **version);

/* ---- reports --------------------------------------------------------------- */

/* What was done to a table, in counts of rows and cells; never a value. */
struct sluice_report;

SLUICE_API char *sluice_report_json(const struct sluice_report *report);
SLUICE_API uint64_t sluice_report_rows(const struct sluice_report *report); /* written */
SLUICE_API void sluice_report_free(struct sluice_report *report);

/* ---- jobs: one table, path to path ------------------------------------------ */

/* A name or, where it is NULL, an open file descriptor, which is not closed. */
struct sluice_job {
	const struct sluice_plan *plan;
	size_t which; /* of the plan's outputs, from 0       */
	const char *input;
	int input_fd;
	const char *output;
	int output_fd;
	const char *report; /* JSON to this name, or NULL */
	/*
	 * Write a partial table, for sluice_merge(), instead of a protected one: the plan has a
	 * grouping, and its groups are written as they are.  It must not be released.
	 */
	bool partial;
};

/*
 * Run one table.  A named output appears under its name only if everything
 * succeeded: it is written beside it under a temporary name (mode 0600), synced
 * and renamed; whatever stood there before survives a failure.  On a descriptor
 * rows stream as they are ready, each already protected: only SLUICE_OK means that
 * all are there.  The report named in the job is written and synced before the output
 * gets its name and gets its own right after; it is written after a failure, too.  *report (may be NULL) is set on success and, as far as it is
 * known, on failure; it is the caller's.  Threads are started only for input of
 * more than one chunk and are all gone on return.
 */
SLUICE_API enum sluice_status sluice_run(const struct sluice_job *job,
                                         const struct sluice_options *options,
                                         struct sluice_report **report,
                                         struct sluice_error *err);

/* The plan that a partial table was made by; the caller's. */
SLUICE_API enum sluice_status sluice_partial_plan(const char *path, struct sluice_plan **plan,
                                                  struct sluice_error *err);

/*
 * Join partial tables, whose plans must be the same but for the tables' names, and protect the
 * result: the same bytes as one run over all that they were made of, in any order and
 * however it was split.  Of 'job' the output, the report and 'partial' are used; the plan is
 * the partial tables' own.
 */
SLUICE_API enum sluice_status sluice_merge(const char *const *inputs, size_t n_inputs,
                                           const struct sluice_job *job,
                                           const struct sluice_options *options,
                                           struct sluice_report **report,
                                           struct sluice_error *err);

/* Write 'len' bytes to 'path' the way outputs are: whole or not at all. */
SLUICE_API enum sluice_status sluice_write_file(const char *path, const char *data, size_t len,
                                                struct sluice_pending *pending,
                                                struct sluice_error *err);

/*
 * Where one large table, plain or BGZF, can be cut so that no record is: a piece is the table's
 * bytes from 'start' to before 'end', whole records, the first of them on line 'line'.  What each
 * piece gives behind the header is, one after the other, what the whole gives.  In a plain
 * file these bytes are where they say.  In BGZF they are those of the uncompressed table: to
 * read a piece, inflate from file offset 'block' on, pass over 'skip' bytes (both together are
 * what is called a virtual offset) and take end - start.
 */
struct sluice_piece {
	uint64_t start, end;
	uint64_t line;
	uint64_t block; /* plain: the same as start                         */
	uint32_t skip;  /* at most 65,536; plain: 0                         */
};

/*
 * Cut 'input' into at most *n pieces of about the same size in the file; *header gets the
 * header, which is in none, *container SLUICE_PLAIN or SLUICE_BGZF, and *n how many pieces there
 * are, one at least.  The quotes are counted, and what is compressed is checked to its last
 * bit, by as many threads as the options say; nothing else is looked at: a table that isn't CSV is
 * refused when the pieces are run.  Gzip that isn't BGZF all through is refused, since it can only be read
 * from its start.
 */
SLUICE_API enum sluice_status sluice_split_index(const char *input,
                                                 const struct sluice_options *options,
                                                 enum sluice_container *container,
                                                 struct sluice_piece *header,
                                                 struct sluice_piece *pieces, size_t *n,
                                                 struct sluice_error *err);

/* What a plan will do, in words; with the header of 'input' (may be NULL) column by column. */
SLUICE_API enum sluice_status sluice_explain(const struct sluice_plan *plan, const char *input,
                                             const struct sluice_options *options, char **text,
                                             struct sluice_error *err);

/* ---- what a work uses, for a caller that shuts itself in --------------------- */

/*
 * A release, or an audit, knows only after some work which files it is about to use.  Then it
 * tells them by a call of a 'sluice_ready_fn', after which a program may give up its rights to all
 * else: no other file is opened or made, no library loaded, and no thread was started before.
 * It returns 0, or anything else to stop with SLUICE_E_IO.  'uses' is borrowed for the call.
 */
enum sluice_use_kind {
	SLUICE_READS,    /* this file                                                      */
	SLUICE_FILLS,    /* this folder, which is there: all in it may be made, read, renamed
	                    within it, removed                                             */
	SLUICE_REPLACES, /* a file of this name, by way of another one beside it           */
	SLUICE_MOVES,    /* this folder itself: it is removed, or changes places           */
	SLUICE_APPENDS,  /* this file is read and written to; it may not be there yet      */
};
struct sluice_use {
	enum sluice_use_kind kind;
	const char *path;
};
typedef int (*sluice_ready_fn)(void *ctx, const struct sluice_use *uses, size_t n);

/* ---- checks: is this file fit for release? ----------------------------------- */

/*
 * One file, as it lies there, is read and judged by the rules of the place that it is to
 * leave for; nothing is changed.  Tables (.csv) are looked into; of other files type, size
 * and what could hide in them.  The checks:
 */
enum sluice_severity {
	SLUICE_NOTE,    /* to be known                                          */
	SLUICE_WARNING, /* to be looked at; what is meant by it, a person knows */
	SLUICE_REFUSAL, /* not fit for release                                  */
};
struct sluice_check_info {
	const char *name;              /* stable: "small-count", "ratio", ...              */
	const char *help;              /* one line                                         */
	enum sluice_severity severity; /* the worst that it says                           */
	bool firm; /* can't be allowed: the gate refuses it, or nobody can judge */
};

/* The i-th check; NULL past the last.  Static storage. */
SLUICE_API const struct sluice_check_info *sluice_check_at(size_t i);

/* 'ratio' is scale * numerator / denominator, of columns by their names. */
struct sluice_ratio {
	const char *ratio, *numerator, *denominator;
	uint32_t scale; /* 1, 100, ... */
};

/* How much is spent on what follows from tables, see sluice_check_together(). */
enum sluice_audit_mode {
	SLUICE_AUDIT_FAST, /* the default: as much as nobody has to wait for        */
	SLUICE_AUDIT_FULL,
	SLUICE_AUDIT_OFF,
};

/* Lists are arrays and their lengths.  Zero means "default" for every field. */
struct sluice_check_options {
	size_t size;        /* sizeof(struct sluice_check_options): lets fields be added */
	const char *name;   /* that the file will have; NULL = its own: a staged one's type   */
	const char *policy; /* of sluice_policy_at(), NULL = "opensafely"                 */
	const char *threshold, *round_to, *rounding; /* as flags say it; NULL = the policy's */
	uint64_t max_bytes;                          /* 0 = 16 MiB                           */
	uint64_t max_rows;                           /* 0 = 5,000                            */
	const char *const *identifiers; /* names that are identifiers, besides the built-in  */
	size_t n_identifiers;
	const char *const *counts; /* columns that are counts, whatever their names      */
	size_t n_counts;
	const struct sluice_ratio *ratios; /* known ones; others are looked for              */
	size_t n_ratios;
	const char *const *allow; /* "CHECK" or "CHECK=COLUMN": no refusal, but a note       */
	size_t n_allow;
	enum sluice_audit_mode audit_mode; /* for sluice_check_together()                  */
	const char *const *totals; /* "[COL=]CODE": what stands for all of a column's groups */
	size_t n_totals;
};
#define SLUICE_CHECK_OPTIONS_INIT                           \
	{                                                   \
		.size = sizeof(struct sluice_check_options) \
	}

struct sluice_finding {
	enum sluice_severity severity;
	const char *check; /* its name                                               */
	uint64_t line;     /* 0 = the whole file                                     */
	uint32_t column;   /* 0 = no column                                          */
	const char *name;  /* the column's, fit for a message, or NULL                */
	uint64_t places;   /* cells, rows or lines; line and column are of the first */
	bool allowed;      /* a note because the options allow it                    */
	const char *text;  /* one line: what is wrong and what to do; never a value  */
};

/* A column as output checkers are shown it: after Airlock's CSV summary, without values. */
enum sluice_column_type { SLUICE_TEXT, SLUICE_INTEGER, SLUICE_FLOAT, SLUICE_MIXED };
struct sluice_column_summary {
	const char *name;
	enum sluice_column_type
		type; /* mixed: all that follows 'redacted' is not shown there */
	uint64_t rows, numeric, missing, redacted;
	uint64_t zeros;                  /* numeric ones that are 0                           */
	uint64_t small;                  /* of counts: from 1 to the threshold */
	bool by_five, by_six, midpoint6; /* all numeric ones are                              */
	bool count;                      /* judged as a count                                 */
};

/* What was found in one file.  Its findings, names and texts live as long as it. */
struct sluice_verdict;

/*
 * Judge the file at 'path'.  SLUICE_OK says that there is a verdict, whatever it is: a file
 * that can't be read as a table is refused in it.  Memory is bounded by max_bytes; of a
 * file beyond that only the beginning is looked at.
 */
SLUICE_API enum sluice_status sluice_check(const char *path,
                                           const struct sluice_check_options *options,
                                           struct sluice_verdict **verdict,
                                           struct sluice_error *err);

/*
 * What follows from all of the tables, where that is known or shows: hidden counts that can be
 * worked out join the findings of each verdict that is to blame.  Without totals that were
 * said there is nothing to do, and it costs nothing.  Files are read once more.  All verdicts
 * were made with these options.
 */
SLUICE_API enum sluice_status sluice_check_together(struct sluice_verdict *const *verdicts,
                                                    size_t n,
                                                    const struct sluice_check_options *options,
                                                    struct sluice_error *err);

SLUICE_API bool sluice_verdict_fit(const struct sluice_verdict *verdict);

/* The i-th finding, the worst first; NULL past the last. */
SLUICE_API const struct sluice_finding *sluice_verdict_at(const struct sluice_verdict *verdict,
                                                          size_t i);

/* How many more there were: of very many, the first thousand are listed. */
SLUICE_API uint64_t sluice_verdict_unlisted(const struct sluice_verdict *verdict);

/* The i-th column of a table; NULL past the last. */
SLUICE_API const struct sluice_column_summary *sluice_verdict_column(
	const struct sluice_verdict *verdict, size_t i);

/* Bytes of the file; rows and columns of a table, as far as it was read. */
SLUICE_API uint64_t sluice_verdict_bytes(const struct sluice_verdict *verdict);
SLUICE_API uint64_t sluice_verdict_rows(const struct sluice_verdict *verdict);
SLUICE_API uint32_t sluice_verdict_columns(const struct sluice_verdict *verdict);

SLUICE_API char *sluice_verdict_json(const struct sluice_verdict *verdict);
SLUICE_API void sluice_verdict_free(struct sluice_verdict *verdict);

/* ---- releases: every table of a plan ------------------------------------------ */

/*
 * Every output of a plan, inputs by pattern, judged before it gets its name, with a
 * manifest, a text for the people who check it, and a report to look at.
 */
enum sluice_outcome {
	SLUICE_WRITTEN,
	SLUICE_UNCHANGED, /* input, plan and program are those of the last run: left alone  */
	SLUICE_REFUSED,   /* a check refused it: not written                                 */
	SLUICE_FAILED,    /* 'err' says why: not written                                     */
};

struct sluice_release_table {
	const char *name; /* the plan's, of the output */
	const char *input, *output;
	enum sluice_outcome outcome;
	const struct sluice_error *err;       /* FAILED and REFUSED                     */
	const struct sluice_verdict *verdict; /* NULL = it did not come to be judged    */
	const char *notices;                  /* lines; "" = none                       */
};

struct sluice_release_progress {
	uint64_t tables, tables_done;
	uint64_t bytes, bytes_done; /* of the inputs */
};

/* Zero means "default" for every field. */
struct sluice_release_options {
	size_t size;           /* sizeof(struct sluice_release_options): lets fields be added */
	bool all_or_nothing;   /* the folder changes as a whole, or stays as it was           */
	bool again;            /* make also what has not changed                              */
	const char *folder;    /* NULL = the folder that all outputs have in common           */
	const char *workspace; /* not NULL: regular_release_requests.json for Airlock, too    */
	const char *username;  /* in it; NULL = none                                          */
	const char *const *allow; /* as in struct sluice_check_options, for every table       */
	size_t n_allow;
	const char
		*audit; /* "off", "fast" or "full"; NULL = as the plan says, else fast      */
	const char
		*ledger;  /* earlier releases, and then this one, too; NULL = none           */
	const char *date; /* of this one, YYYY-MM-DD; NULL = none                            */
	/* Called when all are judged, before anything has its name, in the plan's order.     */
	void (*table)(void *ctx, const struct sluice_release_table *table);
	void (*progress)(void *ctx, const struct sluice_release_progress *progress);
	void *ctx; /* handed to all */
	/* Called once: names are settled, folders made, and nothing was read yet. */
	sluice_ready_fn ready;
};
#define SLUICE_RELEASE_OPTIONS_INIT                           \
	{                                                     \
		.size = sizeof(struct sluice_release_options) \
	}

struct sluice_release_summary {
	uint64_t tables, written, unchanged, refused, failed;
	uint64_t
		strangers; /* files in the folder that are not of this release                   */
	bool rewrote; /* false: everything was as it should be, nothing was touched        */
	bool forgets; /* what the next run needs could not be kept: it makes all again     */
	char folder
		[1024]; /* where it is                                                       */
	char stranger
		[1024]; /* the first of them                                                 */
};

/*
 * Make the plan's release.  What is wrong with the plan, its patterns and names is an error
 * before anything is read.  Then each table is made, judged and, when it is fit, given its
 * name; tables that fail or are refused don't keep the others back unless the options
 * say so.  The result is the first failure, else SLUICE_E_CHECK when a table was refused.
 * Of 'options' threads, memory_limit, isa, map_input and stop are used.
 */
SLUICE_API enum sluice_status sluice_release(const struct sluice_plan *plan,
                                             const struct sluice_release_options *release,
                                             const struct sluice_options *options,
                                             struct sluice_release_summary *summary,
                                             struct sluice_error *err);

/*
 * Is the folder of a manifest what it says?  'found' is told of each file that is missing,
 * changed or not in it.  SLUICE_E_CHECK = not all is as it says; *files = how many are.
 */
SLUICE_API enum sluice_status sluice_manifest_verify(
	const char *manifest, void (*found)(void *ctx, const char *file, const char *what),
	void *ctx, uint64_t *files, struct sluice_error *err);

/*
 * What the pipeline will say of a project.yaml: its own rules for outputs, the gate for
 * the files that its patterns mean now (below 'folder', NULL = the project's), and which
 * of its tables no plan protects.
 */
struct sluice_project_finding {
	enum sluice_severity severity;
	uint64_t line; /* in the project; 0 = none  */
	uint32_t column;
	const char *action; /* NULL = none               */
	const char *file;   /* NULL = none               */
	const char *text;   /* one line, printable; names are as they are in the project */
};
SLUICE_API enum sluice_status sluice_project(
	const char *text, size_t len, const char *source, const char *folder,
	void (*found)(void *ctx, const struct sluice_project_finding *finding), void *ctx,
	struct sluice_error *err);

/* ---- filters: bytes in, bytes out ------------------------------------------- */

/*
 * The same line for a program that has the bytes itself.  Plain CSV is pushed in
 * pieces of any size, protected CSV comes out through 'write' in whole records, on
 * the caller's thread.  'write' returns 0, or anything else to stop with
 * SLUICE_E_IO.  After the first failure every call returns that failure.
 */
struct sluice_filter;
typedef int (*sluice_write_fn)(void *ctx, const uint8_t *data, size_t len);

/* 'plan' must outlive the filter; 'options' is read only during the call. */
SLUICE_API enum sluice_status sluice_filter_new(const struct sluice_plan *plan,
                                                const struct sluice_options *options,
                                                sluice_write_fn write, void *ctx,
                                                struct sluice_filter **filter,
                                                struct sluice_error *err);
SLUICE_API enum sluice_status sluice_filter_push(struct sluice_filter *filter,
                                                 const uint8_t *data, size_t len,
                                                 struct sluice_error *err);
/* The input has ended: the last records come out.  *report as in sluice_run. */
SLUICE_API enum sluice_status sluice_filter_finish(struct sluice_filter *filter,
                                                   struct sluice_report **report,
                                                   struct sluice_error *err);
SLUICE_API void sluice_filter_free(struct sluice_filter *filter);

/* ---- audits: what can be worked out from tables --------------------------------- */

/*
 * Given the CSV files that are about to be published, and no others, say which hidden
 * counts follow from them.  Unlike everything else here, the texts of an audit name cells
 * by their codes, and, with 'values', the numbers shown and the counts that follow:
 * they belong to the people who check outputs, and not in a log.  Errors still hold none.
 */
struct sluice_audit;

enum sluice_audit_verdict {
	SLUICE_AUDIT_SAFE = 0,  /* for each hidden cell, tables that differ in it were found */
	SLUICE_AUDIT_REVIEW,    /* something was not settled: never take it for safe         */
	SLUICE_AUDIT_DISCLOSES, /* proven: a hidden count follows, or is too narrow         */
};

SLUICE_API enum sluice_status sluice_audit_new(struct sluice_audit **audit,
                                               struct sluice_error *err);

/* What the files are: a flag of `sluice audit` without dashes, and its argument as typed. */
SLUICE_API enum sluice_status sluice_audit_say(struct sluice_audit *audit, const char *word,
                                               const char *argument, struct sluice_error *err);

/* The same words as YAML or JSON. */
SLUICE_API enum sluice_status sluice_audit_declare(struct sluice_audit *audit, const char *text,
                                                   size_t len, const char *source,
                                                   struct sluice_error *err);

/*
 * Earlier releases, from a ledger: they are part of the attack.  Before any file.  With
 * 'record' it is locked until the audit is freed, and one that is not there has no releases; without, that
 * is SLUICE_E_IO.
 */
SLUICE_API enum sluice_status sluice_audit_ledger(struct sluice_audit *audit, const char *path,
                                                  bool record, struct sluice_error *err);

/* Add a file, which is read at once. */
SLUICE_API enum sluice_status sluice_audit_file(struct sluice_audit *audit, const char *path,
                                                struct sluice_error *err);

/*
 * After all was said, before files are added: tell 'ready' of the files that were named in what was
 * said, to be opened later, and load what the run may need of other libraries.
 */
SLUICE_API enum sluice_status sluice_audit_ready(struct sluice_audit *audit,
                                                 sluice_ready_fn ready, void *ctx,
                                                 struct sluice_error *err);

/* After all was said and added: run once, then ask. */
SLUICE_API enum sluice_status sluice_audit_run(struct sluice_audit *audit,
                                               struct sluice_error *err);
SLUICE_API enum sluice_audit_verdict sluice_audit_verdict(const struct sluice_audit *audit);
SLUICE_API enum sluice_status sluice_audit_text(const struct sluice_audit *audit, bool values,
                                                char **text, struct sluice_error *err);
SLUICE_API enum sluice_status sluice_audit_json(const struct sluice_audit *audit, bool values,
                                                char **text, struct sluice_error *err);

/* The same as a page to look at, each table drawn with what is hidden and what follows. */
SLUICE_API enum sluice_status sluice_audit_html(const struct sluice_audit *audit, bool values,
                                                char **text, struct sluice_error *err);

/*
 * For other programs: a folder, to be made, as ACRO writes it, with copies of the files; and
 * the cells and sums in the JJ format of tau-ARGUS, with the counts of one table that fits.
 */
SLUICE_API enum sluice_status sluice_audit_sacro(const struct sluice_audit *audit,
                                                 const char *folder, const char *date,
                                                 struct sluice_error *err);
SLUICE_API enum sluice_status sluice_audit_jj(struct sluice_audit *audit, char **text,
                                              struct sluice_error *err);

/*
 * The files were published, on that day (YYYY-MM-DD, or NULL): they join the ledger, all of
 * them or none.  *added = false: it had them.
 */
SLUICE_API enum sluice_status sluice_audit_record(struct sluice_audit *audit, const char *date,
                                                  bool *added, struct sluice_error *err);

/* Instead of a run: codes that add up as totals, as the flags that would declare them. */
SLUICE_API enum sluice_status sluice_audit_suggest(struct sluice_audit *audit, char **text,
                                                   struct sluice_error *err);

SLUICE_API void sluice_audit_free(struct sluice_audit *audit);

#ifdef __cplusplus
}
#endif

#endif
