/*
 * audit.h - what follows from the tables of a release, all of them together
 */
#ifndef RELEASE_AUDIT_H
#define RELEASE_AUDIT_H

#include "release/release.h"

/* Whether the options are right; *mode as they or the plan say. */
enum sluice_status release_audit_mode(const struct release *r, enum sluice_audit_mode *mode,
                                      struct sluice_error *err);

/* Before any table: what the files that the plan tells the audit of hold, into r->heard. */
enum sluice_status release_audit_files(struct release *r, struct table_memory *m,
                                       struct sluice_error *err);

/*
 * Attack what was made, and refuse each table that is to blame for a hidden count that follows.
 * Tables have their verdicts still, and get what is found with the rest.
 */
enum sluice_status release_audit(struct release *r, struct table_memory *m,
                                 struct sluice_error *err);

#endif
