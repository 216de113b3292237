/*
 * state.h - what the next run has to know, and nobody else may
 *
 * A hash of an input confirms guesses of what was redacted in it, its size and its
 * rows say more than the rounded counts do.  So none of that is in the manifest, which is
 * released, but in a file outside of the folder (mode 0600) that stays where it is.
 */
#ifndef RELEASE_STATE_H
#define RELEASE_STATE_H

#include "release/manifest.h"

/* "release" -> "./.release.sluice-state", wherever links lead; the caller's. */
char *state_path(const struct release *r);

/* Give the manifest's tables the keys that they were made by; without a state, none. */
enum sluice_status state_read(const struct release *r, struct manifest *m,
                              struct sluice_error *err);

/* Write the keys of this release's tables; false: it can't be, so the next run makes all of them again. */
bool state_write(const struct release *r);

#endif
