/*
 * check.h - release checks: read what is about to leave, edit nothing
 *
 * One check is one file.  A check that objects refuses the whole output.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "column/rule.h"

/*
 * No released count of the column is at or below its threshold (but an allowed
 * zero), or off its rounding grid.  Reads the text that is about to be written, not the
 * values that the rules worked with, and shares no code with them.
 */
enum sluice_status check_residual(const struct bound_rule *r, const struct batch *b,
                                  struct sluice_error *err);

#endif
