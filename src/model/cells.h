/*
 * cells.h - population cells: what is counted, whichever file shows it
 *
 * A cell is a population, a measure and one code for each dimension; code 0 is the total,
 * which is also what a file means that has no such column.  So the same people counted in
 * two files are one cell, and one unknown of the model.
 */
#ifndef MODEL_CELLS_H
#define MODEL_CELLS_H

#include "model/model.h"
#include "model/sheet.h"

#define CELLS_LIMIT 4000000

#define CODE_TOTAL 0
#define CODE_REST  1 /* everybody whom none of an open dimension's codes counts */
#define CELL_NONE  UINT32_MAX

/* Texts by number, in the order in which they were first seen. */
struct names {
	char **names;
	uint32_t n, cap;
	uint32_t *slots, n_slots; /* open addressing: number + 1, 0 = empty */
};
enum sluice_status names_add(struct names *names, const char *text, uint32_t *id,
                             struct sluice_error *err);
uint32_t names_find(const struct names *names, const char *text); /* CELL_NONE = none */
void names_free(struct names *names);

/* One code is the sum of others; several of a dimension may have the same parent. */
struct family {
	uint32_t parent, first, n; /* of dimension.children */
};

struct dimension {
	char *name;
	struct names codes; /* CODE_TOTAL and CODE_REST have fixed names of ours */
	struct family *families;
	uint32_t n_families, cap_families;
	uint32_t *children;
	uint32_t n_children, cap_children;
	bool open;       /* its codes don't cover everybody                */
	int64_t inside;  /* nested in the dimension of that number, or -1 */
	uint32_t *outer; /* by code: the code of 'inside' that it lies in  */
	uint32_t n_outer;
};

/* Where a cell is published.  A cell's number is its unknown's number in the model. */
struct place_at {
	uint32_t sheet, row, col;
	uint32_t next; /* of cells.places, or CELL_NONE */
};

struct cell_at {
	uint32_t place; /* the last, or CELL_NONE: no file shows it */
	bool wanted;    /* its value is hidden, or nobody should get it */
	bool token;     /* shown as a token or missing               */
	uint64_t along; /* by dimension, of the first 64: it is added up of codes that a file
	                 * breaks down, so that a code without a row counts nobody       */
};

struct cells {
	struct dimension *dimensions;
	uint32_t n_dimensions;
	struct names measures, populations;
	uint32_t *keys; /* by cell: population, measure, a code for each dimension */
	struct cell_at *cells;
	struct place_at *places;
	uint32_t n, cap, cap_keys, n_places, cap_places;
	uint32_t *slots, n_slots;
};

static inline uint32_t cells_width(const struct cells *c)
{
	return c->n_dimensions + 2;
}

static inline uint32_t *cell_key(const struct cells *c, uint32_t cell)
{
	return c->keys + (size_t)cell * cells_width(c);
}

/* The cell of that key, or CELL_NONE. */
uint32_t cells_find(const struct cells *c, const uint32_t *key);

/* The same, made with an unknown of its own where there was none. */
enum sluice_status cells_add(struct cells *c, struct model *m, const uint32_t *key,
                             uint32_t *cell, struct sluice_error *err);

enum sluice_status cells_place(struct cells *c, uint32_t cell, struct place_at place,
                               struct sluice_error *err);

void cells_free(struct cells *c);

#endif
