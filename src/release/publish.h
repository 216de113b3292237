/*
 * publish.h - the folder: made ready, filled beside it, and changed at the end
 */
#ifndef RELEASE_PUBLISH_H
#define RELEASE_PUBLISH_H

#include "release/manifest.h"

/* What is held while a release is made. */
struct place_of_work {
	int lock;
	bool made;   /* the folder was not there before                     */
	char *whole; /* all or nothing: the folder that takes the other's place, else NULL */
	struct manifest last;
	bool has_last;
	bool forgets; /* the state could not be written */
};

/* Make the folder, lock it, and make the one beside or in it where tables are made. */
enum sluice_status place_open(struct place_of_work *p, struct release *r,
                              struct sluice_error *err);

/* uses.c: tell the caller, who may want to shut itself in, of all that is used from now on. */
enum sluice_status place_ready(const struct place_of_work *p, const struct release *r,
                               struct sluice_error *err);

/* Read the last manifest, and say where each table is made. */
enum sluice_status place_read(struct place_of_work *p, struct release *r,
                              struct sluice_error *err);

/* Give everything its name: tables first, the manifest last. */
enum sluice_status place_publish(struct place_of_work *p, const struct release *r,
                                 struct document *documents, size_t n_documents,
                                 struct sluice_error *err);

/* Whether a document lies in the folder with these bytes. */
bool place_has(const struct release *r, const char *name, const struct digest *digest);

/* Files in the folder that are none of the tables and documents: how many, and the first. */
enum sluice_status place_strangers(struct release *r, const struct document *documents,
                                   size_t n_documents, struct sluice_error *err);

void place_close(struct place_of_work *p, const struct release *r);

#endif
