/*
 * hierarchy.h - groups of groups, as files of lines of code and parent say them
 */
#ifndef MODEL_HIERARCHY_H
#define MODEL_HIERARCHY_H

#include "model/input.h"

/* A hierarchy as it is read: by code, its parent (CELL_NONE = none was named). */
struct hierarchy {
	const char *path;
	uint32_t *parent;
	uint64_t *line;  /* by code: where its parent is named              */
	bool *is_parent; /* in this or another hierarchy of the dimension */
	uint32_t n;
};

/* Read one of the dimension; to be freed even if that fails.  It keeps 'path'. */
enum sluice_status hierarchy_read(struct audit_input *in, uint32_t dimension, const char *path,
                                  struct hierarchy *t, struct sluice_error *err);
void hierarchy_free(struct hierarchy *t);

/* No code is part of itself, and none too many levels deep, by all that were read together. */
enum sluice_status hierarchies_check(const struct hierarchy *trees, uint32_t n,
                                     uint32_t n_codes, struct sluice_error *err);

#endif
