/*
 * json_read.h - JSON that this program wrote, back
 *
 * Instead of jansson's reader (2.14), which loses a byte, or writes behind a text, when memory
 * runs out amid it, and can't always tell a wrong text from memory that is missing.
 */
#ifndef PLAN_JSON_READ_H
#define PLAN_JSON_READ_H

#include "base/fail.h"

#include <jansson.h>

/*
 * The one value that text[0..len) is, the caller's; *value is NULL on failure.  Numbers are whole
 * ones of 64 bits; a key that is there twice, a NUL and what is no UTF-8 are refused:
 * SLUICE_E_DATA, which the caller has words for.  SLUICE_E_MEMORY is said.
 */
enum sluice_status json_read(const char *text, size_t len, json_t **value,
                             struct sluice_error *err);

#endif
