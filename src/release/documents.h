/*
 * documents.h - what lies beside the tables
 */
#ifndef RELEASE_DOCUMENTS_H
#define RELEASE_DOCUMENTS_H

#include "page/text.h"
#include "release/manifest.h"

#define DOCUMENTS 4

struct documents {
	struct document document[DOCUMENTS]; /* the manifest is the last */
	size_t n;
};

/* How many a manifest names: all but itself. */
size_t documents_wanted(const struct release *r);

enum sluice_status documents_make(struct documents *d, const struct release *r,
                                  struct sluice_error *err);
void documents_free(struct documents *d);

/* controls.c: for the people who check, and for the form that asks for it. */
void controls_text(struct text *out, const struct release *r);
void airlock_text(struct text *out, const struct release *r);

#endif
