/*
 * format.h - what an input is, by its first bytes and its name
 */
#ifndef IO_FORMAT_H
#define IO_FORMAT_H

#include "base/fail.h"

#define FORMAT_HEAD 10 /* bytes that tell every format apart; fewer only if there are no more */

/* How partial tables begin: as no text does. */
#define FORMAT_PARTIAL "\xFFsluicep1\n"

enum format {
	FORMAT_PLAIN,
	FORMAT_GZIP,
};

/*
 * Tell the format of an input that begins with head[0..len).  Refused: compressed formats
 * that are not gzip, partial tables, and a 'name' (may be NULL) in .gz over anything else.
 */
enum sluice_status format_tell(const uint8_t *head, size_t len, const char *name,
                               enum format *format, struct sluice_error *err);

#endif
