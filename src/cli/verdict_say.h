/*
 * verdict_say.h - a verdict as text, on standard output
 */
#ifndef CLI_VERDICT_SAY_H
#define CLI_VERDICT_SAY_H

#include <sluice.h>

void verdict_say(const char *path, const struct sluice_verdict *v);

/* What output checkers are shown of each column, without the values. */
void verdict_say_columns(const struct sluice_verdict *v);

#endif
