/*
 * fail.h - errors as values
 *
 * A function that can fail returns enum sluice_status and describes the failure
 * in a struct sluice_error that the caller owns.  No text may hold a cell's value.
 */
#ifndef BASE_FAIL_H
#define BASE_FAIL_H

#include <sluice.h>

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* Record the reason in *err (may be NULL) and return 'status'. */
PRINTF_LIKE(3, 4)
enum sluice_status fail(struct sluice_error *err, enum sluice_status status, const char *fmt,
                        ...);

/* The same, with a place in the source. */
PRINTF_LIKE(5, 6)
enum sluice_status fail_at(struct sluice_error *err, enum sluice_status status, uint64_t line,
                           uint32_t column, const char *fmt, ...);

/* The same, ending in ": " and what errno says. */
PRINTF_LIKE(4, 5)
enum sluice_status fail_errno(struct sluice_error *err, enum sluice_status status, int number,
                              const char *fmt, ...);

/* Out of memory: the one sentence for it. */
enum sluice_status fail_memory(struct sluice_error *err);

/* Name the source of an error that has none yet; shown as printable() does. */
void fail_source(struct sluice_error *err, const char *source);

/*
 * A name fit for a message: printable, at most 64 bytes; control and invisible
 * characters and the bytes of broken UTF-8 as '?'.  'out' has room for 72 bytes;
 * returns 'out'.
 */
const char *printable(char out[72], const char *name, size_t len);

/* The same for a whole line, of any length: 'out' has 'room' bytes, one of them for a NUL. */
void printable_line(char *out, size_t room, const char *line);

/* Propagate a failure.  The only control-flow macro in the code base. */
#define TRY(expr)                                              \
	do {                                                   \
		const enum sluice_status try_status_ = (expr); \
		if (try_status_ != SLUICE_OK)                  \
			return try_status_;                    \
	} while (0)

#endif
