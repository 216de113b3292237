/*
 * sluice.h - stream a CSV table through disclosure control
 *
 * This is the whole public interface.  Read it top to bottom: errors, plans,
 * options, reports, jobs (path to path), filters (bytes pushed in).
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
 * Where one large plain table can be cut so that no record is: a piece is the bytes from
 * 'start' to before 'end', whole records, the first of them on line 'line'.  What each piece
 * gives behind the header is, one after the other, what the whole gives.
 */
struct sluice_piece {
	uint64_t start, end;
	uint64_t line;
};

/*
 * Cut 'input' into at most *n pieces of about the same size; *header gets the header, which is
 * in none, and *n how many there are, one at least.  The quotes are counted, nothing else is
 * looked at: a table that isn't CSV is refused when the pieces are run.
 */
SLUICE_API enum sluice_status sluice_split_index(const char *input,
                                                 const struct sluice_options *options,
                                                 struct sluice_piece *header,
                                                 struct sluice_piece *pieces, size_t *n,
                                                 struct sluice_error *err);

/* What a plan will do, in words; with the header of 'input' (may be NULL) column by column. */
SLUICE_API enum sluice_status sluice_explain(const struct sluice_plan *plan, const char *input,
                                             const struct sluice_options *options, char **text,
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

#ifdef __cplusplus
}
#endif

#endif
