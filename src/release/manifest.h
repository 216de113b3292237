/*
 * manifest.h - what a release holds and how it was made, in counts; never a value
 */
#ifndef RELEASE_MANIFEST_H
#define RELEASE_MANIFEST_H

#include "release/release.h"

#define MANIFEST_LIMIT (256u << 20)

/* A text beside the tables. */
struct document {
	const char *name; /* in the folder; static */
	struct buf text;
	struct digest digest;
};

/* A manifest that was read. */
struct manifest {
	struct table *tables; /* in the order of their names below the folder */
	size_t n_tables;
	struct document *documents; /* without their text; names are owned */
	size_t n_documents;
	bool complete;
};

/* The text of this release's manifest. */
enum sluice_status manifest_text(const struct release *r, const struct document *documents,
                                 size_t n_documents, struct buf *out, struct sluice_error *err);

/* Read one; SLUICE_E_DATA when it is none. */
enum sluice_status manifest_read(const char *path, struct manifest *m,
                                 struct sluice_error *err);

/* The table of that name below the folder, or NULL. */
struct table *manifest_find(const struct manifest *m, const char *below);
void manifest_free(struct manifest *m);

#endif
