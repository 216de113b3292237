/*
 * protect.h - redaction and rounding of one count, exactly
 *
 * The rules count, redact and round are this with different settings.  Source of
 * the order (redact, then round): OpenSAFELY, "Statistical disclosure control".
 */
#ifndef COLUMN_PROTECT_H
#define COLUMN_PROTECT_H

#include "column/rule.h"

/* value >= 0 rounded as the settings say; never below 0. */
int64_t round_count(int64_t value, const struct settings *s);

/* value >= 0 as it may be released: rounded, or VALUE_REDACTED. */
int64_t protect_count(int64_t value, const struct settings *s);

/* What is read: a count, VALUE_REDACTED, VALUE_MISSING, or a refusal. */
enum sluice_status count_read(const struct bound_rule *r, struct rule_state *s,
                              const struct batch *b, uint32_t row, int64_t *value,
                              struct sluice_error *err);

/* The 'apply' of every rule that releases counts. */
enum sluice_status protect_apply(const struct bound_rule *r, struct rule_state *s,
                                 struct batch *b, struct sluice_error *err);

#endif
